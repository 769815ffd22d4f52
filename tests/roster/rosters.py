"""Rosters to store: a small made-up district's files, changed by hand where a test needs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from django.db import transaction

from homeroom import engine
from homeroom.demo import district as made_up
from homeroom.districts import scope
from homeroom.districts.models import District
from homeroom.engine.profile import shipped
from homeroom.roster import store

Change = Callable[[pl.DataFrame], pl.DataFrame]


@dataclass
class Files:
    """The files of a district, in a folder of their own, and the rosters that they describe."""

    folder: Path
    work: Path

    def roster(self, **changes: Change) -> engine.Roster:
        """The roster of the files, each changed as said, by the name of its table."""
        to = self.work / f"changed-{len(list(self.work.iterdir()))}"
        to.mkdir()
        for path in (self.folder / "roster").iterdir():
            table = pl.read_csv(path, infer_schema=False)
            changes.get(path.stem, lambda table: table)(table).write_csv(to / path.name)
        files = tuple(engine.File(path.name, path, path.stat().st_size) for path in sorted(to.iterdir()))
        snapshot = engine.read(engine.Delivery(files, origin="a test"))
        return store.keeping(engine.trust(snapshot, profile=shipped("publisher"), work=self.work))


def make(folder: Path, *, version: str) -> Files:
    work = folder / "work"
    work.mkdir(parents=True)
    made_up.make(folder / "district", users=60, enrollments_per_user=3, version=version, defects_per_kind=0)
    return Files(folder / "district", work)


def bring(district: District, to: engine.Roster, work: Path, *, sync_id: int, version: str = "1.1") -> engine.Changes:
    """The stored roster becomes this one, as a sync would do it; the changes that it took."""
    with scope.within(district.pk), store.snapshot_beside(district, to, work=work) as keep_snapshot:
        with transaction.atomic():
            changes = engine.diff(store.load(district, work=work), to)
            store.apply(changes, district=district, sync_id=sync_id, roster=to, version=version)
        keep_snapshot()
    return changes


def told(roster: engine.Roster) -> dict[str, tuple[Mapping[int, int], list[dict[str, object]]]]:
    """All of a roster, to be compared: by table the content of each key, and the records as text."""
    return {
        name: (
            dict(records.index.select("key", "content").collect().iter_rows()),
            records.rows.sort("key").select(sorted(records.columns)).collect().to_dicts(),
        )
        for name, records in roster.tables.items()
    }


def indexes(roster: engine.Roster) -> dict[str, pl.DataFrame]:
    """All that the indexes know, in one order."""
    whole = {name: records.index.collect() for name, records in roster.tables.items()}
    return {name: index.select(sorted(index.columns)).sort("key") for name, index in whole.items()}
