"""The operator's pages about a district's source: where its roster is collected, by which credentials, and when."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from homeroom.districts import Refused
from homeroom.districts.forms import ActionForm, posted
from homeroom.districts.permissions import DistrictRequest, allowed
from homeroom.feeds import actions
from homeroom.feeds.connections import connection_of
from homeroom.feeds.credentials import Credentials
from homeroom.feeds.forms import ConnectionForm, ReplaceForm, TimetableForm, in_lines
from homeroom.feeds.models import Feed
from homeroom.feeds.standing import standing_of
from homeroom.sources import SourceError
from homeroom.sources.oneroster_rest import Tried, test_connection

#: So many tests at a time: each keeps a thread of the web server waiting for somebody else's.
_TESTING = threading.BoundedSemaphore(2)
_TOO_MANY = "Other connections are being tested at this moment. Please try again in a minute."


@allowed("sources.connect")
def source(request: DistrictRequest) -> HttpResponse:
    return _source(request)


@allowed("sources.connect")
def connect(request: DistrictRequest) -> HttpResponse:
    feed = _feed()
    form = ConnectionForm(posted(request), initial=ConnectionForm.of(feed, request.district))
    if form.carries_out(
        lambda _: actions.connect(
            by=request.user, district=request.district, credentials=form.credentials, **form.connection
        )
    ):
        return _saved(request, "The connection is stored. Test it now.")
    return render(request, "feeds/connect.html", {"form": form, "feed": feed})


@allowed("sources.connect")
def credentials(request: DistrictRequest) -> HttpResponse:
    """New ones are tried before they take the place of those that work, unless that is not wanted."""
    feed = _feed()
    if feed is None:
        return redirect("source-connect", request.district.slug)
    form = ReplaceForm(posted(request))
    given = form.credentials or Credentials("", "") if form.is_valid() else None
    problem = _problem(feed, given) if given and not form.cleaned_data["untested"] else ""
    if problem:
        form.add_error(None, f"They do not work, so those that are stored stay: {problem}")
    if given and form.carries_out(
        lambda _: actions.rotate_credentials(by=request.user, district=request.district, credentials=given)
    ):
        return _saved(request, "The credentials are replaced. The next request shows the new ones.")
    return render(request, "feeds/credentials.html", {"form": form, "feed": feed})


@allowed("sources.connect")
def nights(request: DistrictRequest) -> HttpResponse:
    feed = _feed()
    if feed is None:
        return redirect("source-connect", request.district.slug)
    form = TimetableForm(posted(request), initial=TimetableForm.of(feed))
    if form.carries_out(lambda said: actions.change_timetable(by=request.user, district=request.district, **said)):
        return _saved(request, "The nights are stored.")
    return render(request, "feeds/nights.html", {"form": form})


@allowed("sources.connect")
def test(request: DistrictRequest) -> HttpResponse:
    """The source's page with what the test says. It takes as long as the provider does, about a minute at most."""
    feed = _feed()
    if feed is None or request.method != "POST":
        return redirect("source", request.district.slug)
    return _source(request, _tried(feed))


@allowed("sources.connect")
@require_POST
def pause(request: DistrictRequest) -> HttpResponse:
    return _done(request, actions.pause, "The nightly sync is paused.")


@allowed("sources.connect")
@require_POST
def resume(request: DistrictRequest) -> HttpResponse:
    return _done(request, actions.resume, "The nightly sync runs again.")


def _done(request: DistrictRequest, action: Callable[..., object], said: str) -> HttpResponse:
    form = ActionForm(request.POST)
    if form.carries_out(lambda _: action(by=request.user, district=request.district)):
        return _saved(request, said)
    messages.warning(request, form.refusal)
    return redirect("source", request.district.slug)


def _saved(request: DistrictRequest, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("source", request.district.slug)


def _source(request: DistrictRequest, tried: tuple[Tried, ...] = ()) -> HttpResponse:
    request.district.refresh_from_db(fields=["due_at"])
    standing = standing_of(request.district)
    assert standing is not None  # sources.connect exists in no other district
    context = {
        "standing": standing,
        "feed": standing.feed,
        "no_syncs_on": in_lines(standing.feed.no_syncs_on) if standing.feed else [],
        "tried": tried,
        "works": all(one.problem is None for one in tried),
    }
    return render(request, "feeds/source.html", context)


def _feed() -> Feed | None:
    """That of the district in whose scope this is."""
    return Feed.objects.select_related("district").first()


def _problem(feed: Feed, given: Credentials) -> str:
    """What stands in the way of asking with these credentials; empty if nothing does, or the action itself says it."""
    try:
        actions.require_usable(given, feed)
    except Refused:
        return ""
    first, *_ = _tried(feed, given)
    return first.problem or ""


def _tried(feed: Feed, given: Credentials | None = None) -> tuple[Tried, ...]:
    if not _TESTING.acquire(blocking=False):
        return (Tried("", problem=_TOO_MANY),)
    try:
        return test_connection(connection_of(feed, given))
    except SourceError as error:  # before anything was asked: the stored credentials cannot be opened
        return (Tried("", problem=str(error)),)
    finally:
        _TESTING.release()
