"""What can be downloaded: the template; of an upload its report, its file to correct, and the file as it is kept."""

from __future__ import annotations

from django.http import FileResponse, HttpResponse

from homeroom.districts.permissions import DistrictRequest, allowed
from homeroom.syncs import storage
from homeroom.syncs.uploads.showing import TEMPLATE_NAMES, ShownUpload, template_of
from homeroom.syncs.uploads.views.places import kind_of, upload_of
from homeroom.syncs.views.downloads import CSV, answer


@allowed("uploads.send")
def template(request: DistrictRequest, kind: str) -> HttpResponse:
    of_kind = kind_of(kind)
    disposition = f'attachment; filename="{TEMPLATE_NAMES[of_kind]}"'
    headers = {"Content-Disposition": disposition, "X-Content-Type-Options": "nosniff"}
    return HttpResponse(template_of(of_kind, request.district), content_type=CSV, headers=headers)


@allowed("uploads.read")
def report(request: DistrictRequest, kind: str, upload: int) -> FileResponse:
    of = ShownUpload(upload_of(request, kind, upload))
    return answer(storage.report_file(of.sync, of.report_name), of.report_name, CSV)


@allowed("uploads.read")
def to_correct(request: DistrictRequest, kind: str, upload: int) -> FileResponse:
    of = ShownUpload(upload_of(request, kind, upload))
    return answer(storage.corrections_file(of.sync), of.corrections_name, CSV)


@allowed("uploads.read")
def uploaded(request: DistrictRequest, kind: str, upload: int) -> FileResponse:
    of = upload_of(request, kind, upload)
    return answer(storage.uploaded_file(of.sync), of.sync.delivery_name, CSV)
