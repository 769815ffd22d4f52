"""Roles are changed and memberships ended, by district administrators and operators."""

from __future__ import annotations

import pytest

from homeroom.districts import Refused, actions
from homeroom.districts.models import Role
from homeroom.districts.permissions import districts_of
from tests.districts.events import last_event
from tests.people import Cast, member


def test_school_administrator_becomes_district_administrator(cast: Cast) -> None:
    changed = actions.change_role(
        by=cast.district_admin,
        district=cast.ferndale,
        member=cast.membership(cast.oak_admin),
        role=Role.DISTRICT_ADMIN,
    )

    assert changed.role == Role.DISTRICT_ADMIN
    assert cast.membership(cast.oak_admin).role == Role.DISTRICT_ADMIN
    assert last_event(cast.ferndale) == ("Dana District", "member.changed", "Sam School")


def test_school_administrator_gets_other_schools(cast: Cast) -> None:
    actions.change_role(
        by=cast.district_admin,
        district=cast.ferndale,
        member=cast.membership(cast.oak_admin),
        role=Role.SCHOOL_ADMIN,
        schools=[cast.elm],
    )

    with pytest.raises(Refused, match="your own schools only"):
        actions.invite(
            by=cast.oak_admin,
            district=cast.ferndale,
            email="n@ferndale.example",
            role=Role.SCHOOL_ADMIN,
            schools=[cast.oak],
        )


def test_role_that_does_not_exist_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused, match="one of the roles"):
        actions.change_role(
            by=cast.operator, district=cast.ferndale, member=cast.membership(cast.oak_admin), role="superintendent"
        )


def test_role_is_held_once(cast: Cast) -> None:
    sam = cast.membership(cast.oak_admin)
    invited = actions.invite(
        by=cast.operator, district=cast.ferndale, email=cast.oak_admin.email, role=Role.DISTRICT_ADMIN
    )
    actions.accept_invitation(by=cast.oak_admin, district=cast.ferndale, token=invited.token)

    with pytest.raises(Refused, match="has that role already"):
        actions.change_role(by=cast.operator, district=cast.ferndale, member=sam, role=Role.DISTRICT_ADMIN)


def test_membership_is_ended(cast: Cast) -> None:
    actions.remove_member(by=cast.district_admin, district=cast.ferndale, member=cast.membership(cast.oak_admin))

    assert districts_of(cast.oak_admin) == []
    assert last_event(cast.ferndale) == ("Dana District", "member.removed", "Sam School")


@pytest.mark.parametrize("who", ["oak_admin", "oak_and_elm_admin", "outsider"])
def test_nobody_else_changes_or_ends_memberships(cast: Cast, who: str) -> None:
    by, sam = getattr(cast, who), cast.membership(cast.oak_admin)

    with pytest.raises(Refused):
        actions.remove_member(by=by, district=cast.ferndale, member=sam)
    with pytest.raises(Refused):
        actions.change_role(by=by, district=cast.ferndale, member=sam, role=Role.DISTRICT_ADMIN)


def test_district_does_not_lock_itself_out(cast: Cast) -> None:
    dana = cast.membership(cast.district_admin)

    with pytest.raises(Refused, match="last District Administrator"):
        actions.remove_member(by=cast.district_admin, district=cast.ferndale, member=dana)
    with pytest.raises(Refused, match="last District Administrator"):
        actions.change_role(
            by=cast.district_admin,
            district=cast.ferndale,
            member=dana,
            role=Role.SCHOOL_ADMIN,
            schools=[cast.oak],
        )


def test_one_of_two_district_administrators_may_go(cast: Cast) -> None:
    member(cast.operator, cast.ferndale, "Second District", Role.DISTRICT_ADMIN)

    actions.remove_member(by=cast.district_admin, district=cast.ferndale, member=cast.membership(cast.district_admin))

    assert districts_of(cast.district_admin) == []


def test_operator_may_take_the_last_one(cast: Cast) -> None:
    actions.remove_member(by=cast.operator, district=cast.ferndale, member=cast.membership(cast.district_admin))

    assert districts_of(cast.district_admin) == []


def test_membership_of_another_district_is_not_found(cast: Cast) -> None:
    sam = cast.membership(cast.oak_admin)

    with pytest.raises(Refused, match="ended meanwhile"):
        actions.remove_member(by=cast.operator, district=cast.lakeside, member=sam)

    assert districts_of(cast.oak_admin) == [cast.ferndale]
