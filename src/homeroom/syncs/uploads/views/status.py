"""File Upload Status: the last uploads of one kind for one school, as a modal over the list, and as a page."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from homeroom.districts.permissions import DistrictRequest, allowed
from homeroom.roster.views.sections import school_of
from homeroom.syncs.uploads.showing import HEADINGS, ShownUpload, of_school
from homeroom.syncs.uploads.views.places import kind_of, shown, upload_of
from homeroom.syncs.views.reports import STOP_POLLING

LAST = 10


@allowed("uploads.read")
def status(request: DistrictRequest, kind: str) -> HttpResponse:
    of_kind = kind_of(kind)
    uploads = of_school(school_of(request), of_kind)[:LAST]
    context = {
        "heading": "File Upload Status",
        "rows": [ShownUpload(upload) for upload in uploads],
        "upload_label": HEADINGS[of_kind],
        "may_upload": request.may("uploads.send"),
    }
    return shown(request, "uploads/status.html", of_kind, **context)


@allowed("uploads.read")
def row(request: DistrictRequest, kind: str, upload: int) -> HttpResponse:
    """One row of it, which asks for itself again and again while the upload is under way."""
    row = ShownUpload(upload_of(request, kind, upload))
    context = {"row": row, "school": school_of(request), "kind": kind}
    return render(request, "uploads/row.html", context, status=200 if row.sync.is_under_way else STOP_POLLING)
