"""The schools of a district, as the publisher sees them, and one of them."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render

from homeroom.districts.forms import Filters, SchoolFilters, SchoolSearch
from homeroom.districts.models import Role, School
from homeroom.districts.permissions import DistrictRequest, allowed
from homeroom.districts.searching import stands_in
from homeroom.districts.views import lists
from homeroom.districts.views.manage import roster_tiles


@allowed("district.read")
def schools(request: DistrictRequest) -> HttpResponse:
    filters = SchoolFilters(request.GET) if request.district.is_automated else SchoolSearch(request.GET)
    sort = lists.order(request, "name")
    found = matching(request.rights.schools(), filters).order_by(sort, "pk")
    context = {"schools": lists.page(request, found), "filters": filters, "sort": sort}
    return render(request, "districts/schools.html", context)


def matching(schools: QuerySet[School], filters: Filters) -> QuerySet[School]:
    """Those of the schools that the filters let through."""
    chosen = filters.chosen
    if "q" in chosen:
        schools = schools.filter(stands_in(("name", "source_id"), chosen["q"]))
    if "status" in chosen:
        schools = schools.filter(is_onboarded=chosen["status"] == "onboarded")
    return schools


@allowed("district.read")
def school(request: DistrictRequest) -> HttpResponse:
    context = {
        "school": request.school,
        "tiles": roster_tiles(request, request.school) if request.school else [],
        "members": request.rights.members().filter(schools=request.school, role=Role.SCHOOL_ADMIN),
        "may_see_people": request.may("people.read"),
        "may_invite": request.may("people.invite_school_admins"),
        "may_upload": request.may("uploads.send"),
    }
    return render(request, "districts/school.html", context)
