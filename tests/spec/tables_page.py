"""docs/reference/tables.md: every table and column that Homeroom reads, from their one declaration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from homeroom.engine.oneroster import TABLES, VERSIONS, tables_of
from homeroom.engine.profile import shipped
from homeroom.engine.rule import Cell, Setting
from homeroom.engine.rules import selfserve
from homeroom.engine.tables import Column, Table, Type
from homeroom.engine.templates import TEMPLATES
from tests.spec.markdown import code, prose, table

_INTRODUCTION = """\
# Tables and columns

<!-- Written by `make docs` from the declarations of the tables. Changes by hand are lost. -->

Every table and column that Homeroom knows: those of OneRoster CSV 1.1 and 1.2, and those of the three upload templates.
What must be so in them is told by [the rules](rules.md).

- *Required* columns must be there and have a value in every row. *In changes* means: required in a file of changes
  (delta), empty in a complete one (bulk).
- Where a vocabulary ends in `ext:…`, version 1.2 allows further words that begin so. A publisher can accept more.
- *REST* is what the column is called in OneRoster REST.
- Every table may have further columns whose header begins with `metadata.`, to the right of all others.
"""


_EXTENSION = "`ext:…`"


def lines() -> Iterator[str]:
    """The page, line by line."""
    yield from _INTRODUCTION.splitlines()
    for declared in sorted(TABLES, key=lambda one: one.name.lower()):
        yield from _oneroster(declared)
    for template in TEMPLATES.values():
        yield from _template(template)


def _oneroster(declared: Table) -> Iterator[str]:
    versions = [version for version in VERSIONS if declared.only in (None, version)]
    yield from ("", f"## {declared.name}", "")
    yield f"One row is one {declared.singular}. File {code(declared.file_name)}, OneRoster {' and '.join(versions)}."
    needs = {version: ", ".join(map(_linked, tables_of(version)[declared.name].needs)) for version in versions}
    if any(needs.values()):
        yield f"What a complete file needs beside it: {_differing(needs)}."
    yield ""
    header = ("column", "type", "required", "one of", "points at", "versions", "REST")
    yield from table(header, [_column(declared.name, column) for column in declared.columns])


def _column(table_name: str, column: Column) -> Sequence[str]:
    by_version = {
        version: tables_of(version)[table_name][column.name]
        for version in VERSIONS
        if table_name in tables_of(version) and column.name in tables_of(version)[table_name]
    }
    versions = column.layout or (" and ".join(by_version) if len(by_version) < len(VERSIONS) else "")
    return (
        code(column.name),
        column.type.value,
        _differing({version: _required(one) for version, one in by_version.items()}),
        _vocabulary({version: _words(one) for version, one in by_version.items()}),
        _target(column),
        versions,
        code(column.rest_name),
    )


def _required(column: Column) -> str:
    return "in changes" if column.delta_only else "yes" if column.required else ""


def _words(column: Column) -> str:
    words = [*map(code, column.tokens), *([_EXTENSION] if column.extensible and column.tokens else [])]
    return " ".join(words) or ("`{type:identifier}`" if column.item_form else "")


def _vocabulary(by_version: dict[str, str]) -> str:
    closed, extensible = by_version.get("1.1"), by_version.get("1.2")
    if closed and extensible == f"{closed} {_EXTENSION}":
        return f"{closed}, in 1.2 also {_EXTENSION}"
    return _differing(by_version)


def _differing(by_version: dict[str, str]) -> str:
    """What is said of each version, once if it is the same."""
    if len(set(by_version.values())) == 1:
        return next(iter(by_version.values()))
    return "; ".join(f"{version}: {said or 'no'}" for version, said in by_version.items())


def _target(column: Column) -> str:
    if column.reference is None:
        return ""
    target = _linked(column.reference.table)
    return f"{target}: {' '.join(map(code, column.reference.kinds))}" if column.reference.kinds else target


def _linked(name: str) -> str:
    return f"[{name}](#{name.lower()})"


def _template(template: Table) -> Iterator[str]:
    yield from ("", f"## Upload template: {template.name}", "")
    yield f"One row is one {template.singular}. The order of the columns does not matter; none may be missing or added."
    yield ""
    header = ("column", "type", "required", "one of", "length")
    yield from table(header, [_template_column(template, column) for column in template.columns])


def _template_column(template: Table, column: Column) -> Sequence[str]:
    profile = shipped("publisher")
    words = column.tokens
    if column.type is Type.GRADE:
        words = selfserve.grades(Cell(column, Setting(template, frozenset(template.names), "bulk", profile)))
    elif column.type is Type.CHOICE and not words:
        words = profile.subjects
    least, most = column.min_length or None, column.max_length
    length = (
        f"{least} to {most}" if least and most else f"at least {least}" if least else f"at most {most}" if most else ""
    )
    return (
        code(column.name),
        prose(column.type.value),
        "yes" if column.required else "",
        " ".join(map(code, words)),
        length,
    )
