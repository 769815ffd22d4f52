"""Drops after something went wrong: what is tried once more, and what is taken once more."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.db import OperationalError

from homeroom.districts import scope
from homeroom.feeds import actions as feeds
from homeroom.feeds import drop_boxes
from homeroom.feeds.credentials import Credentials
from homeroom.feeds.models import Feed
from homeroom.sources.drop_box import Box
from homeroom.syncs import actions, claims, nights, tasks
from homeroom.syncs.models import State, Sync
from homeroom.syncs.reasons import DIED, OUR_MISTAKE
from tests.feeds.sftp import CREDENTIALS, feed, server, unconfirmed
from tests.people import Cast
from tests.sources.sftp_servers import USER, District
from tests.syncs.collected import let_it_be_due
from tests.syncs.conftest import data
from tests.syncs.dropped import box, everybody, files, night, people, put, tried_once_more
from tests.syncs.sending import work, zipped

__all__ = ["box", "data", "feed", "files", "server", "unconfirmed"]  # fixtures are found where they are imported

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("data")]


def test_failed_sync_stays_where_trying_once_more_finds_an_empty_box(cast: Cast, box: Box) -> None:
    put(box, "roster.zip", b"not a zip at all")
    failed = night(cast)
    assert failed is not None
    assert list(box.files.iterdir()) == []

    again = tried_once_more(cast, failed)

    assert again.state == State.DISCARDED
    assert "There is no roster in the folder" in again.reason


def test_trying_once_more_takes_what_there_is_though_it_was_taken_before(
    cast: Cast, feed: Feed, server: District, files: dict[str, bytes]
) -> None:
    server.put("roster.zip", zipped(files).content)
    night(cast)
    feeds.rotate_credentials(by=cast.operator, district=cast.ferndale, credentials=Credentials(USER, "wrong"))
    failed = night(cast)
    assert failed is not None
    assert failed.state == State.FAILED
    feeds.rotate_credentials(by=cast.operator, district=cast.ferndale, credentials=CREDENTIALS)

    again = tried_once_more(cast, failed)

    assert (again.state, again.delivery_name) == (State.COMPLETED, "roster.zip from 127.0.0.1"), again.reason


def test_night_on_which_a_worker_died_and_nothing_is_new_is_as_if_it_had_not_been(
    cast: Cast, feed: Feed, server: District
) -> None:
    let_it_be_due(cast.ferndale)
    nights.begin_due()
    with scope.within(cast.ferndale.pk):
        sync = Sync.objects.get()
        claims.begin(sync.pk)  # and no more is heard of it
    tasks.run_sync(district_id=cast.ferndale.pk, sync_id=sync.pk)

    with scope.within(cast.ferndale.pk):
        assert not Sync.objects.exists()


def begun(cast: Cast) -> Sync:
    """A night that has begun, and on which nobody has worked yet."""
    let_it_be_due(cast.ferndale)
    nights.begin_due()
    with scope.within(cast.ferndale.pk):
        return Sync.objects.all()[0]


def test_drop_that_failed_by_a_mistake_of_ours_is_taken_the_next_night(
    cast: Cast, feed: Feed, server: District, files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    server.put("roster.zip", zipped(files).content)
    with monkeypatch.context() as mistaken:
        mistaken.setattr("homeroom.engine.validate", None)
        failed = night(cast)
    assert failed is not None
    assert (failed.state, failed.reason) == (State.FAILED, OUR_MISTAKE)

    sync = night(cast)

    assert sync is not None
    assert (sync.pk > failed.pk, sync.state) == (True, State.COMPLETED)


def test_drop_over_which_workers_died_is_taken_the_next_night(
    cast: Cast, feed: Feed, server: District, files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    server.put("roster.zip", zipped(files).content)
    sync = begun(cast)
    with monkeypatch.context() as dying:
        dying.setattr("homeroom.engine.validate", died)
        for _ in range(claims.MOST_DEATHS):
            with pytest.raises(OperationalError):
                tasks.run_sync(district_id=cast.ferndale.pk, sync_id=sync.pk)
    tasks.run_sync(district_id=cast.ferndale.pk, sync_id=sync.pk)
    with scope.within(cast.ferndale.pk):
        assert Sync.objects.get().reason == DIED

    again = night(cast)

    assert again is not None
    assert again.state == State.COMPLETED


def died(*_: object, **__: object) -> None:
    raise OperationalError


def test_drop_in_which_the_rules_stopped_is_not_taken_again(
    cast: Cast, feed: Feed, server: District, files: dict[str, bytes]
) -> None:
    server.put("roster.zip", zipped({name: content for name, content in files.items() if name != "orgs.csv"}).content)
    failed = night(cast)
    assert failed is not None
    assert (failed.state, bool(failed.report)) == (State.FAILED, True)

    assert night(cast) is None


@pytest.mark.django_db(transaction=True)
def test_drop_that_was_undone_is_taken_the_next_night(
    cast: Cast, feed: Feed, server: District, files: dict[str, bytes]
) -> None:
    server.put("roster.zip", zipped(files).content)
    first = night(cast)
    assert first is not None
    work(actions.undo(by=cast.operator, sync=first))
    assert people(cast) == 0

    assert night(cast) is not None
    assert people(cast) == everybody(files)


def test_what_was_fetched_is_gone_once_the_night_will_not_go_on_with_it(
    cast: Cast, feed: Feed, server: District, data: Path
) -> None:
    server.put("roster.zip", os.urandom(10_000_000))
    server.cuts_after_bytes = 6_000_000
    failed = night(cast)
    assert failed is not None
    assert list(data.rglob("00-roster.zip"))
    feeds.rotate_credentials(by=cast.operator, district=cast.ferndale, credentials=Credentials(USER, "wrong"))

    night(cast)

    assert not list(data.rglob("00-roster.zip"))


def test_zip_that_arrives_while_another_is_synced_is_begun_as_soon_as_that_is_over(cast: Cast, box: Box) -> None:
    keys = {"box_keys": "", "needs_key": False}
    drop_boxes.change_box(by=cast.operator, district=cast.ferndale, takes_at_once=True, **keys)
    drop_boxes.note_arrival(cast.ferndale.pk, "first.zip")
    assert nights.begin_due() == 1
    drop_boxes.note_arrival(cast.ferndale.pk, "second.zip")

    assert nights.begin_due() == 0
    with scope.within(cast.ferndale.pk):
        first = Sync.objects.get()
    tasks.run_sync(district_id=cast.ferndale.pk, sync_id=first.pk)

    assert nights.begin_due() == 1
