"""The pages of self-serve uploads: what is taken, what is said of what is not, and what is to be seen of each one."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse
from pytest_django import Settings

from homeroom.accounts.models import User
from homeroom.districts import scope
from homeroom.districts.models import School, SchoolYear
from homeroom.syncs.models import Kind, State, Sync, Upload
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

__all__ = ["self_serve", "uploads"]  # fixtures are found where they are imported

HTMX = {"HX-Request": "true"}


def address(page: str, school: School, kind: str = "students", *of: object) -> str:
    return reverse(page, args=["ferndale", school.pk, *([] if page == kind else [kind]), *of])


def of_upload(page: str, cast: Cast, sync: Sync, kind: str = "students") -> str:
    return address(page, cast.oak, kind, sync.pk)


def send(cast: Cast, content: str | bytes, *, kind: str = "students", name: str = "students.csv", **more: Any) -> Any:
    """As a browser without JavaScript sends the form, by the administrator of Oak Elementary."""
    file = SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)
    sent = {"file": file, "whole": "yes", **more}
    return signed_in(cast.oak_admin).post(address("upload-new", cast.oak, kind), sent, follow=True)


def send_by_htmx(cast: Cast, content: str, **more: Any) -> Any:
    sent = {"file": SimpleUploadedFile("students.csv", content.encode()), "whole": "yes", **more}
    return signed_in(cast.oak_admin).post(address("upload-new", cast.oak), sent, headers=HTMX)


def syncs(cast: Cast) -> list[Sync]:
    with scope.within(cast.ferndale.pk):
        return list(Sync.objects.order_by("pk"))


def look(who: User, at: str, **headers: str) -> str:
    answer = signed_in(who).get(at, headers=headers)
    assert answer.status_code == 200
    return str(answer.text)


def told(page: str) -> str:
    """The page's text without what is between the words."""
    return " ".join(page.split())


