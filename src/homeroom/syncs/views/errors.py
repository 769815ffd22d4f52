"""The errors of a sync, one by one: which are new, still open, or mended since the sync before."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from homeroom.districts.permissions import DistrictRequest, allowed
from homeroom.districts.views.lists import PAGE_SIZE
from homeroom.syncs import standing, storage
from homeroom.syncs.forms import ErrorFilters
from homeroom.syncs.models import Sync
from homeroom.syncs.shown import Shown, label_of
from homeroom.syncs.views.changes import page_number


@allowed("syncs.read")
def errors(request: DistrictRequest, sync: int) -> HttpResponse:
    shown = Shown(get_object_or_404(Sync.of_rosters, pk=sync))
    filters = ErrorFilters(request.GET)
    chosen = filters.chosen
    found = standing.page(
        shown.sync,
        standing=chosen.get("standing", ""),
        table=chosen.get("table", ""),
        search=chosen.get("q", ""),
        number=page_number(request),
        size=PAGE_SIZE,
    )
    context = {
        "sync": shown.sync,
        "shown": shown,
        "filters": filters,
        "rows": [(label_of(error.table), standing.STANDINGS[error.standing], error) for error in found.rows],
        "page": Paginator(range(found.total), PAGE_SIZE).get_page(found.number),
        "is_kept": storage.standing_file(shown.sync) is not None,
    }
    return render(request, "syncs/errors.html", context)
