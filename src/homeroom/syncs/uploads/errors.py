"""The errors of an upload, as its page shows them: grouped by cause, with rows to look at. From the findings that are
kept, which name each value and never a password.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from homeroom.engine.findings import PUBLIC
from homeroom.engine.rule import Consequence
from homeroom.syncs import storage
from homeroom.syncs.models import Sync
from homeroom.syncs.uploads.remedies import remedy_of

EXAMPLES = 3
#: A cell of the findings that a spreadsheet would have run has an apostrophe in front (engine.sync_reports.safe).
_MADE_SAFE = r"^'([=+\-@\t\r])"


@dataclass(frozen=True)
class Error:
    """One error. record: the ID of the person in the file; "" where there is none. says: what is wrong and right."""

    row: int | None
    record: str
    says: str


@dataclass(frozen=True)
class Cause:
    """What is wrong in the same way in several rows. column: "" where it is about none. examples: the first errors."""

    rule: str
    column: str
    count: int
    remedy: str
    examples: list[Error]

    @property
    def address(self) -> str:
        """The name of this cause in an address."""
        return f"{self.column}/{self.rule}"

    @property
    def further(self) -> int:
        return self.count - len(self.examples)


def causes_of(sync: Sync) -> list[Cause]:
    """What to mend, the costliest first. Without examples where the findings are no longer kept."""
    found = _examples(storage.findings_file(sync))
    return [
        Cause(
            rule=told["rule"],
            column=told["field"] or "",
            count=told["findings"],
            remedy=remedy_of(told["rule"], told["remedy"]),
            examples=found.get((told["field"] or "", told["rule"]), []),
        )
        for told in sync.report.get("causes", ())
    ]


def page_of(sync: Sync, cause: Cause, *, number: int, size: int) -> list[Error]:
    """The errors of one cause on this page, by row."""
    path = storage.findings_file(sync)
    if path is None:
        return []
    of_cause = _errors(path).filter(pl.col("field") == cause.column, pl.col("rule") == cause.rule)
    return _as_errors(of_cause.slice((number - 1) * size, size).collect())


def _examples(path: Path | None) -> dict[tuple[str, str], list[Error]]:
    if path is None:
        return {}
    first = _errors(path).group_by("field", "rule", maintain_order=True).head(EXAMPLES).collect()
    groups = first.partition_by("field", "rule", as_dict=True)
    return {(str(field), str(rule)): _as_errors(group) for (field, rule), group in groups.items()}


def _errors(path: Path) -> pl.LazyFrame:
    """``line``, ``sourcedId``, ``field``, ``rule`` and ``message`` of each error, by row; without nulls but in line."""
    schema = {name: pl.UInt32 if name == "line" else pl.String for name in PUBLIC}
    found = pl.scan_csv(path, schema=schema).filter(pl.col("consequence") == Consequence.REFUSES.value)
    texts = [pl.col(name).str.replace(_MADE_SAFE, "$1").fill_null("") for name in ("sourcedId", "message")]
    return found.sort("line", maintain_order=True).with_columns(*texts, pl.col("field").fill_null(""))


def _as_errors(found: pl.DataFrame) -> list[Error]:
    return [Error(*row) for row in found.select("line", "sourcedId", "message").iter_rows()]
