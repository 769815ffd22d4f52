"""What a person gives on the command line: one zip, one folder, or loose files."""

import os
import socket
from pathlib import Path

import pytest

from homeroom.engine.delivery import Delivery, File
from homeroom.sources import RefusedError, SettingsError, SourceError, package
from homeroom.sources.local import collect
from tests.sources.make_zips import ORGS, USERS, good, named, workbook

JUNK, FOLDER, BACKSLASH, NAME = "package-junk", "package-folder", "package-backslash", "file-name"


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder to put things into, beside the work folder."""
    folder = tmp_path / "here"
    folder.mkdir()
    return folder


def put(folder: Path, **files: bytes) -> Path:
    """Writes files.csv named by the arguments: users=b"…" becomes users.csv."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / f"{name}.csv").write_bytes(content)
    return folder


def take(*paths: Path) -> Delivery:
    return collect(paths, work=paths[0].absolute().parent / "work")


def content(delivery: Delivery) -> dict[str, bytes]:
    return {file.name: file.path.read_bytes() for file in delivery.files}


def odd(delivery: Delivery) -> list[tuple[str, str]]:
    return [(oddity.rule, oddity.place) for oddity in delivery.oddities]


# A zip


def test_zip_is_unpacked_into_the_work_folder(here: Path) -> None:
    (here / "roster.zip").write_bytes(good())

    delivery = take(here / "roster.zip")

    assert delivery.origin == "roster.zip"
    assert content(delivery) == {"users.csv": USERS, "orgs.csv": ORGS}
    assert {file.path.parent for file in delivery.files} == {here / "work"}


def test_zip_is_known_by_its_bytes_whatever_its_name(here: Path) -> None:
    (here / "roster.2026-11-22").write_bytes(good())

    assert content(take(here / "roster.2026-11-22")) == {"users.csv": USERS, "orgs.csv": ORGS}


def test_oddities_of_the_zip_come_along(here: Path) -> None:
    (here / "roster.zip").write_bytes(named("roster/Users.csv", "readme.txt"))

    assert odd(take(here / "roster.zip")) == [(JUNK, "readme.txt"), (FOLDER, "roster/"), (NAME, "Users.csv")]


def test_zip_that_is_none_is_refused_although_it_is_called_so(here: Path) -> None:
    (here / "roster.zip").write_bytes(USERS)

    with pytest.raises(RefusedError, match=r"roster\.zip is not a zip archive\."):
        take(here / "roster.zip")


@pytest.mark.parametrize("name", ["students.xlsx", "students.csv", "students.zip"])
def test_excel_workbook_is_named_as_what_it_is(name: str, here: Path) -> None:
    (here / name).write_bytes(workbook())

    with pytest.raises(RefusedError) as refusal:
        take(here / name)

    assert str(refusal.value) == (
        f"{name} is an Excel workbook. In Excel choose File > Save As > CSV UTF-8, and give us that file."
    )


