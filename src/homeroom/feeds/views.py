"""The operator's pages about a district's source: where its roster is collected, by which credentials, and when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from homeroom.districts import Refused, trials
from homeroom.districts.forms import ActionForm, posted
from homeroom.districts.models import Method
from homeroom.districts.permissions import DistrictRequest, allowed
from homeroom.feeds import actions
from homeroom.feeds.box_views import address_of_box
from homeroom.feeds.classlink import ChoiceForm, DistrictSearch, Listing, listing
from homeroom.feeds.connections import connection_of, partner
from homeroom.feeds.credentials import Credentials
from homeroom.feeds.forms import ConnectionForm, NightsForm, ReplaceForm, TimetableForm, in_lines
from homeroom.feeds.models import Feed
from homeroom.feeds.sftp_forms import SftpForm, SftpReplaceForm
from homeroom.feeds.sftp_trial import SftpTrial, try_sftp
from homeroom.feeds.standing import Standing, standing_of
from homeroom.sources import SourceError
from homeroom.sources.oneroster_rest import Tried, test_connection
from homeroom.sources.sftp_connection import fingerprint

UNCONFIRMED = "Nobody has confirmed yet that it is the right server. Test the connection first."


@allowed("sources.connect")
def source(request: DistrictRequest) -> HttpResponse:
    return _source(request)


@allowed("sources.connect")
def connect(request: DistrictRequest) -> HttpResponse:
    feed = _feed(request)
    kind = SftpForm if _is_sftp(request) else ConnectionForm
    stored = None if feed is not None and feed.is_drop_box else feed
    form = kind(posted(request), initial=kind.of(stored, request.district))
    if form.carries_out(
        lambda _: actions.connect(
            by=request.user, district=request.district, credentials=form.credentials, **form.connection
        )
    ):
        return _saved(request, "The connection is stored. Test it now.")
    leaves_box = feed is not None and feed.is_drop_box
    said = {"form": form, "feed": stored, "is_sftp": _is_sftp(request), "leaves_box": leaves_box}
    return render(request, "feeds/connect.html", said | {"forgets": Feed.waiting_of(request.district)})


@allowed("sources.connect")
def classlink(request: DistrictRequest) -> HttpResponse:
    """The district is chosen from those that share with the publisher at ClassLink."""
    if request.district.method != Method.CLASSLINK:
        raise Http404
    search, feed = DistrictSearch(request.GET), _feed(request)
    listed = _listed(search.chosen.get("q", ""))
    form = ChoiceForm(posted(request), listed=listed, initial=ChoiceForm.of(feed, listed))
    if form.carries_out(
        lambda _: actions.connect(
            by=request.user, district=request.district, credentials=Credentials("", ""), **form.connection
        )
    ):
        return _saved(request, "The connection is stored. Test it now.")
    said = {"form": form, "search": search, "listed": listed, "forgets": Feed.waiting_of(request.district)}
    return render(request, "feeds/choose.html", said)


@allowed("sources.connect")
def credentials(request: DistrictRequest) -> HttpResponse:
    """New ones are tried before they take the place of those that work, unless that is not wanted."""
    feed = _feed(request)
    if feed is None or feed.is_chosen or feed.is_drop_box:
        return redirect("source-connect", request.district.slug)
    said = posted(request)
    form = SftpReplaceForm(said, way=feed.authentication) if feed.is_sftp else ReplaceForm(said)
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
    feed = _feed(request)
    if feed is None:
        return redirect("source-connect", request.district.slug)
    kind = NightsForm if feed.brings_files else TimetableForm
    form = kind(posted(request), initial=kind.of(feed))
    if form.carries_out(lambda said: actions.change_timetable(by=request.user, district=request.district, **said)):
        return _saved(request, "The nights are stored.")
    return render(request, "feeds/nights.html", {"form": form})


@allowed("sources.connect")
def test(request: DistrictRequest) -> HttpResponse:
    """The source's page with what the test says. It takes as long as the provider does, about a minute at most."""
    feed = _feed(request)
    if feed is None or request.method != "POST":
        return redirect("source", request.district.slug)
    return _source(request, **_tested(feed))


