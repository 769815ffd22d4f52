"""Zips are hostile until proven otherwise: what is read, what is read around, what is refused and in which words."""

import stat
import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from homeroom.engine.delivery import Oddity
from homeroom.sources import RefusedError, SettingsError, TryAgainLaterError
from homeroom.sources.archive import Limits, unpack
from tests.sources import make_zips
from tests.sources.make_zips import ORGS, USERS, ZIPS, Entry, packed

JUNK, FOLDER, BACKSLASH, NAME = "package-junk", "package-folder", "package-backslash", "file-name"

# Archive: the files read from it, and (rule, place) of what was read around.
ACCEPTED: dict[str, tuple[dict[str, bytes], list[tuple[str, str]]]] = {
    "plain": ({"users.csv": USERS, "orgs.csv": ORGS}, []),
    "stored": ({"users.csv": USERS, "orgs.csv": ORGS}, []),
    "streamed": ({"users.csv": USERS, "orgs.csv": ORGS}, []),
    "sixty-four-bit": ({"users.csv": USERS, "orgs.csv": ORGS}, []),
    "sixty-four-bit-streamed": ({"users.csv": USERS, "orgs.csv": ORGS}, []),
    "sixty-four-bit-end": ({"users.csv": USERS, "orgs.csv": ORGS}, []),
    "with-comment": ({"users.csv": USERS}, []),
    "bytes-after-the-end": ({"users.csv": USERS}, []),
    "file-without-bytes": ({"users.csv": USERS, "orgs.csv": b""}, []),
    "file-without-bytes-stored": ({"users.csv": USERS, "orgs.csv": b""}, []),
    "repetitive": ({"users.csv": USERS + b"\r\n" * 1_000_000}, []),
    "made-on-a-mac": (
        {"users.csv": USERS},
        [(JUNK, "__MACOSX/"), (JUNK, "__MACOSX/._users.csv"), (JUNK, ".DS_Store"), (JUNK, "._orgs.csv")],
    ),
    "made-on-windows": ({"users.csv": USERS}, [(JUNK, "Thumbs.db"), (JUNK, "desktop.ini")]),
    "readme-and-pdf": ({"users.csv": USERS}, [(JUNK, "readme.txt"), (JUNK, "docs/manual.pdf")]),
    "word-document": ({"users.csv": USERS}, [(JUNK, "notes.docx")]),
    "one-folder": ({"users.csv": USERS, "orgs.csv": USERS}, [(FOLDER, "roster/")]),
    "one-folder-with-entry": ({"users.csv": USERS}, [(JUNK, "roster/.DS_Store"), (FOLDER, "roster/")]),
    "one-folder-readme-outside": ({"users.csv": USERS}, [(JUNK, "readme.txt"), (FOLDER, "roster/")]),
    "dot-folder": ({"users.csv": USERS}, []),
    "backslashes": (
        {"users.csv": USERS, "orgs.csv": USERS},
        [(FOLDER, "roster\\"), (BACKSLASH, "roster\\users.csv")],
    ),
    "other-case": (
        {"Users.CSV": USERS, "ACADEMICSESSIONS.csv": USERS, "orgs.csv": USERS},
        [(NAME, "Users.CSV"), (NAME, "ACADEMICSESSIONS.csv")],
    ),
    "name-in-utf-8": ({"Schüler.csv": USERS}, []),
    "name-in-old-code-page": ({"Schüler.csv": USERS}, []),
    "twenty-two-files": ({f"table{number}.csv": USERS for number in range(22)}, []),
}

