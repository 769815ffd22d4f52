"""Many districts are due in the same minute: is each begun, and once, and do the pages answer meanwhile?

A real server with two workers and a database of its own; the districts are small and have one made-up provider, a
process of its own. Pages are asked for one after the other, over HTTP, as an operator, from the beginning to the end.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import psycopg

from tests.benches.figures import Grid
from tests.benches.measure import ROOT, module
from tests.benches.pulls import served as provider_of
from tests.chaos.server import Server, served

DISTRICTS = 1_000
_USERS = 60
_IN_SECONDS = 5
_MOST_SECONDS = 3_600
_BETWEEN_PAGES_SECONDS = 0.25
_MOST_MILLISECONDS = 200


@dataclass
class Rush:
    """districts: so many were due at once. begun_after, done_after: seconds until the last was begun, and ended; null
    where that never came. states: how many syncs ended in which. twice: so many districts have more than one. pages:
    milliseconds of each answer, by page.
    """

    districts: int
    begun_after: float | None = None
    done_after: float | None = None
    states: dict[str, int] = field(default_factory=dict)
    twice: int = 0
    pages: dict[str, list[float]] = field(default_factory=dict)

    @property
    def completed(self) -> int:
        return self.states.get("completed", 0)


def measure_rush(many: int, *, scratch: Path, tell: Callable[[str], None]) -> Rush:
    tell("making a district")
    size = ("--users", str(_USERS), "--enrollments-per-user", "3", "--clean")
    subprocess.run([sys.executable, "-m", "homeroom.demo.district", scratch, *size], cwd=ROOT, check=True)
    with provider_of(scratch / "roster") as address, served(HOMEROOM_LOOPBACK_SOURCES="true") as server:
        tell(f"making {many:,} districts")
        env = os.environ | server.environment_of("worker 1") | {"PYTHONPATH": str(ROOT)}
        made = _said(module("rush_districts", many, address, scratch / "onboarded.txt", _IN_SECONDS), env)
        tell("the rush")
        rush = _watched(server, Rush(many), made["cookie"], made["slug"])
        counted = _said(module("rush_districts"), env)
        rush.states, rush.twice = counted["states"], counted["twice"]
        return rush


def _said(command: list[str], env: dict[str, str]) -> dict[str, Any]:
    said = subprocess.run(command, env=env, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    told: dict[str, Any] = json.loads(said)
    return told


def _watched(server: Server, rush: Rush, cookie: str, slug: str) -> Rush:
    paths = cycle(["/d/SLUG/", "/d/SLUG/sync-reports/", "/operator/districts/", "/operator/districts/SLUG/"])
    begin = time.monotonic() + _IN_SECONDS
    while (now := time.monotonic() - begin) < _MOST_SECONDS:
        waiting, under_way = _left(server)
        if not waiting and rush.begun_after is None:
            rush.begun_after = now
        if not waiting and not under_way:
            rush.done_after = now
            break
        _ask(server, rush, next(paths), slug, cookie)
        time.sleep(_BETWEEN_PAGES_SECONDS)
    return rush


def _ask(server: Server, rush: Rush, page: str, slug: str, cookie: str) -> None:
    request = Request(f"http://127.0.0.1:{server.port}{page.replace('SLUG', slug)}", headers={"Cookie": cookie})
    begin = time.perf_counter()
    with urlopen(request, timeout=60) as answer:
        answer.read()
        if answer.status != 200 or not answer.url.endswith(page.replace("SLUG", slug)):
            raise RuntimeError(f"{page} answered {answer.status}, {answer.url}")
    rush.pages.setdefault(page, []).append(1000 * (time.perf_counter() - begin))


def _left(server: Server) -> tuple[int, ...]:
    """How many districts are not begun yet, and how many jobs are not done."""
    with psycopg.connect(server.url) as own:
        waiting = own.execute("select count(*) from districts_district where due_at < now() + interval '1 minute'")
        jobs = own.execute("select count(*) from procrastinate_jobs where task_name = 'run_sync'")
        return tuple(int(row[0]) for row in (*waiting.fetchall(), *jobs.fetchall()))


def rush_grids(rush: Rush) -> tuple[Grid, Grid]:
    begun, done = (
        "never" if seconds is None else f"{seconds:.0f} s" for seconds in (rush.begun_after, rush.done_after)
    )
    told = (f"{rush.districts:,}", begun, done, f"{rush.completed:,}", str(rush.twice))
    pages = tuple(
        (page, str(len(times)), f"{statistics.median(times):.0f} ms", f"{_high(times):.0f} ms", f"{max(times):.0f} ms")
        for page, times in rush.pages.items()
    )
    return (
        Grid(
            "Districts due in the same moment",
            ("districts", "the last begun after", "the last done after", "completed", "synced twice"),
            (told,),
        ),
        Grid("Pages meanwhile", ("page", "asked", "median", "95th percentile", "longest"), pages),
    )


def rush_not_kept(rush: Rush) -> list[str]:
    """A sentence for each limit that is crossed."""
    told = []
    if rush.twice or rush.completed != rush.districts:
        told.append(
            f"of {rush.districts:,} districts {rush.twice} were synced twice, and of their syncs {rush.completed:,} "
            f"were completed ({rush.states})."
        )
    slow = [page for page, times in rush.pages.items() if _high(times) > _MOST_MILLISECONDS]
    return told + [f"{page} took more than {_MOST_MILLISECONDS} ms." for page in slow]


def _high(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
