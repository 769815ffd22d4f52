"""How long would a night of a whole country take? Measured nights of some districts, and a simulation of 13,000."""

from __future__ import annotations

import heapq
import json
import math
import os
import random
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from homeroom.embedded_postgres import EmbeddedPostgres
from tests.benches.figures import Grid
from tests.benches.measure import ROOT, module
from tests.benches.next_night import main as make_next_night
from tests.benches.pulls import served

DISTRICTS, STUDENTS, RECORDS_PER_STUDENT = 13_000, 50_000_000, 10
MEDIAN_STUDENTS = 700
SIZES = (300, 3_000, 30_000, 100_000)
_SHARE = 0.005
_ENROLLMENTS_PER_USER = 8
#: Processors of a machine, and how many machines.
MACHINES = ((2, 1), (16, 1), (16, 10))


@dataclass(frozen=True)
class Night:
    """A night of a district with so many records; in seconds: waiting for its provider, and of the processor for its
    worker and for the database.
    """

    records: int
    provider: float
    worker: float
    database: float

    @property
    def whole(self) -> float:
        """As if nothing of it went on at the same time."""
        return self.provider + self.worker + self.database


def measure_country(*, scratch: Path, tell: Callable[[str], None]) -> list[Night]:
    """A night with half a percent of the records changed, gone or new, of a district of each size."""
    scratch.chmod(0o711)  # as root the database server is somebody else, who must get to his folder
    with EmbeddedPostgres(scratch / "postgres") as server:
        urls = server.create_database("country")
        env = os.environ | {"HOMEROOM_DATA": str(scratch / "data"), "PYTHONPATH": str(ROOT)}
        migrate = [sys.executable, "-m", "django", "migrate", "--verbosity=0", "--settings=tests.settings"]
        subprocess.run(migrate, env=env | {"DATABASE_URL": urls.owner}, cwd=ROOT, check=True)
        postmaster = int((scratch / "postgres" / "cluster" / "postmaster.pid").read_text().split()[0])
        env |= {"DATABASE_URL": urls.app}
        return [_night(users, scratch / str(users), env, postmaster, tell) for users in SIZES]


def _night(users: int, folder: Path, env: dict[str, str], postmaster: int, tell: Callable[[str], None]) -> Night:
    tell(f"district of {users:,} users")
    size = ("--users", str(users), "--enrollments-per-user", str(_ENROLLMENTS_PER_USER), "--clean")
    subprocess.run([sys.executable, "-m", "homeroom.demo.district", folder, *size], cwd=ROOT, check=True)
    make_next_night(folder / "roster", _SHARE, folder / "next")
    for roster in (folder / "roster", folder / "next" / "roster"):
        with served(roster) as address:
            before = _seconds_of_the_processor(postmaster)
            command = module("country_night", address, folder / "onboarded.txt", f"District of {users}")
            said = json.loads(subprocess.run(command, env=env, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
            database = _seconds_of_the_processor(postmaster) - before
    if not said["changed"]:
        raise RuntimeError("Nothing changed in the second night.")
    return Night(said["records"], said["waiting"], said["processor"], database)


def _seconds_of_the_processor(postmaster: int) -> float:
    """What a database server's processes have used of it, those that have ended included."""
    ticks = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            number, told = path.parent.name, path.read_text().rpartition(")")[2].split()
            if int(number) == postmaster:
                ticks += sum(map(int, told[11:15]))  # its own, and of children that have ended
            elif int(told[1]) == postmaster:
                ticks += sum(map(int, told[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def sizes() -> list[int]:
    """Records of each district of the country, the largest first; always the same."""
    chance = random.Random(1)
    sigma = math.sqrt(2 * math.log(STUDENTS / DISTRICTS / MEDIAN_STUDENTS))
    drawn = [chance.lognormvariate(math.log(MEDIAN_STUDENTS), sigma) for _ in range(DISTRICTS)]
    scale = STUDENTS / sum(drawn)
    return sorted((round(students * scale * RECORDS_PER_STUDENT) for students in drawn), reverse=True)


def reckoned(nights: Sequence[Night], records: int) -> Night:
    """A night of so many records: between two that were measured on the line through them, beyond them on its end."""
    ordered = sorted(nights, key=lambda night: night.records)
    low, high = next(
        ((one, two) for one, two in pairwise(ordered) if records <= two.records), (ordered[-2], ordered[-1])
    )
    share = (records - low.records) / (high.records - low.records)

    def on_the_line(of: Callable[[Night], float]) -> float:
        return max(of(low) * min(1.0, records / low.records), of(low) + share * (of(high) - of(low)))

    return Night(
        records,
        on_the_line(lambda night: night.provider),
        on_the_line(lambda night: night.worker),
        on_the_line(lambda night: night.database),
    )


def simulated(nights: Sequence[Night], *, workers: int) -> float:
    """Seconds until the last district is done, if workers take them off one queue, the largest first."""
    free = [0.0] * workers
    heapq.heapify(free)
    for night in nights:
        heapq.heapreplace(free, free[0] + night.whole)
    return max(free)


def country_grids(measured: Sequence[Night]) -> tuple[Grid, Grid]:
    of_sizes = tuple(
        (f"{night.records:,}", *(f"{seconds:.1f} s" for seconds in (night.provider, night.worker, night.database)))
        for night in measured
    )
    country = [reckoned(measured, records) for records in sizes()]
    provider, worker, database = (
        sum(of(night) for night in country) for of in (lambda n: n.provider, lambda n: n.worker, lambda n: n.database)
    )
    whole = provider + worker + database
    rows = []
    for processors, machines in MACHINES:
        seconds = simulated(country, workers=processors * machines)
        rows.append((f"{machines} × {processors} processors", f"{seconds / 3600:.1f} h", f"{database / seconds:.1f}"))
    limits = f"provider {provider / whole:.0%}, worker {worker / whole:.0%}, database {database / whole:.0%}"
    title = f"A night of {len(country):,} districts, {sum(n.records for n in country):,} records ({limits} of the time)"
    return (
        Grid(
            f"Measured nights, {100 * _SHARE:g} % changed, gone or new",
            ("records", "waiting for the provider", "processor, worker", "processor, database"),
            of_sizes,
        ),
        Grid(title, ("machines", "reckoned", "processors that the database keeps busy"), tuple(rows)),
    )
