"""The file to correct: of an upload, the rows that were refused, as its template has them, with what is wrong beside.

Its two further columns are read for linking when it comes back, never as data (product.md 3.5).
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from homeroom.engine.ledger import Page
from homeroom.engine.sync_reports import safe
from homeroom.engine.templates import CORRECTION, PASSWORD
from homeroom.engine.validate import Checked

ORIGINAL_ROW, PROBLEMS = CORRECTION
_BETWEEN = " | "
#: The ID of a row as its findings tell it. Begins with a space: no column of a template does.
_TOLD_ID = " told id"


def write_corrections(checked: Checked, path: Path) -> bool:
    """Writes the file to correct; false, and none, if no row was refused.

    One row per refused row: the columns of the template (passwords are empty, and so is what could not be read: of a
    row with too few or too many cells all but its ID), the row in the file as a spreadsheet shows it, and all that is
    wrong with it. UTF-8 with BOM, CRLF.
    """
    (page,) = checked.pages.values()
    problems = (
        checked.findings.errors()
        .filter(pl.col("line").is_not_null())
        .sort("line", "place", maintain_order=True)
        .group_by("line", maintain_order=True)
        .agg(pl.col("message").str.join(_BETWEEN).alias(PROBLEMS), pl.col("sourcedId").first().alias(_TOLD_ID))
        .collect()
    )
    if problems.is_empty():
        return False
    cells, key = [_cell(name) for name in page.setting.table.names], page.setting.table.key
    table = problems.join(_refused(page), on="line", how="left", maintain_order="left")
    if key:
        table = table.with_columns(pl.coalesce(key, _TOLD_ID).alias(key))
    table = table.select(*cells, pl.col("line").alias(ORIGINAL_ROW), safe(pl.col(PROBLEMS)).alias(PROBLEMS))
    table.write_csv(path, include_bom=True, line_terminator="\r\n")
    return True


def _cell(name: str) -> pl.Expr:
    return (pl.lit(None, dtype=pl.String) if name == PASSWORD else safe(pl.col(name))).alias(name)


def _refused(page: Page) -> pl.DataFrame:
    """``line`` and the cells of each refused row that can be read."""
    rows = page.refused.arg_true().cast(pl.UInt32)
    return page.measured.scan(rows).collect().with_columns(line=page.line_of(rows))


def original_rows(page: Page) -> pl.DataFrame | None:
    """Of a file to correct that comes back: ``line``, and the row of the first file as ``original``; null if it is no
    such file.
    """
    if ORIGINAL_ROW not in page.part.columns:
        return None
    rows = page.measured.scan().select("row", original=pl.col(ORIGINAL_ROW).cast(pl.UInt32, strict=False)).collect()
    found = rows.with_columns(line=page.line_of(rows["row"])).select("line", "original").drop_nulls()
    return None if found.is_empty() else found
