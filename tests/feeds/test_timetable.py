"""When is the next night? At the district's own clock, whatever that does."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zlib import crc32

import pytest

from homeroom.feeds.timetable import SPREAD_MINUTES, WAITS, next_night, next_try

CHICAGO = "America/Chicago"
#: Of the district that begins at the full hour.
ON_THE_HOUR = next(f"d{number}" for number in range(10_000) if next_night(
    night=time(2), zone="UTC", no_syncs_on=(), spread_by=f"d{number}", after=datetime(2026, 1, 1, tzinfo=UTC)
) == datetime(2026, 1, 1, 2, tzinfo=UTC))  # fmt: skip


def night(after: datetime, *, at: time = time(2), zone: str = CHICAGO, no_syncs_on: tuple[str, ...] = ()) -> datetime:
    found = next_night(night=at, zone=zone, no_syncs_on=no_syncs_on, spread_by=ON_THE_HOUR, after=after)
    assert found is not None
    return found


def test_night_is_at_the_district_s_own_clock() -> None:
    assert night(datetime(2026, 11, 22, 12, tzinfo=UTC)) == datetime(2026, 11, 23, 8, tzinfo=UTC)  # 02:00 in winter
    assert night(datetime(2026, 7, 1, 12, tzinfo=UTC)) == datetime(2026, 7, 2, 7, tzinfo=UTC)  # 02:00 in summer


def test_night_of_today_counts_while_it_is_still_to_come() -> None:
    assert night(datetime(2026, 11, 22, 7, 59, tzinfo=UTC)) == datetime(2026, 11, 22, 8, tzinfo=UTC)


def test_night_that_has_just_begun_is_not_the_next() -> None:
    assert night(datetime(2026, 11, 22, 8, tzinfo=UTC)) == datetime(2026, 11, 23, 8, tzinfo=UTC)


def test_night_whose_minute_is_after_midnight_is_not_skipped_there() -> None:
    """Begins after 23:30, and at 00:29 in this district."""
    last = next(name for name in map(str, range(10_000)) if crc32(name.encode()) % SPREAD_MINUTES == 59)

    def begin(after: datetime, *no_syncs_on: str) -> datetime | None:
        return next_night(night=time(23, 30), zone="UTC", no_syncs_on=no_syncs_on, spread_by=last, after=after)

    midnight = datetime(2026, 11, 22, tzinfo=UTC)
    assert begin(midnight + timedelta(minutes=10)) == midnight + timedelta(minutes=29)
    assert begin(midnight + timedelta(minutes=29)) == midnight + timedelta(days=1, minutes=29)
    assert begin(midnight, "2026-11-21") == midnight + timedelta(days=1, minutes=29)  # of the day before midnight


def test_night_in_the_hour_that_the_clocks_skip_begins_an_hour_later() -> None:
    """On 2026-03-08 in Chicago 02:00 is 03:00, and 02:30 is 03:30."""
    assert night(datetime(2026, 3, 8, 6, tzinfo=UTC), at=time(2, 30)) == datetime(2026, 3, 8, 8, 30, tzinfo=UTC)


def test_hour_that_comes_twice_is_one_night() -> None:
    """On 2026-11-01 in Chicago 01:30 comes at 06:30 and at 07:30 UTC."""
    first = night(datetime(2026, 11, 1, 5, tzinfo=UTC), at=time(1, 30))
    assert first == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    assert night(first, at=time(1, 30)) == datetime(2026, 11, 2, 7, 30, tzinfo=UTC)


def test_no_night_begins_on_a_day_that_is_blacked_out() -> None:
    days = ("2026-12-24", "2026-12-25")
    assert night(datetime(2026, 12, 23, 12, tzinfo=UTC), no_syncs_on=days) == datetime(2026, 12, 26, 8, tzinfo=UTC)


def test_there_is_no_night_where_every_day_is_blacked_out() -> None:
    days = {(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=n)).date().isoformat() for n in range(500)}
    after = datetime(2026, 1, 1, tzinfo=UTC)
    assert next_night(night=time(2), zone=CHICAGO, no_syncs_on=days, spread_by="x", after=after) is None


def test_districts_are_spread_over_the_hour_and_keep_their_minute() -> None:
    after = datetime(2026, 11, 22, 12, tzinfo=UTC)

    def begin(name: str, day: int) -> datetime:
        found = next_night(
            night=time(2), zone=CHICAGO, no_syncs_on=(), spread_by=name, after=after + timedelta(days=day)
        )
        assert found is not None
        return found

    names = [f"district-{number}" for number in range(1_000)]
    minutes = [begin(name, 0).minute for name in names]
    assert set(minutes) == set(range(SPREAD_MINUTES))
    assert minutes == [begin(name, 1).minute for name in names]


@pytest.mark.parametrize(("tries", "wait"), list(enumerate(WAITS, start=1)))
def test_waits_grow_with_the_tries(tries: int, wait: timedelta) -> None:
    now = datetime(2026, 11, 22, 8, tzinfo=UTC)
    assert next_try(tries=tries, now=now, night=None) == now + wait


def test_after_the_last_try_the_night_is_given_up() -> None:
    assert next_try(tries=len(WAITS) + 1, now=datetime(2026, 11, 22, 8, tzinfo=UTC), night=None) is None


def test_no_try_is_as_late_as_the_next_night() -> None:
    now = datetime(2026, 11, 22, 8, tzinfo=UTC)
    assert next_try(tries=1, now=now, night=now + timedelta(minutes=4)) is None
