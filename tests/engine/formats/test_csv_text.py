"""One delivered CSV file: what is read, on which lines, and what is said about the rest."""

from pathlib import Path

import polars as pl
import pytest

from homeroom.engine.formats import csv_lines, csv_repair
from homeroom.engine.formats.csv_body import LONGEST_LINE, Body
from homeroom.engine.formats.csv_header import LONGEST_HEADER, MOST_COLUMNS
from homeroom.engine.formats.csv_text import CsvText, Measured, Unreadable, open_csv


def opened(folder: Path, data: bytes) -> CsvText | Unreadable:
    path = folder / "users.csv"
    path.write_bytes(data)
    return open_csv(path)


def measured(folder: Path, data: bytes, *exprs: pl.Expr) -> Measured:
    text = opened(folder, data)
    assert isinstance(text, CsvText)
    return text.measure(exprs, work=folder)


def rows(found: Measured) -> list[tuple[object, ...]]:
    """The readable rows: their line, then their cells."""
    table = found.scan().collect(engine="streaming")
    return [(line, *cells) for line, (_, *cells) in zip(found.lines(table["row"]), table.rows(), strict=True)]


def bad_rows(found: Measured) -> list[tuple[object, ...]]:
    return found.bad_rows.select("line", "rule").rows()


def was_repaired(folder: Path) -> bool:
    return len(list(folder.iterdir())) > 1


# What is read


def test_reads_rows_with_their_lines(tmp_path: Path) -> None:
    found = measured(tmp_path, b"id,name\na,Ada\nb,Ben\n")

    assert rows(found) == [(2, "a", "Ada"), (3, "b", "Ben")]
    assert bad_rows(found) == []
    assert not was_repaired(tmp_path)


def test_gives_each_expression_for_each_row(tmp_path: Path) -> None:
    found = measured(
        tmp_path, b"id,name\na,Ada\nb,\n", pl.col("id").alias("key"), pl.col("name").is_null().alias("blank")
    )

    assert found.frame.rows(named=True) == [
        {"row": 0, "key": "a", "blank": False},
        {"row": 1, "key": "b", "blank": True},
    ]
    assert found.frame.schema["row"] == pl.UInt32


@pytest.mark.parametrize(
    "data",
    [
        b"id,name\na,Ada\nb,Ben",
        b"id,name\r\na,Ada\r\nb,Ben\r\n",
        b"id,name\r\na,Ada\r\nb,Ben",
        b"id,name\na,Ada\r\nb,Ben\n",
        b"id,name\r\r\na,Ada\r\r\nb,Ben\r\r\n",
        b"id,name\ra,Ada\rb,Ben\r",
        b"id,name\ra,Ada\rb,Ben",
        b"id,name\na,Ada\nb,Ben\r",
        b'id,name\na,Ada\nb,"Ben"\r\r\n',
        b"id,name\na,Ada\nb,Ben\n\n\r\n\n",
        b"id,name\r\na,Ada\r\nb,Ben\r\n\r\n\r\n",
        b"id,name\na,Ada\nb,Ben\n  \n\t\n",
        b"id,name\na,Ada\nb,Ben\n\n\r",
        b"\xef\xbb\xbfid,name\na,Ada\nb,Ben\n",
        b"\xef\xbb\xbf\xef\xbb\xbfid,name\na,Ada\nb,Ben\n",
        b'"id","name"\n"a","Ada"\n"b","Ben"\n',
        b'"id","name"\r\n"a","Ada"\r\n"b","Ben"\r\n\r\n',
        b'id,"name"\n"a",Ada\nb,"Ben"\n',
        b'"id","name"\n"a","Ada"\nb,"Ben"\n',
    ],
)
def test_line_ends_and_quotes_say_nothing_about_content(tmp_path: Path, data: bytes) -> None:
    found = measured(tmp_path, data)

    assert found.scan().collect().drop("row").rows() == [("a", "Ada"), ("b", "Ben")]
    assert found.lines(found.frame["row"]).to_list() == [2, 3]
    assert bad_rows(found) == []


@pytest.mark.parametrize("row", [b",", b'"",""', b',""', b'"",'])
def test_empty_cells_are_null_and_make_a_row(tmp_path: Path, row: bytes) -> None:
    found = measured(tmp_path, b"id,name\n" + row + b"\n")

    assert rows(found) == [(2, None, None)]


def test_a_row_of_commas_is_not_a_blank_line(tmp_path: Path) -> None:
    found = measured(tmp_path, b"id,name\n\n,\n\nb,Ben\n")

    assert rows(found) == [(3, None, None), (5, "b", "Ben")]


