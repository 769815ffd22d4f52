"""How did it go? A report: counts by kind of record and by cause, plain data. It holds nothing about a pupil, so it may
travel.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import polars as pl

from homeroom.engine.diff import Changes
from homeroom.engine.findings import OWN_CAUSE
from homeroom.engine.guard import Verdict
from homeroom.engine.hashes import not_among
from homeroom.engine.ledger import NO_IDS, Page
from homeroom.engine.rule import Consequence
from homeroom.engine.rules import RULES_BY_ID
from homeroom.engine.rules.onboarding import SCHOOL
from homeroom.engine.validate import Checked

_MOST_REASONS = 20


class Status(StrEnum):
    """How a sync ended, in the words of the Sync Reports page."""

    COMPLETED = "Completed"
    WITH_ERRORS = "Completed with Errors"
    FAILED = "Failed"


@dataclass(frozen=True)
class TableCounts:
    """One delivered table. rows: without header and blank lines; accepted + refused + left_out = rows.

    The last five are null where there is no earlier roster to compare with. unchanged: records that came and are as
    they were. kept: records that stay as they were because their row was refused, left out or could not be read, or
    because somebody's could not.
    """

    table: str
    file: str
    rows: int
    accepted: int
    refused: int
    left_out: int
    created: int | None = None
    updated: int | None = None
    unchanged: int | None = None
    deactivated: int | None = None
    kept: int | None = None


@dataclass(frozen=True)
class Cause:
    """One root of findings: a rule broken in one column of one table, and all that it cost.

    records: how many records of each table it refused, its own and those that depend on them. findings: how often it
    was found in its own place. left_out: records that were left out for it.
    """

    rule: str
    table: str | None
    field: str | None
    consequence: str
    findings: int
    records: dict[str, int]
    left_out: dict[str, int]
    remedy: str

    @property
    def total(self) -> int:
        return sum(self.records.values()) + sum(self.left_out.values())


@dataclass(frozen=True)
class Report:
    """The outcome in figures. reasons: why a failed delivery failed; remedies: what to do about it. causes: the
    costliest first. notes: cleared values, then notes. breaches: why the guard would hold it, in words.
    """

    status: Status
    format: str
    version: str
    profile: str
    reasons: tuple[str, ...]
    remedies: tuple[str, ...]
    tables: tuple[TableCounts, ...]
    causes: tuple[Cause, ...]
    notes: tuple[Cause, ...]
    breaches: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The report as plain lists and dictionaries, under the names of the fields."""
        return asdict(self)


def summarise(checked: Checked, changes: Changes | None = None, verdict: Verdict | None = None) -> Report:
    """The report of one judgement; changes and verdict where there was an earlier roster."""
    causes = _causes(checked)
    errors = tuple(cause for cause in causes if cause.consequence == Consequence.REFUSES)
    completed = Status.WITH_ERRORS if errors else Status.COMPLETED
    stops = (
        checked.findings.rows.filter(pl.col("consequence") == Consequence.STOPS.value)
        .select("rule", "message")
        .collect()
    )
    return Report(
        status=Status.FAILED if checked.stopped else completed,
        format=checked.snapshot.format,
        version=checked.snapshot.version,
        profile=checked.profile.name,
        reasons=_told(tuple(stops["message"].unique(maintain_order=True))),
        remedies=tuple(dict.fromkeys(RULES_BY_ID[rule].remedy for rule in stops["rule"])),
        tables=tuple(_counts(page, changes) for page in checked.pages.values()),
        causes=errors,
        notes=tuple(cause for cause in causes if cause.consequence in (Consequence.CLEARS, Consequence.NOTES)),
        breaches=verdict.sentences if verdict else (),
    )


def _told(reasons: tuple[str, ...]) -> tuple[str, ...]:
    """The reasons, or the first of them and how many more there are: a row each may be too many to read."""
    more = len(reasons) - _MOST_REASONS
    return reasons if more <= 0 else (*reasons[:_MOST_REASONS], f"And {more:,} more; --findings writes them all.")


def _counts(page: Page, changes: Changes | None) -> TableCounts:
    unreadable = page.unreadable_rows
    rows = len(page.frame) + unreadable
    left_out = int(page.silent.sum())
    refused = int((page.refused & ~page.silent).sum()) + unreadable
    plain = TableCounts(page.name, page.part.file, rows, rows - refused - left_out, refused, left_out)
    if changes is None:
        return plain
    change = changes.tables[page.name]
    # Only what was there before can be kept; with nothing before, ten million keys need not be looked for.
    there = change.after.keys if change.before and change.after else NO_IDS
    kept = not_among(there, page.hand_over()["key"])
    unchanged = change.unchanged - len(kept)
    if page.setting.mode == "delta":
        # What a delta does not mention did not come: it is neither unchanged nor kept.
        mentioned = pl.concat([page.key, page.unreadable["key"]]).drop_nulls()
        kept = kept.filter(kept.is_in(mentioned.implode()))
    return TableCounts(
        **asdict(plain)
        | {
            "created": len(change.created),
            "updated": len(change.updated),
            "unchanged": unchanged,
            "deactivated": len(change.removed),
            "kept": len(kept),
        }
    )


def _causes(checked: Checked) -> list[Cause]:
    """All causes, the costliest first; among equals in the order of judgement."""
    per_cause = (
        checked.findings.rows.filter(pl.col("consequence") != Consequence.STOPS.value)
        .with_columns(record=pl.struct("file", "line"))
        .group_by("cause", "consequence", "table", maintain_order=True)
        .agg(
            records=pl.col("record").n_unique(),
            findings=pl.col("count").filter(pl.col("cause") == OWN_CAUSE).sum(),
        )
        .collect()
    )
    causes = [
        _cause(checked, str(name), str(consequence), group)
        for (name, consequence), group in per_cause.group_by("cause", "consequence", maintain_order=True)
    ]
    return sorted(
        causes, key=lambda cause: -(cause.total if cause.consequence == Consequence.REFUSES else cause.findings)
    )


def _cause(checked: Checked, name: str, consequence: str, group: pl.DataFrame) -> Cause:
    table, place = name.split("/", maxsplit=1)
    field, rule = place.rsplit("/", maxsplit=1)  # a metadata column may have a slash in its name
    left_out = {}
    if rule == SCHOOL.id:
        left_out = {page.name: count for page in checked.pages.values() if (count := int(page.silent.sum()))}
    return Cause(
        rule=rule,
        table=table or None,
        field=field or None,
        consequence=consequence,
        findings=int(group["findings"].sum()),
        records=dict(zip(group["table"], group["records"], strict=True)) if consequence == Consequence.REFUSES else {},
        left_out=left_out,
        remedy=RULES_BY_ID[rule].remedy,
    )


def examples(checked: Checked) -> dict[tuple[str, str], tuple[str | None, int | None, str]]:
    """For each cause and consequence the first place where it was found itself: file, line and message.

    Unlike a report, an example may show a value, so it stays with the district.
    """
    first = (
        checked.findings.rows.filter(pl.col("cause") == OWN_CAUSE)
        .group_by("cause", "consequence", maintain_order=True)
        .agg(pl.col("file").first(), pl.col("line").first(), pl.col("message").first())
        .collect()
    )
    return {
        (cause, consequence): (file, line, message) for cause, consequence, file, line, message in first.iter_rows()
    }
