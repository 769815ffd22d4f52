"""Migration operations: PostgreSQL itself keeps the districts' rows apart.

Each table with a district's data is given ``Protect`` in the migration that makes it. FORCE: it also holds for the role
that owns the table, so a migration that changes data enters a scope like everybody else.
"""

from __future__ import annotations

from django.db.migrations import RunSQL

from homeroom.districts.scope import DISTRICT_SETTING, PERSON_SETTING


def _setting(name: str) -> str:
    """The setting's value as an id, null where it is not set. A subselect is asked once a statement, not once a row."""
    return f"(select nullif(current_setting('{name}', true), '')::bigint)"


class Protect(RunSQL):
    """Rows of ``table`` are there only in the scope of their own district, and can be made only there.

    or_of_no_district: rows whose district is null belong to the server; they are there where there is no scope.
    append_only: rows can be made and read, and nothing else.
    own_rows_by: a column with a person's id; who is in ``scope.own_rows_of`` that person may also read the row.
    """

    def __init__(
        self, table: str, *, or_of_no_district: bool = False, append_only: bool = False, own_rows_by: str = ""
    ) -> None:
        equals = "is not distinct from" if or_of_no_district else "="
        ours = f"district_id {equals} {_setting(DISTRICT_SETTING)}"
        policies = {"district": f"using ({ours}) with check ({ours})"}
        if append_only:
            policies = {
                "district_read": f"for select using ({ours})",
                "district_add": f"for insert with check ({ours})",
            }
        if own_rows_by:
            policies["own_rows"] = f"for select using ({own_rows_by} = {_setting(PERSON_SETTING)})"
        super().__init__(
            sql=[
                f"alter table {table} enable row level security, force row level security",
                *(f"create policy {name} on {table} {rule}" for name, rule in policies.items()),
            ],
            reverse_sql=[
                *(f"drop policy {name} on {table}" for name in policies),
                f"alter table {table} no force row level security, disable row level security",
            ],
        )


class SameDistrict(RunSQL):
    """What ``column`` of ``table`` points at belongs to the row's own district.

    A foreign key looks past row-level security, so by itself it would let a row point into another district. The table
    it points at has a unique constraint on (district_id, id).
    """

    def __init__(self, table: str, column: str, target: str) -> None:
        constraint = f"{table}_{column}_same_district"
        key = f"foreign key (district_id, {column}) references {target} (district_id, id) deferrable initially deferred"
        super().__init__(
            sql=f"alter table {table} add constraint {constraint} {key}",
            reverse_sql=f"alter table {table} drop constraint {constraint}",
        )
