"""Did polars read a piece of a CSV file as it is? A proof that costs next to nothing, for pieces with no quotation
marks, with every cell in quotation marks, or with just those cells in quotation marks that hold a comma.

Each row has the bytes of its cells, the same number of separators, and a line end. A short row lacks separators, a
blank line all of them, a line end may lack its carriage return: all that makes the sum larger than the piece. What
would make it smaller, polars dropping bytes, is excluded before: a byte order mark before the first row, a carriage
return that is not part of a line end, a separator too many at the very end. So if the sum is right, all of it is.

Where only some cells are in quotation marks, polars drops marks that stand where none may stand. But a mark that it
keeps counts twice, in its cell and as a mark; and a cell that holds a comma has two at the least. So if no line break
is in a cell, no row is blank, and there are exactly two marks for each cell with a comma, every mark is where it
belongs: no text of up to eight characters out of a comma, a mark, a letter and a line feed is proven wrongly (all were
tried).
"""

import re
from collections.abc import Sequence

import polars as pl

from homeroom.engine.formats.csv_body import BYTE_ORDER_MARK, FAILURES, LONGEST_LINE, START, Quotes, gap, scan

# What polars does not leave as it is: it drops a byte order mark at the beginning, and unpacks what begins like
# something compressed.
_NOT_LEFT_AS_THEY_ARE = (BYTE_ORDER_MARK, b"x\x01", b"x\x9c", b"x\xda", b"\x1f\x8b", b"\x28\xb5\x2f\xfd")
_LONE_RETURN = re.compile(rb"\r[^\n]")
_BYTES, _REGULAR, _COMMAS = "\x00bytes", "\x00regular", "\x00commas"  # no header has a NUL byte


def read_proven(piece: bytes, columns: Sequence[str], exprs: Sequence[pl.Expr]) -> pl.DataFrame | None:
    """The expressions that were asked for, and in `START` where in the piece the row begins, for each row of a piece of
    whole lines, if it can be proven that each line is a row; null says nothing about it.
    """
    quotes, line_end = _quotes(piece, len(columns)), b"\r\n" if b"\r" in piece else b"\n"
    if quotes is None or b"\x00" in piece or piece.startswith(_NOT_LEFT_AS_THEY_ARE) or _LONE_RETURN.search(piece):
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
        marks, line_feeds = (_count(piece, mark) if quotes is Quotes.SOME else 0 for mark in '"\n')
    except FAILURES:
        return None
    if quotes is Quotes.SOME and line_feeds + (unended != b"") != frame.height:
        return None  # a line feed is in a cell
    row_bytes = pl.col(_BYTES) + separators + len(line_end)
    if quotes is Quotes.SOME:
        row_bytes += 2 * pl.col(_COMMAS)
    ends = frame.select(row_bytes.cast(pl.UInt64).cum_sum()).to_series()
    size_bytes, commas, longest = ends.max() or 0, frame[_COMMAS].sum(), frame[_BYTES].max() or 0
    assert isinstance(size_bytes, int) and isinstance(longest, int)  # noqa: PT018
    if size_bytes != len(piece) + (len(line_end) if unended else 0) or marks != 2 * commas:
        return None
    if not frame[_REGULAR].all() or longest + separators >= LONGEST_LINE:
        return None
    starts = ends.shift(1, fill_value=0).cast(pl.UInt32)
    return frame.drop(_BYTES, _REGULAR, _COMMAS).with_columns(starts.alias(START))


def _quotes(piece: bytes, cells: int) -> Quotes | None:
    """Where the quotation marks of a piece seem to be; null if a mark may stand for itself."""
    if b'"' not in piece:
        return Quotes.NONE
    first_row = rb'"[^"]*+"(?:,"[^"]*+"){%d}\r?(?:\n|\Z)' % (cells - 1)
    if re.match(first_row, piece) is not None:
        return Quotes.ALL
    return None if b'""' in piece else Quotes.SOME


def _count(piece: bytes, mark: str) -> int:
    """How often a mark is in a piece. While polars counts, other threads go on. Raises one of FAILURES for a piece that
    is not UTF-8.
    """
    text = pl.Series([piece], dtype=pl.Binary).cast(pl.String)
    return int(text.str.count_matches(mark, literal=True).item())


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
