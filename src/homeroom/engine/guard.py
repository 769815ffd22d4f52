"""May these changes be applied without a person looking? Counts what would happen, per kind of record and per
school.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from homeroom.engine.diff import Changes, TableChanges
from homeroom.engine.roster import Records, Roster


@dataclass(frozen=True)
class Limits:
    """What may happen without asking. Shares are of the records there are; a removal counts only beyond
    ``removed_at_least``.
    """

    removed_share: float = 0.10
    removed_at_least: int = 20
    updated_share_of_users: float = 0.50


@dataclass(frozen=True)
class Breach:
    """One limit that would be broken. limit: "removed", "updated", "empty kind" or "empty school"; school: its source
    id.
    """

    limit: str
    table: str
    count: int
    of: int
    school: str | None = None

    @property
    def sentence(self) -> str:
        """The breach in words for a person."""
        share = f"{self.count:,} of {self.of:,} {self.table} ({100 * self.count // self.of} %)"
        return {
            "removed": f"{share} would be deactivated.",
            "updated": f"{share} would be changed.",
            "empty kind": f"All {self.of:,} {self.table} would be deactivated.",
            "empty school": f"The school {self.school} would be left without any {self.table}.",
        }[self.limit]


@dataclass(frozen=True)
class Verdict:
    """Every limit that would be broken, not only the first."""

    breaches: tuple[Breach, ...]

    @property
    def passes(self) -> bool:
        return not self.breaches


def guard(changes: Changes, current: Roster, limits: Limits = Limits()) -> Verdict:
    """Whether changes to ``current`` may be applied as they are. A first sync is never held for its size. Never
    raises.
    """
    return Verdict(tuple(_breaches(changes, current, limits)))


def _breaches(changes: Changes, current: Roster, limits: Limits) -> Iterator[Breach]:
    for name, change in changes.tables.items():
        there = len(current.tables[name]) if name in current.tables else 0
        if not there:
            continue
        removed, updated = len(change.removed), len(change.updated)
        if removed == there and not len(change.created):
            yield Breach("empty kind", name, removed, there)
        if removed > limits.removed_at_least and removed > limits.removed_share * there:
            yield Breach("removed", name, removed, there)
        if name == "users" and updated > limits.updated_share_of_users * there:
            yield Breach("updated", name, updated, there)
        yield from _empty_schools(name, change, current.tables.get("orgs"))


def _empty_schools(name: str, change: TableChanges, orgs: Records | None) -> Iterator[Breach]:
    """Schools that had records of this kind and would have none, for kinds that name their school in a column of their
    own.
    """
    if orgs is None or change.before is None or change.after is None or not len(change.removed) + len(change.updated):
        return
    if "schoolSourcedId" not in change.before.index.columns or "schoolSourcedId" not in change.after.index.columns:
        return
    had = change.before.index.group_by("schoolSourcedId").len()
    has = change.after.index["schoolSourcedId"].unique()
    emptied = had.filter(~pl.col("schoolSourcedId").is_in(has.implode())).sort("schoolSourcedId")
    names = orgs.only(emptied["schoolSourcedId"]).rows.select("key", "sourcedId").collect()
    for school, count in (
        emptied.join(names, left_on="schoolSourcedId", right_on="key").select("sourcedId", "len").iter_rows()
    ):
        yield Breach("empty school", name, int(count), int(count), school)
