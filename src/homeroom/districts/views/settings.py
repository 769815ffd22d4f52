"""What a district sets for itself: its school years. What the publisher set stands beside it, to be read."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from homeroom.districts import actions
from homeroom.districts.forms import LimitsForm, SchoolYearForm, TimeZoneForm, posted
from homeroom.districts.models import District, SchoolYear
from homeroom.districts.permissions import DistrictRequest, allowed


@allowed("settings.read")
def settings(request: DistrictRequest) -> HttpResponse:
    context = {
        **years_of(request.district),
        "limits": LimitsForm.of(request.district),
        "may_change": request.may("years.change"),
        "may_change_time_zone": request.may("time-zone.change"),
    }
    return render(request, "districts/settings.html", context)


def years_of(district: District) -> dict[str, Any]:
    """What the table of school years shows."""
    return {
        "years": SchoolYear.objects.filter(district=district),
        "current": SchoolYear.current(district, district.today()),
    }


@allowed("time-zone.change")
def change_time_zone(request: DistrictRequest) -> HttpResponse:
    form = TimeZoneForm(posted(request), initial={"time_zone": request.district.time_zone})
    if form.carries_out(lambda said: actions.change_time_zone(by=request.user, district=request.district, **said)):
        messages.success(request, f"Dates and times are those of {request.district.time_zone} now.")
        return redirect("settings", request.district.slug)
    return render(request, "districts/time_zone.html", {"form": form})


@allowed("years.change")
def add_school_year(request: DistrictRequest) -> HttpResponse:
    form = SchoolYearForm(posted(request))
    if form.carries_out(lambda said: actions.add_school_year(by=request.user, district=request.district, **said)):
        messages.success(request, f"Added the school year {form.cleaned_data['name']}.")
        return redirect("settings", request.district.slug)
    return render(request, "districts/school_year.html", {"form": form, "heading": "Add a school year"})


@allowed("years.change")
def change_school_year(request: DistrictRequest, year: int) -> HttpResponse:
    school_year = get_object_or_404(SchoolYear.objects.filter(district=request.district), pk=year)
    form = SchoolYearForm(posted(request), initial=SchoolYearForm.of(school_year))
    if form.carries_out(lambda said: _change(request, school_year, said)):
        messages.success(request, f"Saved the school year {form.cleaned_data['name']}.")
        return redirect("settings", request.district.slug)
    heading = f"School year {school_year.name}"
    return render(request, "districts/school_year.html", {"form": form, "heading": heading})


def _change(request: DistrictRequest, year: SchoolYear, said: dict[str, Any]) -> SchoolYear:
    return actions.change_school_year(by=request.user, district=request.district, year=year, **said)
