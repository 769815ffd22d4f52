"""How a command ended, and the command as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

HOMEROOM = (sys.executable, "-c", "from homeroom.cli import main; main()")


@dataclass(frozen=True)
class Ran:
    """The end of a command: its exit status, and what it printed."""

    status: int
    out: str
    err: str


Command = Callable[..., Ran]


def alone(*arguments: object, home: Path, **settings: str) -> Ran:
    """The command run as a process in this folder, with these variables beside those of the tests."""
    process = subprocess.run(
        [*HOMEROOM, *map(str, arguments)],
        cwd=home,
        env={**os.environ, **settings},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=60,
    )
    return Ran(process.returncode, process.stdout.decode(), process.stderr.decode())
