"""Folders for servers, and servers in processes of their own."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

HOLDER = """
import sys
from pathlib import Path
from homeroom.embedded_postgres import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]))
urls = server.start()
print("owner" if server.is_ours else "guest", urls.app, flush=True)
sys.stdin.read()
server.stop()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder below /tmp that the server's account may enter, as pytest's own is for its user alone."""
    made = Path(tempfile.mkdtemp(prefix="homeroom-", dir="/tmp"))
    made.chmod(0o711)
    yield made / "postgres"
    shutil.rmtree(made)


Holder = subprocess.Popen[str]


@pytest.fixture
def holder() -> Iterator[Callable[[Path], Holder]]:
    """Starts a process that starts or joins the server, says which, and holds it until its input ends."""
    started: list[Holder] = []

    def hold(folder: Path) -> Holder:
        process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        started.append(process)
        return process

    yield hold
    for process in started:
        process.communicate(timeout=60)