# Archive: words that must stand in the sentence. What and where; the remedy is read by eye.
REFUSED = {
    "traversal": "“../users.csv” in traversal.zip points to a place outside",
    "traversal-by-backslash": "“..\\users.csv” in traversal-by-backslash.zip points to a place outside",
    "traversal-further-in": "“roster/../../users.csv” in traversal-further-in.zip points to a place outside",
    "traversal-by-junk": "“../../readme.txt” in traversal-by-junk.zip points to a place outside",
    "traversal-by-folder": "“../” in traversal-by-folder.zip points to a place outside",
    "absolute-path": "“/etc/users.csv” in absolute-path.zip points to a place outside",
    "absolute-path-by-backslash": "“\\users.csv” in absolute-path-by-backslash.zip points to a place outside",
    "drive-letter": "“C:\\roster\\users.csv” in drive-letter.zip points to a place outside",
    "drive-letter-relative": "“c:users.csv” in drive-letter-relative.zip points to a place outside",
    "network-share": "“\\\\server\\share\\users.csv” in network-share.zip points to a place outside",
    "symbolic-link": "“users.csv” in symbolic-link.zip is a link",
    "symbolic-link-as-junk": "“readme.txt” in symbolic-link-as-junk.zip is a link",
    "device": "“users.csv” in device.zip is not an ordinary file",
    "fifo": "“users.csv” in fifo.zip is not an ordinary file",
    "folder-called-csv": "“users.csv” in folder-called-csv.zip is not an ordinary file",
    "folder-with-bytes": "“roster/” in folder-with-bytes.zip is not an ordinary file",
    "nested-zip": "“more.zip” in nested-zip.zip is itself a zip archive",
    "nested-zip-by-name": "“more.ZIP” in nested-zip-by-name.zip is itself a zip archive",
    "nested-zip-called-csv": "“users.csv” in nested-zip-called-csv.zip is itself a zip archive",
    "nested-zip-called-txt": "“readme.txt” in nested-zip-called-txt.zip is itself a zip archive",
    "nested-zip-stored": "“users.csv” in nested-zip-stored.zip is itself a zip archive",
    "nested-zip-without-entries": "“users.csv” in nested-zip-without-entries.zip is itself a zip archive",
    "nested-gzip": "“users.csv.gz” in nested-gzip.zip is itself a gzip archive",
    "nested-tar": "“rest” in nested-tar.zip is itself a tar archive",
    "excel-workbook-inside": "“students.xlsx” in excel-workbook-inside.zip is an Excel workbook",
    "excel-workbook-called-csv": "“users.csv” in excel-workbook-called-csv.zip is an Excel workbook",
    "excel-workbook-old-inside": "“students.xls” in excel-workbook-old-inside.zip is an Excel workbook",
    "opendocument-spreadsheet-called-csv": "“users.csv” in opendocument-spreadsheet-called-csv.zip is a LibreOffice",
    "numbers-spreadsheet-inside": "“users.numbers” in numbers-spreadsheet-inside.zip is an Apple Numbers spreadsheet",
    "duplicate-entry": "duplicate-entry.zip holds two files called users.csv",
    "duplicate-in-another-case": "holds two files called users.csv: “users.csv” and “USERS.csv”",
    "duplicate-by-backslash": "holds two files called users.csv: “roster/users.csv” and “roster\\users.csv”",
    "duplicate-by-folder": "holds two files called users.csv: “users.csv” and “roster/users.csv”",
    "duplicate-by-composed-accent": "holds two files called Schüler.csv",
    "two-folders": "lie in different folders of two-folders.zip: “north/users.csv” and “south/orgs.csv”",
    "folder-and-root": "lie in different folders of folder-and-root.zip: “users.csv” and “roster/orgs.csv”",
    "two-levels": "“district/roster/users.csv” in two-levels.zip lies in a folder within a folder",
    "bomb-by-ratio": "“users.csv” in bomb-by-ratio.zip grows to more than 200 times its size",
    "bomb-that-lies": "“users.csv” in bomb-that-lies.zip is damaged: it holds more than the 100 bytes",
    "bomb-overlapping": "“users.csv” and “orgs.csv” in bomb-overlapping.zip share the same bytes",
    "bomb-overlapping-directory": "bomb-overlapping-directory.zip is damaged: “users.csv” reaches into",
    "password": "“users.csv” in password.zip is locked with a password",
    "password-aes": "“users.csv” in password-aes.zip is locked with a password",
    "password-strong": "“users.csv” in password-strong.zip is locked with a password",
    "truncated": "truncated.zip is incomplete: its end is missing",
    "truncated-by-one-byte": "truncated-by-one-byte.zip is incomplete: its end is missing",
    "truncated-in-the-middle": "truncated-in-the-middle.zip is incomplete: its end is missing",
    "truncated-at-the-start": "truncated-at-the-start.zip is not a zip archive",
    "several-parts": "several-parts.zip is one part of a zip archive in several parts",
    "several-parts-first": "several-parts-first.zip is one part of a zip archive in several parts",
    "something-before-the-zip": "something-before-the-zip.zip is not a zip archive",
    "two-zips-in-one": "two-zips-in-one.zip is damaged: its list of files does not fit the archive",
    "entry-not-listed": "entry-not-listed.zip is damaged: before “orgs.csv” there is something",
    "entry-not-listed-at-the-end": "entry-not-listed-at-the-end.zip is damaged: after “orgs.csv” there is something",
    "damaged-bytes": "“users.csv” in damaged-bytes.zip is damaged",
    "damaged-stored-bytes": "“users.csv” in damaged-stored-bytes.zip is damaged: its checksum does not fit",
    "wrong-checksum": "“users.csv” in wrong-checksum.zip is damaged: its checksum does not fit",
    "wrong-checksum-in-entry": "wrong-checksum-in-entry.zip is damaged: its list of files does not fit “users.csv”",
    "wrong-name-in-directory": "wrong-name-in-directory.zip is damaged: its list of files does not fit “users.csv”",
    "wrong-method-in-directory": "wrong-method-in-directory.zip is damaged: its list of files does not fit “users.csv”",
    "wrong-place-in-directory": "wrong-place-in-directory.zip is damaged: its list of files does not fit “users.csv”",
    "wrong-place-beyond-the-end": "wrong-place-beyond-the-end.zip is damaged: its list of files does not fit",
    "wrong-place-in-64-bits": "wrong-place-in-64-bits.zip is damaged: its list of files does not fit “users.csv”",
    "wrong-count": "wrong-count.zip is damaged: its list of files has 2 lines instead of 0",
    "wrong-extra-field": "wrong-extra-field.zip is damaged: its list of files cannot be read",
    "wrong-size-too-small": "“users.csv” in wrong-size-too-small.zip is damaged: it holds more than the 10 bytes",
    "wrong-size-too-large": "“users.csv” in wrong-size-too-large.zip is damaged: it holds 38 of the 1,000 bytes",
    "wrong-size-stored": "“users.csv” in wrong-size-stored.zip is damaged: it holds 38 of the 1,000 bytes",
    "deflate-of-no-known-kind": "“users.csv” in deflate-of-no-known-kind.zip is damaged: its compressed data cannot be",
    "deflate-without-end": "“users.csv” in deflate-without-end.zip is damaged: it breaks off",
    "deflate-without-bytes": "“users.csv” in deflate-without-bytes.zip is damaged: it breaks off",
    "deflate-with-a-tail": "“users.csv” in deflate-with-a-tail.zip is damaged: something follows its end",
    "too-many-files": "too-many-files.zip holds 23 CSV files; a roster has at most 22",
    "too-much-junk": "too-much-junk.zip holds 201 entries; Homeroom opens at most 200",
    "too-many-entries": "too-many-entries.zip holds 65,000 entries; Homeroom opens at most 200",
    "not-a-zip": "not-a-zip.zip is not a zip archive",
    "not-a-zip-but-a-web-page": "not-a-zip-but-a-web-page.zip is not a zip archive, but a web page",
    "not-a-zip-but-gzip": "not-a-zip-but-gzip.zip is not a zip archive, but a gzip archive",
    "not-a-zip-but-seven-zip": "not-a-zip-but-seven-zip.zip is not a zip archive, but a 7-Zip archive",
    "not-a-zip-but-rar": "not-a-zip-but-rar.zip is not a zip archive, but a RAR archive",
    "no-bytes": "no-bytes.zip is empty (0 bytes)",
    "no-entries": "no-entries.zip holds no CSV file",
    "only-junk": "only-junk.zip holds no CSV file",
    "only-folders": "only-folders.zip holds no CSV file",
    "excel-workbook": "excel-workbook.zip is an Excel workbook. In Excel choose File > Save As > CSV UTF-8",
    "opendocument-spreadsheet": "opendocument-spreadsheet.zip is a LibreOffice or OpenOffice spreadsheet",
    "numbers-spreadsheet": "numbers-spreadsheet.zip is an Apple Numbers spreadsheet. In Numbers choose File > Export",
    "word-document": "word-document.zip is a document, not a roster",
    "compression-deflate64": "“users.csv” in compression-deflate64.zip is compressed with Deflate64",
    "compression-bzip2": "“users.csv” in compression-bzip2.zip is compressed with bzip2",
    "compression-lzma": "“users.csv” in compression-lzma.zip is compressed with LZMA",
    "compression-zstandard": "“users.csv” in compression-zstandard.zip is compressed with Zstandard",
    "compression-unheard-of": "“users.csv” in compression-unheard-of.zip is compressed with a method (number 77)",
    "name-with-control-character": "“us\\x1bers.csv” in name-with-control-character.zip cannot be shown on a screen",
    "name-written-backwards": "“users\\u202evsc.exe.csv” in name-written-backwards.zip cannot be shown on a screen",
    "name-with-nul": "“users.csv\\x00.txt” in name-with-nul.zip cannot be shown on a screen",
    "name-too-long": "uuuu…uuuuuuuuuuuuuuu.csv” in name-too-long.zip is 304 characters long",
    "name-empty": "name-empty.zip has no name",
    "name-not-utf-8": "name-not-utf-8.zip is damaged: its list of files cannot be read",
}


