"""The banner of an upload, above the list to which it adds: there until the person who uploaded dismisses it."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from homeroom.districts.models import School
from homeroom.districts.permissions import DistrictRequest, allowed
from homeroom.roster.views.sections import school_of
from homeroom.syncs.models import Upload
from homeroom.syncs.uploads.dismissing import dismiss as dismissed
from homeroom.syncs.uploads.showing import ShownUpload, with_banner
from homeroom.syncs.uploads.views.places import asked_by_htmx, kind_of, upload_of

_NOTHING_NEW = 204


def banners(request: DistrictRequest, school: School, kind: str) -> list[SafeString]:
    """One for each upload of this person that is not dismissed, newest first; for ``roster.beside``."""
    if not request.may("uploads.read"):
        return []
    uploads = with_banner(request.user, school, kind_of(kind))
    return [_rendered(request, upload, "uploads/banner.html") for upload in uploads]


@allowed("uploads.read")
def banner(request: DistrictRequest, kind: str, upload: int) -> HttpResponse:
    """What the banner says now, if it is not what it says already (?seen=): nothing is read out twice."""
    asked = get_object_or_404(with_banner(request.user, school_of(request), kind_of(kind)), sync=upload)
    if request.GET.get("seen") == ShownUpload(asked).says:
        return HttpResponse(status=_NOTHING_NEW)
    return HttpResponse(_rendered(request, asked, "uploads/banner_says.html"))


@allowed("uploads.read")
@require_POST
def dismiss(request: DistrictRequest, kind: str, upload: int) -> HttpResponse:
    if not dismissed(by=request.user, upload=upload_of(request, kind, upload)):
        raise Http404
    if asked_by_htmx(request):
        return HttpResponse()
    return redirect(kind, request.district.slug, school_of(request).pk)


def _rendered(request: DistrictRequest, upload: Upload, template: str) -> SafeString:
    context = {
        "school": school_of(request),
        "kind": upload.kind,
        "shown": ShownUpload(upload),
        "follows": asked_by_htmx(request),
    }
    return render_to_string(template, context, request)
