"""What is proven of a piece of a CSV file is so: every text of a few characters is tried."""

from __future__ import annotations

import itertools
import re

import polars as pl
import pytest

from homeroom.engine.formats.csv_proof import Proven, read_proven

_CELL = r'((?:[^",\r\n]*|"(?:[^"]|"")*"))'
Row = tuple[int, tuple[str | None, ...]]


def proven(text: str, cells: int) -> Proven | None:
    columns = list("abcd"[:cells])
    return read_proven(text.encode(), columns, [pl.col(columns)])


def rows_by_grammar(text: str, cells: int) -> list[Row] | None:
    """Where each row begins, and its cells (RFC 4180); null if not all of it is rows, none of them blank."""
    row, rows, place = re.compile(",".join([_CELL] * cells) + r"(?:\r?\n|\Z)"), list[Row](), 0
    while place < len(text):
        match = row.match(text, place)
        if match is None or not match[0].strip("\r\n"):
            return None
        written = [cell[1:-1].replace('""', '"') if cell.startswith('"') else cell for cell in match.groups()]
        rows.append((place, tuple(cell or None for cell in written)))
        place = match.end()
    return rows


@pytest.mark.parametrize(("cells", "characters"), [(2, 'a,"\n'), (3, 'a,"\n'), (2, 'a,"\r\n')])
def test_what_is_proven_is_what_the_grammar_says(cells: int, characters: str) -> None:
    """Up to eight characters were tried once; five are enough to notice a change."""
    count = with_breaks = 0
    for length in range(1, 6):
        for text in map("".join, itertools.product(characters, repeat=length)):
            if (found := proven(text, cells)) is None:
                continue
            rows = rows_by_grammar(text, cells)
            assert rows == list(zip(found.starts, found.frame.rows(), strict=True)), repr(text)
            broken = [place for place, (_, row) in enumerate(rows) if any("\n" in (cell or "") for cell in row)]
            assert found.with_breaks["row"].to_list() == broken, repr(text)
            count, with_breaks = count + 1, with_breaks + bool(broken)
    assert count > with_breaks
    assert with_breaks or cells == 3


def test_a_cell_of_two_lines_is_no_reason_to_look_at_each_line() -> None:
    found = proven('1,North\n2,"South\nwing"\n3,"West, East"\n', 2)

    assert found is not None
    assert found.frame["b"].to_list() == ["North", "South\nwing", "West, East"]
    assert found.with_breaks.rows() == [(1, len('2,"South\nwing"'))]


@pytest.mark.parametrize("text", ['1,"North\n2,South\nwing",3\n', '1,"a\nb","c\nd"\n2,,\n'])
def test_what_may_have_swallowed_a_row_is_not_proven(text: str) -> None:
    assert proven(text, 3) is None
