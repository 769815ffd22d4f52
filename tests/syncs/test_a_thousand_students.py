"""A file of a thousand students with sixty faults: the report to the byte, every good row, and the way back."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from homeroom.districts import scope
from homeroom.districts.models import Method
from homeroom.roster.models import Person
from homeroom.syncs import storage, tasks
from homeroom.syncs.models import Kind, State, Sync, Upload
from homeroom.syncs.uploads import receiving
from tests.people import Cast, set_method

pytestmark = pytest.mark.django_db

COLUMNS = ("studentId", "firstName", "middleName", "lastName", "email", "grade", "username", "password")
STUDENTS = 1_000
GRADES = "IT, PR, PK, TK, KG, 01, 02, 03, 04, 05, 06, 07, 08, 09, 10, 11, 12, PS, UG, Other"
LETTERS = "it may have only letters A-Z"
ADDRESS = "write one e-mail address, such as ana.lopez@school.example."
WEAK = "password must have at least 8 characters, with at least one lower-case letter and one digit."
EXCEL_NUMBER = "Excel has shortened a long number: format the column as text, then type the number again."
EXCEL_ZERO = "Excel drops leading zeros: write 01, and format the column as text."
EXCEL_DATE = "Excel may have turned a grade into a date: format the column as text, then type the grade again."

Row = dict[str, str]
#: By column what is wrong, and what the report says about it.
FAULTS: tuple[dict[str, tuple[str, str]], ...] = (
    {"studentId": ("", "studentId is empty; every student needs one.")},
    {"studentId": ("S-1", f"studentId is “S-1”; {LETTERS} and digits.")},
    {"studentId": ("1.23E+11", f"studentId is “1.23E+11”; {LETTERS} and digits. {EXCEL_NUMBER}")},
    {"firstName": ("", "firstName is empty; every student needs one.")},
    {"firstName": ("n" * 251, "firstName must have at most 250 characters.")},
    {"middleName": ("m" * 251, "middleName must have at most 250 characters.")},
    {"lastName": ("", "lastName is empty; every student needs one.")},
    {"email": ("ana.lee", f"email is “ana.lee”; {ADDRESS}")},
    {"email": ("a b@x.example", f"email is “a b@x.example”; {ADDRESS}")},
    {"grade": ("", "grade is empty; every student needs one.")},
    {"grade": ("1", f"grade is “1”; it must be one of: {GRADES}. {EXCEL_ZERO}")},
    {"grade": ("3-Apr", f"grade is “3-Apr”; it must be one of: {GRADES}. {EXCEL_DATE}")},
    {"username": ("", "username is empty; every student needs one.")},
    {"username": ("abcd", "username is “abcd”; it must have 5 to 100 characters.")},
    {"username": ("añalee", f"username is “añalee”; {LETTERS}, digits and - _ + . @")},
    {
        "username": (
            "ana@x.example",
            "username is “ana@x.example”, an e-mail address; choose a username that is not one.",
        )
    },
    {"password": ("", "password is empty; every student needs one.")},
    {"password": ("short1", WEAK)},
    {"password": ("NOLOWER99", WEAK)},
    {"password": ("no-digits-here", WEAK)},
    {
        "firstName": ("", "firstName is empty; every student needs one."),
        "grade": ("99", f"grade is “99”; it must be one of: {GRADES}."),
        "password": ("short1", WEAK),
    },
)
TIMES = 3


def student(number: int) -> Row:
    return {
        "studentId": f"S{number}",
        "firstName": f"Ana{number}",
        "middleName": "",
        "lastName": "Lee",
        "email": f"s{number}@x.example",
        "grade": "05",
        "username": f"pupil.{number}",
        "password": f"secret-word-{number}",
    }


def faulty() -> tuple[list[Row], list[tuple[str, str, str, str]]]:
    """The rows, and the lines of the report: each fault some times over, then rows that repeat what another has."""
    rows, report = [student(number) for number in range(STUDENTS)], []
    places = [(7 + 13 * n, fault) for n, fault in enumerate(FAULTS * TIMES)]
    for place, fault in places:
        for column, (value, _) in fault.items():
            given = value
            if column == "studentId" and value == "S-1":
                given = f"S-{place}"  # or it would be repeated
            if column == "studentId" and value.startswith("1.23"):
                given = f"1.{place}E+11"
            if column == "username" and value and value != "abcd":
                given = value.replace("a", "a" * (1 + places.index((place, fault)) // len(FAULTS)), 1)
            if column == "username" and value == "abcd":
                given = ("abcd", "bcde", "cdef")[places.index((place, fault)) // len(FAULTS)]
            rows[place][column] = given
        for column in (name for name in COLUMNS if name in fault):
            value, says = fault[column]
            said = says.replace(f"“{value}”", f"“{rows[place][column]}”") if value else says
            report.append((place + 2, rows[place]["studentId"], column, said))
    for place, column, says in (
        (990, "studentId", "studentId “S1” is used already in row 3; each person needs an ID of their own."),
        (991, "username", "username “PUPIL.2” is used already in row 4; each person needs a username of their own."),
        (992, "email", "email “S3@x.example” is used already in row 5; each person needs an address of their own."),
    ):
        rows[place][column] = {"studentId": "S1", "username": "PUPIL.2", "email": "S3@x.example"}[column]
        report.append((place + 2, rows[place]["studentId"], column, says))
    return rows, [(str(line), *rest) for line, *rest in report]


def as_csv(rows: list[Row]) -> bytes:
    written = io.StringIO(newline="")
    writer = csv.DictWriter(written, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue().encode()


def upload(cast: Cast, content: bytes, *, confirm: bool = False) -> Sync:
    sync = receiving.start(
        by=cast.oak_admin, district=cast.ferndale, school=cast.oak, kind=Kind.STUDENTS, school_year=None,
        name="students.csv", content=content, confirm=confirm,
    )  # fmt: skip
    with scope.within(cast.ferndale.pk):
        tasks.run_sync(district_id=sync.district_id, sync_id=sync.pk)
        return Sync.objects.get(pk=sync.pk)


def people(cast: Cast) -> set[str]:
    with scope.within(cast.ferndale.pk):
        return set(Person.objects.values_list("source_id", flat=True))


def test_a_thousand_students(cast: Cast, data: Path) -> None:
    set_method(by=cast.operator, district=cast.ferndale, method=Method.SELF_SERVE)
    cast.ferndale.refresh_from_db()
    rows, expected = faulty()
    assert len(expected) >= 60

    # the report, to the byte
    first = upload(cast, as_csv(rows))
    (path,) = storage.report_files(first)
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="\r\n").writerows(
        [("Row Number", "sourcedId", "Column Name", "Error"), *expected]
    )
    assert path.name == "students_sync_report.csv"
    assert path.read_bytes() == b"\xef\xbb\xbf" + written.getvalue().encode()

    # every good row
    wrong = {int(line) - 2 for line, *_ in expected}
    good = {row["studentId"] for place, row in enumerate(rows) if place not in wrong}
    assert (first.state, people(cast)) == (State.WITH_ERRORS, good)

    # the file to correct, mended, closes them all
    corrections = storage.corrections_file(first)
    assert corrections is not None
    to_correct = list(csv.DictReader(io.StringIO(corrections.read_text(encoding="utf-8-sig"), newline="")))
    assert {int(row["Original Row"]) - 2 for row in to_correct} == wrong
    mended = [row | student(int(row["Original Row"]) - 2) for row in to_correct]
    second = upload(cast, as_csv(mended))
    with scope.within(cast.ferndale.pk):
        told = Upload.objects.get(sync=second)
        assert (second.state, told.open_errors) == (State.COMPLETED, 0)
        assert told.corrects is not None
        assert told.corrects.sync_id == first.pk
    assert people(cast) == {f"S{number}" for number in range(STUDENTS)}

    # the whole file again, by mistake: one cause, one line a row
    third = upload(cast, as_csv([student(number) for number in range(STUDENTS)]))
    (path,) = storage.report_files(third)
    lines = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))[1:]
    assert [(row, column) for row, _, column, _ in lines] == [(str(n + 2), "studentId") for n in range(STUDENTS)]
    assert [(cause["rule"], cause["findings"]) for cause in third.report["causes"]] == [("upload-id-taken", STUDENTS)]
    assert len(people(cast)) == STUDENTS
