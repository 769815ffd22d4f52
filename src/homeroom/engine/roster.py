"""What do we hold to be true? A roster: typed, keyed, trusted. Only a roster can be compared with another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from homeroom.engine.first_pass import index, kept_value
from homeroom.engine.ledger import Page
from homeroom.engine.profile import Profile
from homeroom.engine.snapshot import Snapshot
from homeroom.engine.tables import Table

#: Fetches records of a table by their keys: one row for each key that is there, in no particular order, with all its
#: ``columns`` as text, its ``key`` and its ``content``.
Text = Callable[[pl.Series], pl.LazyFrame]


@dataclass(frozen=True)
class Records:
    """The active records of one table.

    index: one row per record: ``key`` (hash of the source id, unique), ``content`` (hash of all that makes up the
    record), one hash per single reference under its column's name, which columns are filled, and the facts that the
    rules need. It may lie in a file: ask for the columns that you need. text: fetches records as text, perhaps also
    those that are not here.
    """

    table: Table
    columns: tuple[str, ...]
    index: pl.LazyFrame
    text: Text

    def __len__(self) -> int:
        return int(self.index.select(pl.len()).collect().item())

    @property
    def keys(self) -> pl.Series:
        return self.index.select("key").collect()["key"]

    @property
    def contents(self) -> pl.Series:
        return self.index.select("content").collect()["content"]

    def knows(self, *columns: str) -> bool:
        """Whether the index has these columns; a roster of another version, or with fewer columns, may not."""
        return set(columns) <= set(self.index.collect_schema().names())

    @property
    def rows(self) -> pl.LazyFrame:
        """All records, as ``text`` fetches them."""
        return self.text(self.keys)

    def only(self, keys: pl.Series) -> Records:
        """The records with these keys."""
        return replace(self, index=self.where(pl.col("key").is_in(keys.implode())).lazy())

    def but(self, keys: pl.Series) -> Records:
        """The records without those of these keys."""
        return replace(self, index=self.where(~pl.col("key").is_in(keys.implode())).lazy())

    def where(self, holds: pl.Expr, *columns: str) -> pl.DataFrame:
        """The rows of the index for which this holds: these columns, or all."""
        # A column at a time: of ten million records all of them together are half a gigabyte.
        rows = self.index.select(holds.arg_true()).collect().to_series()
        names = columns or self.index.collect_schema().names()
        return pl.DataFrame([self.index.select(name).collect().to_series().gather(rows) for name in names])

    def beside(self, others: Records) -> Records:
        """These records and others, of which none has a key that is here too."""
        columns = tuple(dict.fromkeys((*self.columns, *others.columns)))
        # Of frames that are in memory, this copies nothing.
        index = pl.concat([self.index.collect(), others.index.collect()], how="diagonal_relaxed").lazy()

        def text(keys: pl.Series) -> pl.LazyFrame:
            sides = [side.text(side.keys.filter(side.keys.is_in(keys.implode()))) for side in (self, others)]
            return pl.concat(sides, how="diagonal_relaxed")

        return Records(self.table, columns, index, text)


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
        rows, records = frame["row"], frame.drop("row")
        tables[name] = Records(part.table, part.content, records.lazy(), text_of(page, rows, records))
    return Roster(tables)


def text_of(page: Page, rows: pl.Series, records: pl.DataFrame) -> Text:
    """The text of the records that stand on these rows (in ascending order) of a delivered table, as the roster keeps
    them. records: of each its ``key``, and its ``content`` if that is known.
    """
    part, measured = page.part, page.measured
    content = records["content"] if "content" in records.columns else pl.lit(None, pl.UInt64).alias("content")
    beside = records.select("key", content).with_columns(page.clearings(rows))

    def text(keys: pl.Series) -> pl.LazyFrame:
        wanted, known = rows, beside
        if len(keys) < len(rows):
            asked_for = beside["key"].is_in(keys.implode())
            wanted, known = rows.filter(asked_for), beside.filter(asked_for)
        cells = [
            (kept_value(part, name, page.cleared) if name in part.present else pl.lit(None, dtype=pl.String)).alias(
                name
            )
            for name in part.content
        ]
        return measured.scan(wanted, beside=known, once=True).select(*cells, "key", "content")

    return text
