"""How long does a self-serve upload take, and how much memory? A small one with Argon2, beside the hashing alone, and a
large one with cheap hashes: what is left is what Homeroom does; the hashing of so many takes an hour, and is reckoned.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from homeroom.embedded_postgres import EmbeddedPostgres
from tests.benches.figures import Grid
from tests.benches.measure import PEAK_UNIT_BYTES, ROOT, module

SMALL, LARGE = 1_000, 200_000
_CASES = ((SMALL, "argon2"), (LARGE, "cheap"))


@dataclass(frozen=True)
class Once:
    """One upload, in seconds: the request, the worker, and the hashing of as many passwords alone."""

    request: float
    worker: float
    hashing: float
    peak_bytes: int


Uploads = dict[tuple[int, str], list[Once]]


def measure_uploads(*, scratch: Path, rounds: int, tell: Callable[[str], None]) -> Uploads:
    """Each upload once in each round, each in a database of its own."""
    scratch.chmod(0o711)  # as root the database server is somebody else, who must get to his folder
    found: Uploads = {case: [] for case in _CASES}
    with EmbeddedPostgres(scratch / "postgres") as server:
        for number in range(1, rounds + 1):
            for rows, hasher in _CASES:
                tell(f"round {number} of {rounds}, {rows:,} rows")
                name = f"{hasher}{number}"
                urls = server.create_database(name)
                env = os.environ | {"HOMEROOM_DATA": str(scratch / name), "PYTHONPATH": str(ROOT)}
                migrate = [sys.executable, "-m", "django", "migrate", "--verbosity=0", "--settings=tests.settings"]
                subprocess.run(migrate, env=env | {"DATABASE_URL": urls.owner}, cwd=ROOT, check=True)
                found[rows, hasher].append(_once(rows, hasher, env | {"DATABASE_URL": urls.app}))
                server.drop_database(name)
    return found


def _once(rows: int, hasher: str, env: dict[str, str]) -> Once:
    process = subprocess.Popen(module("upload_once", rows, hasher), env=env, cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"The upload of {rows:,} rows ended with {process.returncode}.")
    return Once(**json.loads(said), peak_bytes=usage.ru_maxrss * PEAK_UNIT_BYTES)


def uploads_grid(found: Uploads) -> Grid:
    small, large = found[_CASES[0]], found[_CASES[1]]
    per_password = statistics.median(one.hashing for one in small) / SMALL
    rows = [
        (
            f"{SMALL:,} rows, with Argon2",
            f"{_median(small, 'request'):.2f} s",
            f"{_median(small, 'worker'):.1f} s",
            f"{_median(small, 'hashing'):.1f} s",
            f"{statistics.median((one.request + one.worker) / one.hashing for one in small):.2f}",
            f"{_median(small, 'peak_bytes') / 1e6:,.0f} MB",
        ),
        (
            f"{LARGE:,} rows, without the hashing",
            f"{_median(large, 'request'):.1f} s",
            f"{_median(large, 'worker'):.1f} s",
            f"{per_password * LARGE / 60:.0f} min, reckoned",
            "",
            f"{_median(large, 'peak_bytes') / 1e6:,.0f} MB",
        ),
    ]
    header = ("upload", "request", "worker", "hashing alone", "request and worker × hashing", "peak")
    return Grid("Self-serve uploads of students", header, tuple(rows))


def _median(runs: list[Once], name: str) -> float:
    return statistics.median(getattr(one, name) for one in runs)
