"""A folder on disk is read as a zip would be, except that nothing is copied and no link is followed out of it."""

import os
from pathlib import Path

import pytest

from homeroom.engine.delivery import Delivery, File
from homeroom.sources import RefusedError, SettingsError, package
from homeroom.sources.local import collect
from tests.sources.given import content, denied, odd, put, take
from tests.sources.make_zips import ORGS, USERS, good, workbook

JUNK, FOLDER, BACKSLASH, NAME = "package-junk", "package-folder", "package-backslash", "file-name"


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


def test_file_that_vanishes_meanwhile(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(here, users=USERS)
    sort_out = package.sort_out

    def slow(entries: list[str], *, origin: str) -> package.Contents:
        (here / "users.csv").unlink()
        return sort_out(entries, origin=origin)

    monkeypatch.setattr(package, "sort_out", slow)

    with pytest.raises(SettingsError, match=r"“users\.csv” in here cannot be read\. Is somebody moving files there"):
        take(here)


def test_unreadable_folder(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.scandir", denied)

    with pytest.raises(SettingsError, match=r"here cannot be read: Permission denied\."):
        take(here)
