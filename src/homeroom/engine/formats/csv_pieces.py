"""What is in a CSV file, piece by piece: which rows can be read, where they begin, and on which lines they stand?

The body is read in pieces of whole lines. Most are believed as polars reads them, because it can be proven; of the
others each line is looked at, and polars reads the rows that are left. So damage costs no more than the pieces it is
in, nothing is copied, and memory is bounded by the piece, whatever the file.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Self

import polars as pl

from homeroom.engine.formats.csv_body import Body, end_of_rows
from homeroom.engine.formats.csv_lines import BAD_ROWS, LONGEST_ROW_BYTES, SKIPPED, WITH_BREAKS, Judged, bad_row, judge
from homeroom.engine.formats.csv_places import Numbering, Places, read_rows
from homeroom.engine.formats.csv_proof import Proven, read_proven
from homeroom.engine.formats.csv_questions import Questions

# Large pieces cost a tenth less time, small ones half the memory: the larger the file, the larger the piece.
PIECE_BYTES = 8 << 20
SMALLEST_PIECE_BYTES = 2 << 20  # more than the longest line
PIECES_OF_A_FILE = 64
# Of each of two files that are read at a time. Fewer do not keep two processors busy: while one is parsed another waits
# for its text. More take memory.
PIECES_AT_A_TIME = 3
_TAIL_BYTES = 64 << 10
# What so many pieces say is put together at once: memory that is freed in large blocks goes back to the system, and the
# small ones serve the next pieces.
_PIECES_OF_A_BLOCK = 32

# Bad rows beyond this number are counted, but not listed one by one: such a file is no roster with mistakes in it.
MOST_LISTED = 1_000_000
# Nor is the text of more bad rows than this kept, more or less.
MOST_SHOWN = 10_000


@dataclass(frozen=True)
class Read:
    """The good rows of a body, and what is known about the others.

    `frame`: the expressions that were asked for, one row per good row. `bad`: one row per bad row (BAD_ROWS), with the
    line that a spreadsheet shows; `unlisted` more were only counted.
    """

    frame: pl.DataFrame
    numbering: Numbering
    bad: pl.DataFrame
    unlisted: int
    places: Places


def read_pieces(body: Body, columns: Sequence[str], questions: Questions, *, first_line: int) -> Read:
    """The rows of `body` that are whole and have a cell for each column."""
    found = _Gathered(first_line)
    for offset, (judged, frame) in _pieces(body, columns, questions):
        found.add(offset, judged, frame)
    return Read(
        found.frame() if found.rows else _no_answers(columns, questions),
        Numbering(first_line, pl.concat(found.skipped)),
        pl.concat(found.bad),
        found.unlisted,
        Places(body.path, columns, found.pieces(), pl.concat(found.starts).rechunk(), pl.concat(found.with_breaks)),
    )


#: What is in a piece, and what was asked of its good rows (null: there are none).
_Found = tuple[Judged, pl.DataFrame | None]


def _pieces(body: Body, columns: Sequence[str], questions: Questions) -> Iterator[tuple[int, _Found]]:
    """Piece after piece: where it begins in the file, and what was found."""
    offset, endless = body.start_bytes, False
    with _Ahead(body, columns, questions) as ahead:
        while (block := ahead.at(offset)) is not None:
            if endless:
                judged = _nothing(settled_bytes=block.text.find(b"\n") + 1 or len(block.text))
                endless = not block.text.endswith(b"\n", 0, judged.settled_bytes)
                found: _Found = judged, None
            elif not block.piece:
                found, endless = (_endless(block.text), None), True
            else:
                found = block.looking.result()
            yield offset, found
            offset += found[0].settled_bytes


def _look(piece: bytes, columns: Sequence[str], questions: Questions, *, last: bool, bytes_beyond: int) -> _Found:
    if (proven := read_proven(piece, columns, questions.exprs)) is not None:
        return _all_good(piece, proven), questions.answered(proven.frame)
    judged = judge(piece, cells=len(columns), last=last, bytes_beyond=bytes_beyond)
    if not judged.rows:
        return judged, None
    text = [memoryview(piece)[: judged.settled_bytes]] if judged.text is None else judged.text
    return judged, questions.answered(read_rows(text, columns, questions.exprs, rows=judged.rows))


@dataclass(frozen=True)
class _Block:
    """Some bytes of a body and the piece that they begin with: all whole lines in them."""

    offset: int
    text: bytes
    piece: bytes
    looking: Future[_Found]


class _Ahead:
    """Reads a body, and begins with the next pieces while one is looked at. Where a piece ends is only known for sure
    when it was looked at: what was begun at another place is then begun anew.
    """

    def __init__(self, body: Body, columns: Sequence[str], questions: Questions) -> None:
        self._end = end_of_rows(body)
        self._size_bytes = min(PIECE_BYTES, max(SMALLEST_PIECE_BYTES, self._end // PIECES_OF_A_FILE))
        self._file = body.path.open("rb", buffering=0)
        self._pool = ThreadPoolExecutor(PIECES_AT_A_TIME)
        self._look = partial(_look, columns=columns, questions=questions)
        self._begun: deque[_Block] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)
        self._file.close()

    def at(self, offset: int) -> _Block | None:
        """What begins at this byte of the file; null if nothing does."""
        if self._begun and self._begun[0].offset != offset:
            for block in self._begun:
                block.looking.cancel()
            self._begun.clear()
        while len(self._begun) <= PIECES_AT_A_TIME:
            after = self._begun[-1] if self._begun else None
            read = self._read(offset if after is None else after.offset + (len(after.piece) or len(after.text)))
            if read is None:
                break
            self._begun.append(read)
        return self._begun.popleft() if self._begun else None

    def _read(self, offset: int) -> _Block | None:
        if offset >= self._end:
            return None
        last = offset + self._size_bytes >= self._end
        size_bytes = self._end - offset if last else self._whole_lines(offset)
        self._file.seek(offset)
        text = self._file.read(size_bytes)
        if not text:
            return None  # the file was cut short meanwhile
        last = last or offset + len(text) >= self._end
        piece = text if last else text[: text.rfind(b"\n") + 1]
        looking = self._pool.submit(self._look, piece, last=last, bytes_beyond=self._size_bytes - len(piece))
        return _Block(offset, text, piece, looking)

    def _whole_lines(self, offset: int) -> int:
        """How many bytes to read from here to have whole lines only, or as many as are read at a time: to cut them off
        afterwards would be to copy the others.
        """
        before = max(0, self._size_bytes - _TAIL_BYTES)
        self._file.seek(offset + before)
        line_end = self._file.read(self._size_bytes - before).rfind(b"\n")
        return before + line_end + 1 if line_end >= 0 else self._size_bytes


def _all_good(piece: bytes, proven: Proven) -> Judged:
    skipped, bad = (pl.DataFrame(schema=schema) for schema in (SKIPPED, BAD_ROWS))
    return Judged(len(piece), len(proven.starts), skipped, bad, proven.with_breaks, proven.starts, None)


def _endless(beginning: bytes) -> Judged:
    """A line too long to be held in memory: one bad row, of which the rest is still to come."""
    bad = bad_row(line=0, rule="row-too-long", beginning=beginning[:LONGEST_ROW_BYTES])
    skipped = pl.DataFrame({"row": [0], "lines": [1]}, schema=SKIPPED)
    return Judged(len(beginning), 1, skipped, bad, pl.DataFrame(schema=WITH_BREAKS), _NO_ROWS, ())


def _nothing(*, settled_bytes: int) -> Judged:
    skipped, bad, breaks = (pl.DataFrame(schema=schema) for schema in (SKIPPED, BAD_ROWS, WITH_BREAKS))
    return Judged(settled_bytes, 0, skipped, bad, breaks, _NO_ROWS, ())


def _no_answers(columns: Sequence[str], questions: Questions) -> pl.DataFrame:
    nothing, exprs = pl.DataFrame(schema=dict.fromkeys(columns, pl.String)), questions.exprs
    read = nothing.with_columns(exprs).select(expr.meta.output_name() for expr in exprs)
    return questions.answered(read)


_NO_ROWS = pl.Series(dtype=pl.UInt32)
_PIECES = {
    "first_row": pl.UInt32,
    "rows": pl.UInt32,
    "offset": pl.UInt64,
    "size": pl.UInt32,
    "whole": pl.Boolean,
}


@dataclass
class _Gathered:
    """What the pieces so far held, numbered through the whole file."""

    first_line: int
    lines: int = 0
    rows: int = 0
    listed: int = 0
    unlisted: int = 0
    bad: list[pl.DataFrame] = field(default_factory=lambda: [pl.DataFrame(schema=BAD_ROWS)])
    skipped: list[pl.DataFrame] = field(default_factory=lambda: [pl.DataFrame(schema=SKIPPED)])
    with_breaks: list[pl.DataFrame] = field(default_factory=lambda: [pl.DataFrame(schema=WITH_BREAKS)])
    starts: list[pl.Series] = field(default_factory=lambda: [_NO_ROWS])
    _pieces: list[tuple[int, int, int, int, bool]] = field(default_factory=list)
    _frames: list[pl.DataFrame] = field(default_factory=list)
    _blocks: list[pl.DataFrame] = field(default_factory=list)

    def add(self, offset: int, judged: Judged, frame: pl.DataFrame | None) -> None:
        bad = judged.bad.head(MOST_LISTED - self.listed)
        if self.listed > MOST_SHOWN:
            bad = bad.with_columns(text=pl.lit(None, pl.String))
        self.bad.append(bad.with_columns(pl.col("line") + (self.first_line + self.lines)))
        self.skipped.append(judged.skipped.with_columns(pl.col("row") + self.rows))
        self.with_breaks.append(judged.with_breaks.with_columns(pl.col("row") + self.rows))
        self.starts.append(judged.starts.alias(""))
        if frame is not None:
            self._pieces.append((self.rows, judged.rows, offset, judged.settled_bytes, judged.text is None))
            self._frames.append(frame)
        if len(self._frames) == _PIECES_OF_A_BLOCK:
            self._blocks.append(_together(self._frames))
            self._frames = []
        self.listed += bad.height
        self.unlisted += judged.bad.height - bad.height
        self.lines += judged.lines
        self.rows += judged.rows

    def pieces(self) -> pl.DataFrame:
        return pl.DataFrame(self._pieces, schema=_PIECES, orient="row")

    def frame(self) -> pl.DataFrame:
        """All rows in one."""
        frames, self._blocks, self._frames = [*self._blocks, *self._frames], [], []
        return _together(frames)


def _together(frames: list[pl.DataFrame]) -> pl.DataFrame:
    """One frame of several, which are used up: a column at a time, so that no more than one is there twice."""
    columns = []
    for name in frames[0].columns:
        columns.append(pl.concat([frame[name] for frame in frames]).rechunk())
        for place, frame in enumerate(frames):
            frames[place] = frame.drop(name)
    return pl.DataFrame(columns)
