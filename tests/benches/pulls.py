"""How long does it take to pull a district from a OneRoster REST provider, and how much memory? Beside the floor: the
same bytes fetched and parsed as JSON, nothing else.

Provider, floor and pull are processes of their own; the provider's time is in both figures, its memory in neither.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benches.figures import Grid
from tests.benches.measure import ROOT, Command, Runs, interleaved, module

USERS = 100_000
_ENROLLMENTS_PER_USER = 10
_FLOOR, _PULL = "floor", "pull"
_MOST_RATIO = 2.0
_MOST_BYTES = 1_000_000_000


@dataclass(frozen=True)
class Pull:
    """users: so many were asked for; runs: by name, of floor and pull."""

    users: int
    runs: dict[str, Runs]


def measure_pull(users: int, *, scratch: Path, rounds: int, tell: Callable[[str], None]) -> Pull:
    """Makes a district, serves it, and pulls it once in each round."""
    tell("making the district")
    size = ("--users", str(users), "--enrollments-per-user", str(_ENROLLMENTS_PER_USER), "--clean")
    subprocess.run([sys.executable, "-m", "homeroom.demo.district", scratch, *size], cwd=ROOT, check=True)
    tell("starting the provider")
    with served(scratch / "roster") as url:
        commands = [
            Command(_FLOOR, module("pull_floor", url)),
            Command(_PULL, module("pull_once", url, scratch / "pages")),
        ]
        return Pull(users, interleaved(commands, rounds=rounds, tell=tell))


@contextmanager
def served(roster: Path) -> Iterator[str]:
    """The address of a made-up provider of this roster, a process of its own while one is inside."""
    command = [sys.executable, "-m", "homeroom.demo.provider", roster]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def pull_grid(pull: Pull) -> Grid:
    floor, runs = pull.runs[_FLOOR], pull.runs[_PULL]
    cells = (
        f"{pull.users:,} users, {pull.users * _ENROLLMENTS_PER_USER:,} enrollments",
        f"{floor.wall_seconds:.2f} s",
        f"{runs.wall_seconds:.2f} s",
        f"{runs.wall_ratio(floor):.2f} (limit {_MOST_RATIO:g})",
        f"{runs.cpu_ratio(floor):.2f}",
        f"{floor.peak_bytes / 1e6:,.0f} MB",
        f"{runs.peak_bytes / 1e6:,.0f} MB (limit {_MOST_BYTES / 1e6:,.0f} MB)",
    )
    header = ("about", "floor", "pull", "× floor", "CPU × floor", "floor's peak", "peak")
    return Grid("A pull beside the floor", header, (cells,))


def pull_not_kept(pull: Pull) -> list[str]:
    """A sentence for each limit that is crossed."""
    runs = pull.runs[_PULL]
    ratio = runs.wall_ratio(pull.runs[_FLOOR])
    told = [f"the pull took {ratio:.2f} times the floor; the limit is {_MOST_RATIO:g} times."] * (ratio > _MOST_RATIO)
    if runs.peak_bytes > _MOST_BYTES:
        told.append(
            f"the pull took {runs.peak_bytes / 1e6:,.0f} MB at its peak; the limit is {_MOST_BYTES / 1e6:,.0f} MB."
        )
    return told
