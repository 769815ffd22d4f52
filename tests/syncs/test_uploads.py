"""Uploads of a self-serve district: what is created, what is refused, and what is kept of the file."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password
from django.db import IntegrityError

from homeroom import engine
from homeroom.districts import actions as districts
from homeroom.districts import scope
from homeroom.districts.models import Membership, Method, Role, SchoolYear
from homeroom.roster.models import AddressInUse, Class, Credential, Enrollment, Person
from homeroom.roster.selfserve import creating
from homeroom.syncs import claims, storage, tasks
from homeroom.syncs.models import HashedPassword, Kind, State, Sync, Upload, WaitingPassword
from homeroom.syncs.uploads import passwords, receiving
from homeroom.syncs.uploads.receiving import FaultyFileError
from tests.people import Cast, set_method

pytestmark = pytest.mark.django_db

CREATES = "homeroom.syncs.uploads.pipeline.create_people"

STUDENTS = "studentId,firstName,middleName,lastName,email,grade,username,password\n"
STAFF = "staffId,firstName,middleName,lastName,email,role,username,password\n"
CLASSES = "className,primaryTeacher,grade,subject\n"
ANA = "S1,Ana,,Lee,ana@ferndale.example,05,ana.lee,secret-word-1\n"
BEN = "S2,Ben,,Moss,,05,ben.moss,secret-word-2\n"
TESS = "T1,Tess,,Day,tess@ferndale.example,teacher,tess.day,secret-word-3\n"
SAUL = "T2,Saul,,Boss,saul@ferndale.example,school_admin,saul.boss,secret-word-4\n"


@pytest.fixture(autouse=True)
def self_serve(cast: Cast, data: Path) -> None:
    for district in (cast.ferndale, cast.lakeside):
        set_method(by=cast.operator, district=district, method=Method.SELF_SERVE)
        district.refresh_from_db()


def upload(cast: Cast, kind: Kind, content: str, *, name: str = "upload.csv", confirm: bool = False) -> Sync:
    with scope.within(cast.ferndale.pk):
        year = SchoolYear.objects.first() if kind == Kind.CLASSES else None
    return receiving.start(
        by=cast.oak_admin,
        district=cast.ferndale,
        school=cast.oak,
        kind=kind,
        school_year=year,
        name=name,
        content=content.encode(),
        confirm=confirm,
    )


def work(sync: Sync) -> Sync:
    tasks.run_sync(district_id=sync.district_id, sync_id=sync.pk)
    return Sync.objects.get(pk=sync.pk)


def report(sync: Sync) -> list[list[str]]:
    (path,) = storage.report_files(sync)
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


def test_every_good_row_becomes_a_person_of_the_school(cast: Cast) -> None:
    sync = upload(cast, Kind.STUDENTS, STUDENTS + ANA + BEN)
    with scope.within(cast.ferndale.pk):
        done = work(sync)

        assert (done.state, done.counts) == (State.COMPLETED, {"students": {"created": 2, "refused": 0}})
        ana = Person.objects.get(source_id="S1")
        assert (ana.given_name, ana.family_name, ana.grades, ana.username) == ("Ana", "Lee", "05", "ana.lee")
        assert (ana.role, ana.org_sourced_ids, ana.origin, ana.first_sync_id) == ("student", "oak", "upload", sync.pk)
        assert check_password("secret-word-1", Credential.objects.get(key=ana.key).password)
        assert list(AddressInUse.objects.values_list("address", "key")) == [("ana@ferndale.example", ana.key)]
        assert storage.report_files(done) == []


def test_good_rows_are_created_even_when_others_fail(cast: Cast) -> None:
    sync = upload(cast, Kind.STUDENTS, STUDENTS + ANA + "S 3,Cleo,,Rue,cleo@ferndale.example,5,cl,weak\n" + BEN)
    with scope.within(cast.ferndale.pk):
        done = work(sync)

        assert done.state == State.WITH_ERRORS
        assert set(Person.objects.values_list("source_id", flat=True)) == {"S1", "S2"}
        assert [row[:3] for row in report(done)] == [
            ["Row Number", "sourcedId", "Column Name"],
            ["3", "S 3", "studentId"],
            ["3", "S 3", "grade"],
            ["3", "S 3", "username"],
            ["3", "S 3", "password"],
        ]
        assert not AddressInUse.objects.filter(address="cleo@ferndale.example").exists()


def test_a_school_administrator_among_the_staff_can_sign_in(cast: Cast) -> None:
    sync = upload(cast, Kind.STAFF, STAFF + TESS + SAUL)
    with scope.within(cast.ferndale.pk):
        assert work(sync).state == State.COMPLETED

        saul = Membership.objects.select_related("user").get(user__email="saul@ferndale.example")
        assert (saul.role, [school.name for school in saul.schools.all()]) == (Role.SCHOOL_ADMIN, ["Oak Elementary"])
        assert saul.user.check_password("secret-word-4")
        assert not Membership.objects.filter(user__email="tess@ferndale.example").exists()


def test_a_class_has_its_primary_teacher_and_its_school_year(cast: Cast) -> None:
    staff = upload(cast, Kind.STAFF, STAFF + TESS)
    with scope.within(cast.ferndale.pk):
        work(staff)
    sync = upload(cast, Kind.CLASSES, CLASSES + "Algebra,TESS@ferndale.example,09,Mathematics\nArt,sam@x.example,,\n")
    with scope.within(cast.ferndale.pk):
        done = work(sync)

        algebra = Class.objects.get()
        teacher = Enrollment.objects.get(class_sourced_id=algebra.source_id)
        assert (algebra.title, algebra.grades, algebra.school_sourced_id) == ("Algebra", "09", "oak")
        assert algebra.school_year_id == SchoolYear.objects.get().pk
        assert (teacher.user_sourced_id, teacher.role, teacher.primary) == ("T1", "teacher", "true")
        assert [row[2] for row in report(done)[1:]] == ["primaryTeacher"]


def test_the_same_class_again_is_an_error(cast: Cast) -> None:
    staff = upload(cast, Kind.STAFF, STAFF + TESS)
    with scope.within(cast.ferndale.pk):
        work(staff)
        work(upload(cast, Kind.CLASSES, CLASSES + "Algebra,tess@ferndale.example,,\n"))
        again = work(upload(cast, Kind.CLASSES, CLASSES + "Algebra,tess@ferndale.example,09,\n"))

        assert Class.objects.count() == 1
        assert [row[2] for row in report(again)[1:]] == ["className"]


def test_the_whole_file_again_creates_nobody_twice_and_is_one_fault_a_row(cast: Cast) -> None:
    with scope.within(cast.ferndale.pk):
        work(upload(cast, Kind.STUDENTS, STUDENTS + ANA + BEN))
        again = work(upload(cast, Kind.STUDENTS, STUDENTS + ANA + BEN, confirm=True))

        assert Person.objects.count() == 2
        assert [row[:3] for row in report(again)[1:]] == [["2", "S1", "studentId"], ["3", "S2", "studentId"]]
        assert [cause["findings"] for cause in again.report["causes"]] == [2]


def test_no_password_is_stored_but_as_a_hash(cast: Cast, data: Path) -> None:
    sync = upload(cast, Kind.STUDENTS, STUDENTS + ANA + BEN.replace("secret-word-2", "weak-as-9-is"))
    with scope.within(cast.ferndale.pk):
        waiting = [bytes(one) for one in WaitingPassword.objects.values_list("sealed", flat=True)]
        assert len(waiting) == 2
        assert not any(b"secret-word" in one for one in waiting)
        work(sync)
        assert not WaitingPassword.objects.exists()
        assert not HashedPassword.objects.exists()
    for path in data.rglob("*"):
        assert path.is_dir() or b"secret-word" not in path.read_bytes(), path
    assert (storage.uploaded_file(sync) or data).read_text().splitlines()[1] == ANA.strip().replace("secret-word-1", "")


@pytest.mark.parametrize(("password", "faulty"), [("secret-word-1", []), ("qqq", ["password"])])
def test_a_row_with_nothing_but_a_password_is_no_blank_row(cast: Cast, password: str, faulty: list[str]) -> None:
    with scope.within(cast.ferndale.pk):
        done = work(upload(cast, Kind.STUDENTS, STUDENTS + ANA + f",,,,,,,{password}\n,,,,,,,\n"))

        assert (done.state, done.counts) == (State.WITH_ERRORS, {"students": {"created": 1, "refused": 1}})
        assert Upload.objects.get(sync=done).rows == 2
        wrong = ["studentId", "firstName", "lastName", "grade", "username", *faulty]
        assert [row[:3] for row in report(done)[1:]] == [["3", "", column] for column in wrong]
        path = storage.corrections_file(done)
        assert path is not None
        (row,) = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""))
        assert (row["password"], row["Original Row"]) == ("", "3")
        assert password not in path.read_text() + json.dumps(done.report)


def test_corrected_rows_come_back_and_close_their_errors(cast: Cast) -> None:
    faulty = "S3,Cleo,,Rue,,5,cleo.rue,secret-word-1\nS4,Dan,,,,99,dan,secret-word-1\n"
    with scope.within(cast.ferndale.pk):
        first = work(upload(cast, Kind.STUDENTS, STUDENTS + ANA + faulty))
        rows = to_correct(first)
        assert [(row["studentId"], row["password"], row["Original Row"]) for row in rows] == [
            ("S3", "", "3"),
            ("S4", "", "4"),
        ]
        assert "must be one of" in rows[0]["Problems"]

        rows[0] |= {"grade": "05", "password": "secret-word-9"}
        rows[1] |= {"grade": "06", "password": "secret-word-9", "username": "dan.day"}
        second = work(upload(cast, Kind.STUDENTS, as_csv(rows)))

        told = Upload.objects.get(sync=second)
        assert told.corrects == Upload.objects.get(sync=first)
        assert (len(report(first)) - 1, told.open_errors) == (4, 1)
        assert set(Person.objects.values_list("source_id", flat=True)) == {"S1", "S3"}


def to_correct(sync: Sync) -> list[dict[str, str]]:
    """The rows of the file to correct."""
    path = storage.corrections_file(sync)
    assert path is not None
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


def as_csv(rows: list[dict[str, str]]) -> str:
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def test_rows_of_a_file_to_correct_that_nobody_filled_in_stay_open_errors(cast: Cast) -> None:
    damaged = "S3,Cleo,Rue,05\nS4,Dan,,Day,,05,dan.day,secret-word-1,more\n"
    with scope.within(cast.ferndale.pk):
        first = work(upload(cast, Kind.STUDENTS, STUDENTS + ANA + damaged))
        rows = [row | {"studentId": ""} for row in to_correct(first)]
        second = work(upload(cast, Kind.STUDENTS, as_csv(rows)))

        assert (second.state, second.counts) == (State.WITH_ERRORS, {"students": {"created": 0, "refused": 2}})
        assert report(second)[1:] == [
            ["2", "", "row", "Nothing is filled in for row 3 of the file that this one corrects."],
            ["3", "", "row", "Nothing is filled in for row 4 of the file that this one corrects."],
        ]
        assert Upload.objects.get(sync=second).open_errors == 2
        assert [row["Original Row"] for row in to_correct(second)] == ["2", "3"]


def test_of_a_row_that_cannot_be_read_the_file_to_correct_has_the_id_and_nothing_else(cast: Cast) -> None:
    damaged = "S3,Cleo,Rue,05\nS4,Dan,,Day,,05,dan.day,secret-word-1,more\n"
    with scope.within(cast.ferndale.pk):
        first = work(upload(cast, Kind.STUDENTS, STUDENTS + ANA + damaged))
        rows = to_correct(first)
        assert [[value for name, value in row.items() if value and name != "Problems"] for row in rows] == [
            ["S3", "3"],
            ["S4", "4"],
        ]
        second = work(upload(cast, Kind.STUDENTS, as_csv(rows)))

        assert Upload.objects.get(sync=second).open_errors == 2
        assert [(row["studentId"], row["Original Row"]) for row in to_correct(second)] == [("S3", "2"), ("S4", "3")]


@pytest.mark.parametrize("password", ["", "secret-word-1", "weak"])
def test_a_blank_row_of_an_earlier_file_is_refused_beside_a_new_person(cast: Cast, password: str) -> None:
    with scope.within(cast.ferndale.pk):
        first = work(upload(cast, Kind.STUDENTS, STUDENTS + "S4,Dan,,,,99,dan,secret-word-1\n"))
        (row,) = to_correct(first)
        blank = dict.fromkeys(row, "") | {"Original Row": "2", "password": password}
        new = dict.fromkeys(row, "") | dict(zip(STUDENTS.strip().split(","), ANA.strip().split(","), strict=True))
        second = work(upload(cast, Kind.STUDENTS, as_csv([blank, new])))

        assert (second.state, second.counts) == (State.WITH_ERRORS, {"students": {"created": 1, "refused": 1}})
        assert [(row["Original Row"], row["password"]) for row in to_correct(second)] == [("2", "")]
        assert Upload.objects.get(sync=second).open_errors == 3


def test_a_mended_row_that_is_refused_for_something_else_closes_no_more_than_it_has_fewer(cast: Cast) -> None:
    faulty = "S3,Cleo,,Rue,,5,cleo.rue,secret-word-1\nS4,Dan,,,,99,dan,secret-word-1\n"
    with scope.within(cast.ferndale.pk):
        first = work(upload(cast, Kind.STUDENTS, STUDENTS + ANA + faulty))
        cleo, dan = to_correct(first)
        cleo |= {"grade": "05"}
        dan |= {"studentId": "S1", "lastName": "Day", "grade": "06", "username": "dan.day", "password": "secret-word-9"}
        second = work(upload(cast, Kind.STUDENTS, as_csv([cleo, dan])))

        assert [line[:3] for line in report(second)[1:]] == [["2", "S3", "password"], ["3", "S1", "studentId"]]
        assert (len(report(first)) - 1, Upload.objects.get(sync=second).open_errors) == (4, 2)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("upload.xlsx", STUDENTS + ANA, "The name of a CSV file ends in .csv; this file is called upload.xlsx."),
        ("upload.csv", STAFF + TESS, "This is the template for staff, and here students are uploaded."),
        ("upload.csv", "a,b\n1,2\n", "The first row of this file is not that of the template"),
        ("upload.csv", STUDENTS, "upload.csv has a header row and nothing below it."),
        ("upload.csv", "", "upload.csv is empty: not even a header row is in it."),
        ("upload.csv", STUDENTS.replace("grade", "Grade") + ANA, "The column grade is missing."),
    ],
)
def test_a_file_that_is_wrong_as_a_whole_is_not_stored(
    cast: Cast, data: Path, name: str, content: str, says: str
) -> None:
    with pytest.raises(FaultyFileError) as faulty:
        upload(cast, Kind.STUDENTS, content, name=name)

    assert says in str(faulty.value)
    assert all(fault.remedy for fault in faulty.value.faults)
    with scope.within(cast.ferndale.pk):
        assert not Sync.objects.exists()
    assert not any(path.is_file() for path in data.rglob("*"))


@pytest.mark.parametrize("name", ["=1+1", "+Ana", "-Ana", "@Ana", "'Ana", "Ana", "‘=Ana"])
def test_a_name_that_a_spreadsheet_would_run_goes_into_the_file_to_correct_and_comes_back_as_it_was(
    cast: Cast, name: str
) -> None:
    with scope.within(cast.ferndale.pk):
        first = work(upload(cast, Kind.STUDENTS, STUDENTS + f"S3,{name},,Rue,,5,cleo.rue,secret-word-1\n"))
        (row,) = to_correct(first)
        assert row["firstName"] == (f"'{name}" if name[0] in "=+-@" else name)

        second = work(upload(cast, Kind.STUDENTS, as_csv([row | {"grade": "05", "password": "secret-word-9"}])))

        assert second.state == State.COMPLETED
        assert Person.objects.get().given_name == name


def test_passwords_of_an_upload_that_is_given_up_do_not_wait_for_ever(cast: Cast) -> None:
    sync = upload(cast, Kind.STUDENTS, STUDENTS + ANA)
    with scope.within(cast.ferndale.pk):
        for _ in range(3):
            claims.begin(sync.pk)

        assert work(sync).state == State.FAILED
        assert not WaitingPassword.objects.exists()


def test_a_value_that_is_taken_in_the_last_moment_is_asked_for_once_more(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync = upload(cast, Kind.STUDENTS, STUDENTS + ANA + BEN)
    create_people = creating.create_people

    def taken_meanwhile(*given: Any, **more: Any) -> None:
        monkeypatch.setattr(CREATES, create_people)
        raise IntegrityError

    monkeypatch.setattr(CREATES, taken_meanwhile)
    with scope.within(cast.ferndale.pk):
        assert work(sync).state == State.COMPLETED
        assert Person.objects.count() == 2


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("cell", ["Ana", '"An\na"'])
def test_no_file_of_the_check_holds_a_password_whatever_ends_its_lines(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, line_end: str, cell: str
) -> None:
    checked = engine.validate
    seen: list[bytes] = []

    def looked_at(*given: Any, work: Path, **more: Any) -> engine.Checked:
        answer = checked(*given, work=work, **more)
        seen.extend(path.read_bytes() for path in work.rglob("*") if path.is_file())
        return answer

    monkeypatch.setattr(engine, "validate", looked_at)
    text = (STUDENTS + ANA + BEN).replace("\n", line_end).replace("Ana", cell)
    sync = upload(cast, Kind.STUDENTS, text)

    assert not any(b"secret-word" in content for content in seen)
    monkeypatch.undo()
    with scope.within(cast.ferndale.pk):
        assert work(sync).counts["students"]["created"] >= 1


@pytest.mark.parametrize("name", ["row", "line", "blank", "", "column 2: studentId", "studentId"])
def test_columns_of_any_name_are_told_by_it(cast: Cast, name: str) -> None:
    text = (
        (STUDENTS + ANA + BEN)
        .replace("studentId,", f"studentId,{name},")
        .replace("S1,", "S1,x,")
        .replace("S2,", "S2,x,")
    )

    with pytest.raises(FaultyFileError) as refused:
        upload(cast, Kind.STUDENTS, text)

    assert name in str(refused.value)


def test_nothing_is_created_where_the_method_was_changed_meanwhile(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    sync = upload(cast, Kind.STUDENTS, STUDENTS + ANA)
    hash_waiting = passwords.hash_waiting

    def while_it_hashes(*given: Any) -> bool:
        districts.change_method(by=cast.operator, district=cast.ferndale, method=Method.CLASSLINK)
        return hash_waiting(*given)

    monkeypatch.setattr(passwords, "hash_waiting", while_it_hashes)
    with scope.within(cast.ferndale.pk):
        assert "no self-serve district any more" in work(sync).reason
        assert not Person.objects.exists()
