"""What does one delivered CSV file say, as text in columns, on which lines, and what in it cannot be read?

It knows nothing of OneRoster, and takes any bytes at all. polars reads fast, but not safely: it pads short rows in
silence, and drops or keeps stray bytes without a word. So it is believed only where `csv_proof` can tell from the sum
of all bytes that it read what is there. Elsewhere `csv_lines` looks at each line, and polars reads what is left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, count
from pathlib import Path

import polars as pl
from polars.io.plugins import register_io_source

from homeroom.engine.formats.csv_body import ROW, Body, normalised
from homeroom.engine.formats.csv_header import Unreadable, read_opening
from homeroom.engine.formats.csv_pieces import read_pieces
from homeroom.engine.formats.csv_places import Changed, Numbering, Places
from homeroom.engine.formats.csv_questions import Asked, Questions

__all__ = ["CsvText", "Measured", "Unreadable", "open_csv"]

_MOST_ROWS = 50_000
# The streaming engine asks for some 25 frames more than it has passed on: what is slow to take them in, as a database
# is, would have a million rows wait here.
_ROWS_PASSED_ON = 5_000


@dataclass(frozen=True)
class Measured:
    """The readable rows of a CSV file: `rows` of them, numbered from 0 in the order of the file.

    `frame`: one row each: `row` (UInt32) and what was asked for. `bad_rows`: one row for each that cannot be read:
    `line` (UInt32), `rule` (row-too-short, row-too-long, row-not-utf8, row-quote, row-nul or row-carriage-return),
    `text` (the beginning, control characters made visible; null after the first ten thousand bad rows) and `first_cell`
    (null unless it is beyond doubt). `unlisted_bad_rows` more were counted, but not listed.
    `rows_with_breaks`: the numbers of the rows that have a line break in a cell. Blank lines are no rows, neither good
    nor bad.
    """

    rows: int
    frame: pl.DataFrame
    bad_rows: pl.DataFrame
    unlisted_bad_rows: int
    rows_with_breaks: pl.Series
    _numbering: Numbering
    _places: Places | Changed

    def changed(self, change: Callable[[pl.DataFrame], pl.DataFrame], asked: Asked) -> Measured:
        """The same file, its text read otherwise. change: of the rows as they stand there. Of this all columns were
        asked for.
        """
        assert isinstance(self._places, Places)
        frame = change(self.frame).select(ROW, *asked.answers())
        return replace(self, frame=frame, _places=Changed(self._places, change))

    def without_answers(self) -> Measured:
        """The same file; what was asked of its rows is no longer held on to."""
        return replace(self, frame=pl.DataFrame())

    def scan(
        self, rows: pl.Series | None = None, *, beside: pl.DataFrame | None = None, once: bool = False
    ) -> pl.LazyFrame:
        """The readable rows once more, or some of them by their numbers in ascending order: `row` and all columns as
        text. An empty cell is null, with or without quotes. What is between the rows asked for is not parsed.

        beside: one row for each row asked for; its columns come with the text, in place of a column of the same name.
        once: the file is read for the last time, as far as is known; it gives room to others meanwhile.
        """
        beside = pl.DataFrame() if beside is None else beside
        schema = {ROW: pl.UInt32} | dict.fromkeys(self._places.columns, pl.String) | dict(beside.schema)
        return register_io_source(partial(self._scanned, rows, beside, once), schema=schema, is_pure=True)

    def fetch(self, rows: pl.Series) -> Iterator[pl.DataFrame]:
        """The same rows, some ten thousand at a time; none of the frames holds on to much more text than its own."""
        return self._places.read(rows, most_rows=_MOST_ROWS)

    def _scanned(
        self,
        rows: pl.Series | None,
        beside: pl.DataFrame,
        once: bool,  # noqa: FBT001 — polars gives the rest by position
        columns: list[str] | None,
        predicate: pl.Expr | None,
        most_rows: int | None,
        _: int | None,
    ) -> Iterator[pl.DataFrame]:
        left, passed = self.rows if most_rows is None else most_rows, 0
        for table in self._places.read(rows, most_rows=_MOST_ROWS, once=once):
            some = table.with_columns(beside.slice(passed, table.height)).head(left)
            passed += table.height
            left -= some.height
            some = some if predicate is None else some.filter(predicate)
            yield from (some if columns is None else some.select(columns)).iter_slices(_ROWS_PASSED_ON)
            if not left:
                return

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

    def measure(self, exprs: Asked | Sequence[pl.Expr], *, work: Path) -> Measured:
        """What is asked of each readable row, and what the other rows are.

        An expression gives one value per row, from the columns as text. `work` is an existing folder for a copy with
        other line ends, if one is needed; `scan` reads it, so it must stay.
        """
        body = normalised(self._body, _unused(work / f"{self.path.name}.lines")) if self._returns else self._body
        questions = Questions(exprs if isinstance(exprs, Asked) else Asked(exprs))
        read = read_pieces(body, self.columns, questions, first_line=self.header_line + 1)
        rows = len(read.places.starts)
        numbers = pl.int_range(rows, dtype=pl.UInt32, eager=True).alias(ROW)
        return Measured(
            rows,
            numbers.to_frame().hstack(read.frame),
            read.bad,
            read.unlisted,
            read.places.with_breaks[ROW],
            read.numbering,
            read.places,
        )


def open_csv(path: Path) -> CsvText | Unreadable:
    """The CSV file at `path`, of which only the beginning is read, or why it cannot be one."""
    opening = read_opening(path)
    if isinstance(opening, Unreadable):
        return opening
    body = Body(path, opening.end_bytes)
    return CsvText(path, opening.header, _distinct(opening.header), opening.line, body, opening.returns)


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
    """The path itself, or the next like it at which there was no file yet: several files are read at a time."""
    numbered = (path.with_name(f"{path.stem}-{number}{path.suffix}") for number in count(2))
    return next(candidate for candidate in chain([path], numbered) if _made(candidate))


def _made(path: Path) -> bool:
    try:
        path.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True
