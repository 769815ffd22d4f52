"""Uploads of the same moment: what must be unique is so, and whoever comes second is told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from django.db import connection

from homeroom.accounts.models import User
from homeroom.districts import scope
from homeroom.districts.models import District, Method, School
from homeroom.roster.models import AddressInUse, Person
from homeroom.syncs import storage, tasks
from homeroom.syncs.models import Kind, State, Sync
from homeroom.syncs.uploads import receiving
from tests.people import Cast, set_method

pytestmark = pytest.mark.django_db(transaction=True)

HEADER = "studentId,firstName,middleName,lastName,email,grade,username,password\n"
ROUNDS = 8
PUPILS = 30


@pytest.fixture
def self_serve(cast: Cast, data: Path) -> Cast:
    for district in (cast.ferndale, cast.lakeside):
        set_method(by=cast.operator, district=district, method=Method.SELF_SERVE)
        district.refresh_from_db()
    return cast


def upload(by: User, district: District, school: School, rows: str) -> Sync:
    return receiving.start(
        by=by, district=district, school=school, kind=Kind.STUDENTS, school_year=None, name="u.csv",
        content=(HEADER + rows).encode(),
    )  # fmt: skip


def work(sync: Sync) -> None:
    try:
        tasks.run_sync(district_id=sync.district_id, sync_id=sync.pk)
    finally:
        connection.close()


def at_once(*jobs: Callable[[], None]) -> None:
    together = threading.Barrier(len(jobs))

    def begin(job: Callable[[], None]) -> None:
        together.wait()
        job()

    threads = [threading.Thread(target=begin, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def errors(sync: Sync) -> list[str]:
    return [
        line.split(",", maxsplit=3)[3].strip()
        for path in storage.report_files(sync)
        for line in path.read_text(encoding="utf-8-sig").splitlines()[1:]
    ]


def test_an_email_that_two_districts_bring_at_once_goes_to_one_of_them(self_serve: Cast) -> None:
    """Again and again, in either order; the other is told no more than that it is in use."""
    cast = self_serve
    for number in range(ROUNDS):
        pupils = range(number * PUPILS, (number + 1) * PUPILS)
        theirs = [f"P{i},Ana,,Lee,p{i}@x.example,05,pupil.{i},secret-word-1\n" for i in pupils]
        one = upload(cast.oak_admin, cast.ferndale, cast.oak, "".join(theirs))
        other = upload(cast.outsider, cast.lakeside, cast.lakeside_school, "".join(reversed(theirs)))

        at_once(partial(work, one), partial(work, other))

        told = []
        for sync in (one, other):
            with scope.within(sync.district_id):
                done = Sync.objects.get(pk=sync.pk)
                assert done.state in (State.COMPLETED, State.WITH_ERRORS), done.reason
                told += errors(done)
        assert told == ["email is already in use"] * PUPILS
    assert people(cast.ferndale) + people(cast.lakeside) == ROUNDS * PUPILS
    assert addresses(cast.ferndale) == people(cast.ferndale)
    assert addresses(cast.lakeside) == people(cast.lakeside)


def test_a_username_that_two_schools_bring_at_once_goes_to_one_of_them(self_serve: Cast) -> None:
    cast = self_serve
    for number in range(ROUNDS):
        rows = {
            school: "".join(
                f"{school.pk}N{number}I{i},Ana,,Lee,,05,round.{number}.{i},secret-word-1\n" for i in range(PUPILS)
            )
            for school in (cast.oak, cast.elm)
        }
        one, other = (upload(cast.oak_and_elm_admin, cast.ferndale, school, text) for school, text in rows.items())

        at_once(partial(work, one), partial(work, other))

        with scope.within(cast.ferndale.pk):
            done = [Sync.objects.get(pk=sync.pk) for sync in (one, other)]
        assert sorted(sync.state for sync in done) == [State.COMPLETED, State.WITH_ERRORS], [s.reason for s in done]
        told = [error for sync in done for error in errors(sync)]
        assert len(told) == PUPILS
        assert all("is already in use; choose another one." in error for error in told)
    assert people(cast.ferndale) == ROUNDS * PUPILS


def people(district: District) -> int:
    with scope.within(district.pk):
        return Person.objects.count()


def addresses(district: District) -> int:
    with scope.within(district.pk):
        return AddressInUse.objects.count()
