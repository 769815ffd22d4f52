"""Rows of a CSV file that cannot be read: each costs its own line and no other, and is named."""

from pathlib import Path

import polars as pl
import pytest

from homeroom.engine.formats import csv_lines, csv_pieces
from homeroom.engine.formats.csv_body import LONGEST_LINE
from tests.engine.formats.read_csv import bad_rows, measured, rows


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (b"x", "row-too-short"),
        (b"'x, y'", "row-too-short"),
        (b'"x,y"', "row-too-short"),
        (b"x,y,z,u", "row-too-long"),
        (b"x,y,z,", "row-too-long"),
        (b'"x","y","z","u"', "row-too-long"),
        (b"," * 10_000, "row-too-long"),
        (b"x,Gr\xfc\xdfe,z", "row-not-utf8"),
        (b"x,\xed\xa0\x80,z", "row-not-utf8"),
        (b'x,"Gr\xfc\xdfe",z', "row-not-utf8"),
        (b'x,"y,z', "row-quote"),
        (b'"x,y,z', "row-quote"),
        (b'x,y"y,z', "row-quote"),
        (b'x,y"y"y,z', "row-quote"),
        (b'x,"y"y,z', "row-quote"),
        (b'x,"y" ,z', "row-quote"),
        (b'x, "y",z', "row-quote"),
        (b'"x","Robert "Bob" Smith","z"', "row-quote"),
        (b'"x,"y",z",y,z', "row-quote"),
        (b"x,y\x00,z", "row-nul"),
        (b'"x","y\x00","z"', "row-nul"),
        (b"\x00" * 100, "row-nul"),
        (b"x,y\ry,z", "row-carriage-return"),
        (b"x,\r,z", "row-carriage-return"),
        (b"x\r,y,z", "row-carriage-return"),
        (b'"x"\r,y,z', "row-quote"),
        (b"x" * (LONGEST_LINE + 1), "row-too-long"),
        (b'"' * (6 * LONGEST_LINE + 1), "row-too-long"),
    ],
)
@pytest.mark.parametrize("around", [b"a,b,c", b'"a","b","c"', b'a,"b",c'])
def test_a_bad_row_costs_its_own_line(tmp_path: Path, around: bytes, row: bytes, rule: str) -> None:
    found = measured(tmp_path, b"id,name,role\n" + b"\n".join([around, around, row, around, around]) + b"\n")

    assert rows(found) == [(line, "a", "b", "c") for line in (2, 3, 5, 6)]
    assert bad_rows(found) == [(4, rule)]


def test_several_bad_rows_are_told_apart(tmp_path: Path) -> None:
    found = measured(tmp_path, b'id,name\na,Ada\nx\n\nb,"Be\nn"\ny,y,y\nc,"Cl\nd,Dan\nz,\xff\n')

    assert rows(found) == [(2, "a", "Ada"), (5, "b", "Be\nn"), (8, "d", "Dan")]
    assert bad_rows(found) == [(3, "row-too-short"), (6, "row-too-long"), (7, "row-quote"), (9, "row-not-utf8")]
    assert found.lines(found.rows_with_breaks).to_list() == [5]


@pytest.mark.parametrize("last", [b"x", b"x,y,z", b'x,"y', b"x,\xff", b"x,\x00", b"x,\ry"])
def test_the_last_row_may_be_bad(tmp_path: Path, last: bytes) -> None:
    found = measured(tmp_path, b"id,name\na,Ada\n" + last)

    assert rows(found) == [(2, "a", "Ada")]
    assert found.bad_rows["line"].to_list() == [3]


def test_the_first_row_may_be_bad(tmp_path: Path) -> None:
    found = measured(tmp_path, b"id,name\nx\na,Ada\n")

    assert rows(found) == [(3, "a", "Ada")]


def test_a_short_row_is_not_made_up_for_by_other_bytes(tmp_path: Path) -> None:
    found = measured(tmp_path, b"id,name\r\na,Ada\r\nx\r\n\r,\nb,Ben\n")

    assert rows(found) == [(2, "a", "Ada"), (5, "b", "Ben")]
    assert bad_rows(found) == [(3, "row-too-short"), (4, "row-carriage-return")]


@pytest.mark.parametrize(
    "body", [b",\n\n,,", b",\na\n,,", b'"a","b"\n"a","b\n"a","b""', b'a,"b,b"\n\nc,"d,d",', b'"a,b",c\n"a,b","c"\x01']
)
def test_a_separator_too_many_at_the_very_end_is_seen(tmp_path: Path, body: bytes) -> None:
    found = measured(tmp_path, b"id,name\n" + body)

    assert bad_rows(found)[-1][0] == body.count(b"\n") + 2


def test_nothing_but_bad_rows(tmp_path: Path) -> None:
    found = measured(tmp_path, b"id,name\nx\ny\n", pl.col("id"))

    assert (found.rows, found.frame.columns, rows(found)) == (0, ["row", "id"], [])
    assert bad_rows(found) == [(2, "row-too-short"), (3, "row-too-short")]


@pytest.mark.parametrize(
    ("row", "first_cell"),
    [
        (b"a17,x,y", "a17"),
        (b'"a17",x,y', "a17"),
        (b'"a,17",x,y', "a,17"),
        (b'a17,"x', "a17"),
        (b"a17,\x00", "a17"),
        (b"a17,\xff", "a17"),
        (b"a17", None),
        (b",x,y", None),
        (b'"",x,y', None),
        (b"a\x0017,y", None),
        (b"a\xff17,y", None),
        (b"a\r17,y", None),
        (b'"a17,y', None),
        (b'a"17,y', None),
        (b'"a"17,y', None),
    ],
)
def test_the_first_cell_is_told_where_it_is_beyond_doubt(tmp_path: Path, row: bytes, first_cell: str | None) -> None:
    found = measured(tmp_path, b"id,name\n" + row + b"\nb,Ben\n")

    assert found.bad_rows["first_cell"].to_list() == [first_cell]


