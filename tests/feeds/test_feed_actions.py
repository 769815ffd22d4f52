"""Who may set up where a roster is collected, and what is refused with which sentence."""

from __future__ import annotations

from typing import Any

import pytest

from homeroom.audit.models import Event
from homeroom.districts import Refused, scope
from homeroom.districts import actions as districts
from homeroom.districts.models import District, Method
from homeroom.feeds import actions
from homeroom.feeds.credentials import Credentials, unseal
from homeroom.feeds.models import Authentication, Feed
from homeroom.sources import SettingsError
from tests.people import Cast, set_method

pytestmark = pytest.mark.django_db

KEY = Credentials("key", "secret")
BASE = "https://sis.example/ims/oneroster/v1p1"


@pytest.fixture
def ferndale(cast: Cast) -> District:
    districts.change_method(by=cast.operator, district=cast.ferndale, method=Method.CLASSLINK)
    cast.ferndale.refresh_from_db()
    return cast.ferndale


def connect(cast: Cast, credentials: Credentials | None = KEY, **connection: Any) -> Feed:
    given = {"base_url": BASE, "authentication": Authentication.OAUTH1_SHA256} | connection
    return actions.connect(by=cast.operator, district=cast.ferndale, credentials=credentials, **given)


def due(cast: Cast) -> bool:
    return District.objects.get(pk=cast.ferndale.pk).due_at is not None


def test_source_that_is_connected_is_due_the_next_night(cast: Cast, ferndale: District) -> None:
    feed = connect(cast)

    assert due(cast)
    assert unseal(feed.sealed) == KEY
    assert feed.sealed_at is not None


def test_what_is_stored_does_not_show_the_secret(cast: Cast, ferndale: District) -> None:
    feed = connect(cast)

    assert b"secret" not in feed.sealed
    with scope.within(ferndale.pk):
        assert all("secret" not in str(event.detail) for event in Event.objects.all())


@pytest.mark.parametrize("who", ["district_admin", "oak_admin", "outsider"])
def test_only_operators_connect(cast: Cast, ferndale: District, who: str) -> None:
    with pytest.raises(Refused, match=r"connect a source|no part in this district"):
        actions.connect(by=getattr(cast, who), district=ferndale, credentials=KEY, base_url=BASE)


@pytest.mark.parametrize("method", [Method.SELF_SERVE, Method.ONEROSTER_CSV])
def test_districts_of_other_methods_have_no_source(cast: Cast, ferndale: District, method: Method) -> None:
    set_method(by=cast.operator, district=ferndale, method=method)
    ferndale.refresh_from_db()

    with pytest.raises(Refused):
        connect(cast)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"base_url": "sis.example"}, "The base URL cannot be used. A web address begins with https://"),
        ({"base_url": "https://["}, "The base URL cannot be used. A web address begins with https://"),
        (
            {"base_url": "https://sis.example/ims oneroster"},
            "The base URL cannot be used. A web address begins with https://",
        ),
        ({"base_url": "https://schüle.example/"}, "The base URL cannot be used. A web address begins with https://"),
        ({"base_url": "https://key:secret@sis.example/"}, "no user name and no password in it"),
        ({"base_url": "http://sis.example/"}, "sis.example must be asked over https://"),
        ({"base_url": "http://127.0.0.1:8000/"}, r"127\.0\.0\.1 must be asked over https://"),
        ({"base_url": BASE + "?limit=5"}, "must end before"),
        ({"authentication": "guess"}, "choose from the list"),
        ({"version": "2.0"}, "choose from the list"),
        ({"page_size": 0}, "A page has 1 to 100,000 records"),
        (
            {"authentication": Authentication.OAUTH2_FORM},
            "The token URL cannot be used. A web address begins with https://",
        ),
        ({"credentials": None}, "enter the credentials"),
        ({"credentials": Credentials("key", " ")}, "enter the secret"),
        ({"credentials": Credentials("", "secret")}, "enter the key"),
        ({"authentication": Authentication.BEARER, "credentials": Credentials("", "")}, "enter the token"),
        ({"authentication": Authentication.BEARER, "credentials": Credentials("", "tök en")}, "has no spaces"),
    ],
)
def test_what_cannot_be_used_is_refused(cast: Cast, ferndale: District, given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        connect(cast, **given)

    assert not due(cast)


@pytest.mark.parametrize(
    "change",
    [
        {"base_url": "https://elsewhere.example/ims/oneroster/v1p1"},
        {"base_url": "https://sis.example:8443/ims/oneroster/v1p1"},
        {"authentication": Authentication.OAUTH2_BASIC, "token_url": "https://elsewhere.example/token"},
        {"authentication": Authentication.BEARER},
    ],
)
def test_stored_credentials_are_shown_to_nobody_else(cast: Cast, ferndale: District, change: dict[str, Any]) -> None:
    connect(cast)

    with pytest.raises(Refused, match="stored credentials do not belong to this"):
        connect(cast, None, **change)

    with scope.within(ferndale.pk):
        assert Feed.objects.get().base_url == BASE


def test_stored_credentials_stay_with_their_machine(cast: Cast, ferndale: District) -> None:
    connect(cast)

    feed = connect(cast, None, base_url="https://sis.example/other", page_size=500)

    assert (feed.page_size, unseal(feed.sealed)) == (500, KEY)


def test_replaced_credentials_leave_everything_else(cast: Cast, ferndale: District) -> None:
    before = connect(cast)

    feed = actions.rotate_credentials(by=cast.operator, district=ferndale, credentials=Credentials("key", "new"))

    assert unseal(feed.sealed).secret == "new"
    assert (feed.base_url, feed.night) == (before.base_url, before.night)


def test_credentials_that_no_key_opens_are_told(cast: Cast, ferndale: District) -> None:
    with pytest.raises(SettingsError, match="enter them anew"):
        unseal(b"gAAAAA")


def test_pause_says_who_and_resume_forgets_it(cast: Cast, ferndale: District) -> None:
    connect(cast)

    paused = actions.pause(by=cast.operator, district=ferndale)
    assert (paused.paused_by, due(cast)) == (cast.operator, False)
    with pytest.raises(Refused, match="paused already"):
        actions.pause(by=cast.operator, district=ferndale)

    resumed = actions.resume(by=cast.operator, district=ferndale)
    assert (resumed.paused_by, resumed.paused_at, due(cast)) == (None, None, True)


@pytest.mark.parametrize(
    ("timetable", "sentence"),
    [({"complete_every_days": 0}, "1 day or more"), ({"no_syncs_on": ["Christmas"]}, "is no day")],
)
def test_timetable_that_cannot_be_kept_is_refused(
    cast: Cast, ferndale: District, timetable: dict[str, Any], sentence: str
) -> None:
    connect(cast)

    with pytest.raises(Refused, match=sentence):
        actions.change_timetable(by=cast.operator, district=ferndale, **timetable)


def test_nothing_is_changed_of_a_source_that_is_not_there(cast: Cast, ferndale: District) -> None:
    with pytest.raises(Refused, match="No source is connected yet"):
        actions.pause(by=cast.operator, district=ferndale)
