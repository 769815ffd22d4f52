"""Of a file to correct that comes back: which of its rows did nobody fill in? See product.md 3.5.

Such a row may look blank, and still stands for a row of the first file that nobody has read yet: to pass over it would
lose a person without a word.
"""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from homeroom.engine.ledger import Page
from homeroom.engine.rule import Consequence, Rule
from homeroom.engine.templates import CORRECTION

NOT_FILLED_IN = Rule(
    id="upload-row-not-filled-in",
    consequence=Consequence.REFUSES,
    says="A row of a file to correct has something in it beside its two columns on the right, and a password.",
    message="Nothing is filled in for {value} of the file that this one corrects.",
    remedy="Fill in the row from your own list, or delete it if it is not needed.",
    source="product.md 3.5",
)
RULES = (NOT_FILLED_IN,)


def stands_for_another(columns: Collection[str]) -> pl.Expr:
    """Whether a row comes from a file to correct: something is in the columns that we put beside the template's.

    columns: those of the file.
    """
    if not set(CORRECTION) <= set(columns):
        return pl.lit(False)
    return pl.any_horizontal(pl.col(name).is_not_null() for name in CORRECTION)


def rows_not_filled_in(page: Page) -> pl.DataFrame:
    """``line`` of each, and the row it stands for as ``named``, for a message. They are among those left out."""
    rows = page.frame["not_filled_in"].arg_true().cast(pl.UInt32)
    if rows.is_empty():
        return pl.DataFrame(schema={"named": pl.String, "line": pl.UInt32})
    number = pl.col(CORRECTION[0]).cast(pl.UInt32, strict=False)
    named = pl.coalesce(pl.format("row {}", number), pl.lit("a row")).alias("named")
    return page.measured.scan(rows).select(named).collect().with_columns(line=page.line_of(rows))
