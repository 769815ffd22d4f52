"""What stands at the beginning of a delivered file: the header of a CSV file, or something that is no CSV at all?"""

import re
from dataclasses import dataclass
from pathlib import Path

LONGEST_HEADER = 1 << 20
MOST_COLUMNS = 16_384  # no spreadsheet program has more

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_BLANK = b" \t\r\n"

# UTF-32 first: its little-endian mark begins with that of UTF-16.
_WIDE_MARKS = (
    (b"\xff\xfe\x00\x00", "UTF-32 text"),
    (b"\x00\x00\xfe\xff", "UTF-32 text"),
    (b"\xff\xfe", "UTF-16 text"),
    (b"\xfe\xff", "UTF-16 text"),
)
# Which of four neighbouring bytes are mostly zero when a text of ASCII letters is written wide.
_WIDE_LANES: dict[tuple[bool, ...], str] = {
    (False, True, True, True): "UTF-32 text",
    (True, True, True, False): "UTF-32 text",
    (False, True, False, True): "UTF-16 text",
    (True, False, True, False): "UTF-16 text",
}
_SIGNATURES = (
    (b"%PDF", "a PDF"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook (.xls)"),
    (b"\x1f\x8b", "a gzip file"),
    (b"x\x01", "compressed data"),  # polars would unpack it unasked; the other marks of compression are not UTF-8
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x89PNG", "a picture (.png)"),
    (b"\xff\xd8\xff", "a picture (.jpg)"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"{\\rtf", "a rich-text document (.rtf)"),
)
_OPENINGS = (  # of text, after white space, in lower case
    (b"<!doctype html", "a web page (HTML)"),
    (b"<html", "a web page (HTML)"),
    (b"<?xml", "an XML document"),
    (b"{", "JSON"),
    (b"[", "JSON"),
)
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_ZIP_CONTENTS = (
    ((b"[Content_Types].xml", b"xl/"), "an Excel workbook (.xlsx)"),
    ((b"[Content_Types].xml", b"word/"), "a Word document (.docx)"),
    ((b"opendocument.spreadsheet",), "an OpenDocument spreadsheet (.ods)"),
    ((b"Index/Document.iwa",), "an Apple Numbers spreadsheet"),
)
_DELIMITERS = ((b";", "semicolons"), (b"\t", "tabs"), (b"|", "vertical bars"))

_CELL = rb'(?:"(?:[^"]++|"")*+"|[^",\r\n]*+)'
_RECORD = re.compile(rb"%b(?:,%b)*+(?=[\r\n]|\Z)" % (_CELL, _CELL))
_LINE = re.compile(rb"[^\r\n]*+")
_LINE_END = re.compile(rb"\r*+\n|\r|\Z")
_NEXT_CELL = re.compile(r'(?:\A|,)(?:"((?:[^"]++|"")*+)"|([^,]*+))')


@dataclass(frozen=True)
class Unreadable:
    """Why nothing can be read from a file.

    `rule` is file-empty, file-not-csv, file-encoding or file-delimiter; `detail` says for a person what the file seems
    to be, as the end of the sentence "This is …": "UTF-16 text", "a PDF", "semicolons" (the cells are separated by
    them).
    """

    rule: str
    detail: str


@dataclass(frozen=True)
class Opening:
    """The header record of a CSV file and where it ends.

    `header` is as delivered, without quotation marks and byte order mark. `line` is the header's line as a spreadsheet
    shows it. The data begin after `end_bytes` bytes. `returns`: the rows of
    the file end in a carriage return alone, as on old Macs.
    """

    header: tuple[str, ...]
    line: int
    end_bytes: int
    returns: bool


def read_opening(path: Path) -> Opening | Unreadable:
    """The header of the file at `path`; reads about one megabyte at most."""
    with path.open("rb") as file:
        beginning = file.read(LONGEST_HEADER + 64)
    other = _other_encoding(beginning) or _other_kind(beginning)
    if other is not None:
        return other
    mark = 0
    while beginning.startswith(_BYTE_ORDER_MARK, mark):
        mark += len(_BYTE_ORDER_MARK)
    if not beginning[mark:].strip(_BLANK):
        content = "only blank lines" if beginning[mark:] else "nothing"
        return Unreadable("file-empty", f"a file with {content} in it")
    return _header(beginning, after=mark)


def _other_encoding(beginning: bytes) -> Unreadable | None:
    """UTF-16 and UTF-32, told by their mark, or by the zero bytes between the letters of a header."""
    for mark, encoding in _WIDE_MARKS:
        if beginning.startswith(mark):
            return Unreadable("file-encoding", encoding)
    sample = beginning[:4096]
    lanes = [sample[lane::4] for lane in range(4)]
    name = _WIDE_LANES.get(tuple(2 * lane.count(0) > len(lane) for lane in lanes))
    return Unreadable("file-encoding", name) if name else None


def _other_kind(beginning: bytes) -> Unreadable | None:
    """Workbooks, documents, archives and web pages, told by the bytes with which each of them begins."""
    if beginning.startswith(_ZIP):
        for marks, name in _ZIP_CONTENTS:
            if all(mark in beginning for mark in marks):
                return Unreadable("file-not-csv", name)
        return Unreadable("file-not-csv", "a zip archive")
    text = beginning.removeprefix(_BYTE_ORDER_MARK).lstrip(_BLANK)
    for given, signatures in ((beginning, _SIGNATURES), (text[:32].lower(), _OPENINGS)):
        for signature, name in signatures:
            if given.startswith(signature):
                return Unreadable("file-not-csv", name)
    return None


def _header(beginning: bytes, *, after: int) -> Opening | Unreadable:
    """The first line that is not blank, read as a header. A header that breaks the rules of quoting ends with its
    line.
    """
    blank = beginning[after : len(beginning) - len(beginning[after:].lstrip(_BLANK))]
    lines_before = blank[: max(blank.rfind(b"\r"), blank.rfind(b"\n")) + 1]
    start = after + len(lines_before)
    well_formed = _RECORD.match(beginning, start)
    record = well_formed or _LINE.match(beginning, start)
    assert record is not None  # the second pattern matches anything
    if record.end() > LONGEST_HEADER:
        return Unreadable("file-not-csv", "a file whose first line is more than a megabyte long")
    if b"\x00" in record[0]:
        return Unreadable("file-not-csv", "binary data, not text")
    try:
        text = record[0].decode()
    except UnicodeDecodeError:
        return Unreadable("file-encoding", "text that is not UTF-8, perhaps Windows-1252")
    header = _cells(text) if well_formed else text.split(",")
    if len(header) > MOST_COLUMNS:
        return Unreadable("file-not-csv", f"a table with {len(header):,} columns")
    if len(header) == 1 and any(mark in record[0] for mark, _ in _DELIMITERS):
        return Unreadable("file-delimiter", max(_DELIMITERS, key=lambda known: record[0].count(known[0]))[1])
    line_end = _LINE_END.match(beginning, record.end())
    assert line_end is not None  # a record ends where a line ends, or the file
    return Opening(
        header=tuple(header),
        line=len(lines_before.splitlines()) + 1,
        end_bytes=line_end.end(),
        returns=line_end[0] == b"\r",
    )


def _cells(record: str) -> list[str]:
    """The cells of a record that keeps the rules of quoting."""
    cells = _NEXT_CELL.finditer(record)
    return [cell[2] if cell[1] is None else cell[1].replace('""', '"') for cell in cells]
