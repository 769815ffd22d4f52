"""May these changes be applied without a person looking? Counts what would happen, per kind of record and per
school.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import polars as pl

from homeroom.engine.diff import Changes, TableChanges
from homeroom.engine.roster import Records, Roster
from homeroom.engine.words import plural_of, some_of


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
    """One limit that would be broken. limit: "removed", "updated", "empty kind" or "empty school". school: its source
    id; school_name: what it is called there, null where that is not known.
    """

    limit: str
    table: str
    count: int
    of: int
    school: str | None = None
    school_name: str | None = None

    @property
    def sentence(self) -> str:
        """The breach in words for a person."""
        kind = plural_of(self.table)
        share = f"{self.count:,} of {self.of:,} {kind} ({100 * self.count // self.of} %)"
        return {
            "removed": f"{share} would be deactivated.",
            "updated": f"{share} would be changed.",
            "empty kind": f"All {self.of:,} {kind} would be deactivated.",
            "empty school": f"The school {self.school_name or self.school} would be left without any {kind}.",
        }[self.limit]


@dataclass(frozen=True)
class Verdict:
    """Every limit that would be broken, not only the first."""

    breaches: tuple[Breach, ...]

    @property
    def passes(self) -> bool:
        return not self.breaches

    @property
    def sentences(self) -> tuple[str, ...]:
        """The breaches in words for a person, each thing said once: all schools that would be left without a kind of
        record are one sentence, and of a kind that goes as a whole there is nothing more to say.
        """
        whole = {breach.table for breach in self.breaches if breach.limit == "empty kind"}
        told = [breach for breach in self.breaches if breach.limit == "empty kind" or breach.table not in whole]
        return tuple(_sentence(list(alike)) for _, alike in groupby(told, key=_of_a_kind))


def _of_a_kind(breach: Breach) -> tuple[str, str]:
    return breach.limit, breach.table


def _sentence(alike: Sequence[Breach]) -> str:
    """What is said of breaches of one limit by one kind of record; only schools may be several."""
    first, *others = alike
    if not others:
        return first.sentence
    schools = some_of([breach.school_name or str(breach.school) for breach in alike])
    return f"{len(alike):,} schools would be left without any {plural_of(first.table)}: {schools}."


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
    if not change.before.knows("schoolSourcedId") or not change.after.knows("schoolSourcedId"):
        return
    school = pl.col("schoolSourcedId")
    had = change.before.index.group_by(school).len().collect(engine="streaming")
    has = change.after.index.select(school.unique()).collect(engine="streaming").to_series()
    emptied = had.filter(~school.is_in(has.implode()))
    called = pl.col("name") if "name" in orgs.columns else pl.lit(None, dtype=pl.String)
    schools = orgs.text(emptied["schoolSourcedId"]).select("key", "sourcedId", name=called).collect()
    told = emptied.join(schools, left_on="schoolSourcedId", right_on="key").sort("name", "sourcedId")
    for school, school_name, count in told.select("sourcedId", "name", "len").iter_rows():
        yield Breach("empty school", name, int(count), int(count), school, school_name)
