"""Three pages before those of the site, to see what the middleware does to each."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.utils import timezone

from homeroom import urls
from homeroom.districts import scope
from homeroom.districts.permissions import DistrictRequest, allowed, operators_only


@allowed("district.read")
def district(request: DistrictRequest) -> JsonResponse:
    return JsonResponse(
        {
            "district": request.district.slug,
            "scope": scope.current(),
            "zone": timezone.get_current_timezone_name(),
            "schools": sorted(school.name for school in request.rights.schools()),
            "may_decide": request.may("syncs.decide"),
        }
    )


@allowed("roster.read")
def school(request: DistrictRequest) -> JsonResponse:
    assert request.school is not None
    return JsonResponse({"school": request.school.name})


@operators_only
def operators(_request: HttpRequest) -> JsonResponse:
    return JsonResponse({})


urlpatterns = [
    path("d/<slug:district>/", district),
    path("d/<slug:district>/schools/<int:school>/", school),
    path("operator/", operators),
    path("operator/<slug:district>/", operators_only(district)),
    *urls.urlpatterns,
]
