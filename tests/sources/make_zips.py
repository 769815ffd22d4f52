"""Makes the corpus of zips beside it: `python tests/sources/make_zips.py`. The same bytes on every run.

Each archive is named after its defect; what it must lead to stands in test_archive.py. A bug report
becomes a line here.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ZIPS = Path(__file__).parent / "zips"

USERS = b"sourcedId,username\r\nu1,ada\r\nu2,grace\r\n"
ORGS = b"sourcedId,name,type\r\no1,North,school\r\n"
CLASSES = b"sourcedId,title\r\nc1,Algebra\r\n"
DAMAGED_AT = 45  # inside the compressed bytes of the first entry, users.csv

STORED, DEFLATED = 0, 8
ENCRYPTED, STREAMED, STRONGLY_ENCRYPTED, UTF8 = 0x1, 0x8, 0x40, 0x800
LINK, CHARACTER_DEVICE, FIFO, ORDINARY, FOLDER = 0o120777, 0o020666, 0o010666, 0o100644, 0o040755


@dataclass(frozen=True)
class Entry:
    """One entry, honest unless told to lie. `local_…` is what its own header says, the rest what the directory says."""

    name: bytes
    plain: bytes = USERS
    method: int = DEFLATED
    mode: int = ORDINARY
    flags: int = 0
    packed: bytes | None = None
    crc: int | None = None
    size: int | None = None
    packed_size: int | None = None
    local_name: bytes | None = None
    local_crc: int | None = None
    offset: int | None = None
    extra: bytes = b""
    local_method: int | None = None
    listed: bool = True

    def compressed(self) -> bytes:
        if self.packed is not None:
            return self.packed
        return deflate(self.plain) if self.method == DEFLATED else self.plain

    def numbers(self, crc: int | None) -> bytes:
        """Checksum, packed and plain size: three fields that both headers share."""
        true = zlib.crc32(self.plain)
        size = len(self.plain) if self.size is None else self.size
        packed_size = len(self.compressed()) if self.packed_size is None else self.packed_size
        return struct.pack("<LLL", true if crc is None else crc, packed_size, size)


def deflate(plain: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(plain) + packer.flush()


def packed(*entries: Entry, comment: bytes = b"", disk: int = 0) -> bytes:
    """A zip written by hand, so that any part of it can be wrong."""
    body, directory, listed = b"", b"", 0
    for entry in entries:
        offset = len(body) if entry.offset is None else entry.offset
        methods = (entry.method, entry.method if entry.local_method is None else entry.local_method)
        common, local_common = (struct.pack("<HHHHH", 20, entry.flags, method, 0, 0x21) for method in methods)
        name = entry.name if entry.local_name is None else entry.local_name
        local_crc = entry.crc if entry.local_crc is None else entry.local_crc
        body += b"PK\3\4" + local_common + entry.numbers(local_crc) + struct.pack("<HH", len(name), 0) + name
        body += entry.compressed()
        if entry.listed:
            listed += 1
            lengths = struct.pack("<HHHHHLL", len(entry.name), len(entry.extra), 0, 0, 0, entry.mode << 16, offset)
            fixed = b"PK\1\2" + struct.pack("<H", 0x314) + common + entry.numbers(entry.crc) + lengths
            directory += fixed + entry.name + entry.extra
    end = struct.pack("<HHHHLLH", disk, disk, listed, listed, len(directory), len(body), len(comment))
    return body + directory + b"PK\5\6" + end + comment


def named(*names: str, plain: bytes = USERS) -> bytes:
    return packed(*(Entry(name.encode(), plain, flags=0 if name.isascii() else UTF8) for name in names))


def by_python(*, stream: bool = False, zip64: bool = False) -> bytes:
    """As other people's software writes it: streamed (sizes follow the data) or with 64-bit sizes."""

    class Unseekable(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_: object) -> int:
            raise io.UnsupportedOperation

        def tell(self) -> int:
            raise io.UnsupportedOperation

    target = Unseekable() if stream else io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, plain in {"users.csv": USERS, "orgs.csv": ORGS}.items():
            with archive.open(zipfile.ZipInfo(name), "w", force_zip64=zip64) as entry:
                entry.write(plain)
    return target.getvalue()


