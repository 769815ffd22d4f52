"""What an action left in the audit."""

from __future__ import annotations

from homeroom.audit.models import Event
from homeroom.districts import scope
from homeroom.districts.models import District


def events(district: District) -> list[tuple[str, str, str]]:
    """Who did what to what, the oldest first."""
    with scope.within(district.pk):
        found = Event.objects.filter(district_id=district.pk).order_by("id")
        return [(event.actor_name, event.what, event.target_name) for event in found]


def last_event(district: District) -> tuple[str, str, str]:
    return events(district)[-1]
