"""A publisher whose districts know the source ids by other names: templates, reports, pages and forms say those."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from pytest_django import Settings

from homeroom.districts import scope
from homeroom.roster.models import Person
from homeroom.syncs import storage
from homeroom.syncs.models import Kind, State, Sync
from homeroom.syncs.uploads.receiving import FaultyFileError
from tests.people import Cast, signed_in
from tests.syncs.self_serve import ANA, STAFF, STUDENTS, TESS, Uploads, self_serve, uploads

__all__ = ["self_serve", "uploads"]  # fixtures are found where they are imported

pytestmark = pytest.mark.django_db

#: The one name for both: the templates are told apart all the same.
LOCAL_STUDENTS, LOCAL_STAFF = STUDENTS.replace("studentId", "localId"), STAFF.replace("staffId", "localId")


@pytest.fixture(autouse=True)
def local_ids(settings: Settings) -> None:
    settings.HOMEROOM_STUDENT_ID_COLUMN = settings.HOMEROOM_STAFF_ID_COLUMN = "localId"


def rows(path: Path | None) -> list[dict[str, str]]:
    assert path is not None
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


def page(cast: Cast, name: str, *more: object) -> str:
    here = [cast.ferndale.slug, cast.oak.pk, *more]
    return signed_in(cast.oak_admin).get(reverse(name, args=here)).content.decode("utf-8-sig")


def report_of(sync: Sync) -> list[dict[str, str]]:
    (path,) = storage.report_files(sync)
    return rows(path)


def test_template_bears_the_name_and_so_does_what_is_uploaded(self_serve: Cast, uploads: Uploads) -> None:
    assert page(self_serve, "upload-template", "students") == LOCAL_STUDENTS.strip() + "\r\n"

    students, staff = uploads.done(LOCAL_STUDENTS + ANA), uploads.done(LOCAL_STAFF + TESS, Kind.STAFF)

    assert (students.state, staff.state) == (State.COMPLETED, State.COMPLETED)
    with scope.within(self_serve.ferndale.pk):
        people = Person.objects.order_by("source_id").values_list("source_id", "role")
        assert list(people) == [("S1", "student"), ("T1", "teacher")]


def test_file_with_the_usual_name_is_told_which_one_is_right(uploads: Uploads) -> None:
    with pytest.raises(FaultyFileError) as faulty:
        uploads.queued(STUDENTS + ANA)

    assert [fault.says for fault in faulty.value.faults] == [
        "The column localId is missing. Is it the one with the header “studentId”?",
        "The column “studentId” is not in the template. Did you mean “localId”?",
    ]


def test_other_file_is_told_the_columns_of_the_template(uploads: Uploads) -> None:
    with pytest.raises(FaultyFileError, match="not that of the template, which is: localId, firstName, middleName"):
        uploads.queued("a,b\n1,2\n")


def test_report_and_file_to_correct_say_it_and_mended_rows_come_back(self_serve: Cast, uploads: Uploads) -> None:
    first = uploads.done(LOCAL_STUDENTS + ANA.replace("S1", "S 1"))

    (error,) = report_of(first)
    assert list(error) == ["Row Number", "sourcedId", "Column Name", "Error"]
    assert (error["sourcedId"], error["Column Name"]) == ("S 1", "localId")
    assert error["Error"].startswith("localId is “S 1”; it may have only letters A-Z and digits.")

    (to_correct,) = rows(storage.corrections_file(first))
    assert next(iter(to_correct)) == "localId"
    again = to_correct | {"localId": "S1", "password": "secret-word-1"}
    second = uploads.done("\r\n".join([",".join(again), ",".join(f'"{cell}"' for cell in again.values())]))
    assert second.state == State.COMPLETED
    with scope.within(self_serve.ferndale.pk):
        assert second.upload.open_errors == 0

    assert ">Local ID</th>" in page(self_serve, "upload", "students", first.pk)


def test_id_that_is_there_already_is_found(uploads: Uploads) -> None:
    uploads.done(LOCAL_STUDENTS + ANA)

    (error,) = report_of(uploads.done(LOCAL_STUDENTS + ANA.replace("Ana", "Anna")))

    assert (error["Column Name"], error["Error"][:30]) == ("localId", "localId “S1” is already in use")


def test_pages_and_forms_say_it(self_serve: Cast, uploads: Uploads) -> None:
    uploads.done(LOCAL_STUDENTS + ANA)
    with scope.within(self_serve.ferndale.pk):
        ana = Person.objects.get()

    names: list[tuple[Any, ...]] = [("students",), ("student", ana.key), ("student-new",), ("student-edit", ana.key)]
    said = [page(self_serve, *name) for name in [*names, ("staff-user-new",)]]

    assert all("Local ID" in one for one in said)
    assert not any("Student ID" in one or "Staff ID" in one for one in said)


def test_fault_of_the_id_stands_at_its_field(self_serve: Cast) -> None:
    here = [self_serve.ferndale.slug, self_serve.oak.pk]
    record = {"sourcedId": "S 1", "firstName": "Ana", "lastName": "Lee", "grade": "05", "username": "ana.lee"}

    answer = signed_in(self_serve.oak_admin).post(
        reverse("student-new", args=here), record | {"password": "secret-word-1"}
    )

    assert list(answer.context["form"].errors) == ["sourcedId"]
    assert "localId is “S 1”" in answer.content.decode()
