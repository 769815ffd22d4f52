"""What is told of nights that looked for drops: by the clock of the district, and no more than is so."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import pytest

from homeroom.audit.models import Event
from homeroom.districts import scope
from homeroom.feeds.models import Feed
from homeroom.notices.models import Notice, Occasion
from homeroom.syncs import telling
from homeroom.syncs.models import State
from tests.feeds.sftp import feed, server, unconfirmed
from tests.people import Cast, signed_in
from tests.sources.sftp_servers import District
from tests.syncs.conftest import data
from tests.syncs.dropped import files, looked, night, run_now
from tests.syncs.sending import zipped

__all__ = ["data", "feed", "files", "server", "unconfirmed"]  # fixtures are found where they are imported

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("data")]


def test_times_are_those_of_the_districts_clock(cast: Cast, feed: Feed, server: District) -> None:
    path = server.put("roster.zip", b"not a zip at all")
    at = datetime(2026, 1, 15, 13, 30, tzinfo=UTC).timestamp()
    os.utime(path, (at, at))

    night(cast)

    assert "“roster.zip” of Jan 15, 7:30 AM" in looked(cast)


def test_older_drop_is_not_said_to_have_been_collected(
    cast: Cast, feed: Feed, server: District, files: dict[str, bytes]
) -> None:
    """As where a corrected file is sent with the time that the file had before."""
    newer = server.put("newer.zip", zipped(files).content)
    night(cast)
    newer.unlink()
    server.put("corrected.zip", zipped(files, comment="corrected").content, seconds_ago=9_000)

    assert night(cast) is None
    assert "is older than the drop that was collected last, so it is left alone" in looked(cast)
    assert "collected before" not in looked(cast)


def test_test_of_the_connection_does_not_promise_what_no_night_takes(
    cast: Cast, feed: Feed, server: District, files: dict[str, bytes]
) -> None:
    server.put("roster.zip", zipped(files).content)
    night(cast)

    page = signed_in(cast.operator).post("/operator/districts/ferndale/source/test/").text

    assert "roster.zip was collected before, or is older than what was" in page
    assert "would be collected" not in page


def test_what_a_server_lists_is_not_quoted_to_others(cast: Cast, feed: Feed, server: District) -> None:
    server.put("Zoë Nowak.zip")
    server.keeps_to_itself = "Zoë Nowak.zip"

    sync = night(cast)

    assert sync is not None
    assert (sync.state, "Zoë Nowak" in sync.reason) == (State.FAILED, True)
    assert "cannot be read. It may be in use" in telling.harmless_reason(sync)
    assert "Zoë" not in telling.harmless_reason(sync)


def test_audit_tells_of_nights_that_took_a_drop_and_not_of_others(
    cast: Cast, feed: Feed, server: District, files: dict[str, bytes]
) -> None:
    night(cast)
    assert started(cast) == 0

    server.put("roster.zip", zipped(files).content)
    night(cast)
    night(cast)
    assert started(cast) == 1

    run_now(cast)
    assert started(cast) == 2


def started(cast: Cast) -> int:
    with scope.within(cast.ferndale.pk):
        return Event.objects.filter(what="sync.started").count()


def test_night_that_did_not_get_in_is_over_once_one_does_although_nothing_is_new(
    cast: Cast, feed: Feed, server: District, files: dict[str, bytes]
) -> None:
    server.put("roster.zip", zipped(files).content)
    night(cast)
    with scope.within(cast.ferndale.pk):
        Feed.objects.update(host_key="")
    night(cast)
    assert [one.occasion for one in telling.standings()] == [Occasion.FAILED]

    with scope.within(cast.ferndale.pk):
        Feed.objects.update(host_key=feed.host_key)
    assert night(cast) is None
    assert list(telling.standings()) == []
    assert night(cast) is None
    assert notices(cast) == [Occasion.FAILED, Occasion.WELL]


def test_drop_that_failed_is_not_over_because_nothing_else_has_come(cast: Cast, feed: Feed, server: District) -> None:
    server.put("roster.zip", b"PK\x03\x04 this is none")
    night(cast)

    assert night(cast) is None
    assert [one.occasion for one in telling.standings()] == [Occasion.FAILED]
    assert notices(cast) == [Occasion.FAILED]


def test_nor_because_a_night_got_in_that_one_after_it_did_not(cast: Cast, feed: Feed, server: District) -> None:
    server.put("roster.zip", b"PK\x03\x04 this is none")
    night(cast)
    with scope.within(cast.ferndale.pk):
        Feed.objects.update(host_key="")
    night(cast)
    with scope.within(cast.ferndale.pk):
        Feed.objects.update(host_key=feed.host_key)

    assert night(cast) is None
    assert notices(cast) == [Occasion.FAILED, Occasion.FAILED]


def notices(cast: Cast) -> list[Occasion]:
    with scope.within(cast.ferndale.pk):
        return [Occasion(notice.occasion) for notice in Notice.objects.order_by("pk")]
