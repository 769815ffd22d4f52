"""What should stand in the files of a district? For tools that must be told, as plain lists that JSON can hold.

Taken from Homeroom's own declaration of OneRoster, so that no tool is told less than another.
"""

from __future__ import annotations

from pathlib import Path

from homeroom.engine.oneroster import tables_of
from homeroom.engine.profile import shipped
from homeroom.engine.tables import ID_CHARACTERS, ID_MAX_LENGTH, TEXT_MAX_LENGTH, Column, Table, Type
from tests.benches.rivals.expected import ExpectedColumn, ExpectedTable

_UNIQUE = {("users", "username")}
_TOGETHER = {"enrollments": ["classSourcedId", "userSourcedId", "role"]}
_IN_ORDER = {"academicSessions": ["startDate", "endDate"], "enrollments": ["beginDate", "endDate"]}
_GRADE = "|".join(shipped("publisher").grades)
_ID = f"[{ID_CHARACTERS}]{{1,{ID_MAX_LENGTH}}}"
#: No control character, no line break, and nothing that cannot be seen.
_VISIBLE = r"^[^\x00-\x1f\x7f-\x9f\u200b\ufeff]*$"
_PATTERNS = {
    Type.TEXT: _VISIBLE,
    Type.ID: f"^{_ID}$",
    Type.REFERENCE: f"^{_ID}$",
    Type.REFERENCES: f"^{_ID}(,{_ID})*$",
    Type.TEXTS: "^[^,]+(,[^,]+)*$",
    Type.YEAR: "^[0-9]{4}$",
    Type.GRADES: f"^({_GRADE})(,({_GRADE}))*$",
    Type.EMAIL: r"^[^@\s,]+@[^@\s,]+\.[^@\s,]+$",
}


def expectations(folder: Path) -> dict[str, ExpectedTable]:
    """By table, in the order in which tables hang on one another, for the columns that the files have."""
    tables = tables_of("1.1")
    return {
        name: {
            "columns": [_column(table, column) for column in _header(path)],
            "together": _TOGETHER.get(name, []),
            "in_order": _IN_ORDER.get(name, []),
        }
        for name, table in tables.items()
        if (path := folder / table.file_name).exists()
    }


def _header(path: Path) -> list[str]:
    with path.open("rb") as file:
        return file.readline().decode().rstrip("\r\n").split(",")


def _column(table: Table, name: str) -> ExpectedColumn:
    # A column that a district added is text of which nothing is expected.
    column = table[name] if name in table else Column(name, Type.NAME)
    return {
        "name": column.name,
        "required": column.required,
        "unique": column.name == "sourcedId" or (table.name, column.name) in _UNIQUE,
        "is_date": column.type is Type.DATE,
        "is_list": column.is_list,
        "tokens": list(column.tokens),
        "pattern": _pattern(column),
        "max_length": TEXT_MAX_LENGTH if column.type is Type.TEXT else None,
        "reference": column.reference.table if column.reference else None,
        "same_length_as": column.same_length_as,
    }


def _pattern(column: Column) -> str | None:
    if column.item_form is None:
        return _PATTERNS.get(column.type)
    item = column.item_form.removeprefix("^").removesuffix("$")
    return f"^{item}(,{item})*$"
