"""A file to correct that comes back: which upload is it of, and how many of its errors are closed?"""

from __future__ import annotations

import polars as pl

from homeroom.engine.findings import Findings
from homeroom.syncs import storage
from homeroom.syncs.models import State, Sync, Upload

_ERROR = ("line", "field", "rule")
_RECENT = 20


def corrected_by(upload: Upload, originals: pl.DataFrame) -> Upload | None:
    """The latest upload of the same school and kind in which all these rows were refused; null if there is none.

    originals: ``original``, the rows of that upload's file.
    """
    before = Upload.objects.filter(school=upload.school, kind=upload.kind, sync__state=State.WITH_ERRORS)
    for candidate in before.select_related("sync").order_by("-sync_id")[:_RECENT]:
        errors = errors_of(candidate.sync)
        if errors is not None and originals["original"].is_in(errors["line"].implode()).all():
            return candidate
    return None


def open_errors(first: Upload, originals: pl.DataFrame, findings: Findings) -> int | None:
    """How many errors of the first upload are still open: those of rows that did not come back, and those that were
    found once more. Null if its findings are no longer kept.
    """
    errors = errors_of(first.sync)
    if errors is None:
        return None
    again = findings.errors().select(_ERROR).collect().join(originals, on="line")
    again = again.select(line="original", field="field", rule="rule")
    came_back = errors.filter(pl.col("line").is_in(originals["original"].implode()))
    return len(errors) - len(came_back) + len(came_back.join(again, on=_ERROR, how="semi", nulls_equal=True))


def errors_of(sync: Sync) -> pl.DataFrame | None:
    """``line``, ``field`` and ``rule`` of each error of an upload; null if its findings are no longer kept."""
    path = storage.findings_file(sync)
    if path is None:
        return None
    schema = {"line": pl.UInt32, "consequence": pl.String, "field": pl.String, "rule": pl.String}
    found = pl.read_csv(path, columns=list(schema), schema_overrides=schema)
    return found.filter(pl.col("consequence") == "refuses the row", pl.col("line").is_not_null()).select(_ERROR)
