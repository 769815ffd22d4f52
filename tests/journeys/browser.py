"""A real browser for the tests: Debian's Chromium, or the one that Playwright brings; and what axe says of a page."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, Playwright

from homeroom.accounts.models import User

SignedIn = Callable[[User], Page]
"""What the fixture signed_in gives: from a person to a page in which that person is signed in."""

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SWITCHES = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
NONE_IS_HERE = (
    "These tests need a browser, and none is here. On Debian and Ubuntu: apt-get install chromium. "
    "Elsewhere: .venv/bin/playwright install chromium."
)
SIZES = {"phone": {"width": 360, "height": 740}, "wide": {"width": 1440, "height": 900}}
STANDARD = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]},
    "resultTypes": ["violations"],
}


def launch(playwright: Playwright) -> Browser:
    """A browser without a window. Fails with what to install where there is none."""
    found = next(filter(None, map(shutil.which, NAMES)), playwright.chromium.executable_path)
    if not Path(found).exists():
        pytest.fail(NONE_IS_HERE, pytrace=False)
    return playwright.chromium.launch(executable_path=found, args=list(SWITCHES))


def axe_violations(page: Page) -> list[str]:
    """What breaks WCAG 2.1 A or AA on the page as it stands now: one line for each kind, with the places."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    results: dict[str, Any] = page.evaluate("(options) => axe.run(document, options)", STANDARD)
    return [
        f"{violation['id']}: {violation['help']}: " + "; ".join(node["html"][:200] for node in violation["nodes"])
        for violation in results["violations"]
    ]


def keep_picture(page: Page, name: str) -> None:
    """Writes what the whole page looks like into the folder of SCREENSHOTS, if that is set."""
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def is_wider_than_the_screen(page: Page) -> bool:
    """Whether one must scroll sideways to read the page."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def assert_is_fine(page: Page, name: str, size: str, *, heading: str) -> None:
    """The page is the one whose only heading of the first rank begins so, and nothing of it is in anybody's way."""
    keep_picture(page, f"{name}-{size}")
    (found,) = page.locator("h1").all_inner_texts()
    assert found.startswith(heading)
    assert axe_violations(page) == []
    assert not is_wider_than_the_screen(page)


def assert_is_fine_in_every_size(page: Page, name: str, *, heading: str) -> None:
    """As it stands now, on a phone and then made wider."""
    for size, measures in SIZES.items():
        page.set_viewport_size(measures)
        assert_is_fine(page, name, size, heading=heading)


def assert_opens_fine(page: Page, address: str, name: str, *, heading: str) -> None:
    """The page at this address, opened once, on a phone and then made wider."""
    page.set_viewport_size(SIZES["phone"])
    page.goto(address)
    assert_is_fine_in_every_size(page, name, heading=heading)