def with_64_bit_end(archive: bytes) -> bytes:
    """The same archive, its last record in the form for very large ones."""
    body, signature, end = archive.rpartition(b"PK\5\6")
    _, _, _, entries, directory_bytes, directory_start, _ = struct.unpack("<HHHHLLH", end)
    large = struct.pack("<QHHLLQQQQ", 44, 45, 45, 0, 0, entries, entries, directory_bytes, directory_start)
    locator = b"PK\6\7" + struct.pack("<LQL", 0, len(body), 1)
    small = struct.pack("<HHHHLLH", 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return body + b"PK\6\6" + large + locator + signature + small


def workbook() -> bytes:
    return named("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/worksheets/sheet1.xml", plain=b"<xml/>")


def opendocument() -> bytes:
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    return packed(Entry(b"mimetype", kind, method=STORED), Entry(b"content.xml", b"<xml/>"))


def flipped(archive: bytes, at: int) -> bytes:
    return archive[:at] + bytes([archive[at] ^ 0xFF]) + archive[at + 1 :]


def overlapping() -> bytes:
    """Two names for the same bytes, which is how the densest bombs are made."""
    return packed(Entry(b"users.csv"), Entry(b"orgs.csv", offset=0, local_name=b"users.csv"))


def good() -> bytes:
    return packed(Entry(b"users.csv", USERS), Entry(b"orgs.csv", ORGS))


def method(number: int) -> bytes:
    return packed(Entry(b"users.csv", method=number))


def special(mode: int) -> bytes:
    return packed(Entry(b"users.csv", b"/etc/passwd", method=STORED, mode=mode), Entry(b"orgs.csv", ORGS))


ACCEPT: dict[str, Callable[[], bytes]] = {
    "plain": good,
    "stored": lambda: packed(Entry(b"users.csv", method=STORED), Entry(b"orgs.csv", ORGS, method=STORED)),
    "streamed": lambda: by_python(stream=True),
    "sixty-four-bit": lambda: by_python(zip64=True),
    "sixty-four-bit-streamed": lambda: by_python(stream=True, zip64=True),
    "sixty-four-bit-end": lambda: with_64_bit_end(good()),
    "with-comment": lambda: packed(Entry(b"users.csv"), comment=b"exported on Monday"),
    "bytes-after-the-end": lambda: named("users.csv") + b"\r\n",
    "file-without-bytes": lambda: packed(Entry(b"users.csv"), Entry(b"orgs.csv", b"")),
    "file-without-bytes-stored": lambda: packed(Entry(b"users.csv"), Entry(b"orgs.csv", b"", method=STORED)),
    "repetitive": lambda: named("users.csv", plain=USERS + b"\r\n" * 1_000_000),
    "made-on-a-mac": lambda: packed(
        Entry(b"users.csv"),
        Entry(b"__MACOSX/", b"", method=STORED, mode=FOLDER),
        *(Entry(name, b"\0\5\x16\7") for name in (b"__MACOSX/._users.csv", b".DS_Store", b"._orgs.csv")),
    ),
    "made-on-windows": lambda: named("users.csv", "Thumbs.db", "desktop.ini"),
    "readme-and-pdf": lambda: packed(
        Entry(b"users.csv"), Entry(b"readme.txt", b"Hello"), Entry(b"docs/manual.pdf", b"%PDF-1.7")
    ),
    "word-document": lambda: packed(Entry(b"users.csv"), Entry(b"notes.docx", workbook().replace(b"xl/", b"wd/"))),
    "one-folder": lambda: named("roster/users.csv", "roster/orgs.csv"),
    "one-folder-with-entry": lambda: packed(
        Entry(b"roster/", b"", method=STORED, mode=FOLDER), Entry(b"roster/users.csv"), Entry(b"roster/.DS_Store", b"x")
    ),
    "one-folder-readme-outside": lambda: named("roster/users.csv", "readme.txt"),
    "dot-folder": lambda: packed(Entry(b"./", b"", method=STORED, mode=FOLDER), Entry(b"./users.csv")),
    "backslashes": lambda: named("roster\\users.csv", "roster\\orgs.csv"),
    "other-case": lambda: named("Users.CSV", "ACADEMICSESSIONS.csv", "orgs.csv"),
    "name-in-utf-8": lambda: named("Schüler.csv"),
    "name-in-old-code-page": lambda: packed(Entry("Schüler.csv".encode("cp437"))),
    "twenty-two-files": lambda: named(*(f"table{number}.csv" for number in range(22))),
}

REJECT: dict[str, Callable[[], bytes]] = {
    "traversal": lambda: named("../users.csv"),
    "traversal-by-backslash": lambda: named("..\\users.csv"),
    "traversal-further-in": lambda: named("roster/../../users.csv"),
    "traversal-by-junk": lambda: named("users.csv", "../../readme.txt"),
    "traversal-by-folder": lambda: packed(Entry(b"users.csv"), Entry(b"../", b"", method=STORED, mode=FOLDER)),
    "absolute-path": lambda: named("/etc/users.csv"),
    "absolute-path-by-backslash": lambda: named("\\users.csv"),
    "drive-letter": lambda: named("C:\\roster\\users.csv"),
    "drive-letter-relative": lambda: named("c:users.csv"),
    "network-share": lambda: named("\\\\server\\share\\users.csv"),
    "symbolic-link": lambda: special(LINK),
    "symbolic-link-as-junk": lambda: packed(
        Entry(b"users.csv"), Entry(b"readme.txt", b"/etc/passwd", method=STORED, mode=LINK)
    ),
    "device": lambda: special(CHARACTER_DEVICE),
    "fifo": lambda: special(FIFO),
    "folder-called-csv": lambda: special(FOLDER),
    "folder-with-bytes": lambda: packed(Entry(b"users.csv"), Entry(b"roster/", b"x", method=STORED)),
    "nested-zip": lambda: packed(Entry(b"users.csv"), Entry(b"more.zip", good())),
    "nested-zip-by-name": lambda: packed(Entry(b"users.csv"), Entry(b"more.ZIP", b"not really")),
    "nested-zip-called-csv": lambda: packed(Entry(b"users.csv", good())),
    "nested-zip-called-txt": lambda: packed(Entry(b"users.csv"), Entry(b"readme.txt", good())),
    "nested-zip-stored": lambda: packed(Entry(b"users.csv", good(), method=STORED)),
    "nested-zip-without-entries": lambda: packed(Entry(b"users.csv", packed())),
    "nested-gzip": lambda: packed(Entry(b"orgs.csv"), Entry(b"users.csv.gz", b"\x1f\x8b\x08" + bytes(20))),
    "nested-tar": lambda: packed(Entry(b"orgs.csv"), Entry(b"rest", bytes(257) + b"ustar\x00" + bytes(300))),
    "excel-workbook-inside": lambda: packed(Entry(b"orgs.csv", ORGS), Entry(b"students.xlsx", workbook())),
    "excel-workbook-called-csv": lambda: packed(Entry(b"users.csv", workbook())),
    "excel-workbook-old-inside": lambda: packed(
        Entry(b"orgs.csv", ORGS), Entry(b"students.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(40))
    ),
    "opendocument-spreadsheet-called-csv": lambda: packed(Entry(b"users.csv", opendocument())),
    "numbers-spreadsheet-inside": lambda: packed(Entry(b"users.numbers", named("Index/Document.iwa", "preview.jpg"))),
    "duplicate-entry": lambda: packed(Entry(b"users.csv"), Entry(b"users.csv", ORGS)),
    "duplicate-in-another-case": lambda: named("users.csv", "USERS.csv"),
    "duplicate-by-backslash": lambda: named("roster/users.csv", "roster\\users.csv"),
    "duplicate-by-folder": lambda: named("users.csv", "roster/users.csv"),
    "duplicate-by-composed-accent": lambda: named("Sch\u00fcler.csv", "Schu\u0308ler.csv"),
    "two-folders": lambda: named("north/users.csv", "south/orgs.csv"),
    "folder-and-root": lambda: named("users.csv", "roster/orgs.csv"),
    "two-levels": lambda: named("district/roster/users.csv"),
    "bomb-by-ratio": lambda: named("users.csv", plain=bytes(52_000_000)),
    "bomb-that-lies": lambda: packed(Entry(b"users.csv", bytes(10_000_000), size=100)),
    "bomb-overlapping": overlapping,
    "bomb-overlapping-directory": lambda: packed(Entry(b"users.csv", packed_size=70)),
    "password": lambda: packed(Entry(b"users.csv", flags=ENCRYPTED)),
    "password-aes": lambda: packed(Entry(b"users.csv", flags=ENCRYPTED, method=99)),
    "password-strong": lambda: packed(Entry(b"users.csv", flags=ENCRYPTED | STRONGLY_ENCRYPTED)),
    "truncated": lambda: good()[:-30],
    "truncated-by-one-byte": lambda: good()[:-1],
    "truncated-in-the-middle": lambda: good()[:60],
    "truncated-at-the-start": lambda: good()[10:],
    "several-parts": lambda: packed(Entry(b"users.csv"), disk=1),
    "several-parts-first": lambda: b"PK\7\x08" + good(),
    "something-before-the-zip": lambda: b"#!/bin/sh\n" + good(),
    "two-zips-in-one": lambda: good() + named("classes.csv"),
    "entry-not-listed": lambda: packed(Entry(b"users.csv", listed=False), Entry(b"orgs.csv")),
    "entry-not-listed-at-the-end": lambda: packed(Entry(b"orgs.csv"), Entry(b"users.csv", listed=False)),
    "damaged-bytes": lambda: flipped(good(), DAMAGED_AT),
    "damaged-stored-bytes": lambda: flipped(packed(Entry(b"users.csv", method=STORED)), DAMAGED_AT),
    "wrong-checksum": lambda: packed(Entry(b"users.csv", crc=1)),
    "wrong-checksum-in-entry": lambda: packed(Entry(b"users.csv", local_crc=1)),
    "wrong-name-in-directory": lambda: packed(Entry(b"users.csv", local_name=b"admin.csv")),
    "wrong-method-in-directory": lambda: packed(Entry(b"users.csv", local_method=STORED)),
    "wrong-place-in-directory": lambda: packed(Entry(b"users.csv", offset=7)),
    "wrong-place-beyond-the-end": lambda: packed(Entry(b"orgs.csv"), Entry(b"users.csv", offset=0x7FFFFFFF)),
    "wrong-place-in-64-bits": lambda: packed(
        Entry(b"users.csv", offset=0xFFFFFFFF, extra=struct.pack("<HHQ", 1, 8, 2**64 - 1))
    ),
    "wrong-count": lambda: good().replace(b"PK\5\6" + struct.pack("<HHHH", 0, 0, 2, 2), b"PK\5\6" + bytes(8)),
    "wrong-extra-field": lambda: packed(Entry(b"users.csv", extra=struct.pack("<HH", 1, 999))),
    "wrong-size-too-small": lambda: packed(Entry(b"users.csv", size=10)),
    "wrong-size-too-large": lambda: packed(Entry(b"users.csv", size=1_000)),
    "wrong-size-stored": lambda: packed(Entry(b"users.csv", method=STORED, size=1_000)),
    "deflate-of-no-known-kind": lambda: packed(Entry(b"users.csv", packed=b"\7" + deflate(USERS)[1:])),
    "deflate-without-end": lambda: packed(Entry(b"users.csv", packed=deflate(USERS)[:-4])),
    "deflate-without-bytes": lambda: packed(Entry(b"users.csv", b"", packed=b"")),
    "deflate-with-a-tail": lambda: packed(Entry(b"users.csv", packed=deflate(USERS) + b"tail")),
    "too-many-files": lambda: named(*(f"table{number}.csv" for number in range(23))),
    "too-much-junk": lambda: packed(
        Entry(b"users.csv"), *(Entry(b"junk%d.txt" % number, b"", method=STORED) for number in range(200))
    ),
    "too-many-entries": lambda: (
        packed(Entry(b"users.csv")).rpartition(b"PK\5\6")[0]
        + (b"PK\5\6" + struct.pack("<HHHHLLH", 0, 0, 65_000, 65_000, 55, 70, 0))
    ),
    "not-a-zip": lambda: USERS,
    "not-a-zip-but-a-web-page": lambda: b"<!DOCTYPE html><title>Please sign in</title>",
    "not-a-zip-but-gzip": lambda: b"\x1f\x8b\x08" + bytes(60),
    "not-a-zip-but-seven-zip": lambda: b"7z\xbc\xaf\x27\x1c" + bytes(60),
    "not-a-zip-but-rar": lambda: b"Rar!\x1a\x07\x01\x00" + bytes(60),
    "no-bytes": lambda: b"",
    "no-entries": packed,
    "only-junk": lambda: named("readme.txt", "__MACOSX/._users.csv"),
    "only-folders": lambda: packed(Entry(b"roster/", b"", method=STORED, mode=FOLDER)),
    "excel-workbook": workbook,
    "opendocument-spreadsheet": opendocument,
    "numbers-spreadsheet": lambda: named("Index/Document.iwa", "preview.jpg"),
    "word-document": lambda: named("[Content_Types].xml", "word/document.xml"),
    "compression-deflate64": lambda: method(9),
    "compression-bzip2": lambda: method(12),
    "compression-lzma": lambda: method(14),
    "compression-zstandard": lambda: method(93),
    "compression-unheard-of": lambda: method(77),
    "name-with-control-character": lambda: named("us\x1bers.csv"),
    "name-written-backwards": lambda: named("users\u202evsc.exe.csv"),
    "name-with-nul": lambda: named("users.csv\0.txt"),
    "name-too-long": lambda: named("u" * 300 + ".csv"),
    "name-empty": lambda: named("users.csv", ""),
    "name-not-utf-8": lambda: packed(Entry(b"us\xff\xfers.csv", flags=UTF8)),
}


def write(*, folder: Path, makers: dict[str, Callable[[], bytes]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for gone in set(folder.glob("*.zip")) - {folder / f"{name}.zip" for name in makers}:
        gone.unlink()
    for name, make in makers.items():
        (folder / f"{name}.zip").write_bytes(make())


if __name__ == "__main__":
    write(folder=ZIPS / "accept", makers=ACCEPT)
    write(folder=ZIPS / "reject", makers=REJECT)
