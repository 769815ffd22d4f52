"""A district's SFTP server is connected, confirmed, tested and timed by operators alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import asyncssh
import pytest
from django.test import Client

from homeroom.audit.models import Event
from homeroom.districts import Refused, scope
from homeroom.districts import actions as districts
from homeroom.districts.models import District as HomeroomDistrict
from homeroom.districts.models import Method
from homeroom.feeds import actions, drop_boxes
from homeroom.feeds.connections import box_of, place_of, sftp_address
from homeroom.feeds.credentials import Credentials, unseal
from homeroom.feeds.host_keys import own_fingerprint
from homeroom.feeds.models import Authentication, Feed
from homeroom.sources.sftp_connection import fingerprint
from tests.feeds.sftp import CREDENTIALS, feed, server, unconfirmed
from tests.people import Cast, set_method, signed_in
from tests.sources.sftp_servers import PASSWORD, USER, District
from tests.syncs.conftest import data

__all__ = ["data", "feed", "server", "unconfirmed"]  # fixtures are found where they are imported

pytestmark = pytest.mark.django_db

SOURCE = "/operator/districts/ferndale/source/"
PEM = asyncssh.generate_private_key("ssh-ed25519").export_private_key().decode()
PAGES = ("", "connect/", "credentials/", "nights/", "drop-box/", "drop-box/password/")


def filled_in(server: District, **more: str) -> dict[str, str]:
    return {
        "host": "127.0.0.1", "port": str(server.port), "folder": "/", "authentication": "sftp-password", "key": USER,
        "password": PASSWORD, "private_key": "", "settled_after_minutes": "2",
    } | more  # fmt: skip


def stored(cast: Cast) -> Feed:
    with scope.within(cast.ferndale.pk):
        return Feed.objects.get()


def words(page: Any) -> str:
    return " ".join(page.text.split())


@pytest.fixture
def browser(cast: Cast) -> Client:
    return signed_in(cast.operator)


def connect(cast: Cast, credentials: Credentials | None = CREDENTIALS, **given: Any) -> Feed:
    connection = {"base_url": "sftp://sftp.example:22//out", "authentication": Authentication.SFTP_PASSWORD} | given
    return actions.connect(by=cast.operator, district=cast.ferndale, credentials=credentials, **connection)


@pytest.mark.parametrize(
    ("host", "port", "folder"),
    [("sftp.example", 22, "/out"), ("10.0.0.7", 2_222, ""), ("::1", 22, "Año 2026/50% #1?"), ("h.example", 1, "out")],
)
def test_place_is_stored_and_read_again(host: str, port: int, folder: str) -> None:
    assert place_of(Feed(base_url=sftp_address(host, port, folder))) == (host, port, folder)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"base_url": "https://sftp.example/"}, "The host is a name such as sftp.example.org"),
        ({"base_url": "sftp://user@sftp.example:99999/"}, "The host is a name"),
        ({"base_url": sftp_address("sftp.example/out", 22, "")}, "The host is a name"),
        ({"base_url": sftp_address("a b", 22, "")}, "The host is a name"),
        ({"base_url": sftp_address("sftp.example", 22, "/" + "ü" * 90)}, "shorter path"),
        ({"authentication": Authentication.BEARER}, "another kind of source"),
        ({"settled_after_minutes": 0}, "Write 1 to 1,440 minutes"),
        ({"credentials": Credentials("", "x")}, "enter the user"),
        ({"credentials": Credentials("x", "")}, "enter the password"),
        ({"credentials": Credentials("x", "x"), "authentication": Authentication.SFTP_KEY}, "no private key that can"),
        ({"credentials": Credentials("a\u0007b", "x")}, "user has a character in it that cannot be sent"),
        ({"credentials": None}, "enter the credentials"),
    ],
)
def test_what_cannot_be_used_is_refused(cast: Cast, given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        connect(cast, **given)


def test_provider_is_no_source_of_a_district_that_sends_files(cast: Cast) -> None:
    districts.change_method(by=cast.operator, district=cast.ferndale, method=Method.CLASSLINK)
    cast.ferndale.refresh_from_db()

    with pytest.raises(Refused, match="another kind of source"):
        connect(cast)


def test_feed_of_another_method_waits_for_its_return(cast: Cast, browser: Client) -> None:
    connect(cast)
    districts.change_method(by=cast.operator, district=cast.ferndale, method=Method.ONEROSTER_REST)

    assert "No source is connected yet" in browser.get(SOURCE).text
    with pytest.raises(Refused, match="No source is connected yet"):
        actions.pause(by=cast.operator, district=HomeroomDistrict.objects.get(pk=cast.ferndale.pk))

    districts.change_method(by=cast.operator, district=cast.ferndale, method=Method.ONEROSTER_CSV)
    assert "sftp.example" in browser.get(SOURCE).text


def test_feed_of_another_method_is_not_due_until_its_return(cast: Cast, browser: Client) -> None:
    connect(cast)
    due = HomeroomDistrict.objects.get(pk=cast.ferndale.pk).due_at
    assert "The next sync begins on" in browser.get("/operator/districts/ferndale/").text

    set_method(by=cast.operator, district=cast.ferndale, method=Method.ONEROSTER_REST)
    assert "The next sync begins on" not in browser.get("/operator/districts/ferndale/").text

    set_method(by=cast.operator, district=cast.ferndale, method=Method.ONEROSTER_CSV)
    assert HomeroomDistrict.objects.get(pk=cast.ferndale.pk).due_at == due


@pytest.mark.parametrize("page", ["connect/", "drop-box/password/"])
def test_page_says_that_the_feed_of_another_method_is_forgotten(
    cast: Cast, data: Path, browser: Client, page: str
) -> None:
    assert "is forgotten" not in browser.get(SOURCE + page).text
    districts.change_method(by=cast.operator, district=cast.ferndale, method=Method.ONEROSTER_REST)
    rest = {"base_url": "https://rest.example/", "authentication": Authentication.BEARER}
    actions.connect(by=cast.operator, district=cast.ferndale, credentials=Credentials("", "token"), **rest)
    districts.change_method(by=cast.operator, district=cast.ferndale, method=Method.ONEROSTER_CSV)

    assert "A fixed bearer token at https://rest.example/, is forgotten then" in words(browser.get(SOURCE + page))


@pytest.mark.parametrize(
    "change",
    [
        {"base_url": "sftp://elsewhere.example:22//out"},
        {"base_url": "sftp://sftp.example:23//out"},
        {"authentication": Authentication.SFTP_KEY},
    ],
)
def test_stored_credentials_are_shown_to_nobody_else(cast: Cast, change: dict[str, Any]) -> None:
    connect(cast)

    with pytest.raises(Refused, match="stored credentials do not belong to this"):
        connect(cast, None, **change)


def test_another_server_has_to_be_confirmed_anew_and_another_folder_has_not(cast: Cast, server: District) -> None:
    connect(cast)
    actions.confirm_host_key(by=cast.operator, district=cast.ferndale, host_key=server.host_key_line)

    assert connect(cast, None, base_url="sftp://sftp.example:22//new").host_key == server.host_key_line
    assert connect(cast, base_url="sftp://sftp.example:23//new").host_key == ""


@pytest.mark.parametrize("host_key", ["", "ssh-ed25519 AAAA", "nonsense"])
def test_only_a_host_key_is_confirmed(cast: Cast, host_key: str) -> None:
    connect(cast)

    with pytest.raises(Refused, match="no public key of an SSH server"):
        actions.confirm_host_key(by=cast.operator, district=cast.ferndale, host_key=host_key)


def test_confirming_leaves_the_fingerprint_in_the_audit(cast: Cast, feed: Feed, server: District) -> None:
    with scope.within(cast.ferndale.pk):
        detail = Event.objects.get(what="feed.host-key-confirmed").detail
    assert detail == {"fingerprint": fingerprint(server.host_key_line)}


def test_server_is_connected_confirmed_and_tested(cast: Cast, browser: Client, server: District) -> None:
    server.put("old.zip", seconds_ago=9_000)
    server.put("roster.zip", seconds_ago=5_000)
    server.put("next.zip", seconds_ago=1)

    stored_page = browser.post(SOURCE + "connect/", filled_in(server), follow=True)
    assert "The connection is stored." in stored_page.text
    assert "Not confirmed" in stored_page.text

    asked = browser.post(SOURCE + "test/")
    assert fingerprint(server.host_key_line) in asked.text
    assert server.logins == []

    confirmed = browser.post(SOURCE + "host-key/", {"host_key": asked.context["looked"].host_key}, follow=True)
    assert "The server is confirmed." in confirmed.text
    assert fingerprint(server.host_key_line) in confirmed.text

    tested = browser.post(SOURCE + "test/")
    assert "It works: roster.zip would be collected." in words(tested)
    assert [text in words(tested) for text in ("Still growing", "The newest finished", "Older")] == [True] * 3


def test_test_says_what_stands_in_the_way(cast: Cast, feed: Feed, browser: Client, server: District) -> None:
    actions.rotate_credentials(by=cast.operator, district=cast.ferndale, credentials=Credentials(USER, "wrong"))

    assert "did not let the user “homeroom” in with this password" in browser.post(SOURCE + "test/").text


def test_test_says_that_there_is_no_roster(feed: Feed, browser: Client) -> None:
    assert "there is no roster in the folder" in browser.post(SOURCE + "test/").text


def test_changed_host_key_is_told_and_can_be_confirmed(
    cast: Cast, feed: Feed, browser: Client, server: District
) -> None:
    with scope.within(cast.ferndale.pk):
        Feed.objects.update(host_key=District(server.folder).host_key_line)

    page = browser.post(SOURCE + "test/")

    assert "instead of the host key that was confirmed" in page.text
    assert page.context["looked"].host_key == server.host_key_line
    assert "It is the right server" in page.text


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"password": "", "private_key": PEM}, "a private key does not go with that"),
        ({"private_key": PEM}, "a private key does not go with that"),
        ({"authentication": "sftp-key"}, "a password does not go with that"),
        ({"authentication": "sftp-key", "private_key": PEM}, "a password does not go with that"),
    ],
)
def test_what_does_not_go_with_the_authentication_is_neither_stored_nor_sent(
    cast: Cast, server: District, browser: Client, given: dict[str, str], sentence: str
) -> None:
    page = browser.post(SOURCE + "connect/", filled_in(server, **given))

    assert sentence in words(page)
    assert "BEGIN OPENSSH" not in page.text
    with scope.within(cast.ferndale.pk):
        assert not Feed.objects.exists()


def test_private_key_in_place_of_a_password_is_not_tried(cast: Cast, feed: Feed, browser: Client) -> None:
    page = browser.post(SOURCE + "credentials/", {"key": USER, "private_key": PEM, "untested": "on"})

    assert "a private key does not go with that" in words(page)
    assert unseal(stored(cast).sealed) == CREDENTIALS


def test_private_key_is_stored_as_it_was_filled_in(cast: Cast, server: District, browser: Client) -> None:
    said = filled_in(server, authentication="sftp-key", password="", private_key=PEM)
    browser.post(SOURCE + "connect/", said)

    assert unseal(stored(cast).sealed) == Credentials(USER, PEM)


def test_credentials_are_never_shown_again(feed: Feed, browser: Client) -> None:
    pages = [browser.get(SOURCE + page, follow=True).text for page in ("", "connect/", "credentials/", "nights/")]

    assert [PASSWORD in page for page in pages] == [False] * len(pages)


def test_credentials_that_do_not_work_replace_none(cast: Cast, feed: Feed, browser: Client) -> None:
    page = browser.post(SOURCE + "credentials/", {"key": USER, "password": "wrong"})

    assert "They do not work, so those that are stored stay" in page.text
    assert unseal(stored(cast).sealed) == CREDENTIALS


def test_credentials_are_replaced_once_they_were_tried(cast: Cast, feed: Feed, browser: Client) -> None:
    actions.rotate_credentials(by=cast.operator, district=cast.ferndale, credentials=Credentials(USER, "revoked"))
    browser.post(SOURCE + "credentials/", {"key": USER, "password": PASSWORD})

    assert unseal(stored(cast).sealed) == CREDENTIALS


def test_nights_are_set_and_ask_for_nothing_else(cast: Cast, feed: Feed, browser: Client) -> None:
    assert "Ask for changes only" not in browser.get(SOURCE + "nights/").text

    browser.post(SOURCE + "nights/", {"night": "03:30", "no_syncs_on": "2026-12-24"})

    assert (stored(cast).night.hour, stored(cast).no_syncs_on) == (3, ["2026-12-24"])


def test_district_that_uploads_is_not_told_that_its_source_is_missing(cast: Cast, browser: Client) -> None:
    assert browser.get("/operator/districts/ferndale/").context["steps"] == []
    assert "source" not in signed_in(cast.district_admin).get("/d/ferndale/sync-reports/").text.lower()


@pytest.mark.parametrize("who", ["district_admin", "oak_admin", "outsider"])
def test_only_operators_confirm_a_server(cast: Cast, unconfirmed: Feed, server: District, who: str) -> None:
    page = signed_in(getattr(cast, who)).post(SOURCE + "host-key/", {"host_key": server.host_key_line})

    assert (page.status_code, stored(cast).host_key) == (404, "")
    with pytest.raises(Refused):
        actions.confirm_host_key(by=getattr(cast, who), district=cast.ferndale, host_key=server.host_key_line)


def test_drop_box_is_opened_shown_once_changed_and_given_a_new_password(
    cast: Cast, data: Path, browser: Client
) -> None:
    assert "Open a drop box" in browser.get(SOURCE).text

    opened = browser.post(SOURCE + "drop-box/password/")
    password = opened.context["password"]
    assert password in opened.text
    assert "no-store" in opened.headers["Cache-Control"]
    assert own_fingerprint() in opened.text
    assert drop_boxes.lets_in("ferndale", password=password) is not None

    page = browser.get(SOURCE)
    assert "At night" in page.text
    assert "The next nightly sync begins on" in page.text
    assert [password in browser.get(SOURCE + each, follow=True).text for each in PAGES] == [False] * len(PAGES)

    key = District(data).host_key_line
    browser.post(SOURCE + "drop-box/", {"box_keys": key + " sis\r\n", "takes_at_once": "on"})
    assert (stored(cast).box_keys, stored(cast).takes_at_once) == (key, True)
    assert drop_boxes.lets_in("ferndale", key=key) is not None

    again = browser.post(SOURCE + "drop-box/password/").context["password"]
    assert drop_boxes.lets_in("ferndale", password=password) is None
    assert drop_boxes.lets_in("ferndale", password=again) is not None


def test_drop_box_by_key_only_needs_a_key(cast: Cast, data: Path, browser: Client) -> None:
    browser.post(SOURCE + "drop-box/password/")

    assert (
        "Enter a public key, or nobody could sign in." in browser.post(SOURCE + "drop-box/", {"needs_key": "on"}).text
    )
    assert "is no public key" in browser.post(SOURCE + "drop-box/", {"box_keys": "ssh-ed25519 nonsense"}).text
    assert stored(cast).box_password


def test_password_that_is_gone_does_not_come_back_by_itself(cast: Cast, data: Path, browser: Client) -> None:
    browser.post(SOURCE + "drop-box/password/")
    key = District(data).host_key_line
    browser.post(SOURCE + "drop-box/", {"box_keys": key, "needs_key": "on"})
    assert "By public key only" in browser.get(SOURCE).text

    refused = browser.post(SOURCE + "drop-box/", {"box_keys": key})
    assert "For both, make a new password first." in refused.text
    browser.post(SOURCE + "drop-box/password/")
    assert "The drop box is changed." in browser.post(SOURCE + "drop-box/", {"box_keys": key}, follow=True).text


def test_password_of_a_drop_box_is_stored_hashed(cast: Cast, data: Path) -> None:
    password = drop_boxes.open_box(by=cast.operator, district=cast.ferndale)

    assert password not in stored(cast).box_password
    with scope.within(cast.ferndale.pk):
        assert all(password not in str(event.detail) for event in Event.objects.all())


def test_new_drop_box_waits_for_loose_files_as_long_as_its_pages_say(cast: Cast, data: Path) -> None:
    connect(cast, settled_after_minutes=600)
    drop_boxes.open_box(by=cast.operator, district=cast.ferndale)

    assert stored(cast).settled_after_minutes == 2


def test_own_server_takes_the_place_of_the_drop_box(cast: Cast, data: Path) -> None:
    password = drop_boxes.open_box(by=cast.operator, district=cast.ferndale)

    with pytest.raises(Refused, match="do not belong to this"):
        connect(cast, None)
    connect(cast)

    assert drop_boxes.lets_in("ferndale", password=password) is None
    assert stored(cast).box_password == ""


@pytest.mark.parametrize("leaves_for", ["own server", "another method", "no other method"])
def test_what_lies_in_a_drop_box_is_removed_with_it(
    cast: Cast, data: Path, browser: Client, django_capture_on_commit_callbacks: Any, leaves_for: str
) -> None:
    drop_boxes.open_box(by=cast.operator, district=cast.ferndale)
    box = box_of(cast.ferndale.pk)
    box.make()
    box.path("roster.zip").write_bytes(b"x")
    assert "what lies in it is removed" in browser.get(SOURCE + "connect/").text

    with django_capture_on_commit_callbacks(execute=True):
        if leaves_for == "own server":
            connect(cast)
        else:
            method = Method.CLASSLINK if leaves_for == "another method" else Method.ONEROSTER_CSV
            set_method(by=cast.operator, district=cast.ferndale, method=method)

    assert box.folder.exists() == (leaves_for == "no other method")


@pytest.mark.parametrize("who", ["district_admin", "oak_admin", "outsider"])
def test_only_operators_open_a_drop_box(cast: Cast, data: Path, who: str) -> None:
    with pytest.raises(Refused):
        drop_boxes.open_box(by=getattr(cast, who), district=cast.ferndale)


def test_drop_box_shows_what_lies_in_it(cast: Cast, data: Path, browser: Client) -> None:
    drop_boxes.open_box(by=cast.operator, district=cast.ferndale)
    assert "There is no roster in the drop box" in browser.post(SOURCE + "test/").text
    box = box_of(cast.ferndale.pk)
    box.make()
    box.path("roster.zip").write_bytes(b"x")

    assert "roster.zip would be collected." in words(browser.post(SOURCE + "test/"))
