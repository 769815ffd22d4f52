"""What does a district have now? The stored records as the engine's roster.

The index comes from the kept snapshot, or is made anew from the database: its records are written down as the CSV files
that would have delivered them, and read as every delivery is. The text stays in the database, and only what is asked
for is fetched.
"""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

import polars as pl

from homeroom import engine
from homeroom.districts.models import District
from homeroom.engine.oneroster import tables_of
from homeroom.engine.profile import shipped
from homeroom.engine.roster import Records
from homeroom.engine.tables import METADATA_PREFIX
from homeroom.roster.models import KINDS, RosterState
from homeroom.roster.store import snapshots
from homeroom.roster.store.columns import field_of, is_metadata, quoted, signed
from homeroom.roster.store.copying import copy_in, copy_out, cursor, statement


def load(district: District, *, work: Path) -> engine.Roster:
    """The active synced records of a district. What is in it is fetched from the database as long as the scope lasts.

    work: a folder lent for what is on its way. The index is made anew if no snapshot of this roster is kept here.
    """
    state = RosterState.objects.filter(district=district).first()
    if state is None:
        return engine.Roster()
    indexes = snapshots.kept(state)
    if indexes is None:
        indexes = _indexes_anew(state, work)
        snapshots.keep(state, indexes, work=work)
    tables = tables_of(state.version)
    return engine.Roster(
        {
            name: Records(
                tables[name],
                tuple(columns),
                indexes[name],
                partial(_text, state.district_id, name, tuple(columns), work),
            )
            for name, columns in state.columns.items()
        }
    )


def keeping(roster: engine.Roster) -> engine.Roster:
    """Of a roster, the kinds of record that are stored."""
    return engine.Roster({name: records for name, records in roster.tables.items() if name in KINDS})


def generation(district: District) -> int:
    """How many times the roster was changed; 0: never."""
    state = RosterState.objects.filter(district=district).first()
    return 0 if state is None else state.generation


def _cell(column: str) -> str:
    """How a column of the engine is read from the database."""
    if is_metadata(column):
        name = column.removeprefix(METADATA_PREFIX).replace("'", "''").replace("%", "%%")
        return f"metadata ->> '{name}'"
    return quoted(field_of(column))


def _text(district_id: int, kind: str, columns: tuple[str, ...], work: Path, keys: pl.Series) -> pl.LazyFrame:
    """The active records of these keys, as ``engine.roster.Text`` fetches them."""
    schema = {"key": pl.Int64, "content": pl.Int64} | dict.fromkeys(columns, pl.String)
    if keys.is_empty():
        return pl.LazyFrame(schema=schema).with_columns(pl.col("key", "content").cast(pl.UInt64))
    with tempfile.TemporaryDirectory(dir=work) as folder:
        with cursor() as asking:
            asking.execute(statement("create temporary table if not exists wanted (key bigint)"))
            asking.execute(statement("truncate wanted"))
        copy_in("wanted (key)", keys.to_frame("key").lazy().select(signed("key")))
        with cursor() as asking:
            asking.execute("analyze wanted")
        path = Path(folder, "found.csv")
        cells = ", ".join(map(_cell, columns))
        copy_out(
            f"select key, content, {cells} from {KINDS[kind]._meta.db_table} join wanted using (key)"
            " where district_id = %s and is_active",
            path,
            values=[district_id],
        )
        found = pl.read_csv(path, has_header=False, schema=schema, null_values=[""], raise_if_empty=False)
    hashes = pl.col("key", "content").reinterpret(signed=False)
    return found.lazy().with_columns(hashes).select(*columns, "key", "content")


def _indexes_anew(state: RosterState, work: Path) -> dict[str, pl.LazyFrame]:
    with tempfile.TemporaryDirectory(dir=work) as name:
        folder = Path(name)
        manifest = {"manifest.version": "1.0", "oneroster.version": state.version}
        for kind, columns in state.columns.items():
            manifest[f"file.{kind}"] = "bulk"
            cells = ", ".join(map(_cell, columns))
            copy_out(
                f"select {cells} from {KINDS[kind]._meta.db_table} where district_id = %s and is_active"
                " and origin = 'sync'",
                folder / f"{kind}.csv",
                header=columns,
                values=[state.district_id],
            )
        lines = ["propertyName,value", *(f"{name},{value}" for name, value in manifest.items())]
        (folder / "manifest.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        files = tuple(engine.File(path.name, path, path.stat().st_size) for path in sorted(folder.iterdir()))
        snapshot = engine.read(engine.Delivery(files, origin="the stored roster"))
        roster = engine.trust(snapshot, profile=shipped("publisher"), work=folder)
        return {kind: roster.tables[kind].index for kind in state.columns}
