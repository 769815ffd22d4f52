"""What every page has in common: whose product this is, whom to ask, and what stands there when we fail."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string

from homeroom.accounts.middleware import page_above
from homeroom.districts.requirements import id_label

_NOT_ALLOWED = 405


def publisher(_request: HttpRequest | None = None) -> dict[str, str]:
    """The product's name, the support contact and what IDs are called: a context processor."""
    return {
        "product": settings.HOMEROOM_PRODUCT,
        "support_text": settings.HOMEROOM_SUPPORT_TEXT,
        "support_link": settings.HOMEROOM_SUPPORT_LINK,
        "student_id_label": id_label("students"),
        "staff_id_label": id_label("staff"),
    }


def not_allowed(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A middleware: the page where an address takes what a button sends, and was opened without one."""

    def answer(request: HttpRequest) -> HttpResponse:
        answered = get_response(request)
        if answered.status_code != _NOT_ALLOWED or answered.content:
            return answered
        page = render(request, "405.html", {"way_on": page_above(request.path)}, status=_NOT_ALLOWED)
        page.headers["Allow"] = answered.headers["Allow"]
        return page

    return answer


def server_error(_request: HttpRequest) -> HttpResponseServerError:
    """The page after a fault of ours. Its number is the request_id of the log's lines; nothing else is told.

    Rendered without the request: whatever failed (the session, the database) may fail again.
    """
    reference = structlog.contextvars.get_contextvars().get("request_id") or str(uuid.uuid4())
    structlog.get_logger("homeroom.pages").error("page_failed", reference=reference)
    return HttpResponseServerError(render_to_string("500.html", {**publisher(), "reference": reference}))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBadRequest:  # noqa: ARG001  (Django calls it by these names)
    """The page after a request that could not be read, so it is not asked for anything here either."""
    return HttpResponseBadRequest(render_to_string("400.html", publisher()))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  (Django's reason is for developers)
    """The page after a form that came without its security token."""
    return render(request, "403_csrf.html", status=403)
