"""What a sync changed, or would change, record by record."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from homeroom.districts.permissions import DistrictRequest, allowed
from homeroom.districts.views.lists import PAGE_SIZE
from homeroom.syncs import changes, storage
from homeroom.syncs.forms import ChangeFilters
from homeroom.syncs.models import Sync
from homeroom.syncs.shown import Shown, label_of


@allowed("syncs.read")
def list_of_changes(request: DistrictRequest, sync: int) -> HttpResponse:
    shown = Shown(get_object_or_404(Sync.of_rosters, pk=sync))
    filters = ChangeFilters(request.GET)
    found = changes.page(shown.sync, **wanted(filters), number=page_number(request), size=PAGE_SIZE)
    context = {
        "sync": shown.sync,
        "shown": shown,
        "filters": filters,
        "rows": [(label_of(row.table), row) for row in found.rows],
        "page": Paginator(range(found.total), found.size).get_page(found.number),
        "is_kept": storage.changes_path(shown.sync) is not None,
        "may_decide": request.may("syncs.decide"),
    }
    return render(request, "syncs/changes.html", context)


def wanted(filters: ChangeFilters) -> dict[str, str]:
    """What the filters ask ``changes`` for."""
    chosen = filters.chosen
    return {"table": chosen.get("table", ""), "change": chosen.get("change", ""), "search": chosen.get("q", "")}


def page_number(request: DistrictRequest) -> int:
    """The page of a list that the address asks for."""
    asked = request.GET.get("page", "")
    return int(asked) if asked.isdecimal() and len(asked) < 10 else 1
