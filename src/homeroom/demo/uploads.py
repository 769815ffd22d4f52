"""What the people of the self-serve district have uploaded before anybody looks at it: staff, classes and students of
two schools, with the mistakes that spreadsheets and busy people make. Real uploads, done by the worker.
"""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from homeroom.accounts.models import User
from homeroom.demo.names import FAMILY, FAMILY_HANDLES, GIVEN, GIVEN_HANDLES
from homeroom.demo.publisher import BY_HAND, PASSWORD, SCHOOLS_BY_HAND
from homeroom.districts import scope
from homeroom.districts.models import District, School, SchoolYear
from homeroom.districts.requirements import requirements_of
from homeroom.engine.tables import Table
from homeroom.syncs.models import Kind, Sync, Upload
from homeroom.syncs.uploads import receiving
from homeroom.syncs.uploads.dismissing import dismiss

_POLL_SECONDS = 0.5
_SUBJECTS = ("English Language Arts", "Mathematics", "Science", "History")
Row = dict[str, str]


@dataclass(frozen=True)
class MadeUpSchool:
    """Who uploads for a school, how many there are of each kind, and in which grades. first: the number of its first
    person. careful: whoever made the files looked at them twice.
    """

    name: str
    by: str
    first: int
    teachers: int
    students: int
    grades: tuple[str, ...]
    careful: bool


SCHOOLS = (
    MadeUpSchool(SCHOOLS_BY_HAND[0], "sam", 0, 8, 120, ("KG", "01", "02", "03", "04", "05"), careful=False),
    MadeUpSchool(SCHOOLS_BY_HAND[1], "dana", 200, 10, 80, ("09", "10", "11", "12"), careful=True),
)


def make() -> None:
    """Uploads what is not there yet, school by school, and waits for each."""
    district = District.objects.get(slug=BY_HAND.slug)
    with scope.within(district.pk):
        for made in SCHOOLS:
            school = School.objects.get(name=made.name)
            for kind, rows in (
                (Kind.STAFF, _staff(made)),
                (Kind.CLASSES, _classes(made)),
                (Kind.STUDENTS, _students(made)),
            ):
                if not Upload.objects.filter(school=school, kind=kind).exists():
                    _upload(district, school, kind, made, list(rows))


def _upload(district: District, school: School, kind: Kind, made: MadeUpSchool, rows: list[Row]) -> None:
    by = User.objects.get(email=f"{made.by}@{district.slug}.example")
    sync = receiving.start(
        by=by,
        district=district,
        school=school,
        kind=kind,
        school_year=SchoolYear.current(district, district.today()) if kind == Kind.CLASSES else None,
        name=f"{made.name} {kind}.csv",
        content=_csv(requirements_of(district).templates[kind], rows),
    )
    _wait_for(sync)
    if made.careful or kind != Kind.STUDENTS:
        dismiss(by=by, upload=sync.upload)


def _wait_for(sync: Sync) -> None:
    while sync.is_under_way:
        time.sleep(_POLL_SECONDS)
        sync.refresh_from_db()


def _staff(made: MadeUpSchool) -> Iterator[Row]:
    for place in range(made.teachers):
        given, family, handle = _name(made.first + place)
        email = f"{handle}@{BY_HAND.slug}.example"
        yield {"sourcedId": f"T{made.first + place:04}", "role": "teacher", "email": email} | _person(
            given, family, handle
        )


def _classes(made: MadeUpSchool) -> Iterator[Row]:
    teachers = [row["email"] for row in _staff(made)]
    for place, grade in enumerate(made.grades * 2):
        subject = _SUBJECTS[place % len(_SUBJECTS)]
        teacher = teachers[place % len(teachers)]
        yield {"className": f"{subject} {grade}", "primaryTeacher": teacher, "grade": grade, "subject": subject}
    if not made.careful:
        yield {
            "className": "Chess Club",
            "primaryTeacher": f"nobody@{BY_HAND.slug}.example",
            "grade": "",
            "subject": "",
        }


def _students(made: MadeUpSchool) -> Iterator[Row]:
    for place in range(made.students):
        given, family, handle = _name(made.first + 20 + place)
        row = {"sourcedId": f"{2_000 + made.first + place}", "grade": made.grades[place % len(made.grades)]}
        row |= _person(given, family, f"{handle}.s")
        yield row if made.careful else row | _mistake(place)


def _mistake(place: int) -> Row:
    """What is wrong in this row: a spreadsheet has dropped zeros, and some cells were forgotten or are too short."""
    if place % 12 == 1:
        return {"grade": "1"}
    if place % 30 == 7:
        return {"lastName": "", "password": "short"}
    if place % 40 == 9:
        return {"sourcedId": "2.0E+05"}
    if place % 50 == 11:
        return {"username": "ab", "email": "at home"}
    return {}


def _person(given: str, family: str, handle: str) -> Row:
    return {"firstName": given, "lastName": family, "username": handle, "password": f"{PASSWORD} 1"}


def _name(number: int) -> tuple[str, str, str]:
    """Given name, family name and a handle of this person's own."""
    given, family = number * 7 % len(GIVEN), number * 11 % len(FAMILY)
    return GIVEN[given], FAMILY[family], f"{GIVEN_HANDLES[given]}.{FAMILY_HANDLES[family]}{number}"


def _csv(template: Table, rows: Iterable[Row]) -> bytes:
    """rows: by column of the template, the ID as ``sourcedId``."""
    keys = ["sourcedId" if name == template.key else name for name in template.names]
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow(template.names)
    writer.writerows([row.get(key, "") for key in keys] for row in rows)
    return written.getvalue().encode()
