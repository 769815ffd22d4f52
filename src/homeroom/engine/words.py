"""How are kinds of record, numbers of them, and names said in a sentence?"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from homeroom.engine.oneroster import TABLES
from homeroom.engine.templates import TEMPLATES

_TABLES = {table.name: table for table in (*TABLES, *TEMPLATES.values())}
_ORDER = list(_TABLES)


def plural_of(table: str) -> str:
    """What several records of a table are called: "academic sessions". A table that nobody declared keeps its name."""
    known = _TABLES.get(table)
    return known.plural or known.name if known else table


def counted(count: int, table: str) -> str:
    """Such as "1 user" or "2,040 enrollments"."""
    known = _TABLES.get(table)
    return f"{count:,} {known.singular if known and count == 1 else plural_of(table)}"


def listed(counts: Mapping[str, int]) -> str:
    """Such as "4 users, 1 class": kinds of which there are some, in the order of judgement."""
    kinds = sorted(counts, key=lambda table: _ORDER.index(table) if table in _TABLES else len(_ORDER))
    return ", ".join(counted(counts[table], table) for table in kinds if counts[table])


def spelt_out(column: str) -> str:
    """The name of a column as people read it: "Student ID" for ``studentId``."""
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", column).replace("_", " ").split()
    said = " ".join("ID" if word.lower() == "id" else word for word in words)
    return said[:1].upper() + said[1:]


def some_of(names: Sequence[str], *, at_most: int = 3) -> str:
    """The first of the names, and how many more there are: "Oak, Elm, Ash and 17 more"."""
    more = len(names) - at_most
    return ", ".join(names[:at_most]) + (f" and {more:,} more" if more > 0 else "")