def test_a_blank_line_counts(tmp_path: Path) -> None:
    found = measured(tmp_path, b"id,name\na,Ada\n\n \t\r\n\r\nb,Ben\n")

    assert rows(found) == [(2, "a", "Ada"), (6, "b", "Ben")]
    assert bad_rows(found) == []


def test_blank_lines_between_the_shortest_rows_count(tmp_path: Path) -> None:
    found = measured(tmp_path, b"id,name\n,\n\n,\n\n,")

    assert rows(found) == [(2, None, None), (4, None, None), (6, None, None)]


def test_blank_lines_before_the_header_count(tmp_path: Path) -> None:
    found = measured(tmp_path, b"\xef\xbb\xbf\r\n\n  \nid,name\na,Ada\n")

    assert rows(found) == [(5, "a", "Ada")]


def test_a_line_break_in_quotes_is_kept_and_does_not_count(tmp_path: Path) -> None:
    found = measured(tmp_path, b'id,name\na,"Ada\r\nLovelace\n\nKing"\nb,Ben\n')

    assert rows(found) == [(2, "a", "Ada\r\nLovelace\n\nKing"), (3, "b", "Ben")]
    assert found.rows_with_breaks.to_list() == [0]
    assert not was_repaired(tmp_path)


def test_a_carriage_return_in_quotes_is_content(tmp_path: Path) -> None:
    found = measured(tmp_path, b'id,name\n"a","Ada\rKing\r"\n"b","Ben"\n')

    assert rows(found) == [(2, "a", "Ada\rKing\r"), (3, "b", "Ben")]


def test_a_line_break_in_quotes_where_carriage_returns_end_rows(tmp_path: Path) -> None:
    found = measured(tmp_path, b'id,name\ra,"Ada\nKing"\rb,Ben\r')

    assert rows(found) == [(2, "a", "Ada\nKing"), (3, "b", "Ben")]


def test_doubled_quotes_are_one(tmp_path: Path) -> None:
    found = measured(tmp_path, b'id,name\na,"Robert ""Bob"" Smith"\n""",","\n')

    assert rows(found) == [(2, "a", 'Robert "Bob" Smith')]
    assert bad_rows(found) == [(3, "row-quote")]


def test_a_file_of_one_column(tmp_path: Path) -> None:
    found = measured(tmp_path, b'id\na\n\n""\n  \nb,c\n')

    assert rows(found) == [(2, "a"), (4, None), (5, "  ")]
    assert bad_rows(found) == [(6, "row-too-long")]


def test_blank_lines_in_a_file_of_one_column_without_quotes(tmp_path: Path) -> None:
    found = measured(tmp_path, b"id\na\n\nb\n")

    assert rows(found) == [(2, "a"), (4, "b")]


@pytest.mark.parametrize("data", [b"id,name", b"id,name\n", b"id,name\r", b"id,name\r\n\r\n\n", b"id\n\n \n"[:4]])
def test_a_header_alone_has_no_rows(tmp_path: Path, data: bytes) -> None:
    found = measured(tmp_path, data, pl.col("id").str.len_bytes().alias("bytes"))

    assert (found.rows, rows(found), bad_rows(found)) == (0, [], [])
    assert found.frame.columns == ["row", "bytes"]


def test_a_byte_order_mark_before_the_first_row_stays_in_its_cell(tmp_path: Path) -> None:
    found = measured(tmp_path, b"id,name\n\xef\xbb\xbfa,Ada\nb,Ben\n")

    assert rows(found) == [(2, "\ufeffa", "Ada"), (3, "b", "Ben")]


def test_a_replacement_character_that_was_delivered_is_text(tmp_path: Path) -> None:
    found = measured(tmp_path, "id,name\na,Ad\ufffd\nb,Be\udcff\n".encode(errors="surrogateescape"))

    assert rows(found) == [(2, "a", "Ad\ufffd")]
    assert bad_rows(found) == [(3, "row-not-utf8")]


def test_ten_thousand_columns(tmp_path: Path) -> None:
    header, cells = ",".join(f"c{n}" for n in range(10_000)), ",".join(["x"] * 10_000)

    found = measured(tmp_path, f"{header}\n{cells}\nx\n{cells}\n".encode(), pl.col("c9999").alias("last"))

    assert found.frame.rows() == [(0, "x"), (1, "x")]
    assert bad_rows(found) == [(3, "row-too-short")]


def test_a_name_with_a_star_is_one_file(tmp_path: Path) -> None:
    path = tmp_path / "use[r]*.csv"
    path.write_bytes(b"id,name\na,Ada\n")
    text = open_csv(path)
    assert isinstance(text, CsvText)

    assert rows(text.measure([], work=tmp_path)) == [(2, "a", "Ada")]


