"""What do we hold to be true? A roster: typed, keyed, trusted. Only a roster can be compared with another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from homeroom.engine.first_pass import index, kept_value
from homeroom.engine.hashes import hashed
from homeroom.engine.profile import Profile
from homeroom.engine.snapshot import Part, Snapshot
from homeroom.engine.tables import Table


@dataclass(frozen=True)
class Records:
    """The active records of one table.

    index: one row per record: ``key`` (hash of the source id, unique), ``content`` (hash of all that makes up the
    record), one hash per single reference under its column's name, and the facts that the rules need. rows: the same
    records as text: ``columns`` and ``key``, in no particular order.
    """

    table: Table
    columns: tuple[str, ...]
    index: pl.DataFrame
    rows: pl.LazyFrame

    def __len__(self) -> int:
        return len(self.index)

    def only(self, keys: pl.Series) -> Records:
        """The records with these keys."""
        return Records(
            self.table,
            self.columns,
            self.index.filter(pl.col("key").is_in(keys.implode())),
            self.rows.join(keys.alias("key").to_frame().lazy(), on="key", how="semi"),
        )

    def but(self, keys: pl.Series) -> Records:
        """The records without those of these keys."""
        return Records(
            self.table,
            self.columns,
            self.index.filter(~pl.col("key").is_in(keys.implode())),
            self.rows.join(keys.alias("key").to_frame().lazy(), on="key", how="anti"),
        )

    def beside(self, others: Records) -> Records:
        """These records and others, of which none has a key that is here too."""
        columns = tuple(dict.fromkeys((*self.columns, *others.columns)))
        return Records(
            self.table,
            columns,
            pl.concat([self.index, others.index], how="diagonal_relaxed"),
            pl.concat([self.rows, others.rows], how="diagonal_relaxed"),
        )


@dataclass(frozen=True)
class Roster:
    """The current truth about one district: its active records, by table. A table that was never delivered is not in
    it.
    """

    tables: Mapping[str, Records] = field(default_factory=dict)


def trust(snapshot: Snapshot, *, profile: Profile, work: Path) -> Roster:
    """The roster that a snapshot describes, taken at its word: no rule is asked.

    For files that were accepted before. Rows without a source id, repeated ones, those that end a record and those that
    cannot be read are not in it.
    """
    tables = {}
    for name, part in snapshot.parts.items():
        page = index(part, (), profile, resolvable=frozenset(), compare=True, work=work)
        frame = page.frame.with_row_index("row").filter(page.key.is_not_null() & ~page.frame["deleted"])
        frame = frame.unique("key", keep="first", maintain_order=True)
        tables[name] = records(
            part, frame.drop("row"), page.measured.scan().join(frame.lazy().select("row"), on="row", how="semi")
        )
    return Roster(tables)


def records(part: Part, index_of_rows: pl.DataFrame, text: pl.LazyFrame) -> Records:
    """Records of the rows in ``text``, which has the columns of the part."""
    cells = [
        (kept_value(part, name, {}) if name in part.present else pl.lit(None, dtype=pl.String)).alias(name)
        for name in part.content
    ]
    return Records(
        part.table, part.content, index_of_rows, text.select(*cells).with_columns(key=hashed(part.table.key))
    )
