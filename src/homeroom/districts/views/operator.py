"""The operator's pages: all districts, a new one, and what only the publisher sets in one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from homeroom.districts import actions
from homeroom.districts.forms import (
    ActionForm,
    DistrictFilters,
    DistrictForm,
    Filters,
    LimitsForm,
    MethodForm,
    posted,
)
from homeroom.districts.models import District, Method, SchoolYear
from homeroom.districts.permissions import DistrictRequest, operators_only
from homeroom.districts.searching import stands_in
from homeroom.districts.views import lists
from homeroom.districts.views.settings import years_of


@dataclass(frozen=True)
class Step:
    """Something without which a district cannot start."""

    name: str
    href: str
    about: str


FURTHER_STEPS: list[Callable[[District], Step | None]] = []
"""What says of a district, in its scope, what is missing there besides; null if nothing is. Apps above put it here,
since this one may not know them.
"""


_TO_SELF_SERVE = (
    "It decides who owns the district's data. With Self-serve the synced records become the district's own: its people "
    "change them here from then on, and the last sync can no longer be undone. In a large district that takes minutes, "
    "in which nothing is synced. Between the other methods, records stay as they are."
)
_FROM_FILES = " What lies in the drop box, if the district has one, is removed with any other method."
_TO_AUTOMATED = (
    "It decides who owns the district's data. With another method than Self-serve nobody changes records here any "
    "more. Those that the source sends under the same ID become Synced, with what the source says; the others stay as "
    "they are, marked Unsynced."
)


@operators_only
def districts(request: HttpRequest) -> HttpResponse:
    filters = DistrictFilters(request.GET)
    sort = lists.order(request, "name", "created_at")
    found = _matching(District.objects.all(), filters).order_by(sort, "pk")
    context = {"districts": lists.page(request, found), "filters": filters, "sort": sort}
    return render(request, "districts/operator/districts.html", context)


def _matching(found: QuerySet[District], filters: Filters) -> QuerySet[District]:
    chosen = filters.chosen
    if "q" in chosen:
        found = found.filter(stands_in(("name", "slug"), chosen["q"]))
    if "method" in chosen:
        found = found.filter(method=chosen["method"])
    return found


@operators_only
def new_district(request: HttpRequest) -> HttpResponse:
    assert request.user.is_authenticated  # operators_only
    by = request.user
    form = DistrictForm(posted(request))
    if form.carries_out(lambda said: actions.create_district(by=by, **said)):
        messages.success(request, f"Created {form.cleaned_data['name']}. What it needs next stands below.")
        return redirect("operator-district", form.cleaned_data["slug"])
    return render(request, "districts/operator/district_new.html", {"form": form})


@operators_only
def district(request: DistrictRequest) -> HttpResponse:
    rights = request.rights
    context = {
        **years_of(request.district),
        "steps": _steps(request),
        "schools": rights.schools().count(),
        "onboarded": rights.schools().filter(is_onboarded=True).count(),
        "waiting": rights.schools().filter(is_onboarded=False).count(),
        "people": rights.members().values("user").distinct().count(),
        "invited": rights.invitations().count(),
        "limits": LimitsForm.of(request.district),
        "may_change": request.may("years.change"),
        "may_connect": request.may("sources.connect"),
    }
    return render(request, "districts/operator/district.html", context)


def _steps(request: DistrictRequest) -> list[Step]:
    """What is still missing, in the order in which it is best done."""
    slug, rights = request.district.slug, request.rights
    steps = []
    if SchoolYear.current(request.district, request.district.today()) is None:
        steps.append(Step("Set the school year", reverse("school-year-new", args=[slug]), "none contains today."))
    if not request.district.is_automated and not rights.schools().exists():
        steps.append(Step("Add its schools", reverse("operator-schools", args=[slug]), "there is none yet."))
    steps += [step for further in FURTHER_STEPS if (step := further(request.district))]
    if not rights.members().exists() and not rights.invitations().exists():
        steps.append(Step("Invite a District Administrator", reverse("invite", args=[slug]), "nobody can sign in yet."))
    return steps


@operators_only
def method(request: DistrictRequest) -> HttpResponse:
    form = MethodForm(posted(request), initial={"method": request.district.method})
    if form.carries_out(lambda said: actions.change_method(by=request.user, district=request.district, **said)):
        is_becoming = request.district.is_becoming_self_serve
        return _saved(request, f"{request.district} is becoming self-serve." if is_becoming else "Saved.")
    about = _TO_SELF_SERVE if request.district.is_automated else _TO_AUTOMATED
    about += _FROM_FILES if request.district.method == Method.ONEROSTER_CSV else ""
    return _step_page(request, form, heading="Rostering method", about=about)


@operators_only
def limits(request: DistrictRequest) -> HttpResponse:
    form = LimitsForm(posted(request), initial=LimitsForm.of(request.district))
    if form.carries_out(
        lambda _: actions.change_limits(by=request.user, district=request.district, limits=form.limits)
    ):
        return _saved(request)
    about = "A sync that would do more than this is not applied until somebody has looked at it."
    return _step_page(request, form, heading="Limits", about=about)


@operators_only
def close(request: DistrictRequest) -> HttpResponse:
    form = ActionForm(posted(request))
    if form.carries_out(lambda _: actions.close_district(by=request.user, district=request.district)):
        return _saved(request, f"{request.district} is closed. You can open it again below.")
    about = "Its people can no longer open it, and nothing is synced. Nothing is deleted, and you can open it again."
    context = {"form": form, "heading": f"Close {request.district}?", "about": about}
    context |= {"button": "Close the district", "kind": "danger"}
    return render(request, "districts/operator/step.html", context)


@operators_only
@require_POST
def reopen(request: DistrictRequest) -> HttpResponse:
    form = ActionForm(request.POST)
    if form.carries_out(lambda _: actions.reopen_district(by=request.user, district=request.district)):
        return _saved(request, f"{request.district} is open again.")
    messages.error(request, form.refusal)
    return redirect("operator-district", request.district.slug)


def _saved(request: DistrictRequest, what: str = "Saved.") -> HttpResponse:
    messages.success(request, what)
    return redirect("operator-district", request.district.slug)


def _step_page(request: DistrictRequest, form: ActionForm, *, heading: str, about: str) -> HttpResponse:
    context = {"form": form, "heading": heading, "about": about, "button": "Save"}
    return render(request, "districts/operator/step.html", context)
