"""A district is chosen from those that share with the publisher at ClassLink; each sync asks for its token."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from homeroom.audit.models import Event
from homeroom.demo.provider import Provider, serving
from homeroom.districts import Refused, scope, trials
from homeroom.districts import actions as districts
from homeroom.districts.models import Method
from homeroom.feeds import actions
from homeroom.feeds.classlink import MOST_SHOWN
from homeroom.feeds.credentials import Credentials, unseal
from homeroom.feeds.models import Authentication, Feed
from homeroom.syncs.models import State
from tests.people import Cast, signed_in
from tests.sources.oneroster_rest.proxy import ID, KEY, OURS, Proxy, Tokens
from tests.syncs.collected import impatient, night, provider
from tests.syncs.conftest import data

__all__ = ["data", "impatient", "provider"]  # fixtures are found where they are imported

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("impatient")]

SOURCE = "/operator/districts/ferndale/source/"
PAGE = SOURCE + "classlink/"
CHOICE = {"application": ID, "page_size": "1000"}


def application(number: int, **more: object) -> dict[str, object]:
    name = {"tenant_name": f"District {number}", "tenant_id": number, "oneroster_application_id": f"id-{number}"}
    return OURS | name | more


@pytest.fixture
def proxy(provider: Provider, settings: Settings) -> Iterator[Proxy]:
    """ClassLink's, in front of Ferndale's provider; the server has the partner key."""
    made = Proxy({}, access=Tokens("bearer"), manners=provider.manners)
    made._written = provider._written
    made.listed = [application(1), OURS, application(2, enabled="false"), application(3, bearer=None)]
    with serving(made) as address:
        settings.HOMEROOM_LOOPBACK_SOURCES = True
        settings.HOMEROOM_CLASSLINK_PROXY, settings.HOMEROOM_CLASSLINK_PARTNER_KEY = address, KEY
        yield made


@pytest.fixture
def browser(cast: Cast) -> Client:
    return signed_in(cast.operator)


def stored(cast: Cast) -> Feed:
    with scope.within(cast.ferndale.pk):
        return Feed.objects.get()


def test_a_district_is_chosen_and_collected(cast: Cast, proxy: Proxy, browser: Client) -> None:
    assert "Choose from ClassLink's list" in browser.get(SOURCE).text
    listed = browser.get(PAGE).text
    assert "Ferndale (Math for All, tenant 2284)" in listed

    page = browser.post(PAGE, CHOICE, follow=True)

    assert "The connection is stored. Test it now." in page.text
    feed = stored(cast)
    assert (feed.authentication, feed.base_url.endswith(f"/{ID}/ims/oneroster/v1p1")) == (
        Authentication.CLASSLINK,
        True,
    )
    sync = night(cast)
    assert sync.state == State.COMPLETED, sync.reason


def test_a_token_that_changed_since_needs_nobody(cast: Cast, proxy: Proxy, browser: Client) -> None:
    browser.post(PAGE, CHOICE)
    proxy.listed, proxy.access.valid = [OURS | {"bearer": "token-2"}], "token-2"  # type: ignore[attr-defined]

    assert night(cast).state == State.COMPLETED


def test_neither_key_nor_token_is_shown_or_stored(cast: Cast, proxy: Proxy, browser: Client) -> None:
    pages = [browser.get(PAGE), browser.post(PAGE, CHOICE, follow=True), browser.post(SOURCE + "test/")]

    assert not any(secret in page.text for page in pages for secret in (KEY, "token-1"))
    assert unseal(stored(cast).sealed) == Credentials("", "")
    assert not any(secret in str(event.detail) for event in Event.objects.all() for secret in (KEY, "token-1"))


def test_the_connection_is_tested_like_any_other(cast: Cast, proxy: Proxy, browser: Client) -> None:
    browser.post(PAGE, CHOICE)

    assert "It works" in browser.post(SOURCE + "test/").text
    assert "each sync asks ClassLink for the token of the day" in browser.get(SOURCE).text


def test_who_cannot_be_chosen_is_told_with_the_reason(proxy: Proxy, browser: Client) -> None:
    page = " ".join(browser.get(PAGE).text.split())

    assert "District 2 (Math for All, tenant 2): sharing is switched off." in page
    assert "District 3 (Math for All, tenant 3): ClassLink gives no token for it yet." in page
    assert "Choose the district" in browser.post(PAGE, CHOICE | {"application": ""}).text
    assert browser.post(PAGE, CHOICE | {"application": "id-2"}).status_code == 200  # and nothing is stored
    assert (
        " connected" not in browser.get(SOURCE).text.lower() or "No source is connected yet" in browser.get(SOURCE).text
    )


def test_one_of_hundreds_is_searched_for(cast: Cast, proxy: Proxy, browser: Client) -> None:
    proxy.listed = [*map(application, range(MOST_SHOWN + 30)), OURS]

    assert "there are 31 more" in browser.get(PAGE).text
    found = browser.get(PAGE, {"q": "fern"}).text
    assert "Ferndale (" in found
    assert "District 7 (" not in found
    assert "None that shares with you is called so." in browser.get(PAGE, {"q": "nowhere"}).text
    browser.post(PAGE + "?q=fern", CHOICE)
    assert ID in stored(cast).base_url
    assert browser.get(PAGE).context["form"].initial["application"] == ID


def test_what_classlink_does_not_give_is_said(proxy: Proxy, browser: Client, settings: Settings) -> None:
    settings.HOMEROOM_CLASSLINK_PARTNER_KEY = "guessed"
    page = browser.get(PAGE).text
    assert "does not know the publisher" in page
    assert "guessed" not in page


def test_without_a_partner_key_it_is_said_what_to_do(provider: Provider, browser: Client) -> None:
    assert "HOMEROOM_CLASSLINK_PARTNER_KEY" in browser.get(PAGE).text
    assert "Choose from ClassLink's list" not in browser.get(SOURCE).text
    assert "HOMEROOM_CLASSLINK_PARTNER_KEY" in browser.post(PAGE, CHOICE).text


def test_a_key_that_was_taken_away_fails_the_night_with_the_reason(
    cast: Cast, proxy: Proxy, browser: Client, settings: Settings
) -> None:
    browser.post(PAGE, CHOICE)
    settings.HOMEROOM_CLASSLINK_PARTNER_KEY = ""

    assert "no partner key of ClassLink's" in night(cast).reason


def test_others_who_wait_for_classlink_are_not_held_up(proxy: Proxy, browser: Client) -> None:
    with trials.one_of_few(), trials.one_of_few():
        assert "Please try again in a minute" in browser.get(PAGE).text


def test_from_the_list_to_a_url_credentials_are_asked_for(cast: Cast, proxy: Proxy, browser: Client) -> None:
    browser.post(PAGE, CHOICE)

    with pytest.raises(Refused, match="enter those that do"):
        actions.connect(
            by=cast.operator, district=cast.ferndale, credentials=None, authentication=Authentication.OAUTH1_SHA1
        )


def test_of_another_method_the_connection_is_changed_by_hand(cast: Cast, proxy: Proxy, browser: Client) -> None:
    browser.post(PAGE, CHOICE)
    assert PAGE in browser.get(SOURCE).text
    districts.change_method(by=cast.operator, district=cast.ferndale, method=Method.ONEROSTER_REST)

    page = browser.get(SOURCE).text
    assert PAGE not in page
    assert SOURCE + "connect/" in page
    assert "No credentials are stored" in browser.get(SOURCE + "connect/").text


def test_the_key_is_for_the_proxy_alone(cast: Cast, proxy: Proxy) -> None:
    with pytest.raises(Refused, match="not at ClassLink's proxy"):
        actions.connect(
            by=cast.operator, district=cast.ferndale, credentials=Credentials("", ""),
            authentication=Authentication.CLASSLINK, base_url=f"https://elsewhere.example/{ID}/ims/oneroster/v1p1",
        )  # fmt: skip


@pytest.mark.parametrize("who", ["district_admin", "oak_admin", "oak_and_elm_admin", "outsider"])
def test_nobody_else_finds_the_list(cast: Cast, proxy: Proxy, who: str) -> None:
    assert signed_in(getattr(cast, who)).get(PAGE).status_code == 404
    assert proxy.lists == 0


def test_districts_of_other_methods_have_no_such_list(cast: Cast, proxy: Proxy, browser: Client) -> None:
    districts.change_method(by=cast.operator, district=cast.ferndale, method=Method.ONEROSTER_REST)

    assert browser.get(PAGE).status_code == 404


def test_page_says_that_the_feed_of_another_method_is_forgotten(
    cast: Cast, proxy: Proxy, browser: Client, data: Path
) -> None:
    assert "is forgotten" not in browser.get(PAGE).text
    districts.change_method(by=cast.operator, district=cast.ferndale, method=Method.ONEROSTER_CSV)
    server = {"base_url": "sftp://sftp.ferndale.example:22/", "authentication": Authentication.SFTP_PASSWORD}
    actions.connect(by=cast.operator, district=cast.ferndale, credentials=Credentials("us", "secret"), **server)
    districts.change_method(by=cast.operator, district=cast.ferndale, method=Method.CLASSLINK)

    assert "SFTP, with a password at sftp://sftp.ferndale.example:22/, is forgotten then" in browser.get(PAGE).text
