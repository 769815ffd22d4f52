"""Tables as PostgreSQL's binary COPY takes them: each cell behind its width, so that nobody looks for where it ends.

Reading CSV is a third of what PostgreSQL does in a load. Here the cells of a column come to their places all at once:
their widths tell where each row begins, and those of one width are moved together.

The format: PostgreSQL 18, COPY, "Binary Format". Numbers are big-endian.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
import polars.selectors as cs

#: What comes before the first row, and after the last one.
BEGINNING = b"PGCOPY\n\xff\r\n\x00" + bytes(8)  # the format's name, no flags, nothing more in the header
END = b"\xff\xff"

_NULL = -1
_WIDTH = "\x00"  # before the name of a column: that of its cells' widths
_COUNT_BYTES, _WIDTH_BYTES = 2, 4
_FIXED_BYTES: dict[pl.DataType, int] = {pl.Int64(): 8, pl.Boolean(): 1}
_JSONB_VERSION = "\x01"

_Bytes = np.ndarray[tuple[int], np.dtype[np.uint8]]
_Numbers = np.ndarray[tuple[int], np.dtype[Any]]


def measured(table: pl.LazyFrame, *, json: Sequence[str] = ()) -> pl.LazyFrame:
    """The table as ``packed`` takes it: with the widths of its cells, which are cheap while its rows are made.

    Its columns are of text, whole numbers (bigint) or truth values. json: those of text, if they are there, that go
    into jsonb.
    """
    table = table.cast({cs.integer(): pl.Int64, cs.by_dtype(pl.Null): pl.String})
    schema = table.collect_schema()
    versioned = [pl.concat_str(pl.lit(_JSONB_VERSION), name).alias(name) for name in json if name in schema]
    return table.with_columns(versioned).with_columns(_width(name, dtype) for name, dtype in schema.items())


def _width(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    width = column.str.len_bytes() if dtype == pl.String else pl.lit(_FIXED_BYTES[dtype])
    return pl.when(column.is_not_null()).then(width).otherwise(_NULL).cast(pl.Int32).alias(_WIDTH + name)


def packed(frame: pl.DataFrame) -> memoryview:
    """The rows of a frame that was ``measured``."""
    if frame.is_empty():
        return memoryview(b"")
    columns = [column for column in frame if not column.name.startswith(_WIDTH)]
    widths = [frame[_WIDTH + column.name].to_numpy() for column in columns]
    taken = [np.maximum(width, 0) for width in widths]
    lengths = np.full(frame.height, _COUNT_BYTES + _WIDTH_BYTES * len(columns), np.int64)
    for bytes_of_cells in taken:
        lengths += bytes_of_cells
    ends = lengths.cumsum()
    rows = np.empty(int(ends[-1]), np.uint8)
    place = ends - lengths
    _windows(rows, _COUNT_BYTES)[place] = len(columns).to_bytes(_COUNT_BYTES, "big")
    place += _COUNT_BYTES
    for column, width, bytes_of_cells in zip(columns, widths, taken, strict=True):
        _windows(rows, _WIDTH_BYTES)[place] = width.astype(">i4").view(f"V{_WIDTH_BYTES}")
        place += _WIDTH_BYTES
        _put(_cells(column), bytes_of_cells, rows, place)
        place += bytes_of_cells
    return rows.data


def _cells(column: pl.Series) -> _Bytes:
    """What is in the cells of a column that are not null, one after the other."""
    if column.dtype == pl.String:
        return np.frombuffer(column.str.join("").cast(pl.Binary).item(), np.uint8)
    values = column.drop_nulls().to_numpy()
    return values.astype(">i8" if column.dtype == pl.Int64 else np.uint8).view(np.uint8)


def _put(cells: _Bytes, taken: _Numbers, into: _Bytes, place: _Numbers) -> None:
    """Brings each cell to its place. taken: how many bytes of ``cells`` it is."""
    if taken[0] and (taken == taken[0]).all():
        alike = int(taken[0])
        _windows(into, alike)[place] = cells.view(f"V{alike}")
        return
    begin = taken.cumsum(dtype=np.int64) - taken
    for width in np.flatnonzero(np.bincount(taken)).tolist():
        if width:
            rows = np.flatnonzero(taken == width)
            _windows(into, width)[place[rows]] = _windows(cells, width)[begin[rows]]


def _windows(memory: _Bytes, width: int) -> np.ndarray[tuple[int], np.dtype[np.void]]:
    """So many bytes from each place on: what is assigned to an element goes into all of them."""
    return np.ndarray((max(len(memory) - width + 1, 0),), f"V{width}", memory, strides=(1,))
