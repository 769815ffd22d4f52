"""One sync: how far it is, what it did, and what the district can mend."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from homeroom.districts.models import School
from homeroom.districts.permissions import DistrictRequest, allowed
from homeroom.syncs import actions, storage
from homeroom.syncs.models import State, Sync
from homeroom.syncs.shown import Shown, causes_of, has_schools_not_onboarded, notes_of
from homeroom.syncs.standing import oldest_open
from homeroom.syncs.views.reports import STOP_POLLING

CAUSES_SHOWN = 20
SCHOOLS_SHOWN = 20


@allowed("syncs.read")
def sync(request: DistrictRequest, sync: int) -> HttpResponse:
    return render(request, "syncs/sync.html", _shown(request, sync))


@allowed("syncs.read")
def progress(request: DistrictRequest, sync: int) -> HttpResponse:
    """What stands there while the sync is under way; when it has ended, all of the page's content in its place."""
    shown = _shown(request, sync)
    if shown["sync"].is_under_way:
        return render(request, "syncs/progress.html", shown)
    answer = render(request, "syncs/sync_content.html", shown, status=STOP_POLLING)
    answer["HX-Retarget"], answer["HX-Reswap"] = "#sync", "outerHTML"
    return answer


def _shown(request: DistrictRequest, sync_id: int) -> dict[str, Any]:
    sync = get_object_or_404(
        Sync.of_rosters.select_related("started_by", "approved_by", "discarded_by", "undone_by"), pk=sync_id
    )
    context = {
        "sync": sync,
        "shown": Shown(sync),
        "may_upload": request.may("deliveries.upload"),
        "may_decide": request.may("syncs.decide"),
    }
    return context if sync.is_under_way else context | _outcome(request, sync)


def _outcome(request: DistrictRequest, sync: Sync) -> dict[str, Any]:
    examples = storage.examples_of(sync)
    causes = causes_of(sync, examples)
    return {
        "causes": causes[:CAUSES_SHOWN],
        "further_causes": len(causes) - CAUSES_SHOWN,
        "further_records": sum(cause.count for cause in causes[CAUSES_SHOWN:]),
        "notes": notes_of(sync, examples)[:CAUSES_SHOWN],
        "has_changes": storage.changes_path(sync) is not None,
        "oldest_open": oldest_open(sync),
        "has_findings": storage.findings_file(sync) is not None,
        "has_delivery": storage.has_files(sync),
        "may_retry": sync.state == State.FAILED and request.may("syncs.start") and storage.has_delivery(sync),
        "may_undo": request.may("syncs.decide") and actions.is_undoable(sync),
        **_schools(sync),
    }


def _schools(sync: Sync) -> dict[str, Any]:
    """Schools that came and are not onboarded, if this sync left anything out for them."""
    if not has_schools_not_onboarded(sync):
        return {}
    waiting = School.objects.filter(is_onboarded=False)
    return {"schools": list(waiting[:SCHOOLS_SHOWN]), "further_schools": waiting.count() - SCHOOLS_SHOWN}
