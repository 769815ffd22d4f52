"""Collect a district's roster now, whatever its timetable says."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from homeroom.districts import Refused
from homeroom.districts.permissions import COLLECTABLE, DistrictRequest, allowed
from homeroom.syncs import nights


@allowed("syncs.start")
@require_POST
def sync_now(request: DistrictRequest) -> HttpResponse:
    if request.district.method not in COLLECTABLE:
        raise Http404
    try:
        sync = nights.run_now(by=request.user, district=request.district)
    except Refused as refused:
        messages.warning(request, str(refused))
        return redirect("source", request.district.slug)
    messages.success(request, "The roster is being collected.")
    return redirect("sync", request.district.slug, sync.pk)
