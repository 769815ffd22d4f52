"""What the pages of students, staff and classes share: how they are called, and what stands around their lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib import messages
from django.db.models import F, Model, QuerySet, TextField
from django.db.models.functions import Lower
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse

from homeroom.districts.models import School
from homeroom.districts.permissions import DistrictRequest
from homeroom.districts.views import lists
from homeroom.roster import beside
from homeroom.roster.actions.at_school import refusal_for_archived
from homeroom.roster.models import Class, Person

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Option:
    """One line of the Options of a list. page: the name of its address. of_kind: the address names the kind, too."""

    label: str
    page: str
    permission: str
    of_kind: bool = True


@dataclass(frozen=True)
class Section:
    """Students, staff or classes. kind: as addresses name it. page: the name of the address of one record."""

    kind: str
    title: str
    singular: str
    page: str
    options: tuple[Option, ...]


def _options(create: str, page: str, upload: str) -> tuple[Option, ...]:
    return (
        Option(create, page, "roster.change", of_kind=False),
        Option(upload, "upload-new", "uploads.send"),
        Option("View File Upload Status", "upload-status", "uploads.read"),
    )


STUDENTS = Section(
    "students", "Students", "student", "student", _options("Create Student", "student-new", "Upload Students")
)
STAFF = Section(
    "staff",
    "Staff",
    "staff user",
    "staff-user",
    _options("Create Staff User", "staff-user-new", "Upload Staff Users"),
)
CLASSES = Section("classes", "Classes", "class", "class", _options("Create Class", "class-new", "Upload Classes"))


def school_of(request: DistrictRequest) -> School:
    """The school that the address names. Where it does not, the page has the wrong address."""
    assert request.school is not None
    return request.school


def around_list(request: DistrictRequest, section: Section) -> dict[str, Any]:
    """What a list's template wants beside its rows."""
    school = school_of(request)
    return {
        **around(request, section),
        "options": _offered(request, section, school),
        "banners": beside.banners(request, school, section.kind),
        "banners_href": _address("upload-banners", request.district.slug, school.pk, section.kind),
        "is_automated": request.district.is_automated,
    }


def around(request: DistrictRequest, section: Section) -> dict[str, Any]:
    """What the template of every page below a section wants."""
    return {
        "school": school_of(request),
        "section": section,
        "list_href": reverse(section.kind, args=[request.district.slug, school_of(request).pk]),
        # Who has one school finds its pages on Manage itself.
        "has_schools": request.rights.school_ids is None or len(request.rights.school_ids) > 1,
        "may_change": request.may("roster.change"),
    }


def led_back(request: DistrictRequest, section: Section, record: Person | Class) -> HttpResponse | None:
    """To the page of an archived record, where it can be restored, for who opens a form that would change it; null for
    others. Who sends the form keeps what was filled in: the action's refusal stands above it.
    """
    refusal = refusal_for_archived(record)
    if not refusal or request.method == "POST":
        return None
    messages.error(request, refusal)
    return redirect(section.page, request.district.slug, school_of(request).pk, record.key)


def ordered(
    request: DistrictRequest, rows: QuerySet[Row], columns: Mapping[str, tuple[str, ...]]
) -> tuple[QuerySet[Row], str]:
    """The rows in the order that the address asks for, and its name. columns: by name, what they are sorted by."""
    sort = lists.order(request, *columns)
    names = columns[sort.removeprefix("-")]
    keys = [Lower(F(name), output_field=TextField()) for name in names]
    directed = [key.desc(nulls_last=True) if sort.startswith("-") else key.asc(nulls_last=True) for key in keys]
    return rows.order_by(*directed, "key"), sort


def _offered(request: DistrictRequest, section: Section, school: School) -> list[tuple[str, str, str]]:
    """Label, address and name of the page of each option that is there for this person."""
    here = (request.district.slug, school.pk)
    addresses = (
        (option, _address(option.page, *here, *([section.kind] if option.of_kind else [])))
        for option in section.options
        if request.may(option.permission)
    )
    return [(option.label, href, option.page) for option, href in addresses if href]


def _address(page: str, *arguments: object) -> str | None:
    try:
        return reverse(page, args=arguments)
    except NoReverseMatch:
        return None
