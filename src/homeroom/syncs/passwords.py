"""A delivered file without its passwords: everything else stays byte for byte.

A password is whatever stands in a column that is called so. In a row that cannot be read nobody can tell where it
stands: of such a row its source id stays, and of the rest only where quotation marks, commas and line ends are, so that
it is judged the same. Where even the source id may be a piece of a password, the row gets no name; the engine then
infers from nobody's absence that they left.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

import polars as pl

from homeroom.engine.formats.csv_body import LONGEST_LINE
from homeroom.engine.formats.csv_header import Unreadable, read_opening
from homeroom.engine.formats.csv_lines import LONGEST_ROW_BYTES, LONGEST_ROW_LINES, TELLING_CELLS
from homeroom.engine.formats.csv_proof import read_proven
from homeroom.engine.templates import is_password

_BLOCK = 4 << 20
_PIECES_AT_A_TIME = 3
_SIGNATURE = 16

_QUOTED_OR_PLAIN = rb'(?:"(?:[^"]++|"")*+"|[^",\r\n]*+)'
_SOUND = r'(?:[^",\r\x00\x{FFFD}]*|"(?:[^"\x00\x{FFFD}]|"")*")'
_UNDAMAGED = "\x00-\x1f\x7f-\x9f\ufffd"
_FIRST_CELL = re.compile(f'(?:"[^"{_UNDAMAGED}]+"|[^",{_UNDAMAGED}]+),')
_MASK = bytes(code if code in b'",\r\n\x00' else ord("x") for code in range(256))
_MASK_UNSOUND = bytes(255 if code > 127 else _MASK[code] for code in range(256))  # 255 is in no UTF-8


def copy_without(source: Path, target: Path) -> None:
    """The file at ``target`` as it is kept. The one at ``source`` may be gone then: without passwords it moves."""
    opening = read_opening(source)
    if isinstance(opening, Unreadable):
        target.write_bytes(_beginning(source, opening))
        return
    places = [place for place, name in enumerate(opening.header) if is_password(name)]
    if not places:
        source.replace(target)
        return
    with source.open("rb") as read, target.open("wb") as write:
        write.write(read.read(opening.end_bytes))
        rows = _Rows(cells=len(opening.header), places=places)
        line_end = b"\r" if opening.returns else b"\n"
        with ThreadPoolExecutor(_PIECES_AT_A_TIME) as ahead:
            for lines, is_bare in _looked_at(_pieces(read, line_end), rows.holds_none, ahead):
                write.write(rows.blanked(lines, line_end=line_end, is_bare=is_bare.result()))
        write.write(rows.rest(line_end=line_end))


def _beginning(source: Path, why: Unreadable) -> bytes:
    """Of a file that cannot be read as a whole, as much as says why."""
    with source.open("rb") as read:
        if why.rule == "file-not-csv":
            return read.read(1 if why.detail == "JSON" else _SIGNATURE)
        return read.readline(LONGEST_LINE)


def _pieces(read: BinaryIO, line_end: bytes) -> Iterator[bytes]:
    """The rest of the file in pieces of whole lines. A line of many megabytes comes in several."""
    held = b""
    while block := read.read(_BLOCK):
        held += block
        cut = held.rfind(line_end) + 1
        if cut or len(held) > _BLOCK:
            yield held[: cut or None]
            held = held[cut:] if cut else b""
    if held:
        yield held


def _looked_at(
    pieces: Iterator[bytes], look: Callable[[bytes], bool], ahead: Executor
) -> Iterator[tuple[bytes, Future[bool]]]:
    """Each piece, while the next ones are looked at."""
    begun: deque[tuple[bytes, Future[bool]]] = deque()
    for piece in pieces:
        begun.append((piece, ahead.submit(look, piece)))
        if len(begun) > _PIECES_AT_A_TIME:
            yield begun.popleft()
    yield from begun


class _Rows:
    """The rows of one file, told as ``engine.formats.csv_lines`` tells them."""

    def __init__(self, *, cells: int, places: Sequence[int]) -> None:
        self._cells, self._places = cells, places
        cell = _QUOTED_OR_PLAIN
        self._row = re.compile(b"%b(?:,%b){%d}" % (cell, cell, cells - 1))
        self._before = {place: re.compile(b"(?:%b,){%d}" % (cell, place)) for place in places}
        self._cell = re.compile(cell)
        before, after = places[0], cells - 1 - places[0]
        self._blank_row = rf'^(?:{_SOUND},){{{before}}}(?:"")?(?:,{_SOUND}){{{after}}}\r*$'
        self._waiting = b""
        self._is_inside_long_line = False
        self._cut_off: bytes | None = None
        """The bad line just before, if it may go on in the next one."""

    def blanked(self, piece: bytes, *, line_end: bytes, is_bare: bool) -> bytes:
        """The next piece, as far as it can be judged before what follows it is known. is_bare: by itself it
        ``holds_none``.
        """
        if is_bare and not self._waiting and not self._is_inside_long_line:
            self._cut_off = None
            return piece
        given, self._waiting = self._waiting + piece, b""
        return self._line_by_line(given, line_end, is_last=False)

    def rest(self, *, line_end: bytes) -> bytes:
        given, self._waiting = self._waiting, b""
        return self._line_by_line(given, line_end, is_last=True)

    def holds_none(self, piece: bytes) -> bool:
        """Whether all of a piece is rows without a password: in most deliveries every piece is."""
        columns = [f"c{place}" for place in range(self._cells)]
        filled = pl.any_horizontal(pl.col(columns[place]).is_not_null() for place in self._places)
        proven = read_proven(piece, columns, [filled.alias("filled")])
        return proven is not None and not proven.frame["filled"].any()

    def _doubtful(self, text: bytes, lines: list[bytes], line_end: bytes) -> Iterator[int]:
        """Which lines must be looked at one by one. The others are whole rows without a password."""
        if line_end != b"\n" or self._cells < TELLING_CELLS or len(self._places) > 1:
            return iter(range(len(lines)))
        told = pl.Series([text.decode(errors="replace")]).str.split("\n").explode().head(len(lines))
        return iter((~(told.str.contains(self._blank_row) & (told.str.len_bytes() <= LONGEST_LINE))).arg_true())

    def _line_by_line(self, text: bytes, line_end: bytes, *, is_last: bool) -> bytes:
        lines = [line + line_end for line in text.split(line_end)]
        lines[-1] = lines[-1].removesuffix(line_end)
        if not lines[-1]:
            lines.pop()
        done: list[bytes] = []
        at = 0
        if self._is_inside_long_line and lines:
            self._is_inside_long_line = not lines[0].endswith(line_end)
            done.append(_masked(lines[0]))
            at = 1
        doubtful = self._doubtful(text, lines, line_end)
        while (next_one := next((place for place in doubtful if place >= at), None)) is not None:
            if next_one > at:
                done.extend(lines[at:next_one])
                self._cut_off = None
            at = next_one
            count = self._lines_of_row(lines, at)
            if count is None and not is_last and len(lines[at]) <= LONGEST_LINE:
                self._waiting = b"".join(lines[at:])
                return b"".join(done)
            done.append(self._row_blanked(b"".join(lines[at : at + (count or 1)]), is_row=bool(count)))
            self._is_inside_long_line = not is_last and not lines[at].endswith(line_end)
            at += count or 1
        if at < len(lines):
            done.extend(lines[at:])
            self._cut_off = None
        return b"".join(done)

    def _lines_of_row(self, lines: list[bytes], at: int) -> int | None:
        """How many lines make up the row that begins here: 0 if it is none, None if what follows must be known."""
        if not lines[at].endswith((b"\n", b"\r")):
            return 1 if self._is_row(lines[at]) else None
        if self._is_row(lines[at]):
            return 1
        if lines[at].count(b'"') % 2 == 0 or len(lines[at]) > LONGEST_LINE:
            return 0
        for last in range(at + 1, min(len(lines), at + LONGEST_ROW_LINES)):
            if lines[last].count(b'"') % 2 and len(lines[last]) <= LONGEST_LINE:
                whole = b"".join(lines[at : last + 1])
                between = any(map(self._is_row, lines[at + 1 : last])) and self._cells >= TELLING_CELLS
                is_short = len(whole.rstrip(b"\n")) <= LONGEST_ROW_BYTES
                return last + 1 - at if is_short and self._is_row(whole) and not between else 0
        size = sum(map(len, lines[at:]))
        return None if len(lines) - at < LONGEST_ROW_LINES and size <= LONGEST_ROW_BYTES else 0

    def _is_row(self, line: bytes) -> bool:
        return len(line) <= LONGEST_LINE + 1 and self._row.fullmatch(line.rstrip(b"\r\n")) is not None

    def _row_blanked(self, row: bytes, *, is_row: bool) -> bytes:
        if not row.strip(b" \t\r\n"):
            return row
        if is_row and b"\x00" not in row and _is_sound(row):
            self._cut_off = None
            for place in reversed(self._places):
                row = self._cell_blanked(row, place)
            return row
        first = self._first_cell(row)
        self._cut_off = row
        masked = first + _masked(row[len(first) :])
        has_name = not first and _FIRST_CELL.match(masked.decode(errors="replace"))
        return b"\x00" + masked if has_name else masked

    def _cell_blanked(self, row: bytes, place: int) -> bytes:
        before = self._before[place].match(row)
        assert before is not None  # it is a row
        cell = self._cell.match(row, before.end())
        assert cell is not None  # it matches nothing, too
        empty = b'""' if cell[0].startswith(b'"') else b""
        return row[: before.end()] + empty + row[cell.end() :]

    def _first_cell(self, row: bytes) -> bytes:
        """The first cell of a row that cannot be read, if it is beyond doubt and cannot be the end of a cell above."""
        before = self._cut_off
        if before is not None:
            commas = before.count(b",") + row.count(b",")
            if before.count(b'"') % 2 or commas < self._cells:
                return b""
        found = _FIRST_CELL.match(row.decode(errors="replace"))
        return found[0].encode() if found and 0 not in self._places else b""


def _is_sound(row: bytes) -> bool:
    try:
        row.decode()
    except UnicodeDecodeError:
        return False
    return True


def _masked(row: bytes) -> bytes:
    """The row's shape: as long as it was, with its quotation marks, commas and line ends, and no word of it."""
    return row.translate(_MASK if _is_sound(row) else _MASK_UNSOUND)
