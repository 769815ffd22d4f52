"""What is different between two rosters? Changes: created, updated, removed, as data that can be counted, shown and
undone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from homeroom.engine.hashes import parts
from homeroom.engine.ledger import NO_IDS
from homeroom.engine.roster import Records, Roster

KINDS = ("created", "updated", "removed")


@dataclass(frozen=True)
class TableChanges:
    """The changes of one table. before, after: the records as they were and as they will be; a created record is only
    in ``after``, a removed one only in ``before``, an updated one in both. unchanged: how many are the same in both
    rosters.
    """

    before: Records | None
    after: Records | None
    created: pl.Series
    updated: pl.Series
    removed: pl.Series
    unchanged: int

    def sides(self) -> Iterator[tuple[str, Records | None]]:
        """Each kind of change with the records as they will be, and as they were: an updated one has both."""
        yield from (
            ("created", self.after),
            ("updated", self.before),
            ("updated", self.after),
            ("removed", self.before),
        )

    def columns_that_differ(self) -> pl.DataFrame:
        """One row per cell of an updated record that differs: ``sourcedId``, ``column``, ``before``, ``after`` (null:
        empty).
        """
        if self.before is None or self.after is None or not len(self.updated):
            return pl.DataFrame(schema=dict.fromkeys(("sourcedId", "column", "before", "after"), pl.String))
        key = self.after.table.key
        sides = []
        for records, side in ((self.before, "before"), (self.after, "after")):
            columns = [name for name in records.columns if name != key]
            sides.append(
                records.text(self.updated)
                .unpivot(index="key", on=columns, variable_name="column", value_name=side)
                .collect()
            )
        names = self.after.text(self.updated).select("key", sourcedId=key).collect()
        cells = sides[0].join(sides[1], on=["key", "column"], how="full", coalesce=True)
        differ = cells.filter(~pl.col("before").eq_missing(pl.col("after"))).join(names, on="key")
        return differ.select("sourcedId", "column", "before", "after").sort("sourcedId", "column")


@dataclass(frozen=True)
class Changes:
    """All changes between two rosters, by table. Tables without any are in it, too."""

    tables: Mapping[str, TableChanges]

    @property
    def is_empty(self) -> bool:
        return not any(len(getattr(change, kind)) for change in self.tables.values() for kind in KINDS)

    @property
    def inverse(self) -> Changes:
        """The changes that lead back."""
        return Changes(
            {
                name: TableChanges(
                    c.after, c.before, created=c.removed, updated=c.updated, removed=c.created, unchanged=c.unchanged
                )
                for name, c in self.tables.items()
            }
        )

    def digest(self) -> str:
        """64 hexadecimal digits that stand for exactly these changes, whatever the order of rows, files and tables."""
        whole = hashlib.sha256()
        for part in self._parts():
            whole.update(part)
        return whole.hexdigest()

    def _parts(self) -> Iterator[bytes]:
        for name, change in sorted(self.tables.items()):
            for kind, records in change.sides():
                keys: pl.Series = getattr(change, kind)
                if records is None or not len(keys):
                    continue
                yield f"{name} {kind} {len(keys)}\n".encode()
                if len(keys) < len(records):
                    rows = records.where(pl.col("key").is_in(keys.implode()), "key", "content")
                else:
                    rows = records.index.select("key", "content").collect()
                for part in rows.sort("key").iter_slices(100_000):
                    for column in part:
                        yield column.to_numpy().astype("<u8", copy=False).tobytes()


def diff(current: Roster, proposed: Roster) -> Changes:
    """The changes that turn ``current`` into ``proposed``. Of a roster with itself they are empty."""
    names = dict.fromkeys((*current.tables, *proposed.tables))
    return Changes({name: _diff(current.tables.get(name), proposed.tables.get(name)) for name in names})


def _diff(before: Records | None, after: Records | None) -> TableChanges:
    if before is None or after is None or not len(before) or not len(after):
        created, removed = (NO_IDS if records is None else records.keys for records in (after, before))
        return TableChanges(before, after, created=created, updated=NO_IDS, removed=removed, unchanged=0)
    differing = _differing(before.contents, after.contents).implode()
    left, right = (records.where(pl.col("content").is_in(differing), "key", "content") for records in (before, after))
    updated = right["key"].filter(right["key"].is_in(left["key"].implode()))
    return TableChanges(
        before,
        after,
        created=right["key"].filter(~right["key"].is_in(left["key"].implode())),
        updated=updated,
        removed=left["key"].filter(~left["key"].is_in(updated.implode())),
        unchanged=len(after) - len(right),
    )


def _differing(before: pl.Series, after: pl.Series) -> pl.Series:
    """The contents that are on one side only. The content includes the source id, so that it is a key by itself: what
    has its content on both sides is the same record. Sorted together, such contents are neighbours.
    """
    found = []
    for old, new in zip(parts(before), parts(after), strict=True):
        contents = pl.concat([old, new]).sort()
        found.append(contents.filter(contents.ne_missing(contents.shift()) & contents.ne_missing(contents.shift(-1))))
    return pl.concat(found)


def apply(changes: Changes, roster: Roster) -> Roster:
    """The roster after these changes. ``apply(diff(a, b), a)`` holds the same records as b."""
    tables = dict(roster.tables)
    for name, change in changes.tables.items():
        touched = pl.concat([change.created, change.updated, change.removed])
        stays = tables[name].but(touched) if name in tables else None
        comes = change.after.only(pl.concat([change.created, change.updated])) if change.after is not None else None
        if stays is not None and comes is not None:
            tables[name] = stays.beside(comes)
        elif (either := stays if stays is not None else comes) is not None:
            tables[name] = either
    return Roster(tables)
