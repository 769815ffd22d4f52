"""How is a value kept in eight bytes? One stable 64-bit hash for identifiers, usernames and whole records.

Not polars' own hash: its values differ between releases, and a stored one would turn an upgrade into "everybody left,
everybody is new". xxh3 is the same everywhere and costs no more.
"""

from __future__ import annotations

import polars as pl
import polars_hash as _nchash  # noqa: F401  adds .nchash to every expression


def hashed(text: pl.Expr | str) -> pl.Expr:
    """The xxh3 hash of a text or of a column (UInt64), null where there is none.

    Two different texts among ten million share one with a chance of about three in a million; see ADR 2.
    """
    column = pl.col(text) if isinstance(text, str) else text
    hashes: pl.Expr = column.nchash.xxh3_64()  # type: ignore[attr-defined]  # the plug-in has no types
    return hashes
