"""Syncs on real workers: killed at any stage, and many at once."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from homeroom.audit.models import Event
from homeroom.districts import actions as districts
from homeroom.districts import scope
from homeroom.districts.models import District, Method
from homeroom.embedded_postgres import Urls
from homeroom.roster.models import KINDS, Class, Enrollment, Origin, Person
from homeroom.syncs import actions, tasks
from homeroom.syncs.models import State, Sync
from tests.people import Cast, a_district
from tests.syncs.sending import Rows, again, changed, files_of, onboard, roster, send, synced, with_passwords, zipped
from tests.syncs.working import end, is_final, start_worker, wait_for, watch_for

pytestmark = pytest.mark.django_db(transaction=True)

DISTRICTS = 20
TWICE = 6


def renamed(rows: Rows) -> Rows:
    return [
        {**row, "givenName": f"{row['givenName']} II"} if number % 3 == 0 else row for number, row in enumerate(rows)
    ]


def people(district: District) -> tuple[int, int]:
    """How many there are, and how many of them were renamed."""
    with scope.within(district.pk):
        active = KINDS["users"].objects.filter(is_active=True)
        return active.count(), active.filter(given_name__endswith=" II").count()


def stage_of(sync: Sync) -> str:
    found = again(sync)
    return found.stage if found.state == State.PROCESSING else found.state


def forget_workers(urls: Urls) -> None:
    """As if no worker that there was had been heard of for long."""
    with psycopg.connect(urls.app) as own:
        own.execute("update procrastinate_workers set last_heartbeat = now() - interval '1 hour'")


def sweep_up(urls: Urls) -> None:
    """What a worker does every quarter of a minute."""
    forget_workers(urls)
    tasks.sweep(timestamp=0)


@pytest.fixture
def before(cast: Cast, data: Path, tmp_path: Path) -> dict[str, bytes]:
    """Ferndale has this roster."""
    made = roster(tmp_path, users=3000)
    onboard(cast.ferndale, made)
    files = files_of(made.roster)
    synced(cast.district_admin, cast.ferndale, files)
    return files


@pytest.mark.parametrize(
    "stage",
    ["queued", "Opening", "Reading enrollments", "Checking", "Comparing", "Writing down what changes", "Applying"],
)
def test_worker_killed_at_any_stage_leaves_the_roster_before_or_after(
    cast: Cast, before: dict[str, bytes], database: Urls, data: Path, stage: str
) -> None:
    there = people(cast.ferndale)
    sync = send(cast.district_admin, cast.ferndale, zipped(changed(before, "users", renamed)))
    worker = start_worker(database, data)
    watch_for(lambda: stage_of(sync).startswith(stage) or is_final(sync), seconds=60)
    worker.kill()
    worker.wait(10)

    assert people(cast.ferndale) == (there if not is_final(sync) else (there[0], -(-there[0] // 3)))
    sweep_up(database)
    second = start_worker(database, data)
    try:
        assert wait_for(lambda: is_final(sync), seconds=60), stage_of(sync)
        # The first may have settled the sync and died before it said so: the job ends soon, too.
        assert wait_for(lambda: not ProcrastinateJob.objects.filter(task_name="run_sync").exists(), seconds=60)
    finally:
        end(second)
    assert again(sync).state == State.COMPLETED
    assert people(cast.ferndale) == (there[0], -(-there[0] // 3))


def test_living_worker_takes_over_from_a_dead_one_by_itself(
    cast: Cast, before: dict[str, bytes], database: Urls, data: Path
) -> None:
    sync = send(cast.district_admin, cast.ferndale, zipped(changed(before, "users", renamed)))
    worker = start_worker(database, data)
    watch_for(lambda: stage_of(sync).startswith("Reading"), seconds=60)
    worker.kill()
    worker.wait(10)
    forget_workers(database)

    second = start_worker(database, data)
    try:
        assert wait_for(lambda: is_final(sync), seconds=60), stage_of(sync)
    finally:
        end(second)
    assert (again(sync).state, again(sync).run, again(sync).deaths) == (State.COMPLETED, 2, 1)


def test_job_of_a_dead_worker_makes_way_for_the_one_that_waits_for_it(
    cast: Cast, before: dict[str, bytes], database: Urls, data: Path
) -> None:
    """Of a sync that was asked for once more while its worker had it; both jobs hold the district's lock."""
    sync = send(cast.district_admin, cast.ferndale, zipped(changed(before, "users", renamed)))
    its_jobs = ProcrastinateJob.objects.filter(queueing_lock=f"sync {sync.pk}")
    with psycopg.connect(database.app) as own:
        begun = "update procrastinate_jobs set status = 'doing', worker_id = null where id = %s"
        own.execute(begun, [its_jobs.get().pk])
    with scope.within(cast.ferndale.pk):
        tasks.enqueue(again(sync))
    assert set(its_jobs.values_list("status", flat=True)) == {"doing", "todo"}

    worker = start_worker(database, data)  # which sweeps by itself
    try:
        assert wait_for(lambda: is_final(sync), seconds=60), stage_of(sync)
        assert wait_for(lambda: not its_jobs.exists(), seconds=60)
    finally:
        end(worker)
    assert again(sync).state == State.COMPLETED


