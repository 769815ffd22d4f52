"""Who can sign in for a district: see, invite, change, end."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from homeroom.districts import Refused, actions, invitation_mail
from homeroom.districts.forms import ActionForm, Filters, InviteForm, PeopleFilters, RoleForm, posted
from homeroom.districts.models import Membership, Role
from homeroom.districts.permissions import DistrictRequest, allowed
from homeroom.districts.searching import stands_in
from homeroom.districts.views import lists

COLUMNS = {"name": "user__name", "email": "user__email", "role": "role"}


@allowed("people.read")
def people(request: DistrictRequest) -> HttpResponse:
    filters = PeopleFilters(request.GET)
    sort = lists.order(request, *COLUMNS)
    direction = "-" if sort.startswith("-") else ""
    found = _matching(request.rights.members(), filters).order_by(direction + COLUMNS[sort.removeprefix("-")], "pk")
    context = {
        "people": lists.page(request, found.prefetch_related(_schools_seen_by(request))),
        "invitations": request.rights.invitations().prefetch_related(_schools_seen_by(request)),
        "filters": filters,
        "sort": sort,
        "may_invite": request.may("people.invite_school_admins"),
        "may_change": request.may("people.change"),
    }
    return render(request, "districts/people.html", context)


def _matching(members: QuerySet[Membership], filters: Filters) -> QuerySet[Membership]:
    chosen = filters.chosen
    if "q" in chosen:
        members = members.filter(stands_in(("user__name", "user__email"), chosen["q"]))
    if "role" in chosen:
        members = members.filter(role=chosen["role"])
    return members


def _schools_seen_by(request: DistrictRequest) -> Prefetch[str]:
    """A colleague may look after further schools, which are nothing to this person."""
    return Prefetch("schools", queryset=request.rights.schools())


@allowed("people.invite_school_admins")
def invite(request: DistrictRequest) -> HttpResponse:
    initial = {"schools": request.GET.getlist("school"), "role": Role.SCHOOL_ADMIN if "school" in request.GET else None}
    form = InviteForm(posted(request), rights=request.rights, initial=initial)
    if form.carries_out(lambda said: _invite(request, said)):
        _say_where_it_is(request, form.cleaned_data["email"])
        return redirect("people", request.district.slug)
    return render(request, "districts/invite.html", {"form": form})


def _say_where_it_is(request: DistrictRequest, email: str) -> None:
    if not invitation_mail.is_only_written_down():
        messages.success(request, f"The invitation is on its way to {email}.")
    elif request.user.is_operator:
        where = f"the e-mail with the link is a file in {settings.EMAIL_FILE_PATH}"
        messages.warning(request, f"{email} is invited. No mail server is set up (HOMEROOM_EMAIL_URL), so {where}.")
    else:
        why = "This server sends no e-mails yet"
        messages.warning(request, f"{email} is invited. {why}: ask the publisher for the link of this invitation.")


def _invite(request: DistrictRequest, said: dict[str, Any]) -> None:
    invited = actions.invite(by=request.user, district=request.district, **said)
    try:
        invitation_mail.send(request, invited)
    except OSError as failure:  # the mail server's refusals are OSErrors, too
        raise Refused("The invitation is stored, but its e-mail could not be sent. Try once more later.") from failure


@allowed("people.change")
def person(request: DistrictRequest, membership: int) -> HttpResponse:
    member = get_object_or_404(request.rights.members(), pk=membership)
    initial = {"role": member.role, "schools": member.schools.all()}
    form = RoleForm(posted(request), rights=request.rights, initial=initial)
    if form.carries_out(
        lambda said: actions.change_role(by=request.user, district=request.district, member=member, **said)
    ):
        messages.success(request, f"Saved: {member.user.name}.")
        return redirect("people", request.district.slug)
    return render(request, "districts/person.html", {"form": form, "member": member})


@allowed("people.change")
def remove(request: DistrictRequest, membership: int) -> HttpResponse:
    member = get_object_or_404(request.rights.members(), pk=membership)
    form = ActionForm(posted(request))
    if form.carries_out(lambda _: actions.remove_member(by=request.user, district=request.district, member=member)):
        messages.success(request, f"{member.user.name} is no longer {member.get_role_display()} here.")
        return redirect("people" if member.user != request.user else "home", *_back(request, member))
    return render(request, "districts/person_remove.html", {"form": form, "member": member})


def _back(request: DistrictRequest, member: Membership) -> list[str]:
    """Who ended the own membership may not see the list any more."""
    return [] if member.user == request.user else [request.district.slug]


@allowed("people.invite_school_admins")
@require_POST
def withdraw(request: DistrictRequest, invitation: int) -> HttpResponse:
    offer = get_object_or_404(request.rights.invitations(), pk=invitation)
    form = ActionForm(request.POST)
    if form.carries_out(
        lambda _: actions.withdraw_invitation(by=request.user, district=request.district, invitation=offer)
    ):
        messages.success(request, f"The invitation of {offer.email} is withdrawn: its link no longer works.")
    else:
        messages.error(request, form.refusal)
    return redirect("people", request.district.slug)
