"""Asked by its values or row by row, a column gives the same answers."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeroom.engine.formats import csv_questions
from homeroom.engine.formats.csv_questions import Asked, Questions
from homeroom.engine.formats.csv_text import CsvText
from tests.engine.formats.read_csv import opened

COLUMNS = ["a", "b", "c"]
ASKED = Asked(
    [
        pl.col("a").str.len_chars().alias("length"),
        pl.col("a").str.to_date("%Y-%m-%d", strict=False).alias("day"),
        pl.col("b").is_null().alias("empty"),
        pl.concat_str("a", "b").alias("both"),
        pl.lit(value=True).alias("always"),
    ],
    {
        "wrong": [~pl.col("a").is_in(["x", "y"]), pl.col("b") == "x", pl.col("c") > pl.col("a")],
        "odd": [pl.col("b").str.contains("y"), pl.col("c").is_null()],
        "never": [],
    },
)
cells = st.one_of(st.none(), st.sampled_from(["x", "y", "xy", "2026-08-15"]), st.text(min_size=1, max_size=3))
pieces = st.lists(
    st.lists(st.tuples(cells, cells, cells), max_size=12).map(
        lambda rows: pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")
    ),
    max_size=4,
)


def plainly(text: pl.DataFrame) -> pl.DataFrame:
    a, b, c = (pl.col(name) for name in COLUMNS)
    wrong = (~a.is_in(["x", "y"])).fill_null(False) | (b == "x").fill_null(False) | (c > a).fill_null(False)
    odd = b.str.contains("y").fill_null(False) | c.is_null()
    return text.with_columns(*ASKED.exprs, wrong=wrong, odd=odd, never=pl.lit(value=False)).select(ASKED.names)


@pytest.mark.parametrize("most_values", [0, 3, 1000])
@pytest.mark.parametrize("rows_per_value", [0, 2])
@given(texts=pieces, by_value=st.lists(st.sampled_from(COLUMNS), unique=True))
def test_answers_are_the_same_however_they_are_found(
    most_values: int, rows_per_value: int, texts: list[pl.DataFrame], by_value: list[str]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_questions, "MOST_VALUES", most_values)
        patch.setattr(csv_questions, "ROWS_PER_VALUE", rows_per_value)
        questions = Questions(replace(ASKED, by_value=by_value))
        for text in texts:
            read = text.with_columns(questions.exprs).drop(COLUMNS)
            assert questions.answered(read).equals(plainly(text))


def test_a_column_may_turn_out_to_hold_many_values_while_it_is_read() -> None:
    few = pl.DataFrame([["x", "y", "x"]] * 40, schema=COLUMNS, orient="row")
    many = few.with_columns(a=pl.int_range(40).cast(pl.String))
    texts = [few, many, few]
    questions = Questions(replace(ASKED, by_value=COLUMNS))
    read = [text.with_columns(questions.exprs).drop(COLUMNS) for text in texts]

    assert all(questions.answered(some).equals(plainly(text)) for some, text in zip(read, texts, strict=True))


def test_an_answer_may_be_called_like_the_column_also_where_there_are_no_rows(tmp_path: Path) -> None:
    text = opened(tmp_path, b"a,b\n")
    assert isinstance(text, CsvText)

    found = text.measure(Asked([(pl.col("a") == "x").alias("a")], by_value=["a"]), work=tmp_path)

    assert found.frame.schema == {"row": pl.UInt32, "a": pl.Boolean}
