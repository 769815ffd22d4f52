"""Sync Reports: the syncs of some days, newest first, with what each did and the reports there are."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from homeroom.districts.permissions import DistrictRequest, allowed
from homeroom.districts.views import lists
from homeroom.feeds.standing import standing_of
from homeroom.syncs.forms import Quick, SyncFilters
from homeroom.syncs.models import ENDED, State, Sync
from homeroom.syncs.picture import NIGHTS, picture_of
from homeroom.syncs.shown import Shown

STOP_POLLING = 286


@allowed("syncs.read")
def sync_reports(request: DistrictRequest) -> HttpResponse:
    filters = SyncFilters(request.GET)
    syncs = Sync.of_rosters.defer("report")
    matching = _matching(syncs, filters)
    page = lists.page(request, matching)
    context = {
        "page": page,
        "rows": [Shown(sync) for sync in page],
        "filters": filters,
        "quick": Quick.choices,
        "picture": picture_of(list(matching.filter(state__in=ENDED)[:NIGHTS])),
        "held": list(syncs.filter(state=State.HELD)[:5]),
        "is_first": not page and not syncs.exists(),
        "may_upload": request.may("deliveries.upload"),
        "standing": standing_of(request.district),
        "may_connect": request.may("sources.connect"),
    }
    return render(request, "syncs/reports.html", context)


@allowed("syncs.read")
def row(request: DistrictRequest, sync: int) -> HttpResponse:
    """One row of the list, which asks for itself again and again while the sync is under way."""
    shown = Shown(get_object_or_404(Sync.of_rosters.defer("report"), pk=sync))
    status = 200 if shown.sync.is_under_way else STOP_POLLING
    return render(request, "syncs/row.html", {"row": shown}, status=status)


def _matching(syncs: QuerySet[Sync], filters: SyncFilters) -> QuerySet[Sync]:
    """Days are those of the district, whose time zone is active; both the first and the last are in."""
    chosen, quick = filters.chosen, filters.quick
    if "since" in chosen:
        syncs = syncs.filter(created_at__gte=_begin_of(chosen["since"]))
    if "until" in chosen:
        syncs = syncs.filter(created_at__lte=_end_of(chosen["until"]))
    if quick and quick != Quick.EVER:
        syncs = syncs.filter(created_at__gte=_begin_of(timezone.localdate() - timedelta(days=int(quick))))
    return syncs


def _begin_of(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())


def _end_of(day: date) -> datetime:
    """Not the begin of the next day, which the last day of all calendars has not."""
    return datetime.combine(day, time.max, tzinfo=timezone.get_current_timezone())
