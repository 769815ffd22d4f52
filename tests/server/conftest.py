"""A server as a person starts it: with its own database, in a folder of its own, on a port of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest

HOMEROOM = [sys.executable, "-m", "homeroom.cli"]
OURS = ("DATABASE_URL", "HOMEROOM_", "DJANGO_")


def environment(data: Path, **more: str) -> dict[str, str]:
    """Of the tests, without what they set for themselves."""
    inherited = {name: text for name, text in os.environ.items() if not name.startswith(OURS)}
    return {**inherited, "HOMEROOM_DATA": str(data), **more}


def within(seconds: float, claim: Callable[[], bool]) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if claim():
            return True
        time.sleep(0.1)
    return False


def processes_of(data: Path) -> dict[str, list[int]]:
    """The processes that belong to the server with this folder, by what they are."""
    found: dict[str, list[int]] = {"web": [], "work": [], "serve": [], "postgres": []}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            command = (folder / "cmdline").read_bytes().decode(errors="replace")
            if f"HOMEROOM_DATA={data}\0".encode() in (folder / "environ").read_bytes():
                kind = next((kind for kind in ("web", "work", "serve") if f"homeroom.cli.{kind}\0" in command), None)
                kind = kind or next((kind for kind in ("work", "serve") if f"\0{kind}\0" in command), None)
                found.setdefault(kind or "other", []).append(int(folder.name))
            elif str(data) in command and "postgres" in command:
                found["postgres"].append(int(folder.name))
    return found


@dataclass
class Served:
    """A running `homeroom serve`."""

    data: Path
    port: int
    process: subprocess.Popen[str]
    said: Path

    def asks(self, path: str) -> tuple[int, object]:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return answer.status, json.load(answer)
        except HTTPError as answer:
            return answer.code, json.load(answer)
        except (URLError, OSError):
            return 0, None

    @property
    def is_ready(self) -> bool:
        return self.asks("/readyz")[0] == 200

    def run(self, *command: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Another homeroom command for the same folder."""
        return subprocess.run(
            [*HOMEROOM, *command],
            env=environment(self.data, **env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        number = door.getsockname()[1]
    assert isinstance(number, int)
    return number


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="homeroom-served-", dir="/tmp"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def start(data: Path) -> Iterator[Callable[[], Served]]:
    """Starts a server and waits until it is ready; ends what is left running."""
    running: list[Served] = []

    def begin() -> Served:
        port, said = free_port(), data / "said.txt"
        with said.open("w") as written:
            process = subprocess.Popen(
                [*HOMEROOM, "serve"],
                env=environment(data, HOMEROOM_PORT=str(port)),
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=written,
                text=True,
            )
        served = Served(data, port, process, said)
        running.append(served)
        assert within(180, lambda: served.is_ready), said.read_text()  # a busy machine needs longer
        return served

    yield begin
    for served in running:
        served.process.send_signal(signal.SIGTERM)
        served.process.wait(60)


@pytest.fixture(scope="module")
def served(start: Callable[[], Served]) -> Served:
    """One server for the tests of a module that leave it running."""
    return start()
