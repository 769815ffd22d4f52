"""Manage: an icon for each thing that this person can do in this district."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse

from homeroom.districts.models import School, SchoolYear
from homeroom.districts.permissions import DistrictRequest, allowed


@dataclass(frozen=True)
class Tile:
    """An icon with its name, where it leads, and how it stands there."""

    name: str
    icon: str
    href: str
    about: str


ROSTER_PAGES = (
    ("Students", "backpack", "students"),
    ("Staff", "identification", "staff"),
    ("Classes", "topic", "classes"),
)
PAGES = (
    ("Sync Reports", "autorenew", "sync-reports", "syncs.read", "What each sync did, and what to mend"),
    ("Notices", "notifications", "notices", "notices.read", "Of what you and other systems hear"),
    ("People", "people", "people", "people.read", "Who can sign in, and as what"),
    ("Audit", "history", "audit", "audit.read", "What was done, and by whom"),
    ("Settings", "settings", "settings", "settings.read", "School years, time zone and limits"),
)
"""Name, icon, page, permission, and what it is about. A page that this server does not have yet has no icon."""

HOW_IT_STANDS: dict[str, Callable[[], str]] = {}
"""By page, what says in the district's scope how it stands there now; "" if there is nothing to say. Apps above put it
here, since this one may not know them.
"""


@allowed("district.read")
def manage(request: DistrictRequest) -> HttpResponse:
    schools = list(request.rights.schools()[:2])
    context = {
        "tiles": [*_school_tiles(request, schools), *_tiles(request)],
        "lead": _lead(request, schools),
        "year": SchoolYear.current(request.district, request.district.today()),
        "may_see_settings": request.may("settings.read"),
        "may_change_settings": request.may("years.change"),
    }
    return render(request, "districts/manage.html", context)


def _lead(request: DistrictRequest, schools: list[School]) -> str:
    if request.user.is_operator:
        return f"You look at this district as an operator. {request.district.get_method_display()}."
    if request.rights.school_ids is not None and len(schools) == 1:
        return f"You look after {schools[0].name}."
    return "Choose what you want to do."


def _school_tiles(request: DistrictRequest, schools: list[School]) -> list[Tile]:
    """Who has one school finds its Students, Staff and Classes here; everybody else the list of schools."""
    if len(schools) == 1:
        return roster_tiles(request, schools[0]) or [_the_one_school(request, schools[0])]
    return [Tile("Schools", "school", reverse("schools", args=[request.district.slug]), _how_many_schools(request))]


def _how_many_schools(request: DistrictRequest) -> str:
    schools = request.rights.schools()
    count = schools.count()
    if not count:
        return "None yet"
    if not request.district.is_automated:
        return f"{count:,} schools"  # one alone stands on Manage itself
    return f"{count:,}, of which {schools.filter(is_onboarded=True).count():,} onboarded"


def _the_one_school(request: DistrictRequest, school: School) -> Tile:
    return Tile(school.name, "school", reverse("school", args=[request.district.slug, school.pk]), "Your school")


def roster_tiles(request: DistrictRequest, school: School) -> list[Tile]:
    """Students, Staff and Classes of the school, as far as this person may see them."""
    if not request.may("roster.read"):
        return []
    does = "See and add" if request.may("roster.change") else "See"
    addresses = ((page, _address(page[2], request.district.slug, school.pk)) for page in ROSTER_PAGES)
    return [Tile(name, icon, href, f"{does} {page}") for (name, icon, page), href in addresses if href]


def _tiles(request: DistrictRequest) -> list[Tile]:
    addresses = ((page, _address(page[2], request.district.slug)) for page in PAGES if request.may(page[3]))
    return [
        Tile(name, icon, href, HOW_IT_STANDS.get(page, str)() or about)
        for (name, icon, page, _, about), href in addresses
        if href
    ]


def _address(page: str, *arguments: object) -> str | None:
    try:
        return reverse(page, args=arguments)
    except NoReverseMatch:
        return None
