"""A source from its connection to the morning after: what the operator does, and what the district finds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings

from homeroom.demo.provider import Provider, serving
from homeroom.demo.provider_access import KEY, SECRET
from homeroom.demo.provider_faults import Fault, Kind
from homeroom.districts import actions as districts
from homeroom.districts import scope
from homeroom.districts.models import Method
from homeroom.feeds.models import Feed
from homeroom.syncs.models import State, Sync
from tests import people
from tests.journeys.browser import SignedIn, assert_is_fine_in_every_size, assert_opens_fine
from tests.journeys.test_by_keyboard import tab_to
from tests.people import Cast
from tests.sources.oneroster_rest.proxy import KEY as PARTNER_KEY
from tests.sources.oneroster_rest.proxy import OURS, Proxy, Tokens
from tests.syncs.collected import address, feed, impatient, night
from tests.syncs.conftest import data
from tests.syncs.mistakes import REPORTS, expected, mend, mistaken_provider
from tests.syncs.sending import work

__all__ = ["address", "data", "feed", "impatient"]  # fixtures are found where they are imported

pytestmark = pytest.mark.usefixtures("impatient")
SOURCE = "/operator/districts/ferndale/source/"
SYNC_REPORTS = "/d/ferndale/sync-reports/"


@pytest.fixture
def provider(cast: Cast, data: Path) -> Provider:
    districts.change_method(by=cast.operator, district=cast.ferndale, method=Method.CLASSLINK)
    cast.ferndale.refresh_from_db()
    return mistaken_provider()


def last_sync(cast: Cast) -> Sync:
    with scope.within(cast.ferndale.pk):
        return Sync.objects.all()[0]


def connect(page: Page, address: str) -> None:
    page.goto(SOURCE)
    page.get_by_role("link", name="Connect a source").click()
    page.get_by_label("Base URL").fill(address)
    page.locator("label", has_text="OAuth 1.0a, HMAC-SHA256").click()
    page.get_by_label("Key, or client id").fill(KEY)
    page.get_by_label("Secret, or token").fill(SECRET)
    page.get_by_role("button", name="Store the connection").click()
    expect(page.get_by_text("The connection is stored.")).to_be_visible()


def test_story_of_the_help_page(cast: Cast, provider: Provider, address: str, signed_in: SignedIn) -> None:
    page = signed_in(cast.operator)
    connect(page, address)
    page.get_by_role("button", name="Test connection").click()
    expect(page.get_by_text("It works")).to_be_visible()
    page.get_by_role("button", name="Run now").click()
    expect(page.get_by_text("It waits for its turn")).to_be_visible()
    assert work(last_sync(cast)).state == State.WITH_ERRORS

    page = signed_in(cast.district_admin)
    page.goto("/d/ferndale/")
    page.get_by_role("link", name="Sync Reports").click()
    row = page.locator(f"#sync-{last_sync(cast).pk}")
    expect(row).to_contain_text("Completed with Errors")
    for name in REPORTS:
        with page.expect_download() as download:
            row.get_by_role("link", name=name).click()
        assert (download.value.suggested_filename, download.value.path().read_bytes()) == (name, expected(name))

    mend(provider)
    districts.onboard_schools(by=cast.operator, district=cast.ferndale, schools=[cast.birch])
    mended = night(cast)
    page.reload()
    row = page.locator(f"#sync-{mended.pk}")
    expect(row).to_contain_text("None: no errors")
    expect(row.get_by_role("link", name="report")).to_have_count(0)

    provider.fail(Fault(Kind.FAILING, "users", 0, None))
    failed = night(cast)
    page.reload()
    expect(page.locator(f"#sync-{failed.pk}")).to_contain_text("“users”, page 1")
    expect(page.get_by_text("It is tried again on")).to_be_visible()


def test_days_are_chosen(cast: Cast, feed: Feed, signed_in: SignedIn) -> None:
    before, today = night(cast), night(cast)
    long_ago = timezone.now() - timedelta(days=40)
    with scope.within(cast.ferndale.pk):
        Sync.objects.filter(pk=before.pk).update(created_at=long_ago)
    page = signed_in(cast.district_admin)
    page.goto(SYNC_REPORTS)
    expect(page.locator("tr[id^=sync-]")).to_have_count(1)

    page.get_by_role("link", name="Last 12 months").click()
    expect(page.locator("tr[id^=sync-]")).to_have_count(2)
    page.get_by_label("To").fill(str((timezone.now() - timedelta(days=35)).date()))
    page.get_by_role("button", name="Show these days").click()

    expect(page.locator(f"#sync-{before.pk}")).to_be_visible()
    expect(page.locator(f"#sync-{today.pk}")).to_have_count(0)


def test_school_administrator_finds_nothing_of_it(cast: Cast, feed: Feed, signed_in: SignedIn) -> None:
    sync = night(cast)
    page = signed_in(cast.oak_admin)
    page.goto("/d/ferndale/")
    expect(page.get_by_role("link", name="Sync Reports")).to_have_count(0)

    for hidden in (SYNC_REPORTS, f"{SYNC_REPORTS}{sync.pk}/", SOURCE):
        answer = page.goto(hidden)
        assert answer is not None
        assert answer.status == 404


def test_pages_before_a_source_is_connected(cast: Cast, provider: Provider, signed_in: SignedIn) -> None:
    page = signed_in(cast.operator)

    assert_opens_fine(page, SOURCE, "source-none", heading="Source")
    assert_opens_fine(page, SOURCE + "connect/", "source-connect", heading="Connect a source")
    page.get_by_role("button", name="Store the connection").click()
    expect(page.get_by_text("Enter the base URL.")).to_be_visible()
    assert_is_fine_in_every_size(page, "source-connect-refused", heading="Connect a source")
    assert_opens_fine(page, SOURCE + "classlink/", "source-no-partner-key", heading="Choose from ClassLink's list")


def test_district_is_chosen_from_the_list_of_classlink(
    cast: Cast, provider: Provider, signed_in: SignedIn, settings: Settings
) -> None:
    proxy = Proxy({}, access=Tokens("bearer"))
    off = {"tenant_name": "Lakeside", "oneroster_application_id": "off", "enabled": "false"}
    proxy.listed = [OURS, OURS | off]
    page = signed_in(cast.operator)
    with serving(proxy) as at:
        settings.HOMEROOM_LOOPBACK_SOURCES = True
        settings.HOMEROOM_CLASSLINK_PROXY, settings.HOMEROOM_CLASSLINK_PARTNER_KEY = at, PARTNER_KEY
        page.goto(SOURCE)
        page.get_by_role("link", name="Choose from ClassLink's list").first.click()
        assert_is_fine_in_every_size(page, "source-classlink", heading="Choose from ClassLink's list")
        page.get_by_text("Ferndale (Math for All, tenant 2284)").click()
        page.get_by_role("button", name="Connect this district").click()

    expect(page.get_by_text("The connection is stored. Test it now.")).to_be_visible()
    assert_is_fine_in_every_size(page, "source-chosen", heading="Source")


def test_pages_of_a_source(cast: Cast, feed: Feed, provider: Provider, signed_in: SignedIn) -> None:
    page = signed_in(cast.operator)
    provider.fail(Fault(Kind.HTML, "classes", 0, None))

    assert_opens_fine(page, SOURCE, "source", heading="Source")
    page.get_by_role("button", name="Test connection").click()
    expect(page.get_by_text("Not everything can be collected.")).to_be_visible()
    assert_is_fine_in_every_size(page, "source-tested", heading="Source")
    assert_opens_fine(page, SOURCE + "credentials/", "source-credentials", heading="Replace the credentials")
    assert_opens_fine(page, SOURCE + "nights/", "source-nights", heading="Nights")
    page.goto(SOURCE)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Nothing is collected until it is resumed.")).to_be_visible()
    assert_is_fine_in_every_size(page, "source-paused", heading="Source")


def test_collected_sync(cast: Cast, feed: Feed, signed_in: SignedIn) -> None:
    sync = night(cast)
    page = signed_in(cast.district_admin)

    assert_opens_fine(page, f"{SYNC_REPORTS}{sync.pk}/", "sync-collected", heading="Sync of")
    expect(page.get_by_text("Collected from 127.0.0.1", exact=True)).to_be_visible()
    assert_opens_fine(page, SYNC_REPORTS, "sync-reports-collected", heading="Sync Reports")


def test_source_by_keyboard(cast: Cast, feed: Feed, signed_in: SignedIn) -> None:
    page = signed_in(cast.operator)
    page.goto(SOURCE)

    tab_to(page, "Test connection")
    page.keyboard.press("Enter")
    expect(page.get_by_text("It works")).to_be_visible()

    page.goto(SOURCE + "credentials/")
    tab_to(page, "Secret, or token")
    page.keyboard.type("wrong")
    page.keyboard.press("Shift+Tab")
    page.keyboard.type(KEY)
    page.keyboard.press("Enter")
    expect(page.get_by_text("They do not work, so those that are stored stay")).to_be_visible()


@pytest.fixture
def without_javascript(browser: Browser, cast: Cast, live_server: object) -> Iterator[Page]:
    url: str = live_server.url  # type: ignore[attr-defined]
    context = browser.new_context(base_url=url, java_script_enabled=False)
    session = people.signed_in(cast.operator).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": url}])
    yield context.new_page()
    context.close()


def test_connection_is_tested_without_javascript(cast: Cast, feed: Feed, without_javascript: Page) -> None:
    page = without_javascript
    page.goto(SOURCE)

    page.get_by_role("button", name="Test connection").click()

    expect(page.get_by_text("It works")).to_be_visible()