def names(folder: str) -> set[str]:
    return {path.stem for path in (ZIPS / folder).iterdir()}


def test_every_archive_of_the_corpus_has_its_expectation_and_its_maker() -> None:
    assert names("accept") == set(ACCEPTED) == set(make_zips.ACCEPT)
    assert names("reject") == set(REFUSED) == set(make_zips.REJECT)


@pytest.mark.parametrize("name", ACCEPTED)
def test_archive_is_read_and_its_oddities_are_named(name: str, tmp_path: Path) -> None:
    files, oddities = unpack(ZIPS / "accept" / f"{name}.zip", into=tmp_path)

    assert {file.name: file.path.read_bytes() for file in files} == ACCEPTED[name][0]
    assert [(oddity.rule, oddity.place) for oddity in oddities] == ACCEPTED[name][1]
    assert all(file.size_bytes == file.path.stat().st_size for file in files)


@pytest.mark.parametrize("name", REFUSED)
def test_archive_is_refused_with_a_sentence_and_nothing_stays_behind(name: str, tmp_path: Path) -> None:
    into = tmp_path / "work" / "inner"

    with pytest.raises(RefusedError) as refusal:
        unpack(ZIPS / "reject" / f"{name}.zip", into=into)

    assert REFUSED[name] in str(refusal.value)
    assert str(refusal.value).isprintable()
    assert str(refusal.value).endswith(".")
    assert [path for path in tmp_path.rglob("*") if not path.is_dir()] == []


