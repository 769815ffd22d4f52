"""What does one delivered CSV file say, as text in columns, on which lines, and what in it cannot be read?

It knows nothing of OneRoster, and takes any bytes at all. polars reads fast, but not safely: it pads short rows in
silence, and drops or keeps stray bytes without a word. So it is believed only where `csv_proof` can tell from the sum
of all bytes that it read what is there. For all other files `csv_repair` looks at each line, and polars reads what is
left.
"""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, count, islice
from pathlib import Path

import polars as pl

from homeroom.engine.formats.csv_body import FAILURES, LONGEST_LINE, ROW, Body, Quotes, normalised
from homeroom.engine.formats.csv_header import Unreadable, read_opening
from homeroom.engine.formats.csv_lines import BAD_ROWS, SKIPPED
from homeroom.engine.formats.csv_proof import collect, good_rows, read_proven
from homeroom.engine.formats.csv_repair import Numbering, repair

__all__ = ["CsvText", "Measured", "Unreadable", "open_csv"]

_ROWS_AT_A_TIME = 50_000


@dataclass(frozen=True)
class Measured:
    """The readable rows of a CSV file: `rows` of them, numbered from 0 in the order of the file.

    `frame`: one row each: `row` (UInt32) and the expressions asked for. `bad_rows`: one row for each that cannot be
    read: `line` (UInt32), `rule` (row-too-short, row-too-long, row-not-utf8, row-quote, row-nul or
    row-carriage-return), `text` (the beginning, control characters made visible; null after the first ten thousand bad
    rows) and `first_cell` (null unless it is beyond doubt). `unlisted_bad_rows` more were counted, but not listed.
    `rows_with_breaks`: the numbers of the rows that have a line break in a cell. Blank lines are no rows, neither good
    nor bad.
    """

    rows: int
    frame: pl.DataFrame
    bad_rows: pl.DataFrame
    unlisted_bad_rows: int
    rows_with_breaks: pl.Series
    _numbering: Numbering
    _table: pl.LazyFrame

    def scan(self) -> pl.LazyFrame:
        """The readable rows once more: `row` and all columns as text. An empty cell is null, with or without quotes."""
        return self._table

    def lines(self, rows: pl.Series) -> pl.Series:
        """The lines on which these rows stand, as a spreadsheet shows them: the header is on line 1, blank lines and
        bad rows count, line breaks inside quotation marks do not.
        """
        return self._numbering.lines(rows)


@dataclass(frozen=True)
class CsvText:
    """A CSV file whose header was read.

    `header` is as delivered, and may hold blank names or one name twice. `columns` are the same, made distinct: what
    expressions and frames call them. A blank name becomes `column 3`; a name that was there before, or is `row`, gets
    a number.
    """

    path: Path
    header: tuple[str, ...]
    columns: tuple[str, ...]
    header_line: int
    _body: Body
    _returns: bool

    def measure(self, exprs: Sequence[pl.Expr], *, work: Path) -> Measured:
        """The value of each expression in each readable row, and what the other rows are.

        An expression gives one value per row, from the columns as text. `work` is an existing folder in which a
        repaired copy is written, if one is needed; `scan` reads it, so it must stay. A file that is as it should be is
        read once.
        """
        body = normalised(self._body, _unused(work / f"{self.path.name}.lines")) if self._returns else self._body
        proven = read_proven(body, self.columns, exprs)
        if proven is None:
            return self._measure_repaired(body, exprs, work)
        numbering = Numbering(self.header_line + 1, pl.DataFrame(schema=SKIPPED))
        none = pl.Series(ROW, dtype=pl.UInt32)
        return Measured(
            proven.frame.height, proven.frame, pl.DataFrame(schema=BAD_ROWS), 0, none, numbering, proven.table
        )

    def _measure_repaired(self, body: Body, exprs: Sequence[pl.Expr], work: Path) -> Measured:
        cells, copy = len(self.columns), _unused(work / f"{self.path.name}.rows")
        repaired = repair(body, cells=cells, first_line=self.header_line + 1, copy=copy)
        rows = repaired.rows
        table = good_rows(repaired.body, self.columns, rows=rows, quotes=Quotes.SOME)
        frame = _agreed(table, exprs, rows)
        if frame is None:
            table = _by_hand(repaired.body, self.columns, copy)
            frame = collect(table, exprs)
        return Measured(rows, frame, repaired.bad, repaired.unlisted, repaired.with_breaks, repaired.numbering, table)


def open_csv(path: Path) -> CsvText | Unreadable:
    """The CSV file at `path`, of which only the beginning is read, or why it cannot be one."""
    opening = read_opening(path)
    if isinstance(opening, Unreadable):
        return opening
    body = Body(path, opening.end_bytes, opening.end_lines)
    return CsvText(path, opening.header, _distinct(opening.header), opening.line, body, opening.returns)


def _agreed(table: pl.LazyFrame, exprs: Sequence[pl.Expr], rows: int) -> pl.DataFrame | None:
    """What polars reads, if it sees as many rows as the grammar does; else null, and if an expression cannot be
    evaluated.
    """
    try:
        frame = collect(table, exprs)
    except FAILURES:
        return None
    return frame if frame.height == rows else None


def _by_hand(body: Body, columns: Sequence[str], copy: Path) -> pl.LazyFrame:
    """The rows of a body of which all are good, as Python reads them: the slow way out, never needed so far."""
    schema = dict.fromkeys(columns, pl.String)
    tables = [pl.LazyFrame(schema=schema)]
    csv.field_size_limit(max(csv.field_size_limit(), LONGEST_LINE))
    with body.path.open("rb") as file:
        file.seek(body.start_bytes)
        rows = filter(None, csv.reader(io.TextIOWrapper(file, encoding="utf-8", newline=""), strict=True))
        while some := list(islice(rows, _ROWS_AT_A_TIME)):
            part = _unused(copy.with_suffix(".ipc"))
            pl.DataFrame(some, schema=schema, orient="row").with_columns(pl.all().replace("", None)).write_ipc(part)
            tables.append(pl.scan_ipc(part, glob=False))
    return pl.concat(tables).with_row_index(ROW)


def _distinct(header: Sequence[str]) -> tuple[str, ...]:
    """The names of a header, each once and none of them blank or `row`."""
    taken, numbers = {ROW, *header}, Counter[str]()
    columns: dict[str, None] = {}
    for place, given in enumerate(header, start=1):
        name = given if given not in ("", ROW) and given not in columns else ""
        while not name:
            wanted = given or f"column {place}"
            numbers[wanted] += 1
            numbered = wanted if numbers[wanted] == 1 else f"{wanted} {numbers[wanted]}"
            name = "" if numbered in taken or numbered in columns else numbered
        columns[name] = None
    return tuple(columns)


def _unused(path: Path) -> Path:
    """The path itself, or the next like it at which there is no file yet."""
    numbered = (path.with_name(f"{path.stem}-{number}{path.suffix}") for number in count(2))
    return next(candidate for candidate in chain([path], numbered) if not candidate.exists())
