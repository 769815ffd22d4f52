"""How the history of a record names the sync that made or changed it."""

from __future__ import annotations

from django.urls import reverse

from homeroom.districts.permissions import DistrictRequest
from homeroom.roster.beside import Made
from homeroom.syncs.models import Sync, Upload


def mention(request: DistrictRequest, sync_id: int) -> Made | None:
    """The upload or sync, with a link for who may see its page; for ``roster.beside``."""
    sync = Sync.objects.select_related("started_by").filter(pk=sync_id).first()
    if sync is None:
        return None
    upload = Upload.objects.filter(sync=sync).first()
    if upload is None:
        href = reverse("sync", args=[request.district.slug, sync.pk]) if request.may("syncs.read") else ""
        return Made(f"sync {sync.pk}", href, sync.finished_at or sync.created_at)
    if not (request.may("uploads.read") and request.rights.schools().filter(pk=upload.school_id).exists()):
        return Made("an upload", "", sync.finished_at or sync.created_at)
    by = f", uploaded by {sync.started_by.name}" if sync.started_by else ""
    href = reverse("upload", args=[request.district.slug, upload.school_id, upload.kind, sync.pk])
    return Made(f"{sync.delivery_name}{by}", href, sync.finished_at or sync.created_at)
