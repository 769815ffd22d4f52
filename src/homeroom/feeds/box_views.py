"""The operator's pages about a district's drop box on our own SFTP server: opened, changed, given a new password."""

from __future__ import annotations

from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from homeroom.districts.forms import ActionForm, posted
from homeroom.districts.models import Method
from homeroom.districts.permissions import DistrictRequest, allowed
from homeroom.feeds import drop_boxes
from homeroom.feeds.host_keys import own_fingerprint
from homeroom.feeds.models import Feed


class BoxForm(ActionForm):
    """Who may sign in to a drop box beside who knows its password, and when its drops are collected."""

    box_keys = forms.CharField(
        label="Public keys",
        required=False,
        max_length=20_000,
        help_text="Of the district's programs, one on each line: ssh-ed25519 AAAA… name",
        widget=forms.Textarea(
            attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}
        ),
    )
    needs_key = forms.BooleanField(
        label="By public key only",
        required=False,
        help_text="The password lets nobody in any more.",
    )
    takes_at_once = forms.BooleanField(
        label="Collect a drop as soon as it is finished",
        required=False,
        help_text="Within a minute; loose files two minutes after the last of them. If not, in the night.",
    )


@allowed("sources.connect")
def drop_box(request: DistrictRequest) -> HttpResponse:
    feed = Feed.of(request.district)
    if feed is None or not feed.is_drop_box:
        return redirect("source", request.district.slug)
    initial = {"box_keys": feed.box_keys, "takes_at_once": feed.takes_at_once, "needs_key": not feed.box_password}
    form = BoxForm(posted(request), initial=initial)
    if form.carries_out(lambda said: drop_boxes.change_box(by=request.user, district=request.district, **said)):
        messages.success(request, "The drop box is changed.")
        return redirect("source", request.district.slug)
    return render(request, "feeds/drop_box.html", {"form": form})


@never_cache
@allowed("sources.connect")
def password(request: DistrictRequest) -> HttpResponse:
    """Opens the drop box, or gives it a new password, which stands on the page that answers and nowhere else."""
    if request.district.method != Method.ONEROSTER_CSV:
        return redirect("source", request.district.slug)
    form, opened = ActionForm(posted(request)), list[str]()
    if form.carries_out(lambda _: opened.append(drop_boxes.open_box(by=request.user, district=request.district))):
        return render(request, "feeds/drop_box_opened.html", {"password": opened[0], **address_of_box(request)})
    said = {"form": form, "feed": Feed.of(request.district), "forgets": Feed.waiting_of(request.district)}
    return render(request, "feeds/drop_box_password.html", said)


def address_of_box(request: DistrictRequest) -> dict[str, object]:
    """What a district must know to sign in, but for the password."""
    return {
        "box_host": urlsplit(settings.HOMEROOM_URL).hostname,
        "box_port": settings.HOMEROOM_SFTP_PORT,
        "box_user": request.district.slug,
        "box_fingerprint": own_fingerprint(),
    }
