"""Where are the rows of a CSV file on disk, what bytes are among them, and how is polars told to read them?"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

import polars as pl

LONGEST_LINE = 1 << 20  # bytes; a longer one is no row of anything, and would have to be held in memory
ROW = "row"

# What polars raises for rows it cannot read. Its panics are not Exceptions.
FAILURES = (pl.exceptions.PolarsError, pl.exceptions.PanicException)

# Every copy begins with a byte order mark. polars drops the first one it meets, so that another one stays in its cell,
# and never takes a file that begins with it for a compressed one.
COPY_BEGINNING = b"\xef\xbb\xbf"

_BLOCK = 256 << 10
_TAIL = 64 << 10
_FIRST_LINE_END = re.compile(rb"\r*\n?")


class Quotes(Enum):
    """Where the quotation marks of a body are: in no cell, around every cell and nowhere else, or anywhere."""

    NONE = auto()
    ALL = auto()
    SOME = auto()


@dataclass(frozen=True)
class Body:
    """The rows of a CSV file: everything in the file at `path` after `start_bytes` bytes with `start_lines` line
    feeds.
    """

    path: Path
    start_bytes: int
    start_lines: int

    @property
    def end_bytes(self) -> int:
        return self.path.stat().st_size

    def scan(self, columns: Sequence[str], *, quotes: Quotes, most_rows: int | None) -> pl.LazyFrame:
        """The rows as text, with their number in the column `row`, from 0. An empty cell is null, with or without
        quotes.

        polars fills short rows with nulls, and makes a blank line a row of nulls: who scans must know that there are
        none, or count. If all cells are in quotation marks, these separate what is between them (`gap`) from what is
        in them: that is a good deal faster, and what is between them can be looked at.
        """
        names = [gap(0), *(name for place, column in enumerate(columns, 1) for name in (column, gap(place)))]
        return pl.scan_csv(
            self.path,
            has_header=False,
            skip_lines=self.start_lines,
            schema=dict.fromkeys(names if quotes is Quotes.ALL else columns, pl.String),
            separator='"' if quotes is Quotes.ALL else ",",
            quote_char='"' if quotes is Quotes.SOME else None,
            null_values=[""] if quotes is Quotes.SOME else None,
            row_index_name=ROW,
            n_rows=most_rows,
            glob=False,  # a star in a file's name is a star
        )

    def begins_with_row_in_quotes(self, cells: int) -> bool:
        """Whether the first row has so many cells, each in quotation marks, and none of them with a mark inside."""
        first_row = rb'"[^"]*+"(?:,"[^"]*+"){%d}\r?(?:\n|\Z)' % (cells - 1)
        return re.match(first_row, next(self.blocks(_BLOCK), b"")) is not None

    def begins_with_mark(self) -> bool:
        """Whether a byte order mark stands before the first row, where polars would drop it unasked."""
        return next(self.blocks(len(COPY_BEGINNING)), b"") == COPY_BEGINNING

    def blocks(self, size_bytes: int) -> Iterator[bytes]:
        with self.path.open("rb", buffering=0) as file:
            file.seek(self.start_bytes)
            while block := file.read(size_bytes):
                yield block


def gap(place: int) -> str:
    """The column of what is between two cells in quotation marks: place 0 is before the first one."""
    return f"\x00{place}"


@dataclass(frozen=True)
class Tail:
    """How a body ends: the last line that is not blank, its line end included, after `end_bytes` bytes of the file,
    with `blank_lines` after it.
    """

    end_bytes: int
    blank_lines: int


def tail(body: Body) -> Tail:
    """The end of the body; more than 64 KB of blank lines are not recognised as such."""
    size_bytes = body.end_bytes
    with body.path.open("rb") as file:
        file.seek(max(body.start_bytes, size_bytes - _TAIL))
        end = file.read(_TAIL)
    kept = end.rstrip(b"\r\n")
    line_ends = end[len(kept) :]
    if kept:
        last = _FIRST_LINE_END.match(line_ends)
        assert last is not None  # it matches nothing, too
        return Tail(size_bytes - len(line_ends) + last.end(), line_ends.count(b"\n", last.end()))
    if size_bytes - body.start_bytes <= _TAIL:
        return Tail(body.start_bytes, line_ends.count(b"\n"))
    return Tail(size_bytes, 0)


@dataclass(frozen=True)
class LineEnds:
    """Of `size_bytes` each, if all are alike. `lines`: how many lines there are if a carriage return alone ends one,
    too; null if there is no carriage return. `quotes`: how many quotation marks there are. `unended`: the last line, if
    no line feed ends it.
    """

    size_bytes: int
    lines: int | None
    quotes: int
    unended: bytes


def line_ends(body: Body, *, all_in_quotes: bool) -> LineEnds | None:
    """How the lines end. Null, as soon as it is seen, if there is something that needs a closer look: a NUL byte, an
    endless line, a carriage return at the very end or, unless all cells are said to be in quotation marks, two of
    these in a row: something that no sum explains.
    """
    lines, quotes, returns, unended = 0, 0, None, b""
    with body.path.open("rb") as file:
        file.seek(body.start_bytes)
        # To the end of a line, so that no line is counted in two blocks.
        while block := file.read(_BLOCK) + file.readline(LONGEST_LINE):
            # `in` looks for what is not there ten times as fast as polars reads.
            if returns is None:
                returns = b"\r" in block
            if b"\x00" in block or (b"\r" in block and not returns):
                return None
            if b'""' in block and not all_in_quotes:
                return None
            if block.endswith(b"\r") or (len(block) > LONGEST_LINE and not block.endswith(b"\n")):
                return None
            quotes += block.count(b'"') if b'"' in block else 0
            lines += len(block.splitlines()) if returns else 0
            unended = block[block.rfind(b"\n") + 1 :]
    return LineEnds(2 if returns else 1, lines if returns else None, quotes, unended)


def line_feeds(body: Body) -> int:
    """How many line feeds there are, in quotation marks or not."""
    return sum(block.count(b"\n") for block in body.blocks(_BLOCK))


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
