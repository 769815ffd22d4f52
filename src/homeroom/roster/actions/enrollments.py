"""Who learns and teaches in a class: enroll, add co-teachers, remove."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from homeroom.accounts.models import User
from homeroom.audit.recording import Target, record
from homeroom.districts import Refused
from homeroom.districts.models import School
from homeroom.roster import words
from homeroom.roster.actions.at_school import acting_at, active_class_at, class_at
from homeroom.roster.belonging import STUDENT, keys_of, staff_of, students_of
from homeroom.roster.enrolled import TEACHER
from homeroom.roster.models import ENDED_WITH, Class, Enrollment, Origin, Person
from homeroom.roster.store.adding import add


def enroll(*, by: User, school: School, of_class: Class, keys: Collection[int]) -> int:
    """Students of the school, by their keys, learn in the class; how many did not do so before.
    Of nobody new nothing is recorded.
    """
    with acting_at(by, school, "roster.change"):
        one = active_class_at(school, of_class)
        students = list(students_of(school).filter(key__in=keys, is_active=True))
        _require_all(students, keys, "student")
        new = bring_in(one, students, role=STUDENT)
        _tell(by, "class.enrolled", one, new)
    return len(new)


def add_co_teachers(*, by: User, school: School, of_class: Class, keys: Collection[int]) -> int:
    """Teachers of the school, by their keys, teach in the class beside the primary one; how many did not before.
    Of nobody new nothing is recorded.
    """
    with acting_at(by, school, "roster.change"):
        one = active_class_at(school, of_class)
        teachers = list(staff_of(school, TEACHER).filter(key__in=keys, is_active=True))
        _require_all(teachers, keys, "teacher")
        new = bring_in(one, teachers, role=TEACHER)
        _tell(by, "class.co-teachers-added", one, new)
    return len(new)


def remove_from_class(*, by: User, school: School, of_class: Class, enrollment: Enrollment) -> None:
    """The person is not in the class any more. The primary teacher stays: a class has one."""
    with acting_at(by, school, "roster.change"):
        one = class_at(school, of_class)
        removed = Enrollment.objects.filter(key=enrollment.key, class_sourced_id=one.source_id, is_active=True).first()
        if removed is None:
            raise Refused("This person is not in the class any more.")
        if removed.origin == Origin.SYNC:
            raise Refused("This enrollment came from the district's own system with a sync.")
        if removed.role == TEACHER and removed.primary == "true":
            raise Refused("A class needs a primary teacher. Edit the class and choose another one instead.")
        removed.is_active = False
        removed.save(update_fields=["is_active"])
        _tell(by, "class.left", one, [int(keys_of([str(removed.user_sourced_id)])[0])])


def bring_in(one: Class, people: Collection[Person], *, role: str, primary: bool = False) -> list[int]:
    """The keys of those of the people who were not in the class; from now on all of them are. In an action.

    Who is the primary teacher stays so, even if another tab still offers them as a co-teacher: a class has one.
    """
    names = {person.source_id: person for person in people}
    # Not by their own names: those that a sync once brought have others than ours.
    rows = Enrollment.objects.filter(class_sourced_id=one.source_id, user_sourced_id__in=names).order_by("is_active")
    known = {str(row.user_sourced_id): row for row in rows}
    enough = {_as(role, primary=primary), _as(role, primary=True)}
    there = {name for name, row in known.items() if row.is_active and (row.role, row.primary) in enough}
    for name in known.keys() - there:
        row = known[name]
        (row.role, row.primary), row.is_active = _as(role, primary=primary), True
        row.metadata.pop(ENDED_WITH, None)
        row.save(update_fields=["role", "primary", "is_active", "metadata"])
    new = [
        {
            "sourcedId": f"{one.source_id}/{name}",
            "classSourcedId": one.source_id,
            "schoolSourcedId": one.school_sourced_id,
            "userSourcedId": name,
            "role": role,
            "primary": _as(role, primary=primary)[1],
        }
        for name in names
        if name not in known
    ]
    if new:
        add("enrollments", pl.DataFrame(new), district=one.district, origin=Origin.HAND, sync_id=None)
    return [person.key for name, person in names.items() if name not in there]


def _as(role: str, *, primary: bool) -> tuple[str, str]:
    return role, str(primary).lower()


def _require_all(found: list[Person], keys: Collection[int], what: str) -> None:
    if not keys:
        raise Refused(f"Tick at least one {what}.")
    if len(found) < len(set(keys)):
        raise Refused(f"One {what} of these is not at the school any more. Look for them again.")


def _tell(by: User, what: str, one: Class, people: list[int]) -> None:
    if not people:
        return
    target = Target("class", one.key, words.name_of_class(one))
    record(by=by, what=what, district_id=one.district_id, target=target, detail={"people": people})
