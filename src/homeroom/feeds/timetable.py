"""When is the next night? Pure: dates in, a moment out."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, time, timedelta
from zlib import crc32
from zoneinfo import ZoneInfo

SPREAD_MINUTES = 60
#: After a failed try; the last wait ends before the next night in any case.
WAITS = (timedelta(minutes=5), timedelta(minutes=20), timedelta(hours=1), timedelta(hours=3))
#: Nobody blacks out more days than these in a row, and a search must end.
_MOST_DAYS = 400


def next_night(
    *, night: time, zone: str, no_syncs_on: Collection[str], spread_by: str, after: datetime
) -> datetime | None:
    """The first beginning of a night after a moment; null if no day of the coming year has one.

    night: the time at the district's clock. Districts begin spread over the hour after it, each always at the same
    minute, so that a provider of many is not asked by all at once: spread_by is any text that tells the district. In
    the hour that a change of the clocks skips the night begins an hour later by the clock; in one that comes twice, in
    the first. no_syncs_on: days, as 2026-12-24, without a night; one that begins after midnight because of its minute
    is of the day before.
    """
    local = after.astimezone(ZoneInfo(zone))
    for days in range(-1, _MOST_DAYS):  # yesterday's may begin after midnight
        day = local.date() + timedelta(days=days)
        if day.isoformat() in no_syncs_on:
            continue
        begin = datetime.combine(day, night, ZoneInfo(zone)).astimezone(UTC) + _spread(spread_by)
        if begin > after:
            return begin
    return None


def next_try(*, tries: int, now: datetime, night: datetime | None) -> datetime | None:
    """After so many failed tries of one night the next, or null where none comes before the next night."""
    if tries > len(WAITS):
        return None
    again = now + WAITS[tries - 1]
    return again if night is None or again < night else None


def _spread(by: str) -> timedelta:
    return timedelta(minutes=crc32(by.encode()) % SPREAD_MINUTES)
