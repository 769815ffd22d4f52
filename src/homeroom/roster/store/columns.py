"""Which column of the database holds which column of a OneRoster file?"""

from __future__ import annotations

import re

import polars as pl

from homeroom.engine.tables import METADATA_PREFIX
from homeroom.roster.models import Record

#: What every kind has beside its own columns, in the order in which it is copied.
OF_EVERY_KIND = ("district_id", "key", "content", "source_id", "is_active", "origin", "first_sync_id", "last_sync_id", "metadata")  # fmt: skip  # noqa: E501
#: What is of ours alone, and no column of OneRoster's.
OURS_ALONE = ("school_year_id", "login")
_CAPITAL = re.compile(r"(?=[A-Z])")


def field_of(column: str) -> str:
    """The database's name for a column of the engine: ``givenName`` is ``given_name``."""
    return "source_id" if column == "sourcedId" else _CAPITAL.sub("_", column).lower()


def own_fields(model: type[Record]) -> tuple[str, ...]:
    """OneRoster's columns of one kind."""
    fields = (field.attname for field in model._meta.concrete_fields)
    return tuple(name for name in fields if name not in (*OF_EVERY_KIND, *OURS_ALONE))


def signed(key: pl.Expr | str) -> pl.Expr:
    """A hash as PostgreSQL holds it: the same 64 bits as a signed number."""
    return (pl.col(key) if isinstance(key, str) else key).reinterpret(signed=True)


def quoted(name: str) -> str:
    """An identifier of SQL: ``primary`` and ``type`` are words of the language."""
    return f'"{name}"'


def listed(names: tuple[str, ...]) -> str:
    return ", ".join(map(quoted, names))


def is_metadata(column: str) -> bool:
    return column.startswith(METADATA_PREFIX)
