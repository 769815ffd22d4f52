"""One delivered CSV file: what is read, and on which lines."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pytest

from homeroom.engine.formats import csv_pieces, csv_places
from homeroom.engine.formats.csv_body import LONGEST_LINE
from homeroom.engine.formats.csv_text import CsvText, open_csv
from tests.engine.formats.read_csv import bad_rows, measured, opened, rows


def test_reads_rows_with_their_lines(tmp_path: Path) -> None:
    found = measured(tmp_path, b"id,name\na,Ada\nb,Ben\n")

    assert rows(found) == [(2, "a", "Ada"), (3, "b", "Ben")]
    assert bad_rows(found) == []


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


def test_files_of_one_name_that_are_read_at_the_same_time_do_not_mix(tmp_path: Path) -> None:
    """Of rows that end in a carriage return a copy is made, in one folder for all."""
    texts = []
    for number in range(16):
        folder = tmp_path / f"folder {number}"
        folder.mkdir()
        text = opened(folder, f"id\r{number}\r".encode())
        assert isinstance(text, CsvText)
        texts.append(text)

    with ThreadPoolExecutor(len(texts)) as readers:
        found = list(readers.map(lambda text: text.measure([pl.col("id")], work=tmp_path), texts))

    assert [rows(one) for one in found] == [[(2, str(number))] for number in range(16)]


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
    found = []
    for folder, data in (("1", b"id,name\ra\rb,Ben\r"), ("2", b"id,name\rc,Cleo\rd\r")):
        (tmp_path / folder).mkdir()
        text = opened(tmp_path / folder, data)
        assert isinstance(text, CsvText)
        found.append(text.measure([], work=tmp_path))

    assert [rows(one) for one in found] == [[(3, "b", "Ben")], [(2, "c", "Cleo")]]


# Large and hostile files


def test_a_line_that_never_ends_is_one_bad_row(tmp_path: Path) -> None:
    found = measured(tmp_path, b"id,name\na,Ada\nx17," + b"x" * (3 * csv_pieces.PIECE_BYTES) + b"\nb,Ben\n")

    assert rows(found) == [(2, "a", "Ada"), (4, "b", "Ben")]
    assert found.bad_rows.select("line", "rule", "first_cell").rows() == [(3, "row-too-long", "x17")]


def test_a_last_line_that_never_ends(tmp_path: Path) -> None:
    found = measured(tmp_path, b"id,name\na,Ada\n" + b"," * (2 * csv_pieces.PIECE_BYTES))

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
    monkeypatch.setattr(csv_pieces, "PIECE_BYTES", 20)

    found = measured(tmp_path, b"id,name\r\n" + b"a,Ada\r\n" * 9 + b"x\r\n" + b"b,Ben\r\n" * 9)

    assert rows(found) == [*((2 + n, "a", "Ada") for n in range(9)), *((12 + n, "b", "Ben") for n in range(9))]


def test_what_polars_would_take_for_compressed_is_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_pieces, "PIECE_BYTES", 8)

    found = measured(tmp_path, b"id,name\n,\nx\x01,Xi\n\n")

    assert rows(found) == [(2, None, None), (3, "x\x01", "Xi")]


def test_a_separator_of_ours_in_a_cell_is_text(tmp_path: Path) -> None:
    found = measured(tmp_path, b'id,name\na,"A\x01da"\nb,Ben\n')

    assert rows(found) == [(2, "a", "A\x01da"), (3, "b", "Ben")]


@pytest.mark.parametrize("damage", [b"", b"x\n"])
@pytest.mark.parametrize("left_out", [[0], [19], [3], [3, 4], [0, 7, 11, 12, 19]])
def test_rows_that_are_not_asked_for_do_not_come(tmp_path: Path, left_out: list[int], damage: bytes) -> None:
    """Be they few or many: a piece of which almost all is wanted is read as a whole."""
    found = measured(tmp_path, b"id,name\n" + damage + b"".join(b"r%d,Ada\n" % row for row in range(20)))
    wanted = pl.Series([row for row in range(20) if row not in left_out], dtype=pl.UInt32)
    expected = [(row, f"r{row}", "Ada") for row in wanted]

    assert found.scan(wanted).collect().rows() == expected
    assert pl.concat(found.fetch(wanted)).rows() == expected


@pytest.mark.skipif(not hasattr(os, "posix_fadvise"), reason="the system keeps what it likes")
def test_a_file_that_is_read_for_the_last_time_gives_room_to_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[tuple[int, int]] = []
    advise = os.posix_fadvise

    def listened(file: int, begin: int, size: int, advice: int) -> None:
        assert advice == os.POSIX_FADV_DONTNEED
        given.append((begin, size))
        advise(file, begin, size, advice)

    monkeypatch.setattr(os, "posix_fadvise", listened)
    monkeypatch.setattr(csv_pieces, "PIECE_BYTES", 1 << 10)
    data = b"id,name\n" + b"".join(b"r%d,Ada\n" % row for row in range(1_000))
    found = measured(tmp_path, data)
    whole = found.scan().collect()
    assert not given

    for _ in range(2):  # it may not have been the last time
        assert found.scan(once=True).collect().equals(whole)
        assert len(given) > 1
        assert given.pop() == (0, len(data))
        given.clear()


@pytest.mark.parametrize("fails", [True, False])
def test_rows_are_read_by_hand_where_polars_reads_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    def scan(*_: object, **__: object) -> pl.LazyFrame:
        return pl.LazyFrame({"id": ["x"]}).select(pl.col("id").cast(pl.Int8, strict=fails))

    monkeypatch.setattr(csv_places, "scan", scan)
    found = measured(tmp_path, b'id,name\nx\na,"Ada\n""King"""\nb,\n\n', pl.col("id"))

    assert rows(found) == [(3, "a", 'Ada\n"King"'), (4, "b", None)]
    assert found.frame.rows() == [(0, "a"), (1, "b")]
    assert bad_rows(found) == [(2, "row-too-short")]


@pytest.mark.parametrize("data", [b"id,name\na,Ada\n", b"id,name\n", b"id,name\na\n"])
def test_an_expression_that_cannot_be_evaluated_is_our_mistake(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(pl.exceptions.ColumnNotFoundError):
        measured(tmp_path, data, pl.col("nobody"))
