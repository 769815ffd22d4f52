"""Upload a file of students, staff or classes: a modal over the list, and the same as a page.

The file stays in memory. The browser keeps it while its person is asked something, so nothing waits here.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from homeroom.districts import Refused
from homeroom.districts.forms import posted
from homeroom.districts.models import SchoolYear
from homeroom.districts.permissions import DistrictRequest, allowed
from homeroom.roster.views.sections import school_of
from homeroom.syncs.actions import SentBeforeError
from homeroom.syncs.forms import SelfServeForm
from homeroom.syncs.incoming import MemoryUploadHandler
from homeroom.syncs.models import Kind, Sync
from homeroom.syncs.uploads import receiving
from homeroom.syncs.uploads.receiving import Fault, FaultyFileError
from homeroom.syncs.uploads.showing import HEADINGS, TEMPLATE_NAMES, counted_rows
from homeroom.syncs.uploads.views.banners import banners
from homeroom.syncs.uploads.views.places import asked_by_htmx, kind_of, shown

DIVIDE = "Divide the file into smaller ones, each with the header row, and upload one after the other."
_LITTLE_MORE = 100_000
"""So many bytes beyond the limit are let in: of such a file one is told how large exactly it is."""


@allowed("uploads.send")
@csrf_exempt  # only until the handler stands: whoever looks at the token reads the whole request
def new(request: DistrictRequest, kind: str) -> HttpResponse:
    handler = MemoryUploadHandler(request, most_bytes=_most_bytes(), too_much=_too_much())
    request.upload_handlers = [handler]
    return _new(request, kind_of(kind), handler)


@csrf_protect
def _new(request: DistrictRequest, kind: Kind, handler: MemoryUploadHandler) -> HttpResponse:
    sent = posted(request)  # the file arrives here
    years = _years(request) if kind == Kind.CLASSES else None
    form = SelfServeForm(sent, request.FILES if sent is not None else None, refusal=handler.refusal, years=years)
    if sent is None:
        return _asked(request, kind, form)
    if handler.refusal:
        return _asked(request, kind, form, faults=[Fault(handler.refusal, DIVIDE)])
    if not form.is_valid():
        return _asked(request, kind, form)
    try:
        _start(request, kind, form.cleaned_data)
    except FaultyFileError as faulty:
        return _asked(request, kind, form, faults=faulty.faults)
    except SentBeforeError as before:
        return _asked(request, kind, form, before=Sync.objects.get(pk=before.sync_id))
    except Refused as refused:
        form.add_error(None, str(refused))
        return _asked(request, kind, form)
    return _taken(request, kind)


def _start(request: DistrictRequest, kind: Kind, said: dict[str, Any]) -> None:
    receiving.start(
        by=request.user,
        district=request.district,
        school=school_of(request),
        kind=kind,
        school_year=said.get("school_year"),
        name=said["file"].name,
        content=said["file"].read(),
        confirm=said["confirm"],
    )


def _asked(
    request: DistrictRequest,
    kind: Kind,
    form: SelfServeForm,
    *,
    faults: list[Fault] | None = None,
    before: Sync | None = None,
) -> HttpResponse:
    """The form; once something was sent, with what is to be said of it. faults: of the file. before: the same file."""
    year = SchoolYear.current(request.district, request.district.today())
    if "school_year" in form.fields:
        form.fields["school_year"].initial = year
    file = form.files.get("file")
    context = {
        "form": form,
        "heading": HEADINGS[kind],
        "template_name": TEMPLATE_NAMES[kind],
        "faults": faults or [],
        "before": before,
        "file_name": getattr(file, "name", ""),
        "limits": f"{counted_rows(settings.HOMEROOM_SELF_SERVE_ROWS)} and {_limit()}",
        "limit_bytes": _most_bytes(),
        "too_much": f"{_too_much()} {DIVIDE}",
        "has_years": kind != Kind.CLASSES or _years(request).exists(),
    }
    part = asked_by_htmx(request) and form.is_bound
    return shown(request, "uploads/outcome.html" if part else "uploads/new.html", kind, **context)


def _taken(request: DistrictRequest, kind: Kind) -> HttpResponse:
    """Back to the list with the banner; in a list that is open, the banner alone."""
    school = school_of(request)
    if not asked_by_htmx(request):
        return redirect(kind.value, request.district.slug, school.pk)
    answer = HttpResponse("".join(banners(request, school, kind)))
    answer["HX-Retarget"], answer["HX-Reswap"] = "#banners", "innerHTML"
    return answer


def _years(request: DistrictRequest) -> QuerySet[SchoolYear]:
    """Those that are not over: a class of one that is could not be used any more. A week is let for what comes late."""
    return SchoolYear.objects.filter(last_day__gte=request.district.today() - timedelta(days=7))


def _most_bytes() -> int:
    return settings.HOMEROOM_SELF_SERVE_BYTES + _LITTLE_MORE


def _too_much() -> str:
    return f"This is more than {_limit()}, the most that one upload may have."


def _limit() -> str:
    """The limit as the operator set it: "2 MB"."""
    size_bytes = settings.HOMEROOM_SELF_SERVE_BYTES
    return f"{size_bytes / 1e6:.4g} MB" if size_bytes >= 1_000_000 else f"{size_bytes / 1e3:.4g} KB"
