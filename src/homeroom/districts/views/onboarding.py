"""Which schools' records the publisher wants: those that came with a sync wait here, and schools are added by hand.

In a self-serve district none comes and none waits: its schools are those that were added, all in one list.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from homeroom.districts import actions
from homeroom.districts.forms import ActionForm, AddSchoolForm, SchoolSearch, TickedSchoolsForm, posted
from homeroom.districts.models import Method
from homeroom.districts.permissions import DistrictRequest, operators_only
from homeroom.districts.views import lists
from homeroom.districts.views.schools import matching
from homeroom.engine.words import some_of

SCHOOLS_ON_A_PAGE = 200


@operators_only
def onboarding(request: DistrictRequest) -> HttpResponse:
    what = request.POST.get("do")
    sent = posted(request)
    add = AddSchoolForm(sent if what == "add" else None, is_automated=request.district.is_automated)
    ticked = TickedSchoolsForm(sent if what == "onboard" else None, schools=request.rights.schools())
    if add.carries_out(lambda said: actions.add_school(by=request.user, district=request.district, **said)):
        is_onboarded = " It is onboarded." if request.district.is_automated else ""
        messages.success(request, f"Added {add.cleaned_data['name']}.{is_onboarded}")
        return redirect(request.get_full_path())
    if ticked.carries_out(lambda said: actions.onboard_schools(by=request.user, district=request.district, **said)):
        onboarded = some_of([school.name for school in ticked.cleaned_data["schools"]])
        messages.success(request, f"Onboarded: {onboarded}. {_what_next(request)}".strip())
        return redirect(request.get_full_path())
    return render(request, "districts/operator/schools.html", {"add": add, "ticked": ticked, **_shown(request)})


def _what_next(request: DistrictRequest) -> str:
    """Onboarding by itself brings no records: who must do what for them to come."""
    if not request.district.is_automated:
        return ""
    if request.district.method != Method.ONEROSTER_CSV:
        return "The next sync takes their records. To have them now, run it from the page of the source."
    return "The next sync takes their records. To have them now, upload the last roster again."


@operators_only
def end_onboarding(request: DistrictRequest) -> HttpResponse:
    school = request.school
    assert school is not None  # its id stands in the address
    form = ActionForm(posted(request))
    if form.carries_out(lambda _: actions.take_off_board(by=request.user, district=request.district, school=school)):
        messages.success(request, f"From the next sync on, the records of {school} are left out.")
    elif form.is_bound or not school.is_onboarded:
        messages.error(request, form.refusal or f"{school} is not onboarded.")
    else:
        return render(request, "districts/operator/school_end.html", {"form": form, "school": school})
    return redirect(reverse("operator-schools", args=[request.district.slug]) + "?show=onboarded")


def _shown(request: DistrictRequest) -> dict[str, object]:
    show = "onboarded" if request.GET.get("show") == "onboarded" else "waiting"
    schools = request.rights.schools()
    filters = SchoolSearch(request.GET)
    listed = matching(schools, filters).order_by("name", "pk")
    if request.district.is_automated:
        listed = listed.filter(is_onboarded=show == "onboarded")
    return {
        "show": show,
        "filters": filters,
        "schools": lists.page(request, listed, size=SCHOOLS_ON_A_PAGE),
        "waiting": schools.filter(is_onboarded=False).count(),
        "onboarded": schools.filter(is_onboarded=True).count(),
    }
