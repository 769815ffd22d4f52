"""The files that a district downloads: one CSV per kind of record that had an error, in the exact shapes of
product.md.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from homeroom.engine.findings import PUBLIC, Findings

#: A cell that begins with one of these would be run as a formula by a spreadsheet.
_FORMULA = r"^[=+\-@\t\r]"
FAILURE = "Failure"
SUFFIX = "_sync_report.csv"

_RECORDS = {"SourcedId": "sourcedId", "Field": "field", "Status": "status", "Error Message": "message"}
#: Per format the columns of a report: its header, and the finding's column that fills it.
_SHAPES = {
    "oneroster": {"Row Number": "line", **_RECORDS},
    "oneroster-rest": _RECORDS,  # records of a service stand on no row that anybody could look up
    "selfserve": {"Row Number": "line", "sourcedId": "sourcedId", "Column Name": "field", "Error": "message"},
}


def safe(text: pl.Expr) -> pl.Expr:
    """A cell that a spreadsheet shows as it is: a formula gets a leading apostrophe (product.md 5)."""
    return pl.when(text.str.contains(_FORMULA)).then(pl.concat_str(pl.lit("'"), text)).otherwise(text)


def write(findings: Findings, folder: Path, *, format: str) -> list[Path]:
    """Writes the report files into a folder and returns them; report files that lay there from before are removed.

    format: "oneroster", "oneroster-rest" or "selfserve". One file per table with an error, one row per error, ordered
    by row (without rows: by source id), then by column. Cleared values and notes are in none of them. UTF-8 with BOM,
    CRLF.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for stale in folder.glob(f"*{SUFFIX}"):
        stale.unlink()
    written = []
    errors = findings.errors().filter(pl.col("line").is_not_null())
    tables = errors.select(pl.col("table").unique(maintain_order=True)).collect().to_series()
    for table in tables:
        path = folder / f"{table}{SUFFIX}"
        _write(errors.filter(pl.col("table") == table), path, _SHAPES[format])
        written.append(path)
    return written


def _write(errors: pl.LazyFrame, path: Path, shape: dict[str, str]) -> None:
    order = ("line", "place") if "line" in shape.values() else ("sourcedId", "place", "line")
    ordered = errors.with_columns(status=pl.lit(FAILURE)).sort(*order, nulls_last=True, maintain_order=True)
    cells = [pl.col(name) if name == "line" else safe(pl.col(name)) for name in shape.values()]
    ordered.select(cell.alias(header) for header, cell in zip(shape, cells, strict=True)).sink_csv(
        path, include_bom=True, line_terminator="\r\n"
    )


def write_findings(findings: Findings, path: Path) -> None:
    """Writes every finding, notes included, with the columns of ``findings.PUBLIC``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    cells = [pl.col(name) if name == "line" else safe(pl.col(name)).alias(name) for name in PUBLIC]
    findings.rows.select(cells).sink_csv(path, include_bom=True, line_terminator="\r\n")
