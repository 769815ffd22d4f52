"""What is this file really? Judged by its first bytes, and by its name only where the bytes leave a choice."""

import re
from enum import StrEnum
from pathlib import Path

from homeroom.sources import SettingsError
from homeroom.sources.package import shown

HEAD_BYTES = 512  # a tar archive shows itself only at byte 257


class Kind(StrEnum):
    """A kind of file that is no CSV, in words that fit after "is"."""

    ZIP = "a zip archive"
    GZIP = "a gzip archive"
    BZIP2 = "a bzip2 archive"
    XZ = "an xz archive"
    ZSTANDARD = "a Zstandard archive"
    SEVEN_ZIP = "a 7-Zip archive"
    RAR = "a RAR archive"
    TAR = "a tar archive"
    EXCEL = "an Excel workbook"
    OPENDOCUMENT = "a LibreOffice or OpenOffice spreadsheet"
    NUMBERS = "an Apple Numbers spreadsheet"
    DOCUMENT = "a document"
    PDF = "a PDF document"
    WEB_PAGE = "a web page"


ARCHIVES = frozenset({Kind.ZIP, Kind.GZIP, Kind.BZIP2, Kind.XZ, Kind.ZSTANDARD, Kind.SEVEN_ZIP, Kind.RAR, Kind.TAR})
"""Kinds that hold other files. A roster inside one of them, inside a zip, is never unpacked."""

SAVE_AS_CSV = {
    Kind.EXCEL: "In Excel choose File > Save As > CSV UTF-8",
    Kind.OPENDOCUMENT: "In LibreOffice or OpenOffice choose File > Save As > Text CSV, with the character set UTF-8",
    Kind.NUMBERS: "In Numbers choose File > Export To > CSV, with the encoding UTF-8",
}
"""Spreadsheets, and how a person makes a CSV of each: a clause that still needs its end."""

ZIP_BEGINS = (b"PK\3\4", b"PK\5\6", b"PK\7\x08")
_OLE_BEGINS = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # Office until 2003, and locked workbooks of today

_BEGINNINGS: tuple[tuple[re.Pattern[bytes], Kind], ...] = (
    (re.compile(rb"\x1f\x8b"), Kind.GZIP),
    (re.compile(rb"BZh[1-9]1AY&SY"), Kind.BZIP2),
    (re.compile(rb"\xfd7zXZ\0"), Kind.XZ),
    (re.compile(rb"\x28\xb5\x2f\xfd"), Kind.ZSTANDARD),
    (re.compile(rb"7z\xbc\xaf\x27\x1c"), Kind.SEVEN_ZIP),
    (re.compile(rb"Rar!\x1a\x07"), Kind.RAR),
    (re.compile(rb".{257}ustar", re.DOTALL), Kind.TAR),
    (re.compile(rb"%PDF-"), Kind.PDF),
    (re.compile(rb"\s*<(!doctype html|html)", re.IGNORECASE), Kind.WEB_PAGE),
)

_BY_ENDING = {
    ".zip": Kind.ZIP,
    ".gz": Kind.GZIP,
    ".tgz": Kind.GZIP,
    ".bz2": Kind.BZIP2,
    ".xz": Kind.XZ,
    ".zst": Kind.ZSTANDARD,
    ".7z": Kind.SEVEN_ZIP,
    ".rar": Kind.RAR,
    ".tar": Kind.TAR,
    ".xls": Kind.EXCEL,
    ".xlsx": Kind.EXCEL,
    ".xlsm": Kind.EXCEL,
    ".xlsb": Kind.EXCEL,
    ".ods": Kind.OPENDOCUMENT,
    ".numbers": Kind.NUMBERS,
    ".doc": Kind.DOCUMENT,
    ".docx": Kind.DOCUMENT,
    ".ppt": Kind.DOCUMENT,
    ".pptx": Kind.DOCUMENT,
    ".odt": Kind.DOCUMENT,
    ".pages": Kind.DOCUMENT,
}


def kind(name: str, head: bytes) -> Kind | None:
    """What the file is, from its first bytes (HEAD_BYTES of them suffice); None if it may be a CSV or is unknown.

    Office files are zip archives, or OLE, underneath: there the name decides between workbook and document.
    """
    by_name = kind_by_name(name)
    if head.startswith(ZIP_BEGINS):
        if by_name is not None and by_name not in ARCHIVES:
            return by_name
        return _kind_of_zip(head) or Kind.ZIP
    if head.startswith(_OLE_BEGINS):
        return by_name or Kind.EXCEL
    return next((kind for beginning, kind in _BEGINNINGS if beginning.match(head)), None)


def kind_by_name(name: str) -> Kind | None:
    """What the file's ending promises; None for an ending that holds no other files and no spreadsheet."""
    return _BY_ENDING.get(Path(name).suffix.casefold())


def kind_of_office_zip(entries: set[str]) -> Kind | None:
    """Which office file a zip archive is in truth, from the names inside it; None for an ordinary archive."""
    if "[Content_Types].xml" in entries:
        return Kind.EXCEL if any(name.startswith("xl/") for name in entries) else Kind.DOCUMENT
    if {"mimetype", "content.xml"} <= entries:
        return Kind.OPENDOCUMENT
    if "Index/Document.iwa" in entries:
        return Kind.NUMBERS
    return None


def head(path: Path) -> bytes:
    """The file's first HEAD_BYTES bytes. Raises SettingsError if it cannot be read."""
    try:
        with path.open("rb") as stream:
            return stream.read(HEAD_BYTES)
    except OSError as error:
        raise SettingsError(f"{shown(path.name)} cannot be read: {error.strerror}.") from error


def _kind_of_zip(head: bytes) -> Kind | None:
    """Which office file a zip archive probably is, from its first entry's name, which is all that the head shows."""
    first = head[30:]
    if first.startswith((b"[Content_Types].xml", b"_rels/", b"docProps/", b"xl/")):
        return Kind.EXCEL
    if first.startswith(b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"):
        return Kind.OPENDOCUMENT
    return None
