"""How long does a whole process take, how much of the processors, and how much memory at its peak?

Imports nothing large: on Linux the peak of a process begins at the size of the one that started it.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

ROOT = Path(__file__).parents[2]
#: What the system counts the peak in.
PEAK_UNIT_BYTES = 1 if sys.platform == "darwin" else 1024
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class Command:
    """What is run, from the root of the repository.

    ends_with: the exit statuses that mean it did its work. is_slow: one round must do.
    """

    name: str
    arguments: tuple[str, ...]
    ends_with: tuple[int, ...] = (0,)
    is_slow: bool = False


def module(name: str, *arguments: object) -> tuple[str, ...]:
    """The words that run a module of the benchmarks in a process of its own."""
    return (sys.executable, "-m", f"tests.benches.{name}", *map(str, arguments))


@dataclass(frozen=True)
class Run:
    """One process from its start to its end. cpu_seconds: user and system time of all its threads together."""

    wall_seconds: float
    cpu_seconds: float
    peak_bytes: int


@dataclass(frozen=True)
class Runs:
    """The runs of one command, in the order of the rounds."""

    rounds: tuple[Run, ...]

    @property
    def wall_seconds(self) -> float:
        return statistics.median(run.wall_seconds for run in self.rounds)

    @property
    def cpu_seconds(self) -> float:
        return statistics.median(run.cpu_seconds for run in self.rounds)

    @property
    def peak_bytes(self) -> float:
        return statistics.median(run.peak_bytes for run in self.rounds)

    def wall_ratio(self, other: Runs) -> float:
        """The median of the rounds' own ratios: what slowed the machine down for a while slowed down both."""
        return statistics.median(one.wall_seconds / two.wall_seconds for one, two in self._same_rounds(other))

    def cpu_ratio(self, other: Runs) -> float:
        return statistics.median(one.cpu_seconds / two.cpu_seconds for one, two in self._same_rounds(other))

    def _same_rounds(self, other: Runs) -> Iterator[tuple[Run, Run]]:
        return zip(self.rounds, other.rounds, strict=False)


def run(command: Command) -> Run:
    """Runs a command to its end. Raises RuntimeError, with what it said, if it does not end as it should."""
    with TemporaryFile() as said:
        begin = time.perf_counter()
        process = subprocess.Popen(command.arguments, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=said)
        try:
            _, wait_status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            raise
        wall_seconds = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(wait_status)
        if process.returncode not in command.ends_with:
            said.seek(0)
            complaint = said.read().decode(errors="replace")[-2000:]
            raise RuntimeError(f"{command.name} ended with {process.returncode}:\n{complaint}")
    return Run(wall_seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * PEAK_UNIT_BYTES)


def interleaved(commands: Sequence[Command], *, rounds: int, tell: Callable[[str], None]) -> dict[str, Runs]:
    """Runs every command once in each round, so that all of them meet the machine in the same moods.

    A slow one runs in the first round only.
    """
    done: dict[str, list[Run]] = {command.name: [] for command in commands}
    quick = [command for command in commands if not command.is_slow]
    for number in range(1, rounds + 1):
        for command in commands if number == 1 else quick:
            tell(f"round {number} of {rounds}, {command.name}")
            done[command.name].append(run(command))
    return {name: Runs(tuple(runs)) for name, runs in done.items()}


def warm(folder: Path) -> None:
    """Reads all files once, so that none comes from the disk in the first round alone."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                while file.read(_CHUNK_BYTES):
                    pass