def test_a_work_folder_may_serve_for_files_of_one_name(tmp_path: Path) -> None:
    first = measured(tmp_path, b"id,name\na\nb,Ben\n")
    second = measured(tmp_path, b"id,name\rc,Cleo\rd\r")

    assert rows(first) == [(3, "b", "Ben")]
    assert rows(second) == [(2, "c", "Cleo")]


# Rows that cannot be read


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
    monkeypatch.setattr(csv_repair, "MOST_LISTED", 5)
    monkeypatch.setattr(csv_repair, "MOST_SHOWN", 2)
    monkeypatch.setattr(csv_repair, "PIECE_BYTES", 6)

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
    monkeypatch.setattr(csv_repair, "PIECE_BYTES", 22)

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


# Large and hostile files


def test_a_line_that_never_ends_is_one_bad_row(tmp_path: Path) -> None:
    found = measured(tmp_path, b"id,name\na,Ada\nx17," + b"x" * (3 * csv_repair.PIECE_BYTES) + b"\nb,Ben\n")

    assert rows(found) == [(2, "a", "Ada"), (4, "b", "Ben")]
    assert found.bad_rows.select("line", "rule", "first_cell").rows() == [(3, "row-too-long", "x17")]


def test_a_last_line_that_never_ends(tmp_path: Path) -> None:
    found = measured(tmp_path, b"id,name\na,Ada\n" + b"," * (2 * csv_repair.PIECE_BYTES))

    assert rows(found) == [(2, "a", "Ada")]
    assert bad_rows(found) == [(3, "row-too-long")]


def test_the_longest_line_is_a_row(tmp_path: Path) -> None:
    cell = b"x" * (LONGEST_LINE - 2)

    found = measured(tmp_path, b"id,name\na," + cell + b"\nb,x" + cell + b"\n")

    assert [line for line, *_ in rows(found)] == [2]
    assert bad_rows(found) == [(3, "row-too-long")]


def test_blank_lines_without_end(tmp_path: Path) -> None:
    found = measured(tmp_path, b"id,name\na,Ada\n" + b"\n" * 200_000)

    assert rows(found) == [(2, "a", "Ada")]
    assert bad_rows(found) == []


def test_a_copy_holds_what_was_read_before_it_was_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_repair, "PIECE_BYTES", 20)

    found = measured(tmp_path, b"id,name\r\n" + b"a,Ada\r\n" * 9 + b"x\r\n" + b"b,Ben\r\n" * 9)

    assert rows(found) == [*((2 + n, "a", "Ada") for n in range(9)), *((12 + n, "b", "Ben") for n in range(9))]


def test_what_polars_would_take_for_compressed_is_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_repair, "PIECE_BYTES", 8)

    found = measured(tmp_path, b"id,name\n,\nx\x01,Xi\n\n")

    assert rows(found) == [(2, None, None), (3, "x\x01", "Xi")]


def test_a_separator_of_ours_in_a_cell_is_text(tmp_path: Path) -> None:
    found = measured(tmp_path, b'id,name\na,"A\x01da"\nb,Ben\n')

    assert rows(found) == [(2, "a", "A\x01da"), (3, "b", "Ben")]


@pytest.mark.parametrize("fails", [True, False])
def test_rows_are_read_by_hand_where_polars_reads_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    def scan(*_: object, **__: object) -> pl.LazyFrame:
        return pl.LazyFrame({"row": ["x"], "id": ["x"]}).select(pl.col("row").cast(pl.Int8, strict=fails), "id")

    monkeypatch.setattr(Body, "scan", scan)
    found = measured(tmp_path, b'id,name\nx\na,"Ada\n""King"""\nb,\n\n', pl.col("id"))

    assert rows(found) == [(3, "a", 'Ada\n"King"'), (4, "b", None)]
    assert found.frame.rows() == [(0, "a"), (1, "b")]
    assert bad_rows(found) == [(2, "row-too-short")]


