"""A district's SFTP server from its connection to the first drop: what the operator sees, by mouse and by keyboard."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from homeroom.feeds.models import Feed
from tests.feeds.sftp import feed, server, unconfirmed
from tests.journeys.browser import SignedIn, assert_is_fine
from tests.journeys.test_by_keyboard import tab_to
from tests.people import Cast
from tests.sources.sftp_servers import PASSWORD, USER, District
from tests.syncs.conftest import data

__all__ = ["data", "feed", "server", "unconfirmed"]  # fixtures are found where they are imported

SOURCE = "/operator/districts/ferndale/source/"


def test_pages_of_an_sftp_source(cast: Cast, server: District, data: Path, signed_in: SignedIn, size: str) -> None:
    server.put("roster.zip", seconds_ago=9_000)
    server.put("next.zip", seconds_ago=0)
    page = signed_in(cast.operator)

    page.goto(SOURCE)
    assert_is_fine(page, "sftp-none", size, heading="Source")
    page.get_by_role("link", name="Connect a source").click()
    assert_is_fine(page, "sftp-connect", size, heading="Connect a source")
    page.get_by_label("Host").fill("127.0.0.1")
    page.get_by_label("Port").fill(str(server.port))
    page.get_by_label("User").fill(USER)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Store the connection").click()
    expect(page.get_by_text("Not confirmed")).to_be_visible()
    page.get_by_role("button", name="Test connection").click()
    expect(page.get_by_text("The server shows a host key")).to_be_visible()
    assert_is_fine(page, "sftp-unconfirmed", size, heading="Source")
    page.get_by_role("button", name="It is the right server").click()
    expect(page.get_by_text("The server is confirmed.")).to_be_visible()
    page.get_by_role("button", name="Test connection").click()
    expect(page.get_by_text("It works: roster.zip would be collected.")).to_be_visible()
    assert_is_fine(page, "sftp-tested", size, heading="Source")
    page.goto(SOURCE + "credentials/")
    assert_is_fine(page, "sftp-credentials", size, heading="Replace the credentials")
    page.goto(SOURCE + "nights/")
    assert_is_fine(page, "sftp-nights", size, heading="Nights")


def test_pages_of_a_drop_box(cast: Cast, data: Path, signed_in: SignedIn, size: str) -> None:
    page = signed_in(cast.operator)

    page.goto(SOURCE)
    page.get_by_role("link", name="Open a drop box").click()
    assert_is_fine(page, "drop-box-open", size, heading="Open a drop box?")
    tab_to(page, "Open the drop box")
    page.keyboard.press("Enter")
    expect(page.get_by_text("never again")).to_be_visible()
    assert_is_fine(page, "drop-box-opened", size, heading="The password of the drop box")
    page.get_by_role("link", name="I have passed it on").click()
    page.get_by_role("button", name="Look into the drop box").click()
    expect(page.get_by_text("There is no roster in the drop box")).to_be_visible()
    assert_is_fine(page, "drop-box", size, heading="Source")
    page.goto(SOURCE + "drop-box/")
    assert_is_fine(page, "drop-box-change", size, heading="Change the drop box")


def test_sftp_source_by_keyboard(cast: Cast, unconfirmed: Feed, server: District, signed_in: SignedIn) -> None:
    server.put("roster.zip")
    page = signed_in(cast.operator)
    page.goto(SOURCE)

    for button, says in (
        ("Test connection", "The server shows a host key"),
        ("It is the right server", "The server is confirmed."),
        ("Test connection", "It works: roster.zip would be collected."),
    ):
        tab_to(page, button)
        page.keyboard.press("Enter")
        expect(page.get_by_text(says)).to_be_visible()
