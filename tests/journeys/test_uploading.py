"""From a file on one's own machine to what is to be mended: a real browser, and the worker's part in this process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings

from homeroom.cli.arrivals import NO_ROOM
from homeroom.districts import scope
from homeroom.syncs.models import State, Sync
from tests import people
from tests.journeys.browser import SignedIn, axe_violations, is_wider_than_the_screen, keep_picture
from tests.journeys.test_by_keyboard import tab_to
from tests.people import Cast
from tests.syncs.conftest import data
from tests.syncs.outcomes import Outcomes, outcomes
from tests.syncs.sending import work, zipped

__all__ = ["data", "outcomes"]  # fixtures are found where they are imported
REPORTS = "/d/ferndale/sync-reports/"
CHOOSER = "input[type=file]"


def last_sync(cast: Cast) -> Sync:
    with scope.within(cast.ferndale.pk):
        sync = Sync.objects.order_by("pk").last()
    assert sync is not None
    return sync


@pytest.fixture
def bad_zip(outcomes: Outcomes, tmp_path: Path) -> Path:
    path = tmp_path / "roster.zip"
    path.write_bytes(zipped(outcomes.bad).content)
    return path


def test_from_the_file_to_what_is_to_be_mended(cast: Cast, bad_zip: Path, signed_in: SignedIn, size: str) -> None:
    page = signed_in(cast.district_admin)
    page.goto("/d/ferndale/")
    page.get_by_role("link", name="Sync Reports").click()
    page.get_by_role("link", name="Upload a roster").first.click()
    page.set_input_files(CHOOSER, bad_zip)
    keep_picture(page, f"journey-chosen-{size}")
    page.get_by_role("button", name="Upload").click()

    expect(page.get_by_text("It waits for its turn")).to_be_visible()
    keep_picture(page, f"journey-queued-{size}")
    assert axe_violations(page) == []
    work(last_sync(cast))

    expect(page.get_by_role("heading", name="What to mend, the costliest first")).to_be_visible()
    expect(page.locator("#progress")).to_have_count(0)
    keep_picture(page, f"journey-mend-{size}")
    assert axe_violations(page) == []
    assert not is_wider_than_the_screen(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="users_sync_report.csv").last.click()
    assert download.value.suggested_filename == "users_sync_report.csv"


def test_rows_of_the_list_follow_by_themselves(cast: Cast, outcomes: Outcomes, signed_in: SignedIn) -> None:
    sync = outcomes.queued()
    page = signed_in(cast.district_admin)
    page.goto(REPORTS)
    row = page.locator(f"#sync-{sync.pk}")
    expect(row).to_contain_text("Queued")

    work(sync)

    expect(row).to_contain_text("Completed")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(2_500)
    assert asked == []


def test_by_keyboard(cast: Cast, bad_zip: Path, signed_in: SignedIn) -> None:
    page = signed_in(cast.district_admin)
    page.goto(REPORTS)

    tab_to(page, "Upload a roster")
    page.keyboard.press("Enter")
    page.wait_for_url("**/upload/")
    page.set_input_files(CHOOSER, bad_zip)  # the chooser is the system's own
    tab_to(page, "Upload")
    page.keyboard.press("Enter")

    expect(page.get_by_text("It waits for its turn")).to_be_visible()


def test_double_click_starts_one_sync(cast: Cast, bad_zip: Path, signed_in: SignedIn) -> None:
    page = signed_in(cast.district_admin)
    page.goto(REPORTS + "upload/")
    page.set_input_files(CHOOSER, bad_zip)

    page.get_by_role("button", name="Upload").dblclick()

    expect(page.get_by_text("It waits for its turn")).to_be_visible()
    with scope.within(cast.ferndale.pk):
        assert Sync.objects.count() == 1


def test_too_much_is_told_before_it_is_sent(cast: Cast, bad_zip: Path, signed_in: SignedIn, settings: Settings) -> None:
    settings.HOMEROOM_UPLOAD_LIMIT_BYTES = 1_024
    page = signed_in(cast.district_admin)
    page.goto(REPORTS + "upload/")
    page.set_input_files(CHOOSER, bad_zip)

    page.get_by_role("button", name="Upload").click()

    expect(page.get_by_text("This is more than 1 KB")).to_be_visible()
    assert axe_violations(page) == []


def test_connection_that_was_lost_is_said(
    cast: Cast, bad_zip: Path, signed_in: SignedIn, complaints: list[str]
) -> None:
    page = signed_in(cast.district_admin)
    page.goto(REPORTS + "upload/")
    page.set_input_files(CHOOSER, bad_zip)
    page.route("**/upload/", lambda route: route.abort())

    page.get_by_role("button", name="Upload").click()

    expect(page.get_by_text("The connection was lost. Nothing of the upload was kept.")).to_be_visible()
    complaints.clear()  # the browser complains of the connection, too


def test_upload_for_which_there_was_no_room_is_said_in_the_servers_words(
    cast: Cast, bad_zip: Path, signed_in: SignedIn, complaints: list[str]
) -> None:
    page = signed_in(cast.district_admin)
    page.goto(REPORTS + "upload/")
    page.set_input_files(CHOOSER, bad_zip)
    page.route("**/upload/", lambda route: route.fulfill(status=503, content_type="text/plain", body=NO_ROOM))

    page.get_by_role("button", name="Upload").click()

    expect(page.get_by_text(NO_ROOM)).to_be_visible()
    complaints.clear()  # the browser complains of the connection, too


def test_nothing_chosen_is_said_in_place(cast: Cast, data: Path, signed_in: SignedIn, size: str) -> None:
    page = signed_in(cast.district_admin)
    page.goto(REPORTS + "upload/")

    page.get_by_role("button", name="Upload").click()

    expect(page.get_by_text("Choose the zip of the roster")).to_be_visible()
    keep_picture(page, f"journey-nothing-{size}")
    assert axe_violations(page) == []


def test_sent_before_is_asked_and_confirmed(
    cast: Cast, outcomes: Outcomes, bad_zip: Path, signed_in: SignedIn, size: str
) -> None:
    before = outcomes.with_errors()
    page = signed_in(cast.district_admin)
    page.goto(REPORTS + "upload/")
    page.set_input_files(CHOOSER, bad_zip)
    page.get_by_role("button", name="Upload").click()

    expect(page.get_by_role("heading", name="This file was already sent on")).to_be_visible()
    keep_picture(page, f"journey-again-{size}")
    assert axe_violations(page) == []
    page.get_by_role("button", name="Sync it all the same").click()

    expect(page.get_by_text("It waits for its turn")).to_be_visible()
    assert last_sync(cast).pk > before.pk


@pytest.fixture
def without_javascript(browser: Browser, cast: Cast, live_server: object) -> Iterator[Page]:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)  # type: ignore[attr-defined]
    session = people.signed_in(cast.district_admin).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])  # type: ignore[attr-defined]
    yield context.new_page()
    context.close()


def test_without_javascript(cast: Cast, bad_zip: Path, without_javascript: Page) -> None:
    page = without_javascript
    page.goto(REPORTS + "upload/")
    page.set_input_files(CHOOSER, bad_zip)
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_text("It waits for its turn")).to_be_visible()
    work(last_sync(cast))

    page.get_by_role("link", name="load it again").click()

    expect(page.get_by_role("heading", name="What to mend, the costliest first")).to_be_visible()


def test_held_sync_is_looked_at_and_approved(cast: Cast, outcomes: Outcomes, signed_in: SignedIn) -> None:
    held = outcomes.held()
    page = signed_in(cast.district_admin)
    page.goto(REPORTS)

    page.get_by_role("link", name="Review the sync of").click()
    page.get_by_role("link", name="See every change").click()
    expect(page.get_by_text("1–50 of 118 changes")).to_be_visible()
    page.get_by_role("link", name="Back to the decision").click()
    page.get_by_role("link", name="Approve …").click()
    page.get_by_role("button", name="Approve and apply").click()
    expect(page.get_by_text("Approved. The changes are being applied.")).to_be_visible()
    assert work(held).state == State.WITH_ERRORS

    expect(page.get_by_text("Everything else was taken")).to_be_visible()


def test_whose_session_is_over_is_led_to_sign_in(cast: Cast, outcomes: Outcomes, signed_in: SignedIn) -> None:
    sync = outcomes.queued()
    page = signed_in(cast.district_admin)
    page.goto(f"{REPORTS}{sync.pk}/")

    with connection.cursor() as cursor:
        cursor.execute("delete from django_session")

    page.wait_for_url("**/accounts/login/**")
