"""What must hold at every moment, whatever was killed. Each answer is a sentence about what does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from homeroom.roster.models import KINDS
from homeroom.syncs.models import FINAL, SUCCEEDED, UNDER_WAY, State
from tests.chaos.nights import EMPTY, PASSWORD, Marks, Night

MARK = "md5(string_agg(key || ':' || content, ',' order by key))"
_ROSTERS = " union all ".join(
    f"select '{kind}' as kind, {MARK} as mark from {model._meta.db_table}"
    " where is_active and district_id = %(district)s"
    for kind, model in KINDS.items()
)
_JOBS = "select (args ->> 'sync_id')::bigint as sync, status::text from procrastinate_jobs where task_name = 'run_sync'"


@dataclass(frozen=True)
class District:
    """One district at one moment, read in one transaction. jobs: by sync."""

    number: int
    roster: Marks
    state: dict[str, Any] | None
    syncs: list[dict[str, Any]]
    jobs: dict[int, str]


def look(url: str, districts: list[int]) -> Iterator[District]:
    for number in districts:
        with psycopg.connect(url, connect_timeout=5, row_factory=dict_row) as own:
            own.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            own.execute("select set_config('homeroom.district', %s, false)", [str(number)])
            found = own.execute(_ROSTERS, {"district": number}).fetchall()
            roster = {row["kind"]: row["mark"] for row in found if row["mark"]}
            state = own.execute("select * from roster_rosterstate").fetchone()
            syncs = own.execute("select * from syncs_sync order by id").fetchall()
            jobs = own.execute(_JOBS + " and (args ->> 'district_id')::bigint = %s", [number]).fetchall()
        yield District(number, roster, state, syncs, {row["sync"]: row["status"] for row in jobs})


def wrong(district: District, sent: Mapping[str, Night]) -> Iterator[str]:
    """All that does not hold. sent: every delivery by its digest."""
    for sync in district.syncs:
        if sync["delivery_digest"] not in sent:
            yield f"sync {sync['id']} is of a delivery that nobody sent"
            return
    yield from _wrong_roster(district, sent)
    for sync in district.syncs:
        yield from _wrong_end(sync, sent[sync["delivery_digest"]])
        if sync["state"] in UNDER_WAY and district.jobs.get(sync["id"]) not in ("todo", "doing"):
            yield f"sync {sync['id']} is {sync['state']} and its job is {district.jobs.get(sync['id'], 'lost')}"


def _wrong_roster(district: District, sent: Mapping[str, Night]) -> Iterator[str]:
    succeeded = sorted((sync for sync in district.syncs if sync["state"] in SUCCEEDED), key=_finished)
    last = succeeded[-1] if succeeded else None
    expected = sent[last["delivery_digest"]].roster if last else EMPTY
    if district.roster != expected:
        of = sorted({kind for kind in KINDS if district.roster.get(kind) != (expected or {}).get(kind)})
        yield f"the roster is not that of sync {last and last['id']}, the last that was applied: {', '.join(of)} differ"
    generations = [sync["generation"] for sync in succeeded if sync["generation"] is not None]
    if generations != list(range(1, len(generations) + 1)):
        yield f"the generations of the applied syncs are {generations}"
    state = district.state or {"generation": 0, "sync_id": None}
    applied = [sync["id"] for sync in succeeded if sync["generation"] is not None]
    if (state["generation"], state["sync_id"]) != (len(generations), applied[-1] if applied else None):
        yield f"the roster says generation {state['generation']} of sync {state['sync_id']}, the syncs {applied[-1:]}"


def _finished(sync: dict[str, Any]) -> datetime:
    assert isinstance(sync["finished_at"], datetime)
    return sync["finished_at"]


def _wrong_end(sync: dict[str, Any], night: Night) -> Iterator[str]:
    if sync["state"] in (State.FAILED, State.HELD) and not sync["reason"]:
        yield f"sync {sync['id']} is {sync['state']} without a reason"
    if sync["state"] in SUCCEEDED and night.roster is None:
        yield f"sync {sync['id']} succeeded with a delivery that cannot be taken"
    if sync["state"] == State.FAILED and "Something went wrong in the server itself" in sync["reason"]:
        yield f"sync {sync['id']} failed by a mistake of the server's own"
    if sync["state"] == State.FAILED and night.roster is not None and "three times" not in sync["reason"]:
        yield f"sync {sync['id']} of a good delivery failed: {sync['reason'][:100]}"


def unfinished(district: District) -> Iterator[str]:
    """What must not be there any more once nobody kills and nobody sends."""
    for sync in district.syncs:
        if sync["state"] not in FINAL:
            yield f"sync {sync['id']} is still {sync['state']} ({sync['stage']}), run {sync['run']}"
    for sync_id, status in district.jobs.items():
        yield f"the job of sync {sync_id} is still {status}"


def left_behind(data: Path, district: District) -> Iterator[str]:
    """Private files: uploads as they came, and what a run had unpacked, of syncs that are over."""
    of_district = data / "syncs" / str(district.number)
    may_be_tried_again = {sync["id"] for sync in district.syncs if sync["state"] == State.FAILED}
    known = {str(sync["id"]) for sync in district.syncs}
    for folder in sorted(of_district.iterdir()) if of_district.exists() else ():
        if folder.name not in known:
            yield f"{folder.name.partition('-')[0]}: files that belong to no sync"
            continue
        if (folder / "incoming").exists() and int(folder.name) not in may_be_tried_again:
            yield f"sync {folder.name}: the upload as it came"
        if (folder / "work").exists():
            names = sorted(path.name for path in (folder / "work").iterdir())
            yield f"sync {folder.name}: what a run was working with: {', '.join(names)}"
        if any(PASSWORD.encode() in path.read_bytes() for path in folder.glob("[!i]*/**/*") if path.is_file()):
            yield f"sync {folder.name}: a password"
