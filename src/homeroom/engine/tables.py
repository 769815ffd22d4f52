"""What can be said of a table and its columns: the words in which ``oneroster`` and ``selfserve`` declare theirs.

Imports nothing but the standard library.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

#: Tokens beyond a vocabulary that OneRoster 1.2 allows where a column is extensible.
EXTENSION_TOKEN = r"^ext:[A-Za-z0-9._-]+$"
ID_CHARACTERS = "0-9A-Za-z./@_-"
ID_MAX_LENGTH = 255
TEXT_MAX_LENGTH = 255
METADATA_PREFIX = "metadata."


class Type(StrEnum):
    """What kind of value a cell holds. OneRoster's own names, then those of the self-serve templates."""

    ID = "GUID"
    REFERENCE = "GUID Reference"
    REFERENCES = "List of GUID References"
    TEXT = "String"
    TEXTS = "List of Strings"
    TOKEN = "Enumeration"
    TOKENS = "Enumeration List"
    BOOLEAN = "Boolean"
    NUMBER = "Float"
    INTEGER = "Integer"
    DATE = "Date"
    DATETIME = "DateTime"
    YEAR = "Year"
    GRADES = "List of grades"
    EMAIL = "E-mail"
    ALPHANUMERIC_ID = "Letters and digits"
    NAME = "Text"
    ADDRESS = "One e-mail address"
    GRADE = "Grade"
    USERNAME = "Username"
    STAFF_USERNAME = "Username without @"
    PASSWORD = "Password"
    CHOICE = "One of a list"
    TEACHER_EMAIL = "E-mail of a teacher"


LISTS = frozenset({Type.REFERENCES, Type.TEXTS, Type.TOKENS, Type.GRADES})
REFERENCE_TYPES = frozenset({Type.REFERENCE, Type.REFERENCES})


@dataclass(frozen=True)
class Reference:
    """What a cell points at.

    kinds: tokens of the target's ``type`` (users: of their role) that may be pointed at; empty means any. Where the
    target's column is extensible (1.2), ``ext:`` tokens count too, except for users. belongs: the row belongs to its
    target, so that it is left out when the target is (product.md 4.3).
    """

    table: str
    kinds: tuple[str, ...] = ()
    belongs: bool = True


@dataclass(frozen=True)
class Column:
    """One column of a table.

    required, tokens: hold for every version unless ``by_version`` replaces them for one. only: the versions that know
    this column; layout: it stands only in the file layout of that name (users.csv of 1.2.0). strict: a fault refuses
    the row even though the column may be empty. personal: its values are about a person, so they appear in no log and
    leave the district's own storage never.
    """

    name: str
    type: Type
    required: bool = False
    tokens: tuple[str, ...] = ()
    extensible: bool = False
    reference: Reference | None = None
    item_form: str | None = None
    same_length_as: str | None = None
    personal: bool = False
    strict: bool = False
    min_length: int = 0
    max_length: int | None = None
    delta_only: bool = False
    only: str | None = None
    layout: str | None = None
    rest: str | None = None
    by_version: tuple[tuple[str, tuple[tuple[str, object], ...]], ...] = field(default=())

    @property
    def rest_name(self) -> str:
        """The property that carries this column in OneRoster REST: ``parentSourcedId`` is ``parent``, ``orgSourcedIds``
        is ``orgs``.
        """
        if self.rest is not None or self.name == "sourcedId":
            return self.rest or self.name
        return (
            self.name.removesuffix("SourcedId")
            if self.name.endswith("SourcedId")
            else self.name.replace("SourcedIds", "s")
        )

    @property
    def is_list(self) -> bool:
        return self.type in LISTS

    @property
    def is_needed(self) -> bool:
        """A fault here cannot be cleared away: the row cannot do without the value, or must not."""
        return self.required or self.is_key or self.strict or self.delta_only

    @property
    def is_key(self) -> bool:
        """The cell identifies a record, its own or another: a fault here leaves the row without a place."""
        return self.type is Type.ID or self.reference is not None


@dataclass(frozen=True)
class Table:
    """One kind of record.

    key: the column that identifies a record. accompanied_by: tables a complete delivery of this one also needs, beside
    those its required references name. singular, plural: what one record and several are called in a sentence; several
    as the table itself where its name is a word.
    """

    name: str
    columns: tuple[Column, ...]
    domain: str = "rostering"
    key: str = "sourcedId"
    singular: str = ""
    plural: str = ""
    only: str | None = None
    accompanied_by: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Column:
        return self._by_name[name]

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    @property
    def _by_name(self) -> dict[str, Column]:
        return _columns_by_name(self)

    @property
    def file_name(self) -> str:
        return f"{self.name}.csv"

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def references(self) -> Iterator[Column]:
        return (column for column in self.columns if column.reference is not None)

    @property
    def needs(self) -> tuple[str, ...]:
        """Other tables without which a bulk delivery of this one is incomplete (OneRoster CSV 1.2, Appendix A)."""
        required = {c.reference.table for c in self.references if c.required and c.reference} | set(self.accompanied_by)
        return tuple(sorted(required - {self.name}))


@cache
def _columns_by_name(table: Table) -> dict[str, Column]:
    return {column.name: column for column in table.columns}
