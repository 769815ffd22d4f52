"""Where in a CSV file are the rows that can be read, so that some of them can be read again without the others?"""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from io import StringIO
from itertools import pairwise
from pathlib import Path

import polars as pl

from homeroom.engine.formats.csv_body import BYTE_ORDER_MARK, FAILURES, LONGEST_LINE, ROW, START, Quotes, scan

# To read a row for itself takes as long as to read this many together with others.
_ROWS_PASSED_OVER = 16
# Where more than this share of a piece's rows is asked for, all of it is read: to cut the rows out one by one takes
# longer than to parse those that are not wanted.
_ALMOST_ALL = 7 / 8


@dataclass(frozen=True)
class Numbering:
    """Tells on which line a row stands, as a spreadsheet shows it; `first_line` is the line after the header.

    `skipped` (SKIPPED, in order) says how many lines that are no rows stand where, as the number of rows before them.
    """

    first_line: int
    skipped: pl.DataFrame

    def lines(self, rows: pl.Series) -> pl.Series:
        """The lines of these rows (UInt32), in the order given."""
        rows = rows.cast(pl.UInt32)
        so_far = pl.concat([pl.Series([0], dtype=pl.UInt32), self.skipped["lines"].cum_sum().cast(pl.UInt32)])
        before = so_far.gather(self.skipped["row"].search_sorted(rows, side="right"))
        return (rows + self.first_line + before).rename("line")


