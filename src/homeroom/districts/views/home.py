"""The start page: straight to the district of whoever has one, else to the choice."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from homeroom.districts.permissions import districts_of


@login_required
def home(request: HttpRequest) -> HttpResponse:
    assert request.user.is_authenticated
    if request.user.is_operator:
        return redirect("operator-districts")
    districts = districts_of(request.user)
    if len(districts) == 1:
        return redirect("manage", districts[0].slug)
    return render(request, "districts/home.html", {"districts": districts})
