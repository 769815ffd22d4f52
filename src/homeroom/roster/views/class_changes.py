"""Create, edit, archive and restore one class; enroll students in it, add co-teachers, remove."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from homeroom.districts import Refused
from homeroom.districts.forms import ActionForm, posted
from homeroom.districts.models import SchoolYear
from homeroom.districts.permissions import DistrictRequest, allowed
from homeroom.districts.views import lists
from homeroom.roster import actions, belonging, enrolled, words
from homeroom.roster.actions.classes import record_of_class
from homeroom.roster.filters import EnrollFilters
from homeroom.roster.forms import ClassForm, TickedForm
from homeroom.roster.models import Class, Enrollment, Origin, Person
from homeroom.roster.views.sections import CLASSES, around, led_back, ordered, school_of

_BY_NAME = {"name": ("family_name", "given_name")}


@allowed("roster.change")
def create_class(request: DistrictRequest) -> HttpResponse:
    school, made = school_of(request), list[Class]()
    form = ClassForm(posted(request), school=school, is_new=True)
    if form.carries_out(
        lambda said: made.append(
            actions.create_class(by=request.user, school=school, year=said.pop("year"), record=said)
        )
    ):
        messages.success(request, f"Created: {words.name_of_class(made[0])}. Now enroll its students.")
        return redirect("class", request.district.slug, school.pk, made[0].key)
    context = {"form": form, "has_years": SchoolYear.objects.exists()}
    return render(request, "roster/class_new.html", around(request, CLASSES) | context)


@allowed("roster.change")
def edit_class(request: DistrictRequest, class_key: int) -> HttpResponse:
    one, school = _class(request, class_key), school_of(request)
    if back := led_back(request, CLASSES, one):
        return back
    form = ClassForm(posted(request), school=school, is_new=False, initial=record_of_class(one))
    if form.carries_out(
        lambda said: actions.change_class(
            by=request.user, school=school, of_class=one, shown=said.pop("shown"), record=said
        )
    ):
        messages.success(request, "Saved.")
        return redirect("class", request.district.slug, school.pk, one.key)
    return render(request, "roster/class_edit.html", _about(request, one) | {"form": form})


@allowed("roster.change")
def archive_class(request: DistrictRequest, class_key: int) -> HttpResponse:
    one, form = _class(request, class_key), ActionForm(posted(request))
    if form.carries_out(lambda _: actions.archive_class(by=request.user, school=school_of(request), of_class=one)):
        messages.success(request, f"{words.name_of_class(one)} is archived.")
        return redirect("class", request.district.slug, school_of(request).pk, one.key)
    if not one.is_active and not form.is_bound:
        messages.info(request, f"{words.name_of_class(one)} is archived already.")
        return redirect("class", request.district.slug, school_of(request).pk, one.key)
    places = enrolled.in_classes(request.district, [one])[one.key]
    students = sum(place.enrollment.role == belonging.STUDENT for place in places)
    ending = {"students": students, "teachers": sum(place.is_teacher for place in places), "people": len(places)}
    return render(request, "roster/class_archive.html", _about(request, one) | ending | {"form": form})


@allowed("roster.change")
def restore_class(request: DistrictRequest, class_key: int) -> HttpResponse:
    one, form = _class(request, class_key), ActionForm(posted(request))
    if form.carries_out(lambda _: actions.restore_class(by=request.user, school=school_of(request), of_class=one)):
        messages.success(request, f"{words.name_of_class(one)} is active again.")
        return redirect("class", request.district.slug, school_of(request).pk, one.key)
    return render(request, "roster/class_restore.html", _about(request, one) | {"form": form})


@allowed("roster.change")
def enroll(request: DistrictRequest, class_key: int) -> HttpResponse:
    students = belonging.students_of(school_of(request))
    return _add(request, class_key, students, actions.enroll, "student", "enrolled", "roster/enroll.html")


@allowed("roster.change")
def add_co_teachers(request: DistrictRequest, class_key: int) -> HttpResponse:
    teachers = belonging.staff_of(school_of(request), enrolled.TEACHER)
    return _add(request, class_key, teachers, actions.add_co_teachers, "co-teacher", "added", "roster/co_teachers.html")


@allowed("roster.change")
@require_POST
def remove(request: DistrictRequest, class_key: int, enrollment_key: int) -> HttpResponse:
    one, form = _class(request, class_key), ActionForm(request.POST)
    enrollment = get_object_or_404(Enrollment, key=enrollment_key, class_sourced_id=one.source_id)
    if form.carries_out(
        lambda _: actions.remove_from_class(
            by=request.user, school=school_of(request), of_class=one, enrollment=enrollment
        )
    ):
        messages.success(request, "Removed from the class.")
    else:
        messages.error(request, form.refusal)
    return redirect("class", request.district.slug, school_of(request).pk, one.key)


def _add(
    request: DistrictRequest,
    class_key: int,
    people: QuerySet[Person],
    action: Callable[..., int],
    what: str,
    how: str,
    template: str,
) -> HttpResponse:
    """Those of these people who are chosen come into the class, by this action."""
    one, form = _class(request, class_key), TickedForm(posted(request))
    if back := led_back(request, CLASSES, one):
        return back
    told = list[str]()

    def add_them(said: dict[str, Any]) -> None:
        keys = _chosen(request, one, people, said)
        new = action(by=request.user, school=school_of(request), of_class=one, keys=keys)
        told.append(_added(new, of=len(set(keys)), what=what, how=how))

    if form.carries_out(add_them):
        messages.success(request, told[0])
        return redirect("class", request.district.slug, school_of(request).pk, one.key)
    return _choose(request, one, form, people, template)


def _added(new: int, *, of: int, what: str, how: str) -> str:
    """How many came into the class, and how many of those who were chosen were there already."""
    said = f"{new:,} {what}{' is' if new == 1 else 's are'} {how}." if new else f"No {what} was added."
    there = of - new
    return f"{said} {there:,} {'was' if there == 1 else 'were'} in the class already." if there else said


def _choose(
    request: DistrictRequest, one: Class, form: TickedForm, people: QuerySet[Person], template: str
) -> HttpResponse:
    """The people of the school who are not in the class yet, to be ticked."""
    filters, matching = _others(request, one, people)
    rows, sort = ordered(request, matching, _BY_NAME)
    page = lists.page(request, rows)
    context = {
        "form": form,
        "of_students": template == "roster/enroll.html",
        "filters": filters,
        "sort": sort,
        "page": page,
        "rows": [(person, words.name_in_lists(person), words.items(person.grades)) for person in page],
    }
    return render(request, template, _about(request, one) | context)


def _others(request: DistrictRequest, one: Class, people: QuerySet[Person]) -> tuple[EnrollFilters, QuerySet[Person]]:
    """Those of the people who are not in the class yet and match what is searched for."""
    places = enrolled.in_classes(request.district, [one])[one.key]
    others = people.exclude(key__in=[place.person.key for place in places])
    filters = EnrollFilters(request.GET, district=request.district, grades=belonging.grades_of(others))
    return filters, filters.matching(others)


def _chosen(request: DistrictRequest, one: Class, people: QuerySet[Person], said: dict[str, Any]) -> list[int]:
    """The keys of those who were ticked, or of all who match. Raises Refused if these are not as many as was shown."""
    if said["all"] is None:
        return list(said["people"])
    filters, matching = _others(request, one, people)
    keys = list(matching.values_list("key", flat=True))
    if not filters.chosen or len(keys) != said["all"]:
        raise Refused("The list has changed meanwhile. Look at it again, and choose once more.")
    return keys


def _class(request: DistrictRequest, key: int) -> Class:
    return get_object_or_404(belonging.classes_of(school_of(request)), key=key)


def _about(request: DistrictRequest, one: Class) -> dict[str, Any]:
    return around(request, CLASSES) | {
        "one": one,
        "name": words.name_of_class(one),
        "is_synced": one.origin == Origin.SYNC,
    }