def on_the_disk(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def the_year(cast: Cast) -> SchoolYear:
    with scope.within(cast.ferndale.pk):
        return SchoolYear.objects.get()


# The upload itself


@pytest.mark.parametrize(
    ("kind", "name", "header"),
    [
        ("students", "student-upload.csv", STUDENTS),
        ("staff", "staff-upload.csv", STAFF),
        ("classes", "class-upload.csv", CLASSES),
    ],
)
def test_template_is_exactly_the_header_row(self_serve: Cast, kind: str, name: str, header: str) -> None:
    answer = signed_in(self_serve.oak_admin).get(address("upload-template", self_serve.oak, kind))

    assert answer.content.decode() == "\ufeff" + header.strip() + "\r\n"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'


@pytest.mark.parametrize(
    ("kind", "heading"),
    [("students", "Upload Students"), ("staff", "Upload Staff Users"), ("classes", "Upload Classes")],
)
def test_upload_has_the_template_the_file_and_the_button(self_serve: Cast, kind: str, heading: str) -> None:
    page = look(self_serve.oak_admin, address("upload-new", self_serve.oak, kind))

    assert f"<h1>{heading}</h1>" in page
    assert [words in page for words in ("Download</a>", "Select File</label>", ">Upload</button>")] == [True] * 3
    assert ("School Year</label>" in page) == (kind == "classes")


def test_modal_has_the_same_as_the_page_and_nothing_around_it(self_serve: Cast) -> None:
    content = look(self_serve.oak_admin, address("upload-new", self_serve.oak), **HTMX)

    assert "<html" not in content
    assert 'id="modal-heading" tabindex="-1">Upload Students</h2>' in content
    assert "Select File</label>" in content


def test_file_is_queued_and_the_list_says_so(self_serve: Cast) -> None:
    page = send(self_serve, STUDENTS + ANA)

    (sync,) = syncs(self_serve)
    assert page.request["PATH_INFO"] == address("students", self_serve.oak)
    assert (sync.state, sync.delivery_name, sync.started_by_id) == (
        State.QUEUED, "students.csv", self_serve.oak_admin.pk,
    )  # fmt: skip
    assert "File is waiting to be processed." in page.text


def test_file_sent_from_the_modal_brings_the_banner_into_the_list(self_serve: Cast) -> None:
    answer = send_by_htmx(self_serve, STUDENTS + ANA)

    assert answer.headers["HX-Retarget"] == "#banners"
    assert "File is waiting to be processed." in answer.text
    assert "<html" not in answer.text


def test_classes_go_into_the_school_year_that_was_chosen(self_serve: Cast) -> None:
    year = the_year(self_serve)

    send(self_serve, CLASSES + "Algebra,tess@x.example,,\n", kind="classes", school_year=year.pk)

    with scope.within(self_serve.ferndale.pk):
        assert Upload.objects.get().school_year == year


def test_classes_without_a_school_year_are_asked_for_it(self_serve: Cast) -> None:
    page = send(self_serve, CLASSES + "Algebra,tess@x.example,,\n", kind="classes", school_year="")

    assert "Choose the School Year to which these classes belong." in page.text
    assert syncs(self_serve) == []


def test_current_school_year_is_chosen_to_begin_with(self_serve: Cast) -> None:
    page = look(self_serve.oak_admin, address("upload-new", self_serve.oak, "classes"))

    assert f'<option value="{the_year(self_serve).pk}" selected>This year</option>' in page


def test_without_a_school_year_it_is_said_who_sets_it(self_serve: Cast) -> None:
    with scope.within(self_serve.ferndale.pk):
        SchoolYear.objects.update(first_day="2001-08-01", last_day="2002-06-30")
    page = address("upload-new", self_serve.oak, "classes")

    assert "Ask a District Administrator to set it." in look(self_serve.oak_admin, page)
    assert "Set the School Year</a>" in look(self_serve.district_admin, page)


@pytest.mark.parametrize("more", [{}, {"file": ""}])
def test_nothing_selected_is_said(self_serve: Cast, more: dict[str, str]) -> None:
    sent = {"whole": "yes", **more}
    page = signed_in(self_serve.oak_admin).post(address("upload-new", self_serve.oak), sent)

    assert "No file is selected yet. Select your CSV file first." in page.text


def test_all_faults_of_a_file_are_said_at_once_each_with_its_remedy(self_serve: Cast, data: Path) -> None:
    page = send(self_serve, "Student_ID,firstName,lastName,grade,username,Password,room\n1,2,3,4,5,6,7\n", name="a.txt")

    for fault in (
        "The name of a CSV file ends in .csv; this file is called a.txt.",
        "The column studentId is missing. Is it the one with the header “Student_ID”?",
        "The column middleName is missing.",
        "The column email is missing.",
        "The column “room” is not in the template.",
    ):
        assert f"<strong>{fault}</strong>" in page.text
    assert "Remove File</a>" in page.text
    assert ">Upload</button>" not in page.text
    assert on_the_disk(data) == []
    assert syncs(self_serve) == []


def test_faults_come_into_the_modal_that_is_open(self_serve: Cast) -> None:
    answer = send_by_htmx(self_serve, "a,b\n1,2\n")

    assert "students.csv was not uploaded" in answer.text
    assert "Remove File" in answer.text
    assert "<form" not in answer.text


def test_file_that_was_uploaded_before_is_asked_about(self_serve: Cast, uploads: Uploads) -> None:
    uploads.done(STUDENTS + ANA)

    page = send(self_serve, STUDENTS + ANA)

    assert "This file was already uploaded on" in page.text
    assert len(syncs(self_serve)) == 1


def test_confirmed_it_is_uploaded_again(self_serve: Cast, uploads: Uploads) -> None:
    uploads.done(STUDENTS + ANA)

    page = send(self_serve, STUDENTS + ANA, confirm="yes")

    assert page.request["PATH_INFO"] == address("students", self_serve.oak)
    assert len(syncs(self_serve)) == 2


@pytest.mark.parametrize("size", [200_000, 4_000_000])
def test_too_much_is_refused_with_the_limit_and_leaves_nothing(
    self_serve: Cast, data: Path, settings: Settings, size: int
) -> None:
    """Whether it is announced, or noticed on the way."""
    settings.HOMEROOM_SELF_SERVE_BYTES = 10_000

    page = send(self_serve, b"x" * size)

    assert "This is more than 10 KB, the most that one upload may have." in page.text
    assert "Divide the file into smaller ones" in page.text
    assert on_the_disk(data) == []
    assert syncs(self_serve) == []


def test_a_little_too_much_is_said_with_its_size(self_serve: Cast, settings: Settings) -> None:
    settings.HOMEROOM_SELF_SERVE_BYTES = 100

    assert "students.csv has 128 bytes; an upload may have 100." in told(send(self_serve, STUDENTS + ANA).text)


def test_upload_that_was_cut_off_is_said_and_leaves_nothing(self_serve: Cast, data: Path) -> None:
    file = SimpleUploadedFile("students.csv", (STUDENTS + ANA * 200).encode())
    body = encode_multipart(BOUNDARY, {"file": file, "whole": "yes"})
    page = address("upload-new", self_serve.oak)

    answer = signed_in(self_serve.oak_admin).generic("POST", page, body[:-5_000], content_type=MULTIPART_CONTENT)

    assert "was cut off on its way" in answer.text
    assert on_the_disk(data) == []
    assert syncs(self_serve) == []


def test_form_without_its_token_is_refused(self_serve: Cast, data: Path) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(self_serve.oak_admin, backend="allauth.account.auth_backends.AuthenticationBackend")
    file = SimpleUploadedFile("students.csv", (STUDENTS + ANA).encode())

    assert browser.post(address("upload-new", self_serve.oak), {"file": file, "whole": "yes"}).status_code == 403
    assert on_the_disk(data) == []


def test_password_is_on_no_disk_before_or_after(self_serve: Cast, data: Path) -> None:
    send(self_serve, STUDENTS + ANA + CLEO)
    for path in data.rglob("*"):
        assert path.is_dir() or b"secret-word" not in path.read_bytes()
    work(syncs(self_serve)[0])

    for path in data.rglob("*"):
        assert path.is_dir() or b"secret-word" not in path.read_bytes()


@pytest.mark.parametrize("page", ["upload-new", "upload-status", "upload-template"])
@pytest.mark.parametrize("kind", ["users", "student", "STUDENTS"])
def test_other_kinds_have_no_page(self_serve: Cast, page: str, kind: str) -> None:
    assert signed_in(self_serve.operator).get(address(page, self_serve.oak, kind)).status_code == 404


@pytest.mark.parametrize("page", ["upload", "upload-row", "upload-banner", "upload-report"])
def test_number_that_no_upload_can_have_has_no_page(self_serve: Cast, page: str) -> None:
    assert signed_in(self_serve.operator).get(address(page, self_serve.oak, "students", 10**30)).status_code == 404


# The banner


def banners(cast: Cast, who: User | None = None, kind: str = "students", **query: str) -> str:
    return look(who or cast.oak_admin, address(kind, cast.oak, kind))


def set_to(sync: Sync, **columns: Any) -> None:
    with scope.within(sync.district_id):
        Sync.objects.filter(pk=sync.pk).update(**columns)


def test_banner_says_how_far_it_is(self_serve: Cast, uploads: Uploads) -> None:
    set_to(uploads.queued(STUDENTS + ANA + BEN), state=State.PROCESSING, steps=2, steps_done=1)

    assert "<strong>Processing file: 1 of 2 rows.</strong>" in banners(self_serve)


def test_banner_counts_in_thousands(self_serve: Cast, uploads: Uploads) -> None:
    sync = uploads.queued()
    set_to(sync, state=State.PROCESSING, steps=1_000, steps_done=420)
    with scope.within(sync.district_id):
        Upload.objects.update(rows=1_000)

    assert "Processing file: 420 of 1,000 rows." in banners(self_serve)


def test_banner_of_a_file_without_errors(self_serve: Cast, uploads: Uploads) -> None:
    uploads.done(STUDENTS + ANA + BEN)

    page = told(banners(self_serve))
    assert "<strong>File processed successfully.</strong>" in page
    assert "students.csv: 2 students created" in page
    assert "sync report" not in page


def test_banner_of_a_file_with_errors_leads_to_the_sync_report(self_serve: Cast, uploads: Uploads) -> None:
    sync = uploads.done(STUDENTS + ANA + CLEO)

    page = told(banners(self_serve))
    assert "<strong>File processed with errors.</strong>" in page
    assert f'href="{of_upload("upload-report", self_serve, sync)}">sync report</a>' in page
    assert "1 student created, 1 row refused" in page


def test_banner_of_a_file_that_failed_says_why(self_serve: Cast, uploads: Uploads) -> None:
    set_to(uploads.queued(), state=State.FAILED, reason="The moon was full.", finished_at="2026-01-01T00:00:00Z")

    assert "<strong>File could not be processed.</strong> The moon was full." in told(banners(self_serve))


def test_banner_is_only_the_uploaders_own(self_serve: Cast, uploads: Uploads) -> None:
    sync = uploads.queued()

    assert "File is waiting" not in banners(self_serve, self_serve.district_admin)
    answer = signed_in(self_serve.district_admin).get(of_upload("upload-banner", self_serve, sync))
    assert answer.status_code == 404


def test_banner_stands_above_its_own_kind_only(self_serve: Cast, uploads: Uploads) -> None:
    uploads.queued()

    assert "File is waiting" not in banners(self_serve, kind="staff")


def test_each_upload_has_its_banner_the_newest_first(self_serve: Cast, uploads: Uploads) -> None:
    uploads.done(STUDENTS + ANA)
    uploads.queued(STUDENTS + BEN)

    page = banners(self_serve)
    assert 0 < page.index("File is waiting to be processed.") < page.index("File processed successfully.")


def test_banner_that_says_the_same_is_not_read_out_again(self_serve: Cast, uploads: Uploads) -> None:
    browser, page = signed_in(self_serve.oak_admin), of_upload("upload-banner", self_serve, uploads.queued())

    assert browser.get(page, {"seen": "File is waiting to be processed."}).status_code == 204
    assert "File is waiting" in browser.get(page, {"seen": "Processing file: 0 of 1 row."}).text


def test_banner_asks_for_itself_only_while_the_upload_is_under_way(self_serve: Cast, uploads: Uploads) -> None:
    sync = uploads.queued()
    polling = of_upload("upload-banner", self_serve, sync)
    assert f'hx-get="{polling}' in banners(self_serve)

    work(sync)

    assert f'hx-get="{polling}' not in banners(self_serve)


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_dismissed_banner_is_gone(self_serve: Cast, uploads: Uploads, headers: dict[str, str]) -> None:
    sync = uploads.done()

    signed_in(self_serve.oak_admin).post(of_upload("upload-dismiss", self_serve, sync), headers=headers)

    assert "File processed" not in banners(self_serve)


def test_banner_is_dismissed_by_the_uploader_only(self_serve: Cast, uploads: Uploads) -> None:
    sync = uploads.done()

    answer = signed_in(self_serve.district_admin).post(of_upload("upload-dismiss", self_serve, sync))

    assert answer.status_code == 404
    assert "File processed successfully." in banners(self_serve)


# File Upload Status


def rows(page: str) -> list[str]:
    return [told(row.split("</tr>")[0]) for row in page.split('<tr id="upload-')[1:]]


def test_status_has_exactly_its_four_columns(self_serve: Cast, uploads: Uploads) -> None:
    uploads.done()

    page = look(self_serve.oak_admin, address("upload-status", self_serve.oak))

    assert "<h1>File Upload Status</h1>" in page
    heads = [head.split("</th>")[0] for head in page.split('<th scope="col">')[1:]]
    assert heads == ["Uploaded File", "Sync Status", "Completion Date", "Sync Report"]


def test_status_shows_the_last_ten_newest_first(self_serve: Cast, uploads: Uploads) -> None:
    sent = [uploads.queued(name=f"file-{number}.csv") for number in range(11)]

    found = rows(look(self_serve.oak_admin, address("upload-status", self_serve.oak)))

    assert [row.split('"')[0] for row in found] == [str(sync.pk) for sync in sent[:0:-1]]


def test_status_of_each_outcome(self_serve: Cast, uploads: Uploads) -> None:
    uploads.done(STUDENTS + ANA)
    uploads.done(STUDENTS + CLEO)
    set_to(uploads.queued(STUDENTS + BEN), state=State.FAILED, reason="No.", finished_at="2026-01-01T00:00:00Z")
    set_to(uploads.queued(STUDENTS + BEN + DAN), state=State.PROCESSING, steps_done=1)
    uploads.queued(STUDENTS + BEN)

    queued, processing, failed, with_errors, completed = rows(
        look(self_serve.oak_admin, address("upload-status", self_serve.oak))
    )

    assert "Queued" in queued
    assert "Processing: 1 of 2 rows" in processing
    assert "Failed" in failed
    assert "Dec 31, 2025, 6:00 PM" in failed  # the district's time
    assert "Completed with Errors" in with_errors
    assert "Completed<" in completed
    assert ["sync report" in row for row in (queued, processing, failed, with_errors, completed)] == [
        False, False, False, True, False,
    ]  # fmt: skip
    assert ["hx-get" in row for row in (queued, processing, failed, with_errors, completed)] == [
        True, True, False, False, False,
    ]  # fmt: skip


def test_status_is_the_same_for_everybody_who_looks_after_the_school(self_serve: Cast, uploads: Uploads) -> None:
    uploads.done()

    page = look(self_serve.oak_and_elm_admin, address("upload-status", self_serve.oak))

    assert len(rows(page)) == 1


def test_status_of_another_school_or_kind_has_none_of_it(self_serve: Cast, uploads: Uploads) -> None:
    uploads.done()
    browser = self_serve.oak_and_elm_admin

    assert "No file has been uploaded yet" in look(browser, address("upload-status", self_serve.elm))
    assert "No file has been uploaded yet" in look(browser, address("upload-status", self_serve.oak, "staff"))


@pytest.mark.parametrize("page", ["upload", "upload-row", "upload-report", "upload-file", "upload-to-correct"])
def test_upload_is_not_found_under_another_school_or_kind(self_serve: Cast, uploads: Uploads, page: str) -> None:
    sync, browser = uploads.done(STUDENTS + CLEO), signed_in(self_serve.operator)

    found = browser.get(address(page, self_serve.oak, "students", sync.pk))
    assert found.status_code in {200, 286}
    assert found.streaming is False or b"".join(found)  # only then the file is closed
    assert browser.get(address(page, self_serve.elm, "students", sync.pk)).status_code == 404
    assert browser.get(address(page, self_serve.oak, "staff", sync.pk)).status_code == 404


# One upload


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


def test_support_contact_stands_beside_faults_and_reports(
    self_serve: Cast, uploads: Uploads, settings: Settings
) -> None:
    settings.HOMEROOM_SUPPORT_TEXT, settings.HOMEROOM_SUPPORT_LINK = "Ask Pat", "https://pat.example"
    sync = uploads.done(STUDENTS + CLEO)

    main = look(self_serve.oak_admin, of_upload("upload", self_serve, sync)).split("<footer")[0]
    faulty = send(self_serve, "a,b\n1,2\n").text.split("<footer")[0]

    assert "Ask Pat" in main
    assert "Ask Pat" in faulty


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
