"""Nights that fetch from a district's SFTP server: the newest finished drop becomes the roster, once."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from homeroom.districts import scope
from homeroom.districts.models import School
from homeroom.feeds import actions as feeds
from homeroom.feeds import drop_boxes
from homeroom.feeds.connections import box_of
from homeroom.feeds.credentials import Credentials
from homeroom.feeds.models import Feed
from homeroom.notices.models import Notice
from homeroom.sources.drop_box import Box
from homeroom.syncs import actions, nights, storage, tasks, telling
from homeroom.syncs.models import State, Sync
from tests.feeds.sftp import feed, server, unconfirmed
from tests.people import Cast, signed_in
from tests.sources.sftp_servers import USER, District
from tests.syncs.collected import night as night_with_a_sync
from tests.syncs.conftest import data
from tests.syncs.dropped import box, everybody, files, looked, night, people, put, run_now
from tests.syncs.sending import PASSWORD, changed, with_passwords, zipped

__all__ = ["box", "data", "feed", "files", "server", "unconfirmed"]  # fixtures are found where they are imported

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("data")]


def test_night_takes_the_newest_finished_drop(
    cast: Cast, feed: Feed, server: District, files: dict[str, bytes]
) -> None:
    server.put("old.zip", b"damaged", seconds_ago=9_000)
    server.put("roster.zip", zipped(files).content)
    server.put("next.zip", b"half", seconds_ago=1)

    sync = night(cast)

    assert sync is not None
    assert (sync.state, sync.format, sync.is_collected) == (State.COMPLETED, "oneroster", True), sync.reason
    assert sync.delivery_name == "roster.zip from 127.0.0.1"
    assert people(cast) == everybody(files)
    assert "“roster.zip” of" in looked(cast)


def test_loose_files_are_a_roster_too(cast: Cast, feed: Feed, server: District, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        server.put(f"out/{name}", content)

    sync = night(cast)

    assert sync is not None
    assert (sync.state, people(cast)) == (State.COMPLETED, everybody(files))


def test_same_drop_is_not_taken_twice_and_leaves_no_sync(
    cast: Cast, feed: Feed, server: District, files: dict[str, bytes]
) -> None:
    server.put("roster.zip", zipped(files).content)
    first = night(cast)
    read = server.read_bytes

    assert night(cast) is None
    assert server.read_bytes == read
    assert "Nothing new is finished. “roster.zip” of" in looked(cast)
    assert first is not None
    assert storage.has_files(first)


def test_same_bytes_in_another_drop_change_nothing(
    cast: Cast, feed: Feed, server: District, files: dict[str, bytes]
) -> None:
    server.put("monday.zip", zipped(files).content, seconds_ago=9_000)
    first = night(cast)
    server.put("tuesday.zip", zipped(files).content)
    second = night(cast)

    assert first is not None
    assert second is not None
    assert (second.state, second.generation) == (State.COMPLETED, None)
    assert second.delivery_digest == first.delivery_digest


def test_older_drop_is_not_taken_after_a_newer_one(
    cast: Cast, feed: Feed, server: District, files: dict[str, bytes]
) -> None:
    server.put("older.zip", zipped(files, comment="older").content, seconds_ago=9_000)
    newer = server.put("newer.zip", zipped(files).content)
    night(cast)
    newer.unlink()

    assert night(cast) is None


def test_drop_is_taken_once_more_where_a_school_was_onboarded(
    cast: Cast, feed: Feed, server: District, files: dict[str, bytes]
) -> None:
    with scope.within(cast.ferndale.pk):
        here = School.objects.filter(is_onboarded=True, source_id__in=_schools(files)[1:])
        left_out = list(here.values_list("pk", flat=True))
        here.update(is_onboarded=False)
    server.put("roster.zip", zipped(files).content)
    night(cast)
    some = people(cast)
    with scope.within(cast.ferndale.pk):
        School.objects.filter(pk__in=left_out).update(is_onboarded=True)

    assert night(cast) is not None
    assert some < people(cast) == everybody(files)
    assert night(cast) is None


def _schools(files: dict[str, bytes]) -> list[str]:
    return sorted(line.split(b",")[0].decode().strip('"') for line in files["orgs.csv"].splitlines()[1:])


@pytest.mark.parametrize("there", ["nothing", "growing", "taken"])
def test_night_without_a_new_drop_is_no_failure_and_no_sync(
    cast: Cast, feed: Feed, server: District, files: dict[str, bytes], there: str
) -> None:
    if there != "nothing":
        server.put("roster.zip", zipped(files).content, seconds_ago=1 if there == "growing" else 3_600)
    if there == "taken":
        night(cast)

    assert night(cast) is None
    with scope.within(cast.ferndale.pk):
        assert not Notice.objects.exclude(occasion="").filter(occasion="failed").exists()
    page = signed_in(cast.district_admin).get("/d/ferndale/sync-reports/").text
    assert "Last looked on" in page


def test_nothing_came_is_told_although_every_night_looked(
    cast: Cast, feed: Feed, server: District, files: dict[str, bytes]
) -> None:
    server.put("roster.zip", zipped(files).content)
    night(cast)
    long_ago = timezone.now() - timedelta(days=9)
    cast.ferndale.expected_every_days, cast.ferndale.expected_since = 7, long_ago
    cast.ferndale.save()
    with scope.within(cast.ferndale.pk):
        Sync.objects.update(created_at=timezone.now() - timedelta(days=8))
    run_now_found_nothing(cast, server)

    assert telling.tell_of_missing_deliveries() == 1


def run_now_found_nothing(cast: Cast, server: District) -> None:
    for path in server.folder.iterdir():
        path.unlink()
    sync = run_now(cast)
    assert (sync.state, sync.delivery_digest) == (State.DISCARDED, "")


def test_run_now_takes_what_is_there_and_says_if_nothing_is(
    cast: Cast, feed: Feed, server: District, files: dict[str, bytes]
) -> None:
    sync = run_now(cast)
    assert sync.state == State.DISCARDED
    assert sync.reason == "There is no roster in the folder: no zip archive, and no OneRoster CSV files."
    assert sync.reason in signed_in(cast.operator).get(f"/d/ferndale/sync-reports/{sync.pk}/").text

    server.put("roster.zip", zipped(files).content)
    assert run_now(cast).state == State.COMPLETED
    again = run_now(cast)
    assert (again.state, again.generation) == (State.COMPLETED, None)


def test_cut_connection_is_tried_again_as_the_same_sync_and_goes_on(
    cast: Cast, feed: Feed, server: District, files: dict[str, bytes]
) -> None:
    content = zipped({**files, "padding.txt": os.urandom(10_000_000)}).content
    server.put("roster.zip", content)
    server.cuts_after_bytes = 6_000_000
    failed = night(cast)
    assert failed is not None
    assert (failed.state, "was cut off" in failed.reason) == (State.FAILED, True)
    before, server.read_bytes = server.read_bytes, 0

    sync = night(cast)

    assert sync is not None
    assert (sync.pk, sync.state) == (failed.pk, State.COMPLETED), sync.reason
    assert before > 0 < server.read_bytes < len(content)
    assert people(cast) == everybody(files)


def test_wrong_password_fails_the_night_and_tells_it(cast: Cast, feed: Feed, server: District) -> None:
    feeds.rotate_credentials(by=cast.operator, district=cast.ferndale, credentials=Credentials(USER, "wrong"))

    sync = night(cast)

    assert sync is not None
    assert (sync.state, "did not let the user" in sync.reason) == (State.FAILED, True)
    assert telling.harmless_reason(sync) == sync.reason


def test_server_that_nobody_confirmed_or_that_is_another_is_not_asked(
    cast: Cast, unconfirmed: Feed, server: District
) -> None:
    server.put("roster.zip")
    sync = night(cast)
    assert sync is not None
    assert "Nobody has confirmed yet" in sync.reason

    feeds.confirm_host_key(by=cast.operator, district=cast.ferndale, host_key=District(server.folder).host_key_line)
    sync = night(cast)
    assert sync is not None
    assert "instead of the host key that was confirmed" in sync.reason
    assert server.logins == []


def test_drop_that_is_no_roster_fails_once_and_what_was_fetched_is_gone(
    cast: Cast, feed: Feed, server: District
) -> None:
    server.put("roster.zip", b"not a zip at all")

    sync = night(cast)

    assert sync is not None
    assert sync.state == State.FAILED
    assert telling.harmless_reason(sync).startswith("The delivery is not a zip archive.")
    assert not storage.has_files(sync)
    assert night(cast) is None


def test_drop_that_failed_is_fetched_once_more_if_somebody_tries_again(
    cast: Cast, feed: Feed, server: District, files: dict[str, bytes]
) -> None:
    path = server.put("roster.zip", b"not a zip at all")
    failed = night(cast)
    assert failed is not None
    at = path.stat().st_mtime
    path.write_bytes(zipped(files).content)
    os.utime(path, (at - 60, at - 60))

    sync = actions.retry(by=cast.operator, sync=failed)
    tasks.run_sync(district_id=cast.ferndale.pk, sync_id=sync.pk)

    with scope.within(cast.ferndale.pk):
        assert Sync.objects.get(pk=sync.pk).state == State.COMPLETED
    assert people(cast) == everybody(files)


def test_passwords_are_taken_out_before_anything_is_kept(
    cast: Cast, feed: Feed, server: District, files: dict[str, bytes], data: Path
) -> None:
    for name, content in with_passwords(files).items():
        server.put(name, content)

    sync = night(cast)

    assert sync is not None
    assert sync.state == State.COMPLETED
    kept = [path for path in data.rglob("*") if path.is_file()]
    assert kept
    assert not [path for path in kept if PASSWORD.encode() in path.read_bytes()]


def test_reports_name_the_row_and_the_delivery_can_be_had(
    cast: Cast, feed: Feed, server: District, files: dict[str, bytes]
) -> None:
    broken = changed(files, "users", lambda rows: [{**rows[0], "role": "pirate"}, *rows[1:]])
    server.put("roster.zip", zipped(broken).content)
    sync = night(cast)
    assert sync is not None
    assert sync.state == State.WITH_ERRORS
    browser: Client = signed_in(cast.district_admin)

    page = browser.get(f"/d/ferndale/sync-reports/{sync.pk}/").text
    report = b"".join(browser.get(f"/d/ferndale/sync-reports/{sync.pk}/files/users_sync_report.csv"))

    assert report.decode("utf-8-sig").splitlines()[0] == "Row Number,SourcedId,Field,Status,Error Message"
    assert "Collected: roster.zip from 127.0.0.1" in page
    assert "delivery.zip" in page


def test_night_takes_the_newest_finished_drop_out_of_the_box(cast: Cast, box: Box, files: dict[str, bytes]) -> None:
    put(box, "old.zip", b"damaged", seconds_ago=9_000)
    put(box, "roster.zip", zipped(files).content)
    put(box, "next.zip", b"half", seconds_ago=10)
    box.begin("next.zip")

    sync = night(cast)

    assert sync is not None
    assert (sync.state, sync.delivery_name) == (State.COMPLETED, "roster.zip from the drop box"), sync.reason
    assert people(cast) == everybody(files)
    assert [path.name for path in box.files.iterdir()] == ["next.zip"]
    assert night(cast) is None


def test_loose_files_are_taken_out_of_the_box(cast: Cast, box: Box, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        put(box, name, content)

    sync = night(cast)

    assert sync is not None
    assert (sync.state, people(cast)) == (State.COMPLETED, everybody(files))
    assert list(box.files.iterdir()) == []


def test_passwords_in_a_drop_box_are_gone_once_it_was_taken(
    cast: Cast, box: Box, files: dict[str, bytes], data: Path
) -> None:
    for name, content in with_passwords(files).items():
        put(box, name, content)

    night(cast)

    kept = [path for path in data.rglob("*") if path.is_file()]
    assert kept
    assert not [path for path in kept if PASSWORD.encode() in path.read_bytes()]


def test_what_was_taken_before_a_worker_died_is_taken_once(
    cast: Cast, box: Box, files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    put(box, "roster.zip", zipped(files).content)
    monkeypatch.setattr(Box, "clear", lambda *_: None)  # it died just before
    first = night(cast)
    monkeypatch.undo()
    again = night(cast)

    assert first is not None
    assert again is not None
    assert (first.state, again.state, again.generation) == (State.COMPLETED, State.COMPLETED, None)
    assert list(box.files.iterdir()) == []


def test_drop_of_one_district_is_never_the_roster_of_another(cast: Cast, box: Box, files: dict[str, bytes]) -> None:
    drop_boxes.open_box(by=cast.operator, district=cast.lakeside)
    other = box_of(cast.lakeside.pk)
    other.make()
    put(other, "roster.zip", zipped(files).content)

    assert night(cast) is None
    assert other.path("roster.zip").exists()


def test_night_that_is_paused_fetches_nothing(cast: Cast, feed: Feed, server: District) -> None:
    feeds.pause(by=cast.operator, district=cast.ferndale)

    assert nights.begin_due() == 0


def test_failed_night_after_which_nothing_is_new_says_so(cast: Cast, feed: Feed, server: District) -> None:
    server.put("roster.zip", os.urandom(10_000_000))
    server.cuts_after_bytes = 6_000_000
    failed = night_with_a_sync(cast)
    (server.folder / "roster.zip").unlink()

    sync = night_with_a_sync(cast)

    assert (sync.pk, sync.state) == (failed.pk, State.DISCARDED)
    assert "There is no roster in the folder" in sync.reason
