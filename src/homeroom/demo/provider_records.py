"""What would a OneRoster REST provider send for the rows of a district's CSV files?"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from homeroom.engine.oneroster import tables_of
from homeroom.engine.tables import METADATA_PREFIX, Column, Table, Type

Record = dict[str, Any]

COLLECTIONS = ("orgs", "academicSessions", "courses", "classes", "users", "enrollments", "demographics")
_CHANGED = "2026-08-01T06:00:00.000Z"
_PAIR = re.compile(r"\{([^:{}]+):([^{}]+)\}")
#: By table, what a reference to it calls itself.
_KINDS = {
    "orgs": "org",
    "academicSessions": "academicSession",
    "courses": "course",
    "classes": "class",
    "users": "user",
}
_NOT_SENT = frozenset({"password"})


def records_of(roster: Path, *, version: str) -> dict[str, list[Record]]:
    """By collection the records of a OneRoster CSV folder, as REST of this version has them, in the order of the rows.

    Empty cells are left out. A table without a file is a collection without records.
    """
    tables = tables_of(version)
    found = {name: [_record(row, tables[name]) for row in _rows(roster / f"{name}.csv")] for name in COLLECTIONS}
    if "roles" in tables:
        users = {user["sourcedId"]: user for user in found["users"]}
        for row in _rows(roster / "roles.csv"):
            role = _record(row, tables["roles"])
            if (user := users.get(row["userSourcedId"])) is not None:
                kept = {
                    name: role[name] for name in ("roleType", "role", "org", "beginDate", "endDate") if name in role
                }
                user.setdefault("roles", []).append(kept)
    return found


def _rows(path: Path) -> Iterator[dict[str, str]]:
    if path.exists():
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from csv.DictReader(file)


def _record(row: Mapping[str, str], table: Table) -> Record:
    record: Record = {
        "sourcedId": row["sourcedId"],
        "status": row.get("status") or "active",
        "dateLastModified": row.get("dateLastModified") or _CHANGED,
    }
    for name, cell in row.items():
        if name.startswith(METADATA_PREFIX) and cell:
            record.setdefault("metadata", {})[name.removeprefix(METADATA_PREFIX)] = cell
        elif cell and name in table and name not in record and name not in _NOT_SENT:
            record[table[name].rest_name] = _value(table[name], cell)
    return record


def _value(column: Column, cell: str) -> Any:
    if column.name == "userIds":
        return [{"type": kind, "identifier": identifier} for kind, identifier in _PAIR.findall(cell)]
    if column.type is Type.REFERENCE:
        return _reference(column, cell)
    if column.type is Type.REFERENCES:
        return [_reference(column, id) for id in cell.split(",")]
    return cell.split(",") if column.is_list else cell


def _reference(column: Column, id: str) -> Record:
    assert column.reference is not None
    table = column.reference.table
    kind = _KINDS.get(table, table)
    return {"href": f"https://sis.example/{table}/{id}", "sourcedId": id, "type": kind}
