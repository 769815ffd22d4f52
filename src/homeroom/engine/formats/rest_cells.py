"""Which text does a value of JSON become, in the column that is for it?"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from homeroom.engine.formats.rest_pages import ENDED
from homeroom.engine.tables import METADATA_PREFIX, REFERENCE_TYPES, Column, Table, Type

#: By column: of these records, in order, the text of each; null where there is nothing.
Cells = Mapping[str, Callable[[Sequence[Mapping[str, Any]]], list[str | None]]]

_BOOLEANS = {"t": "true", "f": "false", "1": "true", "0": "false"}
_DAY = len("2026-08-15")
#: Under which name older providers send a property.
_OLDER = {"birthDate": "birthdate"}


def cells_for(table: Table, columns: Sequence[str]) -> Cells:
    """How the declared ones of these columns are filled from the records of a table."""
    return {name: _filled(table[name]) for name in columns if not name.startswith(METADATA_PREFIX)}


def _filled(column: Column) -> Callable[[Sequence[Mapping[str, Any]]], list[str | None]]:
    name, text = column.rest_name, _text_for(column)
    if older := _OLDER.get(name):
        return lambda records: [text(record.get(name, record.get(older))) for record in records]
    if text is plain:  # most cells are text already, and to ask each takes a third of the time
        return lambda records: [
            value if type(value := record.get(name)) is str and value else plain(value) for record in records
        ]
    return lambda records: [text(record.get(name)) for record in records]


def _text_for(column: Column) -> Callable[[Any], str | None]:
    if column.name == "status":
        return _status
    if column.name == "userIds":
        return _user_ids
    if column.type in REFERENCE_TYPES:
        return _source_ids
    return {Type.BOOLEAN: _boolean, Type.DATE: _day}.get(column.type, plain)


def plain(value: Any) -> str | None:
    """A value as a cell of CSV has it. Objects, for which no cell is meant, are shown as JSON."""
    if isinstance(value, str):
        return value or None
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return f"{value:.0f}"
    if isinstance(value, list):
        return ",".join(text for item in value if (text := plain(item))) or None
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)


def _source_ids(value: Any) -> str | None:
    """Of one reference or a list of them. Some providers send the source id itself instead of an object."""
    if isinstance(value, dict):
        id = value.get("sourcedId")
        return id if type(id) is str and id else plain(id)
    if isinstance(value, list):
        return ",".join(id for item in value if (id := _source_ids(item))) or None
    return plain(value)


def _boolean(value: Any) -> str | None:
    """Real ones, and what providers send as text: capitals, t and f, 1 and 0."""
    text = plain(value)
    lower = text.lower() if text else ""
    return _BOOLEANS.get(lower, lower) or None


def _day(value: Any) -> str | None:
    """The day itself where a provider sends a time of day with it."""
    text = plain(value)
    return text[:_DAY] if text and text[_DAY : _DAY + 1] == "T" else text


def _status(value: Any) -> str | None:
    """Of a record that says nothing of it: active."""
    text = (plain(value) or "active").strip()
    return "tobedeleted" if text.lower() in ENDED else text


def _user_ids(value: Any) -> str | None:
    """``{type:identifier}`` for each; the type may be missing in 1.1."""
    if not isinstance(value, list):
        return plain(value)
    pairs = [(plain(item.get("type")), plain(item.get("identifier"))) for item in value if isinstance(item, dict)]
    return ",".join(f"{{{kind or 'unknown'}:{identifier}}}" for kind, identifier in pairs if identifier) or None
