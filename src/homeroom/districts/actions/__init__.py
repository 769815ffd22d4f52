"""Every change of a district's data: one function each, one transaction, one event in the audit.

``by`` is the person who does it; the action looks for itself whether that person may, and raises ``Refused`` with a
sentence if not. It enters the district's scope by itself.
"""

from homeroom.districts.actions.districts import (
    change_limits,
    change_time_zone,
    close_district,
    create_district,
    reopen_district,
)
from homeroom.districts.actions.invitations import (
    Invited,
    accept_invitation,
    accept_invitation_as_new_person,
    invite,
    withdraw_invitation,
)
from homeroom.districts.actions.members import change_role, remove_member
from homeroom.districts.actions.methods import change_method
from homeroom.districts.actions.schools import add_school, onboard_schools, take_off_board
from homeroom.districts.actions.years import add_school_year, change_school_year

__all__ = [
    "Invited",
    "accept_invitation",
    "accept_invitation_as_new_person",
    "add_school",
    "add_school_year",
    "change_limits",
    "change_method",
    "change_role",
    "change_school_year",
    "change_time_zone",
    "close_district",
    "create_district",
    "invite",
    "onboard_schools",
    "remove_member",
    "reopen_district",
    "take_off_board",
    "withdraw_invitation",
]
