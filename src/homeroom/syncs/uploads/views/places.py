"""Which school, kind and upload an address names, and what stands around each of these pages."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_vary_headers

from homeroom.districts.permissions import DistrictRequest
from homeroom.roster.views.sections import CLASSES, STAFF, STUDENTS, around, school_of
from homeroom.syncs.models import Kind, Upload
from homeroom.syncs.uploads.showing import of_school

_SECTIONS = {Kind.STUDENTS: STUDENTS, Kind.STAFF: STAFF, Kind.CLASSES: CLASSES}
PAGE, MODAL = "uploads/page.html", "uploads/modal.html"


def kind_of(name: str) -> Kind:
    """The kind that the address names; what is none has no page."""
    if name not in Kind.values:
        raise Http404
    return Kind(name)


def upload_of(request: DistrictRequest, kind: str, sync_id: int) -> Upload:
    """The upload of this school and kind; of another one there is no page here."""
    return get_object_or_404(of_school(school_of(request), kind_of(kind)), sync=sync_id)


def asked_by_htmx(request: DistrictRequest) -> bool:
    """Whether a piece of a page is asked for, and not a page."""
    return "HX-Request" in request.headers


def shown(request: DistrictRequest, template: str, kind: Kind, **context: Any) -> HttpResponse:
    """The page; for who asks from a list that is open, the same as the content of a modal."""
    in_modal = asked_by_htmx(request)
    layout = {"layout": MODAL if in_modal else PAGE, "in_modal": in_modal, "kind": kind}
    answer = render(request, template, around(request, _SECTIONS[kind]) | layout | context)
    patch_vary_headers(answer, ["HX-Request"])
    answer["Cache-Control"] = "private, no-store"
    return answer
