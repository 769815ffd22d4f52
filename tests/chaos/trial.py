"""Kills, waits until all is there again, and looks whether everything still holds; again and again."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import psycopg
from django.db import connection
from rich.console import Console

from homeroom.districts import scope
from homeroom.syncs import storage, tasks
from homeroom.syncs.claims import DISTRICT_LOCK
from tests.chaos import checks
from tests.chaos.checks import District
from tests.chaos.figures import Figures, stage_named
from tests.chaos.nights import made
from tests.chaos.sending import DISTRICTS, Sender
from tests.chaos.server import LOST, TARGETS, Server, wait_for

WEIGHTS = (45, 25, 15, 15)
IN_A_GROUP = (1, 2, 3, 4, 5)
LONGEST_RECOVERY_SECONDS = 90
LONGEST_DRAIN_SECONDS = 300
AIMS = ("beginning", "opening", "reading", "checking", "comparing", "writing down", "applying")
AIMED_SECONDS = 1.5
_AT_WORK = f"""
    select a.application_name, l.objid::bigint as district from pg_locks l join pg_stat_activity a using (pid)
    where l.locktype = 'advisory' and l.classid = {DISTRICT_LOCK} and l.granted
"""
_STAGE = "select stage from syncs_sync where state = 'processing' and district_id = %s"


class Trial:
    def __init__(self, server: Server, *, seed: int, console: Console) -> None:
        self.server, self.chance, self.console = server, Random(seed), console
        self.figures = Figures()
        rosters = [made(seed=number + 1, users=users) for number, users in enumerate((200, 300, 400))]
        self.sender = Sender(server, rosters, seed + 1)
        self.numbers = [district.pk for district, _ in self.sender.districts]
        connection.close()

    def run(self, *, kills: int) -> None:
        self.sender.start()
        began = time.monotonic()
        while self.figures.killed < kills and not self.figures.violations:
            group = min(self.chance.choice(IN_A_GROUP), kills - self.figures.killed)
            killed = [target for target in [self._kill() for _ in range(group)] if target]
            first = next(iter(killed), None)
            self.sender.awake = min(DISTRICTS, 8 + self.figures.killed * DISTRICTS // kills)
            if first:
                self._wait_until_whole(first)
                self._look()
                left = len(self.figures.violations)
                self.console.print(
                    f"{time.monotonic() - began:6.0f} s  {self.figures.killed:3} kills, {', '.join(killed)};"
                    f" again whole after {self.figures.recoveries[first][-1]:4.1f} s; {left} violations"
                )
        self._end()

    def _kill(self) -> str | None:
        """What was killed, at a moment that chance chose: any, or when a sync is at a certain stage."""
        target = self.chance.choices(TARGETS, WEIGHTS)[0]
        if self.chance.random() < 0.3:
            time.sleep(self.chance.random())
            at_work = self._at_work()
        else:
            at_work = self._aimed(self.chance.choice(AIMS))
        victim = target
        if target == "worker":
            victim = self.chance.choice(sorted(at_work)) if at_work else "worker"
        if not self.server.kill(victim, self.chance.choice):
            return None
        stage = at_work.get(victim) if target == "worker" else next(iter(at_work.values()), None)
        self.figures.kills[target, stage or "nothing at work"] += 1
        return target

    def _aimed(self, stage: str) -> dict[str, str]:
        """The workers that are at this stage, as soon as one is; or whatever they are at when none comes to it."""
        until = time.monotonic() + AIMED_SECONDS
        at_work: dict[str, str] = {}
        for at_work in self._watched():
            there = {worker: at for worker, at in at_work.items() if at == stage}
            if there or time.monotonic() > until:
                return there or at_work
        return at_work

    def _watched(self) -> Iterator[dict[str, str]]:
        """Which worker is at which stage, again and again, until the database is gone."""
        try:
            with psycopg.connect(self.server.url, autocommit=True, connect_timeout=5) as own:
                while True:
                    yield _at_work(own)
                    time.sleep(0.005)
        except LOST:
            return

    def _at_work(self) -> dict[str, str]:
        return next(self._watched(), {})

    def _wait_until_whole(self, target: str) -> None:
        began = time.monotonic()
        time.sleep(0.1)  # what was killed is gone by then
        if not wait_for(lambda: self.server.is_whole, seconds=LONGEST_RECOVERY_SECONDS, every=0.2):
            self.figures.violations.append(
                f"not all is there again {LONGEST_RECOVERY_SECONDS} s after a kill: {target}"
            )
        self.figures.recoveries.setdefault(target, []).append(time.monotonic() - began)

    def _look(self) -> list[District]:
        """The districts as they are. Nothing is killed meanwhile, but all else goes on."""
        sent = self.sender.sent
        for _ in range(5):
            try:
                districts = list(checks.look(self.server.url, self.numbers))
                break
            except LOST:  # a connection that met the end of the database's recovery
                time.sleep(1)
        else:
            self.figures.violations.append("the database does not answer")
            return []
        self.figures.checks += len(districts)
        for district in districts:
            self.figures.violations += [f"district {district.number}: {said}" for said in checks.wrong(district, sent)]
        return districts

    def _end(self) -> None:
        """Nobody kills and nobody sends any more: everything comes to its end, and nothing stays behind."""
        began = time.monotonic()
        self.sender.stop_sending.set()
        if not wait_for(lambda: not list(self._unfinished()), seconds=LONGEST_DRAIN_SECONDS, every=1):
            self.figures.violations += list(self._unfinished())
        self.figures.longest_drain = time.monotonic() - began
        self.sender.stop_all.set()
        self.sender.join(60)
        self._expire()
        districts = self._look()
        arrived = {sync["delivery_digest"] for district in districts for sync in district.syncs}
        lost = len(self.sender.acknowledged - arrived)
        self.figures.violations += [f"{lost} deliveries were acknowledged and are not there"] * bool(lost)
        for district in districts:
            of = f"district {district.number}"
            self.figures.violations += [f"{of}: {said}" for said in checks.left_behind(self.server.data, district)]
            self.figures.violations += [f"{of}: {said}" for said in self._read_anew(district)]
            self.figures.outcomes.update(sync["state"] for sync in district.syncs)
            self.figures.runs.update(sync["run"] for sync in district.syncs)
        self.figures.violations += self.sender.faults
        self.figures.sent = self.sender.counted

    def _unfinished(self) -> Iterator[str]:
        for district in checks.look(self.server.url, self.numbers):
            yield from (f"district {district.number}: {said}" for said in checks.unfinished(district))

    def _expire(self) -> None:
        """The hourly clearing, a day and more later: uploads that were cut off before they became a sync."""
        for folder in (self.server.data / "syncs").glob("*/*"):
            os.utime(folder, (0, 0))
        connection.close()
        tasks.expire_files(timestamp=0)

    def _read_anew(self, seen: District) -> Iterator[str]:
        """The roster once more, this time from all its columns as text, and not from the hashes beside them."""
        from homeroom.roster import store  # noqa: PLC0415
        from tests.chaos.nights import mark  # noqa: PLC0415

        district = next(district for district, _ in self.sender.districts if district.pk == seen.number)
        for kept in (self.server.data / "rosters" / str(district.pk)).glob("*"):
            kept.rename(kept.with_name(f"away-{kept.name}"))
        work = Path(storage._of_district(district)).parent / "read-anew"
        work.mkdir(exist_ok=True)
        with scope.within(district.pk):
            anew = store.load(district, work=work)
        marks = {kind: mark(records.index.collect()) for kind, records in anew.tables.items() if len(records)}
        if marks != seen.roster:
            yield "the records as text are not those that their hashes say"


def _at_work(own: psycopg.Connection) -> dict[str, str]:
    found = {}
    for worker, district in own.execute(_AT_WORK).fetchall():
        own.execute("select set_config('homeroom.district', %s, false)", [str(district)])
        row = own.execute(_STAGE, [district]).fetchone()
        found[worker] = stage_named(row[0]) if row else "beginning"
    return found
