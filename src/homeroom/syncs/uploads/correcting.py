"""A file to correct that comes back: which upload is it of, and how many of its errors are closed?"""

from __future__ import annotations

import polars as pl

from homeroom.engine.findings import Findings
from homeroom.engine.rules.corrected import NOT_FILLED_IN
from homeroom.syncs import storage
from homeroom.syncs.models import State, Sync, Upload

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
    """How many errors of the first upload are still open. Null if its findings are no longer kept.

    Open are all of a row that did not come back or was not filled in. Of a row that is refused once more there are as
    many as it has now, at most as many as it had: a row with one error instead of another is no step nearer.
    """
    errors = errors_of(first.sync)
    if errors is None:
        return None
    found = findings.errors().select("line", "rule").collect().join(originals, on="line")
    again = found.group_by("original").agg(now=pl.len(), is_empty=(pl.col("rule") == NOT_FILLED_IN.id).any())
    before = errors.group_by(original="line").agg(before=pl.len()).join(again, on="original", how="left")
    came_back = pl.col("original").is_in(originals["original"].implode()) & ~pl.col("is_empty").fill_null(False)
    still = pl.when(came_back).then(pl.min_horizontal("before", pl.col("now").fill_null(0))).otherwise("before")
    return int(before.select(still.sum()).item())


def errors_of(sync: Sync) -> pl.DataFrame | None:
    """``line`` of each error of an upload; null if its findings are no longer kept."""
    path = storage.findings_file(sync)
    if path is None:
        return None
    schema = {"line": pl.UInt32, "consequence": pl.String}
    found = pl.read_csv(path, columns=list(schema), schema_overrides=schema)
    return found.filter(pl.col("consequence") == "refuses the row", pl.col("line").is_not_null()).select("line")
