"""What a sync changes, record by record, as a list that people page through, search and download.

One row for each record that is created or deactivated, and one for each cell of a record that is updated.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from homeroom import engine
from homeroom.engine.diff import TableChanges
from homeroom.engine.roster import Records
from homeroom.engine.sync_reports import safe
from homeroom.syncs import storage
from homeroom.syncs.models import Sync
from homeroom.syncs.searching import stands_in

KINDS = ("created", "updated", "deactivated")
#: table: of OneRoster. change: one of KINDS. name: what people call the record. column, before, after: null where the
#: record is created or deactivated; before and after also where the cell is empty.
SCHEMA = dict.fromkeys(("table", "change", "source_id", "name", "column", "before", "after"), pl.String())
_HEADERS = ("Table", "Change", "SourcedId", "Name", "Column", "Before", "After")
_NAMES = {
    "users": ("givenName", "familyName"),
    "orgs": ("name",),
    "academicSessions": ("title",),
    "courses": ("title",),
    "classes": ("title",),
    "enrollments": ("userSourcedId", "classSourcedId"),
    "roles": ("userSourcedId", "role"),
}
_SEARCHED = "searched"
_MOST_SORTED = 500_000
#: A list of a million records that were all created tells nobody anything, and takes longer than to check them.
_MOST_CREATED_AT_FIRST = 100_000


@dataclass(frozen=True)
class Change:
    """One row of the list; see SCHEMA."""

    table: str
    change: str
    source_id: str
    name: str | None
    column: str | None
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Page:
    """Some rows of the list, and how many there are in all. number: from 1."""

    rows: tuple[Change, ...]
    total: int
    number: int
    size: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))


def is_short(changes: engine.Changes) -> bool:
    """Whether even a first sync, which creates all that there is, is worth a list."""
    return sum(len(change.created) for change in changes.tables.values()) <= _MOST_CREATED_AT_FIRST


def write(changes: engine.Changes, path: Path) -> None:
    """Writes the list of changes as a Parquet file."""
    parts = [part for table, change in changes.tables.items() for part in _parts(table, change)]
    whole = pl.concat(parts) if parts else pl.LazyFrame(schema=SCHEMA)
    # What is searched stands in one column, in small letters: a search reads nothing else.
    searched = pl.concat_str("source_id", "name", separator=" ", ignore_nulls=True).str.to_lowercase()
    whole.with_columns(searched.alias(_SEARCHED)).sink_parquet(
        path, row_group_size=50_000, compression="lz4", engine="streaming"
    )


def page(sync: Sync, *, table: str = "", change: str = "", search: str = "", number: int = 1, size: int = 50) -> Page:
    """One page of the changes of a sync; of one table, of one kind, or of records whose source id or name has the text
    in it, if asked for. Empty where the list is no longer kept.
    """
    found = _found(sync, table=table, change=change, search=search)
    total = int(found.select(pl.len()).collect(engine="streaming").item())
    number = min(max(1, number), max(1, -(-total // size)))
    rows = found.slice((number - 1) * size, size).select(SCHEMA.keys()).collect(engine="streaming")
    return Page(tuple(Change(**row) for row in rows.iter_rows(named=True)), total, number, size)


def as_csv(sync: Sync, *, table: str = "", change: str = "", search: str = "") -> Path:
    """The same rows as a CSV file, safe to open in a spreadsheet. Whoever asks sends it and removes it."""
    found = _found(sync, table=table, change=change, search=search)
    path = storage.scratch_folder(sync) / f"changes-{secrets.token_hex(8)}.csv"
    path.touch(mode=0o600)
    cells = [safe(pl.col(name)).alias(header) for name, header in zip(SCHEMA, _HEADERS, strict=True)]
    found.select(cells).sink_csv(path, include_bom=True, line_terminator="\r\n", engine="streaming")
    return path


def _found(sync: Sync, *, table: str, change: str, search: str) -> pl.LazyFrame:
    path = storage.changes_path(sync)
    found = pl.scan_parquet(path) if path else pl.LazyFrame(schema=SCHEMA | {_SEARCHED: pl.String()})
    if table:
        found = found.filter(pl.col("table") == table)
    if change:
        found = found.filter(pl.col("change") == change)
    return found.filter(stands_in(pl.col(_SEARCHED), search)) if search else found


def _parts(table: str, change: TableChanges) -> Iterator[pl.LazyFrame]:
    if change.after is not None and len(change.created):
        yield _whole_records(table, "created", change.after, change.created)
    if change.before is not None and change.after is not None and len(change.updated):
        yield _cells(
            table, replace(change, before=_at_hand(change.before, change), after=_at_hand(change.after, change))
        )
    if change.before is not None and len(change.removed):
        yield _whole_records(table, "deactivated", change.before, change.removed)


def _at_hand(records: Records, change: TableChanges) -> Records:
    """The records, with the text of the updated ones fetched: it is looked at three times."""
    text = records.text(change.updated).collect()
    return replace(records, text=lambda _: text.lazy())


def _cells(table: str, change: TableChanges) -> pl.LazyFrame:
    assert change.after is not None
    cells = change.columns_that_differ().lazy().rename({"sourcedId": "source_id"})
    return cells.join(_named(change.after, change.updated), on="source_id", how="left", maintain_order="left").select(
        table=pl.lit(table), change=pl.lit("updated"), source_id="source_id", name="name", column="column",
        before="before", after="after",
    )  # fmt: skip


def _whole_records(table: str, change: str, records: Records, keys: pl.Series) -> pl.LazyFrame:
    nothing = pl.lit(None, dtype=pl.String)
    named = _named(records, keys)
    if len(keys) <= _MOST_SORTED:
        named = named.sort("source_id")
    return named.select(
        table=pl.lit(table), change=pl.lit(change), source_id="source_id", name="name", column=nothing, before=nothing,
        after=nothing,
    )  # fmt: skip


def _named(records: Records, keys: pl.Series) -> pl.LazyFrame:
    """``source_id`` and ``name`` of each record of these keys."""
    columns = [column for column in _NAMES.get(records.table.name, ()) if column in records.columns]
    separator = " in " if records.table.name == "enrollments" else " "
    name = pl.concat_str(*columns, separator=separator, ignore_nulls=True) if columns else pl.lit(None, pl.String)
    return records.text(keys).select(source_id=records.table.key, name=name)
