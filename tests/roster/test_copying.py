"""What is copied into PostgreSQL is what is there afterwards: text, numbers, truth values, and nothing."""

from __future__ import annotations

import json

import polars as pl
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from homeroom.roster.store.copying import copy_in, cursor

pytestmark = pytest.mark.django_db

COLUMNS = {"key": "bigint", "name": "text", "code": "varchar", "is_there": "boolean", "more": "jsonb"}
SCHEMA = {"key": pl.Int64, "name": pl.String, "code": pl.String, "is_there": pl.Boolean, "more": pl.String}
#: PostgreSQL keeps no NUL, and no halves of a character.
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
ROWS = st.tuples(
    st.none() | st.integers(-(2**63), 2**63 - 1),
    st.none() | TEXTS | TEXTS.map(lambda text: text * 50),
    st.none() | st.sampled_from(["", "student", "teacher", "\\N", "\\.", '"', "\xff\xff"]),
    st.none() | st.booleans(),
    st.none() | st.dictionaries(TEXTS, TEXTS, max_size=2).map(json.dumps),
)


def copied(rows: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """The rows after their way through a table of PostgreSQL."""
    table = pl.LazyFrame(rows, schema=SCHEMA, orient="row").with_row_index("row")
    with cursor() as sql:
        names = ", ".join(("row", *COLUMNS))
        sql.execute("drop table if exists there")
        sql.execute(f"create temporary table there (row bigint, {', '.join(map(' '.join, COLUMNS.items()))})".encode())
        copy_in(f"there ({names})", table, json=("more", "not there"))
        found = sql.execute("select key, name, code, is_there, more from there order by row").fetchall()
    return [(*row[:-1], meaning(row[-1])) for row in found]


def meaning(cell: object) -> object:
    """What a cell of jsonb says: PostgreSQL keeps that, not how it was written."""
    return None if cell is None else json.loads(str(cell))


@given(st.lists(ROWS, max_size=30))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_what_is_copied_in_is_what_is_there(rows: list[tuple[object, ...]]) -> None:
    assert copied(rows) == [(*row[:-1], meaning(row[-1])) for row in rows]


def test_more_rows_than_are_sent_at_a_time() -> None:
    rows = [(number, "é" * (number % 300), None, number % 2 == 0, None) for number in range(25_000)]
    assert copied(rows) == rows


def test_a_cell_of_megabytes() -> None:
    rows = [(1, "x" * 5_000_000, "", True, None), (2, "", None, None, None)]
    assert copied(rows) == rows


def test_a_column_that_has_nothing() -> None:
    table = pl.LazyFrame({"key": [1, 2], "name": [None, None]})
    with cursor() as sql:
        sql.execute("create temporary table there (key bigint, name text)")
        copy_in("there (key, name)", table)
        assert sql.execute("select * from there order by key").fetchall() == [(1, None), (2, None)]


def test_what_postgresql_does_not_keep_is_refused_whole() -> None:
    with pytest.raises(psycopg.DataError, match="0x00"):
        copied([(1, "good", None, None, None), (2, "n\0l", None, None, None)])


def test_it_is_refused_whole_also_in_the_midst_of_many() -> None:
    with pytest.raises(psycopg.DataError, match="0x00"):
        copied([(number, "n\0l" if number == 5 else "x" * 100, None, None, None) for number in range(100_000)])
