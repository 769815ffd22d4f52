"""The index of a district's roster as files, so that a night needs not read the whole roster from the database.

Only a copy: it bears the stamp of the change after which it was made, and counts for nothing if the database bears
another. Losing it costs time; the database stays the truth.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import structlog
from django.conf import settings

from homeroom.districts.models import District
from homeroom.engine import Roster
from homeroom.roster.models import RosterState

log = structlog.get_logger(__name__)
#: Of so many records the index is read at a time, by who looks for some of them.
_BATCH_ROWS = 100_000
#: Changes whenever an index would come out otherwise for the same records: what it holds, or how values are hashed.
FORM = "1"
#: What reading and writing the files may come to: no room on the disk, or half a file after a power cut.
_FAILURES = (OSError, pl.exceptions.PolarsError, pl.exceptions.PanicException)


@contextmanager
def snapshot_beside(district: District, roster: Roster, *, work: Path) -> Iterator[Callable[[], None]]:
    """The index of a roster is written while its changes are applied. What this gives keeps it, in place of the one
    before, if there is room: call it after the commit. work: a folder lent for what is not kept.
    """
    indexes = {name: records.index for name, records in roster.tables.items()}
    with ThreadPoolExecutor(1) as beside:
        writing = beside.submit(_written, indexes, work)

        def keep() -> None:
            state = RosterState.objects.filter(district=district).first()
            if state is not None:
                with _costing_time_only(district.pk):
                    _replace(state, writing.result())

        yield keep


def keep(state: RosterState, indexes: Mapping[str, pl.LazyFrame], *, work: Path) -> None:
    """Replaces whatever snapshot the district had, if there is room. work: as above."""
    with _costing_time_only(state.district_id):
        _replace(state, _written(indexes, work))


@contextmanager
def _costing_time_only(district_id: int) -> Iterator[None]:
    """A snapshot that cannot be kept is made anew by the next who asks for it."""
    try:
        yield
    except _FAILURES:
        log.exception("snapshot not kept", district_id=district_id)


def _written(indexes: Mapping[str, pl.LazyFrame], work: Path) -> Path:
    """A new folder with these indexes."""
    folder = Path(tempfile.mkdtemp(prefix="snapshot-", dir=work))
    with _gone_unless_whole(folder):
        for name, index in indexes.items():
            index.collect().write_ipc(folder / f"{name}.arrow", record_batch_size=_BATCH_ROWS)
    return folder


def _replace(state: RosterState, written: Path) -> None:
    folder = _folder(state)
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.rmtree(folder, ignore_errors=True)
    with _gone_unless_whole(folder):
        shutil.move(written, folder)  # copied, if it lies on another disk
    for other in folder.parent.iterdir():
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)


@contextmanager
def _gone_unless_whole(folder: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)  # the rest of the sync needs the room
        raise


def kept(state: RosterState) -> dict[str, pl.LazyFrame] | None:
    """By kind, the index after the last change, read when it is asked for; null if there is no snapshot of it here, or
    none that can be read.
    """
    folder = _folder(state)
    indexes = {name: pl.scan_ipc(folder / f"{name}.arrow") for name in state.columns}
    try:
        pl.collect_all([index.select(pl.all().last()) for index in indexes.values()])
    except _FAILURES:
        return None
    return indexes


def kept_keys(state: RosterState, kind: str, column: str, among: pl.Series) -> pl.Series | None:
    """The keys of the records of a kind whose reference in this column is among these hashes; null as for ``kept``."""
    try:
        index = pl.scan_ipc(_folder(state) / f"{kind}.arrow")
        return index.filter(pl.col(column).is_in(among.implode())).select("key").collect().to_series()
    except _FAILURES:
        return None


def _folder(state: RosterState) -> Path:
    return Path(settings.HOMEROOM_DATA) / "rosters" / str(state.district_id) / f"{FORM}-{state.stamp}"
