"""The classes of a school, as a list and one by one."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from homeroom.districts.models import SchoolYear
from homeroom.districts.permissions import DistrictRequest, allowed
from homeroom.districts.views import lists
from homeroom.roster import belonging, enrolled, history, words
from homeroom.roster.belonging import STUDENT
from homeroom.roster.enrolled import Place
from homeroom.roster.filters import ClassFilters
from homeroom.roster.models import Class, Origin
from homeroom.roster.views.sections import CLASSES, around, around_list, ordered, school_of

_COLUMNS = {"name": ("title",), "grade": ("grades", "title"), "subject": ("subjects", "title")}


@allowed("roster.read")
def classes(request: DistrictRequest) -> HttpResponse:
    found = belonging.classes_of(school_of(request))
    filters = ClassFilters(request.GET, district=request.district, grades=belonging.grades_of(found))
    rows, sort = ordered(request, filters.matching(found), _COLUMNS)
    page = lists.page(request, rows)
    places = enrolled.in_classes(request.district, list(page))
    context = {
        "page": page,
        "rows": [_row(one, places[one.key]) for one in page],
        "has_any": bool(page) or found.exists(),
        "may_change_years": request.may("years.change"),
        "filters": filters,
        "sort": sort,
        "has_year": SchoolYear.current(request.district, request.district.today()) is not None,
    }
    return render(request, "roster/classes.html", around_list(request, CLASSES) | context)


@allowed("roster.read")
def one_class(request: DistrictRequest, class_key: int) -> HttpResponse:
    school = school_of(request)
    found = get_object_or_404(belonging.classes_of(school), key=class_key)
    places = enrolled.in_classes(request.district, [found])[found.key]
    context = {
        "one": found,
        "name": words.name_of_class(found),
        "year": next((year for year in SchoolYear.objects.all() if year.pk == found.school_year_id), None),
        "facts": words.facts(found),
        "teachers": [_person(request, place, "staff-user") for place in places if place.is_teacher],
        "students": [_person(request, place, "student") for place in places if place.enrollment.role == STUDENT],
        "others": [
            _person(request, place, "") for place in places if place.enrollment.role not in (enrolled.TEACHER, STUDENT)
        ],
        "history": history.of_record(request, found, CLASSES.singular),
        "is_synced": found.origin == Origin.SYNC,
    }
    context["may_enroll"] = request.may("roster.change") and found.is_active and not context["is_synced"]
    return render(request, "roster/class.html", around(request, CLASSES) | context)


def _person(request: DistrictRequest, place: Place, page: str) -> dict[str, Any]:
    """A row of one who is in a class. page: the name of that person's page; "" where there is none."""
    person, address = place.person, (request.district.slug, school_of(request).pk)
    is_here = school_of(request).source_id in words.items(person.org_sourced_ids)
    return {
        "href": reverse(page, args=[*address, person.key]) if page and is_here else "",
        "name": words.name_in_lists(person),
        "as_what": place.as_what,
        "grades": words.items(person.grades),
        "email": person.email or "",
        "enrollment": place.enrollment,
        "is_primary": place.is_primary,
    }


def _row(one: Class, places: list[Place]) -> dict[str, Any]:
    teachers = [words.name_in_lists(place.person) for place in places if place.is_teacher]
    return {
        "one": one,
        "name": words.name_of_class(one),
        "grades": words.items(one.grades),
        "subjects": words.items(one.subjects),
        "teacher": teachers[0] if teachers else "",
        "more_teachers": len(teachers) - 1,
        "students": sum(place.enrollment.role == STUDENT for place in places),
    }
