"""The processes of a server: started, brought back when they die, and stopped for good."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress

from homeroom.embedded_postgres import lifeline

STOPS = ((signal.SIGTERM, 25.0), (signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0))
"""A worker that has lost its database hears only the second SIGTERM."""

LONGEST_PAUSE_SECONDS = 30.0
LIVED_WELL_SECONDS = 60.0


class Child:
    """A process that shall always run. All that it starts itself is in its process group and ends with it.

    finishes: it has something to do, and is not started again once it has done it.
    """

    def __init__(self, name: str, command: list[str], env: Mapping[str, str], *, finishes: bool = False) -> None:
        self.name = name
        self._finishes = finishes
        self._command, self._env = command, env
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = self._again_at = 0.0
        self._pause_seconds = 1.0

    def start(self) -> None:
        self._started_at = time.monotonic()
        self._process = subprocess.Popen(  # noqa: S603 — our own commands
            self._command,
            env=self._env,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # a terminal's Ctrl-C reaches us alone, and we stop one after the other
            preexec_fn=lifeline.asked_of(signal.SIGTERM),  # noqa: PLW1509 — it only asks the kernel
        )

    def came_to_an_end(self) -> int | None:
        """The exit status, once, if the process died; it starts again after a pause, longer each time."""
        if self._process is None or (status := self._process.poll()) is None:
            return None
        self._kill_group(signal.SIGKILL)  # what it started and left behind
        self._process = None
        if self._finishes and status == 0:
            self._again_at = math.inf
            return None
        lived_well = time.monotonic() - self._started_at > LIVED_WELL_SECONDS
        self._pause_seconds = 1.0 if lived_well else min(self._pause_seconds * 2, LONGEST_PAUSE_SECONDS)
        self._again_at = time.monotonic() + self._pause_seconds
        return status

    def start_if_due(self) -> None:
        if self._process is None and time.monotonic() >= self._again_at:
            self.start()

    def stop(self) -> None:
        """Returns when the process has gone: asked, asked again, killed."""
        if self._process is None:
            return
        for number, seconds in STOPS:
            if number == signal.SIGKILL:
                self._kill_group(number)
            else:
                self._process.send_signal(number)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(seconds)
                break
        self._kill_group(signal.SIGKILL)
        self._process = None

    def _kill_group(self, number: signal.Signals) -> None:
        assert self._process is not None
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)
