"""Every change of a record by hand: one function each, one transaction, one event in the audit (product.md 3.6).

``by`` is the person who does it; the action looks for itself whether that person may, and at this school. What a record
must be the engine judges, as in an upload. A record that a sync brought is not changed here: the next one would not
know.
"""

from homeroom.roster.actions.classes import archive_class, change_class, create_class, restore_class
from homeroom.roster.actions.enrollments import add_co_teachers, enroll, remove_from_class
from homeroom.roster.actions.passwords import new_password, reset_password
from homeroom.roster.actions.people import archive_person, change_person, create_person, restore_person

__all__ = [
    "add_co_teachers",
    "archive_class",
    "archive_person",
    "change_class",
    "change_person",
    "create_class",
    "create_person",
    "enroll",
    "new_password",
    "remove_from_class",
    "reset_password",
    "restore_class",
    "restore_person",
]
