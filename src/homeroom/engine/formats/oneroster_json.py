"""OneRoster REST 1.1 and 1.2: how do the kept pages of a pull become the tables of OneRoster CSV?

What REST says in objects becomes the cell that CSV has for it: a reference the source id it names, a list its items
with commas between, a user's roles (1.2) rows of their own. What no column of ours is for is passed over.

In a complete pull the records that the source has marked as deleted are no rows: what is missing from a bulk table has
vanished. In a delta they are rows that end their record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from homeroom.engine.delivery import Delivery
from homeroom.engine.formats.rest_pages import BULK, PULL, Pull, read_pull
from homeroom.engine.formats.rest_text import PagesText, Pulled
from homeroom.engine.oneroster import VERSIONS, tables_of
from homeroom.engine.snapshot import Part, Remark, Snapshot
from homeroom.engine.tables import METADATA_PREFIX, Table

NAME = "oneroster-rest"
#: The tables that come out of one collection, beside the one of its own name, and in which version.
_BESIDE = {("users", "1.2"): ("roles",)}
#: Never read: a password has no place in a roster, nor a link to a profile that is not kept.
_PASSED_OVER = frozenset({"password", "userProfileSourcedId"})


def recognises(delivery: Delivery) -> bool:
    """Whether the delivery is a finished pull."""
    return any(file.name == PULL for file in delivery.files)


def arrange(delivery: Delivery) -> Snapshot:
    """The snapshot of a pull. Pages that it announces and that are not there stop the sync."""
    paths = {file.name: file.path for file in delivery.files}
    try:
        pull = read_pull(paths[PULL].read_text(encoding="utf-8"))
    except (ValueError, OSError):
        unreadable = Remark("manifest-unreadable", file=PULL, value=PULL, detail="it does not describe a pull")
        return Snapshot(NAME, VERSIONS[0], {}, (unreadable,), delivery.origin)
    missing = tuple(
        Remark("manifest-file-missing", table=name, value=page.file, detail=pull.mode)
        for name, collection in pull.collections.items()
        for page in collection.pages
        if page.file not in paths
    )
    parts = (
        {} if missing else _parts(pull, Pulled(pull, paths), {file.name: file.size_bytes for file in delivery.files})
    )
    ordered = {name: parts[name] for name in tables_of(pull.version) if name in parts}
    return Snapshot(NAME, pull.version, ordered, missing, delivery.origin)


def _parts(pull: Pull, pulled: Pulled, sizes: Mapping[str, int]) -> dict[str, Part]:
    tables, parts = tables_of(pull.version), {}
    for name, collection in pull.collections.items():
        size = sum(sizes[page.file] for page in collection.pages)
        for table in (name, *_BESIDE.get((name, pull.version), ())):
            metadata = tuple(METADATA_PREFIX + key for key in collection.metadata) if table == name else ()
            declared = _declared(tables[table])
            columns = (*_columns(declared, pull.mode), *metadata)
            text = PagesText(pulled, name, declared, columns)
            parts[table] = Part(declared, tables, f"/{name}", pull.mode, text, columns, size)
    return parts


def _declared(table: Table) -> Table:
    return replace(table, columns=tuple(column for column in table.columns if column.layout is None))


def _columns(table: Table, mode: str) -> tuple[str, ...]:
    """The columns that are filled from a page: in a complete pull status and time of change say nothing more."""
    passed_over = _PASSED_OVER | (
        {column.name for column in table.columns if column.delta_only} if mode == BULK else set()
    )
    return tuple(name for name in table.names if name not in passed_over)