@dataclass(frozen=True)
class Places:
    """Where the good rows of a file are, so that some of them can be read again without the others.

    `pieces`: one row per piece of the file: the number of its `first_row` and of `rows`, its `offset` and `size` in
    bytes, and whether it is `whole`: these rows and nothing else. `starts`: of each row, its first byte in its piece.
    `with_breaks` (WITH_BREAKS): the rows that go over several lines.
    """

    path: Path
    columns: Sequence[str]
    pieces: pl.DataFrame
    starts: pl.Series
    with_breaks: pl.DataFrame

    def read(self, rows: pl.Series | None, *, most_rows: int, once: bool = False) -> Iterator[pl.DataFrame]:
        """These rows (in ascending order; null: all) as text, `row` and all columns; about so many at a time.

        once: nobody is expected to read them again soon.
        """
        numbers: list[pl.Series] = []
        gathered: list[bytes] = []
        for some, text in self._texts(rows, most_rows, once=once):
            numbers.append(some)
            gathered.append(text)
            if sum(map(len, numbers)) >= most_rows:
                yield _among(rows, self._parsed(gathered, pl.concat(numbers)))
                numbers, gathered = [], []
        if numbers:
            yield _among(rows, self._parsed(gathered, pl.concat(numbers)))

    def _texts(self, rows: pl.Series | None, most_rows: int, *, once: bool) -> Iterator[tuple[pl.Series, bytes]]:
        """The numbers of some of these rows, perhaps with a few others between them, and their lines."""
        # Where all rows are asked for, the first of each piece stands for them.
        asked = self.pieces["first_row"].to_frame() if rows is None else rows.cast(pl.UInt32).to_frame(ROW)
        of_pieces = zip(self.pieces.iter_rows(), self._by_piece(asked), self._by_piece(self.with_breaks), strict=True)
        with self.path.open("rb", buffering=0) as file:
            for (first, count, offset, size, whole), of_piece, with_breaks in of_pieces:
                if of_piece.is_empty():
                    continue
                part: Callable[[int, int], bytes] = partial(_read, file.fileno(), offset)
                every = pl.int_range(first, first + count, dtype=pl.UInt32, eager=True).alias(ROW)
                wanted = every.to_frame() if rows is None else of_piece
                if whole and len(wanted) >= _ALMOST_ALL * count:
                    yield every, part(0, size)
                    if once:
                        _let_go(file.fileno(), offset + size)
                    continue
                if len(wanted) * _ROWS_PASSED_OVER > count:
                    part = partial(_part, part(0, size))
                broken = dict(with_breaks.iter_rows())
                for some in wanted.iter_slices(most_rows):
                    yield some[ROW], self._cut(part, some[ROW], broken, first + count, size)

    def _by_piece(self, rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """Of something about rows, whose number is in the first column, in ascending order: what is of each piece."""
        begins = rows.to_series().search_sorted(self.pieces["first_row"]).to_list()
        return (rows.slice(begin, end - begin) for begin, end in pairwise([*begins, len(rows)]))

    def _cut(
        self, part: Callable[[int, int], bytes], rows: pl.Series, broken: Mapping[int, int], rows_end: int, size: int
    ) -> bytes:
        """The text of these rows, a line each, out of a piece of this size, whose rows end before `rows_end`; `part`
        gives the bytes from here to there, `broken` the length of rows that go over several lines.
        """
        after = (rows + 1).filter(rows + 1 < rows_end)  # the last row of a piece goes on to its end
        ends = [*self.starts.gather(after).to_list(), *[size] * (len(rows) - len(after))]
        # To cut a hundred thousand rows out this way takes a tenth of what it takes to parse all that is between them.
        # What is no row may stand between a row and the next: it is not taken along.
        lines = [
            part(start, start + broken[row]) if row in broken else part(start, end).partition(b"\n")[0]
            for row, start, end in zip(rows.to_list(), self.starts.gather(rows).to_list(), ends, strict=True)
        ]
        return b"\n".join([line.rstrip(b"\r\n") for line in lines]) + b"\n"

    def _parsed(self, text: Sequence[bytes], rows: pl.Series) -> pl.DataFrame:
        table = read_rows(text, self.columns, [pl.col(self.columns)], rows=len(rows))
        return rows.alias(ROW).to_frame().hstack(table)


def _among(rows: pl.Series | None, table: pl.DataFrame) -> pl.DataFrame:
    """The rows of a table, in ascending order, that are among these."""
    if rows is None:
        return table
    begin = rows.search_sorted(table[ROW][0])
    wanted = rows.slice(begin, rows.search_sorted(table[ROW][-1], side="right") - begin).cast(pl.UInt32)
    return table if len(wanted) == len(table) else table.filter(pl.col(ROW).is_in(wanted.implode()))


def _read(file: int, offset: int, start: int, end: int) -> bytes:
    return os.pread(file, end - start, offset + start)


def _let_go(file: int, end: int) -> None:
    """The file up to here need not stay in the system's memory. A database that takes its rows in needs as much room,
    and to have what is given back at once is cheaper than to get new: on a virtual machine, several times.
    """
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(file, 0, end, os.POSIX_FADV_DONTNEED)


def _part(piece: bytes, start: int, end: int) -> bytes:
    return piece[start:end]


@dataclass(frozen=True)
class Changed:
    """The same places, of which the text is read otherwise. change: of the rows as they stand there."""

    places: Places
    change: Callable[[pl.DataFrame], pl.DataFrame]

    @property
    def columns(self) -> Sequence[str]:
        return self.places.columns

    def read(self, rows: pl.Series | None, *, most_rows: int, once: bool = False) -> Iterator[pl.DataFrame]:
        return map(self.change, self.places.read(rows, most_rows=most_rows, once=once))


def read_rows(
    text: Iterable[bytes | bytearray | memoryview], columns: Sequence[str], exprs: Sequence[pl.Expr], *, rows: int
) -> pl.DataFrame:
    """The expressions for each row of a text, in parts, of which all `rows` lines or more are known to be good rows."""
    # With a mark that is its to drop, polars leaves one that is in the first cell, and never takes the text for
    # something compressed.
    counted = pl.col(columns[0]).is_null().alias(START)  # so that there are rows, whatever is asked for
    whole = b"".join([BYTE_ORDER_MARK, *text])
    quotes = Quotes.SOME if b'"' in whole else Quotes.NONE
    table = scan(whole, columns, quotes=quotes).select(counted, *exprs)
    try:
        frame = table.collect(engine="streaming")
    except FAILURES:
        frame = None
    if frame is None or frame.height != rows:
        frame = _by_hand(whole.removeprefix(BYTE_ORDER_MARK), columns).select(counted, *exprs)
    return frame.drop(START)


def _by_hand(text: bytes, columns: Sequence[str]) -> pl.DataFrame:
    """The rows as Python reads them: the slow way out, never needed so far."""
    csv.field_size_limit(max(csv.field_size_limit(), LONGEST_LINE))
    rows = list(filter(None, csv.reader(StringIO(text.decode(), newline=""), strict=True)))
    schema = dict.fromkeys(columns, pl.String)
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.all().replace("", None))
