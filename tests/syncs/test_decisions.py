"""What people decide about syncs: done by who may, refused to who may not, and the events that it leaves."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from homeroom.accounts.models import User
from homeroom.audit.models import Event
from homeroom.districts import Refused, scope
from homeroom.roster.models import KINDS
from homeroom.syncs import actions, storage
from homeroom.syncs.actions import SentBeforeError
from homeroom.syncs.models import State, Sync
from tests.people import Cast
from tests.syncs.sending import (
    Given,
    Rows,
    again,
    changed,
    files_of,
    onboard,
    roster,
    send,
    synced,
    work,
    zipped,
)

Files = dict[str, bytes]


@pytest.fixture
def files(cast: Cast, data: Path, tmp_path: Path) -> Files:
    made = roster(tmp_path)
    onboard(cast.ferndale, made)
    return files_of(made.roster)


@pytest.fixture
def held(cast: Cast, files: Files) -> Sync:
    synced(cast.district_admin, cast.ferndale, files)
    return synced(cast.district_admin, cast.ferndale, changed(files, "enrollments", half))


def half(rows: Rows) -> Rows:
    return rows[: len(rows) // 2]


def enrollments(cast: Cast) -> int:
    with scope.within(cast.ferndale.pk):
        return int(KINDS["enrollments"].objects.filter(is_active=True).count())


def events(cast: Cast) -> list[str]:
    with scope.within(cast.ferndale.pk):
        return [what for what in Event.objects.values_list("what", flat=True) if what.startswith(("sync", "delivery"))]


def test_upload_is_queued_with_its_job_and_its_event(cast: Cast, files: Files) -> None:
    sync = send(cast.district_admin, cast.ferndale, zipped(files))

    job = ProcrastinateJob.objects.get(task_name="run_sync")
    assert sync.state == State.QUEUED
    assert job.args == {"district_id": cast.ferndale.pk, "sync_id": sync.pk}
    assert job.lock == f"district {cast.ferndale.pk}"
    assert events(cast) == ["delivery.uploaded"]


@pytest.mark.parametrize("who", ["oak_admin", "outsider"])
def test_upload_is_refused_to_who_may_not_and_nothing_stays(cast: Cast, files: Files, data: Path, who: str) -> None:
    with pytest.raises(Refused):
        send(getattr(cast, who), cast.ferndale, zipped(files))

    assert [path for path in data.rglob("*") if path.is_file()] == []
    assert not ProcrastinateJob.objects.filter(task_name="run_sync").exists()


def test_same_bytes_are_recognised_and_can_be_confirmed_with_the_ticket(cast: Cast, files: Files) -> None:
    first = synced(cast.district_admin, cast.ferndale, files)
    received = storage.receive(cast.ferndale, [zipped(files)])

    with pytest.raises(SentBeforeError) as told:
        actions.start(by=cast.district_admin, district=cast.ferndale, received=received)
    found = storage.received(cast.ferndale, received.ticket)
    sync = actions.start(by=cast.district_admin, district=cast.ferndale, received=found, confirm=True)

    assert (told.value.sync_id, told.value.at) == (first.pk, first.created_at)
    assert found == received
    assert sync.state == State.QUEUED
    with pytest.raises(Refused, match="no longer there"):
        storage.received(cast.ferndale, received.ticket)


def test_same_bytes_are_not_synced_twice_at_a_time_even_if_confirmed(cast: Cast, files: Files) -> None:
    first = send(cast.district_admin, cast.ferndale, zipped(files))

    with pytest.raises(SentBeforeError) as told:
        send(cast.district_admin, cast.ferndale, zipped(files), confirm=True)

    assert told.value.sync_id == first.pk
    work(first)
    assert send(cast.district_admin, cast.ferndale, zipped(files), confirm=True).state == State.QUEUED


def test_same_loose_files_are_recognised_in_any_order(cast: Cast, files: Files) -> None:
    given = [Given(name, content) for name, content in files.items()]
    send(cast.district_admin, cast.ferndale, *given)

    with pytest.raises(SentBeforeError):
        send(cast.district_admin, cast.ferndale, *reversed(given))


@pytest.mark.parametrize("ticket", ["", "../../etc", "0" * 32])
def test_ticket_of_nobody_finds_nothing(cast: Cast, data: Path, ticket: str) -> None:
    with pytest.raises(Refused, match="no longer there"):
        storage.received(cast.ferndale, ticket)


def test_approved_changes_are_applied(cast: Cast, held: Sync) -> None:
    before = enrollments(cast)

    sync = work(actions.approve(by=cast.district_admin, sync=held, digest=held.changes_digest))

    assert (sync.state, sync.changes_digest) == (State.WITH_ERRORS, held.changes_digest)
    assert sync.approved_by == cast.district_admin
    assert enrollments(cast) == before - sync.counts["enrollments"]["deactivated"]
    assert events(cast)[:2] == ["sync.applied", "sync.approved"]


def test_what_was_not_shown_is_not_approved(cast: Cast, held: Sync) -> None:
    with pytest.raises(Refused, match="no longer what you saw"):
        actions.approve(by=cast.district_admin, sync=held, digest="0" * 64)


def test_approved_changes_that_are_others_by_now_are_held_anew(cast: Cast, files: Files, held: Sync) -> None:
    synced(cast.district_admin, cast.ferndale, changed(files, "enrollments", lambda rows: rows[:-3]))
    before = enrollments(cast)

    sync = work(actions.approve(by=cast.district_admin, sync=held, digest=held.changes_digest))

    assert (sync.state, sync.approved_digest, sync.approved_by) == (State.HELD, "", None)
    assert sync.changes_digest != held.changes_digest
    assert "decide once more" in sync.reason
    assert enrollments(cast) == before
    approved = work(actions.approve(by=cast.operator, sync=sync, digest=sync.changes_digest))
    assert approved.state == State.WITH_ERRORS


def test_discarded_sync_changes_nothing(cast: Cast, held: Sync) -> None:
    before = enrollments(cast)

    sync = actions.discard(by=cast.district_admin, sync=held)

    assert (sync.state, enrollments(cast)) == (State.DISCARDED, before)
    assert sync.finished_at is not None
    with pytest.raises(Refused, match="not held"):
        actions.approve(by=cast.district_admin, sync=sync, digest=sync.changes_digest)
    assert events(cast)[0] == "sync.discarded"


def test_sync_that_did_not_fail_is_not_tried_again(cast: Cast, files: Files) -> None:
    with pytest.raises(Refused, match="Only a sync that failed"):
        actions.retry(by=cast.operator, sync=synced(cast.district_admin, cast.ferndale, files))


def test_delivery_that_could_not_be_opened_is_not_tried_again(cast: Cast, data: Path) -> None:
    failed = work(send(cast.district_admin, cast.ferndale, Given("roster.zip", b"PK\x03\x04 no archive")))

    with pytest.raises(Refused, match="upload it again"):
        actions.retry(by=cast.operator, sync=failed)


DECISIONS: dict[str, Callable[[User, Sync], object]] = {
    "approve": lambda by, sync: actions.approve(by=by, sync=sync, digest=sync.changes_digest),
    "discard": lambda by, sync: actions.discard(by=by, sync=sync),
    "undo": lambda by, sync: actions.undo(by=by, sync=sync),
    "look what somebody changed since": lambda by, sync: actions.changed_since(by=by, sync=sync),
    "retry": lambda by, sync: actions.retry(by=by, sync=sync),
}


def test_decisions_are_refused_to_who_may_not(cast: Cast, held: Sync, subtests: pytest.Subtests) -> None:
    for who, (name, decide) in product(("oak_admin", "outsider"), DECISIONS.items()):
        with subtests.test(who=who, decision=name):
            with pytest.raises(Refused, match="You "):
                decide(getattr(cast, who), held)

            assert again(held).state == State.HELD


@pytest.mark.parametrize(
    ("columns", "constraint"),
    [
        ({"state": "lost"}, "sync_state_is_known"),
        ({"state": State.COMPLETED}, "sync_is_finished_in_final_states_only"),
        ({"finished_at": timezone.now()}, "sync_is_finished_in_final_states_only"),
        ({"state": State.FAILED, "finished_at": timezone.now()}, "sync_says_why"),
        ({"state": State.HELD, "reason": "too many"}, "sync_held_for_its_digest"),
        ({"state": State.UNDONE, "finished_at": timezone.now()}, "sync_undone_at_some_time"),
        ({"method": "by post"}, "sync_method_is_known"),
    ],
)
def test_database_says_no(cast: Cast, columns: dict[str, object], constraint: str) -> None:
    with scope.within(cast.ferndale.pk):
        sync = a_sync(cast)
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            Sync.objects.filter(pk=sync.pk).update(**columns)


def test_database_lets_one_sync_of_a_district_be_processed(cast: Cast) -> None:
    with scope.within(cast.ferndale.pk):
        a_sync(cast, state=State.PROCESSING)
        with pytest.raises(IntegrityError, match="sync_one_at_a_time_in_district"), transaction.atomic():
            a_sync(cast, state=State.PROCESSING)


def a_sync(cast: Cast, **columns: object) -> Sync:
    return Sync.objects.create(
        district=cast.ferndale, method=cast.ferndale.method, delivery_name="r.zip", delivery_bytes=1, **columns
    )