def test_the_beginning_of_a_bad_row_is_shown_with_visible_control_characters(tmp_path: Path) -> None:
    row = "a17,\x1b[31m\x00\x7f\x9b\tGröße" + "x" * 500

    found = measured(tmp_path, b"id,name\n" + row.encode() + b"\nb,Ben\n")

    assert found.bad_rows["text"].to_list() == ["a17,␛[31m␀␡\ufffd␉Größe" + "x" * 182]


def test_the_bad_rows_of_a_good_file_are_a_frame_of_the_same_columns(tmp_path: Path) -> None:
    good, bad = measured(tmp_path, b"id,name\na,Ada\n"), measured(tmp_path, b"id,name\na\n")

    assert good.bad_rows.schema == bad.bad_rows.schema == csv_lines.BAD_ROWS


def test_too_many_bad_rows_are_counted_not_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_pieces, "MOST_LISTED", 5)
    monkeypatch.setattr(csv_pieces, "MOST_SHOWN", 2)
    monkeypatch.setattr(csv_pieces, "PIECE_BYTES", 6)

    found = measured(tmp_path, b"id,name\n1\n2\n3\n4\n5\n6\na,Ada\n")

    assert found.bad_rows.select("line", "text").rows() == [(2, "1"), (3, "2"), (4, "3"), (5, None), (6, None)]
    assert found.unlisted_bad_rows == 1
    assert rows(found) == [(8, "a", "Ada")]


# Quotation marks over several lines


def test_a_mark_that_never_closes_costs_its_own_line(tmp_path: Path) -> None:
    found = measured(tmp_path, b'id,name,role\n"a,Ada,x\n' + b"b,Ben,y\n" * 1000)

    assert bad_rows(found) == [(2, "row-quote")]
    assert found.rows == 1000


def test_two_marks_that_never_close_do_not_swallow_what_is_between(tmp_path: Path) -> None:
    found = measured(tmp_path, b'id,name,role,grade\na,"Ada,x,05\nb,Ben,y,06\nc,Cleo",z,07\nd,Dan,x,08\n')

    assert rows(found) == [(3, "b", "Ben", "y", "06"), (5, "d", "Dan", "x", "08")]
    assert bad_rows(found) == [(2, "row-quote"), (4, "row-quote")]


def test_a_line_in_quotes_may_look_like_a_row_of_few_cells(tmp_path: Path) -> None:
    found = measured(tmp_path, b'id,name\na,"Ada\nKing, Countess\nof Lovelace"\n')

    assert rows(found) == [(2, "a", "Ada\nKing, Countess\nof Lovelace")]


def test_a_row_after_a_mark_that_never_closes_may_have_line_breaks(tmp_path: Path) -> None:
    found = measured(tmp_path, b'id,name\na,"Ada\nb,"Be\nn"\nc,"Cle\no"\n')

    assert rows(found) == [(3, "b", "Be\nn"), (4, "c", "Cle\no")]
    assert bad_rows(found) == [(2, "row-quote")]


def test_a_row_of_too_many_lines_is_no_row(tmp_path: Path) -> None:
    lines = csv_lines.LONGEST_ROW_LINES

    found = measured(tmp_path, b'id,name\na,"' + b"\n" * (lines - 1) + b'"\nb,"' + b"\n" * lines + b'"\n')

    assert [line for line, *_ in rows(found)] == [2]
    assert bad_rows(found) == [(3, "row-quote"), (3 + lines, "row-quote")]


def test_a_row_of_several_lines_may_not_be_endless(tmp_path: Path) -> None:
    most = csv_lines.LONGEST_ROW_BYTES

    found = measured(tmp_path, b'id,name\na,"' + b"x" * (most - 5) + b'\n"\nb,"' + b"x" * (most - 4) + b'\n"\n')

    assert [line for line, *_ in rows(found)] == [2]
    assert bad_rows(found) == [(3, "row-quote"), (4, "row-quote")]


def test_a_row_of_several_lines_may_be_cut_by_a_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_lines, "LONGEST_ROW_BYTES", 20)
    monkeypatch.setattr(csv_pieces, "PIECE_BYTES", 22)

    found = measured(tmp_path, b'id,name\na,Adaline\nb,"Be\nn\nn\ny"\nc,"Cl\nd,Dan\ne,Eve\nf,Fay\ng,"G\nus"\n')

    assert rows(found) == [
        (2, "a", "Adaline"),
        (3, "b", "Be\nn\nn\ny"),
        (5, "d", "Dan"),
        (6, "e", "Eve"),
        (7, "f", "Fay"),
        (8, "g", "G\nus"),
    ]
    assert bad_rows(found) == [(4, "row-quote")]


@pytest.mark.parametrize(("damage", "rule"), [(b"\x00", "row-nul"), (b"\xff", "row-not-utf8")])
def test_damage_in_a_row_of_several_lines_costs_all_of_it(tmp_path: Path, damage: bytes, rule: str) -> None:
    found = measured(tmp_path, b'id,name\na,Ada\nx,"y' + damage + b'\ny"\nb,Ben\n')

    assert rows(found) == [(2, "a", "Ada"), (4, "b", "Ben")]
    assert found.bad_rows.select("line", "rule", "first_cell").rows() == [(3, rule, "x")]
