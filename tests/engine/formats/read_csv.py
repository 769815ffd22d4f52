"""Delivers bytes as a file, reads it with `csv_text`, and says what came of it in a form that tests can compare."""

from pathlib import Path

import polars as pl

from homeroom.engine.formats.csv_text import CsvText, Measured, Unreadable, open_csv


def opened(folder: Path, data: bytes) -> CsvText | Unreadable:
    path = folder / "users.csv"
    path.write_bytes(data)
    return open_csv(path)


def measured(folder: Path, data: bytes, *exprs: pl.Expr) -> Measured:
    text = opened(folder, data)
    assert isinstance(text, CsvText)
    return text.measure(exprs, work=folder)


def rows(found: Measured) -> list[tuple[object, ...]]:
    """The readable rows: their line, then their cells."""
    table = found.scan().collect(engine="streaming")
    return [(line, *cells) for line, (_, *cells) in zip(found.lines(table["row"]), table.rows(), strict=True)]


def bad_rows(found: Measured) -> list[tuple[object, ...]]:
    return found.bad_rows.select("line", "rule").rows()
