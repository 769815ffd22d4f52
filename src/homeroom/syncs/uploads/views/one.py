"""One upload: how far it is, what it created, and what is to be mended."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render

from homeroom.districts.permissions import DistrictRequest, allowed
from homeroom.districts.views.lists import PAGE_SIZE
from homeroom.syncs import storage
from homeroom.syncs.models import State, Upload
from homeroom.syncs.uploads import errors
from homeroom.syncs.uploads.showing import ShownUpload
from homeroom.syncs.uploads.views.places import kind_of, shown, upload_of
from homeroom.syncs.views.reports import STOP_POLLING


@allowed("uploads.read")
def upload(request: DistrictRequest, kind: str, upload: int) -> HttpResponse:
    asked = upload_of(request, kind, upload)
    if "cause" in request.GET:
        return _cause(request, asked)
    return shown(request, "uploads/upload.html", kind_of(kind), **_about(request, asked))


@allowed("uploads.read")
def progress(request: DistrictRequest, kind: str, upload: int) -> HttpResponse:
    """What stands there while the upload is under way; when it has ended, all of the page's content in its place."""
    about = _about(request, upload_of(request, kind, upload)) | {"kind": kind, "school": request.school}
    if about["shown"].sync.is_under_way:
        return render(request, "uploads/progress.html", about)
    answer = render(request, "uploads/upload_content.html", about, status=STOP_POLLING)
    answer["HX-Retarget"], answer["HX-Reswap"] = "#upload", "outerHTML"
    return answer


def _about(request: DistrictRequest, upload: Upload) -> dict[str, Any]:
    later = upload.corrections.exclude(open_errors=None).select_related("sync").order_by("sync_id")
    return {
        "shown": ShownUpload(upload),
        "causes": errors.causes_of(upload.sync) if upload.sync.state == State.WITH_ERRORS else [],
        "has_corrections": storage.corrections_file(upload.sync) is not None,
        "corrected_by": [ShownUpload(one) for one in later],
        "may_upload": request.may("uploads.send"),
    }


def _cause(request: DistrictRequest, upload: Upload) -> HttpResponse:
    """All errors of one cause, page by page."""
    causes = errors.causes_of(upload.sync)
    cause = next((one for one in causes if one.address == request.GET["cause"]), None)
    if cause is None:
        raise Http404
    page = Paginator(range(cause.count), PAGE_SIZE).get_page(request.GET.get("page"))
    found = errors.page_of(upload.sync, cause, number=page.number, size=PAGE_SIZE)
    context = {"shown": ShownUpload(upload), "cause": cause, "errors": found, "page": page}
    return shown(request, "uploads/cause.html", kind_of(upload.kind), **context)
