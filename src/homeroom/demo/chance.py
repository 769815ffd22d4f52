"""How does the same seed always give the same district?

Every choice is a hash of the seed, what the choice is about, and whom it concerns: nothing depends on the order of the
work, on the machine or on the release of polars.
"""

from __future__ import annotations

import polars as pl
import polars_hash as plh

_GUID_PARTS = ((0, 8), (8, 4), (12, 4), (16, 4), (20, 12))


def draw(seed: int, about: str, *whom: str) -> pl.Expr:
    """A number (64 bits, unsigned) that looks like chance and the same for the same seed, subject and row."""
    return plh.concat_str(pl.lit(f"{seed}:{about}"), *whom, separator=":").nchash.xxh3_64()


def guid(seed: int, kind: str, *whom: str) -> pl.Expr:
    """An id in the shape of a GUID, one for each seed, kind and row; null where a column of ``whom`` is null."""
    digest = plh.concat_str(pl.lit(f"{seed}:{kind}"), *whom, separator=":").chash.sha2_256()
    return pl.concat_str(*(digest.str.slice(at, size) for at, size in _GUID_PARTS), separator="-")
