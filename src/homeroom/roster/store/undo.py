"""Back to what was before the last sync: what it changed and ended is restored, what it created is ended."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import connection

from homeroom.districts.models import District
from homeroom.engine.words import plural_of
from homeroom.roster.models import KINDS, Before, RosterState
from homeroom.roster.store.columns import OF_EVERY_KIND, own_fields, quoted
from homeroom.roster.store.copying import asked, cursor, statement


@dataclass(frozen=True)
class Undo:
    """What undoing a sync did: by kind how many records are restored and how many are ended, and the source ids of
    those that stay as they are, because somebody changed them since.
    """

    restored: dict[str, int] = field(default_factory=dict)
    ended: dict[str, int] = field(default_factory=dict)
    conflicts: dict[str, list[str]] = field(default_factory=dict)


class NothingToUndoError(Exception):
    """The sync is not the last one that was applied, or it is undone already."""


def changed_since(district: District, *, sync_id: int) -> dict[str, list[str]]:
    """By kind the source ids of records that ``undo`` would leave as they are, because somebody changed them since; the
    first thousand. Raises NothingToUndoError.
    """
    _state(district, sync_id)
    return _conflicts(district, sync_id)


def undo(district: District, *, sync_id: int, tell: Callable[[str], None] = lambda _: None) -> Undo:
    """Undoes the last sync that was applied, and says what was done. Inside the caller's transaction and scope. Raises
    NothingToUndoError.

    tell: hears what is being done, in words.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A sync is undone inside a transaction.")
    state = _state(district, sync_id)
    tell("Looking for records that somebody changed since")
    done = Undo(conflicts=_conflicts(district, sync_id))
    for kind, model in KINDS.items():
        tell(f"Taking back what was done to {plural_of(kind)}")
        table = model._meta.db_table
        fields = [name for name in (*OF_EVERY_KIND, *own_fields(model)) if name not in ("district_id", "key")]
        restored = ", ".join(f"{quoted(name)} = r.{quoted(name)}" for name in fields)
        done.ended[kind] = _changed(
            f"update {table} t set is_active = false where {_CREATED}",
            [district.pk, sync_id, sync_id, kind],
        )
        done.restored[kind] = _changed(
            f"update {table} t set {restored} from {_BEFORE} b,"
            f" jsonb_populate_record(null::{table}, b.record) r where b.district_id = %s and b.kind = %s"
            " and t.district_id = b.district_id and t.key = b.key and t.last_sync_id = %s",
            [district.pk, kind, sync_id],
        )
    Before.objects.filter(district=district).delete()
    state.generation += 1
    state.stamp, state.sync_id = uuid.uuid4(), None
    state.version, state.columns = state.before_version or state.version, state.before_columns
    state.save()
    return done


def _conflicts(district: District, sync_id: int) -> dict[str, list[str]]:
    """See ``changed_since``. A change by hand takes the sync's number from the record: an index finds those without."""
    found = {}
    for kind, model in KINDS.items():
        of_before = f"select from {_BEFORE} b where b.district_id = t.district_id and b.kind = %s and b.key = t.key"
        changed = (
            f"select t.source_id from {model._meta.db_table} t where t.district_id = %s and t.last_sync_id is null"
            f" and (t.first_sync_id = %s or exists ({of_before})) order by t.source_id limit 1000"
        )
        found[kind] = asked(f"select array({changed})", [district.pk, sync_id, kind])
    return {kind: source_ids for kind, source_ids in found.items() if source_ids}


_BEFORE = Before._meta.db_table
#: The records that a sync created and nobody changed since: district, sync, sync, kind.
_CREATED = (
    "t.district_id = %s and t.first_sync_id = %s and t.last_sync_id = %s and t.is_active and not exists"
    f" (select from {_BEFORE} b where b.district_id = t.district_id and b.kind = %s and b.key = t.key)"
)


def _state(district: District, sync_id: int) -> RosterState:
    state = RosterState.objects.filter(district=district, sync_id=sync_id).select_for_update().first()
    if state is None:
        raise NothingToUndoError("Only the last sync that was applied can be undone.")
    return state


def _changed(update: str, values: list[object]) -> int:
    """How many rows an update changed."""
    with cursor() as sql:
        return sql.execute(statement(update), values).rowcount
