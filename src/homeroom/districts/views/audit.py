"""What was done in a district, and by whom: nobody but its own people sees it, and nobody can change it."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render

from homeroom.audit.models import Event
from homeroom.districts.forms import AuditFilters
from homeroom.districts.permissions import DistrictRequest, allowed
from homeroom.districts.views import lists


@allowed("audit.read")
def audit(request: DistrictRequest) -> HttpResponse:
    events = Event.objects.filter(district_id=request.district.pk)
    happened = list(events.order_by("what").values_list("what", flat=True).distinct())
    filters = AuditFilters(request.GET, happened=happened)
    context = {"events": lists.page(request, _matching(events, filters)), "filters": filters}
    return render(request, "districts/audit.html", context)


def _matching(events: QuerySet[Event], filters: AuditFilters) -> QuerySet[Event]:
    """Days are those of the district, whose time zone is active; both the first and the last are in."""
    chosen = filters.chosen
    if "what" in chosen:
        events = events.filter(what=chosen["what"])
    if "since" in chosen:
        events = events.filter(at__date__gte=chosen["since"])
    if "until" in chosen:
        events = events.filter(at__date__lte=chosen["until"])
    return events
