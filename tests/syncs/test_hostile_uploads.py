"""Strange and hostile files, sent by the page: the right sentence or the right record, and nothing of a refused file
on the disk.
"""

from __future__ import annotations

import io
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from pytest_django import Settings

from homeroom.districts import scope
from homeroom.roster.models import Person
from homeroom.syncs.models import State, Sync, Upload
from tests.people import Cast, signed_in
from tests.syncs.self_serve import ANA, STUDENTS, self_serve, work

__all__ = ["self_serve"]  # fixtures are found where they are imported


def a_workbook() -> bytes:
    packed = io.BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return packed.getvalue()


WHOLE = STUDENTS + ANA
NO_FILES = {
    "utf-16": (WHOLE.encode("utf-16"), "UTF-16"),
    "utf-16 without a mark": (WHOLE.encode("utf-16-le"), "UTF-16"),
    "windows-1252": (WHOLE.replace("Ana", "Zoë").encode("cp1252"), "Windows-1252"),
    "semicolons": (WHOLE.replace(",", ";").encode(), "semicolons"),
    "tabs": (WHOLE.replace(",", "\t").encode(), "tabs"),
    "a workbook": (a_workbook(), "is not a CSV file but an Excel workbook (.xlsx)"),
    "an old workbook": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        "is not a CSV file but an old Excel workbook (.xls)",
    ),
    "a pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n", "PDF"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + b"\0\1\2" * 300, "CSV"),
    "empty": (b"", "is empty"),
    "a mark only": (b"\xef\xbb\xbf", "is empty"),
    "blank lines": (b"\n\r\n\n", "empty"),
    "the header alone": (STUDENTS.encode(), "has a header row and nothing below it"),
    "the header and blank rows": ((STUDENTS + ",,,,,,,\n\n").encode(), "has a header row and nothing below it"),
    "without a header": (ANA.encode(), "is not that of the template"),
    "the header in capitals": (WHOLE.replace("studentId", "STUDENTID").encode(), "The column studentId is missing"),
    "a column twice": (WHOLE.replace("middleName", "firstName").encode(), "firstName"),
    "another template": (b"className,primaryTeacher,grade,subject\na,b,c,d\n", "This is the template for classes"),
    "commas": (b"," * 10_000_000, "CSV"),
    "one long line": (b"x" * 5_000_000, "CSV"),
    "nothing but noughts": (b"\0" * 100_000, "CSV"),
    "a web page": (b"<!DOCTYPE html><html><body>Sign in</body></html>", "is not a CSV file but a web page"),
    "too many rows": ((STUDENTS + ANA * 1_001).encode(), "has 1,001 rows; an upload may have 1,000"),
}


def send(cast: Cast, content: bytes, name: str = "students.csv") -> str:
    address = reverse("upload-new", args=["ferndale", cast.oak.pk, "students"])
    sent = {"file": SimpleUploadedFile(name, content), "whole": "yes"}
    answer = signed_in(cast.oak_admin).post(address, sent, follow=True)
    assert answer.status_code == 200
    return str(answer.text)


def syncs(cast: Cast) -> list[Sync]:
    with scope.within(cast.ferndale.pk):
        return list(Sync.objects.all())


@pytest.mark.parametrize("name", NO_FILES)
def test_what_is_no_upload_is_told_and_nothing_of_it_is_kept(
    self_serve: Cast, data: Path, settings: Settings, name: str
) -> None:
    settings.HOMEROOM_SELF_SERVE_BYTES = 20_000_000  # so that size alone refuses none of them
    content, says = NO_FILES[name]

    page = send(self_serve, content)

    assert "students.csv was not uploaded" in page
    told = page.split("was not uploaded")[1].split("</ul>")[0]
    assert says in told
    assert "What to do:" in page
    assert syncs(self_serve) == []
    assert [path for path in data.rglob("*") if path.is_file()] == []


