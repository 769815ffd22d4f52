"""/healthz and /readyz: what machines ask before they send people."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

READY = {"web": True, "database": True, "migrations": True, "worker": True}


def worker_seen(ago: timedelta) -> None:
    with connection.cursor() as cursor:
        cursor.execute("insert into procrastinate_workers (last_heartbeat) values (%s)", [timezone.now() - ago])


@pytest.mark.django_db
def test_server_with_a_worker_is_ready(client: Client) -> None:
    worker_seen(timedelta(seconds=5))

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (200, READY)


@pytest.mark.django_db
def test_server_whose_worker_was_not_seen_lately_is_not_ready(client: Client) -> None:
    worker_seen(timedelta(seconds=31))

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (503, {**READY, "worker": False})


@pytest.mark.django_db
def test_server_with_a_migration_to_come_is_not_ready(client: Client) -> None:
    worker_seen(timedelta(seconds=5))
    with connection.cursor() as cursor:
        cursor.execute("delete from django_migrations where app = 'audit'")

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (503, {**READY, "migrations": False, "worker": False})


def test_server_without_a_database_is_alive_and_not_ready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr("homeroom.health._database_answers", refuse)

    alive, ready = client.get("/healthz"), client.get("/readyz")

    assert alive.status_code == 200
    assert (ready.status_code, ready.json()["database"]) == (503, False)
