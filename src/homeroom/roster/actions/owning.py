"""Whose records are they, when the rostering method of a district changes? Part of its change."""

from __future__ import annotations

from homeroom.districts.models import District, Method
from homeroom.roster import store


def take_over(district: District, before: str) -> dict[str, int]:
    """In a district that is self-serve from now on, what syncs had brought is its own."""
    if district.is_automated or not Method(before).is_automated:
        return {}
    return store.own(district)
