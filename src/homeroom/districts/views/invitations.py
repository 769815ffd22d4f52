"""The page behind the link in an invitation: the first that most people see of Homeroom."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache

from homeroom.accounts.models import User
from homeroom.districts import actions, scope
from homeroom.districts.actions.invitations import open_invitation
from homeroom.districts.forms import ActionForm, JoinForm, posted
from homeroom.districts.models import District, Invitation


@login_not_required
@never_cache
def accept_invitation(request: HttpRequest, of: str) -> HttpResponse:
    """For everybody who has the link, and useless without: the token is what lets one in."""
    district = District.objects.filter(slug=of).first()
    if district is None:
        return render(request, "districts/invitation_gone.html", status=404)
    token = request.GET.get("token", "")
    with scope.within(district.pk):
        offer = open_invitation(district, token)
        if offer is None:
            return render(request, "districts/invitation_gone.html", status=404)
        if request.user.is_authenticated:
            return _as_member(request, request.user, offer, token)
        if User.objects.filter(email=offer.email).exists():
            sign_in = f"{reverse('account_login')}?{urlencode({'next': request.get_full_path()})}"
            return render(request, "districts/invitation_sign_in.html", {"invitation": offer, "sign_in": sign_in})
        return _as_new_person(request, offer, token)


def _as_member(request: HttpRequest, user: User, offer: Invitation, token: str) -> HttpResponse:
    form = ActionForm(posted(request))
    if form.carries_out(lambda _: actions.accept_invitation(by=user, district=offer.district, token=token)):
        messages.success(request, f"Welcome to {offer.district}.")
        return redirect("manage", offer.district.slug)
    is_theirs = user.email == offer.email
    context = {"invitation": offer, "form": form, "is_theirs": is_theirs}
    return render(request, "districts/invitation_join.html", context)


def _as_new_person(request: HttpRequest, offer: Invitation, token: str) -> HttpResponse:
    """After it they sign in by themselves: so the first sign-in is like every later one."""
    form = JoinForm(posted(request))
    district = offer.district
    if form.carries_out(lambda said: actions.accept_invitation_as_new_person(district=district, token=token, **said)):
        messages.success(request, f"Your account is there. Sign in with {offer.email} and your new password.")
        return redirect("account_login")
    return render(request, "districts/invitation_new.html", {"invitation": offer, "form": form})
