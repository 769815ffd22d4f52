"""From the district in an address to the district whose scope the page runs in."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from homeroom.districts import scope
from homeroom.districts.models import District
from homeroom.districts.permissions import rights_of


class DistrictMiddleware:
    """For each address with ``<slug:district>`` in it: who is signed out goes to sign-in; who is an outsider gets the
    same 404 as for a district that does not exist; for everybody else the view runs in the district's scope, in its
    time zone, with what ``DistrictRequest`` promises.

    ``<int:school>`` in the address is looked for among the schools that the person sees. Views get neither of the two
    as an argument: they find them as request.district and request.school.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with ExitStack() as until_answered:
            request.until_answered = until_answered  # type: ignore[attr-defined]
            return self.get_response(request)

    def process_view(
        self, request: Any, _view: Callable[..., HttpResponse], _arguments: tuple[Any, ...], named: dict[str, Any]
    ) -> HttpResponse | None:
        if "district" not in named:
            return None
        slug, school_id = named.pop("district"), named.pop("school", None)
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        district = District.objects.filter(slug=slug).first()
        if district is None:
            raise Http404
        with scope.within(district.pk):
            rights = rights_of(request.user, district)
        if rights is None:
            raise Http404
        request.until_answered.enter_context(scope.within(district.pk))
        request.until_answered.enter_context(timezone.override(ZoneInfo(district.time_zone)))
        request.district, request.rights, request.may = district, rights, rights.may
        request.school = None if school_id is None else rights.schools().filter(pk=school_id).first()
        if school_id is not None and request.school is None:
            raise Http404
        return None
