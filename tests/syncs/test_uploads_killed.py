"""A worker that is killed in the middle of an upload: another one finishes it, once."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from homeroom.districts import scope
from homeroom.districts.models import Method
from homeroom.embedded_postgres import Urls
from homeroom.roster.models import Credential, Person
from homeroom.syncs import tasks
from homeroom.syncs.models import HashedPassword, Kind, State, Sync, WaitingPassword
from homeroom.syncs.uploads import receiving
from tests.people import Cast, set_method
from tests.syncs.working import end, is_final, start_worker, wait_for, watch_for

pytestmark = pytest.mark.django_db(transaction=True)

HEADER = "studentId,firstName,middleName,lastName,email,grade,username,password\n"
#: Each password takes a quarter of a second of a processor, and of two processors 16 are hashed at a time.
PUPILS = 24


@pytest.fixture
def sent(cast: Cast, data: Path) -> Sync:
    set_method(by=cast.operator, district=cast.ferndale, method=Method.SELF_SERVE)
    cast.ferndale.refresh_from_db()
    rows = [f"S{i},Ana,,Lee,s{i}@x.example,05,pupil.{i},secret-word-{i}\n" for i in range(PUPILS)]
    return receiving.start(
        by=cast.oak_admin,
        district=cast.ferndale,
        school=cast.oak,
        kind=Kind.STUDENTS,
        school_year=None,
        name="u.csv",
        content=(HEADER + "".join(rows)).encode(),
    )


def hashed(sync: Sync) -> int:
    with scope.within(sync.district_id):
        return HashedPassword.objects.filter(sync=sync).count()


@pytest.mark.parametrize("at_least", [0, PUPILS // 3, PUPILS])
def test_what_was_hashed_stays_so_and_every_pupil_comes_once(
    sent: Sync, database: Urls, data: Path, at_least: int
) -> None:
    worker = start_worker(database, data)
    watch_for(lambda: hashed(sent) >= at_least or is_final(sent), seconds=60)
    worker.kill()
    worker.wait(10)
    kept = hashed(sent)
    with psycopg.connect(database.app) as own:
        own.execute("update procrastinate_workers set last_heartbeat = now() - interval '1 hour'")
    tasks.sweep(timestamp=0)

    worker = start_worker(database, data)
    assert wait_for(lambda: is_final(sent), seconds=90)
    end(worker)

    with scope.within(sent.district_id):
        done = Sync.objects.get(pk=sent.pk)
        assert (done.state, done.counts) == (State.COMPLETED, {"students": {"created": PUPILS, "refused": 0}})
        assert Person.objects.count() == Credential.objects.count() == PUPILS
        assert not WaitingPassword.objects.exists()
        assert not HashedPassword.objects.exists()
        assert kept >= min(at_least, PUPILS) or done.deaths == 0
