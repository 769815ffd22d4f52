"""Brings new records of one kind: those that nobody has yet."""

from __future__ import annotations

import polars as pl

from homeroom.districts.models import District
from homeroom.engine.hashes import hashed
from homeroom.roster.models import KINDS, Origin
from homeroom.roster.store.columns import field_of, listed, signed
from homeroom.roster.store.copying import asked, copy_in, cursor, statement


def add(kind: str, records: pl.DataFrame, *, district: District, origin: Origin, sync_id: int | None) -> None:
    """Stores new records, inside the transaction of the caller and in the district's scope.

    records: one row each, under OneRoster's column names, with ``sourcedId`` and perhaps ``school_year_id``; what is
    not there is null. Raises IntegrityError where one of them is there already.
    """
    if records.is_empty():
        return
    table = KINDS[kind]._meta.db_table
    own = {field_of(name): pl.col(name) for name in records.columns}
    rows = records.lazy().select(
        district_id=pl.lit(district.pk),
        key=signed(hashed("sourcedId")),
        content=pl.lit(0),  # no sync compares it
        origin=pl.lit(origin.value),
        first_sync_id=pl.lit(sync_id, dtype=pl.Int64),
        last_sync_id=pl.lit(sync_id, dtype=pl.Int64),
        **own,
    )
    names = listed(tuple(rows.collect_schema()))
    if asked("select to_regclass(%s) is null", [f"{table}_of_{district.pk}"]):
        asked("select roster_begin_load(%s)", [table])
        asked("select roster_end_load(%s)", [table])
    with cursor() as sql:  # by way of a table of our own, since row-level security lets nothing be copied in
        sql.execute(statement(f"create temporary table incoming (like {table} including defaults) on commit drop"))
        copy_in(f"incoming ({names})", rows)
        sql.execute(statement(f"insert into {table} ({names}) select {names} from incoming"))
        sql.execute("drop table incoming")
