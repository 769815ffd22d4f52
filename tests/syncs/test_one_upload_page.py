"""One upload: its errors by cause, what can be downloaded, and what became of them after a correction."""

from __future__ import annotations

import csv
import io

from django.urls import reverse
from pytest_django import Settings

from homeroom.accounts.models import User
from homeroom.syncs.models import Kind
from tests.people import Cast, signed_in
from tests.syncs.self_serve import (
    ANA,
    BEN,
    CLASSES,
    CLEO,
    DAN,
    STAFF,
    STUDENTS,
    TESS,
    Uploads,
    self_serve,
    uploads,
    work,
)
from tests.syncs.upload_pages import address, banners, look, of_upload, rows, set_to, told

__all__ = ["self_serve", "uploads"]  # fixtures are found where they are imported


def download(who: User, at: str) -> tuple[str, bytes]:
    answer = signed_in(who).get(at)
    assert answer.headers["Cache-Control"] == "private, no-store"
    return answer.headers["Content-Disposition"], b"".join(answer)


def test_sync_report_has_exactly_its_four_columns(self_serve: Cast, uploads: Uploads) -> None:
    sync = uploads.done(STUDENTS + ANA + CLEO + DAN)

    disposition, content = download(self_serve.oak_admin, of_upload("upload-report", self_serve, sync))

    assert disposition == 'attachment; filename="students_sync_report.csv"'
    assert content.startswith(b"\xef\xbb\xbfRow Number,sourcedId,Column Name,Error\r\n")
    report = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert [row[:3] for row in report[1:]] == [
        ["3", "S3", "grade"],
        ["4", "S4", "lastName"],
        ["4", "S4", "grade"],
        ["4", "S4", "username"],
    ]


def test_uploaded_file_comes_back_without_its_passwords(self_serve: Cast, uploads: Uploads) -> None:
    sync = uploads.done(STUDENTS + ANA + CLEO, name="Our students.csv")

    disposition, content = download(self_serve.oak_admin, of_upload("upload-file", self_serve, sync))

    assert disposition == 'attachment; filename="Our students.csv"'
    assert content.decode() == (STUDENTS + ANA + CLEO).replace("secret-word-1", "").replace("secret-word-3", "")


def test_file_to_correct_has_the_refused_rows_only(self_serve: Cast, uploads: Uploads) -> None:
    sync = uploads.done(STUDENTS + ANA + CLEO)

    disposition, content = download(self_serve.oak_admin, of_upload("upload-to-correct", self_serve, sync))

    assert disposition == 'attachment; filename="students_to_correct.csv"'
    assert content.decode("utf-8-sig").splitlines()[1].startswith("S3,Cleo,,Rue,,5,cleo.rue,,3,")


def test_upload_page_groups_the_errors_by_cause(self_serve: Cast, uploads: Uploads) -> None:
    wrong = "".join(f"A{row},Al,,Low,,{row},al.low{row},secret-word-1\n" for row in range(100, 105))
    sync = uploads.done(STUDENTS + ANA + wrong + DAN)

    page = told(look(self_serve.oak_admin, of_upload("upload", self_serve, sync)))

    assert "1 student created. 6 rows were refused, with 8 errors." in page
    assert '<strong class="cause__count">6</strong> errors in <span class="cause__place">grade</span>' in page
    assert page.index("Correct the grade in your file.") < page.index("Choose another username in your file.")
    assert "grade is “100”; it must be one of: IT, PR" in page
    assert "Show all 6 rows" in page
    assert "secret-word" not in page


def test_record_that_is_there_already_is_one_cause_with_a_count(self_serve: Cast, uploads: Uploads) -> None:
    uploads.done(STUDENTS + ANA + BEN)

    page = told(look(self_serve.oak_admin, of_upload("upload", self_serve, uploads.done(STUDENTS + ANA + BEN))))

    assert page.count('class="cause__count"') == 1
    assert '<strong class="cause__count">2</strong> errors in <span class="cause__place">studentId</span>' in page


def test_errors_of_one_cause_come_fifty_a_page(self_serve: Cast, uploads: Uploads) -> None:
    wrong = "".join(f"A{row},Al,,Low,,99,al.low{row},secret-word-1\n" for row in range(120))
    page = of_upload("upload", self_serve, uploads.done(STUDENTS + wrong))
    browser = signed_in(self_serve.oak_admin)

    last = told(browser.get(page, {"cause": "grade/upload-grade-unknown", "page": 3}).text)

    assert "101–120 of 120 errors" in last
    assert [f">{row}</th>" in last for row in (101, 102, 121, 122)] == [False, True, True, False]


def test_cause_that_is_none_has_no_page(self_serve: Cast, uploads: Uploads) -> None:
    page = of_upload("upload", self_serve, uploads.done(STUDENTS + CLEO))

    assert signed_in(self_serve.oak_admin).get(page, {"cause": "grade/nothing"}).status_code == 404