def test_ten_million_commas_are_too_much_by_themselves(self_serve: Cast, data: Path) -> None:
    page = send(self_serve, b"," * 10_000_000)

    assert "<strong>This is more than 2 MB, the most that one upload may have.</strong>" in page
    assert [path for path in data.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    "name",
    ["students.CSV", "../../etc/passwd.csv", "<img src=x>.csv", "الطلاب 🎒.csv", "x" * 250 + ".csv"],
)
def test_name_of_the_file_does_no_harm(self_serve: Cast, data: Path, name: str) -> None:
    page = send(self_serve, WHOLE.encode(), name)

    assert "File is waiting to be processed." in page
    assert "<img src=x>" not in page
    assert {path.parent.name for path in data.rglob("00.csv")} == {"delivery"}


NAMES = [
    "=HYPERLINK(1)",
    "+1+1",
    "@SUM(A1)",
    "-Ana",
    "Ana 🎒",
    "שירה",
    "عائشة",
    "<script>alert(1)</script>",
    "O'Neil",
    "{{ 1 }}",
]


@pytest.mark.parametrize("name", NAMES)
def test_strange_name_becomes_a_record_as_it_is(self_serve: Cast, data: Path, name: str) -> None:
    send(self_serve, (STUDENTS + f'S1,"{name}","{name}","{name}",,05,ana.lee,secret-word-1\n').encode())
    (sync,) = syncs(self_serve)
    done = work(sync)

    browser = signed_in(self_serve.oak_admin)
    page = browser.get(reverse("students", args=["ferndale", self_serve.oak.pk])).text

    assert done.state == State.COMPLETED
    with scope.within(self_serve.ferndale.pk):
        person = Person.objects.get()
    assert (person.given_name, person.middle_name, person.family_name) == (name, name, name)
    assert escape(name) in page
    assert "<script>alert" not in page


def test_script_in_every_cell_is_text_on_every_page(self_serve: Cast) -> None:
    script = "<script>alert(1)</script>"
    send(self_serve, (STUDENTS + ",".join([script] * 8) + "\n").encode(), "<script>alert(1).csv")
    (sync,) = syncs(self_serve)
    assert work(sync).state == State.WITH_ERRORS
    browser = signed_in(self_serve.oak_admin)

    pages = pages_of(browser, self_serve, sync)

    assert all(escape("<script>alert(1)") in page for page in pages)
    assert not any("<script>alert" in page for page in pages)


def pages_of(browser: Client, cast: Cast, sync: Sync) -> list[str]:
    here = ["ferndale", cast.oak.pk]
    addresses = [
        reverse("students", args=here),
        reverse("upload-status", args=[*here, "students"]),
        reverse("upload", args=[*here, "students", sync.pk]),
        reverse("upload", args=[*here, "students", sync.pk]) + "?cause=studentId/upload-id-characters",
    ]
    return [browser.get(address).text for address in addresses]


def test_formulas_are_safe_in_the_files_that_are_downloaded(self_serve: Cast) -> None:
    send(self_serve, (STUDENTS + "=1+1,@Ana,-x,+Lee,=mail,=5,=user,secret-word-1\n").encode())
    (sync,) = syncs(self_serve)
    work(sync)
    browser = signed_in(self_serve.oak_admin)

    for page in ("upload-report", "upload-to-correct"):
        answer = browser.get(reverse(page, args=["ferndale", self_serve.oak.pk, "students", sync.pk]))
        cells = b"".join(answer).decode("utf-8-sig").replace("\r\n", ",").split(",")
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells), page


def test_rows_of_a_broken_file_are_refused_one_by_one(self_serve: Cast) -> None:
    broken = 'S2,Ben,,"Moss,,05,ben.moss,secret-word-2\nS3,Cleo,Rue,05\n' + "S4,D\0an,,Day,,05,dan.day,secret-word-4\n"
    send(self_serve, (STUDENTS + ANA + broken).encode())
    (sync,) = syncs(self_serve)

    done = work(sync)

    assert done.state == State.WITH_ERRORS
    with scope.within(self_serve.ferndale.pk):
        assert list(Person.objects.values_list("source_id", flat=True)) == ["S1"]
        assert Upload.objects.get().rows == 4
    page = pages_of(signed_in(self_serve.oak_admin), self_serve, sync)[2]
    assert "secret-word" not in page
    assert "source system" not in page
