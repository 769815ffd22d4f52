"""What is a tool told that does not know OneRoster? Plain lists, which travel as JSON."""

from __future__ import annotations

from typing import TypedDict


class ExpectedColumn(TypedDict):
    """pattern: what the whole cell must match. reference: the table in which the id, or each id of a list, must stand.
    same_length_as: another list that must have as many items.
    """

    name: str
    required: bool
    unique: bool
    is_date: bool
    is_list: bool
    tokens: list[str]
    pattern: str | None
    max_length: int | None
    reference: str | None
    same_length_as: str | None


class ExpectedTable(TypedDict):
    """together: columns of which no two rows may have the same values. in_order: a date and one not before it."""

    columns: list[ExpectedColumn]
    together: list[str]
    in_order: list[str]
