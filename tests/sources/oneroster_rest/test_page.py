"""What an answer says: records, count, way on; and what is no page at all."""

from __future__ import annotations

import json

import pytest

from homeroom.sources import SettingsError
from homeroom.sources.oneroster_rest.page import (
    AbsentError,
    Arrived,
    UnwillingError,
    is_same_origin,
    understood,
    without_passwords,
)
from homeroom.sources.oneroster_rest.wire import Answer, PassingError

URL = "https://sis.example/v1p1/users?limit=2&offset=4"
BODY = b'{"users": [{"sourcedId": "a"}, {"sourcedId": "b"}]}'


def arrived(body: bytes = BODY, *, status: int = 200, **headers: str) -> Arrived:
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return understood(Answer(status, told, body), URL, "users")


def test_page_tells_its_records_and_what_stands_in_its_headers() -> None:
    page = arrived(x_total_count="7", x_perm_rev="r1", link='</v1p1/users?limit=2&offset=6>; rel="next"')

    assert page.ids == ["a", "b"]
    assert (page.total, page.revision) == (7, "r1")
    assert page.next_url == "https://sis.example/v1p1/users?limit=2&offset=6"
    assert page.next_has_offset


@pytest.mark.parametrize(
    "link",
    [
        '<https://sis.example/a?after=x>; rel="next"',
        "<https://sis.example/a?after=x>;rel=next",
        '<https://sis.example/0>; rel="first", <https://sis.example/a?after=x>; title="more"; rel="Next"',
    ],
)
def test_way_on_is_found_among_the_links(link: str) -> None:
    page = arrived(link=link)

    assert page.next_url == "https://sis.example/a?after=x"
    assert not page.next_has_offset


@pytest.mark.parametrize("link", ["", '<https://sis.example/a>; rel="last"', "https://sis.example/a; rel=next", "<>"])
def test_no_way_on_is_none(link: str) -> None:
    assert arrived(link=link).next_url is None


@pytest.mark.parametrize("count", ["", "many", "-1", "7.5"])
def test_count_that_is_none_says_nothing(count: str) -> None:
    assert arrived(x_total_count=count).total is None


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "instead of records came nothing"),
        (b"<html>maintenance</html>", "instead of records came a web page"),
        (BODY[:20], "JSON that ends in the middle or is damaged"),
        (b"[" * 100_000, "JSON that ends in the middle or is damaged"),
        (b"\xff\xfe", "text that is not JSON"),
        (b'{"statusInfoSet": [{"imsx_description": "busy"}]}', "there is no list called “users” in it .busy."),
        (b'{"users": null}', "“users” is not a list"),
    ],
)
def test_what_is_no_page_is_asked_for_again(body: bytes, sentence: str) -> None:
    with pytest.raises(PassingError, match=sentence):
        arrived(body)


def test_page_that_holds_other_than_it_says_is_asked_for_again() -> None:
    assert arrived(x_count="2").ids == ["a", "b"]
    with pytest.raises(PassingError, match="2 records came on a page that says it holds 3"):
        arrived(x_count="3")


@pytest.mark.parametrize(
    ("status", "error", "sentence"),
    [
        (401, SettingsError, "does not accept the credentials .x.. Check key"),
        (403, AbsentError, "grant access to “users”"),
        (404, AbsentError, "Check the base URL"),
        (400, UnwillingError, "status 400 .x."),
        (418, UnwillingError, "status 418"),
    ],
)
def test_refusal_says_what_to_do(status: int, error: type[Exception], sentence: str) -> None:
    with pytest.raises(error, match=sentence):
        arrived(json.dumps({"imsx_description": "x"}).encode(), status=status)


def test_records_without_a_source_id_are_told_apart_by_all_they_say() -> None:
    first, second, third = arrived(b'{"users": [{"a": 1, "b": 2}, {"b": 2, "a": 1}, {"a": 2}]}').ids

    assert first == second != third


@pytest.mark.parametrize(
    ("other", "is_same"),
    [
        ("https://sis.example/other", True), ("https://SIS.example", True), ("https://sis.example:443", False),
        ("http://sis.example", False), ("https://sis.example.org", False), ("//sis.example", False),
    ],
)  # fmt: skip
def test_origin_is_scheme_and_host_and_port(other: str, is_same: bool) -> None:
    assert is_same_origin("https://sis.example/v1p1", other) == is_same


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (b'{"password":"hush","a":1}', b'{"password":"","a":1}'),
        (b'{"password" : "hu\\"sh\\\\"}', b'{"password" : ""}'),
        (b'{"password":12345}', b'{"password":""}'),
        (b'{"credentials":[{"username":"a","password":"hush"}]}', b'{"credentials":[{"username":"a","password":""}]}'),
        (b'{"a":"x\\\\","password":"hush"}', b'{"a":"x\\\\","password":""}'),
    ],
)
def test_passwords_are_emptied(sent: bytes, kept: bytes) -> None:
    assert without_passwords(sent) == kept
    json.loads(kept)


@pytest.mark.parametrize(
    "sent",
    [
        b'{"password":""}', b'{"password":null}', b'{"passwordHint":"blue"}', b'{"a":"\\"password\\":\\"hush\\""}',
        b'{"a":"password","b":"c"}',
    ],
)  # fmt: skip
def test_everything_else_stays_byte_for_byte(sent: bytes) -> None:
    assert without_passwords(sent) == sent
