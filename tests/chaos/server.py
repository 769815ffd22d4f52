"""The server under trial: its processes, how they are killed, and when all of it is there again."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import psycopg

WORKERS = 2
WEB = "web server"
TARGETS = ("worker", "web server", "postmaster", "one database connection")
OURS = ("DATABASE_URL", "HOMEROOM_", "DJANGO_", "PG")
LOST = (psycopg.OperationalError, psycopg.InterfaceError)


@dataclass(frozen=True)
class Process:
    number: int
    name: str
    command: str


class Server:
    """A running server in a folder of its own. url: of its database, as the application reaches it."""

    def __init__(self, data: Path, port: int, process: subprocess.Popen[bytes]) -> None:
        self.data, self.port, self.process = data, port, process
        self.url = ""

    def ask(self, path: str) -> int:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return int(answer.status)
        except HTTPError as answer:
            return answer.code
        except (URLError, OSError):
            return 0

    def environment_of(self, name: str) -> dict[str, str]:
        """Of one of its processes, by PGAPPNAME."""
        number = next(process.number for process in self.processes() if process.name == name)
        text = Path(f"/proc/{number}/environ").read_bytes().decode()
        return dict(pair.partition("=")[::2] for pair in text.split("\0") if pair)

    def processes(self) -> Iterator[Process]:
        """Its own, by the name that its connections bear; PostgreSQL's have none."""
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                command = (folder / "cmdline").read_bytes().decode(errors="replace").replace("\0", " ")
                variables = (folder / "environ").read_bytes().split(b"\0")
                if f"HOMEROOM_DATA={self.data}".encode() in variables:
                    name = next((line for line in variables if line.startswith(b"PGAPPNAME=")), b"=")
                    yield Process(int(folder.name), name.decode().partition("=")[2], command)
                elif f"{self.data}/" in command and "postgres -D" in command:
                    yield Process(int(folder.name), "postmaster", command)

    def connections(self) -> dict[int, str]:
        """The processes of PostgreSQL that serve somebody of ours, and whom."""
        with psycopg.connect(self.url, connect_timeout=5) as own:
            found = own.execute(
                "select pid, application_name from pg_stat_activity"
                " where application_name ~ '^(worker|web)' and backend_type = 'client backend'"
            ).fetchall()
        return dict(found)

    @property
    def is_whole(self) -> bool:
        """Whether the pages answer, and each worker has reached the database."""
        if self.ask("/readyz") != 200:
            return False
        try:
            reached = set(self.connections().values())
        except LOST:
            return False
        return {f"worker {number}" for number in range(1, WORKERS + 1)} <= reached

    def kill(self, target: str, chance: Callable[[list[int]], int]) -> bool:
        """Whether there was one to kill: of several, chance takes one."""
        if target == "one database connection":
            try:
                numbers = sorted(self.connections())
            except LOST:
                return False
        else:
            numbers = sorted(process.number for process in self.processes() if process.name.startswith(target))
            if target == "postmaster":
                numbers = numbers[:1]
        if not numbers:
            return False
        try:
            os.kill(chance(numbers), signal.SIGKILL)
        except ProcessLookupError:
            return False
        return True


def wait_for(claim: Callable[[], bool], *, seconds: float, every: float = 0.05) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if claim():
            return True
        time.sleep(every)
    return claim()


@contextmanager
def served(**settings: str) -> Iterator[Server]:
    """A server with nothing in it; afterwards it is gone, and its folder with it. settings: of its environment."""
    data = Path(tempfile.mkdtemp(prefix="homeroom-chaos-", dir="/tmp"))
    data.chmod(0o711)  # as root the database is somebody else, who must get to it
    env = {name: text for name, text in os.environ.items() if not name.startswith(OURS)}
    env |= {"HOMEROOM_DATA": str(data), "HOMEROOM_PORT": str(port := _free_port())} | settings
    with (data / "said.txt").open("wb") as said:
        command = [sys.executable, "-m", "tests.chaos.served", str(WORKERS)]
        process = subprocess.Popen(
            command, env=env, stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True
        )
    server = Server(data, port, process)
    try:
        if not wait_for(lambda: server.ask("/readyz") == 200, seconds=120, every=0.3):
            raise RuntimeError(f"The server does not start:\n{(data / 'said.txt').read_text()}")
        server.url = server.environment_of("worker 1")["DATABASE_URL"]
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(90)
        except subprocess.TimeoutExpired:
            process.kill()
        for left in list(server.processes()):
            with suppress(ProcessLookupError):
                os.kill(left.number, signal.SIGKILL)
        shutil.rmtree(data, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])
