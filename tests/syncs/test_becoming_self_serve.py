"""A district becomes self-serve: asked for on the page, done by a worker in one transaction, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from homeroom.audit.models import Event
from homeroom.districts import Refused, actions, scope
from homeroom.districts.actions import methods
from homeroom.districts.models import District, Method
from homeroom.feeds import drop_boxes
from homeroom.roster import store
from homeroom.roster.models import Enrollment, Origin, Person
from homeroom.syncs import actions as syncs
from homeroom.syncs import claims, nights, tasks
from homeroom.syncs.models import State, Sync
from tests.people import Cast, signed_in
from tests.syncs.sending import files_of, onboard, roster, send, synced, work, zipped

PAGE = "/operator/districts/ferndale/"
Files = dict[str, bytes]


@pytest.fixture
def files(cast: Cast, data: Path, tmp_path: Path) -> Files:
    made = roster(tmp_path)
    onboard(cast.ferndale, made)
    return files_of(made.roster)


@pytest.fixture
def last(cast: Cast, files: Files) -> Sync:
    """Ferndale has a roster."""
    return synced(cast.district_admin, cast.ferndale, files)


def ask(cast: Cast) -> District:
    return actions.change_method(by=cast.operator, district=cast.ferndale, method=Method.SELF_SERVE)


def do(cast: Cast) -> None:
    """What a worker does with the job."""
    tasks.change_method(district_id=cast.ferndale.pk)


def now(cast: Cast) -> District:
    return District.objects.get(pk=cast.ferndale.pk)


def synced_records(cast: Cast) -> tuple[int, int]:
    with scope.within(cast.ferndale.pk):
        return tuple(kind.objects.filter(origin=Origin.SYNC).count() for kind in (Person, Enrollment))


def events(cast: Cast) -> list[tuple[str, str]]:
    with scope.within(cast.ferndale.pk):
        found = Event.objects.filter(what__startswith="district.method").order_by("pk")
        return list(found.values_list("what", "actor_name"))


def test_asked_for_it_is_a_job_and_nothing_is_changed_yet(cast: Cast, last: Sync) -> None:
    before = synced_records(cast)

    ask(cast)

    job = ProcrastinateJob.objects.get(task_name="change_method", status="todo")
    assert (job.lock, job.args) == (f"district {cast.ferndale.pk}", {"district_id": cast.ferndale.pk})
    assert (now(cast).method, now(cast).is_becoming_self_serve) == (Method.ONEROSTER_CSV, True)
    assert synced_records(cast) == before
    assert events(cast) == [("district.method-changing", "Olive Operator")]


def test_done_the_method_is_the_new_one_and_the_records_are_its_own(cast: Cast, last: Sync) -> None:
    ask(cast)

    do(cast)
    do(cast)

    assert (now(cast).method, now(cast).is_becoming_self_serve) == (Method.SELF_SERVE, False)
    assert synced_records(cast) == (0, 0)
    assert events(cast) == [("district.method-changing", "Olive Operator"), ("district.method-changed", "")]


def test_page_says_at_once_that_it_is_under_way_and_then_that_it_is_done(cast: Cast, last: Sync) -> None:
    browser = signed_in(cast.operator)

    page = browser.post(f"{PAGE}method/", {"method": Method.SELF_SERVE}, follow=True)

    assert "Ferndale is becoming self-serve." in page.text
    assert "Until it is done the method is OneRoster CSV, and nothing is synced." in page.text
    assert 'hx-select="#method"' in page.text
    do(cast)
    assert "Self-serve: by hand and by uploads. " in browser.get(PAGE).text
    assert 'hx-select="#method"' not in browser.get(PAGE).text


def test_meanwhile_nothing_is_synced(cast: Cast, last: Sync, files: Files) -> None:
    """Not what is sent, tried again, or undone, and no other method is chosen."""
    ask(cast)

    with pytest.raises(Refused, match="Ferndale is becoming self-serve: from now on nothing is synced"):
        send(cast.district_admin, cast.ferndale, zipped(files, comment="again"))
    with pytest.raises(Refused, match="becoming self-serve"):
        syncs.undo(by=cast.district_admin, sync=last)
    with pytest.raises(Refused, match="becoming self-serve already"):
        actions.change_method(by=cast.operator, district=cast.ferndale, method=Method.CLASSLINK)
    with scope.within(cast.ferndale.pk):
        Sync.objects.filter(pk=last.pk).update(state=State.FAILED, reason="x")
    with pytest.raises(Refused, match="becoming self-serve"):
        syncs.retry(by=cast.operator, sync=last)


def test_night_is_not_begun_meanwhile_and_not_lost_should_it_fail(cast: Cast, last: Sync) -> None:
    drop_boxes.open_box(by=cast.operator, district=cast.ferndale)
    District.objects.filter(pk=cast.ferndale.pk).update(due_at=timezone.now())
    ask(cast)

    with pytest.raises(Refused, match="becoming self-serve"):
        nights.run_now(by=cast.operator, district=cast.ferndale)
    assert nights.begin_due() == 0
    with scope.within(cast.ferndale.pk):
        methods.give_up_change(cast.ferndale.pk, "The server was on fire.")
    assert nights.begin_due() == 1


def test_it_does_not_begin_while_a_sync_waits_or_is_worked_on(cast: Cast, files: Files) -> None:
    sync = send(cast.district_admin, cast.ferndale, zipped(files))

    page = signed_in(cast.operator).post(f"{PAGE}method/", {"method": Method.SELF_SERVE})

    assert "A sync of this district is under way. Change the method once it has ended." in page.text
    assert not now(cast).is_becoming_self_serve
    work(sync)
    assert ask(cast).is_becoming_self_serve


def test_its_job_waits_while_another_worker_has_the_district(cast: Cast, last: Sync) -> None:
    ask(cast)

    with claims.taken(claims.Turn.of_district(cast.ferndale.pk)), pytest.raises(tasks.BusyError):
        do(cast)

    assert now(cast).is_becoming_self_serve


def test_failure_is_said_and_nothing_is_half_done(cast: Cast, last: Sync, monkeypatch: pytest.MonkeyPatch) -> None:
    before = synced_records(cast)
    ask(cast)
    monkeypatch.setattr(store, "own", lambda district: Person.objects.update(origin=Origin.HAND) / 0)

    do(cast)

    assert (now(cast).method, now(cast).is_becoming_self_serve) == (Method.ONEROSTER_CSV, False)
    assert synced_records(cast) == before
    page = signed_in(cast.operator).get(PAGE).text
    assert "The method was not changed." in page
    assert "Something went wrong in the server itself." in page
    assert events(cast)[-1] == ("district.method-kept", "")
    monkeypatch.undo()
    ask(cast)
    do(cast)
    assert now(cast).method == Method.SELF_SERVE
    assert "was not changed" not in signed_in(cast.operator).get(PAGE).text


def test_it_is_given_up_after_three_deaths(cast: Cast, last: Sync) -> None:
    ask(cast)
    with scope.within(cast.ferndale.pk):
        for _ in range(3):
            assert methods.begin_change(cast.ferndale.pk) is not None

    do(cast)

    assert (now(cast).method, now(cast).is_becoming_self_serve) == (Method.ONEROSTER_CSV, False)
    assert "The server stopped three times while it changed the method." in signed_in(cast.operator).get(PAGE).text


def test_worker_that_was_taken_for_dead_changes_nothing_any_more(cast: Cast, last: Sync) -> None:
    before = synced_records(cast)
    ask(cast)
    with scope.within(cast.ferndale.pk):
        slow = methods.begin_change(cast.ferndale.pk)
        assert slow is not None
        methods.give_up_change(cast.ferndale.pk, "The server was on fire.")

        with pytest.raises(methods.NotChangingError):
            methods.finish_change(slow)

    assert synced_records(cast) == before
    assert now(cast).method == Method.ONEROSTER_CSV


def test_job_that_is_gone_is_made_anew(cast: Cast, last: Sync) -> None:
    ask(cast)
    ProcrastinateJob.objects.filter(task_name="change_method").delete()

    tasks.expire_files(timestamp=0)
    tasks.expire_files(timestamp=0)

    assert ProcrastinateJob.objects.filter(task_name="change_method").count() == 1
