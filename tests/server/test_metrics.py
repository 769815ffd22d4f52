"""/metrics: what a monitoring system reads, and nobody else."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from homeroom.districts.models import District
from tests.people import Cast

TOKEN = "a-token-of-more-than-enough-characters-0123456789"


@pytest.fixture(autouse=True)
def token(settings: Settings) -> None:
    settings.HOMEROOM_METRICS_TOKEN = TOKEN


def told(client: Client) -> dict[str, float]:
    """By name, with its labels, the value of each metric."""
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    found = {}
    for family in text_string_to_metric_families(answer.content.decode()):
        for one in family.samples:
            found[" ".join([one.name, *(one.labels[label] for label in sorted(one.labels))])] = one.value
    return found


def job(task: str, status: str, *, event: str, ago: timedelta) -> None:
    """A job that has been in this status for so long."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_jobs (queue_name, task_name, status) values ('syncs', %s, %s) returning id",
            [task, status],
        )
        (number,) = cursor.fetchone()
        cursor.execute("delete from procrastinate_events where job_id = %s", [number])
        cursor.execute(
            "insert into procrastinate_events (job_id, type, at) values (%s, %s, %s)",
            [number, event, timezone.now() - ago],
        )


@pytest.mark.parametrize("sent", [{}, {"Authorization": "Bearer x"}, {"Authorization": f"Basic {TOKEN}"}])
def test_without_the_token_there_is_no_such_page(client: Client, db: None, sent: dict[str, str]) -> None:
    assert client.get("/metrics", headers=sent).status_code == 404


def test_where_no_token_is_set_nobody_can_send_it(client: Client, db: None, settings: Settings) -> None:
    settings.HOMEROOM_METRICS_TOKEN = ""

    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_quiet_server_tells_of_nothing_that_waits(client: Client, db: None) -> None:
    assert told(client) == {
        "homeroom_workers": 0,
        "homeroom_longest_wait_seconds": 0,
        "homeroom_longest_run_seconds": 0,
        "homeroom_overdue_districts": 0,
    }


def test_jobs_are_counted_by_task_and_status_and_the_oldest_is_told(client: Client, db: None) -> None:
    job("run_sync", "todo", event="deferred", ago=timedelta(seconds=100))
    job("run_sync", "todo", event="deferred", ago=timedelta(seconds=700))
    job("run_sync", "doing", event="started", ago=timedelta(seconds=30))
    job("sweep", "failed", event="failed", ago=timedelta(days=3))

    found = told(client)

    counts = {name: value for name, value in found.items() if name.startswith("homeroom_jobs")}
    assert counts == {
        "homeroom_jobs todo run_sync": 2, "homeroom_jobs doing run_sync": 1, "homeroom_jobs failed sweep": 1,
    }  # fmt: skip
    assert 700 <= found["homeroom_longest_wait_seconds"] < 760
    assert 30 <= found["homeroom_longest_run_seconds"] < 90


def test_job_whose_time_is_still_to_come_does_not_wait(client: Client, db: None) -> None:
    job("run_sync", "todo", event="deferred", ago=timedelta(hours=3))
    with connection.cursor() as cursor:
        cursor.execute("update procrastinate_jobs set scheduled_at = %s", [timezone.now() + timedelta(hours=1)])

    assert told(client)["homeroom_longest_wait_seconds"] == 0


def test_workers_that_were_seen_lately_are_counted(client: Client, db: None) -> None:
    with connection.cursor() as cursor:
        for seconds in (5, 6, 31):
            seen = timezone.now() - timedelta(seconds=seconds)
            cursor.execute("insert into procrastinate_workers (last_heartbeat) values (%s)", [seen])

    assert told(client)["homeroom_workers"] == 2


@pytest.mark.parametrize(
    ("late", "is_closed", "overdue"),
    [(timedelta(minutes=4), False, 0), (timedelta(minutes=6), False, 1), (timedelta(minutes=6), True, 0)],
)
def test_districts_whose_night_has_not_begun_are_overdue(
    client: Client, cast: Cast, late: timedelta, is_closed: bool, overdue: int
) -> None:
    District.objects.filter(pk=cast.ferndale.pk).update(due_at=timezone.now() - late, is_closed=is_closed)

    assert told(client)["homeroom_overdue_districts"] == overdue


def test_no_district_and_nobody_is_named(client: Client, cast: Cast) -> None:
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})

    assert not re.search(cast.ferndale.name, answer.text, re.IGNORECASE)
    assert "@" not in answer.text
