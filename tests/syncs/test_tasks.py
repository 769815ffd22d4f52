"""The jobs of syncs: claimed once, given up in the end, and files that expire."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from homeroom.audit.models import Event
from homeroom.districts import scope
from homeroom.roster.models import KINDS
from homeroom.syncs import actions, claims, pipeline, storage, tasks
from homeroom.syncs.claims import Claim, LostError
from homeroom.syncs.models import State, Sync
from tests.people import Cast
from tests.syncs.sending import Given, again, changed, files_of, onboard, roster, send, synced, work, zipped

Files = dict[str, bytes]


@pytest.fixture
def files(cast: Cast, data: Path, tmp_path: Path) -> Files:
    made = roster(tmp_path)
    onboard(cast.ferndale, made)
    return files_of(made.roster)


@pytest.fixture
def sync(cast: Cast, files: Files) -> Sync:
    """Queued."""
    return send(cast.district_admin, cast.ferndale, zipped(files))


def test_job_of_a_finished_sync_does_nothing(sync: Sync) -> None:
    done = work(sync)

    assert work(sync).run == done.run == 1


@pytest.mark.parametrize("deaths", [0, 3])
def test_job_clears_up_after_a_worker_that_died_in_the_last_moment(sync: Sync, data: Path, deaths: int) -> None:
    with scope.within(sync.district_id):
        for _ in range(deaths):
            claims.begin(sync.pk)
    if not deaths:
        work(sync)
    left = data / "syncs" / str(sync.district_id) / str(sync.pk) / "work" / "unpacked" / "users.csv"
    left.parent.mkdir(parents=True)
    left.write_text("as it came, with passwords")

    assert work(sync).is_final
    assert not left.parent.parent.exists()


def test_what_a_lost_transaction_left_is_not_taken_for_the_next_sync_of_its_number(sync: Sync, data: Path) -> None:
    received = storage.receive(sync.district, [Given("roster.zip", b"of the next one")])
    folder = data / "syncs" / str(sync.district_id) / str(sync.pk)
    assert (folder / "incoming" / "00-roster.zip").exists()

    storage.take(received, sync)

    assert (folder / "incoming" / "00-roster.zip").read_bytes() == b"of the next one"


def test_job_waits_while_another_worker_has_the_district(sync: Sync) -> None:
    with claims.taken(claims.Turn.of(sync)), pytest.raises(tasks.BusyError):
        work(sync)

    assert again(sync).state == State.QUEUED
    assert work(sync).state == State.COMPLETED


def test_sync_left_in_processing_is_taken_up_before_the_next_one(cast: Cast, sync: Sync, files: Files) -> None:
    with scope.within(sync.district_id):
        claims.begin(sync.pk)
    next_one = send(cast.district_admin, cast.ferndale, zipped(changed(files, "users", lambda rows: rows[:-1])))

    work(next_one)

    left, later = again(sync), again(next_one)
    assert (left.state, left.run, left.deaths) == (State.COMPLETED, 2, 1)
    assert later.started_at is not None
    assert left.finished_at is not None
    assert left.finished_at <= later.started_at


def test_sync_is_given_up_after_three_deaths_and_can_be_tried_again(cast: Cast, sync: Sync) -> None:
    with scope.within(sync.district_id):
        for _ in range(3):
            assert claims.begin(sync.pk) is not None

    given_up = work(sync)

    assert given_up.state == State.FAILED
    assert "three times" in given_up.reason
    assert work(actions.retry(by=cast.operator, sync=given_up)).state == State.COMPLETED


def test_worker_that_lost_a_sync_writes_nothing_to_it(sync: Sync) -> None:
    with scope.within(sync.district_id):
        first = claims.begin(sync.pk)
        claims.begin(sync.pk)
        assert first is not None
        with pytest.raises(LostError):
            Claim.of(first).tell("Applying the changes")


def test_worker_that_lost_a_sync_applies_nothing(sync: Sync, monkeypatch: pytest.MonkeyPatch) -> None:
    def lose(*_: object, **__: object) -> None:
        claims.begin(sync.pk)

    monkeypatch.setattr(pipeline.list_of_changes, "write", lose)

    tasks.run_sync(district_id=sync.district_id, sync_id=sync.pk)

    left = again(sync)
    assert (left.state, left.run, left.generation) == (State.PROCESSING, 2, None)


def test_worker_that_lost_a_sync_at_the_very_end_has_changed_nothing(
    cast: Cast, sync: Sync, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply = pipeline.store.apply

    def apply_and_lose(*args: Any, **kwargs: Any) -> None:
        apply(*args, **kwargs)
        claims.begin(sync.pk)

    monkeypatch.setattr(pipeline.store, "apply", apply_and_lose)

    tasks.run_sync(district_id=sync.district_id, sync_id=sync.pk)

    assert (again(sync).state, again(sync).generation) == (State.PROCESSING, None)
    with scope.within(cast.ferndale.pk):
        assert KINDS["users"].objects.count() == 0


def test_database_that_went_away_is_no_failure_of_the_sync(sync: Sync, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object, **__: object) -> None:
        raise OperationalError

    with monkeypatch.context() as patch:
        patch.setattr("homeroom.engine.validate", gone)
        with pytest.raises(OperationalError):
            work(sync)

    assert again(sync).state == State.PROCESSING
    assert work(sync).state == State.COMPLETED


def test_progress_is_told_while_a_sync_runs(sync: Sync, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, int, int]] = []
    tell = Claim.tell

    def listen(claim: Claim, stage: str) -> None:
        tell(claim, stage)
        now = again(sync)
        told.append((now.stage, now.steps_done, now.steps))

    monkeypatch.setattr(Claim, "tell", listen)

    work(sync)

    assert told[0] == ("Opening the delivery", 1, 0)
    assert [stage for stage, _, _ in told][-3:] == [
        "Comparing with the roster", "Writing down what changes", "Applying the changes",
    ]  # fmt: skip
    assert all(done <= steps for _, done, steps in told[1:])
    assert again(sync).stage == ""


def test_files_expire_and_what_was_found_stays(cast: Cast, files: Files, data: Path) -> None:
    old = synced(cast.district_admin, cast.ferndale, files)
    new = synced(cast.district_admin, cast.ferndale, changed(files, "users", lambda rows: rows[:-1]))
    age(old, days=31)

    tasks.expire_files(timestamp=0)

    assert not again(old).has_files
    assert again(new).has_files
    assert storage.delivery_as_zip(old) is storage.findings_file(old) is storage.changes_path(old) is None
    assert (again(old).counts, again(old).report, again(old).standing) == (old.counts, old.report, old.standing)
    with scope.within(cast.ferndale.pk):
        assert [event.what for event in Event.objects.filter(target_kind="sync", target_id=str(old.pk))] == [
            "sync.applied",
            "delivery.uploaded",
        ]
    assert {path.name for path in (data / "syncs" / str(cast.ferndale.pk)).iterdir()} == {str(new.pk)}


def test_held_sync_whose_files_expire_is_discarded(cast: Cast, files: Files) -> None:
    synced(cast.district_admin, cast.ferndale, files)
    held = synced(cast.district_admin, cast.ferndale, changed(files, "enrollments", lambda rows: rows[:50]))
    assert held.state == State.HELD
    age(held, days=31)

    tasks.expire_files(timestamp=0)

    assert again(held).state == State.DISCARDED
    assert again(held).reason == tasks.NOBODY_DECIDED
    with scope.within(cast.ferndale.pk):
        assert Event.objects.filter(what="sync.discarded", actor_id=None).exists()


def test_upload_that_nobody_confirmed_expires(cast: Cast, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    received = storage.receive(cast.ferndale, [Given("roster.zip", b"PK")])
    tasks.expire_files(timestamp=0)
    assert storage.received(cast.ferndale, received.ticket) == received

    monkeypatch.setattr(storage, "RECEIVED_FOR_SECONDS", -1)
    tasks.expire_files(timestamp=0)

    assert list((data / "syncs" / str(cast.ferndale.pk)).iterdir()) == []


def test_sync_whose_job_is_gone_gets_another_one(cast: Cast, sync: Sync) -> None:
    tasks.expire_files(timestamp=0)
    assert jobs() == [sync.pk]
    delete_jobs()

    tasks.expire_files(timestamp=0)

    assert jobs() == [sync.pk]


def test_sync_is_not_queued_twice(sync: Sync) -> None:
    tasks.enqueue(sync)

    assert jobs() == [sync.pk]


def test_jobs_and_events_hold_nothing_about_a_pupil(cast: Cast, sync: Sync, files: Files) -> None:
    work(sync)

    texts = [str(job.args) for job in ProcrastinateJob.objects.all()]
    with scope.within(cast.ferndale.pk):
        texts += [f"{event.target_name} {event.detail}" for event in Event.objects.all()]
        texts += [f"{row.report} {row.counts} {row.reason} {row.stage}" for row in Sync.objects.all()]
    rows = csv.DictReader(io.StringIO(files["users.csv"].decode(), newline=""))
    columns = ("sourcedId", "username", "givenName", "familyName", "email", "identifier", "phone")
    cells = {cell for row in rows for column in columns if len(cell := row[column]) > 5}
    assert len(cells) > 100
    assert [cell for cell in cells if any(cell in text for text in texts)] == []


def age(sync: Sync, *, days: int) -> None:
    with scope.within(sync.district_id):
        Sync.objects.filter(pk=sync.pk).update(created_at=timezone.now() - timedelta(days=days))


def jobs() -> list[int]:
    return [job.args["sync_id"] for job in ProcrastinateJob.objects.filter(task_name="run_sync")]


def delete_jobs() -> None:
    with connection.cursor() as cursor:
        cursor.execute("delete from procrastinate_jobs")
