"""The last nights as a small picture: a bar for each, as high as many records were refused, of its status's colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format

from homeroom.syncs.models import Sync
from homeroom.syncs.shown import Shown

NIGHTS = 30
HEIGHT = 40
_STEP = 8
#: A night on which nothing was refused is still seen.
_LEAST = 3


@dataclass(frozen=True)
class Bar:
    """Where the bar of one sync stands in the picture; kind: of its status; says: what it is, for people."""

    x: int
    y: int
    height: int
    kind: str
    says: str


@dataclass(frozen=True)
class Picture:
    """Bars from the oldest sync to the newest. says: the picture in a sentence, for who does not see it."""

    bars: tuple[Bar, ...]
    width: int
    says: str


def picture_of(syncs: Sequence[Sync]) -> Picture | None:
    """Of these syncs, newest first, all of which have ended; null for fewer than two, which make no picture."""
    if len(syncs) < 2:
        return None
    shown = [Shown(sync) for sync in reversed(syncs[:NIGHTS])]
    refused = [one.totals.get("refused", 0) for one in shown]
    most = max(refused)
    bars = tuple(_bar(place, one, count, most) for place, (one, count) in enumerate(zip(shown, refused, strict=True)))
    failed = sum(one.status_kind == "bad" for one in shown)
    says = (
        f"The last {len(bars)} syncs of the days shown: {failed} failed; at most {most:,} records were refused, "
        f"in the last one {refused[-1]:,}."
    )
    return Picture(bars, len(bars) * _STEP, says)


def _bar(place: int, shown: Shown, refused: int, most: int) -> Bar:
    height = _LEAST + round((HEIGHT - _LEAST) * refused / most) if most else _LEAST
    if shown.status_kind == "bad":
        height = HEIGHT
    day = date_format(timezone.localtime(shown.sync.created_at), "M j, g:i A")
    says = f"{day}: {shown.sync.get_state_display()}, {refused:,} refused"
    return Bar(place * _STEP, HEIGHT - height, height, shown.status_kind, says)