@allowed("sources.connect")
@require_POST
def host_key(request: DistrictRequest) -> HttpResponse:
    """The server is the right one: its host key was compared with what the district says. Then it is looked at."""
    form, given = ActionForm(request.POST), request.POST.get("host_key", "")
    if form.carries_out(lambda _: actions.confirm_host_key(by=request.user, district=request.district, host_key=given)):
        return _saved(request, "The server is confirmed. Test the connection once more.")
    messages.warning(request, form.refusal)
    return redirect("source", request.district.slug)


@allowed("sources.connect")
@require_POST
def pause(request: DistrictRequest) -> HttpResponse:
    return _done(request, actions.pause, "The nightly sync is paused.")


@allowed("sources.connect")
@require_POST
def resume(request: DistrictRequest) -> HttpResponse:
    begins = "begins again once the district is open" if request.district.is_closed else "runs again"
    return _done(request, actions.resume, f"The nightly sync {begins}.")


def _done(request: DistrictRequest, action: Callable[..., object], said: str) -> HttpResponse:
    form = ActionForm(request.POST)
    if form.carries_out(lambda _: action(by=request.user, district=request.district)):
        return _saved(request, said)
    messages.warning(request, form.refusal)
    return redirect("source", request.district.slug)


def _saved(request: DistrictRequest, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("source", request.district.slug)


def _source(request: DistrictRequest, tried: tuple[Tried, ...] = (), looked: SftpTrial | None = None) -> HttpResponse:
    request.district.refresh_from_db(fields=["due_at"])
    standing = standing_of(request.district) or Standing(None, None)
    context = {
        "standing": standing,
        "feed": standing.feed,
        "no_syncs_on": in_lines(standing.feed.no_syncs_on) if standing.feed else [],
        "tried": tried,
        "works": all(one.problem is None for one in tried),
        "looked": looked,
        **(address_of_box(request) if standing.feed and standing.feed.is_drop_box else {}),
        "is_sftp": _is_sftp(request),
        "can_choose": request.district.method == Method.CLASSLINK and partner() is not None,
        "fingerprint": fingerprint(standing.feed.host_key) if standing.feed and standing.feed.host_key else "",
    }
    return render(request, "feeds/source.html", context)


def _feed(request: DistrictRequest) -> Feed | None:
    return Feed.of(request.district)


def _is_sftp(request: DistrictRequest) -> bool:
    return request.district.method == Method.ONEROSTER_CSV


def _problem(feed: Feed, given: Credentials) -> str:
    """What stands in the way of asking with these credentials; empty if nothing does, or the action itself says it."""
    try:
        actions.require_usable(given, feed)
    except Refused:
        return ""
    tested = _tested(feed, given)
    looked: SftpTrial | None = tested.get("looked")
    if looked is not None:
        return looked.problem or (UNCONFIRMED if looked.host_key else "")
    return tested["tried"][0].problem or ""


def _tested(feed: Feed, given: Credentials | None = None) -> dict[str, Any]:
    """What the test of the connection says, as ``_source`` takes it."""
    try:
        with trials.one_of_few():
            return {"looked": try_sftp(feed, given)} if feed.brings_files else {"tried": _tried(feed, given)}
    except Refused as busy:
        return {"looked": SftpTrial(str(busy))} if feed.brings_files else {"tried": (Tried("", problem=str(busy)),)}


def _listed(wanted: str) -> Listing:
    try:
        with trials.one_of_few():
            return listing(wanted)
    except Refused as busy:
        return Listing(problem=str(busy))


def _tried(feed: Feed, given: Credentials | None) -> tuple[Tried, ...]:
    try:
        return test_connection(connection_of(feed, given))
    except SourceError as error:  # before anything was asked: the stored credentials cannot be opened
        return (Tried("", problem=str(error)),)
