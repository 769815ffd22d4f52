"""Which rows of a CSV file can be read, on which lines do they stand, and where are they without the others?

The body is read in pieces of whole lines. As long as each line is a row, nothing is kept. At the first one that is
not, a copy is begun, and from there on only good rows go into it. Memory is bounded by the piece, whatever the file.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import polars as pl

from homeroom.engine.formats.csv_body import COPY_BEGINNING, Body, tail
from homeroom.engine.formats.csv_lines import BAD_ROWS, LONGEST_ROW_BYTES, SKIPPED, Judged, bad_row, judge

PIECE_BYTES = 4 << 20  # more than the longest line

# Bad rows beyond this number are counted, but not listed one by one: such a file is no roster with mistakes in it.
MOST_LISTED = 1_000_000
# Nor is the text of more bad rows than this kept, more or less.
MOST_SHOWN = 10_000


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
class Repaired:
    """The good rows of a file and what is known about the others.

    `body` holds `rows` good rows and nothing else, but perhaps blank lines at its end; it is a copy if the file itself
    does not. `bad`: one row per bad row (BAD_ROWS), with the line that a spreadsheet shows; `unlisted` more were only
    counted. `with_breaks`: the numbers of the rows with a line break in a cell.
    """

    body: Body
    rows: int
    numbering: Numbering
    bad: pl.DataFrame
    unlisted: int
    with_breaks: pl.Series


def repair(body: Body, *, cells: int, first_line: int, copy: Path) -> Repaired:
    """The rows of `body` that are whole and have so many cells; they are copied to `copy` if there is anything else."""
    found = _Found(first_line)
    with ExitStack() as open_files:
        clean = _Copy(body, copy, open_files)
        if body.begins_with_mark():
            clean.begin(up_to_bytes=body.start_bytes)
        for offset_bytes, piece, judged in _judged(body, cells=cells):
            found.add(judged)
            if judged.text is not None:
                clean.begin(up_to_bytes=offset_bytes)
            clean.write(piece[: judged.settled_bytes] if judged.text is None else judged.text)
    return Repaired(clean.body, found.rows, found.numbering(), found.bad(), found.unlisted, found.with_breaks())


def _judged(body: Body, *, cells: int) -> Iterator[tuple[int, bytes, Judged]]:
    """Piece after piece: where it begins in the file, its bytes, and what is in them."""
    end, offset, endless = tail(body).end_bytes, body.start_bytes, False
    with body.path.open("rb", buffering=0) as file:
        while offset < end:
            file.seek(offset)
            block = file.read(min(PIECE_BYTES, end - offset))
            last = offset + len(block) == end
            piece = block if last else block[: block.rfind(b"\n") + 1]
            if endless:
                judged = _nothing(settled_bytes=block.find(b"\n") + 1 or len(block))
                endless = not block.endswith(b"\n", 0, judged.settled_bytes)
            elif piece:
                judged = judge(piece, cells=cells, last=last, bytes_beyond=len(block) - len(piece))
            else:
                judged, endless = _endless(block), True
            yield offset, piece, judged
            offset += judged.settled_bytes


def _endless(beginning: bytes) -> Judged:
    """A line too long to be held in memory: one bad row, of which the rest is still to come."""
    bad = bad_row(line=0, rule="row-too-long", beginning=beginning[:LONGEST_ROW_BYTES])
    skipped = pl.DataFrame({"row": [0], "lines": [1]}, schema=SKIPPED)
    return Judged(len(beginning), 1, 0, skipped, bad, pl.Series(dtype=pl.UInt32), b"")


def _nothing(*, settled_bytes: int) -> Judged:
    skipped, bad = pl.DataFrame(schema=SKIPPED), pl.DataFrame(schema=BAD_ROWS)
    return Judged(settled_bytes, 0, 0, skipped, bad, pl.Series(dtype=pl.UInt32), b"")


@dataclass
class _Found:
    """What the pieces so far held, numbered through the whole file."""

    first_line: int
    lines: int = 0
    rows: int = 0
    listed: int = 0
    unlisted: int = 0
    _bad: list[pl.DataFrame] = field(default_factory=lambda: [pl.DataFrame(schema=BAD_ROWS)])
    _skipped: list[pl.DataFrame] = field(default_factory=lambda: [pl.DataFrame(schema=SKIPPED)])
    _with_breaks: list[pl.Series] = field(default_factory=lambda: [pl.Series("row", dtype=pl.UInt32)])

    def add(self, judged: Judged) -> None:
        bad = judged.bad.head(MOST_LISTED - self.listed)
        if self.listed > MOST_SHOWN:
            bad = bad.with_columns(text=pl.lit(None, pl.String))
        self._bad.append(bad.with_columns(pl.col("line") + (self.first_line + self.lines)))
        self._skipped.append(judged.skipped.with_columns(pl.col("row") + self.rows))
        self._with_breaks.append(judged.with_breaks + self.rows)
        self.listed += bad.height
        self.unlisted += judged.bad.height - bad.height
        self.lines += judged.lines
        self.rows += judged.rows

    def bad(self) -> pl.DataFrame:
        return pl.concat(self._bad)

    def numbering(self) -> Numbering:
        return Numbering(self.first_line, pl.concat(self._skipped))

    def with_breaks(self) -> pl.Series:
        return pl.concat(self._with_breaks)


class _Copy:
    """The good rows of a body, written to a file of their own from the moment when that is needed."""

    def __init__(self, original: Body, path: Path, open_files: ExitStack) -> None:
        self.body = original
        self._path = path
        self._open_files = open_files
        self._file: BinaryIO | None = None

    def begin(self, *, up_to_bytes: int) -> None:
        """Begin with what stands in the original before `up_to_bytes`, if nothing was written yet."""
        if self._file is not None:
            return
        self._file = self._open_files.enter_context(self._path.open("wb"))
        self._file.write(COPY_BEGINNING)
        with self.body.path.open("rb", buffering=0) as original:
            original.seek(self.body.start_bytes)
            for offset in range(self.body.start_bytes, up_to_bytes, PIECE_BYTES):
                self._file.write(original.read(min(PIECE_BYTES, up_to_bytes - offset)))
        self.body = Body(self._path, start_bytes=len(COPY_BEGINNING), start_lines=0)

    def write(self, rows: bytes) -> None:
        if self._file is not None:
            self._file.write(rows)
