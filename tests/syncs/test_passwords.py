"""Files without their passwords: nothing else in them changes, and the engine reads them as before."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeroom.engine.formats.csv_text import CsvText, open_csv
from homeroom.engine.templates import is_password
from homeroom.syncs.passwords import copy_without

HEADER = b"sourcedId,givenName,password,email\r\n"


def without(text: bytes, folder: Path) -> bytes:
    source, target = folder / "users.csv", folder / "kept.csv"
    source.write_bytes(text)
    copy_without(source, target)
    return target.read_bytes()


@pytest.mark.parametrize(
    ("row", "kept"),
    [
        (b"u1,Ann,secret1,a@x.example\r\n", b"u1,Ann,,a@x.example\r\n"),
        (b'"u1","Ann","secret1","a@x.example"\r\n', b'"u1","Ann","","a@x.example"\r\n'),
        (b'u1,"Ann, M.",secret1,\r\n', b'u1,"Ann, M.",,\r\n'),
        (b'u1,Ann,"sec""ret,1",\n', b'u1,Ann,"",\n'),
        (b'u1,Ann,"secret1\r\nsecret2",\r\n', b'u1,Ann,"",\r\n'),
        (b'u1,"Ann\nM.",secret1,\r\n', b'u1,"Ann\nM.",,\r\n'),
        (b"u1,Ann,,\r\n", b"u1,Ann,,\r\n"),
        (b"\r\n   \r\n", b"\r\n   \r\n"),
        (b"u1,Zo\xc3\xab,secret1,", b"u1,Zo\xc3\xab,,"),
    ],
)
def test_password_cell_is_blanked_and_the_rest_stays_byte_for_byte(row: bytes, kept: bytes, tmp_path: Path) -> None:
    assert without(HEADER + row, tmp_path) == HEADER + kept


@pytest.mark.parametrize(
    ("rows", "kept"),
    [
        # too many cells, too few, an open quotation mark, bytes that are no text
        (b"u1,Ann,secret1,a@x,1\r\n", b"u1,xxx,xxxxxxx,xxx,x\r\n"),
        (b"u1,secret1\r\n", b"u1,xxxxxxx\r\n"),
        (b'u1,Ann,"secret1,a@x\r\nu2,Bo,secret2,\r\n', b'u1,xxx,"xxxxxxx,xxx\r\nu2,Bo,,\r\n'),
        (b"u1,Ann\xff,secret1,a@x\r\n", b"u1,xxx\xff,xxxxxxx,xxx\r\n"),
        (b"u1,Ann,secret1,a@x\x00\r\n", b"u1,xxx,xxxxxxx,xxx\x00\r\n"),
    ],
)
def test_of_a_row_that_cannot_be_read_only_its_shape_stays(rows: bytes, kept: bytes, tmp_path: Path) -> None:
    assert without(HEADER + rows, tmp_path) == HEADER + kept


@pytest.mark.parametrize(
    "rows",
    [
        b"u1,Ann,sec\r\nret1,a@x\r\n",
        b'u1,Ann,"sec\r\nret1,more",a@x,too,many\r\n',
        b'u1,Ann,"sec\r\nret1,"x,a@x\r\n',
    ],
)
def test_the_end_of_a_password_is_not_taken_for_a_source_id(rows: bytes, tmp_path: Path) -> None:
    kept = without(HEADER + rows, tmp_path)

    assert b"sec" not in kept
    assert b"ret1" not in kept


@pytest.mark.parametrize(
    "name", ["password", "Password", " PASS WORD ", "passwrd", "passwd", "pwd", "metadata.password", "userPassword"]
)
def test_column_that_is_called_so_has_passwords(name: str) -> None:
    assert is_password(name)


@pytest.mark.parametrize("name", ["sourcedId", "orgSourcedIds", "username", "phone", "status", ""])
def test_column_that_is_called_otherwise_has_none(name: str) -> None:
    assert not is_password(name)


def test_file_without_passwords_is_kept_as_it_is(tmp_path: Path) -> None:
    text = b'sourcedId,name\r\no1,"Oak\r\n\xff'

    assert without(text, tmp_path) == text


@pytest.mark.parametrize(
    "text",
    [
        "sourcedId,password\r\nu1,secret1\r\n".encode("utf-16"),
        b"sourcedId;password\r\nu1;secret1\r\n",
        b'{"sourcedId": "u1", "password": "secret1"}',
        b"%PDF-1.7\nnobody knows what is in here: secret1",
    ],
)
def test_file_that_cannot_be_read_keeps_only_what_says_why(text: bytes, tmp_path: Path) -> None:
    before = tmp_path / "before.csv"
    before.write_bytes(text)

    kept = without(text, tmp_path)

    assert b"secret1" not in kept.replace(b"\x00", b"")
    assert open_csv(tmp_path / "kept.csv") == open_csv(before)


def test_pieces_of_a_large_file_are_put_together_again(tmp_path: Path) -> None:
    rows = [f'u{n},"Ann\nM.",secret{n},\r\n' if n % 7 == 0 else f"u{n},Ann,secret{n},\r\n" for n in range(400_000)]
    text = HEADER + "".join(rows).encode()
    kept = [row.replace(f"secret{n}", "") for n, row in enumerate(rows)]

    assert without(text, tmp_path) == HEADER + "".join(kept).encode()


def test_line_of_many_megabytes_is_masked_and_the_next_ones_are_kept(tmp_path: Path) -> None:
    long = b"u1,Ann," + b"secret1" * 2_000_000 + b",\r\n"

    kept = without(HEADER + long + b"u2,Bo,secret2,b@x.example\r\n", tmp_path)

    assert b"secret" not in kept
    assert kept.endswith(b"\r\nu2,Bo,,b@x.example\r\n")
    assert len(kept) == len(HEADER + long) + len(b"u2,Bo,,b@x.example\r\n")


CELLS = st.sampled_from(
    [b"", b"a", b'"a"', b'"', b'""', b'"a', b'a"', b'"a,b"', b'"a\nb"', b"\xff", b"\x00", b"\r", b"\n", b"\xc3\xab"]
)
ROWS = st.lists(CELLS, min_size=1, max_size=5).map(b",".join)
BODIES = st.lists(st.tuples(ROWS, st.sampled_from([b"\n", b"\r\n", b"\r\r\n", b"\n\n"])), max_size=8)


@given(body=BODIES)
def test_engine_reads_every_other_cell_as_before(
    body: list[tuple[bytes, bytes]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("rows")
    text = HEADER + b"".join(row + end for row, end in body)
    (folder / "before.csv").write_bytes(text)

    without(text, folder)

    before, after = read(folder / "before.csv", folder), read(folder / "kept.csv", folder)
    assert after["rows"].drop("password").equals(before["rows"].drop("password"))
    assert after["rows"]["password"].null_count() == len(after["rows"])
    assert after["bad"]["line"].equals(before["bad"]["line"])
    names = zip(before["bad"]["first_cell"], after["bad"]["first_cell"], strict=True)
    assert all(kept in (None, name) for name, kept in names)


@given(body=BODIES, bare=st.integers(0, 8))
def test_pieces_without_passwords_are_kept_as_if_each_line_was_looked_at(
    body: list[tuple[bytes, bytes]], bare: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever stands before them and after them."""
    folder = tmp_path_factory.mktemp("pieces")
    rows = [row + end for row, end in body]
    text = HEADER + b"".join([*rows[:4], b"u1,Ann,,a@x.example\n" * bare, *rows[4:]])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("homeroom.syncs.passwords._BLOCK", 40)
        kept = without(text, folder)
        patch.setattr("homeroom.syncs.passwords._Rows.holds_none", lambda *_: False)
        assert kept == without(text, folder)


def read(path: Path, folder: Path) -> dict[str, pl.DataFrame]:
    text = open_csv(path)
    assert isinstance(text, CsvText)
    measured = text.measure([], work=folder)
    return {"rows": measured.scan().collect(), "bad": measured.bad_rows}