def test_each_oddity_says_what_is_the_matter(tmp_path: Path) -> None:
    archive = make_zips.named("roster\\Users.csv", ".DS_Store", "readme.txt")
    (tmp_path / "odd.zip").write_bytes(archive)

    _, oddities = unpack(tmp_path / "odd.zip", into=tmp_path / "into")

    assert oddities == (
        Oddity(JUNK, ".DS_Store", "“.DS_Store” was put there by the computer and is not read."),
        Oddity(JUNK, "readme.txt", "“readme.txt” is not read, because its name does not end in .csv."),
        Oddity(FOLDER, "roster\\", "The files lie in the folder “roster\\”. Zip the files, not their folder."),
        Oddity(BACKSLASH, "roster\\Users.csv", "“roster\\Users.csv” has a “\\” where zip archives have a “/”."),
        Oddity(
            NAME, "Users.csv", "“Users.csv” is read, but its name should be “users.csv”: upper and lower case count."
        ),
    )


def test_unpacked_files_have_names_of_our_own_and_are_private(tmp_path: Path) -> None:
    files, _ = unpack(ZIPS / "accept" / "plain.zip", into=tmp_path / "new")

    assert {file.path.parent for file in files} == {tmp_path / "new"}
    assert {file.name for file in files}.isdisjoint(file.path.name for file in files)
    assert {stat.S_IMODE(file.path.stat().st_mode) for file in files} == {0o600}


def test_each_file_is_told_of_when_it_is_whole_and_a_damaged_one_never(tmp_path: Path) -> None:
    told: list[bytes] = []
    unpack(ZIPS / "accept" / "plain.zip", into=tmp_path, whole=lambda path: told.append(path.read_bytes()))
    assert sorted(told) == sorted([USERS, ORGS])

    told.clear()
    with pytest.raises(RefusedError):
        unpack(ZIPS / "reject" / "wrong-checksum.zip", into=tmp_path, whole=lambda path: told.append(path.read_bytes()))
    assert USERS not in told


