"""What does pandera find, on polars, with the rules that it can express: also references, lists, two cells of a row?

Run with the folder, the expectations (JSON) and the file to report into.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pandera.polars as pa
import polars as pl

from tests.benches.rivals.expected import ExpectedColumn, ExpectedTable

_DATE = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_STAFF = ["administrator", "teacher"]
_FIRST_LINE = 2
_SCHEMA = {"file": pl.String, "line": pl.Int64, "sourcedId": pl.String}


def main(folder: Path, expected: dict[str, ExpectedTable], reported: Path) -> None:
    frames = {name: frame for name in expected if (frame := _read(folder / f"{name}.csv")) is not None}
    ids = {name: frame["sourcedId"].drop_nulls().unique() for name, frame in frames.items()}
    failures = [_failures(name, frame, expected[name], ids) for name, frame in frames.items()]
    pl.concat([pl.DataFrame(schema=_SCHEMA), *failures]).write_csv(reported)


def _read(path: Path) -> pl.DataFrame | None:
    """The file as text, or null if polars cannot read it: a single damaged row is enough."""
    try:
        return pl.read_csv(path, infer_schema=False)
    except pl.exceptions.PolarsError as error:
        print(f"{path.name}: {error}", file=sys.stderr)  # noqa: T201
        return None


def _failures(name: str, frame: pl.DataFrame, table: ExpectedTable, ids: dict[str, pl.Series]) -> pl.DataFrame:
    """The rows in which any check failed."""
    schema = pa.DataFrameSchema(
        {column["name"]: _column(column, ids) for column in table["columns"]},
        checks=list(_row_checks(name, table)),
        unique=table["together"] or None,
    )
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as failed:
        rows = failed.failure_cases["index"].drop_nulls().cast(pl.UInt32).unique().sort()
        return pl.DataFrame(
            {"line": rows.cast(pl.Int64) + _FIRST_LINE, "sourcedId": frame["sourcedId"].gather(rows)}
        ).select(pl.lit(f"{name}.csv").alias("file"), "line", "sourcedId")
    return pl.DataFrame(schema=_SCHEMA)


def _column(column: ExpectedColumn, ids: dict[str, pl.Series]) -> pa.Column:
    checks = []
    if column["tokens"]:
        checks.append(pa.Check.isin(column["tokens"]))
    if column["is_date"]:
        checks.append(pa.Check.str_matches(_DATE))
    if column["pattern"]:
        checks.append(pa.Check.str_matches(column["pattern"]))
    if column["max_length"]:
        checks.append(pa.Check.str_length(max_value=column["max_length"]))
    if column["reference"] in ids:
        checks.append(pa.Check(_leads_somewhere(ids[str(column["reference"])], is_list=column["is_list"])))
    return pa.Column(str, checks, nullable=not column["required"], unique=column["unique"])


def _leads_somewhere(ids: pl.Series, *, is_list: bool) -> Callable[[pa.PolarsData], pl.LazyFrame]:
    def check(checked: pa.PolarsData) -> pl.LazyFrame:
        cell = pl.col(str(checked.key))
        if is_list:
            return checked.lazyframe.select(cell.str.split(",").list.eval(pl.element().is_in(ids.implode())).list.all())
        return checked.lazyframe.select(cell.is_in(ids.implode()))

    return check


def _row_checks(name: str, table: ExpectedTable) -> Iterator[pa.Check]:
    """What two cells of one row must have to do with each other."""
    if table["in_order"]:
        first, last = (pl.col(column) for column in table["in_order"])
        yield _of_row(first <= last)
    for column in table["columns"]:
        if column["same_length_as"]:
            one, other = (pl.col(name).str.count_matches(",") for name in (column["name"], column["same_length_as"]))
            yield _of_row(one == other)
    if name == "users":
        yield _of_row(pl.col("email").is_not_null() | ~pl.col("role").is_in(_STAFF))


def _of_row(is_fine: pl.Expr) -> pa.Check:
    return pa.Check(lambda checked: checked.lazyframe.select(is_fine))


if __name__ == "__main__":
    main(Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")), Path(sys.argv[3]))
