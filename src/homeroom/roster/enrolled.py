"""Who is in which class? Asked for a page of classes, or for one person.

Enrollments made here are found by index. Synced ones have none: of millions it would cost as much as storing them. So
they are looked up in the index that the last sync left as a file, and only where that is missing in the whole table.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import polars as pl
from django.db.models import Q, QuerySet

from homeroom.districts.models import District
from homeroom.roster.belonging import STUDENT, keys_of
from homeroom.roster.models import Class, Enrollment, Origin, Person, RosterState
from homeroom.roster.store import snapshots

TEACHER = "teacher"


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


def in_classes(district: District, classes: Collection[Class]) -> dict[int, list[Place]]:
    """By the key of the class, who is in it: the primary teacher, the other teachers, then everybody by name.

    Enrollments and people that are not active do not count.
    """
    found = _enrollments(district, "class_sourced_id", [one.source_id for one in classes])
    people = _people(row.user_sourced_id for row in found)
    by_class = defaultdict(list)
    for row in found:
        by_class[row.class_sourced_id].append(row)
    return {one.key: _places(one, by_class[one.source_id], people) for one in classes}


def of_person(district: District, person: Person) -> list[Place]:
    """The active classes of a person, by name. An archived person is shown with those that would come back."""
    found = _enrollments(district, "user_sourced_id", [person.source_id], also_ended=not person.is_active)
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
    return {person.source_id: person for person in Person.objects.filter(key__in=keys_of(names), is_active=True)}


def _enrollments(
    district: District, column: str, source_ids: list[str], *, also_ended: bool = False
) -> list[Enrollment]:
    wanted = Q(**{f"{column}__in": source_ids})
    active = Enrollment.objects.all() if also_ended else Enrollment.objects.filter(is_active=True)
    ours = active.filter(wanted & ~Q(origin=Origin.SYNC))
    state = RosterState.objects.filter(district=district).first()
    synced = _synced(state, column, source_ids, active.filter(wanted, origin=Origin.SYNC)) if state else []
    return [*ours, *synced]


def _synced(state: RosterState, column: str, source_ids: list[str], rows: QuerySet[Enrollment]) -> Iterable[Enrollment]:
    if "enrollments" not in state.columns:
        return []
    wanted = pl.Series(keys_of(source_ids), dtype=pl.Int64).reinterpret(signed=False)
    keys = snapshots.kept_keys(state, "enrollments", _IN_SNAPSHOT[column], wanted)
    return rows if keys is None else rows.filter(key__in=keys.reinterpret(signed=True).to_list())


_IN_SNAPSHOT = {"class_sourced_id": "classSourcedId", "user_sourced_id": "userSourcedId"}