def test_formula_is_shown_as_it_stands_in_the_file(self_serve: Cast, uploads: Uploads) -> None:
    sync = uploads.done(STUDENTS + "=1+1,Ana,,Lee,,05,ana.lee,secret-word-1\n")

    page = look(self_serve.oak_admin, of_upload("upload", self_serve, sync))

    assert '<td class="value" data-label="Student ID">=1+1</td>' in page


def test_corrected_file_says_how_many_errors_it_closed(self_serve: Cast, uploads: Uploads) -> None:
    first = uploads.done(STUDENTS + CLEO + DAN)
    _, content = download(self_serve.oak_admin, of_upload("upload-to-correct", self_serve, first))
    mended = content.replace(b",5,cleo.rue,", b",05,cleo.rue,secret-word-3").replace(
        b",99,dan,", b",06,dan,secret-word-4"
    )
    second = uploads.done(mended, name="students_to_correct.csv")

    page = told(look(self_serve.oak_admin, of_upload("upload", self_serve, second)))
    before = told(look(self_serve.oak_admin, of_upload("upload", self_serve, first)))

    assert "This upload closed 2 of 4 errors of" in page
    assert "students_to_correct.csv</a>, uploaded later, closed 2 of 4 errors of this one." in before
    assert "2 of 4 errors closed" in told(banners(self_serve))


def test_corrected_file_is_that_of_the_latest_upload_with_such_rows(self_serve: Cast, uploads: Uploads) -> None:
    uploads.done(STUDENTS + CLEO + DAN)
    latest = uploads.done(STUDENTS + CLEO + DAN, name="students again.csv")
    _, content = download(self_serve.oak_admin, of_upload("upload-to-correct", self_serve, latest))

    corrected = uploads.done(content, name="students_to_correct.csv")

    page = told(look(self_serve.oak_admin, of_upload("upload", self_serve, corrected)))
    assert f'errors of <a class="usa-link" href="{of_upload("upload", self_serve, latest)}">students again.csv' in page


def test_upload_under_way_follows_by_itself_until_it_has_ended(self_serve: Cast, uploads: Uploads) -> None:
    sync = uploads.queued()
    browser, progress = signed_in(self_serve.oak_admin), of_upload("upload-progress", self_serve, sync)
    assert "File is waiting to be processed." in browser.get(progress).text

    work(sync)

    answer = browser.get(progress)
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (286, "#upload")
    assert "File processed successfully." in answer.text


def test_files_that_expired_are_said_to_be_gone(self_serve: Cast, uploads: Uploads) -> None:
    sync = uploads.done(STUDENTS + CLEO)
    set_to(sync, files_expired_at="2026-01-01T18:00:00Z")

    page = told(look(self_serve.oak_admin, of_upload("upload", self_serve, sync)))
    (row,) = rows(look(self_serve.oak_admin, address("upload-status", self_serve.oak)))

    assert 'students.csv <span class="quiet">was removed on Jan 1, 2026' in page
    assert "sync report" not in page + row
    assert "uploaded-" not in row


def test_support_contact_stands_beside_the_report(self_serve: Cast, uploads: Uploads, settings: Settings) -> None:
    settings.HOMEROOM_SUPPORT_TEXT, settings.HOMEROOM_SUPPORT_LINK = "Ask Pat", "https://pat.example"
    sync = uploads.done(STUDENTS + CLEO)

    main = look(self_serve.oak_admin, of_upload("upload", self_serve, sync)).split("<footer")[0]

    assert "Ask Pat" in main


def test_history_of_a_student_names_the_upload(self_serve: Cast, uploads: Uploads) -> None:
    sync = uploads.done(STUDENTS + ANA)
    browser = signed_in(self_serve.oak_admin)
    listed = browser.get(address("students", self_serve.oak))
    student = listed.context["page"][0]

    page = browser.get(reverse("student", args=["ferndale", self_serve.oak.pk, student.key])).text

    assert f'href="{of_upload("upload", self_serve, sync)}">Created by students.csv, uploaded by Sam School</a>' in page


def test_staff_and_classes_have_the_same_pages(self_serve: Cast, uploads: Uploads) -> None:
    staff = uploads.done(STAFF + TESS + "T2,Tom,,Fox,,teacher,tom.fox,secret-word-1\n", Kind.STAFF, "staff.csv")
    classes = uploads.done(CLASSES + "Art,tess@ferndale.example,,\nGym,x@x.example,,\n", Kind.CLASSES, "classes.csv")

    staff_page = told(look(self_serve.oak_admin, of_upload("upload", self_serve, staff, "staff")))
    classes_page = told(look(self_serve.oak_admin, of_upload("upload", self_serve, classes, "classes")))

    assert "1 staff user created. 1 row was refused" in staff_page
    assert "1 class created. 1 row was refused" in classes_page
    assert "This year" in classes_page
    assert "Student ID" not in classes_page
