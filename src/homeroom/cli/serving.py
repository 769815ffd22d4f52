"""``homeroom serve``: the database, the web server and the workers as one thing, until it is told to stop."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from http.client import HTTPException
from urllib.error import URLError
from urllib.request import urlopen

import psycopg

from homeroom.cli import installation, stopping
from homeroom.cli.children import Child
from homeroom.cli.stopping import Told
from homeroom.cli.wrong_use import WrongUseError
from homeroom.embedded_postgres import EmbeddedPostgres, EmbeddedPostgresError
from homeroom.environment import Environment

HOMEROOM = [sys.executable, "-m", "homeroom.cli"]
WEB = [sys.executable, "-m", "homeroom.cli.web"]
PUBLISHER = [sys.executable, "-m", "homeroom.cli.publisher"]
TICK_SECONDS = 0.2
DATABASE_EVERY_SECONDS = 2.0


def serve(*, workers: int) -> int:
    """Runs until it is told to stop. Raises WrongUseError if it cannot start."""
    told = stopping.noted()
    with installation.opened() as database:
        read = installation.check_settings()
        _check_port(read)
        _run([*HOMEROOM, "prepare"])
        _keep_running(_children(workers, read), database, read, told, when_ready=lambda: _say(_address(read)))
    return 0


def demo() -> int:
    """As serve, beside a made-up publisher in a folder of its own, and the system of one of its districts.

    Raises WrongUseError if DATABASE_URL is set, too.
    """
    installation.keep_apart("homeroom-demo")
    os.environ["HOMEROOM_LOOPBACK_SOURCES"] = "true"
    told = stopping.noted()
    with installation.opened() as database:
        read = installation.check_settings()
        _check_port(read)
        _run([*HOMEROOM, "prepare", "--no-hint"])
        _run(PUBLISHER)
        history = Child("made-up history", [*PUBLISHER, "nights"], _env(), finishes=True)
        provider = Child("made-up provider", [*PUBLISHER, "source"], _env())
        children = [*_children(1, read), history, provider]
        _keep_running(children, database, read, told, when_ready=lambda: _say(_address(read)))
    return 0


def _children(workers: int, read: Environment) -> list[Child]:
    env = _env()
    sftp = [Child("SFTP server", [*HOMEROOM, "sftp"], env)] if read.sftp_port else []
    numbered = [Child(f"worker {number}", [*HOMEROOM, "work"], env) for number in range(1, workers + 1)]
    return [Child("web server", WEB, env), *sftp, *numbered]


def _env() -> dict[str, str]:
    """What the children get: all but the way to alter tables."""
    env = {name: text for name, text in os.environ.items() if name != installation.OWNER_DATABASE}
    return env | {"DJANGO_SETTINGS_MODULE": "homeroom.settings"}


def _keep_running(
    children: list[Child],
    database: EmbeddedPostgres | None,
    read: Environment,
    told: Told,
    *,
    when_ready: Callable[[], None],
) -> None:
    try:
        for child in children:
            child.start()
        waiting = threading.Thread(target=_wait_until_ready, args=(read, told, when_ready), daemon=True)
        waiting.start()
        look_at = 0.0
        while not told.within(TICK_SECONDS):
            for child in children:
                if (status := child.came_to_an_end()) is not None:
                    _say(f"The {child.name} ended (status {status}) and is started again.")
                child.start_if_due()
            if database and time.monotonic() >= look_at:
                _keep_database(database)
                look_at = time.monotonic() + DATABASE_EVERY_SECONDS
    finally:
        _say("Stopping.")
        for child in children:  # the web server first: nobody is promised anything any more
            child.stop()


def _keep_database(database: EmbeddedPostgres) -> None:
    if database.is_running:
        return
    _say("The database ended and is started again.")
    try:
        database.start()
    except (EmbeddedPostgresError, OSError, psycopg.Error) as error:  # a full disk, say: it is tried again
        _say(f"The database does not come back: {error}")


def _wait_until_ready(read: Environment, told: Told, when_ready: Callable[[], None]) -> None:
    host = "127.0.0.1" if read.address in ("0.0.0.0", "::") else read.address  # noqa: S104 — compared, not bound
    while not told.within(TICK_SECONDS):
        try:
            with urlopen(f"http://{host}:{read.port}/readyz", timeout=5):
                return when_ready()
        except (URLError, HTTPException, OSError):
            continue
    return None


def _check_port(read: Environment) -> None:
    """Asked before anything starts: the web server would share a port that is taken, and get half of its requests."""
    _require_free(read.address, read.port, "HOMEROOM_PORT")
    if read.sftp_port:
        _require_free(read.sftp_address, read.sftp_port, "HOMEROOM_SFTP_PORT")


def _require_free(address: str, port: int, setting: str) -> None:
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((address, port))
        except OSError as error:
            raise WrongUseError(
                f"Homeroom cannot listen on {address}:{port}: {error.strerror}. Name another port with {setting}."
            ) from None


def _run(command: list[str]) -> None:
    status = subprocess.run(command, stdin=subprocess.DEVNULL, start_new_session=True, check=False).returncode  # noqa: S603
    if status:
        raise WrongUseError("Homeroom was not started; the reason stands above.")


def _address(read: Environment) -> str:
    return f"Homeroom is ready: http://{'localhost' if read.address == '127.0.0.1' else read.address}:{read.port}/"


def _say(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()