def test_the_same_folder_takes_two_archives(tmp_path: Path) -> None:
    first, _ = unpack(ZIPS / "accept" / "plain.zip", into=tmp_path)
    second, _ = unpack(ZIPS / "accept" / "one-folder.zip", into=tmp_path)

    assert [file.path.read_bytes() for file in (*first, *second)] == [USERS, ORGS, USERS, USERS]


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(entry_bytes=50_000), "“users.csv” in long.zip unpacks to more than 50 KB"),
        (Limits(total_bytes=150_000), "long.zip unpacks to more than 150 KB"),
        (Limits(ratio=30, ratio_from_bytes=90_000), "“users.csv” in long.zip grows to more than 30 times its size"),
        (Limits(files=1), "long.zip holds 2 CSV files; a roster has at most 1"),
        (Limits(entries=1), "long.zip holds 2 entries; Homeroom opens at most 1"),
    ],
)
def test_each_limit_holds(limits: Limits, words: str, tmp_path: Path) -> None:
    (tmp_path / "long.zip").write_bytes(make_zips.named("users.csv", "orgs.csv", plain=b"0123456789" * 10_000))

    with pytest.raises(RefusedError, match=r"long\.zip") as refusal:
        unpack(tmp_path / "long.zip", into=tmp_path / "into", limits=limits)

    assert words in str(refusal.value)


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(entry_bytes=1_000_000), "unpacks to more than 1 MB"),
        (Limits(total_bytes=1_000_000), "unpacks to more than 1 MB"),
        (Limits(ratio_from_bytes=1_000_000), "grows to more than 200 times"),
    ],
)
def test_limits_count_real_bytes_when_the_headers_promise_few(limits: Limits, words: str, tmp_path: Path) -> None:
    """Whether the archive admits its size or not, the limit holds."""
    (tmp_path / "bomb.zip").write_bytes(packed(Entry(b"users.csv", bytes(3_000_000), size=999_999)))

    with pytest.raises(RefusedError):
        unpack(tmp_path / "bomb.zip", into=tmp_path / "into", limits=limits)

    (tmp_path / "bomb.zip").write_bytes(packed(Entry(b"users.csv", bytes(3_000_000))))
    with pytest.raises(RefusedError) as refusal:
        unpack(tmp_path / "bomb.zip", into=tmp_path / "into", limits=limits)

    assert words in str(refusal.value)
    assert list((tmp_path / "into").iterdir()) == []


def test_list_of_files_is_measured_before_it_is_read(tmp_path: Path) -> None:
    """The archive claims one entry; its directory has room for twenty thousand, each of which would cost memory."""
    entries = [Entry(b"users.csv", method=0)] + [Entry(b"x", b"", method=0, offset=0)] * 20_000
    claims_one = struct.pack("<HHHH", 0, 0, 1, 1)
    archive = packed(*entries).replace(b"PK\5\6" + struct.pack("<HHHH", 0, 0, 20_001, 20_001), b"PK\5\6" + claims_one)
    (tmp_path / "long.zip").write_bytes(archive)

    with pytest.raises(RefusedError, match=r"long\.zip has a list of files that is far longer than any roster's"):
        unpack(tmp_path / "long.zip", into=tmp_path / "into")


def test_archive_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"roster\.zip cannot be read: No such file or directory\."):
        unpack(tmp_path / "roster.zip", into=tmp_path)


def test_folder_that_may_not_be_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.mkstemp", denied)

    with pytest.raises(SettingsError, match=r"plain\.zip could not be unpacked into .*: Permission denied\."):
        unpack(ZIPS / "accept" / "plain.zip", into=tmp_path)


def test_roster_that_does_not_fit_on_the_disk_can_be_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: (100, 90, 10))

    with pytest.raises(TryAgainLaterError, match=r"plain\.zip needs 76 bytes .* only 10 bytes are free"):
        unpack(ZIPS / "accept" / "plain.zip", into=tmp_path)


def test_disk_that_fills_up_meanwhile_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("homeroom.sources.archive._copy", full)

    with pytest.raises(TryAgainLaterError, match=r"plain\.zip could not be unpacked into .*: No space left on device"):
        unpack(ZIPS / "accept" / "plain.zip", into=tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_block_ends_do_not_matter(tmp_path: Path) -> None:
    """Bytes that hardly compress, and bytes that compress a thousandfold, each longer than several blocks."""
    rows = b"".join(struct.pack("<Q", number * 0x9E3779B97F4A7C15 % 2**64) for number in range(200_000))
    content = {"users.csv": rows + bytes(2_000_000), "orgs.csv": bytes(1_500_001) + rows}
    with zipfile.ZipFile(tmp_path / "long.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, plain in content.items():
            archive.writestr(name, plain)

    files, _ = unpack(tmp_path / "long.zip", into=tmp_path / "into")

    assert {file.name: file.path.read_bytes() for file in files} == content


def test_tail_after_the_end_of_an_entry_is_not_overlooked(tmp_path: Path) -> None:
    """The entry's true data end exactly where a step of reading ends, so that the tail is never fed to the inflater."""
    plain = bytes(range(256)) * 1024
    stored = zlib.compressobj(0, zlib.DEFLATED, -15)
    plain = plain[: 256 * 1024 - 5 * 5]  # five blocks, each with a head of five bytes
    deflated = stored.compress(plain) + stored.flush()
    assert len(deflated) % (256 * 1024) == 0
    (tmp_path / "tail.zip").write_bytes(packed(Entry(b"users.csv", plain, packed=deflated + b"tail")))

    with pytest.raises(RefusedError, match=r"“users\.csv” in tail\.zip is damaged: something follows its end"):
        unpack(tmp_path / "tail.zip", into=tmp_path / "into")
