"""Upload a roster: a zip or several CSV files, for districts whose rosters come as OneRoster CSV."""

from __future__ import annotations

from contextlib import closing

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django_htmx.http import HttpResponseClientRedirect

from homeroom.districts import Refused
from homeroom.districts.forms import ActionForm, posted
from homeroom.districts.models import SchoolYear
from homeroom.districts.permissions import DistrictRequest, allowed
from homeroom.syncs import actions, incoming, storage
from homeroom.syncs.forms import UploadForm
from homeroom.syncs.models import UNDER_WAY, Sync
from homeroom.syncs.shown import in_words


@allowed("deliveries.upload")
@csrf_exempt  # only until the handler stands: whoever looks at the token reads the whole request
def upload(request: DistrictRequest) -> HttpResponse:
    handler = incoming.PrivateUploadHandler(request)
    request.upload_handlers = [handler]
    with closing(handler):
        return _upload(request, handler)


@csrf_protect
def _upload(request: DistrictRequest, handler: incoming.PrivateUploadHandler) -> HttpResponse:
    sent = posted(request)  # the files arrive here
    form = UploadForm(sent, request.FILES if sent is not None else None, refusal=handler.refusal)
    if form.is_valid():
        try:
            received = incoming.keep(request.district, form.cleaned_data["roster"])
            return _start(request, received)
        except Refused as refused:
            form.add_error(None, str(refused))
    context = {
        "form": form,
        "limit": in_words(settings.HOMEROOM_UPLOAD_LIMIT_BYTES),
        "limit_bytes": settings.HOMEROOM_UPLOAD_LIMIT_BYTES,
        "too_much": incoming.too_much(),
        "year": SchoolYear.current(request.district, request.district.today()),
        "under_way": Sync.objects.filter(state__in=UNDER_WAY).first(),
    }
    return render(request, "syncs/upload.html", context)


def _start(request: DistrictRequest, received: storage.Received, *, confirm: bool = False) -> HttpResponse:
    """To the sync of these files; to the one that is under way if they are its own; or to the question."""
    try:
        sync = actions.start(by=request.user, district=request.district, received=received, confirm=confirm)
    except actions.SentBeforeError as before:
        earlier = Sync.objects.get(pk=before.sync_id)
        if not earlier.is_under_way:
            return _to(request, "sync-upload-again", received.ticket)
        storage.forget(request.district, received)
        messages.info(request, "These very files are being synced already. This is how far it is.")
        return _to(request, "sync", earlier.pk)
    return _to(request, "sync", sync.pk)


def _to(request: DistrictRequest, page: str, *of: object) -> HttpResponse:
    """Leads to the page, also whoever sent the form by htmx, which would fetch the page and throw it away."""
    address = reverse(page, args=[request.district.slug, *of])
    return HttpResponseClientRedirect(address) if request.headers.get("HX-Request") else redirect(address)


@allowed("deliveries.upload")
def again(request: DistrictRequest, ticket: str) -> HttpResponse:
    """The question whether what was sent before is to be synced once more."""
    try:
        received = storage.received(request.district, ticket)
        if request.POST.get("do") == "forget":
            return _forget(request, received)
        form = ActionForm(posted(request))
        if form.is_valid():
            return _start(request, received, confirm=True)
    except (Refused, FileNotFoundError) as gone:
        return _answered_before(request, gone)
    before = get_object_or_404(Sync.of_rosters.filter(delivery_digest=received.digest)[:1])
    return render(request, "syncs/upload_again.html", {"form": form, "received": received, "before": before})


def _forget(request: DistrictRequest, received: storage.Received) -> HttpResponse:
    storage.forget(request.district, received)
    messages.info(request, "Nothing was synced, and the files are removed again.")
    return redirect("sync-reports", request.district.slug)


def _answered_before(request: DistrictRequest, gone: Refused | FileNotFoundError) -> HttpResponse:
    """Who answers the question twice, in two tabs say, comes to the sync that the first answer has started; if none
    has begun since the question stood there, to where the files can be sent once more.
    """
    newest = Sync.of_rosters.filter(delivery_digest=request.POST.get("digest") or "-").first()
    if newest is None:
        raise Http404
    if not newest.is_under_way and str(newest.pk) == request.POST.get("before"):
        messages.warning(request, str(gone) if isinstance(gone, Refused) else storage.GONE)
        return redirect("sync-upload", request.district.slug)
    if not newest.is_under_way:
        messages.info(request, "These very files were sent meanwhile. This is what became of them.")
    return redirect("sync", request.district.slug, newest.pk)