def test_worker_killed_in_the_middle_of_an_undo_has_taken_back_nothing_and_another_one_does_it_once(
    cast: Cast, before: dict[str, bytes], database: Urls, data: Path
) -> None:
    as_before = people(cast.ferndale)
    renamed_all = synced(cast.district_admin, cast.ferndale, changed(before, "users", renamed))
    as_synced = people(cast.ferndale)
    sync = actions.undo(by=cast.district_admin, sync=renamed_all)
    with psycopg.connect(database.app) as own:  # the undo comes as far as the enrollments, and stands still there
        own.execute("lock table roster_enrollment in exclusive mode")
        worker = start_worker(database, data)
        assert wait_for(lambda: again(sync).stage == "Taking back what was done to enrollments", seconds=60)
        worker.kill()
        worker.wait(10)

    assert again(sync).state == State.UNDOING
    assert people(cast.ferndale) == as_synced
    sweep_up(database)
    second = start_worker(database, data)
    try:
        assert wait_for(lambda: is_final(sync), seconds=60), stage_of(sync)
    finally:
        end(second)
    undone = again(sync)
    assert (undone.state, undone.undone_by, undone.deaths) == (State.UNDONE, cast.district_admin, 1)
    assert people(cast.ferndale) == as_before
    with scope.within(cast.ferndale.pk):
        assert Event.objects.filter(what="sync.undone").count() == 1


def test_worker_killed_while_a_district_becomes_self_serve_has_changed_nothing_and_another_one_does_it_once(
    cast: Cast, before: dict[str, bytes], database: Urls, data: Path
) -> None:
    as_synced = people(cast.ferndale), synced_records(cast.ferndale)
    districts.change_method(by=cast.operator, district=cast.ferndale, method=Method.SELF_SERVE)
    with psycopg.connect(database.app) as own:  # it comes as far as the enrollments, and stands still there
        own.execute("lock table roster_enrollment in exclusive mode")
        worker = start_worker(database, data)
        assert wait_for(lambda: is_waited_for("roster_enrollment"), seconds=60)
        worker.kill()
        worker.wait(10)

    cast.ferndale.refresh_from_db()
    assert (cast.ferndale.method, cast.ferndale.is_becoming_self_serve) == (Method.ONEROSTER_CSV, True)
    assert (people(cast.ferndale), synced_records(cast.ferndale)) == as_synced
    sweep_up(database)
    second = start_worker(database, data)
    try:
        assert wait_for(lambda: District.objects.get(pk=cast.ferndale.pk).method == Method.SELF_SERVE, seconds=60)
    finally:
        end(second)
    assert (people(cast.ferndale), synced_records(cast.ferndale)) == (as_synced[0], 0)
    with scope.within(cast.ferndale.pk):
        assert Event.objects.filter(what="district.method-changed").count() == 1
    assert not ProcrastinateJob.objects.filter(task_name="change_method").exists()


