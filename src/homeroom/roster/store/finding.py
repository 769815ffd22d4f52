"""Which synced records name others? Without an index of the database's, which of millions would cost as much as storing
them: the last sync left one as a file.
"""

from __future__ import annotations

from typing import TypeVar

import polars as pl
from django.db.models import QuerySet

from homeroom.districts.models import District
from homeroom.engine.hashes import hashed
from homeroom.roster.models import Origin, Record, RosterState
from homeroom.roster.store import snapshots
from homeroom.roster.store.columns import field_of

Row = TypeVar("Row", bound=Record)


def synced_that_name(
    rows: QuerySet[Row], *, district: District, kind: str, column: str, source_ids: list[str]
) -> QuerySet[Row]:
    """Of the rows of a kind, the active synced ones whose column, as the engine calls it, is one of these source ids.

    Where the file is not at hand PostgreSQL reads the whole table: slow for millions, and as true.
    """
    state = RosterState.objects.filter(district=district).first()
    if state is None or kind not in state.columns:
        return rows.none()
    rows = rows.filter(**{f"{field_of(column)}__in": source_ids}, origin=Origin.SYNC, is_active=True)
    hashes = pl.DataFrame({"name": source_ids}, schema={"name": pl.String}).select(hashed("name")).to_series()
    keys = snapshots.kept_keys(state, kind, column, hashes)
    return rows if keys is None else rows.filter(key__in=keys.reinterpret(signed=True).to_list())
