"""Changes into the database: all of them, in the caller's transaction, with what undoes them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

import polars as pl
from django.db import connection

from homeroom import engine
from homeroom.districts.models import District, SchoolYear
from homeroom.engine.diff import TableChanges
from homeroom.engine.tables import METADATA_PREFIX
from homeroom.roster.models import KINDS, Before, Class, Origin, Record, RosterState
from homeroom.roster.store.columns import OF_EVERY_KIND, field_of, is_metadata, listed, own_fields, quoted, signed
from homeroom.roster.store.copying import asked, copy_in, cursor, statement

_JSON = ("metadata",)


def apply(changes: engine.Changes, *, district: District, sync_id: int, roster: engine.Roster, version: str) -> None:
    """The stored roster becomes ``roster``, of which ``changes`` are the difference to what is stored.

    Inside the caller's transaction and scope. Records that go are not active from then on. Classes that are new belong
    to the school year that is current now. What was before is kept for ``undo``, and what an earlier sync had kept is
    dropped.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("Changes are applied inside a transaction.")
    Before.objects.filter(district=district).delete()
    year = SchoolYear.current(district, district.today())
    loaded = []
    for kind, change in changes.tables.items():
        if kind in KINDS:
            table = _Table(kind, district_id=district.pk, sync_id=sync_id, school_year_id=year.pk if year else None)
            if change.after is not None and len(change.created) + len(change.updated):
                if table.has_part():
                    table.bring(change)
                else:
                    table.load(change)
                    loaded.append(table)
            if len(change.removed):
                table.end(change.removed)
    for table in loaded:  # at the very end, because another district's first load waits from here on
        table.end_load()
    _note(district, sync_id, version, {kind: r.columns for kind, r in roster.tables.items() if kind in KINDS})


def _note(district: District, sync_id: int, version: str, columns: Mapping[str, Sequence[str]]) -> None:
    """What is stored now, and what was before."""
    state = RosterState.objects.filter(district=district).first()
    if state is None:
        state = RosterState(district=district, generation=0, version="", columns={})
    state.before_version, state.before_columns = state.version, state.columns
    state.generation += 1
    state.stamp, state.sync_id, state.version = uuid.uuid4(), sync_id, version
    state.columns = {kind: list(names) for kind, names in columns.items()}
    state.save()


class _Table:
    """The table of one kind of record, as one sync changes it for its district."""

    def __init__(self, kind: str, *, district_id: int, sync_id: int, school_year_id: int | None) -> None:
        self._kind, self._district_id, self._sync_id = kind, district_id, sync_id
        self._model = KINDS[kind]
        self._name = self._model._meta.db_table
        self._ours = {"school_year_id": pl.lit(school_year_id, dtype=pl.Int64)} if self._model is Class else {}
        self._fields = (*OF_EVERY_KIND, *own_fields(self._model), *self._ours)

    def has_part(self) -> bool:
        """Whether the district has records of the kind, active or not."""
        return bool(asked("select to_regclass(%s) is not null", [f"{self._name}_of_{self._district_id}"]))

    def load(self, change: TableChanges) -> None:
        """The first records of their kind, copied to where they stay; nobody sees them before the load has ended. What
        all of them have alike is what its column defaults to in a load.
        """
        assert change.after is not None
        part = asked("select roster_begin_load(%s, %s)", [self._name, self._sync_id])
        told = {"key", "content", *map(field_of, change.after.columns), *self._ours}
        if any(map(is_metadata, change.after.columns)):
            told.add("metadata")
        fields = tuple(name for name in self._fields if name in told)
        copy_in(f"{part} ({listed(fields)})", self._rows(change).select(fields), json=_JSON)

    def end_load(self) -> None:
        asked("select roster_end_load(%s)", [self._name])

    def bring(self, change: TableChanges) -> None:
        """Records that are created or updated, beside those that are there."""
        with cursor() as sql:
            like = f"like {self._name} including defaults"
            sql.execute(statement(f"create temporary table incoming ({like}) on commit drop"))
            copy_in(f"incoming ({listed(self._fields)})", self._rows(change), json=_JSON)
            self._keep_before("incoming")
            sql.execute(
                statement(
                    f"insert into {self._name} ({listed(self._fields)}) select {listed(self._fields)} from incoming"
                    f" on conflict (district_id, key) do update set {_replacing(self._model)}"
                )
            )
            sql.execute("drop table incoming")

    def end(self, keys: pl.Series) -> None:
        """Records that are not active from now on."""
        with cursor() as sql:
            sql.execute("create temporary table outgoing (key bigint) on commit drop")
            copy_in("outgoing (key)", keys.to_frame("key").lazy().select(signed("key")))
            self._keep_before("outgoing")
            sql.execute(
                statement(
                    f"update {self._name} t set is_active = false, last_sync_id = %s from outgoing o"
                    " where t.district_id = %s and t.key = o.key"
                ),
                [self._sync_id, self._district_id],
            )
            sql.execute("drop table outgoing")

    def _keep_before(self, touched: str) -> None:
        with cursor() as sql:
            sql.execute(
                statement(
                    f"insert into {Before._meta.db_table} (district_id, kind, key, sync_id, record)"
                    f" select t.district_id, %s, t.key, %s, to_jsonb(t) from {self._name} t join {touched} using (key)"
                    " where t.district_id = %s"
                ),
                [self._kind, self._sync_id, self._district_id],
            )

    def _rows(self, change: TableChanges) -> pl.LazyFrame:
        """The records as they will be: one row each, the columns of the database in their order."""
        after = change.after
        assert after is not None
        metadata = [column for column in after.columns if is_metadata(column)]
        cells = {field_of(column): pl.col(column) for column in after.columns if column not in metadata}
        # A column of the other version of OneRoster is empty.
        own = {name: cells.get(name, pl.lit(None, dtype=pl.String)) for name in own_fields(self._model)}
        rows = after.text(pl.concat([change.created, change.updated])).select(
            district_id=pl.lit(self._district_id),
            key=signed("key"),
            content=signed("content"),
            source_id=cells["source_id"],
            is_active=pl.lit(value=True),
            origin=pl.lit(Origin.SYNC.value),
            first_sync_id=pl.lit(self._sync_id),
            last_sync_id=pl.lit(self._sync_id),
            metadata=_as_json(metadata),
            **own,
            **self._ours,
        )
        return rows.select(self._fields)


def _as_json(columns: list[str]) -> pl.Expr:
    """One JSON object of these columns."""
    if not columns:
        return pl.lit("{}")
    return pl.struct(
        pl.col(column).alias(column.removeprefix(METADATA_PREFIX)) for column in columns
    ).struct.json_encode()


def _replacing(model: type[Record]) -> str:
    """What a record that is there takes from the one that comes: all but the sync that created it, and its school year:
    a class never moves to another one. One that was made by hand is synced from now on.
    """
    fields = ("content", "is_active", "origin", "last_sync_id", "metadata", *own_fields(model))
    return ", ".join(f"{quoted(name)} = excluded.{quoted(name)}" for name in fields)
