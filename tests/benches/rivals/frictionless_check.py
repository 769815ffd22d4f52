"""What does frictionless find with a full schema: types, required, tokens, patterns, unique keys, references?

Run with the folder, the expectations (JSON) and the file to report into.
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Any

from frictionless import Package, Report

from tests.benches.rivals.expected import ExpectedColumn, ExpectedTable

_EVERY_ERROR = 1_000_000_000


def main(folder: Path, expected: dict[str, ExpectedTable], reported: Path) -> None:
    package = Package.from_descriptor(
        {"resources": [_resource(name, table) for name, table in expected.items()]}, basepath=str(folder)
    )
    _write(package.validate(limit_errors=_EVERY_ERROR), reported)


def _resource(name: str, table: ExpectedTable) -> dict[str, Any]:
    referring = [column for column in table["columns"] if column["reference"] and not column["is_list"]]
    return {
        "name": name.lower(),
        "type": "table",
        "path": f"{name}.csv",
        "encoding": "utf-8",
        "schema": {
            "primaryKey": ["sourcedId"],
            "fields": [_field(column) for column in table["columns"]],
            "foreignKeys": [_key(name, column) for column in referring],
        },
    }


def _field(column: ExpectedColumn) -> dict[str, Any]:
    constraints = {
        # The primary key is unique by itself.
        "unique": column["unique"] and column["name"] != "sourcedId",
        "required": column["required"],
        "enum": column["tokens"],
        "pattern": column["pattern"],
        "maxLength": column["max_length"],
    }
    return {
        "name": column["name"],
        "type": "date" if column["is_date"] else "string",
        "constraints": {name: wanted for name, wanted in constraints.items() if wanted},
    }


def _key(table: str, column: ExpectedColumn) -> dict[str, Any]:
    target = str(column["reference"])
    # A reference to the file's own records names no resource.
    resource = "" if target == table else target.lower()
    return {"fields": [column["name"]], "reference": {"resource": resource, "fields": ["sourcedId"]}}


def _write(report: Report, reported: Path) -> None:
    with reported.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("file", "line", "sourcedId"))
        for task in report.tasks:
            for error in task.errors:
                cells = getattr(error, "cells", [""])
                writer.writerow((task.place, getattr(error, "row_number", ""), cells[0] if cells else ""))


if __name__ == "__main__":
    main(Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")), Path(sys.argv[3]))
