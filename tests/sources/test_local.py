"""What a person gives on the command line: one zip, or loose files. Folders have a file of their own."""

import socket
from pathlib import Path

import pytest

from homeroom.engine.delivery import Delivery, File
from homeroom.sources import RefusedError, SettingsError, SourceError
from homeroom.sources.local import collect
from tests.sources.given import content, denied, odd, put, take
from tests.sources.make_zips import ORGS, USERS, good, named, workbook

JUNK, FOLDER, BACKSLASH, NAME = "package-junk", "package-folder", "package-backslash", "file-name"

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


def test_path_that_may_not_be_looked_at(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "stat", denied)

    with pytest.raises(SettingsError, match=r"users\.csv cannot be read: Permission denied\."):
        collect([here / "users.csv"], work=here)


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
