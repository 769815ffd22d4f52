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
from homeroom.syncs import actions
from homeroom.syncs.forms import DigestForm
from homeroom.syncs.models import SUCCEEDED, State, Sync
from homeroom.syncs.shown import Shown, label_of
from homeroom.syncs.undoing import ONLY_THE_LAST

CONFLICTS_SHOWN = 50


@allowed("syncs.decide")
def approve(request: DistrictRequest, sync: int) -> HttpResponse:
    held = get_object_or_404(Sync.of_rosters, pk=sync)
    form = DigestForm(posted(request), initial={"digest": held.changes_digest})
    if form.carries_out(lambda said: actions.approve(by=request.user, sync=held, digest=said["digest"])):
        return _done(request, held, "Approved. The changes are being applied.")
    if held.state != State.HELD or form.is_bound:
        return _too_late(request, held, form)
    return _asked(request, held, form, "syncs/approve.html")


@allowed("syncs.decide")
def discard(request: DistrictRequest, sync: int) -> HttpResponse:
    held = get_object_or_404(Sync.of_rosters, pk=sync)
    form = ActionForm(posted(request))
    if form.carries_out(lambda _: actions.discard(by=request.user, sync=held)):
        return _done(request, held, "Discarded. The roster is as it was before this sync.")
    if held.state != State.HELD or form.is_bound:
        return _too_late(request, held, form)
    return _asked(request, held, form, "syncs/discard.html")


@allowed("syncs.start")
def retry(request: DistrictRequest, sync: int) -> HttpResponse:
    failed = get_object_or_404(Sync.of_rosters, pk=sync)
    form = ActionForm(posted(request))
    if form.carries_out(lambda _: actions.retry(by=request.user, sync=failed)):
        return _done(request, failed, "The sync is tried once more.")
    if failed.state != State.FAILED or form.is_bound:
        return _too_late(request, failed, form)
    return _asked(request, failed, form, "syncs/retry.html")


@allowed("syncs.decide")
def undo(request: DistrictRequest, sync: int) -> HttpResponse:
    """Says beforehand which records it would leave: of each kind some, and how many more."""
    applied = get_object_or_404(Sync.of_rosters, pk=sync)
    form = ActionForm(posted(request))
    if form.carries_out(lambda _: actions.undo(by=request.user, sync=applied)):
        return _done(request, applied, "The sync is being undone.")
    if form.is_bound or not actions.is_undoable(applied):
        return _too_late(request, applied, form, why=ONLY_THE_LAST if applied.state in SUCCEEDED else "")
    try:
        found = actions.changed_since(by=request.user, sync=applied)
    except Refused as refused:
        return _too_late(request, applied, form, why=str(refused))
    conflicts = [
        (label_of(kind), source_ids[:CONFLICTS_SHOWN], max(0, len(source_ids) - CONFLICTS_SHOWN))
        for kind, source_ids in found.items()
    ]
    return _asked(request, applied, form, "syncs/undo.html", conflicts=conflicts)


def _asked(request: DistrictRequest, sync: Sync, form: ActionForm, template: str, **more: object) -> HttpResponse:
    return render(request, template, {"sync": sync, "shown": Shown(sync), "form": form, **more})


def _done(request: DistrictRequest, sync: Sync, what: str) -> HttpResponse:
    messages.success(request, what)
    return redirect("sync", request.district.slug, sync.pk)


def _too_late(request: DistrictRequest, sync: Sync, form: ActionForm, *, why: str = "") -> HttpResponse:
    refusal = form.refusal if form.is_bound else why or f"This sync is “{sync.get_state_display()}” now."
    messages.warning(request, refusal or "Nothing was done. Look at it once more.")
    return redirect("sync", request.district.slug, sync.pk)
