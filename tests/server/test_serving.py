"""`homeroom serve` as a process: what it starts, what it brings back, and what it leaves behind."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.server.conftest import Served, processes_of, within

PASSWORD = "correct-horse-battery"
Start = Callable[[], Served]


def test_first_start_says_how_to_go_on(start: Start, data: Path) -> None:
    served = start()

    assert within(5, lambda: "Homeroom is ready: http://localhost:" in served.said.read_text())
    assert "homeroom operator" in served.said.read_text()
    assert served.asks("/healthz") == (200, {"web": True})
    assert served.asks("/readyz") == (200, {"web": True, "database": True, "migrations": True, "worker": True})


def test_secrets_are_made_once_for_their_user_alone(start: Start, data: Path) -> None:
    start()
    files = [data / "secret-key", data / "field-keys"]

    assert [file.stat().st_mode & 0o777 for file in files] == [0o600, 0o600]
    assert all(len(file.read_text().strip()) >= 44 for file in files)


def test_operator_is_made_while_the_server_runs_and_only_once(start: Start) -> None:
    served = start()
    question = ("operator", "--email", "operator@example.org", "--name", "Olive Operator")

    first = served.run(*question, HOMEROOM_OPERATOR_PASSWORD=PASSWORD)
    second = served.run(*question, HOMEROOM_OPERATOR_PASSWORD=PASSWORD)

    assert (first.returncode, first.stderr) == (0, "operator@example.org is an operator now.\n")
    assert (second.returncode, second.stdout) == (64, "")
    assert "There is an operator already." in second.stderr


@pytest.mark.parametrize("kind", ["work", "web", "postgres"])
def test_part_that_is_killed_comes_back(start: Start, data: Path, kind: str) -> None:
    served = start()
    killed = processes_of(data)[kind]
    assert killed

    os.kill(min(killed), signal.SIGKILL)

    assert within(30, lambda: bool(set(processes_of(data)[kind]) - set(killed)))
    assert within(60, lambda: served.is_ready), served.said.read_text()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_server_leaves_nothing_running_and_ends_well(start: Start, data: Path, number: signal.Signals) -> None:
    served = start()

    served.process.send_signal(number)

    assert served.process.wait(60) == 0
    assert not any(processes_of(data).values())
    assert not (data / "postgres" / "cluster" / "postmaster.pid").exists()


def test_killed_server_leaves_nothing_running(start: Start, data: Path) -> None:
    served = start()

    served.process.kill()

    assert within(45, lambda: not any(processes_of(data).values())), processes_of(data)


def test_port_that_is_taken_is_said_before_anything_starts(start: Start) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        served = start()
        ran = served.run("serve", HOMEROOM_PORT=str(taken.getsockname()[1]))

    assert ran.returncode == 64
    assert "HOMEROOM_PORT" in ran.stderr


def test_one_more_worker_joins_and_stops_when_told(start: Start, data: Path) -> None:
    served = start()
    shown = served.run(
        "manage",
        "shell",
        "--no-imports",
        "-c",
        "from django.db import connection as c; c.ensure_connection(); print(c.settings_dict['USER'])",
    )

    assert shown.stdout == "homeroom_app\n"


def test_all_that_is_wrong_with_the_settings_is_told_at_once(data: Path) -> None:
    served = Served(data, 0, None, data)  # type: ignore[arg-type]  # nothing runs

    ran = served.run("serve", DATABASE_URL="mysql://nowhere", HOMEROOM_PORT="many", HOMEROOM_FIELD_KEYS="short")

    assert ran.returncode == 64
    assert [line.split()[0] for line in ran.stderr.splitlines()] == [
        "Homeroom", "DATABASE_URL", "HOMEROOM_FIELD_KEYS", "HOMEROOM_PORT",
    ]  # fmt: skip
