"""What did the source say? A snapshot: the delivered tables as text, with file and line, nothing judged yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import polars as pl

from homeroom.engine.formats.csv_questions import Asked
from homeroom.engine.formats.csv_text import Measured
from homeroom.engine.tables import METADATA_PREFIX, Table

#: Columns that say when and whether a record counts, and passwords, which are no part of a roster.
NOT_CONTENT = frozenset({"status", "dateLastModified", "password"})


@dataclass(frozen=True)
class Remark:
    """Something to say about a file as a whole, or about its header: a rule that was broken while reading.

    value, detail, expected fill the rule's message; column is null where it is not about one.
    """

    rule: str
    file: str | None = None
    table: str | None = None
    column: str | None = None
    line: int | None = None
    value: str = ""
    detail: str = ""
    expected: str = ""


class Text(Protocol):
    """The rows of one table as they were delivered: a CSV file, or the pages of a pull."""

    def measure(self, exprs: Asked | Sequence[pl.Expr], *, work: Path) -> Measured:
        """What is asked of each readable row, and what the other rows are."""
        ...


@dataclass(frozen=True)
class Part:
    """One delivered table: its declaration, its text, and how its rows are to be taken.

    mode: "bulk" (the whole truth about this table) or "delta" (changes only). columns: the name of each column of the
    file, in its order; the standard's own name where it is known, so that a misspelt header is found under its right
    name. tables: all tables of the same version, by name.
    """

    table: Table
    tables: Mapping[str, Table]
    file: str
    mode: str
    text: Text
    columns: tuple[str, ...]
    size_bytes: int

    @property
    def present(self) -> frozenset[str]:
        """The columns that can be looked at: those of the table that are in the file, and the metadata columns."""
        return frozenset(c for c in self.columns if c in self.table or c.startswith(METADATA_PREFIX))

    @property
    def metadata(self) -> tuple[str, ...]:
        return tuple(sorted(c for c in self.columns if c.startswith(METADATA_PREFIX)))

    @property
    def content(self) -> tuple[str, ...]:
        """The columns that make up a record, declared ones first, in the same order for every delivery."""
        return tuple(c.name for c in self.table.columns if c.name not in NOT_CONTENT) + self.metadata


@dataclass(frozen=True)
class Snapshot:
    """A delivery, recognised and opened.

    format: "oneroster", "oneroster-rest" or "selfserve"; version: of OneRoster, or the template's name. parts: by
    table, in the order in which they are judged. remarks: what was noticed while reading; ``stopped`` is true where one
    of them stops the sync.
    """

    format: str
    version: str
    parts: Mapping[str, Part]
    remarks: Sequence[Remark] = ()
    origin: str = ""

    def with_remarks(self, *remarks: Remark) -> Snapshot:
        return replace(self, remarks=(*self.remarks, *remarks))
