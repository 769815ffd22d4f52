"""Uploading by the page: what it offers, what is taken, and what is said of what is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from pytest_django import Settings

from homeroom.districts import scope
from homeroom.districts.models import SchoolYear
from homeroom.syncs.models import State, Upload
from tests.people import Cast, signed_in
from tests.syncs.self_serve import (
    ANA,
    CLASSES,
    CLEO,
    STAFF,
    STUDENTS,
    Uploads,
    self_serve,
    uploads,
    work,
)
from tests.syncs.upload_pages import HTMX, address, look, syncs, told

__all__ = ["self_serve", "uploads"]  # fixtures are found where they are imported


def send(cast: Cast, content: str | bytes, *, kind: str = "students", name: str = "students.csv", **more: Any) -> Any:
    """As a browser without JavaScript sends the form, by the administrator of Oak Elementary."""
    file = SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)
    sent = {"file": file, "whole": "yes", **more}
    return signed_in(cast.oak_admin).post(address("upload-new", cast.oak, kind), sent, follow=True)


def send_by_htmx(cast: Cast, content: str, **more: Any) -> Any:
    sent = {"file": SimpleUploadedFile("students.csv", content.encode()), "whole": "yes", **more}
    return signed_in(cast.oak_admin).post(address("upload-new", cast.oak), sent, headers=HTMX)


def on_the_disk(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def the_year(cast: Cast) -> SchoolYear:
    with scope.within(cast.ferndale.pk):
        return SchoolYear.objects.get()


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


def test_support_contact_stands_beside_the_faults(self_serve: Cast, settings: Settings) -> None:
    settings.HOMEROOM_SUPPORT_TEXT, settings.HOMEROOM_SUPPORT_LINK = "Ask Pat", "https://pat.example"

    assert "Ask Pat" in send(self_serve, "a,b\n1,2\n").text.split("<footer")[0]


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

    assert "<strong>This is more than 10 KB, the most that one upload may have.</strong>" in page.text
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
    assert "No file is selected" not in answer.text
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
