"""What does the first pass keep of each row, and how does each row stand?

The first pass over a table keeps no text: 64-bit hashes of identifiers, small facts, one mark for "broken by itself".
About fifty bytes a row, so that a million records fit where their text would not. References, keys and everything else
that looks across rows and tables is judged on these pages; the text of the few rows that matter is fetched afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from typing import Protocol

import polars as pl

from homeroom.engine.formats.csv_text import Measured
from homeroom.engine.hashes import hashed
from homeroom.engine.rule import Consequence, LocalRule, Rule, Setting
from homeroom.engine.snapshot import Part

#: Before a column's name: whether the record has a value there.
FILLED = "filled "
#: Before a column's name: whether its value is taken out.
CLEARED = "cleared "
#: Whether the identifier is a number that begins with zeros; of tables at which others point.
ZEROS = "begins with zeros"
NO_IDS = pl.Series("key", [], dtype=pl.UInt64)
_ASKED_AFTERWARDS = ("key", "deleted", "kind")

#: One row per broken rule that is not told by a row alone. target: hash of the record it points at, in
#: ``target_table``.
FAULTS = {
    "row": pl.UInt32,
    "rule": pl.String,
    "column": pl.String,
    "detail": pl.String,
    "target": pl.UInt64,
    "target_table": pl.String,
}


class Indexed(Protocol):
    """Records with an index, as ``roster.Records``."""

    @property
    def index(self) -> pl.LazyFrame: ...


class Standing(IntEnum):
    """Where a row stands. Left out is for good; what is refused keeps what was accepted before."""

    ACCEPTED = 0
    REFUSED = 1
    LEFT_OUT = 2


@dataclass
class Page:
    """The rows of one delivered table during judgement, one entry per readable row, in file order.

    frame: ``key`` (hash of the source id, null if it has none), ``deleted`` (a delta row that ends its record), one
    hash per reference column under the column's own name, and the table's facts. edges: per list of references, one row
    per item: ``row``, ``target``. local: the rules that were applied to each row by itself. refused, left_out: marks,
    growing as the judgement goes on; flagged: something milder is to be said of the row; clears: perhaps that a value
    is taken out. not_onboarded: of orgs, the schools whose own line says that they are not onboarded; they are left out
    for whoever points at them, and refused in the count. unchecked: per reference column, how many rows point at what
    can only be looked up in a roster that was not given.
    """

    setting: Setting
    part: Part
    measured: Measured
    local: tuple[LocalRule, ...]
    frame: pl.DataFrame
    edges: Mapping[str, pl.DataFrame]
    refused: pl.Series
    flagged: pl.Series
    clears: pl.Series
    left_out: pl.Series
    faults: list[pl.DataFrame] = field(default_factory=list)
    not_onboarded: pl.Series | None = None
    unchecked: dict[str, int] = field(default_factory=dict)
    _handed_over: pl.DataFrame | None = None

    @property
    def name(self) -> str:
        return self.setting.table.name

    @property
    def key(self) -> pl.Series:
        return self.frame["key"]

    @property
    def accepted(self) -> pl.Series:
        return ~(self.refused | self.left_out)

    @property
    def silent(self) -> pl.Series:
        """The rows of which nothing is said: they are left out."""
        return self.left_out if self.not_onboarded is None else self.left_out & ~self.not_onboarded

    @property
    def unreadable(self) -> pl.DataFrame:
        """The rows that could not be read: ``rule``, ``key`` (null where the row does not tell its identifier
        either).
        """
        bad = self.measured.bad_rows
        tells = self.part.columns[0] == self.setting.table.key
        key = hashed("first_cell") if tells else pl.lit(None, dtype=pl.UInt64)
        return bad.select("rule", key=key)

    def hand_over(self) -> pl.DataFrame:
        """The accepted records, as a roster's index has them; for when the judgement is over. From then on the page
        tells of its rows no more than who they are and how they stand: of ten million rows to have all twice is half a
        gigabyte.
        """
        if self._handed_over is None:
            accepted, columns = self.accepted & ~self.frame["deleted"], []
            self.edges = {}
            for name in self.frame.columns:
                columns.append(self.frame[name].filter(accepted))
                if name not in _ASKED_AFTERWARDS:
                    self.frame = self.frame.drop(name)
            self._handed_over = pl.DataFrame(columns)
        return self._handed_over

    @cached_property
    def without_zeros(self) -> pl.Series:
        """The hashes of the identifiers that begin with zeros, as they are once the zeros are lost."""
        key = pl.col(self.setting.table.key)
        numbers = self.measured.scan(self.frame[ZEROS].arg_true())
        return numbers.select(hashed(key.str.strip_chars_start("0"))).collect(engine="streaming").to_series()

    @cached_property
    def cleared(self) -> dict[str, pl.Series]:
        """By column the rows, in ascending order, in which its value is taken out; columns without any are not there.
        The first rule that a cell breaks decides, so notes do not shield it.
        """
        tests: dict[str, list[pl.Expr]] = {}
        for one in self.local:
            if one.consequence is Consequence.CLEARS:
                tests.setdefault(one.cell.name, []).append(one.broken)
        rows = self.clears.arg_true()
        if rows.is_empty():
            return {}
        told = self.measured.scan(rows).select("row", **{name: any_of(several) for name, several in tests.items()})
        found = told.collect(engine="streaming").sort("row")
        by_column = {name: found["row"].filter(found[name]) for name in tests}
        return {name: cleared for name, cleared in by_column.items() if len(cleared)}

    def clearings(self, rows: pl.Series) -> list[pl.Series]:
        """Whether a value of these rows is taken out: for each column in ``cleared``, under ``CLEARED`` and its
        name.
        """
        return [rows.is_in(cleared.implode()).alias(CLEARED + name) for name, cleared in self.cleared.items()]

    @cached_property
    def nameless(self) -> int:
        """How many rows do not tell whose they are: then nobody's absence can be inferred from the others."""
        unreadable = self.unreadable["key"].null_count() + self.measured.unlisted_bad_rows
        key = self.setting.table.key
        faulty = [one.broken for one in self.local if one.cell.name == key and one.consequence.is_error]
        refused = self.refused.arg_true()
        if not faulty or refused.is_empty():
            return unreadable
        text = self.measured.scan(refused)
        return unreadable + int(text.select(pl.any_horizontal(faulty).sum()).collect(engine="streaming").item())

    @property
    def unreadable_rows(self) -> int:
        """How many rows could not be read; very many are only counted, not listed."""
        return len(self.measured.bad_rows) + self.measured.unlisted_bad_rows

    def line_of(self, rows: pl.Series) -> pl.Series:
        """The line of each row as a spreadsheet shows it."""
        return self.measured.lines(rows)

    def blame(self, rows: pl.DataFrame, rule: Rule, column: str, *, target_table: str | None = None) -> None:
        """Write down that ``rule`` is broken on these rows; they are refused if that is what follows.

        rows: ``row``, and where known ``detail`` (a sentence for the message) and ``target`` (hash of the record
        pointed at).
        """
        consequence = rule.consequence_for(None, self.setting.profile)
        if rows.is_empty() or consequence == "off":
            return
        have = set(rows.columns)
        self.faults.append(
            rows.select(
                pl.col("row").cast(pl.UInt32),
                pl.lit(rule.id).alias("rule"),
                pl.lit(column).alias("column"),
                (pl.col("detail") if "detail" in have else pl.lit("")).alias("detail"),
                (pl.col("target") if "target" in have else pl.lit(None)).cast(pl.UInt64).alias("target"),
                pl.lit(target_table, dtype=pl.String).alias("target_table"),
            )
        )
        if consequence.is_error:
            self.refused = _marked(self.refused, rows["row"])

    def leave_out(self, rows: pl.Series) -> None:
        """Take these rows out in silence: they belong to a school that is not onboarded."""
        self.left_out = _marked(self.left_out, rows)


