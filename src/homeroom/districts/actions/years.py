"""Changes to the school years of a district."""

from __future__ import annotations

from datetime import date

from homeroom.accounts.models import User
from homeroom.audit.recording import Target, record
from homeroom.districts import Refused
from homeroom.districts.actions.acting import acting
from homeroom.districts.models import District, SchoolYear


def add_school_year(*, by: User, district: District, name: str, first_day: date, last_day: date) -> SchoolYear:
    """A new school year. It may not overlap another one."""
    with acting(by, district, "years.change"):
        year = SchoolYear(district=district, name=name.strip(), first_day=first_day, last_day=last_day)
        _check(year)
        year.save()
        _record(by, "school-year.added", year)
    return year


def change_school_year(
    *, by: User, district: District, year: SchoolYear, name: str, first_day: date, last_day: date
) -> SchoolYear:
    """The school year with another name or other days. Its classes stay with it."""
    with acting(by, district, "years.change"):
        changed = SchoolYear.objects.get(pk=year.pk)
        changed.name, changed.first_day, changed.last_day = name.strip(), first_day, last_day
        _check(changed)
        changed.save()
        _record(by, "school-year.changed", changed)
    return changed


def _check(year: SchoolYear) -> None:
    if not year.name:
        raise Refused("Please write the school year's name, such as 2026–27.")
    if year.last_day <= year.first_day:
        raise Refused("The last day lies before the first day.")
    others = SchoolYear.objects.filter(first_day__lte=year.last_day, last_day__gte=year.first_day).exclude(pk=year.pk)
    other = others.first()
    if other:
        raise Refused(
            f"It overlaps {other}, which goes from {other.first_day} to {other.last_day}. A day belongs to one school "
            "year only."
        )


def _record(by: User, what: str, year: SchoolYear) -> None:
    detail = {"first_day": str(year.first_day), "last_day": str(year.last_day)}
    target = Target("school year", year.pk, year.name)
    record(by=by, what=what, district_id=year.district_id, target=target, detail=detail)
