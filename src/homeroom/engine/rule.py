"""What is a rule, and what follows when it is broken?

A rule is a declaration: an id that never changes, the consequence, the words for the person, the source. Three kinds
differ only in how they are judged: a *cell rule* and a *row rule* carry one polars expression that is true for broken
cells or rows; the others (keys, references, classes, whole files) are judged over whole tables in the module that
declares them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import polars as pl

from homeroom.engine.profile import Profile
from homeroom.engine.tables import Column, Table


class Consequence(StrEnum):
    """What happens when a rule is broken, gravest first. Only the first two are errors."""

    STOPS = "stops the sync"
    REFUSES = "refuses the row"
    CLEARS = "clears the value"
    NOTES = "notes"
    OFF = "off"

    @property
    def is_error(self) -> bool:
        return self in (Consequence.STOPS, Consequence.REFUSES)


@dataclass(frozen=True)
class Setting:
    """Under what a table is judged: its declaration, the columns that were delivered, how it came, and the publisher's
    profile.
    """

    table: Table
    present: frozenset[str]
    mode: str
    profile: Profile

    def has(self, *columns: str) -> bool:
        return all(column in self.present for column in columns)


@dataclass(frozen=True)
class Cell:
    """One column under judgement. ``value`` is its text, null where the cell is empty."""

    column: Column
    setting: Setting

    @property
    def value(self) -> pl.Expr:
        return pl.col(self.column.name)

    @property
    def name(self) -> str:
        return self.column.name


#: True for broken cells or rows; null counts as not broken (unknown is not broken).
CellTest = Callable[[Cell], pl.Expr | None]
RowTest = Callable[[Setting], pl.Expr | None]
Hint = Callable[[pl.Series, Cell], pl.Series]


@dataclass(frozen=True)
class Rule:
    """One thing that must hold.

    id: stable, kebab-case. says: the rule as a sentence. message: what the person reads for one finding; ``{column}``,
    ``{value}`` (shown safely, never a password's), ``{expected}`` and ``{detail}`` are filled in. remedy: what to do
    about all of them. source: standard and clause, or product.md. in_optional: the consequence in a column that need
    not be filled (null: the same); in_text: in a column that identifies no record (null: the same). table, column:
    where it is reported, if it is about one column only. cell, row: the test, if cells or rows can be judged by
    themselves; screen: what the first pass asks instead, because it is cheaper: true at least where the rule is broken,
    except where another rule of the same column refuses the row anyway, and for a rule that refuses no more than that
    (null: the test itself). expected: what would be right, in words; hint: per broken value, a further sentence such as
    "did you mean"; beside: the other column of a row rule, whose text is the detail.
    """

    id: str
    consequence: Consequence
    says: str
    message: str
    remedy: str
    source: str
    in_optional: Consequence | None = None
    in_text: Consequence | None = None
    table: str | None = None
    column: str | None = None
    cell: CellTest | None = None
    row: RowTest | None = None
    screen: CellTest | None = None
    expected: Callable[[Cell], str] | None = None
    hint: Hint | None = None
    beside: str | None = None

    def consequence_for(self, column: Column | None, profile: Profile) -> Consequence:
        """What happens when this rule is broken in ``column`` under ``profile``; the profile's own word comes first."""
        stated = profile.consequences.get(self.id)
        if stated is not None:
            return Consequence(stated)
        if self.in_text is not None and column is not None and not column.is_key:
            return self.in_text
        if self.in_optional is None or column is None or column.is_needed:
            return self.consequence
        return Consequence(profile.optional_faults)


@dataclass(frozen=True)
class LocalRule:
    """A rule applied to one column (or, for a row rule, reported there), with its test and what follows."""

    rule: Rule
    cell: Cell
    broken: pl.Expr
    screen: pl.Expr
    consequence: Consequence
    waits: bool = False


def catalogue(rules: tuple[Rule, ...]) -> Mapping[str, Rule]:
    """The rules by id. Raises ValueError if two share one."""
    by_id = {rule.id: rule for rule in rules}
    if len(by_id) != len(rules):
        raise ValueError("two rules share an id")
    return by_id
