"""How is a value kept in eight bytes? One stable 64-bit hash for identifiers, usernames and whole records.

Not polars' own hash: its values differ between releases, and a stored one would turn an upgrade into "everybody left,
everybody is new". xxh3 is the same everywhere and costs no more.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
import polars_hash as _nchash  # noqa: F401  adds .nchash to every expression


def hashed(text: pl.Expr | str) -> pl.Expr:
    """The xxh3 hash of a text or of a column (UInt64), null where there is none.

    Two different texts among ten million share one with a chance of about three in a million; see ADR 2.
    """
    column = pl.col(text) if isinstance(text, str) else text
    hashes: pl.Expr = column.nchash.xxh3_64()  # type: ignore[attr-defined]  # the plug-in has no types
    return hashes


def parts(hashes: pl.Series) -> Iterator[pl.Series]:
    """Hashes of millions of records in eight parts, each hash in the part of its highest bits: what is equal is in
    equal parts. To compare one part after the other takes an eighth of the memory, and no longer.
    """
    for part in range(_PARTS):
        yield hashes.filter(hashes.is_between(part * _PART_SIZE, (part + 1) * _PART_SIZE - 1))


def not_among(hashes: pl.Series, others: pl.Series) -> pl.Series:
    """Those of the hashes that are not among the others, in no particular order."""
    if hashes.is_empty():
        return hashes
    return pl.concat(
        [few.filter(~few.is_in(many.implode())) for few, many in zip(parts(hashes), parts(others), strict=True)]
    )


_PARTS = 8
_PART_SIZE = 2**64 // _PARTS
