"""How do tonight's errors stand against those of the last sync: new, still open and since when, or mended?

An error is the same as before if it is the same rule in the same column of the same record. Of a record that cannot be
told its message says which it is.
"""

from __future__ import annotations

from datetime import datetime

import polars as pl

from homeroom.engine.hashes import hashed
from homeroom.engine.validate import Checked

NEW, OPEN, MENDED = "new", "open", "mended"
#: One row per error. standing: one of the three above. since: when it was found first; of one that is mended, too.
SCHEMA: dict[str, pl.DataType] = {
    "standing": pl.String(),
    "since": pl.Datetime("us", "UTC"),
    "table": pl.String(),
    "sourcedId": pl.String(),
    "field": pl.String(),
    "rule": pl.String(),
    "message": pl.String(),
}
_SAME = ("table", "sourcedId", "field", "rule", "unnamed")


def compare(checked: Checked, before: pl.DataFrame | None, *, at: datetime) -> pl.DataFrame:
    """All errors of this judgement and those that are mended since the one before, as ``SCHEMA``.

    before: the same of the sync before; null if there is none: then all is new. at: the moment of this judgement. What
    a delivery does not speak of is neither found anew nor mended: it stays open.
    """
    last = pl.DataFrame(schema=SCHEMA) if before is None else before.filter(pl.col("standing") != MENDED)
    found = checked.findings.errors().filter(pl.col("table").is_not_null())
    now = _told_apart(found.select("table", "sourcedId", "field", "rule", "message").collect())
    last = _told_apart(last).unique(_SAME, keep="first", maintain_order=True)
    here = now.join(
        last.select(*_SAME, "since"), on=_SAME, how="left", nulls_equal=True, maintain_order="left"
    ).with_columns(standing=pl.when(pl.col("since").is_null()).then(pl.lit(NEW)).otherwise(pl.lit(OPEN)))
    gone = last.join(now, on=_SAME, how="anti", nulls_equal=True, maintain_order="left")
    gone = gone.with_columns(standing=pl.when(_spoken_of(checked, gone)).then(pl.lit(MENDED)).otherwise(pl.lit(OPEN)))
    moment = pl.lit(at).cast(SCHEMA["since"])
    return pl.concat(
        [frame.select(pl.col(name).cast(kind) for name, kind in SCHEMA.items()) for frame in (here, gone)]
    ).with_columns(pl.col("since").fill_null(moment))


def counts(standing: pl.DataFrame) -> dict[str, int]:
    """How many errors are new, open and mended."""
    found = dict(standing.group_by("standing").len().iter_rows())
    return {name: found.get(name, 0) for name in (NEW, OPEN, MENDED)}


def _told_apart(errors: pl.DataFrame) -> pl.DataFrame:
    return errors.with_columns(unnamed=pl.when(pl.col("sourcedId").is_null()).then(pl.col("message")))


def _spoken_of(checked: Checked, errors: pl.DataFrame) -> pl.Series:
    """Whether this delivery says anything about the record of each error: its table came complete, or the record is
    among the changes.
    """
    spoken = pl.repeat(False, len(errors), eager=True, dtype=pl.Boolean)
    keys = errors.select(hashed("sourcedId")).to_series()
    for name, page in checked.pages.items():
        came = pl.lit(True) if page.setting.mode == "bulk" else keys.is_in(page.key.drop_nulls().implode())
        spoken |= errors.select((pl.col("table") == name) & came).to_series().fill_null(False)
    return spoken
