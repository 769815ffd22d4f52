"""What every action here does first, and how it finds the record that it is about."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from homeroom.accounts.models import User
from homeroom.audit.recording import Target
from homeroom.districts import Refused
from homeroom.districts.actions.acting import acting
from homeroom.districts.models import School
from homeroom.districts.permissions import Rights
from homeroom.roster import words
from homeroom.roster.belonging import STUDENT, classes_of, orgs_of, staff_of, students_of
from homeroom.roster.models import Class, Origin, Person

Row = TypeVar("Row", Person, Class)
#: What people of a self-serve district are, and what their event and their template are called.
KINDS = {"students": "student", "staff": "staff user"}


@contextmanager
def acting_at(by: User, school: School, permission: str) -> Iterator[Rights]:
    """Inside: as ``acting``, and the person looks after the school."""
    with acting(by, school.district, permission) as rights:
        if not rights.schools().filter(pk=school.pk).exists():
            raise Refused("You can do this at your own schools only.")
        yield rights


def person_at(school: School, person: Person, rights: Rights) -> Person:
    """The person as stored now, for somebody who changes it. Raises Refused for who is not there or was synced, and for
    whom another school has, too, that those with these rights do not look after.
    """
    people = students_of(school) if person.role == STUDENT else staff_of(school)
    found = _ours(people.filter(key=person.key).first(), words.full_name(person), school)
    if refusal := refusal_for_another_school(found, rights):
        raise Refused(refusal)
    return found


def active_person_at(school: School, person: Person, rights: Rights) -> Person:
    """As ``person_at``; raises Refused for who is archived, too."""
    found = person_at(school, person, rights)
    if refusal := refusal_for_archived(found):
        raise Refused(refusal)
    return found


def refusal_for_another_school(person: Person, rights: Rights) -> str:
    """Why those with these rights do not change the person: what they did, another school would have to bear. "" if
    they look after all schools to which the person belongs.
    """
    schools = School.objects.filter(district=rights.district, source_id__in=orgs_of(rights.district, person))
    if not schools.exclude(pk__in=rights.schools()).exists():
        return ""
    name = words.full_name(person)
    return (
        f"{name} belongs to a school that you do not look after, too. Ask a District Administrator to change the "
        "record."
    )


def class_at(school: School, one: Class) -> Class:
    """The class as stored now, for somebody who changes it. Raises Refused as ``person_at``."""
    return _ours(classes_of(school).filter(key=one.key).first(), str(one.title), school)


def active_class_at(school: School, one: Class) -> Class:
    """As ``class_at``; raises Refused for one that is archived, too."""
    found = class_at(school, one)
    if refusal := refusal_for_archived(found):
        raise Refused(refusal)
    return found


def refusal_for_archived(record: Person | Class) -> str:
    """Why an archived record is not changed, and what to do; "" for an active one."""
    if record.is_active:
        return ""
    if isinstance(record, Person):
        return f"{words.full_name(record)} is archived. Restore them first."
    return f"{words.name_of_class(record)} is archived. Restore it first."


def _ours(record: Row | None, name: str, school: School) -> Row:
    if record is None:
        raise Refused(f"{name} is not at {school} any more.")
    if record.origin == Origin.SYNC:
        raise Refused(f"{name} came from the district's own system with a sync and cannot be changed here.")
    return record


def target_of(person: Person) -> Target:
    """Of a pupil no name stands in the audit."""
    if person.role == STUDENT:
        return Target(KINDS["students"], person.key)
    return Target(KINDS["staff"], person.key, words.full_name(person))