def test_old_excel_workbook_is_named_too(here: Path) -> None:
    (here / "students.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100))

    with pytest.raises(RefusedError, match=r"students\.xls is an Excel workbook\. In Excel choose File > Save As"):
        take(here / "students.xls")


@pytest.mark.parametrize(
    ("name", "head", "words"),
    [
        ("roster.7z", b"7z\xbc\xaf\x27\x1c", "roster.7z is a 7-Zip archive; Homeroom opens zip archives."),
        ("roster.rar", b"Rar!\x1a\x07\x01\x00", "roster.rar is a RAR archive; Homeroom opens zip archives."),
        ("users.csv.gz", b"\x1f\x8b\x08\x00", "users.csv.gz is a gzip archive; Homeroom opens zip archives."),
        ("roster.zip", b"", "roster.zip is empty (0 bytes)."),
        ("roster.zip", b"PK\7\x08PK\3\4", "roster.zip is one part of a zip archive in several parts."),
    ],
)
def test_other_archives_are_refused_by_name(name: str, head: bytes, words: str, here: Path) -> None:
    (here / name).write_bytes(head)

    with pytest.raises(RefusedError) as refusal:
        take(here / name)

    assert str(refusal.value).startswith(words)


# A folder


def test_files_of_a_folder_are_used_where_they_are(here: Path) -> None:
    put(here / "roster", users=USERS, orgs=ORGS)

    delivery = take(here / "roster")

    assert delivery == Delivery(
        files=(
            File("orgs.csv", here / "roster" / "orgs.csv", len(ORGS)),
            File("users.csv", here / "roster" / "users.csv", len(USERS)),
        ),
        origin="roster",
    )


def test_folder_given_as_a_dot_is_called_by_its_name(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(here / "roster", users=USERS)
    monkeypatch.chdir(here / "roster")

    assert collect([Path()], work=here / "work").origin == "roster"


def test_junk_in_a_folder_is_read_around(here: Path) -> None:
    roster = put(here / "roster", users=USERS)
    for name in (".DS_Store", "._users.csv", "readme.txt", "old.zip", "students.xlsx"):
        (roster / name).write_bytes(b"whatever")

    delivery = take(roster)

    assert content(delivery) == {"users.csv": USERS}
    assert odd(delivery) == [
        (JUNK, ".DS_Store"),
        (JUNK, "._users.csv"),
        (JUNK, "old.zip"),
        (JUNK, "readme.txt"),
        (JUNK, "students.xlsx"),
    ]


def test_one_enclosing_folder_is_entered(here: Path) -> None:
    put(here / "download" / "roster", users=USERS, Orgs=ORGS)
    put(here / "download" / "__MACOSX", users=b"junk")
    (here / "download" / "roster" / "readme.txt").write_bytes(b"Hello")

    delivery = take(here / "download")

    assert content(delivery) == {"users.csv": USERS, "Orgs.csv": ORGS}
    assert odd(delivery) == [
        (JUNK, "__MACOSX/"),
        (JUNK, "roster/readme.txt"),
        (FOLDER, "roster/"),
        (NAME, "Orgs.csv"),
    ]


def test_folder_beside_the_files_is_left_alone_and_said(here: Path) -> None:
    """Reports of an earlier check lie there, or last year's roster: neither is part of this one."""
    put(here / "roster", users=USERS)
    put(here / "roster" / "sync-reports", users_sync_report=b"x")

    delivery = take(here / "roster")

    assert content(delivery) == {"users.csv": USERS}
    assert odd(delivery) == [(JUNK, "sync-reports/")]


def test_two_folders_of_files_are_refused(here: Path) -> None:
    put(here / "both" / "north", users=USERS)
    put(here / "both" / "south", users=USERS)

    with pytest.raises(
        RefusedError, match=r"both holds CSV files in two folders, “north” and “south”\. Give one of them"
    ):
        take(here / "both")


def test_two_levels_of_folders_are_refused(here: Path) -> None:
    put(here / "district" / "2026" / "roster", users=USERS)

    with pytest.raises(RefusedError, match="district holds no CSV file"):
        take(here / "district")


def test_folder_that_holds_only_a_zip_points_at_it(here: Path) -> None:
    (here / "drop").mkdir()
    (here / "drop" / "roster.zip").write_bytes(good())

    with pytest.raises(RefusedError, match=r"drop holds no CSV file, but roster\.zip\. Give that file itself\."):
        take(here / "drop")


def test_folder_that_holds_only_a_workbook_says_how_to_save_it(here: Path) -> None:
    (here / "drop").mkdir()
    (here / "drop" / "students.xlsx").write_bytes(workbook())

    with pytest.raises(RefusedError, match=r"students\.xlsx is an Excel workbook\. In Excel choose File > Save As"):
        take(here / "drop")


def test_folder_of_other_things_is_refused(here: Path) -> None:
    (here / "readme.txt").write_bytes(b"Hello")

    with pytest.raises(RefusedError, match=r"here holds no CSV file\. Put the roster's files into it"):
        take(here)


def test_empty_folder_is_refused(here: Path) -> None:
    with pytest.raises(RefusedError, match="here holds no CSV file"):
        take(here)


def test_same_name_in_two_cases_is_refused_in_a_folder_as_in_a_zip(here: Path) -> None:
    put(here / "roster", users=USERS, Users=USERS)

    with pytest.raises(RefusedError, match=r"roster holds two files called Users\.csv: “Users\.csv” and “users\.csv”"):
        take(here / "roster")


def test_backslash_in_a_name_is_a_folder_that_unzipping_missed(here: Path) -> None:
    put(here / "roster", **{"roster\\users": USERS})

    delivery = take(here / "roster")

    assert content(delivery) == {"users.csv": USERS}
    assert odd(delivery) == [(FOLDER, "roster\\"), (BACKSLASH, "roster\\users.csv")]


def test_folder_with_more_than_a_roster_has_is_refused(here: Path) -> None:
    put(here / "many", **{f"table{number}": USERS for number in range(23)})

    with pytest.raises(RefusedError, match="many holds 23 CSV files; a roster has at most 22"):
        take(here / "many")


def test_folder_full_of_other_things_is_refused(here: Path) -> None:
    put(here / "downloads", users=USERS)
    for number in range(200):
        (here / "downloads" / f"photo{number}.jpg").touch()

    with pytest.raises(RefusedError, match=r"downloads holds more than 200 files and folders\. Put the roster"):
        take(here / "downloads")


def test_link_out_of_the_folder_is_not_followed(here: Path) -> None:
    put(here / "elsewhere", users=USERS)
    roster = put(here / "roster", orgs=ORGS)
    (roster / "users.csv").symlink_to(here / "elsewhere" / "users.csv")

    with pytest.raises(RefusedError, match=r"“users\.csv” in roster is a link to a place outside of it\. Put the file"):
        take(roster)


def test_link_within_the_folder_is_followed(here: Path) -> None:
    roster = put(here / "roster", users=USERS)
    (roster / "Orgs.csv").symlink_to("users.csv")

    assert content(take(roster)) == {"users.csv": USERS, "Orgs.csv": USERS}


def test_linked_folder_is_not_entered(here: Path) -> None:
    put(here / "elsewhere", users=USERS)
    (here / "roster").mkdir()
    (here / "roster" / "inner").symlink_to(here / "elsewhere")

    with pytest.raises(RefusedError, match="roster holds no CSV file"):
        take(here / "roster")


def test_broken_link_in_a_folder_is_refused(here: Path) -> None:
    roster = put(here / "roster", orgs=ORGS)
    (roster / "users.csv").symlink_to("nowhere.csv")

    with pytest.raises(RefusedError, match=r"“users\.csv” in roster is a link to nowhere\. Put the file"):
        take(roster)


def test_fifo_in_a_folder_is_refused_and_never_opened(here: Path) -> None:
    roster = put(here / "roster", orgs=ORGS)
    os.mkfifo(roster / "users.csv")

    with pytest.raises(RefusedError, match=r"“users\.csv” in roster is not an ordinary file"):
        take(roster)


def test_name_that_cannot_be_shown_is_refused_in_words_that_can(here: Path) -> None:
    (here / os.fsdecode(b"us\xffers\x1b.csv")).write_bytes(USERS)

    with pytest.raises(RefusedError, match="cannot be shown on a screen") as refusal:
        take(here)

    assert "us\\udcffers\\x1b.csv" in str(refusal.value)
    assert str(refusal.value).isprintable()


# Loose files


def test_loose_files_are_taken_in_the_order_given(here: Path) -> None:
    put(here, users=USERS, Orgs=ORGS)

    delivery = take(here / "users.csv", here / "Orgs.csv")

    assert content(delivery) == {"users.csv": USERS, "Orgs.csv": ORGS}
    assert delivery.origin == "users.csv and 1 more"
    assert odd(delivery) == [(NAME, "Orgs.csv")]


def test_single_file_may_have_any_name_because_its_header_counts(here: Path) -> None:
    (here / "export.txt").write_bytes(USERS)

    delivery = take(here / "export.txt")

    assert delivery == Delivery(files=(File("export.txt", here / "export.txt", len(USERS)),), origin="export.txt")


def test_empty_csv_is_left_to_the_engine(here: Path) -> None:
    put(here, users=b"")

    assert content(take(here / "users.csv")) == {"users.csv": b""}


def test_link_given_by_name_is_followed(here: Path) -> None:
    put(here, users=USERS)
    (here / "latest.csv").symlink_to(here / "users.csv")

    assert content(take(here / "latest.csv")) == {"latest.csv": USERS}


def test_two_files_of_one_name_are_refused(here: Path) -> None:
    put(here / "north", users=USERS)
    put(here / "south", users=ORGS)

    with pytest.raises(RefusedError, match=r"two files called users\.csv"):
        take(here / "north" / "users.csv", here / "south" / "users.csv")


def test_same_file_given_twice_counts_once(here: Path) -> None:
    put(here, users=USERS)

    assert content(take(here / "users.csv", here / "." / "users.csv")) == {"users.csv": USERS}


@pytest.mark.parametrize("names", [("users.csv", "roster.zip"), ("roster.zip", "users.csv"), ("roster.zip", "old.zip")])
def test_zip_together_with_anything_else_is_refused(names: tuple[str, str], here: Path) -> None:
    (here / "roster.zip").write_bytes(good())
    (here / "old.zip").write_bytes(good())
    put(here, users=USERS)

    with pytest.raises(SettingsError, match=r"roster\.zip is a zip archive and cannot be given together with other"):
        take(*(here / name for name in names))


def test_folder_and_loose_files_together_are_refused(here: Path) -> None:
    put(here / "roster", users=USERS)
    put(here, orgs=ORGS)

    with pytest.raises(SettingsError, match="roster is a folder and cannot be given together with other files"):
        take(here / "orgs.csv", here / "roster")


@pytest.mark.parametrize("name", ["orgs.xlsx", "orgs.csv", "orgs.zip"])
def test_workbook_among_loose_files_is_named_as_what_it_is(name: str, here: Path) -> None:
    put(here, users=USERS)
    (here / name).write_bytes(workbook())

    with pytest.raises(RefusedError, match=rf"{name} is an Excel workbook\. In Excel choose"):
        take(here / "users.csv", here / name)


# Nothing that can be read


@pytest.mark.parametrize("name", ["roster.zip", "roster", "no/such/users.csv", "users.csv/below"])
def test_path_that_is_not_there(name: str, here: Path) -> None:
    put(here, users=USERS)

    with pytest.raises(SettingsError, match=r"is not there\. Check the spelling and the folder\."):
        take(here / name)


def test_nothing_given_at_all(here: Path) -> None:
    with pytest.raises(SettingsError, match="Nothing was given"):
        collect([], work=here)


def test_broken_link(here: Path) -> None:
    (here / "users.csv").symlink_to("nowhere.csv")

    with pytest.raises(SettingsError, match=r"users\.csv is a link to nowhere\.csv, which is not there"):
        take(here / "users.csv")


def test_link_to_itself(here: Path) -> None:
    (here / "users.csv").symlink_to("users.csv")

    with pytest.raises(SettingsError, match=r"users\.csv is a link to users\.csv, which is not there"):
        take(here / "users.csv")


def test_device_is_never_opened() -> None:
    with pytest.raises(SettingsError, match="/dev/zero is not an ordinary file"):
        take(Path("/dev/zero"))


def test_socket_is_never_opened(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(here)  # the path of a socket must be short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("users.csv")

        with pytest.raises(SettingsError, match=r"users\.csv is not an ordinary file"):
            take(Path("users.csv"))


@pytest.mark.parametrize("name", ["roster.zip", "users.csv"])
def test_unreadable_file(name: str, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / name).write_bytes(good())
    monkeypatch.setattr(Path, "open", denied)

    with pytest.raises(SettingsError, match=rf"{name} cannot be read: Permission denied\."):
        take(here / name)


def test_unreadable_folder(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.scandir", denied)

    with pytest.raises(SettingsError, match=r"here cannot be read: Permission denied\."):
        take(here)


def test_path_that_may_not_be_looked_at(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "stat", denied)

    with pytest.raises(SettingsError, match=r"users\.csv cannot be read: Permission denied\."):
        collect([here / "users.csv"], work=here)


def test_file_that_vanishes_meanwhile(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(here, users=USERS)
    sort_out = package.sort_out

    def slow(entries: list[str], *, origin: str) -> package.Contents:
        (here / "users.csv").unlink()
        return sort_out(entries, origin=origin)

    monkeypatch.setattr(package, "sort_out", slow)

    with pytest.raises(SettingsError, match=r"“users\.csv” in here cannot be read\. Is somebody moving files there"):
        take(here)


def denied(*_: object, **__: object) -> None:
    """Stands in for a file of somebody else; the tests may run as root, whom no file refuses."""
    raise PermissionError(13, "Permission denied")


@pytest.mark.parametrize(
    "name", ["us\0ers.csv", "x" * 300, "/".join("x" * 4000)], ids=["nul", "long name", "long path"]
)
def test_path_that_no_system_takes(name: str, here: Path) -> None:
    with pytest.raises(SourceError):
        take(here / name)


# The digest


def test_digest_is_of_names_and_bytes_alone(here: Path) -> None:
    put(here / "one", users=USERS, orgs=ORGS)
    put(here / "two", users=ORGS, orgs=USERS)
    (here / "roster.zip").write_bytes(good())

    digest = take(here / "one").sha256()

    assert digest == take(here / "roster.zip").sha256()
    assert digest == take(here / "one" / "users.csv", here / "one" / "orgs.csv").sha256()
    assert digest != take(here / "two").sha256()
    assert len(digest) == 64
