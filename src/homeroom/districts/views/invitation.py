"""The page behind the link of an invitation: the only way to an account."""

from __future__ import annotations

from allauth.account.utils import perform_login
from django import forms
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.password_validation import password_validators_help_texts
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from homeroom.accounts.models import User
from homeroom.districts import actions, scope
from homeroom.districts.actions.invitations import open_invitation
from homeroom.districts.forms import ActionForm, posted
from homeroom.districts.models import District, Invitation


class NewPersonForm(ActionForm):
    """What Homeroom must know of somebody new."""

    name = forms.CharField(max_length=250, label="Your name")
    password = forms.CharField(
        label="Choose a password",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
        help_text=" ".join(password_validators_help_texts()),
    )


@login_not_required
@sensitive_post_parameters()
@never_cache
def accept_invitation(request: HttpRequest, slug: str) -> HttpResponse:
    """Asks somebody new for a name and a password; somebody known signs in and confirms."""
    token = request.GET.get("token", "")
    district = District.objects.filter(slug=slug).first()
    if district is None:
        return render(request, "districts/invitation_gone.html", status=404)
    with scope.within(district.pk):
        invitation = open_invitation(district, token)
        if invitation is None:
            return render(request, "districts/invitation_gone.html", status=404)
        if request.user.is_authenticated:
            return _for_signed_in(request, invitation, token)
        if User.objects.filter(email=invitation.email).exists():
            return redirect_to_login(request.get_full_path())
        return _for_new_person(request, invitation, token)


def _for_signed_in(request: HttpRequest, invitation: Invitation, token: str) -> HttpResponse:
    assert request.user.is_authenticated
    person, district = request.user, invitation.district
    form = ActionForm(posted(request))
    if form.carries_out(lambda _: actions.accept_invitation(by=person, district=district, token=token)):
        return redirect("manage", district.slug)
    context = {"invitation": invitation, "form": form, "is_for_another": person.email != invitation.email}
    return render(request, "districts/invitation.html", context)


def _for_new_person(request: HttpRequest, invitation: Invitation, token: str) -> HttpResponse:
    district = invitation.district
    form = NewPersonForm(posted(request))
    if form.carries_out(
        lambda said: actions.accept_invitation_as_new_person(district=district, token=token, **said)
    ):
        person = User.objects.get(email=invitation.email)
        response: HttpResponse = perform_login(request, person, redirect_url=f"/d/{district.slug}/")
        return response
    return render(request, "districts/invitation.html", {"invitation": invitation, "form": form})