def synced_records(district: District) -> int:
    with scope.within(district.pk):
        return sum(kind.objects.filter(origin=Origin.SYNC).count() for kind in (Person, Class, Enrollment))


def is_waited_for(table: str) -> bool:
    """Whether some connection waits for a lock on the table."""
    with connection.cursor() as cursor:
        cursor.execute("select exists (select from pg_locks where relation = %s::regclass and not granted)", [table])
        return bool(cursor.fetchone()[0])


@pytest.mark.parametrize("stage", ["Reading", "Applying"])
def test_worker_whose_database_went_away_leaves_the_roster_before_or_after(
    cast: Cast, before: dict[str, bytes], database: Urls, data: Path, stage: str
) -> None:
    there = people(cast.ferndale)
    sync = send(cast.district_admin, cast.ferndale, zipped(changed(before, "users", renamed)))
    worker = start_worker(database, data)
    watch_for(lambda: stage_of(sync).startswith(stage) or is_final(sync), seconds=60)

    try:
        cut_connections(database)

        assert people(cast.ferndale) in (there, (there[0], -(-there[0] // 3)))
        assert wait_for(lambda: is_final(sync), seconds=120), stage_of(sync)
    finally:
        end(worker)
    assert (again(sync).state, again(sync).reason) == (State.COMPLETED, "")
    assert people(cast.ferndale) == (there[0], -(-there[0] // 3))


def cut_connections(urls: Urls) -> None:
    """As if the database had ended and come back."""
    connection.close()
    with psycopg.connect(urls.app) as own:
        own.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where usename = current_user and pid <> pg_backend_pid()"
        )


def test_many_districts_on_four_workers_are_synced_once_each(
    cast: Cast, data: Path, tmp_path: Path, database: Urls
) -> None:
    made = roster(tmp_path)
    files = files_of(made.roster)
    districts = [a_district(cast.operator, f"District {number}") for number in range(DISTRICTS)]
    for district in districts:
        onboard(district, made)
    syncs = [send_by_operator(cast, district, files) for district in districts]
    fewer = changed(files, "enrollments", lambda rows: rows[:-1])
    syncs += [send_by_operator(cast, district, fewer) for district in districts[:TWICE]]

    workers = [start_worker(database, data) for _ in range(4)]
    try:
        assert wait_for(lambda: all(map(is_final, syncs)), seconds=240, every=1), [again(sync).state for sync in syncs]
    finally:
        end(*workers)

    done = [again(sync) for sync in syncs]
    assert {(sync.state, sync.run, sync.deaths) for sync in done} == {(State.COMPLETED, 1, 0)}
    assert {sync.generation for sync in done[:DISTRICTS]} == {1}
    assert {sync.generation for sync in done[DISTRICTS:]} == {2}
    for first, second in zip(done[:TWICE], done[DISTRICTS:], strict=True):
        assert first.finished_at is not None
        assert second.started_at is not None
        assert first.finished_at <= second.started_at
    assert not ProcrastinateJob.objects.filter(task_name="run_sync").exists()


def send_by_operator(cast: Cast, district: District, files: dict[str, bytes]) -> Sync:
    return send(cast.operator, district, zipped(files))


def test_worker_writes_nothing_about_a_pupil(cast: Cast, before: dict[str, bytes], database: Urls, data: Path) -> None:
    files = with_passwords(changed(before, "users", renamed))
    files["users.csv"] += b'broken-row-of-a-pupil,"Zacharias,\r\n'
    sync = send(cast.district_admin, cast.ferndale, zipped(files))

    worker = start_worker(database, data)
    try:
        assert wait_for(lambda: is_final(sync), seconds=60)
    finally:
        end(worker)

    log = (data / "worker.log").read_text()
    assert [word for word in ("Zacharias", "broken-row-of-a-pupil", " II", "sourcedId") if word in log] == []
