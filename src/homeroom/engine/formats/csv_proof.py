"""Did polars read a CSV file as it is? A proof that costs next to nothing, for files with no quotation marks, with
every cell in quotation marks, or with just those cells in quotation marks that hold a comma.

Each row has the bytes of its cells, the same number of separators, and a line end. A short row lacks separators, a
blank line all of them, a line end may lack its carriage return: all that makes the sum larger than the file. What
would make it smaller, polars dropping bytes, is excluded before: a byte order mark before the first row, a carriage
return that is not part of a line end, a separator too many at the very end. So if the sum is right, all of it is.

Where only some cells are in quotation marks, polars drops marks that stand where none may stand. But a mark that it
keeps counts twice, in its cell and as a mark; and a cell that holds a comma has two at the least. So if no line break
is in a cell, no row is blank, and there are exactly two marks for each cell with a comma, every mark is where it
belongs: no text of up to eight characters out of a comma, a mark, a letter and a line feed is proven wrongly (all were
tried).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from homeroom.engine.formats.csv_body import FAILURES, LONGEST_LINE, ROW, Body, Quotes, gap, line_ends, line_feeds, tail

_BYTES, _REGULAR, _COMMAS = "\x00bytes", "\x00regular", "\x00commas"  # no header has a NUL byte


@dataclass(frozen=True)
class Proven:
    """`frame`: `row` and the expressions that were asked for, for each row; `table`: the same rows as text."""

    frame: pl.DataFrame
    table: pl.LazyFrame


def read_proven(body: Body, columns: Sequence[str], exprs: Sequence[pl.Expr]) -> Proven | None:
    """The rows of a body, if it can be proven that there is nothing else; null says nothing about it."""
    all_in_quotes = body.begins_with_row_in_quotes(len(columns))
    ends = line_ends(body, all_in_quotes=all_in_quotes)
    if ends is None or body.begins_with_mark():
        return None
    quotes = Quotes.ALL if all_in_quotes else Quotes.SOME if ends.quotes else Quotes.NONE
    if not _ends_regularly(ends.unended, len(columns), quotes):
        return None
    end, size_bytes = tail(body), body.end_bytes - body.start_bytes
    separators = len(columns) - 1 + (2 * len(columns) if quotes is Quotes.ALL else 0)
    # One row more than the bytes have room for, the last one without a line end, is enough to see that the sum is
    # wrong: a gigabyte of blank lines is not worth a row each.
    most_rows = (size_bytes + 1) // (separators + 1) + 1 + end.blank_lines
    try:
        frame = collect(body.scan(columns, quotes=quotes, most_rows=most_rows), [*_proofs(columns, quotes), *exprs])
    except FAILURES:
        return None
    if ends.lines not in (None, frame.height):
        return None  # a carriage return stands alone
    if quotes is Quotes.SOME and line_feeds(body) + (ends.unended != b"") != frame.height:
        return None  # a line feed is in a cell
    line_end_bytes = (frame.height - (ends.unended != b"")) * ends.size_bytes
    frame = frame.head(max(frame.height - end.blank_lines, 0))
    found = _summed(frame)
    marks = ends.quotes if quotes is Quotes.SOME else 0
    if (
        found["bytes"] + frame.height * separators + line_end_bytes + marks != size_bytes
        or marks != 2 * found["commas"]
    ):
        return None
    if not found["regular"] or found["longest"] + separators >= LONGEST_LINE:
        return None
    return Proven(frame.drop(_BYTES, _REGULAR, _COMMAS), good_rows(body, columns, rows=frame.height, quotes=quotes))


def good_rows(body: Body, columns: Sequence[str], *, rows: int, quotes: Quotes) -> pl.LazyFrame:
    """The `rows` rows of a body of which all are known to be good: `row` and the columns."""
    if rows == 0:
        return pl.LazyFrame(schema={ROW: pl.UInt32} | dict.fromkeys(columns, pl.String))
    return body.scan(columns, quotes=quotes, most_rows=rows if tail(body).blank_lines else None).select(ROW, *columns)


def collect(table: pl.LazyFrame, exprs: Sequence[pl.Expr]) -> pl.DataFrame:
    return table.select(ROW, *exprs).collect(engine="streaming")


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


def _summed(frame: pl.DataFrame) -> dict[str, int]:
    found = frame.lazy().select(
        commas=pl.col(_COMMAS).cast(pl.UInt64).sum(),
        bytes=pl.col(_BYTES).cast(pl.UInt64).sum(),
        longest=pl.col(_BYTES).max().fill_null(0),
        regular=pl.col(_REGULAR).all(),
    )
    return found.collect(engine="streaming").row(0, named=True)
