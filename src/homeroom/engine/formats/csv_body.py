"""Where are the rows of a CSV file on disk, what bytes are among them, and how is polars told to read them?"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

LONGEST_LINE = 4 << 20  # bytes; a longer one is no row of anything, and would have to be held in memory
ROW = "row"

# What polars raises for rows it cannot read. Its panics are not Exceptions.
FAILURES = (pl.exceptions.PolarsError, pl.exceptions.PanicException)

# Every copy begins with a byte order mark. polars drops the first one it meets, so that another one stays in its cell, and
# never takes a file that begins with it for a compressed one.
COPY_BEGINNING = b"\xef\xbb\xbf"

_BLOCK = 256 << 10
_TAIL = 64 << 10
_FIRST_LINE_END = re.compile(rb"\r*\n?")


@dataclass(frozen=True)
class Body:
    """The rows of a CSV file: everything in the file at `path` after `start_bytes` bytes with `start_lines` line feeds."""

    path: Path
    start_bytes: int
    start_lines: int

    @property
    def end_bytes(self) -> int:
        return self.path.stat().st_size

    def scan(self, columns: Sequence[str], *, quotes: bool, most_rows: int | None) -> pl.LazyFrame:
        """The rows as text, with their number in the column `row`, from 0. An empty cell is null, with or without quotes.

        Without `quotes` a quotation mark is a character like any other. polars fills short rows with nulls, and makes a
        blank line a row of nulls: who scans must know that there are none, or count.
        """
        return pl.scan_csv(
            self.path,
            has_header=False,
            skip_lines=self.start_lines,
            schema=dict.fromkeys(columns, pl.String),
            row_index_name=ROW,
            n_rows=most_rows,
            quote_char='"' if quotes else None,
            null_values=[""] if quotes else None,
            glob=False,  # a star in a file's name is a star
        )

    def begins_with_mark(self) -> bool:
        """Whether a byte order mark stands before the first row, where polars would drop it unasked."""
        return next(self.blocks(len(COPY_BEGINNING)), b"") == COPY_BEGINNING

    def blocks(self, size_bytes: int) -> Iterator[bytes]:
        with self.path.open("rb", buffering=0) as file:
            file.seek(self.start_bytes)
            while block := file.read(size_bytes):
                yield block


@dataclass(frozen=True)
class Tail:
    """How a body ends.

    The last line that is not blank ends, its line end included, after `end_bytes` bytes of the file; `blank_lines` follow.
    `line_feed`: the body ends in one.
    """

    end_bytes: int
    blank_lines: int
    line_feed: bool


def tail(body: Body) -> Tail:
    """The end of the body; more than 64 KB of blank lines are not recognised as such."""
    size_bytes = body.end_bytes
    with body.path.open("rb") as file:
        file.seek(max(body.start_bytes, size_bytes - _TAIL))
        end = file.read(_TAIL)
    kept = end.rstrip(b"\r\n")
    line_ends = end[len(kept) :]
    line_feed = end.endswith(b"\n")
    if kept:
        last = _FIRST_LINE_END.match(line_ends)
        assert last is not None  # it matches nothing, too
        return Tail(size_bytes - len(line_ends) + last.end(), line_ends.count(b"\n", last.end()), line_feed)
    if size_bytes - body.start_bytes <= _TAIL:
        return Tail(body.start_bytes, line_ends.count(b"\n"), line_feed)
    return Tail(size_bytes, 0, line_feed)


def plain_returns(body: Body) -> int | None:
    """How many carriage returns are among the rows; null if a quotation mark, a NUL byte or an endless line is there, too.

    Reading stops at the first of these.
    """
    returns = blocks_without_end = 0
    for block in body.blocks(_BLOCK):
        # For what is not there, `in` is ten times as fast as polars reads; counting costs as much as a fifth of its time.
        if b'"' in block or b"\x00" in block:
            return None
        if b"\r" in block:
            returns += block.count(b"\r")
        blocks_without_end = 0 if b"\n" in block else blocks_without_end + 1
        if blocks_without_end * _BLOCK >= LONGEST_LINE:
            return None
    return returns


def normalised(body: Body, copy: Path) -> Body:
    """The same rows in `copy`, each line end a line feed: for files whose rows end in a carriage return alone."""
    with copy.open("wb") as file:
        file.write(COPY_BEGINNING)
        for block in _whole_line_ends(body.blocks(_BLOCK)):
            file.write(block.replace(b"\r\n", b"\n").replace(b"\r", b"\n"))
    return Body(copy, start_bytes=len(COPY_BEGINNING), start_lines=0)


def _whole_line_ends(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The blocks cut so that none ends between a carriage return and its line feed."""
    held = b""
    for block in blocks:
        given = held + block
        held = b"\r" if given.endswith(b"\r") else b""
        yield given.removesuffix(held)
    yield held
