"""Where are the rows of a CSV file on disk, and how is polars told to read some of them?"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

import polars as pl

LONGEST_LINE = 1 << 20  # bytes; a longer one is no row of anything, and would have to be held in memory
ROW = "row"
START = "\x00start"  # no header has a NUL byte

# What polars raises for rows it cannot read. Its panics are not Exceptions.
FAILURES = (pl.exceptions.PolarsError, pl.exceptions.PanicException)

BYTE_ORDER_MARK = b"\xef\xbb\xbf"

_BLOCK = 256 << 10
_TAIL = 64 << 10
_FIRST_LINE_END = re.compile(rb"\r*\n?")


class Quotes(Enum):
    """Where quotation marks are: in no cell, around every cell and nowhere else, or anywhere."""

    NONE = auto()
    ALL = auto()
    SOME = auto()


@dataclass(frozen=True)
class Body:
    """The rows of a CSV file: everything in the file at `path` after `start_bytes` bytes."""

    path: Path
    start_bytes: int

    def blocks(self, size_bytes: int) -> Iterator[bytes]:
        with self.path.open("rb", buffering=0) as file:
            file.seek(self.start_bytes)
            while block := file.read(size_bytes):
                yield block


def scan(text: bytes, columns: Sequence[str], *, quotes: Quotes, most_rows: int | None = None) -> pl.LazyFrame:
    """The rows of a piece of a CSV file as text. An empty cell is null, with or without quotes.

    polars fills short rows with nulls, and makes a blank line a row of nulls: who scans must know that there are none,
    or count. It also drops a byte order mark at the beginning, and unpacks what begins like something compressed. If
    all cells are in quotation marks, these separate what is between them (`gap`) from what is in them: that is a good
    deal faster, and what is between them can be looked at.
    """
    names = [gap(0), *(name for place, column in enumerate(columns, 1) for name in (column, gap(place)))]
    return pl.scan_csv(
        text,
        has_header=False,
        schema=dict.fromkeys(names if quotes is Quotes.ALL else columns, pl.String),
        separator='"' if quotes is Quotes.ALL else ",",
        quote_char='"' if quotes is Quotes.SOME else None,
        null_values=[""] if quotes is Quotes.SOME else None,
        n_rows=most_rows,
    )


def gap(place: int) -> str:
    """The column of what is between two cells in quotation marks: place 0 is before the first one."""
    return f"\x00{place}"


def end_of_rows(body: Body) -> int:
    """After how many bytes of the file the last line ends that is not blank, its line end included; more than 64 KB of
    blank lines are not recognised as such.
    """
    size_bytes = body.path.stat().st_size
    with body.path.open("rb") as file:
        file.seek(max(body.start_bytes, size_bytes - _TAIL))
        end = file.read(_TAIL)
    kept = end.rstrip(b"\r\n")
    if kept:
        last = _FIRST_LINE_END.match(end, len(kept))
        assert last is not None  # it matches nothing, too
        return size_bytes - len(end) + last.end()
    return body.start_bytes if size_bytes - body.start_bytes <= _TAIL else size_bytes


def normalised(body: Body, copy: Path) -> Body:
    """The same rows in `copy`, each line end a line feed: for files whose rows end in a carriage return alone."""
    with copy.open("wb") as file:
        for block in _whole_line_ends(body.blocks(_BLOCK)):
            file.write(block.replace(b"\r\n", b"\n").replace(b"\r", b"\n"))
    return Body(copy, start_bytes=0)


def _whole_line_ends(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The blocks cut so that none ends between a carriage return and its line feed."""
    held = b""
    for block in blocks:
        given = held + block
        held = b"\r" if given.endswith(b"\r") else b""
        yield given.removesuffix(held)
    yield held
