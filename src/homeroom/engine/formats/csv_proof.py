"""Did polars read a piece of a CSV file as it is? A proof that costs next to nothing, for pieces with no quotation
marks, with every cell in quotation marks, or with just those cells in quotation marks that hold a comma.

Each row has the bytes of its cells, the same number of separators, and a line end. A short row lacks separators, a
blank line all of them, a line end may lack its carriage return: all that makes the sum larger than the piece. What
would make it smaller, polars dropping bytes, is excluded before: a byte order mark before the first row, a carriage
return that is not part of a line end, a separator too many at the very end. So if the sum is right, all of it is.

Where only some cells are in quotation marks, polars drops marks that stand where none may stand. But a mark that it
keeps counts twice, in its cell and as a mark; and a cell that holds a comma or a line break has two at the least. So if
no row is blank, and there are exactly two marks for each such cell, every mark is where it belongs: no text of up to
eight characters out of a comma, a mark, a letter and a line feed is proven wrongly (all were tried). A row may have one
line break; of two, what stands between them might be a row that an open mark has swallowed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from homeroom.engine.formats.csv_body import BYTE_ORDER_MARK, FAILURES, LONGEST_LINE, ROW, START, Quotes, gap, scan
from homeroom.engine.formats.csv_lines import LONGEST_ROW_BYTES, WITH_BREAKS

# What polars does not leave as it is: it drops a byte order mark at the beginning, and unpacks what begins like
# something compressed.
_NOT_LEFT_AS_THEY_ARE = (BYTE_ORDER_MARK, b"x\x01", b"x\x9c", b"x\xda", b"\x1f\x8b", b"\x28\xb5\x2f\xfd")
_BYTES, _REGULAR, _COMMAS, _BREAKS = "\x00bytes", "\x00regular", "\x00commas", "\x00breaks"  # no header has a NUL byte


@dataclass(frozen=True)
class Proven:
    """The rows of a piece: what was asked of each, its first byte, and which have two lines (WITH_BREAKS)."""

    frame: pl.DataFrame
    starts: pl.Series
    with_breaks: pl.DataFrame


def read_proven(piece: bytes, columns: Sequence[str], exprs: Sequence[pl.Expr]) -> Proven | None:
    """The rows of a piece of whole lines, if it can be proven that all of it is rows; null says nothing about it."""
    quotes, line_end = _quotes(piece, len(columns)), b"\r\n" if b"\r" in piece else b"\n"
    if quotes is None or b"\x00" in piece or piece.startswith(_NOT_LEFT_AS_THEY_ARE) or _has_lone_return(piece):
        return None
    unended = piece[piece.rfind(b"\n") + 1 :]
    if unended.endswith(b"\r") or not _ends_regularly(unended, len(columns), quotes):
        return None
    separators = len(columns) - 1 + (2 * len(columns) if quotes is Quotes.ALL else 0)
    # One row more than the bytes have room for, the last one without a line end, is enough to see that the sum is
    # wrong: a megabyte of blank lines is not worth a row each.
    table = scan(piece, columns, quotes=quotes, most_rows=(len(piece) + 1) // (separators + 1) + 1)
    try:
        frame = table.select(*_proofs(columns, quotes), *exprs).collect(engine="streaming")
        marks, line_feeds = _counts(piece, b'"\n') if quotes is Quotes.SOME else (0, 0)
    except FAILURES:
        return None
    breaks = None
    more_lines = line_feeds + (unended != b"") - frame.height
    if quotes is Quotes.SOME and more_lines:
        breaks = _breaks(table, columns)
        if breaks[_BREAKS].sum() != more_lines or breaks[_BREAKS].max() != 1:
            return None
        frame = frame.with_columns(pl.col(_COMMAS) + breaks[_COMMAS])
    row_bytes = pl.col(_BYTES) + separators + len(line_end)
    if quotes is Quotes.SOME:
        row_bytes += 2 * pl.col(_COMMAS)
    sizes = frame.select(row_bytes.cast(pl.UInt64)).to_series()
    ends = sizes.cum_sum()
    size_bytes, longest = ends.max() or 0, frame[_BYTES].max() or 0
    assert isinstance(size_bytes, int) and isinstance(longest, int)  # noqa: PT018
    if size_bytes != len(piece) + (len(line_end) if unended else 0) or marks != 2 * frame[_COMMAS].sum():
        return None
    if not frame[_REGULAR].all() or longest + separators >= LONGEST_LINE:
        return None
    with_breaks = pl.DataFrame(schema=WITH_BREAKS)
    if breaks is not None:
        rows = breaks[_BREAKS].cast(pl.Boolean).arg_true()
        with_breaks = pl.DataFrame({ROW: rows, "bytes": sizes.gather(rows) - 1}, schema=WITH_BREAKS)
        if not (with_breaks["bytes"] <= LONGEST_ROW_BYTES).all():
            return None
    starts = ends.shift(1, fill_value=0).cast(pl.UInt32).alias(START)
    return Proven(frame.drop(_BYTES, _REGULAR, _COMMAS), starts, with_breaks)


def _breaks(table: pl.LazyFrame, columns: Sequence[str]) -> pl.DataFrame:
    """Of each row how many line feeds are in its cells, and how many of these cells hold no comma."""
    line_feeds = pl.sum_horizontal(pl.col(columns).str.count_matches("\n", literal=True))
    alone = pl.sum_horizontal(
        pl.col(columns).str.contains("\n", literal=True) & ~pl.col(columns).str.contains(",", literal=True)
    )
    asked = (line_feeds.cast(pl.UInt32).alias(_BREAKS), alone.cast(pl.UInt32).alias(_COMMAS))
    return table.select(asked).collect(engine="streaming")


def _quotes(piece: bytes, cells: int) -> Quotes | None:
    """Where the quotation marks of a piece seem to be; null if a mark may stand for itself."""
    if b'"' not in piece:
        return Quotes.NONE
    first_row = rb'"[^"]*+"(?:,"[^"]*+"){%d}\r?(?:\n|\Z)' % (cells - 1)
    if re.match(first_row, piece) is not None:
        return Quotes.ALL
    return None if b'""' in piece else Quotes.SOME


def _has_lone_return(piece: bytes) -> bool:
    """Whether something else than a line feed follows a carriage return."""
    if b"\r" not in piece:
        return False
    octets = _octets(piece)
    return bool(((octets.head(-1) == ord("\r")) & (octets.slice(1) != ord("\n"))).any())


def _counts(piece: bytes, marks: bytes) -> tuple[int, ...]:
    """How often each mark is in a piece."""
    octets = _octets(piece)
    return tuple(int((octets == mark).sum()) for mark in marks)


def _octets(piece: bytes) -> pl.Series:
    """The bytes of a piece as numbers: polars asks them in a tenth of the time, while other threads go on."""
    return pl.Series([piece], dtype=pl.Binary).cast(pl.List(pl.UInt8)).explode()


def _ends_regularly(unended: bytes, cells: int, quotes: Quotes) -> bool:
    """Whether a last line without line feed, if there is one, has no separator too many at its very end: polars would
    drop it.
    """
    if quotes is Quotes.ALL:
        return not unended or unended.count(b'"') == 2 * cells
    return not unended.endswith(b",") or unended.count(b",") == cells - 1


def _proofs(columns: Sequence[str], quotes: Quotes) -> tuple[pl.Expr, ...]:
    """Of each row: the bytes in its cells, whether it is regular where bytes alone do not tell, and, where that counts,
    how many of its cells hold a comma.
    """
    cell_bytes = pl.sum_horizontal(pl.col(columns).str.len_bytes()).alias(_BYTES)
    regular = pl.lit(value=True)
    if quotes is Quotes.ALL:
        # Missing at the end of a row, or empty, is null, too: the bytes tell which.
        around = [pl.col(gap(place)).is_null() for place in (0, len(columns))]
        regular = pl.all_horizontal(*around, *(pl.col(gap(place)) == "," for place in range(1, len(columns))))
    elif len(columns) == 1:
        regular = pl.col(columns).is_not_null()  # a blank line in a column alone has no comma to miss
    commas = pl.lit(0, dtype=pl.UInt32)
    if quotes is Quotes.SOME:
        regular = pl.any_horizontal(pl.col(columns).is_not_null())
        commas = pl.sum_horizontal(pl.col(columns).str.contains(",", literal=True))
    return cell_bytes, regular.fill_null(False).alias(_REGULAR), commas.cast(pl.UInt32).alias(_COMMAS)
