"""What a person decides about a sync: approve or discard a held one, undo the last one, try a failed one once more.

Each first says what will happen, and does it when that is confirmed. Who comes too late is told how it stands now.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from homeroom.districts import Refused
from homeroom.districts.forms import ActionForm, posted
from homeroom.districts.permissions import DistrictRequest, allowed
from homeroom.engine.words import listed
from homeroom.roster import store
from homeroom.syncs import actions
from homeroom.syncs.forms import DigestForm
from homeroom.syncs.models import SUCCEEDED, State, Sync
from homeroom.syncs.shown import Shown, label_of

CONFLICTS_SHOWN = 50


@allowed("syncs.decide")
def approve(request: DistrictRequest, sync: int) -> HttpResponse:
    held = get_object_or_404(Sync, pk=sync)
    form = DigestForm(posted(request), initial={"digest": held.changes_digest})
    if form.carries_out(lambda said: actions.approve(by=request.user, sync=held, digest=said["digest"])):
        messages.success(request, "Approved. The changes are being applied.")
        return redirect("sync", request.district.slug, held.pk)
    if held.state != State.HELD or form.is_bound:
        return _too_late(request, held, form)
    return render(request, "syncs/approve.html", {"sync": held, "shown": Shown(held), "form": form})


@allowed("syncs.decide")
def discard(request: DistrictRequest, sync: int) -> HttpResponse:
    held = get_object_or_404(Sync, pk=sync)
    form = ActionForm(posted(request))
    if form.carries_out(lambda _: actions.discard(by=request.user, sync=held)):
        messages.success(request, "Discarded. The roster is as it was before this sync.")
        return redirect("sync", request.district.slug, held.pk)
    if held.state != State.HELD or form.is_bound:
        return _too_late(request, held, form)
    return render(request, "syncs/discard.html", {"sync": held, "shown": Shown(held), "form": form})


@allowed("syncs.start")
def retry(request: DistrictRequest, sync: int) -> HttpResponse:
    failed = get_object_or_404(Sync, pk=sync)
    form = ActionForm(posted(request))
    if form.carries_out(lambda _: actions.retry(by=request.user, sync=failed)):
        messages.success(request, "The sync is tried once more, with the same delivery.")
        return redirect("sync", request.district.slug, failed.pk)
    if failed.state != State.FAILED or form.is_bound:
        return _too_late(request, failed, form)
    return render(request, "syncs/retry.html", {"sync": failed, "shown": Shown(failed), "form": form})


@allowed("syncs.decide")
def undo(request: DistrictRequest, sync: int) -> HttpResponse:
    """Counting exactly takes its time in a large roster, so the page comes without, and asks for it (?look=1)."""
    applied = get_object_or_404(Sync, pk=sync)
    form = ActionForm(posted(request))
    if form.carries_out(lambda _: actions.undo(by=request.user, sync=applied)):
        messages.success(request, "Undone. The roster is as it was before this sync.")
        return redirect("sync", request.district.slug, applied.pk)
    if form.is_bound or not actions.is_undoable(applied):
        return _too_late(request, applied, form, why=actions.ONLY_THE_LAST if applied.state in SUCCEEDED else "")
    context: dict[str, object] = {"sync": applied, "shown": Shown(applied), "form": form}
    if "look" in request.GET:
        try:
            context |= _preview(actions.preview_undo(by=request.user, sync=applied))
        except Refused as refused:
            context["refusal"] = str(refused)
    return render(request, "syncs/undo.html", context)


def _preview(preview: store.Undo) -> dict[str, object]:
    """What undoing would do: what stays because somebody changed it since, with some of the source ids."""
    conflicts = [
        (label_of(kind), source_ids[:CONFLICTS_SHOWN], max(0, len(source_ids) - CONFLICTS_SHOWN))
        for kind, source_ids in preview.conflicts.items()
    ]
    restored, ended = listed(preview.restored) or "nothing", listed(preview.ended) or "nothing"
    return {"preview": preview, "conflicts": conflicts, "restored": restored, "ended": ended}


def _too_late(request: DistrictRequest, sync: Sync, form: ActionForm, *, why: str = "") -> HttpResponse:
    refusal = form.refusal if form.is_bound else why or f"This sync is “{sync.get_state_display()}” now."
    messages.warning(request, refusal or "Nothing was done. Look at it once more.")
    return redirect("sync", request.district.slug, sync.pk)
