"""How `homeroom serve` and its workers end: when told to, and when nobody could."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from tests.server.conftest import HOMEROOM, Served, environment, free_port, processes_of, within

Start = Callable[[], Served]


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


def workers_of(data: Path) -> set[int]:
    """The workers that the database knows of, some of which may be dead."""
    with psycopg.connect(host=str(data / "postgres" / "sockets"), dbname="homeroom", user="homeroom_app") as connection:
        return {number for (number,) in connection.execute("select id from procrastinate_workers")}


def listens_to(process: subprocess.Popen[bytes], signal_number: int) -> bool:
    """Whether the process has a handler of its own for the signal; where the system does not tell, it is believed."""
    status = Path(f"/proc/{process.pid}/status")
    if not status.exists():
        return True
    caught = next(line for line in status.read_text().splitlines() if line.startswith("SigCgt:"))
    return bool(int(caught.split()[1], 16) >> (signal_number - 1) & 1)


@pytest.mark.parametrize("command", ["work", "sftp"])
def test_what_is_told_to_stop_before_it_has_begun_ends_as_if_told_later(start: Start, data: Path, command: str) -> None:
    start()
    envs = [environment(data, HOMEROOM_SFTP_PORT=str(free_port())) for _ in range(6)]
    begun = [subprocess.Popen([*HOMEROOM, command], env=env, stdin=subprocess.DEVNULL) for env in envs]
    assert within(60, lambda: all(listens_to(one, signal.SIGHUP) for one in begun))

    signals = [signal.SIGTERM, signal.SIGINT, signal.SIGHUP]
    for one, number in zip(begun, signals * 2, strict=True):  # each further: in its imports, in its first job
        one.send_signal(number)
        time.sleep(0.3)

    assert [one.wait(60) for one in begun] == [0] * 6


def test_one_more_worker_joins_and_goes_when_told(start: Start, data: Path) -> None:
    start()
    others = workers_of(data)
    worker = subprocess.Popen([*HOMEROOM, "work"], env=environment(data), stdin=subprocess.DEVNULL)
    assert within(20, lambda: bool(workers_of(data) - others) and listens_to(worker, signal.SIGTERM))
    time.sleep(1)  # told to stop in the very moment in which it registers, it stays there until the others miss it

    worker.send_signal(signal.SIGTERM)

    assert worker.wait(30) == 0
    assert workers_of(data) <= others
