"""Every page on one screen."""

from __future__ import annotations

from django.urls import include, path

from homeroom import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("accounts/", include("allauth.urls")),
]

handler500 = "homeroom.pages.server_error"
