"""Hashes are compared in parts: none may fall between two of them."""

import polars as pl

from homeroom.engine.hashes import not_among, parts


def hashes(*values: int) -> pl.Series:
    return pl.Series("key", values, dtype=pl.UInt64)


def test_every_hash_is_in_one_part_the_smallest_and_the_largest_too() -> None:
    everywhere = hashes(*(edge + step for edge in range(0, 2**64, 2**60) for step in (0, 1, 2**60 - 1)))
    assert sorted(pl.concat(list(parts(everywhere)))) == sorted(everywhere)


def test_what_the_others_have_is_not_among_those_that_they_lack() -> None:
    assert sorted(not_among(hashes(0, 7, 2**61, 2**63, 2**64 - 1), hashes(2**64 - 1, 7, 2**61 - 1))) == [
        0,
        2**61,
        2**63,
    ]


def test_nothing_is_lacking_from_nothing() -> None:
    assert not_among(hashes(), hashes(1)).is_empty()