def _marked(marks: pl.Series, rows: pl.Series) -> pl.Series:
    return marks.clone().scatter(rows, True) if len(rows) else marks


def any_of(tests: Sequence[pl.Expr]) -> pl.Expr:
    """True where one of the tests is; a test that cannot be answered counts as false."""
    return pl.any_horizontal(tests).fill_null(False) if tests else pl.lit(False)


def rows_where(mask: pl.Series) -> pl.DataFrame:
    """The positions at which the mask is true, as ``row``."""
    return mask.fill_null(False).arg_true().cast(pl.UInt32).alias("row").to_frame()


def _with(frame: pl.DataFrame, columns: tuple[str, ...]) -> pl.DataFrame:
    """``key`` and these columns; null where a roster of another version, or with fewer columns, has none."""
    return frame.select(
        "key", *(pl.col(name) if name in frame.columns else pl.lit(None).alias(name) for name in columns)
    )


class Known(Mapping[str, pl.DataFrame]):
    """By table the index of a roster. Read when it is asked for: most nights ask for next to nothing."""

    def __init__(self, tables: Mapping[str, Indexed], **read: pl.DataFrame) -> None:
        self._tables = tables
        self._read = read

    def __getitem__(self, table: str) -> pl.DataFrame:
        if table not in self._read:
            self._read[table] = self._tables[table].index.collect()
        return self._read[table]

    def with_other(self, **tables: pl.DataFrame) -> Known:
        """The same, but for these tables."""
        return Known(self._tables, **{**self._read, **tables})

    def __contains__(self, table: object) -> bool:
        return table in self._tables

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)


