"""Changes to districts themselves. Operators only."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from homeroom.accounts.models import User
from homeroom.audit.recording import Target, record
from homeroom.districts import Refused, scope
from homeroom.districts.actions.acting import acting
from homeroom.districts.models import District, Method, Profile
from homeroom.engine.guard import Limits


def create_district(
    *, by: User, name: str, method: str, time_zone: str, slug: str = "", profile: str = Profile.PUBLISHER
) -> District:
    """A new district. slug: how it is called in addresses; made of the name if none is given."""
    if not by.is_operator:
        raise Refused("Only operators create districts.")
    district = District(name=name.strip(), slug=slug or slugify(name)[:60], method=method, profile=profile)
    district.time_zone = time_zone
    _check(district)
    with transaction.atomic():
        if District.objects.filter(slug=district.slug).exists():
            raise Refused(f"There is a district with the short name “{district.slug}” already. Please choose another.")
        district.save()
        with scope.within(district.pk):
            _record(by, "district.created", district, method=district.method)
    return district


def _check(district: District) -> None:
    if not district.name:
        raise Refused("Please write the district's name.")
    if not district.slug or slugify(district.slug) != district.slug:
        raise Refused("The short name has small letters from a to z, digits and hyphens only.")
    if district.time_zone not in available_timezones():
        raise Refused("Please choose a time zone from the list, such as America/Chicago.")
    if district.method not in Method.values:
        raise Refused("Please choose one of the rostering methods.")
    if district.profile not in Profile.values:
        raise Refused("Please choose one of the profiles.")


def change_limits(*, by: User, district: District, limits: Limits) -> District:
    """The district with other limits of the guard."""
    with acting(by, district, "district.change"):
        before = district.limits
        if not (0 <= limits.removed_share <= 1 and 0 <= limits.updated_share_of_users <= 1):
            raise Refused("A share lies between 0 and 100 %.")
        if limits.removed_at_least < 0:
            raise Refused("The number of records cannot be below 0.")
        district.limits = {
            "removed_share": limits.removed_share,
            "removed_at_least": limits.removed_at_least,
            "updated_share_of_users": limits.updated_share_of_users,
        }
        district.save(update_fields=["limits"])
        _record(by, "district.limits-changed", district, before=before, after=district.limits)
    return district


def change_time_zone(*, by: User, district: District, time_zone: str) -> District:
    """The district with another time zone: of the dates on its pages, of "today", and of its nights, the next one
    included, which keeps its time of the clock.
    """
    with acting(by, district, "time-zone.change"):
        before, district.time_zone = district.time_zone, time_zone
        _check(district)
        due_at = District.objects.select_for_update().values_list("due_at", flat=True).get(pk=district.pk)
        district.due_at = due_at and _of_the_same_clock(due_at, before, time_zone)
        district.save(update_fields=["time_zone", "due_at"])
        _record(by, "district.time-zone-changed", district, before=before, after=time_zone)
    return district


def _of_the_same_clock(moment: datetime, zone: str, other: str) -> datetime:
    """When the clock of the other zone shows that time; a day later where that is over."""
    there = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=ZoneInfo(other))
    return there if there > timezone.now() else there + timedelta(days=1)


def close_district(*, by: User, district: District) -> District:
    """The district, closed: its people no longer get in and nothing is synced. Everything stays stored."""
    return _close(by=by, district=district, is_closed=True)


def reopen_district(*, by: User, district: District) -> District:
    """The district, open again, with everything it had."""
    return _close(by=by, district=district, is_closed=False)


def _close(*, by: User, district: District, is_closed: bool) -> District:
    with acting(by, district, "district.change"):
        if district.is_closed == is_closed:
            raise Refused(f"{district} is already {'closed' if is_closed else 'open'}.")
        district.is_closed = is_closed
        district.save(update_fields=["is_closed"])
        _record(by, "district.closed" if is_closed else "district.reopened", district)
    return district


def _record(by: User, what: str, district: District, **detail: object) -> None:
    target = Target("district", district.pk, district.name)
    record(by=by, what=what, district_id=district.pk, target=target, detail=detail)
