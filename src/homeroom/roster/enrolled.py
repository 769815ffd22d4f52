"""Who is in which class? Asked for a page of classes, or for one person.

Enrollments made here are found by an index of the database's, synced ones by ``store.finding``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Q

from homeroom.districts.models import District
from homeroom.roster import words
from homeroom.roster.belonging import STUDENT, keys_of
from homeroom.roster.models import ENDED_WITH, Class, Enrollment, Origin, Person
from homeroom.roster.store.columns import field_of
from homeroom.roster.store.finding import synced_that_name

TEACHER = "teacher"
#: What a page shows of them; they have thirty columns.
_OF_A_PERSON = ("key", "source_id", "is_active", "given_name", "family_name", "org_sourced_ids", "grades", "email")
_OF_AN_ENROLLMENT = (
    "key", "source_id", "is_active", "class_sourced_id", "user_sourced_id", "role", "primary", "origin",
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    """One person in one class. is_primary: as the primary teacher."""

    enrollment: Enrollment
    person: Person
    of_class: Class
    is_primary: bool

    @property
    def is_teacher(self) -> bool:
        return self.enrollment.role == TEACHER

    @property
    def as_what(self) -> str:
        if self.is_teacher:
            return "Primary teacher" if self.is_primary else "Co-teacher"
        return words.role(self.enrollment.role or "")


def in_classes(district: District, classes: Collection[Class]) -> dict[int, list[Place]]:
    """By the key of the class, who is in it: the primary teacher, the other teachers, then everybody by name.

    Enrollments and people that are not active do not count; of an archived class, who would be in it again.
    """
    archived = {one.source_id for one in classes if not one.is_active}
    rows = _enrollments(district, "classSourcedId", [one.source_id for one in classes], also_waiting=bool(archived))
    found = [row for row in rows if row.is_active or row.class_sourced_id in archived]
    people = _people(row.user_sourced_id for row in found)
    by_class = defaultdict(list)
    for row in found:
        by_class[row.class_sourced_id].append(row)
    return {one.key: _places(one, by_class[one.source_id], people) for one in classes}


def of_person(district: District, person: Person) -> list[Place]:
    """The active classes of a person, by name. An archived person is shown with those that would come back."""
    found = _enrollments(district, "userSourcedId", [person.source_id], also_waiting=not person.is_active)
    names = {str(row.class_sourced_id) for row in found}
    classes = {one.source_id: one for one in Class.objects.filter(key__in=keys_of(names), is_active=True)}
    places = [
        Place(row, person, classes[str(row.class_sourced_id)], row.role == TEACHER and row.primary == "true")
        for row in found
        if row.class_sourced_id in classes
    ]
    return sorted(places, key=lambda place: (place.of_class.title or "").casefold())


def _places(of_class: Class, rows: list[Enrollment], people: dict[str, Person]) -> list[Place]:
    """A teacher who is marked is the primary one; if nobody is, the first by source id (product.md 4.3)."""
    here = [row for row in rows if row.user_sourced_id in people]
    teachers = [row for row in here if row.role == TEACHER]
    marked = [row for row in teachers if row.primary == "true"] or teachers
    primary = min((row.source_id for row in marked), default=None)
    places = [Place(row, people[str(row.user_sourced_id)], of_class, row.source_id == primary) for row in here]
    return sorted(places, key=_primary_then_teachers_then_by_name)


def _primary_then_teachers_then_by_name(place: Place) -> tuple[bool, bool, bool, str, str]:
    person = place.person
    role = place.enrollment.role
    return (
        not place.is_primary,
        role != TEACHER,
        role == STUDENT,
        (person.family_name or "").casefold(),
        (person.given_name or "").casefold(),
    )


def _people(source_ids: Iterable[str | None]) -> dict[str, Person]:
    names = {name for name in source_ids if name}
    people = Person.objects.filter(key__in=keys_of(names), is_active=True).only(*_OF_A_PERSON)
    return {person.source_id: person for person in people}


def _enrollments(
    district: District, column: str, source_ids: list[str], *, also_waiting: bool = False
) -> list[Enrollment]:
    rows = Enrollment.objects.only(*_OF_AN_ENROLLMENT)
    ours = rows.filter(~Q(origin=Origin.SYNC), **{f"{field_of(column)}__in": source_ids})
    synced = synced_that_name(rows, district=district, kind="enrollments", column=column, source_ids=source_ids)
    active, waiting = Q(is_active=True), Q(metadata__has_key=ENDED_WITH)
    return [*ours.filter(active | waiting if also_waiting else active), *synced]
