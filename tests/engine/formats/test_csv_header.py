"""The header of a CSV file, and what is no CSV file at all."""

from pathlib import Path

import pytest

from homeroom.engine.formats.csv_header import LONGEST_HEADER, MOST_COLUMNS
from homeroom.engine.formats.csv_text import CsvText, Unreadable
from tests.engine.formats.read_csv import measured, opened, rows


@pytest.mark.parametrize(
    ("data", "header"),
    [
        (b"id,name", ("id", "name")),
        (b'"id","full ""name"""\n', ("id", 'full "name"')),
        (b'"a,b","c\nd"\r\n', ("a,b", "c\nd")),
        (b"id\n", ("id",)),
        (b",\n", ("", "")),
        (b"id,id,,row\n", ("id", "id", "", "row")),
        (b' id ,"",x\n', (" id ", "", "x")),
        (b'"id,name\n1,2\n', ('"id', "name")),
        (b'i"d,name\n"1",2\n', ('i"d', "name")),
        ("Größe,日\n".encode(), ("Größe", "日")),
    ],
)
def test_the_header_is_as_delivered(tmp_path: Path, data: bytes, header: tuple[str, ...]) -> None:
    text = opened(tmp_path, data)

    assert isinstance(text, CsvText)
    assert text.header == header


def test_columns_are_distinct_names(tmp_path: Path) -> None:
    text = opened(tmp_path, b"id,id,,id 2,row,id,,column 3\n1,2,3,4,5,6,7,8\n")
    assert isinstance(text, CsvText)

    found = text.measure([], work=tmp_path)

    assert text.columns == ("id", "id 3", "column 3 2", "id 2", "row 2", "id 4", "column 7", "column 3")
    assert found.scan().collect().columns == ["row", *text.columns]
    assert rows(found) == [(2, "1", "2", "3", "4", "5", "6", "7", "8")]


def test_a_header_over_two_lines_is_one_line(tmp_path: Path) -> None:
    found = measured(tmp_path, b'\n"id","full\nname"\na,Ada\n')

    assert rows(found) == [(3, "a", "Ada")]


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\n", b"\r\n \t\r\n", b"\xef\xbb\xbf\r\r"])
def test_an_empty_file(tmp_path: Path, data: bytes) -> None:
    found = opened(tmp_path, data)

    assert isinstance(found, Unreadable)
    assert found.rule == "file-empty"


HEADER_TEXT = "sourcedId,status,dateLastModified\r\na,b,c\r\n"


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        (HEADER_TEXT.encode("utf-16"), "UTF-16 text"),
        (HEADER_TEXT.encode("utf-16-le"), "UTF-16 text"),
        (HEADER_TEXT.encode("utf-16-be"), "UTF-16 text"),
        (b"\xfe\xff" + HEADER_TEXT.encode("utf-16-be"), "UTF-16 text"),
        (HEADER_TEXT.encode("utf-32"), "UTF-32 text"),
        (HEADER_TEXT.encode("utf-32-le"), "UTF-32 text"),
        (HEADER_TEXT.encode("utf-32-be"), "UTF-32 text"),
        (b"\x00\x00\xfe\xff" + HEADER_TEXT.encode("utf-32-be"), "UTF-32 text"),
        ("id,Größe\n".encode("cp1252"), "text that is not UTF-8, perhaps Windows-1252"),
    ],
)
def test_another_encoding_is_named(tmp_path: Path, data: bytes, detail: str) -> None:
    assert opened(tmp_path, data) == Unreadable("file-encoding", detail)


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        (b"PK\x03\x04...[Content_Types].xml...xl/workbook.xml", "an Excel workbook (.xlsx)"),
        (b"PK\x03\x04...[Content_Types].xml...word/document.xml", "a Word document (.docx)"),
        (b"PK\x03\x04...application/vnd.oasis.opendocument.spreadsheet", "an OpenDocument spreadsheet (.ods)"),
        (b"PK\x03\x04...Index/Document.iwa", "an Apple Numbers spreadsheet"),
        (b"PK\x03\x04...users.csv", "a zip archive"),
        (b"PK\x05\x06" + bytes(18), "a zip archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1...", "an old Excel workbook (.xls)"),
        (b"%PDF-1.7\n", "a PDF"),
        (b"\x1f\x8b\x08...", "a gzip file"),
        (b"x\x01...", "compressed data"),
        (b"\r\n <!DOCTYPE html><html>", "a web page (HTML)"),
        (b"\xef\xbb\xbf<HTML>", "a web page (HTML)"),
        (b"<?xml version='1.0'?>", "an XML document"),
        (b'{"users": []}', "JSON"),
        (b'[{"sourcedId": "a"}]', "JSON"),
        (b"{\\rtf1", "a rich-text document (.rtf)"),
        (bytes(4096), "binary data, not text"),
        (b"id,na\x00me\n", "binary data, not text"),
        (b"," * (MOST_COLUMNS), "a table with 16,385 columns"),
        (b"x" * (LONGEST_HEADER + 1), "a file whose first line is more than a megabyte long"),
        (b"," * 10_000_000, "a file whose first line is more than a megabyte long"),
    ],
)
def test_what_is_no_csv_is_named(tmp_path: Path, data: bytes, detail: str) -> None:
    assert opened(tmp_path, data) == Unreadable("file-not-csv", detail)


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        (b"sourcedId;status;role\na;b;c\n", "semicolons"),
        (b'"sourcedId";"status|role"\n', "semicolons"),
        (b"sourcedId\tstatus\trole\n", "tabs"),
        (b"sourcedId|status|role\n", "vertical bars"),
    ],
)
def test_another_delimiter_is_named(tmp_path: Path, data: bytes, detail: str) -> None:
    assert opened(tmp_path, data) == Unreadable("file-delimiter", detail)
