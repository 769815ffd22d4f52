"""How long does a district's sync take, from the zip to the database: the first, the next night, and a night on which
nothing changed? Beside the floor, against an embedded PostgreSQL, each in a process of its own.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from homeroom.embedded_postgres import EmbeddedPostgres
from tests.benches.districts import District, Made, made
from tests.benches.figures import Grid
from tests.benches.measure import PEAK_UNIT_BYTES, ROOT, Command, Run, Runs, module, run
from tests.benches.next_night import main as make_next_night
from tests.benches.next_night import pack

_SHARE = 0.005
_FLOOR, _UNZIP = "floor", "unzipping"
_NIGHTS = {
    "first sync": "roster.zip",
    f"next night, {100 * _SHARE:g} % changed": "next/roster.zip",
    "the same once more": "next/roster.zip",
}


@dataclass(frozen=True)
class Nights:
    """By night the runs of the floor, of unzipping, and its own; pages: by page the 95th percentile in milliseconds."""

    district: District
    rows: int
    runs: dict[str, tuple[Runs, Runs, Runs]]
    pages: dict[str, float]


def measure_nights(
    district: District, *, cache: Path, scratch: Path, rounds: int, tell: Callable[[str], None]
) -> Nights:
    """Runs the nights once in each round, each round in a database of its own."""
    tell("making the district and its next night")
    files = made(district, cache)
    folder = _deliveries(files, cache)
    scratch.chmod(0o711)  # as root the database server is somebody else, who must get to his folder
    floor = Command(_FLOOR, module("floor", files.readable))
    runs: dict[str, list[tuple[Run, Run, Run]]] = {name: [] for name in _NIGHTS}
    pages: dict[str, float] = {}
    with EmbeddedPostgres(scratch / "postgres") as server:
        for number in range(1, rounds + 1):
            urls = server.create_database(f"round{number}")
            data = scratch / f"data{number}"
            env = _environment(urls.app, data)
            _django("migrate", env | {"DATABASE_URL": urls.owner})
            subprocess.run(
                module("publisher", files.onboarded, files.readable / "orgs.csv"), env=env, cwd=ROOT, check=True
            )
            for name, delivery in _NIGHTS.items():
                # Just before each: what a machine does in a second changes with all that was written meanwhile.
                tell(f"round {number} of {rounds}, {name}")
                unzip = Command(_UNZIP, module("unzip", folder / delivery, scratch / "unzipped"))
                runs[name].append((run(floor), run(unzip), _night(folder / delivery, env)))
            if number == rounds:
                tell("pages")
                said = subprocess.run(module("pages"), env=env, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
                pages = json.loads(said)
            server.drop_database(f"round{number}")
            shutil.rmtree(data)
    in_columns = {name: zip(*rounds, strict=True) for name, rounds in runs.items()}
    by_night = {name: (Runs(a), Runs(b), Runs(c)) for name, (a, b, c) in in_columns.items()}
    return Nights(district, files.rows(), by_night, pages)


def nights_grids(measured: Nights) -> tuple[Grid, ...]:
    rows = []
    for name, (floor, unzipping, runs) in measured.runs.items():
        both = statistics.median(
            night.wall_seconds / (one.wall_seconds + two.wall_seconds)
            for night, one, two in zip(runs.rounds, floor.rounds, unzipping.rounds, strict=True)
        )
        rows.append(
            (
                name,
                f"{runs.wall_seconds:.1f} s",
                f"{floor.wall_seconds:.1f} s",
                f"{unzipping.wall_seconds:.1f} s",
                f"{runs.wall_ratio(floor):.1f}",
                f"{both:.1f}",
                f"{measured.rows / runs.wall_seconds:,.0f}",
                f"{runs.peak_bytes / 1_000_000:,.0f} MB",
            )
        )
    title = f"Nights of {measured.district.name} ({measured.rows:,} rows)"
    header = (
        "sync",
        "time",
        "floor",
        "unzipping",
        "× floor",
        "× floor and unzipping",
        "rows a second",
        "peak of the worker",
    )
    pages = tuple((name, f"{value:.0f} ms") for name, value in measured.pages.items())
    return (
        Grid(title, header, tuple(rows)),
        Grid(f"Pages with {measured.district.name} loaded", ("page", "95th percentile"), pages),
    )


def _deliveries(files: Made, cache: Path) -> Path:
    """The zip of the district without damaged rows, and that of the next night."""
    folder = cache / f"{files.folder.name}-nights"
    if not folder.exists():
        unfinished = folder.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir()
        pack(files.readable, unfinished / "roster.zip")
        make_next_night(files.readable, _SHARE, unfinished / "next")
        shutil.rmtree(unfinished / "next" / "roster")
        unfinished.rename(folder)
    return folder


def _environment(url: str, data: Path) -> dict[str, str]:
    return os.environ | {"DATABASE_URL": url, "HOMEROOM_DATA": str(data), "PYTHONPATH": str(ROOT)}


def _django(command: str, env: dict[str, str]) -> None:
    words = [sys.executable, "-m", "django", command, "--verbosity=0", "--settings=tests.settings"]
    subprocess.run(words, env=env, cwd=ROOT, check=True)


def _night(delivery: Path, env: dict[str, str]) -> Run:
    process = subprocess.Popen(module("night", delivery), env=env, cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    told = json.loads(said)
    if process.returncode or not told["state"].startswith("completed"):
        raise RuntimeError(f"The night of {delivery} ended with {process.returncode}: {told['state']} {told['reason']}")
    return Run(told["wall_seconds"], told["cpu_seconds"], usage.ru_maxrss * PEAK_UNIT_BYTES)
