"""A browser, a server, and a page in which nothing may go wrong unseen."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from playwright.sync_api import Browser, ConsoleMessage, Page, WebError, sync_playwright

from homeroom.accounts.models import User
from tests import people
from tests.journeys.browser import SIZES, SignedIn, launch

if TYPE_CHECKING:
    from pytest_django.live_server_helper import LiveServer

ACTION_TIMEOUT_MILLISECONDS = 30_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for all tests of a file. It runs a loop in this thread meanwhile, which the tests of other files must not
    find: they run loops of their own.
    """
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        # Django would take our queries for queries from inside the loop.
        patch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture(params=SIZES)
def size(request: pytest.FixtureRequest) -> str:
    """Phone and wide: a test that asks for it runs for both."""
    name: str = request.param
    return name


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained of: scripts that failed, and what the content security policy refused."""
    return []


@pytest.fixture(scope="module")
def only_page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """The page of all tests of a file: a new one costs a second of a processor, for the browser begins processes."""
    context = browser.new_context(base_url=live_server.url)
    context.set_default_timeout(ACTION_TIMEOUT_MILLISECONDS)
    yield context.new_page()
    context.close()


@pytest.fixture
def page(
    only_page: Page, live_server: LiveServer, complaints: list[str], request: pytest.FixtureRequest
) -> Iterator[Page]:
    """A page that remembers nothing: nobody is signed in."""
    context, size = only_page.context, "wide"
    if "size" in request.fixturenames:
        size = request.getfixturevalue("size")

    def failed(error: WebError) -> None:
        complaints.append(f"{only_page.url}: {error.error}")

    def said(line: ConsoleMessage) -> None:
        if line.type == "error" and _matters(line.text):
            complaints.append(f"{only_page.url}: {line.text}")

    only_page.set_viewport_size(SIZES[size])
    context.on("weberror", failed)
    context.on("console", said)
    yield only_page
    context.remove_listener("weberror", failed)
    context.remove_listener("console", said)
    only_page.unroute_all()
    if only_page.url.startswith(live_server.url):
        only_page.evaluate("localStorage.clear(); sessionStorage.clear()")
    only_page.goto("about:blank")  # nothing asks the server any more
    context.clear_cookies()
    assert complaints == []


def _matters(line: str) -> bool:
    """Pages that are refused on purpose (404) are a complaint to the browser, and none to us."""
    return "the server responded with a status of 404" not in line


@pytest.fixture
def signed_in(live_server: LiveServer, page: Page) -> SignedIn:
    """The page, after this person has signed in."""

    def sign_in(person: User) -> Page:
        session = people.signed_in(person).cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        return page

    return sign_in
