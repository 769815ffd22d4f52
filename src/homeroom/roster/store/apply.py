"""Changes into the database: all of them, in the caller's transaction, with what undoes them."""

from __future__ import annotations

import uuid

import polars as pl
from django.db import connection

from homeroom import engine
from homeroom.districts.models import District
from homeroom.engine.diff import TableChanges
from homeroom.engine.tables import METADATA_PREFIX
from homeroom.roster.models import KINDS, Before, Record, RosterState
from homeroom.roster.store.columns import OF_EVERY_KIND, field_of, is_metadata, listed, own_fields, quoted, signed
from homeroom.roster.store.copying import copy_in, cursor, statement


def apply(changes: engine.Changes, *, district: District, sync_id: int, roster: engine.Roster, version: str) -> None:
    """The stored roster becomes ``roster``, of which ``changes`` are the difference to what is stored.

    Inside the caller's transaction and scope. Records that go are not active from then on. What was before is kept for
    ``undo``, and what an earlier sync had kept is dropped.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("Changes are applied inside a transaction.")
    Before.objects.filter(district=district).delete()
    loaded = [
        kind
        for kind, change in changes.tables.items()
        if kind in KINDS and not _apply(kind, change, district_id=district.pk, sync_id=sync_id)
    ]
    for kind in loaded:  # at the very end, because another district's first load waits from here on
        with cursor() as sql:
            sql.execute("select roster_end_load(%s)", [KINDS[kind]._meta.db_table])
    state = RosterState.objects.filter(district=district).first() or RosterState(district=district, generation=0)
    state.generation += 1
    state.stamp, state.sync_id, state.version = uuid.uuid4(), sync_id, version
    state.columns = {kind: list(records.columns) for kind, records in roster.tables.items() if kind in KINDS}
    state.save()


def _apply(kind: str, change: TableChanges, *, district_id: int, sync_id: int) -> bool:
    """False for the first records of their kind: they are copied, and wait for the end of their load."""
    model = KINDS[kind]
    table = model._meta.db_table
    comes = pl.concat([change.created, change.updated])
    fields = (*OF_EVERY_KIND, *own_fields(model))
    with cursor() as sql:
        if change.after is not None and len(comes) and not _has_part(table, district_id):
            found = sql.execute("select roster_begin_load(%s)", [table]).fetchone()
            assert found is not None
            rows = _rows(model, change, comes, district_id=district_id, sync_id=sync_id)
            copy_in(f"{found[0]} ({listed(fields)})", rows.select(fields))
            return False
        if change.after is not None and len(comes):
            sql.execute(statement(f"create temporary table incoming (like {table} including defaults) on commit drop"))
            rows = _rows(model, change, comes, district_id=district_id, sync_id=sync_id)
            copy_in(f"incoming ({listed(fields)})", rows.select(fields))
            _keep_before(kind, table, "incoming", district_id=district_id, sync_id=sync_id)
            sql.execute(
                statement(
                    f"insert into {table} ({listed(fields)}) select {listed(fields)} from incoming"
                    f" on conflict (district_id, key) do update set {_replacing(model)}"
                )
            )
            sql.execute("drop table incoming")
        if len(change.removed):
            sql.execute(statement("create temporary table outgoing (key bigint) on commit drop"))
            copy_in("outgoing (key)", change.removed.to_frame("key").lazy().select(signed("key")))
            _keep_before(kind, table, "outgoing", district_id=district_id, sync_id=sync_id)
            sql.execute(
                statement(
                    f"update {table} t set is_active = false, last_sync_id = %s from outgoing o"
                    " where t.district_id = %s and t.key = o.key"
                ),
                [sync_id, district_id],
            )
            sql.execute("drop table outgoing")
    return True


def _has_part(table: str, district_id: int) -> bool:
    with cursor() as sql:
        found = sql.execute("select to_regclass(%s) is not null", [f"{table}_of_{district_id}"]).fetchone()
    assert found is not None
    return bool(found[0])


def _rows(
    model: type[Record], change: TableChanges, keys: pl.Series, *, district_id: int, sync_id: int
) -> pl.LazyFrame:
    """The records as they will be: one row each, the columns of the database under their names."""
    after = change.after
    assert after is not None
    metadata = [column for column in after.columns if is_metadata(column)]
    cells = {field_of(column): pl.col(column) for column in after.columns if column not in metadata}
    # A column of the other version of OneRoster is empty.
    own = {name: cells.get(name, pl.lit(None, dtype=pl.String)) for name in own_fields(model)}
    return after.text(keys).select(
        district_id=pl.lit(district_id),
        key=signed("key"),
        content=signed("content"),
        source_id=cells["source_id"],
        is_active=pl.lit("true"),
        origin=pl.lit("sync"),
        first_sync_id=pl.lit(sync_id),
        last_sync_id=pl.lit(sync_id),
        metadata=_as_json(metadata),
        **own,
    )


def _as_json(columns: list[str]) -> pl.Expr:
    """One JSON object of these columns."""
    if not columns:
        return pl.lit("{}")
    return pl.struct(
        pl.col(column).alias(column.removeprefix(METADATA_PREFIX)) for column in columns
    ).struct.json_encode()


def _replacing(model: type[Record]) -> str:
    """What a record that is there takes from the one that comes: all but where it came from at first."""
    fields = ("content", "is_active", "last_sync_id", "metadata", *own_fields(model))
    return ", ".join(f"{quoted(name)} = excluded.{quoted(name)}" for name in fields)


def _keep_before(kind: str, table: str, touched: str, *, district_id: int, sync_id: int) -> None:
    with cursor() as sql:
        sql.execute(
            statement(
                f"insert into {Before._meta.db_table} (district_id, kind, key, sync_id, record)"
                f" select t.district_id, %s, t.key, %s, to_jsonb(t) from {table} t join {touched} using (key)"
                " where t.district_id = %s"
            ),
            [kind, sync_id, district_id],
        )
