"""Records of a school, stored as the forms and the syncs store them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import polars as pl
from django.db import transaction

from homeroom.districts import scope
from homeroom.districts.models import District, School, SchoolYear
from homeroom.roster.belonging import keys_of
from homeroom.roster.models import Class, Enrollment, Origin, Person
from homeroom.roster.store.adding import add

Row = TypeVar("Row", Person, Class, Enrollment)


@dataclass(frozen=True)
class Records:
    """Makes records of one school, each with what a test says of it and otherwise nothing."""

    district: District
    school: School
    origin: Origin = Origin.HAND

    def person(self, source_id: str, role: str = "student", **columns: str) -> Person:
        """columns: as the engine calls them."""
        given, _, family = columns.pop("name", f"Pat {source_id}").rpartition(" ")
        self._add(
            "users",
            {
                "sourcedId": source_id,
                "role": role,
                "orgSourcedIds": self.school.source_id,
                "givenName": given,
                "familyName": family,
                **columns,
            },
        )
        return self._found(Person, source_id)

    def a_class(self, source_id: str, *, year: SchoolYear | None = None, **columns: str) -> Class:
        """Of the school year that is current, unless another one is named."""
        with scope.within(self.district.pk):
            year = year or SchoolYear.current(self.district, self.district.today())
        named = {"sourcedId": source_id, "title": source_id, "schoolSourcedId": self.school.source_id, **columns}
        self._add("classes", named | {"school_year_id": year.pk if year else None})
        return self._found(Class, source_id)

    def enroll(self, person: Person, into: Class, role: str = "student", *, primary: bool = False) -> Enrollment:
        source_id = f"{into.source_id}/{person.source_id}"
        self._add(
            "enrollments",
            {
                "sourcedId": source_id,
                "classSourcedId": into.source_id,
                "userSourcedId": person.source_id,
                "schoolSourcedId": into.school_sourced_id,
                "role": role,
                "primary": str(primary).lower(),
            },
        )
        return self._found(Enrollment, source_id)

    def role(self, person: Person, role: str, **columns: str) -> None:
        """A role as OneRoster 1.2 has it, in a record of its own."""
        named = {"userSourcedId": person.source_id, "orgSourcedId": self.school.source_id, "role": role, **columns}
        self._add("roles", {"sourcedId": f"{person.source_id} {role}", **named})

    def _add(self, kind: str, record: dict[str, object]) -> None:
        with scope.within(self.district.pk), transaction.atomic():
            add(kind, pl.DataFrame([record]), district=self.district, origin=self.origin, sync_id=None)

    def _found(self, model: type[Row], source_id: str) -> Row:
        with scope.within(self.district.pk):
            return model.objects.get(key=keys_of([source_id])[0])


def records_of_a_school(district: District, school: School) -> dict[str, int]:
    """By the variable parts of addresses, the key of one record of each kind."""
    made = Records(district, school)
    student, teacher, one = made.person("S1"), made.person("T1", "teacher"), made.a_class("C1")
    enrollment = made.enroll(student, one)
    return {
        "student_key": student.key,
        "staff_key": teacher.key,
        "class_key": one.key,
        "enrollment_key": enrollment.key,
    }
