"""Where does somebody come after signing in whose session had ended?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.urls import Resolver404, resolve
from django_htmx.http import HttpResponseClientRedirect

_READING = ("GET", "HEAD", "OPTIONS")
_NOT_DONE = "homeroom_not_done"
_SAYS = "You pressed a button after your session had ended. It was not done: if you still want it, press it once more."


class SignInMiddleware(LoginRequiredMiddleware):
    """Who is signed out signs in, and then gets the page that was asked for. Who pressed a button, the page with that
    button, and a sentence that it was not done: what a button sends is gone by then, and its address is no page.
    """

    def handle_no_permission(self, request: Any, view_func: Callable[..., HttpResponseBase]) -> Any:
        if request.method in _READING:
            return super().handle_no_permission(request, view_func)
        request.session[_NOT_DONE] = True  # what an anonymous session holds is kept when somebody signs in
        answer = redirect_to_login(_page_of_button(request))
        return HttpResponseClientRedirect(answer.url) if request.htmx else answer


def say_what_was_not_done(request: HttpRequest, **_: object) -> None:
    """For the signal that somebody has signed in."""
    if request.session.pop(_NOT_DONE, False):
        messages.warning(request, _SAYS)


def page_above(path: str) -> str:
    """The nearest address above this one that is a page."""
    while path.strip("/"):
        path = path.rstrip("/").rpartition("/")[0] + "/"
        try:
            resolve(path)
        except Resolver404:
            continue
        return path
    return "/"


def _page_of_button(request: Any) -> str:
    """Browsers say on which of our pages they were; where one does not, the nearest page will do."""
    try:
        said = urlsplit(request.htmx.current_url or request.META.get("HTTP_REFERER", ""))
    except ValueError:
        return page_above(request.path)
    if said.netloc != request.get_host() or not said.path.startswith("/") or said.path.startswith("//"):
        return page_above(request.path)
    return f"{said.path}?{said.query}" if said.query else said.path
