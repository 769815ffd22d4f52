"""How do tonight's errors stand against those of the last sync?"""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl

from homeroom.engine import Roster
from homeroom.engine.standing import compare, counts
from tests.engine.syncs import Office

FIRST, SECOND, THIRD = (datetime(2026, 11, day, 8, tzinfo=UTC) for day in (20, 21, 22))
TESS = "sourcedId | email\ntess | "
TOM = "sourcedId | email\ntom | "
BOTH = "sourcedId | email\ntess | \ntom | "


def night(
    office: Office, given: dict[str, str], before: pl.DataFrame | None, at: datetime, **more: object
) -> pl.DataFrame:
    checked = office.sync(Roster(), given, **more).checked  # type: ignore[arg-type]
    return compare(checked, before, at=at)


def of_users(standing: pl.DataFrame) -> list[tuple[str, str, datetime]]:
    users = standing.filter(pl.col("table") == "users")
    return sorted(users.select("sourcedId", "standing", "since").iter_rows())


def test_without_a_sync_before_every_error_is_new(office: Office) -> None:
    assert of_users(night(office, {"users": TESS}, None, FIRST)) == [("tess", "new", FIRST)]


def test_an_error_that_is_found_again_is_open_since_the_first_time(office: Office) -> None:
    first = night(office, {"users": TESS}, None, FIRST)
    second = night(office, {"users": TESS}, first, SECOND)
    third = night(office, {"users": BOTH}, second, THIRD)

    assert of_users(second) == [("tess", "open", FIRST)]
    assert of_users(third) == [("tess", "open", FIRST), ("tom", "new", THIRD)]


def test_an_error_that_is_not_found_any_more_is_mended_and_then_forgotten(office: Office) -> None:
    first = night(office, {"users": BOTH}, None, FIRST)
    second = night(office, {"users": TOM}, first, SECOND)
    third = night(office, {"users": TOM}, second, THIRD)

    assert of_users(second) == [("tess", "mended", FIRST), ("tom", "open", FIRST)]
    assert of_users(third) == [("tom", "open", FIRST)]


def test_an_error_that_comes_back_is_new(office: Office) -> None:
    first = night(office, {"users": TESS}, None, FIRST)
    second = night(office, {"users": TOM}, first, SECOND)

    assert ("tess", "new", THIRD) in of_users(night(office, {"users": TESS}, second, THIRD))


def test_changes_mend_only_what_they_speak_of(office: Office) -> None:
    first = night(office, {"users": BOTH}, None, FIRST)
    changed = "sourcedId | status | dateLastModified | email\ntess | active | 2026-11-21T01:00:00Z | t@x.example"
    second = night(office, {"users": changed}, first, SECOND, deltas=("users",), whole=("users",))

    assert of_users(second) == [("tess", "mended", FIRST), ("tom", "open", FIRST)]


def test_counts_say_how_many_there_are_of_each(office: Office) -> None:
    first = night(office, {"users": TESS, "enrollments": "sourcedId"}, None, FIRST)
    second = night(office, {"users": TOM, "enrollments": "sourcedId"}, first, SECOND)

    assert counts(first)["open"] == counts(first)["mended"] == 0
    assert counts(first)["new"] == len(first)
    assert counts(second)["mended"] >= 1
