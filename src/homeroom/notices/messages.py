"""What do notices say? Pure: counts, states and links in, texts out. Nothing that comes in is about a pupil."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from homeroom.notices.models import Occasion

_HEADLINES = {
    Occasion.FAILED: "a sync failed",
    Occasion.HELD: "a sync is held for review",
    Occasion.ERRORS: "a sync completed with errors",
    Occasion.NOTHING_CAME: "no delivery came",
    Occasion.WELL: "the roster is up to date again",
}
_MEANINGS = {
    Occasion.FAILED: "Nothing was changed: the roster is as it was before.",
    Occasion.HELD: "Nothing is changed until somebody approves or discards it. Please look at what would change.",
    Occasion.ERRORS: "Everything else was taken. The sync reports say which records were refused, and why.",
    Occasion.NOTHING_CAME: "The roster is as it was. Please see whether your system still sends it.",
}
_STATUSES = {
    Occasion.FAILED: "Failed",
    Occasion.HELD: "Held for Review",
    Occasion.ERRORS: "Completed with Errors",
}

MOST_TOLD = 20


@dataclass(frozen=True)
class Publisher:
    """In whose name is written, and whom readers may ask."""

    product: str
    support_text: str = ""
    support_link: str = ""


@dataclass(frozen=True)
class Place:
    """The district that is told about. href: of the page where its members choose their notices."""

    name: str
    slug: str
    zone: str
    href: str


@dataclass(frozen=True)
class Told:
    """One notice. href: of the page that tells more."""

    occasion: Occasion
    at: datetime
    href: str
    sync_id: int | None = None
    reason: str = ""
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    new_errors: int | None = None

    @property
    def refused(self) -> int:
        return sum(of_kind.get("refused", 0) for of_kind in self.counts.values())

    @property
    def left_out(self) -> int:
        return sum(of_kind.get("left_out", 0) for of_kind in self.counts.values())


@dataclass(frozen=True)
class Letter:
    subject: str
    text: str


@dataclass(frozen=True)
class Standing:
    """One district in the operators' digest: what is wrong there, and since when."""

    district: str
    occasion: Occasion
    since: datetime
    href: str
    reason: str = ""


def letter(told: Sequence[Told], place: Place, publisher: Publisher) -> Letter:
    """One e-mail with all of these, the newest first, since that is how it stands; of very many, the last."""
    in_order = sorted(told, key=lambda one: one.at, reverse=True)
    subject = f"{place.name}: {_HEADLINES[in_order[0].occasion]}{_and_earlier(len(in_order) - 1)}"
    earlier = len(in_order) - MOST_TOLD
    parts = [place.name, *(_paragraph(one, place.zone) for one in in_order[:MOST_TOLD])]
    if earlier > 0:
        parts.append(f"And {earlier:,} before these; the page of sync reports has them all.")
    parts.append(
        f"You get this because you look after {place.name} in {publisher.product}. To choose what you hear of:\n"
        f"{place.href}"
    )
    return Letter(_one_line(subject), _letter_text(parts, publisher))


def digest(standings: Sequence[Standing], publisher: Publisher) -> Letter:
    """The operators' e-mail about all districts; there is at least one standing."""
    counted = [
        f"{sum(one.occasion == occasion for one in standings):,} {words}"
        for occasion, words in (
            (Occasion.FAILED, "failed"),
            (Occasion.HELD, "held for review"),
            (Occasion.NOTHING_CAME, "without a delivery"),
        )
        if any(one.occasion == occasion for one in standings)
    ]
    parts = [
        f"{one.district}: {_HEADLINES[one.occasion]}, since {one.since:%Y-%m-%d %H:%M} UTC.\n"
        + (f"{one.reason}\n" if one.reason else "")
        + one.href
        for one in sorted(standings, key=lambda one: (list(Occasion).index(one.occasion), one.district))
    ]
    return Letter(_one_line(f"{publisher.product}: districts: {', '.join(counted)}"), _letter_text(parts, publisher))


def payload(told: Told, place: Place, *, number: int) -> dict[str, Any]:
    """What a webhook is sent, as JSON has it. number: of the notice."""
    sync = None
    if told.sync_id is not None:
        sync = {"number": told.sync_id, "status": _status(told), "counts": told.counts}
    return {
        "notice": number,
        "occasion": told.occasion.value,
        "at": told.at.isoformat(),
        "district": {"name": place.name, "slug": place.slug},
        "sync": sync,
        "reason": told.reason,
        "new_errors": told.new_errors,
        "href": told.href,
    }


def _status(told: Told) -> str:
    """In the words of the Sync Reports page."""
    completed = _STATUSES[Occasion.ERRORS] if told.refused else "Completed"
    return _STATUSES.get(told.occasion, completed)


def _and_earlier(notices: int) -> str:
    return f" (and {notices:,} earlier {'notice' if notices == 1 else 'notices'})" if notices else ""


def _paragraph(told: Told, zone: str) -> str:
    at = told.at.astimezone(ZoneInfo(zone))
    what = _HEADLINES[told.occasion].capitalize()
    number = "" if told.sync_id is None else f" (sync {told.sync_id})"
    lines = [f"{what}{number}, {at:%B} {at.day}, {at:%Y, %H:%M} {zone}."]
    if told.occasion in (Occasion.ERRORS, Occasion.WELL):
        lines.append(_taken(told))
    lines += [line for line in (told.reason, _MEANINGS.get(told.occasion)) if line]
    return "\n".join([*lines, told.href])


def _taken(told: Told) -> str:
    """What of the delivery was not taken: a sync that ends a failure may have errors, too."""
    if told.sync_id is None:
        return "A later night got in, and nothing new had come."
    left_out = {0: "", 1: " 1 record was left out: it belongs to a school that is not onboarded."}.get(
        told.left_out, f" {told.left_out:,} records were left out: they belong to schools that are not onboarded."
    )
    return f"{_errors(told)}{left_out}"


def _errors(told: Told) -> str:
    if not told.refused:
        return "No record was refused."
    refused = "1 record was refused" if told.refused == 1 else f"{told.refused:,} records were refused"
    if told.new_errors is None:
        return f"{refused}."
    new = {0: "none of the errors is new", 1: "1 error is new"}.get(
        told.new_errors, f"{told.new_errors:,} errors are new"
    )
    return f"{refused}; {new}."


def _letter_text(parts: Sequence[str], publisher: Publisher) -> str:
    support = " ".join(part for part in (publisher.support_text, publisher.support_link) if part)
    return "\n\n".join([*parts, *([f"Questions? {support}"] if support else [])]) + "\n"


def _one_line(text: str) -> str:
    """A header of an e-mail has no line breaks."""
    return " ".join(text.split())
