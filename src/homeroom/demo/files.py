"""How do the rows become files, with exactly these bytes?"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from homeroom.demo.consequences import Change
from homeroom.demo.defects import CUT, RAW_BYTES
from homeroom.demo.outline import Frames
from homeroom.demo.wording import OTHER_TABLES, Wording

# So many rows are text at one time: about 60 MB.
_CHUNK_ROWS = 200_000
# As RFC 4180 has it.
_LINE_END = "\r\n"
_RAW_TABLE = bytes.maketrans(b"".join(character.encode() for character in RAW_BYTES), b"".join(RAW_BYTES.values()))
_CUT_CELL = f",{CUT}".encode()


def write(roster: Path, frames: Frames, changes: Sequence[Change], wording: Wording) -> pl.DataFrame:
    """The tables and the manifest, written to the folder ``roster``.

    Comes back with one row per changed row: table, row (the first is 0) and its sourcedId as written.
    """
    write_manifest(roster / "manifest.csv", frames, wording)
    return pl.concat(
        [
            _write_table(roster / f"{table}.csv", table, frame, [c for c in changes if c.edit.table == table], wording)
            for table, frame in frames.items()
        ]
    )


def write_manifest(path: Path, frames: Frames, wording: Wording) -> None:
    modes = dict.fromkeys(OTHER_TABLES[wording.version], "absent") | dict.fromkeys(frames, wording.mode)
    properties = {
        "manifest.version": "1.0",
        "oneroster.version": wording.version,
        **{f"file.{table}": modes[table] for table in sorted(modes, key=str.lower)},
        "source.systemName": "Homeroom demo",
        "source.systemCode": "homeroom-demo",
    }
    lines = ["propertyName,value", *(f"{name},{value}" for name, value in properties.items())]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline=_LINE_END)


def _write_table(
    path: Path, table: str, frame: pl.DataFrame, changes: Sequence[Change], wording: Wording
) -> pl.DataFrame:
    written = [pl.DataFrame(schema={"row": pl.UInt32, "sourcedId": pl.String})]
    with path.open("wb") as file:
        for first in range(0, frame.height, _CHUNK_ROWS):
            text = wording.text(table, frame.slice(first, _CHUNK_ROWS))
            within = pl.col("row").is_between(first, first + _CHUNK_ROWS, closed="left")
            here = [(change, change.rows.filter(within)) for change in changes]
            changed = [_changed(text, change, rows, first) for change, rows in here if not rows.is_empty()]
            text = _replaced(text, changed, first)
            has_raw = any(change.kind.is_raw for change, rows in here if not rows.is_empty())
            file.write(_bytes(text, has_header=first == 0, has_raw=has_raw))
            written.extend(rows.select("row", "sourcedId") for rows in changed)
    return pl.concat(written).select(pl.lit(table).alias("table"), "row", "sourcedId")


def _changed(text: pl.DataFrame, change: Change, rows: pl.DataFrame, first: int) -> pl.DataFrame:
    """The changed rows, with the place of each in its column ``row``."""
    before = text.select(pl.all().gather((rows["row"] - first).to_list())).hstack(rows)
    return before.with_columns(**change.edit.cells).drop("_case", "_other")


def _replaced(text: pl.DataFrame, changed: Sequence[pl.DataFrame], first: int) -> pl.DataFrame:
    if not changed:
        return text
    new = pl.concat(changed)
    kept = text.with_columns(row=pl.int_range(pl.len(), dtype=pl.UInt32) + first).filter(
        ~pl.col("row").is_in(new["row"].implode())
    )
    return pl.concat([kept, new]).sort("row").drop("row")


def _bytes(text: pl.DataFrame, *, has_header: bool, has_raw: bool) -> bytes:
    buffer = io.BytesIO()
    text.write_csv(buffer, include_header=has_header, line_terminator=_LINE_END)
    if not has_raw:
        return buffer.getvalue()
    return buffer.getvalue().replace(_CUT_CELL, b"").translate(_RAW_TABLE)
