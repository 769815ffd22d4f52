"""`csv_text` against the plain reading of the same bytes: valid files, valid files then damaged, and rubbish."""

from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from homeroom.engine.formats import csv_body, csv_lines, csv_pieces, csv_places, csv_proof
from homeroom.engine.formats.csv_text import CsvText, open_csv
from tests.engine.formats.plain_csv import Plain, Sizes, read_plainly

SMALL = Sizes(longest_line=60, longest_row_lines=4, longest_row_bytes=40)

alphabets = st.sampled_from(['ab,"\n\ré日 \ufffd\ufeff', "ab,", "ab", "a\r"])
damages = st.tuples(
    st.sampled_from(["insert", "delete", "double"]),
    st.integers(0, 400),
    st.sampled_from([b'"', b'"', b",", b"\n", b"\r", b"\x00", b"\xff", b"\xe6\x97", b'""', b'",', b"\r\n", b"\x01"]),
)


def written(cell: str, quoted: bool) -> str:
    must = any(mark in cell for mark in ',"\n\r')
    return '"' + cell.replace('"', '""') + '"' if must or quoted else cell


@st.composite
def bodies(draw: st.DrawFn, cells: int) -> bytes:
    """The rows of a file as a program would write them, then damaged in a few places."""
    texts = st.text(draw(alphabets), max_size=6)
    line_end = draw(st.sampled_from(["\n", "\n", "\r\n", "\r\r\n"]))
    all_quoted = draw(st.booleans())
    rows = draw(st.lists(st.lists(st.tuples(texts, st.booleans()), min_size=cells, max_size=cells), max_size=8))
    lines = [",".join(written(cell, quoted or all_quoted) for cell, quoted in row) + line_end for row in rows]
    for place in draw(st.lists(st.integers(0, 8), max_size=2)):
        lines.insert(place, draw(st.sampled_from(["\n", "\r\n", "  \n", "," * (cells - 1) + "\n"])))
    body = "".join(lines).encode()
    if draw(st.booleans()):
        body = body.removesuffix(line_end.encode())
    for kind, anywhere, some in draw(st.lists(damages, max_size=4)):
        place = anywhere % (len(body) + 1)
        if kind == "insert":
            body = body[:place] + some + body[place:]
        elif kind == "delete":
            body = body[:place] + body[place + 1 :]
        else:
            body = body[:place] + body[max(0, place - len(some)) :]
    return body


def read(data: bytes) -> Plain:
    with TemporaryDirectory() as folder:
        path = Path(folder, "delivered.csv")
        path.write_bytes(data)
        opened = open_csv(path)
        assert isinstance(opened, CsvText)
        measured = opened.measure([pl.concat_list(pl.col(opened.columns)).alias("cells")], work=Path(folder))
        again = measured.scan().collect(engine="streaming")
        second = measured.frame["row"].gather_every(2)
        some = measured.scan(measured.frame["row"].gather_every(3)).collect()
        fetched = pl.concat([again.clear(), *measured.fetch(second)])
    lines = measured.lines(measured.frame["row"]).to_list()
    assert measured.frame["row"].to_list() == list(range(measured.rows))
    assert again.drop("row").rows() == [tuple(cells) for cells in measured.frame["cells"]]
    assert again["row"].to_list() == measured.frame["row"].to_list()
    assert fetched.equals(again.gather_every(2))
    assert some.equals(again.gather_every(3))
    bad = measured.bad_rows.select("line", "rule", "first_cell").rows()
    return Plain(list(zip(lines, again.drop("row").rows(), strict=True)), bad, measured.rows_with_breaks.to_list())


@pytest.mark.parametrize("cells", [1, 2, 4])
@given(data=st.data())
def test_reads_what_the_plain_reading_reads(cells: int, data: st.DataObject) -> None:
    header, body = ",".join("abcd"[:cells]).encode(), data.draw(bodies(cells))

    found = read(header + b"\n" + body)

    assert found == read_plainly(body, cells=cells, first_line=2, sizes=Sizes())


@pytest.mark.parametrize("cells", [1, 2, 4])
@given(data=st.data(), piece_bytes=st.integers(61, 100))
def test_reads_the_same_in_the_smallest_pieces(cells: int, data: st.DataObject, piece_bytes: int) -> None:
    header, body = ",".join("abcd"[:cells]).encode(), data.draw(bodies(cells))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_pieces, "PIECE_BYTES", piece_bytes)
        patch.setattr(csv_body, "_BLOCK", piece_bytes)
        patch.setattr(csv_body, "_TAIL", 7)
        for module in (csv_lines, csv_places, csv_proof):
            patch.setattr(module, "LONGEST_LINE", SMALL.longest_line)
        for module in (csv_lines, csv_pieces):
            patch.setattr(module, "LONGEST_ROW_BYTES", SMALL.longest_row_bytes)
        patch.setattr(csv_lines, "LONGEST_ROW_LINES", SMALL.longest_row_lines)
        found = read(header + b"\n" + body)

    assert found == read_plainly(body, cells=cells, first_line=2, sizes=SMALL)


@given(body=bodies(2))
def test_a_carriage_return_after_the_header_ends_rows(body: bytes) -> None:
    assume(not body.lstrip(b"\r").startswith(b"\n"))

    found = read(b"a,b\r" + body)

    normalised = body.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    assert found == read_plainly(normalised, cells=2, first_line=2, sizes=Sizes())


@given(
    beginning=st.sampled_from([b"", b"a,b\n", b"\n\na\n", b'"a","b"\r\n', b"a,b\r", b"PK\x03\x04"]), rest=st.binary()
)
@example(b"", b"\xff\xfe")
@example(b"a,b\n", b"x\x01\x78\x9c")
def test_any_bytes_are_read_or_declined(beginning: bytes, rest: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "delivered.csv")
        path.write_bytes(beginning + rest)
        opened = open_csv(path)
        if isinstance(opened, CsvText):
            measured = opened.measure([], work=Path(folder))
            assert measured.scan().collect().height == measured.rows
