"""The pages of a district's source: connected, tested, replaced, timed, paused, and shown to operators alone."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from homeroom.demo.provider import Provider
from homeroom.demo.provider_access import KEY, SECRET, TOKEN, Access
from homeroom.demo.provider_faults import Fault, Kind
from homeroom.districts import actions as districts
from homeroom.districts import scope, trials
from homeroom.districts.models import District, Method
from homeroom.feeds import actions
from homeroom.feeds.credentials import Credentials, unseal
from homeroom.feeds.models import Feed
from homeroom.syncs.models import State, Sync
from tests.people import Cast, set_method, signed_in
from tests.syncs.collected import CREDENTIALS, address, feed, impatient, provider
from tests.syncs.conftest import data

__all__ = ["address", "data", "feed", "impatient", "provider"]  # fixtures are found where they are imported

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("impatient")]

SOURCE = "/operator/districts/ferndale/source/"
REPORTS = "/d/ferndale/sync-reports/"
PAGES = ("", "connect/", "credentials/", "nights/", "test/", "pause/", "resume/", "sync-now/")
NIGHTS = {"night": "03:30", "no_syncs_on": "2026-12-24", "tells_changes": "on", "complete_every_days": "3"}


def connection(address: str, **more: str) -> dict[str, str]:
    return {
        "base_url": address, "version": "1.1", "authentication": "oauth1-sha256", "key": KEY, "secret": SECRET,
        "page_size": "1000",
    } | more  # fmt: skip


def stored(cast: Cast) -> Feed:
    with scope.within(cast.ferndale.pk):
        return Feed.objects.get()


def words(page: Any) -> str:
    return " ".join(page.text.split())


@pytest.fixture
def browser(cast: Cast) -> Client:
    return signed_in(cast.operator)


@pytest.mark.parametrize("who", ["district_admin", "oak_admin", "oak_and_elm_admin", "outsider"])
def test_nobody_else_finds_them(cast: Cast, feed: Feed, who: str) -> None:
    other = signed_in(getattr(cast, who))

    assert [other.get(SOURCE + page).status_code for page in PAGES] == [404] * len(PAGES)
    assert [other.post(SOURCE + page).status_code for page in PAGES] == [404] * len(PAGES)


def test_self_serve_districts_have_none(cast: Cast, feed: Feed, browser: Client) -> None:
    set_method(by=cast.operator, district=cast.ferndale, method=Method.SELF_SERVE)

    assert [browser.post(SOURCE + page).status_code for page in PAGES] == [404] * len(PAGES)


def test_operator_is_told_that_a_source_is_missing(provider: Provider, browser: Client) -> None:
    steps = browser.get("/operator/districts/ferndale/").context["steps"]

    assert [(step.name, step.href) for step in steps] == [("Connect its source", SOURCE)]


def test_source_is_connected_and_due(cast: Cast, browser: Client, address: str) -> None:
    assert "No source is connected yet" in browser.get(SOURCE).text

    page = browser.post(SOURCE + "connect/", connection(address), follow=True)

    assert "The connection is stored." in page.text
    assert "The next nightly sync begins on" in page.text
    assert browser.get("/operator/districts/ferndale/").context["steps"] == []


def test_classlink_has_its_steps_and_other_providers_have_none(cast: Cast, browser: Client, provider: Provider) -> None:
    assert "oneroster_application_id" in browser.get(SOURCE + "connect/").text

    districts.change_method(by=cast.operator, district=cast.ferndale, method=Method.ONEROSTER_REST)
    assert "oneroster_application_id" not in browser.get(SOURCE + "connect/").text


@pytest.mark.parametrize("page", ["", "connect/", "credentials/", "nights/", "test/"])
def test_credentials_are_never_shown_again(cast: Cast, feed: Feed, browser: Client, page: str) -> None:
    answers = [browser.get(SOURCE + page, follow=True), browser.post(SOURCE + page, connection("x"), follow=True)]

    assert [KEY in answer.text.replace(f'value="{KEY}"', "") for answer in answers] == [False, False]
    assert [SECRET in answer.text for answer in answers] == [False, False]


def test_credentials_are_replaced_once_they_were_tried(cast: Cast, feed: Feed, browser: Client) -> None:
    actions.rotate_credentials(by=cast.operator, district=cast.ferndale, credentials=Credentials(KEY, "revoked"))
    page = browser.post(SOURCE + "credentials/", {"key": KEY, "secret": SECRET}, follow=True)

    assert "The credentials are replaced." in page.text
    assert unseal(stored(cast).sealed) == CREDENTIALS


def test_credentials_that_do_not_work_replace_none(cast: Cast, feed: Feed, browser: Client) -> None:
    page = browser.post(SOURCE + "credentials/", {"key": KEY, "secret": "wrong"})

    assert "They do not work, so those that are stored stay" in page.text
    assert unseal(stored(cast).sealed) == CREDENTIALS


def test_credentials_can_be_replaced_while_the_provider_is_down(cast: Cast, feed: Feed, browser: Client) -> None:
    browser.post(SOURCE + "credentials/", {"key": KEY, "secret": "new", "untested": "on"})

    assert unseal(stored(cast).sealed).secret == "new"


@pytest.mark.parametrize("given", [{}, {"key": "", "secret": "tök en"}])
def test_credentials_that_cannot_be_sent_are_refused(
    cast: Cast, browser: Client, address: str, provider: Provider, given: dict[str, str]
) -> None:
    provider.access = Access("bearer")
    browser.post(SOURCE + "connect/", connection(address, authentication="bearer", key="", secret=TOKEN))

    page = browser.post(SOURCE + "credentials/", given)

    assert "Please enter the token." in page.text or "Please copy it once more." in page.text
    assert unseal(stored(cast).sealed).secret == TOKEN


def test_test_says_what_there_is(feed: Feed, browser: Client, provider: Provider) -> None:
    page = browser.post(SOURCE + "test/")

    assert "It works" in page.text
    users = next(one for one in page.context["tried"] if one.collection == "users")
    assert users.records == len(provider.written("users"))
    assert f"It gives 25 records a page where {feed.page_size:,} are asked for." in words(page)


def test_test_says_what_stands_in_the_way(feed: Feed, browser: Client, provider: Provider) -> None:
    provider.fail(Fault(Kind.HTML, "classes", 0, None))

    page = browser.post(SOURCE + "test/")

    assert "Not everything can be collected." in page.text
    assert "“classes”, page 1 (from record 1): instead of records came a web page (HTML)" in page.text


def test_test_with_credentials_that_cannot_be_opened_says_so(cast: Cast, feed: Feed, browser: Client) -> None:
    with scope.within(cast.ferndale.pk):
        Feed.objects.update(sealed=b"of another server")

    assert "Please enter them anew." in browser.post(SOURCE + "test/").text


def test_no_more_tests_run_at_once_than_leave_room_for_pages(feed: Feed, browser: Client) -> None:
    with trials.one_of_few(), trials.one_of_few():
        assert "Other connections are being tested at this moment" in browser.post(SOURCE + "test/").text
    assert "It works" in browser.post(SOURCE + "test/").text


def test_address_of_a_test_leads_back(feed: Feed, browser: Client) -> None:
    assert browser.get(SOURCE + "test/").headers["Location"] == SOURCE


def test_nights_are_changed_and_shown(cast: Cast, feed: Feed, browser: Client) -> None:
    page = browser.post(SOURCE + "nights/", NIGHTS, follow=True)

    assert "3:30 AM, within the hour" in page.text
    assert "2026-12-24" in page.text
    assert "Changes only, and everything again after 3 days" in words(page)
    assert 'value="03:30"' in browser.get(SOURCE + "nights/").text


def test_pause_is_told_to_the_district_with_whoever_did_it(cast: Cast, feed: Feed, browser: Client) -> None:
    district_admin = signed_in(cast.district_admin)

    assert "is paused" in browser.post(SOURCE + "pause/", follow=True).text
    browser.post(SOURCE + "sync-now/")
    assert "by Olive Operator. Nothing is collected until it is resumed." in words(district_admin.get(REPORTS))

    assert "runs again" in browser.post(SOURCE + "resume/", follow=True).text
    assert "The next nightly sync begins on" in words(district_admin.get(REPORTS))
    assert KEY not in district_admin.get(REPORTS).text


def test_what_is_done_twice_is_said(feed: Feed, browser: Client) -> None:
    browser.post(SOURCE + "pause/")

    assert "paused already" in browser.post(SOURCE + "pause/", follow=True).text


def test_run_now_begins_a_sync_and_only_one(cast: Cast, feed: Feed, browser: Client) -> None:
    page = browser.post(SOURCE + "sync-now/", follow=True)
    assert "Collected from 127.0.0.1, started by Olive Operator" in words(page)
    with scope.within(cast.ferndale.pk):
        assert Sync.objects.get().state == State.QUEUED

    assert "under way already" in browser.post(SOURCE + "sync-now/", follow=True).text


def test_run_now_without_a_source_is_refused(provider: Provider, browser: Client) -> None:
    assert "No source is connected" in browser.post(SOURCE + "sync-now/", follow=True).text


def test_closed_district_is_said_to_be_closed_and_nothing_is_run(cast: Cast, feed: Feed, browser: Client) -> None:
    districts.close_district(by=cast.operator, district=cast.ferndale)

    page = browser.get(SOURCE)
    refused = browser.post(SOURCE + "sync-now/", follow=True)

    assert "nothing is collected until it is opened again." in words(page)
    for untrue in ("Runs every night", "Run now", "The next nightly sync begins on"):
        assert untrue not in words(page)
    assert "Ferndale is closed: nothing is collected." in words(refused)
    with scope.within(cast.ferndale.pk):
        assert not Sync.objects.exists()
    assert "The next sync begins on" not in words(browser.get("/operator/districts/ferndale/"))


def test_closed_district_without_a_source_is_said_to_be_closed(cast: Cast, provider: Provider, browser: Client) -> None:
    districts.close_district(by=cast.operator, district=cast.ferndale)

    assert "nothing is collected until it is opened again." in words(browser.get(SOURCE))


def test_nights_that_are_resumed_in_a_closed_district_wait_until_it_is_open(
    cast: Cast, feed: Feed, browser: Client
) -> None:
    browser.post(SOURCE + "pause/")
    districts.close_district(by=cast.operator, district=cast.ferndale)

    assert "begins again once the district is open" in words(browser.post(SOURCE + "resume/", follow=True))


def test_another_try_is_told(cast: Cast, feed: Feed, browser: Client) -> None:
    with scope.within(cast.ferndale.pk):
        Feed.objects.update(tries=1)

    assert "The last sync did not reach the provider. It is tried again on" in words(browser.get(SOURCE))


def test_year_without_nights_is_told(cast: Cast, feed: Feed, browser: Client) -> None:
    District.objects.filter(pk=cast.ferndale.pk).update(due_at=None)

    assert "No nightly sync is planned" in browser.get(SOURCE).text


def test_connection_is_changed_with_the_credentials_it_has(
    cast: Cast, feed: Feed, browser: Client, address: str
) -> None:
    assert f'value="{address}"' in browser.get(SOURCE + "connect/").text

    browser.post(SOURCE + "connect/", connection(address, key="", secret="", page_size="50"))

    assert (stored(cast).page_size, unseal(stored(cast).sealed)) == (50, CREDENTIALS)


@pytest.mark.parametrize("page", ["credentials/", "nights/"])
def test_before_there_is_a_source_they_lead_to_connecting_one(provider: Provider, browser: Client, page: str) -> None:
    assert browser.get(SOURCE + page).headers["Location"] == SOURCE + "connect/"
