"""The students and the staff of a school, as lists and one by one."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from homeroom.districts import requirements
from homeroom.districts.models import School, SchoolYear
from homeroom.districts.permissions import DistrictRequest, allowed
from homeroom.districts.views import lists
from homeroom.roster import belonging, enrolled, history, words
from homeroom.roster.actions.at_school import refusal_for_another_school
from homeroom.roster.filters import StaffFilters, StudentFilters
from homeroom.roster.models import Origin, Person
from homeroom.roster.views.sections import STAFF, STUDENTS, Section, around, around_list, ordered, school_of

_NAME = ("family_name", "given_name")


@allowed("roster.read")
def students(request: DistrictRequest) -> HttpResponse:
    found = belonging.students_of(school_of(request))
    filters = StudentFilters(request.GET, district=request.district, grades=belonging.grades_of(found))
    rows, sort = ordered(request, filters.matching(found), {**_columns(request), "grade": ("grades", *_NAME)})
    page = lists.page(request, rows)
    context = {
        "page": page,
        "rows": [(person, words.name_in_lists(person), words.items(person.grades)) for person in page],
        "has_any": bool(page) or found.exists(),
        "filters": filters,
        "sort": sort,
    }
    return render(request, "roster/students.html", around_list(request, STUDENTS) | context)


@allowed("roster.read")
def staff(request: DistrictRequest) -> HttpResponse:
    school = school_of(request)
    filters = StaffFilters(request.GET, district=request.district, roles=belonging.staff_roles_at(school))
    found = belonging.staff_of(school)
    of_role = belonging.staff_of(school, filters.chosen["role"]) if "role" in filters.chosen else found
    rows, sort = ordered(request, filters.matching(of_role), _columns(request))
    page = lists.page(request, rows)
    roles = belonging.roles_at(school, page)
    context = {
        "page": page,
        "rows": [(person, words.name_in_lists(person), words.roles(roles[person.key])) for person in page],
        "has_any": bool(page) or found.exists(),
        "filters": filters,
        "sort": sort,
    }
    return render(request, "roster/staff.html", around_list(request, STAFF) | context)


@allowed("roster.read")
def student(request: DistrictRequest, student_key: int) -> HttpResponse:
    person = get_object_or_404(belonging.students_of(school_of(request)), key=student_key)
    return render(request, "roster/person.html", _about(request, STUDENTS, person))


@allowed("roster.read")
def staff_user(request: DistrictRequest, staff_key: int) -> HttpResponse:
    person = get_object_or_404(belonging.staff_of(school_of(request)), key=staff_key)
    return render(request, "roster/person.html", _about(request, STAFF, person))


def _about(request: DistrictRequest, section: Section, person: Person) -> dict[str, Any]:
    school = school_of(request)
    # What a person learns or teaches at another school is nothing to who does not look after that one.
    seen = {one.source_id: one for one in request.rights.schools()}
    orgs = belonging.orgs_of(request.district, person)
    return around(request, section) | {
        "person": person,
        "name": words.full_name(person),
        "roles": words.roles(belonging.roles_at(school, [person])[person.key]),
        "facts": words.facts(person, source_id=id_label(request, section)),
        "schools": [one for source_id, one in seen.items() if source_id in orgs],
        "classes": _classes(request, person, seen),
        "history": history.of_record(request, person, section.singular),
        "is_synced": person.origin == Origin.SYNC,
        "refusal": refusal_for_another_school(person, request.rights),
        "may_reset_password": request.may("passwords.reset") and request.may("roster.change"),
    }


def _classes(request: DistrictRequest, person: Person, seen: dict[str, School]) -> list[dict[str, str]]:
    years = {year.pk: year.name for year in SchoolYear.objects.all()}
    rows = []
    for place in enrolled.of_person(request.district, person):
        one = place.of_class
        school = seen.get(one.school_sourced_id or "")
        if school:
            href = reverse("class", args=[request.district.slug, school.pk, one.key])
            name, year = words.name_of_class(one), years.get(one.school_year_id or 0, "")
            rows.append({"href": href, "name": name, "as_what": place.as_what, "year": year, "school": school.name})
    return rows


def id_label(request: DistrictRequest, section: Section) -> str:
    """What a source id of people is called here: in self-serve districts as the template calls it."""
    if request.district.is_automated:
        return "Source id"
    return requirements.id_label(section.kind)


def _columns(request: DistrictRequest) -> dict[str, tuple[str, ...]]:
    own = "identifier" if request.district.is_automated else "source_id"
    return {"name": _NAME, "id": (own,), "email": ("email",), "username": ("username",)}
