"""What do expressions say of each row of a CSV file?

In many columns of a roster the same few values stand in all rows: roles, grades, dates, names. What depends on such a
column alone is asked of each value once, when it is first met, and not of each row: that costs next to nothing, however
hard the question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

# Of a column with more values than this, or with more of them among the rows that are read at a time, each row is
# asked: to find its value would take as long.
MOST_VALUES = 2048
ROWS_PER_VALUE = 16
_TEXT = "\x00text "  # no header has a NUL byte


@dataclass(frozen=True)
class Asked:
    """Expressions, each with a name of its own, that give one value per row from the columns as text; and marks: by
    name tests, of which one must be true. A test that cannot be answered counts as false. by_value: the columns in
    which few values may be expected; where there are many, that is noticed.
    """

    exprs: Sequence[pl.Expr] = ()
    marks: Mapping[str, Sequence[pl.Expr]] = field(default_factory=dict)
    by_value: Sequence[str] = ()

    @property
    def names(self) -> list[str]:
        return [*(expr.meta.output_name() for expr in self.exprs), *self.marks]

    def answers(self) -> Iterator[pl.Expr]:
        """One expression for each name."""
        yield from self.exprs
        for name, tests in self.marks.items():
            yield (pl.any_horizontal(tests).fill_null(False) if tests else pl.lit(False)).alias(name)

    def where(self, fits: Callable[[set[str]], bool]) -> Asked:
        """What depends on columns that fit; all the marks, if only without a test."""

        def fitting(exprs: Sequence[pl.Expr]) -> list[pl.Expr]:
            return [expr for expr in exprs if fits(set(expr.meta.root_names()))]

        return Asked(fitting(self.exprs), {name: fitting(tests) for name, tests in self.marks.items()})

    def __add__(self, other: Asked) -> Asked:
        return Asked([*self.exprs, *other.exprs], {n: [*tests, *other.marks[n]] for n, tests in self.marks.items()})


class Questions:
    """What is asked of one file, and what was learned about its values on the way."""

    def __init__(self, asked: Asked) -> None:
        self._names = asked.names
        alone = {frozenset({name}) for name in asked.by_value}
        self._columns = [_Column(name, asked.where({name}.__eq__)) for name in asked.by_value]
        self._by_row = asked.where(lambda columns: columns not in alone)

    @property
    def exprs(self) -> list[pl.Expr]:
        """What must be read of each row for an answer."""
        by_value, by_row = [], self._by_row
        for column in self._columns:
            if column.met is None:
                by_row += column.asked
            else:
                by_value.append(pl.col(column.name).alias(column.text))
        return [*by_row.answers(), *by_value]

    def answered(self, read: pl.DataFrame) -> pl.DataFrame:
        """The expressions and marks that were asked for, of the rows of which this was read."""
        met, placed = self._placed(read)
        told = {name: [pl.col(name)] for name in self._names if name in read.columns}
        for column, known in met:
            for one in column.answers(read[column.text]) if known is None else known.answers:
                # Of a mark that nothing bears there is nothing to tell.
                if one.name not in told or one.any():
                    answer = pl.lit(one) if known is None else pl.lit(one).gather(pl.col(column.text))
                    told.setdefault(one.name, []).append(answer)
        return placed.select(
            (pl.any_horizontal(told[name]) if len(told[name]) > 1 else told[name][0]).alias(name)
            for name in self._names
        )

    def _placed(self, read: pl.DataFrame) -> tuple[list[tuple[_Column, _Met | None]], pl.DataFrame]:
        """The columns of which the text was read, and what is known about their values; beside it ``read`` with the
        places of the values in place of the text.
        """
        columns = [column for column in self._columns if column.text in read.columns]
        while True:
            met = [(column, column.met) for column in columns]
            placed = read.with_columns(known.places(column.text) for column, known in met if known is not None)
            new = [column for column, known in met if known is not None and placed[column.text].null_count()]
            if not new:
                return met, placed
            for column in new:
                column.meet(read[column.text])


@dataclass(frozen=True)
class _Met:
    """The values of a column that were met so far, and the answers about each of them, and at last about null."""

    values: pl.Enum
    answers: pl.DataFrame

    def places(self, column: str) -> pl.Expr:
        """Where the answers about the rows of a column are; nowhere for values that were not met."""
        place = pl.col(column).cast(self.values, strict=False).to_physical().cast(pl.UInt32)
        return pl.when(pl.col(column).is_null()).then(len(self.values.categories)).otherwise(place).alias(column)


class _Column:
    """A column that is asked by its values, and what is asked. met: what is known about its values (null: there are too
    many); replaced as a whole, because several threads ask.
    """

    def __init__(self, name: str, asked: Asked) -> None:
        self.name = name
        self.text = _TEXT + name
        self.asked = asked
        self.met: _Met | None = self._knowing(pl.Series(dtype=pl.String))

    def answers(self, values: pl.Series) -> pl.DataFrame:
        return values.alias(self.name).to_frame().with_columns(self.asked.answers()).select(self.asked.names)

    def meet(self, text: pl.Series) -> None:
        """Learn the values of some rows of the column."""
        if (met := self.met) is None:
            return
        here = text.unique().drop_nulls()
        values = pl.concat([met.values.categories, here]).unique()
        few = len(here) * ROWS_PER_VALUE <= len(text) and len(values) <= MOST_VALUES
        self.met = self._knowing(values) if few else None

    def _knowing(self, values: pl.Series) -> _Met:
        return _Met(pl.Enum(values), self.answers(pl.concat([values, pl.Series([None], dtype=pl.String)])))
