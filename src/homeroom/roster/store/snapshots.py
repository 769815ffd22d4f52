"""The index of a district's roster as files, so that a night needs not read the whole roster from the database.

Only a copy: it bears the stamp of the change after which it was made, and counts for nothing if the database bears
another. Losing it costs time; the database stays the truth.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import polars as pl
from django.conf import settings

from homeroom.districts.models import District
from homeroom.engine import Roster
from homeroom.roster.models import RosterState

#: Of so many records the index is read at a time, by who looks for some of them.
_BATCH_ROWS = 100_000
#: Changes whenever an index would come out otherwise for the same records: what it holds, or how values are hashed.
FORM = "1"


def keep_snapshot(district: District, roster: Roster) -> None:
    """Keeps the index of the roster that was applied last; call it after the commit."""
    state = RosterState.objects.filter(district=district).first()
    if state is not None:
        keep(state, {name: records.index for name, records in roster.tables.items()})


def keep(state: RosterState, indexes: Mapping[str, pl.LazyFrame]) -> None:
    """Replaces whatever snapshot the district had."""
    folder = _folder(state)
    unfinished = folder.with_name(f"{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True, mode=0o700)
    for name, index in indexes.items():
        index.collect().write_ipc(unfinished / f"{name}.arrow", record_batch_size=_BATCH_ROWS)
    shutil.rmtree(folder, ignore_errors=True)
    unfinished.rename(folder)
    for other in folder.parent.iterdir():
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)


def kept(state: RosterState) -> dict[str, pl.LazyFrame] | None:
    """By kind, the index after the last change, read when it is asked for; null if there is no snapshot of it here, or
    none that can be read.
    """
    folder = _folder(state)
    indexes = {name: pl.scan_ipc(folder / f"{name}.arrow") for name in state.columns}
    try:
        pl.collect_all([index.select(pl.all().last()) for index in indexes.values()])
    except (OSError, pl.exceptions.PolarsError, pl.exceptions.PanicException):  # a power cut may leave half a file
        return None
    return indexes


def kept_keys(state: RosterState, kind: str, column: str, among: pl.Series) -> pl.Series | None:
    """The keys of the records of a kind whose reference in this column is among these hashes; null as for ``kept``."""
    try:
        index = pl.scan_ipc(_folder(state) / f"{kind}.arrow")
        return index.filter(pl.col(column).is_in(among.implode())).select("key").collect().to_series()
    except (OSError, pl.exceptions.PolarsError, pl.exceptions.PanicException):
        return None


def _folder(state: RosterState) -> Path:
    return Path(settings.HOMEROOM_DATA) / "rosters" / str(state.district_id) / f"{FORM}-{state.stamp}"
