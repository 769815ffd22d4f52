"""`homeroom serve` as a process: what it starts, what it brings back, and what it leaves behind."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from tests.server.conftest import HOMEROOM, Served, environment, free_port, processes_of, within
from tests.server.uploading import Office, pupils

PASSWORD = "correct-horse-battery"
PUPILS = 32
"""More than are hashed at a time: a password takes a quarter of a second of a processor."""


def test_first_start_says_how_to_go_on(served: Served, data: Path) -> None:
    assert within(5, lambda: "Homeroom is ready: http://localhost:" in served.said.read_text())
    assert "homeroom operator" in served.said.read_text()
    assert served.asks("/healthz") == (200, {"web": True})
    assert served.asks("/readyz") == (200, {"web": True, "database": True, "migrations": True, "worker": True})


def test_secrets_are_made_once_for_their_user_alone(served: Served, data: Path) -> None:
    files = [data / "secret-key", data / "field-keys"]

    assert [file.stat().st_mode & 0o777 for file in files] == [0o600, 0o600]
    assert all(len(file.read_text().strip()) >= 44 for file in files)


def test_operators_are_made_while_the_server_runs_each_once(served: Served) -> None:
    olive = ("operator", "--email", "operator@example.org", "--name", "Olive Operator")
    otto = ("operator", "--email", "otto@example.org", "--name", "Otto Operator")

    first, second, again = (served.run(*one, HOMEROOM_OPERATOR_PASSWORD=PASSWORD) for one in (olive, otto, olive))

    assert (first.returncode, first.stderr) == (0, "operator@example.org is an operator now.\n")
    assert (second.returncode, second.stderr) == (0, "otto@example.org is an operator now.\n")
    assert (again.returncode, again.stdout) == (64, "")
    assert "This e-mail is already in use." in again.stderr


@pytest.mark.parametrize("kind", ["work", "web", "postgres"])
def test_part_that_is_killed_comes_back(served: Served, data: Path, kind: str) -> None:
    killed = processes_of(data)[kind]
    assert killed

    os.kill(min(killed), signal.SIGKILL)

    assert within(30, lambda: bool(set(processes_of(data)[kind]) - set(killed)))
    assert within(60, lambda: served.is_ready), served.said.read_text()


@pytest.fixture(scope="module")
def office(served: Served) -> Office:
    return Office.opened(served)


def kill(served: Served, kind: str) -> None:
    """The part, and nothing else; returns when another one has taken its place and all is well again."""
    killed = processes_of(served.data)[kind]
    os.kill(min(killed), signal.SIGKILL)
    assert within(60, lambda: bool(set(processes_of(served.data)[kind]) - set(killed)))
    assert within(90, lambda: served.is_ready), served.said.read_text()


def nothing_was_taken(office: Office) -> bool:
    return (
        office.states() == []
        and office.count("syncs_waitingpassword") == 0
        and office.kept_files() == []
        and "students.csv" not in office.sees(office.students)
    )


def test_upload_that_loses_the_web_server_is_not_taken_and_can_be_sent_again(served: Served, office: Office) -> None:
    """Killed while half of the file is there, and in the middle of its transaction."""
    with closing(office.begins_to_send(pupils(60, "pupil"))) as half:
        kill(served, "web")
        with pytest.raises((OSError, http.client.HTTPException)):
            half.getresponse()
    assert nothing_was_taken(office)

    with office.database() as own, own.transaction(), closing(office.connection()) as whole:
        own.execute("lock table syncs_waitingpassword in share row exclusive mode")
        office.sends_on(whole, pupils(60, "pupil"))
        waits = "select 1 from pg_locks where relation = 'syncs_waitingpassword'::regclass and not granted"
        assert within(20, lambda: own.execute(waits).fetchone() is not None)
        kill(served, "web")
        with pytest.raises((OSError, http.client.HTTPException)):
            whole.getresponse()
    assert within(10, lambda: nothing_was_taken(office))

    assert office.sends(pupils(2, "pupil")) == 302
    assert within(60, lambda: office.states() == ["completed"])
    assert "File processed successfully." in office.sees(office.students)


def test_upload_whose_database_is_killed_while_passwords_are_hashed_is_finished_once(
    served: Served, office: Office
) -> None:
    before = office.count("roster_person")
    assert office.sends(pupils(PUPILS, "other")) == 302
    with office.database() as own:
        some = "select from syncs_hashedpassword"
        assert within(60, lambda: own.execute(some).fetchone() is not None)
    assert office.states()[-1] == "processing"

    kill(served, "postgres")

    said = office.sees(office.students)
    assert "Processing file: " in said or "File is waiting to be processed." in said or "successfully" in said
    with office.database() as own:  # the worker that had it is not waited for
        own.execute("update procrastinate_workers set last_heartbeat = now() - interval '1 hour'")
        under_way = "select from syncs_sync where state <> 'completed'"
        assert within(120, lambda: own.execute(under_way).fetchone() is None), office.states()
    assert office.count("roster_person") == office.count("roster_credential") == before + PUPILS
    assert office.count("syncs_waitingpassword") == office.count("syncs_hashedpassword") == 0
    assert f"students.csv: {PUPILS} students created" in office.sees(office.students)
    assert "students.csv Completed" in office.sees(office.new_upload.replace("new/", ""))
    assert not any(b"secret-word" in path.read_bytes() for path in office.kept_files())


def test_drop_boxes_are_served_where_a_port_is_named_and_not_elsewhere(served: Served, data: Path) -> None:
    without = served.run("sftp")
    assert (without.returncode, "HOMEROOM_SFTP_PORT is not set" in without.stderr) == (64, True)

    port = free_port()
    named = environment(data, HOMEROOM_SFTP_PORT=str(port), HOMEROOM_SFTP_ADDRESS="127.0.0.2")
    serving = subprocess.Popen([*HOMEROOM, "sftp"], env=named)
    try:
        assert within(30, lambda: _greeting("127.0.0.2", port).startswith(b"SSH-2.0-Homeroom"))
        assert _greeting("127.0.0.1", port) == b""
    finally:
        serving.terminate()
    assert serving.wait(20) == 0
    assert (data / "sftp-host-key").stat().st_mode & 0o777 == 0o600


def _greeting(address: str, port: int) -> bytes:
    try:
        with socket.create_connection((address, port), 5) as line:
            return line.recv(100)
    except OSError:
        return b""


@pytest.mark.parametrize(("setting", "address"), [("HOMEROOM_PORT", "127.0.0.1"), ("HOMEROOM_SFTP_PORT", "127.0.0.2")])
def test_port_that_is_taken_is_said_before_anything_starts(served: Served, setting: str, address: str) -> None:
    free = {"HOMEROOM_PORT": str(free_port()), "HOMEROOM_SFTP_ADDRESS": "127.0.0.2"}
    with socket.socket() as taken:
        taken.bind((address, 0))
        taken.listen()
        port = taken.getsockname()[1]
        ran = served.run("serve", **{**free, setting: str(port)})

    assert ran.returncode == 64
    assert f"cannot listen on {address}:{port}" in ran.stderr
    assert f"Name another port with {setting}" in ran.stderr


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
