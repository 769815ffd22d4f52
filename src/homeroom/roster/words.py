"""What stands on the pages about records, in words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from homeroom.engine.profile import GRADES
from homeroom.roster.models import Class, Origin, Person
from homeroom.roster.store.columns import own_fields

ROLES = {
    "administrator": "School Administrator",
    "aide": "Aide",
    "counselor": "Counselor",
    "districtAdministrator": "District Administrator",
    "guardian": "Guardian",
    "parent": "Parent",
    "principal": "Principal",
    "proctor": "Proctor",
    "relative": "Relative",
    "siteAdministrator": "Site Administrator",
    "student": "Student",
    "systemAdministrator": "System Administrator",
    "teacher": "Teacher",
}
"""What OneRoster's words for roles are called."""

_LABELS = {
    "title": "Class name",
    "enabled_user": "Enabled in the district's own system",
    "email": "E-mail",
    "given_name": "First name",
    "family_name": "Last name",
}
#: What is told at another place of the page, in better words than the record has.
_STANDS_ELSEWHERE = frozenset({"role", "org_sourced_ids", "school_sourced_id"})
_YES_NO = {"true": "Yes", "false": "No"}
#: Of records that were made here, what is the same for all of them, or made up by us.
_SAYS_NOTHING = {Person: frozenset({"enabled_user"}), Class: frozenset({"source_id", "class_type"})}


def role(token: str) -> str:
    return ROLES.get(token, token)


def roles(tokens: Iterable[str]) -> str:
    """Such as "Teacher, School Administrator"."""
    return ", ".join(role(token) for token in tokens)


def in_order(grades: Iterable[str]) -> list[str]:
    """From the youngest to the oldest; grades that only this publisher has are last."""
    return sorted(grades, key=lambda grade: (GRADES.index(grade) if grade in GRADES else len(GRADES), grade))


def items(listed: str | None) -> list[str]:
    """The items of a list as OneRoster writes it."""
    return [item for item in (listed or "").split(",") if item]


def full_name(person: Person) -> str:
    """Such as "Ana Maria Lopez"; of who has no name, the source id."""
    names = (person.given_name, person.middle_name, person.family_name)
    return " ".join(name for name in names if name) or person.source_id


def name_in_lists(person: Person) -> str:
    """Such as "Lopez, Ana": lists are in the order of last names."""
    names = (person.family_name, person.given_name)
    return ", ".join(name for name in names if name) or person.source_id


def name_of_class(one: Class) -> str:
    return one.title or one.source_id


def facts(record: Person | Class, **labels: str) -> list[tuple[str, str]]:
    """Label and value of all that the record says, in the order of its columns; what is empty is left out.

    labels: by column, where a page has a word of its own. A password is not among it: records have none.
    """
    silent = _STANDS_ELSEWHERE if record.origin == Origin.SYNC else _STANDS_ELSEWHERE | _SAYS_NOTHING[type(record)]
    names = [name for name in ("source_id", *own_fields(type(record))) if name not in silent]
    values = [(labels.get(name) or label(name), getattr(record, name)) for name in names]
    said = ((name, str(value)) for name, value in (*values, *sorted(record.metadata.items())) if value)
    return [(name, _YES_NO.get(value) or ", ".join(items(value))) for name, value in said]


def label(column: str) -> str:
    """Such as "Middle name", "Term source ids"."""
    return _LABELS.get(column) or re.sub("sourced_id", "source_id", column).replace("_", " ").capitalize()
