"""Undo: asked for on the page, done by a worker in one transaction, or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from homeroom.audit.models import Event
from homeroom.districts import Refused, scope
from homeroom.districts.actions import schools
from homeroom.districts.models import School
from homeroom.roster.models import KINDS
from homeroom.syncs import actions, claims, tasks, undoing
from homeroom.syncs.models import State, Sync
from homeroom.syncs.reasons import OUR_MISTAKE
from tests.people import Cast
from tests.syncs.sending import again, changed, files_of, onboard, roster, send, synced, work, zipped

Files = dict[str, bytes]


@pytest.fixture
def files(cast: Cast, data: Path, tmp_path: Path) -> Files:
    made = roster(tmp_path)
    onboard(cast.ferndale, made)
    return files_of(made.roster)


@pytest.fixture
def last(cast: Cast, files: Files) -> Sync:
    """The second of two syncs, which ended three enrollments."""
    synced(cast.district_admin, cast.ferndale, files)
    return synced(cast.district_admin, cast.ferndale, fewer(files))


def fewer(files: Files) -> Files:
    return changed(files, "enrollments", lambda rows: rows[:-3])


def enrollments(cast: Cast) -> int:
    with scope.within(cast.ferndale.pk):
        return int(KINDS["enrollments"].objects.filter(is_active=True).count())


def undone(cast: Cast, sync: Sync) -> Sync:
    return work(actions.undo(by=cast.district_admin, sync=sync))


def test_asked_for_it_is_queued_with_its_job_and_nothing_is_changed_yet(cast: Cast, last: Sync) -> None:
    before = enrollments(cast)

    sync = actions.undo(by=cast.district_admin, sync=last)

    job = ProcrastinateJob.objects.get(task_name="run_sync", args__sync_id=last.pk, status="todo")
    assert (sync.state, sync.undone_by, sync.undone_at) == (State.UNDOING, cast.district_admin, None)
    assert job.lock == f"district {cast.ferndale.pk}"
    assert enrollments(cast) == before
    with scope.within(cast.ferndale.pk):
        assert Event.objects.latest("pk").what == "sync.undoing"


def test_it_is_asked_for_once(cast: Cast, last: Sync) -> None:
    actions.undo(by=cast.district_admin, sync=last)

    with pytest.raises(Refused, match="being undone already"):
        actions.undo(by=cast.operator, sync=last)


def test_its_job_waits_while_another_worker_has_the_district(cast: Cast, last: Sync) -> None:
    sync = actions.undo(by=cast.district_admin, sync=last)

    with claims.taken(claims.Turn.of(sync)), pytest.raises(tasks.BusyError):
        work(sync)

    assert again(sync).state == State.UNDOING
    assert work(sync).state == State.UNDONE


def test_job_that_was_lost_is_queued_anew(cast: Cast, last: Sync) -> None:
    sync = actions.undo(by=cast.district_admin, sync=last)
    ProcrastinateJob.objects.all().delete()

    tasks.expire_files(timestamp=0)

    assert ProcrastinateJob.objects.filter(task_name="run_sync").get().args["sync_id"] == sync.pk


def test_what_went_wrong_in_the_server_leaves_it_applied_and_is_said(
    cast: Cast, last: Sync, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = enrollments(cast)

    def break_off(*_: object) -> None:
        raise ValueError

    with monkeypatch.context() as patch:
        patch.setattr(schools, "found", break_off)
        sync = undone(cast, last)

    assert (sync.state, sync.undone_by, sync.reason) == (last.state, None, OUR_MISTAKE)
    assert enrollments(cast) == before
    assert undone(cast, sync).reason == ""


def test_it_is_given_up_after_three_deaths_and_can_be_asked_for_again(cast: Cast, last: Sync) -> None:
    sync = actions.undo(by=cast.district_admin, sync=last)
    with scope.within(sync.district_id):
        for _ in range(3):
            assert claims.begin(sync.pk) is not None

    given_up = work(sync)

    assert (given_up.state, given_up.undone_by) == (last.state, None)
    assert "three times" in given_up.reason
    assert undone(cast, given_up).state == State.UNDONE


def test_worker_that_lost_it_undoes_nothing(cast: Cast, last: Sync, monkeypatch: pytest.MonkeyPatch) -> None:
    before = enrollments(cast)
    sync = actions.undo(by=cast.district_admin, sync=last)
    found = schools.found

    def lose(*args: Any) -> None:
        found(*args)
        claims.begin(sync.pk)

    monkeypatch.setattr(schools, "found", lose)
    work(sync)

    assert again(sync).state == State.UNDOING
    assert enrollments(cast) == before


def test_roster_that_moved_meanwhile_is_left_alone_and_it_is_said(cast: Cast, last: Sync, files: Files) -> None:
    sync = actions.undo(by=cast.district_admin, sync=last)
    synced(cast.operator, cast.ferndale, files, confirm=True)  # as no worker would do it, since its job comes later
    before = enrollments(cast)

    left = work(sync)

    assert (left.state, left.reason) == (last.state, undoing.ONLY_THE_LAST)
    assert enrollments(cast) == before


@pytest.mark.parametrize("state", [State.QUEUED, State.PROCESSING])
def test_nothing_is_undone_while_a_sync_is_under_way(cast: Cast, last: Sync, files: Files, state: State) -> None:
    waiting = send(cast.district_admin, cast.ferndale, zipped(files), confirm=True)
    with scope.within(cast.ferndale.pk):
        Sync.objects.filter(pk=waiting.pk).update(state=state)

    with pytest.raises(Refused, match="Please wait until it has finished"):
        actions.undo(by=cast.district_admin, sync=last)
    with pytest.raises(Refused, match="while no other one is under way"):
        actions.changed_since(by=cast.district_admin, sync=last)


def names_of_schools(cast: Cast) -> list[str]:
    with scope.within(cast.ferndale.pk):
        return list(School.objects.order_by("pk").values_list("name", flat=True))


def test_last_applied_sync_is_undone(cast: Cast, files: Files) -> None:
    synced(cast.district_admin, cast.ferndale, files)
    before = enrollments(cast)
    last = synced(cast.district_admin, cast.ferndale, changed(files, "enrollments", lambda rows: rows[:-3]))
    gone = last.counts["enrollments"]["deactivated"]
    assert enrollments(cast) == before - gone

    sync = undone(cast, last)

    assert enrollments(cast) == before
    assert (sync.state, sync.undone_by, sync.stage) == (State.UNDONE, cast.district_admin, "")
    assert sync.undone_at is not None
    with scope.within(cast.ferndale.pk):
        event = Event.objects.filter(what="sync.undone").get()
    assert (event.detail["restored"]["enrollments"], event.detail["ended"]["enrollments"]) == (gone, 0)
    assert event.actor_id == cast.district_admin.pk


def test_undone_schools_are_called_as_before(cast: Cast, files: Files) -> None:
    synced(cast.district_admin, cast.ferndale, files)
    before = names_of_schools(cast)
    renamed = changed(files, "orgs", lambda rows: [{**row, "name": f"New {row['name']}"} for row in rows])
    last = synced(cast.district_admin, cast.ferndale, renamed)
    assert names_of_schools(cast) != before

    undone(cast, last)

    assert names_of_schools(cast) == before


@pytest.mark.django_db(transaction=True)
def test_undone_changes_come_again_with_the_next_delivery(cast: Cast, files: Files) -> None:
    synced(cast.district_admin, cast.ferndale, files)
    fewer = changed(files, "enrollments", lambda rows: rows[:-3])
    last = synced(cast.district_admin, cast.ferndale, fewer)
    undone(cast, last)

    redone = synced(cast.district_admin, cast.ferndale, fewer, confirm=True)

    assert redone.counts == last.counts


def test_earlier_sync_cannot_be_undone(cast: Cast, files: Files) -> None:
    first = synced(cast.district_admin, cast.ferndale, files)
    synced(cast.district_admin, cast.ferndale, changed(files, "enrollments", lambda rows: rows[:-3]))

    with pytest.raises(Refused, match="Only the last applied sync"):
        actions.undo(by=cast.district_admin, sync=first)


def test_undone_sync_cannot_be_undone_again(cast: Cast, files: Files) -> None:
    sync = undone(cast, synced(cast.district_admin, cast.ferndale, files))

    assert enrollments(cast) == 0
    with pytest.raises(Refused, match="Only the last applied sync"):
        actions.undo(by=cast.district_admin, sync=sync)
