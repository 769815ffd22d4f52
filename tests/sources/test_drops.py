"""Which files of a folder are a drop, and which of them is whole."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from homeroom.sources.drops import Drop, Entry, drops, newest_finished

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
SETTLED_AFTER = timedelta(minutes=2)


def entry(path: str, *, minutes_ago: float = 60, size: int = 100) -> Entry:
    return Entry(path, size, NOW - timedelta(minutes=minutes_ago))


def seen(*now: Entry, before: tuple[Entry, ...] | None = None) -> tuple[Drop, ...]:
    return drops(now if before is None else before, now, at=NOW, settled_after=SETTLED_AFTER)


def taken(*now: Entry, before: tuple[Entry, ...] | None = None) -> str | None:
    drop = newest_finished(seen(*now, before=before))
    return drop and drop.name


def test_of_several_zips_the_newest_is_taken() -> None:
    assert taken(entry("a.zip", minutes_ago=1_500), entry("b.ZIP", minutes_ago=60), entry("c.zip", minutes_ago=90)) == (
        "b.ZIP"
    )


def test_loose_files_of_one_folder_are_one_drop() -> None:
    (drop,) = seen(entry("users.csv"), entry("Orgs.csv"), entry("manifest.csv", minutes_ago=3))

    assert [one.path for one in drop.entries] == ["Orgs.csv", "manifest.csv", "users.csv"]
    assert (drop.name, drop.modified_at) == ("users.csv and 2 more", NOW - timedelta(minutes=3))


def test_each_folder_is_a_drop_of_its_own() -> None:
    found = seen(entry("monday/users.csv", minutes_ago=1_500), entry("tuesday/users.csv"), entry("old.zip"))

    assert [drop.name for drop in found] == ["tuesday/users.csv", "old.zip", "monday/users.csv"]


@pytest.mark.parametrize("name", ["notes.txt", "students.csv", "roster.zip.part", ".roster.zip", "._users.csv", "x.7z"])
def test_other_files_are_no_drop(name: str) -> None:
    assert seen(entry(name)) == ()


@pytest.mark.parametrize(
    "before",
    [(entry("roster.zip", size=50),), (entry("roster.zip", minutes_ago=70),), ()],
    ids=["grew", "was written to", "was not there"],
)
def test_zip_that_changed_between_two_looks_is_left_alone(before: tuple[Entry, ...]) -> None:
    assert taken(entry("roster.zip"), before=before) is None


def test_zip_that_was_changed_a_moment_ago_is_left_alone() -> None:
    assert taken(entry("roster.zip", minutes_ago=1.9)) is None
    assert taken(entry("roster.zip", minutes_ago=2)) == "roster.zip"


def test_while_the_newest_grows_the_one_before_is_the_newest_finished() -> None:
    assert taken(entry("old.zip"), entry("new.zip", minutes_ago=0)) == "old.zip"


@pytest.mark.parametrize(
    "beside", ["classes.csv", "classes.csv.filepart", "Classes.CSV.tmp", ".classes.csv.Xy12", ".classes.csv.part"]
)
def test_loose_files_wait_for_one_that_is_arriving(beside: str) -> None:
    assert taken(entry("users.csv"), entry(beside, minutes_ago=0)) is None


def test_loose_files_wait_where_one_has_just_gone() -> None:
    assert taken(entry("users.csv"), before=(entry("users.csv"), entry("orgs.csv"))) is None


def test_loose_files_do_not_wait_for_what_was_cut_off_long_ago() -> None:
    assert taken(entry("users.csv"), entry("classes.csv.part", minutes_ago=60)) == "users.csv"


@pytest.mark.parametrize("other", [entry("roster.zip", size=99), entry("roster.zip", minutes_ago=59), entry("r.zip")])
def test_mark_tells_one_drop_from_another(other: Entry) -> None:
    mark = Drop((entry("roster.zip"),), is_growing=False).mark

    assert mark == Drop((entry("roster.zip"),), is_growing=True).mark
    assert mark != Drop((other,), is_growing=False).mark
