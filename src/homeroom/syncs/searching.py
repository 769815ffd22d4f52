"""What somebody looks for among the rows of a file that a sync has kept."""

from __future__ import annotations

import polars as pl

from homeroom.districts.searching import spellings, words_of


def stands_in(text: pl.Expr, search: str) -> pl.Expr:
    """That all words of the search stand in this text of small letters, in whatever spelling; "" stands in each."""
    words = words_of(search.lower())
    return pl.all_horizontal(
        pl.lit(True),
        *(pl.any_horizontal(text.str.contains(one, literal=True) for one in spellings(word)) for word in words),
    )
