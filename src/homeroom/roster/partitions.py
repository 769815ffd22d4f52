"""Migration operations: each kind of record is stored district by district.

A district's part of a table is made with its first records: they are copied into a table of their own, which nobody
else sees yet, are given their key when all are there, and join the others as a partition at the very end. That is
several times as fast as to bring millions of records into a table that has a key and is protected.

Two functions of the owner's do what the application's role may not: they make and attach tables, for the district of
the scope alone.
"""

from __future__ import annotations

from django.db.migrations import RunSQL

from homeroom.districts.scope import DISTRICT_SETTING

_DISTRICT = f"nullif(current_setting('{DISTRICT_SETTING}', true), '')::bigint"
_OURS = f"district_id = (select {_DISTRICT})"

_BEGIN = f"""
create function roster_begin_load(kind regclass, sync bigint default null) returns text
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    district bigint := {_DISTRICT};
    part text := format('%s_of_%s', kind, district);
    index_name regclass;
begin
    if district is null or not exists (select from pg_partitioned_table where partrelid = kind) then
        raise exception 'no district, or no kind of record: %', kind;
    end if;
    execute format(
        'create table %I (like %s including defaults including constraints including generated including indexes,'
        ' check (district_id = %s))',
        part, kind, district
    );
    -- An index of a few of the rows, or none, is there from the beginning: afterwards all rows would be read for it.
    -- The others are made faster when all rows are there.
    execute format('alter table %I drop constraint %I', part, part || '_pkey');
    for index_name in select indexrelid from pg_index where indrelid = part::regclass and indpred is null loop
        execute format('drop index %s', index_name);
    end loop;
    -- What all records of a load have alike is not copied each time: it is what the columns default to meanwhile.
    execute format(
        'alter table %1$I alter district_id set default %2$s,'
        ' alter first_sync_id set default %3$L, alter last_sync_id set default %3$L',
        part, district, sync
    );
    execute format('grant insert on %I to %I', part, session_user);
    return part;
end $$
"""  # noqa: S608 — of names of our own

_END = f"""
create function roster_end_load(kind regclass) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    district bigint := {_DISTRICT};
    part text := format('%s_of_%s', kind, district);
    ours text := $policy${_OURS}$policy$;
begin
    execute format(
        'alter table %I alter district_id drop default, alter first_sync_id drop default,'
        ' alter last_sync_id drop default', part
    );
    execute format('alter table %I add primary key (key, district_id)', part);
    execute format('revoke all on %I from %I', part, session_user);
    execute format('alter table %I enable row level security, force row level security', part);
    execute format('create policy district on %I using (%s) with check (%s)', part, ours, ours);
    execute format('analyze %I', part);  -- or the next sync's statements are planned for an empty table
    execute format('alter table %s attach partition %I for values in (%s)', kind, part, district);
end $$
"""

# By what differs first: in a part the district is the same in all rows, and to compare it first takes a third of the
# time of making the key.
_KEY = """
do $$
declare
    old name := (select conname from pg_constraint where conrelid = '{table}'::regclass and contype = 'p');
begin
    execute format('alter table {table} drop constraint %I, add primary key ({columns})', old);
end $$
"""


class PartByDistrict(RunSQL):
    """The table holds nothing by itself: each district has a partition, made by its first load. To be protected after
    that.
    """

    def __init__(self, table: str) -> None:
        super().__init__(
            sql=[
                f"alter table {table} rename to {table}_whole",
                f"create table {table} (like {table}_whole including all) partition by list (district_id)",
                f"drop table {table}_whole",
            ]
        )


class KeyFirst(RunSQL):
    """The primary key of a table, of its parts too, begins with what tells records apart."""

    def __init__(self, table: str) -> None:
        super().__init__(
            sql=[_KEY.format(table=table, columns="key, district_id")],
            reverse_sql=[_KEY.format(table=table, columns="district_id, key")],
        )


class LoadFunctions(RunSQL):
    """How a district's first records come in: see ``store.apply``."""

    def __init__(self) -> None:
        end, begin = "function if exists roster_end_load(regclass)", "function if exists roster_begin_load"
        drop = (f"drop {end}", f"drop {begin}(regclass)", f"drop {begin}(regclass, bigint)")
        super().__init__(sql=(*drop, _BEGIN, _END), reverse_sql=drop)