@pytest.mark.parametrize("data", [b"id,name\na,Ada\n", b"id,name\n", b"id,name\na\n"])
def test_an_expression_that_cannot_be_evaluated_is_our_mistake(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(pl.exceptions.ColumnNotFoundError):
        measured(tmp_path, data, pl.col("nobody"))


# The header


@pytest.mark.parametrize(
    ("data", "header"),
    [
        (b"id,name", ("id", "name")),
        (b'"id","full ""name"""\n', ("id", 'full "name"')),
        (b'"a,b","c\nd"\r\n', ("a,b", "c\nd")),
        (b"id\n", ("id",)),
        (b",\n", ("", "")),
        (b"id,id,,row\n", ("id", "id", "", "row")),
        (b' id ,"",x\n', (" id ", "", "x")),
        (b'"id,name\n1,2\n', ('"id', "name")),
        (b'i"d,name\n"1",2\n', ('i"d', "name")),
        ("Größe,日\n".encode(), ("Größe", "日")),
    ],
)
def test_the_header_is_as_delivered(tmp_path: Path, data: bytes, header: tuple[str, ...]) -> None:
    text = opened(tmp_path, data)

    assert isinstance(text, CsvText)
    assert text.header == header


def test_columns_are_distinct_names(tmp_path: Path) -> None:
    text = opened(tmp_path, b"id,id,,id 2,row,id,,column 3\n1,2,3,4,5,6,7,8\n")
    assert isinstance(text, CsvText)

    found = text.measure([], work=tmp_path)

    assert text.columns == ("id", "id 3", "column 3 2", "id 2", "row 2", "id 4", "column 7", "column 3")
    assert found.scan().collect().columns == ["row", *text.columns]
    assert rows(found) == [(2, "1", "2", "3", "4", "5", "6", "7", "8")]


def test_a_header_over_two_lines_is_one_line(tmp_path: Path) -> None:
    found = measured(tmp_path, b'\n"id","full\nname"\na,Ada\n')

    assert rows(found) == [(3, "a", "Ada")]


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\n", b"\r\n \t\r\n", b"\xef\xbb\xbf\r\r"])
def test_an_empty_file(tmp_path: Path, data: bytes) -> None:
    found = opened(tmp_path, data)

    assert isinstance(found, Unreadable)
    assert found.rule == "file-empty"


HEADER_TEXT = "sourcedId,status,dateLastModified\r\na,b,c\r\n"


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        (HEADER_TEXT.encode("utf-16"), "UTF-16 text"),
        (HEADER_TEXT.encode("utf-16-le"), "UTF-16 text"),
        (HEADER_TEXT.encode("utf-16-be"), "UTF-16 text"),
        (b"\xfe\xff" + HEADER_TEXT.encode("utf-16-be"), "UTF-16 text"),
        (HEADER_TEXT.encode("utf-32"), "UTF-32 text"),
        (HEADER_TEXT.encode("utf-32-le"), "UTF-32 text"),
        (HEADER_TEXT.encode("utf-32-be"), "UTF-32 text"),
        (b"\x00\x00\xfe\xff" + HEADER_TEXT.encode("utf-32-be"), "UTF-32 text"),
        ("id,Größe\n".encode("cp1252"), "text that is not UTF-8, perhaps Windows-1252"),
    ],
)
def test_another_encoding_is_named(tmp_path: Path, data: bytes, detail: str) -> None:
    assert opened(tmp_path, data) == Unreadable("file-encoding", detail)


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        (b"PK\x03\x04...[Content_Types].xml...xl/workbook.xml", "an Excel workbook (.xlsx)"),
        (b"PK\x03\x04...[Content_Types].xml...word/document.xml", "a Word document (.docx)"),
        (b"PK\x03\x04...application/vnd.oasis.opendocument.spreadsheet", "an OpenDocument spreadsheet (.ods)"),
        (b"PK\x03\x04...Index/Document.iwa", "an Apple Numbers spreadsheet"),
        (b"PK\x03\x04...users.csv", "a zip archive"),
        (b"PK\x05\x06" + bytes(18), "a zip archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1...", "an old Excel workbook (.xls)"),
        (b"%PDF-1.7\n", "a PDF"),
        (b"\x1f\x8b\x08...", "a gzip file"),
        (b"x\x01...", "compressed data"),
        (b"\r\n <!DOCTYPE html><html>", "a web page (HTML)"),
        (b"\xef\xbb\xbf<HTML>", "a web page (HTML)"),
        (b"<?xml version='1.0'?>", "an XML document"),
        (b'{"users": []}', "JSON"),
        (b'[{"sourcedId": "a"}]', "JSON"),
        (b"{\\rtf1", "a rich-text document (.rtf)"),
        (bytes(4096), "binary data, not text"),
        (b"id,na\x00me\n", "binary data, not text"),
        (b"," * (MOST_COLUMNS), "a table with 16,385 columns"),
        (b"x" * (LONGEST_HEADER + 1), "a file whose first line is more than a megabyte long"),
        (b"," * 10_000_000, "a file whose first line is more than a megabyte long"),
    ],
)
def test_what_is_no_csv_is_named(tmp_path: Path, data: bytes, detail: str) -> None:
    assert opened(tmp_path, data) == Unreadable("file-not-csv", detail)


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        (b"sourcedId;status;role\na;b;c\n", "semicolons"),
        (b'"sourcedId";"status|role"\n', "semicolons"),
        (b"sourcedId\tstatus\trole\n", "tabs"),
        (b"sourcedId|status|role\n", "vertical bars"),
    ],
)
def test_another_delimiter_is_named(tmp_path: Path, data: bytes, detail: str) -> None:
    assert opened(tmp_path, data) == Unreadable("file-delimiter", detail)
