"""`homeroom serve` as a process: what it starts, what it brings back, and what it leaves behind."""

from __future__ import annotations

import os
import signal
import socket
from pathlib import Path

import pytest

from tests.server.conftest import Served, processes_of, within

PASSWORD = "correct-horse-battery"


def test_first_start_says_how_to_go_on(served: Served, data: Path) -> None:
    assert within(5, lambda: "Homeroom is ready: http://localhost:" in served.said.read_text())
    assert "homeroom operator" in served.said.read_text()
    assert served.asks("/healthz") == (200, {"web": True})
    assert served.asks("/readyz") == (200, {"web": True, "database": True, "migrations": True, "worker": True})


def test_secrets_are_made_once_for_their_user_alone(served: Served, data: Path) -> None:
    files = [data / "secret-key", data / "field-keys"]

    assert [file.stat().st_mode & 0o777 for file in files] == [0o600, 0o600]
    assert all(len(file.read_text().strip()) >= 44 for file in files)


def test_operator_is_made_while_the_server_runs_and_only_once(served: Served) -> None:
    question = ("operator", "--email", "operator@example.org", "--name", "Olive Operator")

    first = served.run(*question, HOMEROOM_OPERATOR_PASSWORD=PASSWORD)
    second = served.run(*question, HOMEROOM_OPERATOR_PASSWORD=PASSWORD)

    assert (first.returncode, first.stderr) == (0, "operator@example.org is an operator now.\n")
    assert (second.returncode, second.stdout) == (64, "")
    assert "There is an operator already." in second.stderr


@pytest.mark.parametrize("kind", ["work", "web", "postgres"])
def test_part_that_is_killed_comes_back(served: Served, data: Path, kind: str) -> None:
    killed = processes_of(data)[kind]
    assert killed

    os.kill(min(killed), signal.SIGKILL)

    assert within(30, lambda: bool(set(processes_of(data)[kind]) - set(killed)))
    assert within(60, lambda: served.is_ready), served.said.read_text()


def test_port_that_is_taken_is_said_before_anything_starts(served: Served) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ran = served.run("serve", HOMEROOM_PORT=str(taken.getsockname()[1]))

    assert ran.returncode == 64
    assert "HOMEROOM_PORT" in ran.stderr


def test_commands_of_django_have_the_rights_of_the_application(served: Served) -> None:
    code = "from django.db import connection; connection.ensure_connection(); print(connection.settings_dict['USER'])"

    assert served.run("manage", "shell", "--no-imports", "-c", code).stdout == "homeroom_app\n"
    assert served.run("manage", "migrate", "--check").returncode == 0


def test_all_that_is_wrong_with_the_settings_is_told_at_once(data: Path) -> None:
    served = Served(data, 0, None, data)  # type: ignore[arg-type]  # nothing runs

    ran = served.run("serve", DATABASE_URL="mysql://nowhere", HOMEROOM_PORT="many", HOMEROOM_FIELD_KEYS="short")

    assert ran.returncode == 64
    assert [line.split()[0] for line in ran.stderr.splitlines()] == [
        "Homeroom", "DATABASE_URL", "HOMEROOM_FIELD_KEYS", "HOMEROOM_PORT",
    ]  # fmt: skip
