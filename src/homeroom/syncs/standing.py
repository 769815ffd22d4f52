"""The errors of a sync as a list that people page through: which are new, still open, or mended?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from homeroom.engine.standing import MENDED, NEW, OPEN
from homeroom.roster.models import KINDS
from homeroom.syncs import storage
from homeroom.syncs.models import Sync
from homeroom.syncs.searching import stands_in

#: In the order in which they concern a person.
STANDINGS = {NEW: "New", OPEN: "Still open", MENDED: "Mended"}


@dataclass(frozen=True)
class Error:
    """One row of the list; see ``engine.standing.SCHEMA``."""

    standing: str
    since: datetime
    table: str
    source_id: str | None
    field: str
    rule: str
    message: str


@dataclass(frozen=True)
class Errors:
    """Some rows of the list, and how many there are in all. number: from 1."""

    rows: tuple[Error, ...]
    total: int
    number: int


def page(sync: Sync, *, standing: str, table: str, search: str, number: int, size: int) -> Errors:
    """One page of the errors that are like this; "" is any. Those of one night are in the order of judgement, so that a
    cause comes before what follows from it. Empty if the list is no longer kept.
    """
    path = storage.standing_file(sync)
    if path is None:
        return Errors((), 0, 1)
    found = pl.scan_parquet(path)
    if standing:
        found = found.filter(pl.col("standing") == standing)
    if table:
        found = found.filter(pl.col("table") == table)
    if search:
        text = pl.concat_str("sourcedId", "message", separator=" ", ignore_nulls=True).str.to_lowercase()
        found = found.filter(stands_in(text, search))
    ordered = found.sort(
        _place("standing", STANDINGS), "since", _place("table", KINDS), "sourcedId", maintain_order=True
    ).collect()
    last = max(1, -(-len(ordered) // size))
    number = min(number, last)
    rows = ordered.slice((number - 1) * size, size)
    return Errors(tuple(Error(*row) for row in rows.iter_rows()), len(ordered), number)


def _place(column: str, order: Iterable[str]) -> pl.Expr:
    """Where the value of a column stands in this order; at its end if it is not in it."""
    places = {name: place for place, name in enumerate(order)}
    return pl.col(column).replace_strict(places, default=len(places))


def oldest_open(sync: Sync) -> datetime | None:
    """Since when the oldest of the errors that are still open is; null if there is none, or the list is not kept."""
    path = storage.standing_file(sync)
    if path is None:
        return None
    since = pl.scan_parquet(path).filter(pl.col("standing") == OPEN).select(pl.col("since").min()).collect().item()
    return since if isinstance(since, datetime) else None
