"""A sync in words and figures, as its pages show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.utils import timezone
from django.utils.formats import date_format

from homeroom.engine.sync_reports import SUFFIX
from homeroom.engine.words import counted, listed, plural_of
from homeroom.roster.models import KINDS
from homeroom.syncs import storage
from homeroom.syncs.models import State, Sync
from homeroom.syncs.pipeline import OTHER_DIGEST

FIGURES = ("created", "updated", "unchanged", "deactivated", "refused", "left_out")
_KINDS_OF_STATUS = {
    State.QUEUED: "going",
    State.PROCESSING: "going",
    State.UNDOING: "going",
    State.HELD: "attention",
    State.COMPLETED: "good",
    State.WITH_ERRORS: "attention",
    State.FAILED: "bad",
}
NOT_ONBOARDED = "school-not-onboarded"
_SIZES = (("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10))

Value = TypeVar("Value")
Examples = Mapping[tuple[str, str], tuple[str | None, int | None, str]]


def in_words(size_bytes: int) -> str:
    """A size as people say it: "2 GB", "340 KB"."""
    for unit, size in _SIZES:
        if size_bytes >= size:
            return f"{size_bytes / size:.3g} {unit}"
    return f"{size_bytes} bytes"


def label_of(table: str) -> str:
    """What a kind of record is called in the head of a row."""
    plural = plural_of(table)
    return plural[:1].upper() + plural[1:]


@dataclass(frozen=True)
class Cause:
    """Why records were refused, or what was noticed. example: what is said at the first place; where: that place.

    report: the name of the file that has each of the records.
    """

    count: int
    place: str
    rule: str
    where: str
    example: str
    refused: str
    left_out: str
    remedy: str
    report: str


@dataclass(frozen=True)
class Shown:
    """One sync with all that a list says of it."""

    sync: Sync

    @property
    def status_kind(self) -> str:
        """The kind of status tag; the tag also says it in words."""
        return _KINDS_OF_STATUS.get(State(self.sync.state), "plain")

    @property
    def percent(self) -> int | None:
        """How much of the work is done; None where that is not known yet."""
        return min(99, 100 * self.sync.steps_done // self.sync.steps) if self.sync.steps else None

    @property
    def totals(self) -> dict[str, int]:
        """Over all kinds of record, one number for each of FIGURES; empty where nothing was counted."""
        counts = self.sync.counts.values()
        return {figure: sum(kind.get(figure, 0) for kind in counts) for figure in FIGURES} if counts else {}

    @property
    def figures(self) -> list[tuple[str, int]]:
        """The totals with what stands above them."""
        return _with_heads(self.totals) if self.totals else []

    @property
    def counts(self) -> list[tuple[str, list[tuple[str, int]]]]:
        """For each kind of record its name and its figures; kinds of which there are none are left out."""
        rows = [(label_of(table), _with_heads(kind)) for table, kind in self._kinds()]
        return [(label, figures) for label, figures in rows if any(figure for _, figure in figures)]

    @property
    def changed(self) -> list[tuple[str, str, str]]:
        """Kinds of record, kinds of change, and in words how many of them there are: "12 users"."""
        kinds = [(table, change, kind.get(change, 0)) for change in FIGURES for table, kind in self._kinds()]
        return [
            (table, change, counted(count, table))
            for table, change, count in kinds
            if count and change in ("created", "updated", "deactivated")
        ]

    @property
    def breaches(self) -> list[str]:
        """Why it is held: each limit that it crosses, in the words that were stored with it."""
        return [str(breach) for breach in self.sync.breaches] or [self.sync.reason]

    @property
    def is_held_anew(self) -> bool:
        """It was approved, but other records would change by now."""
        return self.sync.reason == OTHER_DIGEST

    @property
    def report_names(self) -> list[str]:
        """The names of the report files that can be downloaded."""
        return [path.name for path in storage.report_files(self.sync)] if self.sync.has_files else []

    @property
    def size(self) -> str:
        """The delivery's size as it arrived."""
        return in_words(self.sync.delivery_bytes)

    @property
    def remedies(self) -> list[str]:
        """What to do about a delivery that could not be taken."""
        return list(self.sync.report.get("remedies", ()))

    def _kinds(self) -> list[tuple[str, dict[str, int]]]:
        return _in_order(self.sync.counts)


def _in_order(by_table: Mapping[str, Value]) -> list[tuple[str, Value]]:
    """In the order of judgement, which a JSON column does not keep."""
    order = list(KINDS)
    return sorted(by_table.items(), key=lambda one: order.index(one[0]) if one[0] in order else len(order))


def _with_heads(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Each of FIGURES with what stands above its column."""
    return [(figure.replace("_", " ").capitalize(), counts.get(figure, 0)) for figure in FIGURES]


def causes_of(sync: Sync, examples: Examples) -> list[Cause]:
    """What to mend, the costliest first."""
    return [_cause(told, examples, has_rows=not sync.has_pages) for told in sync.report.get("causes", ())]


def notes_of(sync: Sync, examples: Examples) -> list[Cause]:
    """What was noticed beside, and refused nothing; values that were left empty first."""
    return [_cause(told, examples, has_rows=not sync.has_pages) for told in sync.report.get("notes", ())]


def last_in_words() -> str:
    """How the district's last sync stands, for Manage; "" where there was none."""
    last = Sync.of_rosters.only("state", "created_at").first()
    if last is None:
        return ""
    return f"Last: {last.get_state_display()}, {date_format(timezone.localtime(last.created_at), 'M j, g:i A')}"


def has_schools_not_onboarded(sync: Sync) -> bool:
    """Whether schools came of which the publisher does not take records."""
    return any(told["rule"] == NOT_ONBOARDED for told in sync.report.get("causes", ()))


def _cause(told: Mapping[str, Any], examples: Examples, *, has_rows: bool) -> Cause:
    table, field, rule = told["table"] or "", told["field"] or "", told["rule"]
    file, line, message = examples.get((f"{table}/{field}/{rule}", told["consequence"]), (None, None, ""))
    # The pages of a provider are files to us, and nobody can look a row of them up.
    places = [file or "", f"row {line:,}" if line is not None and line > 1 else ""] if has_rows else []
    return Cause(
        count=sum(told["records"].values()) + sum(told["left_out"].values()) or told["findings"],
        place=" · ".join(part for part in (table, field) if part) or "The delivery",
        rule=rule,
        where=", ".join(place for place in places if place),
        example=message,
        refused=listed(told["records"]),
        left_out=listed(told["left_out"]),
        remedy=told["remedy"],
        report=f"{table}{SUFFIX}",
    )
