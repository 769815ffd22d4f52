"""A browser, a server, and pages in which nothing may go wrong unseen."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from homeroom.accounts.models import User
from tests import people
from tests.journeys.browser import SIZES, SignedIn, launch

if TYPE_CHECKING:
    from pytest_django.live_server_helper import LiveServer

ACTION_TIMEOUT_MILLISECONDS = 30_000


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        # Playwright runs a loop in this thread, and Django would take our queries for queries from inside it.
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


@pytest.fixture
def context(
    browser: Browser, live_server: LiveServer, complaints: list[str], request: pytest.FixtureRequest
) -> Iterator[BrowserContext]:
    size = request.getfixturevalue("size") if "size" in request.fixturenames else "wide"
    context = browser.new_context(base_url=live_server.url, viewport=SIZES[size])
    context.set_default_timeout(ACTION_TIMEOUT_MILLISECONDS)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    context.on(
        "console", lambda line: complaints.append(line.text) if line.type == "error" and _matters(line.text) else None
    )
    yield context
    context.close()
    assert complaints == []


def _matters(line: str) -> bool:
    """Pages that are refused on purpose (404) are a complaint to the browser, and none to us."""
    return "the server responded with a status of 404" not in line


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def signed_in(context: BrowserContext, live_server: LiveServer, page: Page) -> SignedIn:
    """The page, after this person has signed in."""

    def sign_in(person: User) -> Page:
        session = people.signed_in(person).cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        return page

    return sign_in