@dataclass
class Ledger:
    """All pages of one delivery, and what was accepted before it.

    known: per table the identifiers and facts of the roster as it is: ``key`` and the same facts as the page's frame.
    roster_given: somebody showed us that roster, so that what is not in it is not there. lost: of the schools in it,
    those that are not onboarded any more; they are not among the known.
    """

    pages: dict[str, Page]
    known: Known
    roster_given: bool = False
    lost: pl.Series = field(default_factory=lambda: NO_IDS)

    def resolves(self, table: str) -> bool:
        """Whether a reference to ``table`` can be judged at all: unknown is not broken."""
        return table in self.pages or table in self.known

    def frames(self, table: str, *columns: str) -> Iterable[pl.DataFrame]:
        """The records that references to ``table`` may find, as ``key`` and ``columns``: those accepted so far in this
        delivery, and those accepted before where the delivery says nothing about them (a table that is absent, or a
        delta).
        """
        page, before = self.pages.get(table), self.before(table)
        if page is not None:
            yield _with(page.frame, columns).filter(page.accepted & page.key.is_not_null())
        if before is not None:
            yield _with(before, columns)

    def before(self, table: str) -> pl.DataFrame | None:
        """The records accepted before that this delivery leaves to the roster: those of a table that is absent, and
        those that a delta does not mention, be it in a row that cannot be read. Null if there is nothing to look at.
        """
        page = self.pages.get(table)
        if page is not None and page.setting.mode == "bulk":
            return None
        known = self.known.get(table)
        if page is None or known is None:
            return known
        mentioned = pl.concat([page.key, page.unreadable["key"]]).drop_nulls()
        return known.filter(~pl.col("key").is_in(mentioned.implode()))

    def said(self, table: str) -> Iterable[pl.DataFrame]:
        """The rows of this delivery, whether they are accepted or not, but not those that end their record, and the
        records that it leaves to the roster.
        """
        page, before = self.pages.get(table), self.before(table)
        if page is not None:
            yield page.frame.filter(~page.frame["deleted"])
        if before is not None:
            yield before

    def found(self, table: str, *columns: str) -> pl.DataFrame:
        """``frames`` as one frame."""
        frames = list(self.frames(table, *columns))
        return pl.concat(frames, how="vertical_relaxed") if len(frames) != 1 else frames[0]

    def refused(self, table: str) -> pl.Series:
        """The identifiers of rows of this delivery that were refused, also of those that could not be read."""
        page = self.pages[table]
        return pl.concat([page.key.filter(page.refused), page.unreadable["key"]]).drop_nulls()

    def left_out(self, table: str) -> pl.Series:
        """The identifiers of what is left out: rows of this delivery, and schools accepted before."""
        page = self.pages.get(table)
        here = NO_IDS if page is None else page.key.filter(page.left_out).drop_nulls()
        return pl.concat([here, self.lost]) if table == "orgs" else here
