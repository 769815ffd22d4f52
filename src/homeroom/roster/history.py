"""What became of a record: which sync or person made or changed it, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from homeroom.audit.models import Event
from homeroom.districts.permissions import DistrictRequest
from homeroom.roster import beside
from homeroom.roster.models import Record


@dataclass(frozen=True)
class Entry:
    """One thing that happened. who: "" where it was not a person. href: "" where there is no page for it."""

    at: datetime
    who: str
    what: str
    href: str = ""


def of_record(request: DistrictRequest, record: Record, kind: str) -> list[Entry]:
    """Newest first. kind: as the events name the record."""
    events = Event.objects.filter(district_id=record.district_id, target_kind=kind, target_id=str(record.key))
    by_people = [Entry(event.at, event.actor_name, _as_sentence(event.sentence)) for event in events]
    return sorted([*by_people, *_by_syncs(request, record)], key=lambda entry: entry.at, reverse=True)


def _by_syncs(request: DistrictRequest, record: Record) -> list[Entry]:
    """A record knows the sync that created it and the one that changed it last."""
    first, last = record.first_sync_id, record.last_sync_id
    changed = "Changed by" if record.is_active else "Ended or changed by"
    done = {last: changed, first: "Created by"} if last != first else {first: "Created by"}
    made = [(words, beside.sync(request, sync_id)) for sync_id, words in done.items() if sync_id is not None]
    return [Entry(one.at, "", f"{words} {one.label}", one.href) for words, one in made if one]


def _as_sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
