"""ClassLink's proxy lists the districts that share with a publisher, and each one's token, which may change."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from homeroom.demo.provider import Reply, serving
from homeroom.sources import RefusedError, SettingsError, TryAgainLaterError
from homeroom.sources.oneroster_rest import ClassLinkPartner, Connection, collect
from homeroom.sources.oneroster_rest.classlink import Application, applications
from homeroom.sources.oneroster_rest.wire import Answer, Wire
from tests.sources.oneroster_rest.proxy import ID, KEY, OURS, Proxy, Tokens
from tests.sources.oneroster_rest.pulling import PAGE, district, left_in, pulled

PARTNER = ClassLinkPartner("https://proxy.example", KEY)


@contextmanager
def behind(proxy: Proxy, *, key: str = KEY) -> Iterator[Connection]:
    with serving(proxy) as address:
        yield Connection(
            f"{address}/{ID}{proxy.base}",
            "1.1",
            ClassLinkPartner(address, key),
            page_size=PAGE,
            allows_loopback=True,
            attempts=2,
        )


@pytest.fixture
def proxy() -> Proxy:
    made = Proxy(district(), access=Tokens("bearer"))
    made.listed = [OURS | {"oneroster_application_id": "another", "bearer": "not-ours"}, OURS]
    return made


class Scripted(Wire):
    """Answers as it was told, one after the other, and notes what was asked."""

    def __init__(self, *answers: Answer) -> None:
        self.answers, self.asked = list(answers), list[str]()

    def send(self, method: str, url: str, headers: Mapping[str, str], content: bytes | None = None) -> Answer:
        self.asked.append(url)
        assert headers["Authorization"] == f"Bearer {KEY}"
        return self.answers.pop(0)


def ok(told: object) -> Answer:
    return Answer(200, {}, json.dumps(told).encode())


def listed(*answers: Answer) -> list[Application]:
    return list(applications(PARTNER, Scripted(*answers)))


def test_a_roster_is_read_with_the_token_that_the_proxy_gives(proxy: Proxy, tmp_path: Path) -> None:
    with behind(proxy) as connection:
        assert pulled(collect(connection, tmp_path)) == district()
    assert proxy.lists == 1


def test_a_token_that_changed_is_read_once_more(proxy: Proxy, tmp_path: Path) -> None:
    proxy.access.valid = "token-2"  # type: ignore[attr-defined]
    first = proxy.answer

    def answer(path: str, query: Mapping[str, str], url: str) -> Reply:
        told = first(path, query, url)
        proxy.listed = [OURS | {"bearer": "token-2"}]
        return told

    proxy.answer = answer  # type: ignore[method-assign]
    with behind(proxy) as connection:
        assert pulled(collect(connection, tmp_path)) == district()


def test_a_token_that_is_turned_down_and_stays_the_same_is_told(proxy: Proxy, tmp_path: Path) -> None:
    proxy.access.valid = "token-2"  # type: ignore[attr-defined]
    with behind(proxy) as connection, pytest.raises(SettingsError, match="credentials"):
        collect(connection, tmp_path)
    assert left_in(tmp_path) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"oneroster_application_id": "gone"}, "lists no application that belongs to the base URL"),
        ({"enabled": "false"}, "switched off the sharing of Ferndale"),
        ({"tenant_status": "Inactive"}, "switched off the sharing of Ferndale"),
        ({"bearer": None}, "gives no token for Ferndale yet"),
        ({"bearer": "two words"}, "gives no token for Ferndale yet"),
    ],
)
def test_what_stands_in_the_way_at_classlink_is_said(
    proxy: Proxy, tmp_path: Path, change: dict[str, Any], told: str
) -> None:
    proxy.listed = [OURS | change]
    with behind(proxy) as connection, pytest.raises(SettingsError, match=told):
        collect(connection, tmp_path)


def test_a_partner_key_that_is_wrong_is_said_and_not_shown(proxy: Proxy, tmp_path: Path) -> None:
    with behind(proxy, key="guessed") as connection, pytest.raises(SettingsError, match="partner key") as told:
        collect(connection, tmp_path)
    assert "guessed" not in str(told.value)


def test_the_key_goes_to_the_proxy_alone(tmp_path: Path) -> None:
    elsewhere = Connection(f"https://elsewhere.example/{ID}/ims/oneroster/v1p1", "1.1", PARTNER)

    with pytest.raises(SettingsError, match="not at ClassLink's proxy"):
        collect(elsewhere, tmp_path)


def test_applications_are_read_page_by_page_until_none_is_new() -> None:
    pages = [[OURS | {"oneroster_application_id": f"a{n}"} for n in range(k, k + 100)] for k in (0, 100)]
    wire = Scripted(*[ok({"applications": page}) for page in (*pages, [])])

    assert [one.id for one in applications(PARTNER, wire)] == [f"a{n}" for n in range(200)]
    assert [url.split("offset=")[1] for url in wire.asked] == ["0", "100", "200"]


@pytest.mark.parametrize("told", [{"applications": [OURS]}, {"status": 1, "applications": OURS}, [OURS]])
def test_each_shape_of_the_list_is_read(told: object) -> None:
    (one,) = listed(ok(told), ok(told))  # the second page is the first again

    assert (one.id, one.tenant_id, one.tenant, one.is_usable) == (ID, "2284", "Ferndale", True)
    assert one.base_url("https://proxy.example") == f"https://proxy.example/{ID}/ims/oneroster/v1p1"


@pytest.mark.parametrize("id", [None, "", "..", "a/b", "a?b", "a b", "a#b", ["a"], "é", "x" * 201])
def test_what_cannot_stand_in_an_address_is_no_application(id: object) -> None:
    assert listed(ok([OURS | {"oneroster_application_id": id}])) == []


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer(200, {}, b"<html>sign in</html>"), RefusedError),
        (ok({"status": 0, "message": "no such partner"}), RefusedError),
        (ok("nothing"), RefusedError),
        (Answer(404, {}, b""), RefusedError),
        (Answer(403, {}, b""), SettingsError),
        (Answer(503, {}, b""), TryAgainLaterError),
    ],
)
def test_what_is_no_list_is_said(answer: Answer, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"proxy\.example"):
        listed(answer)


def test_a_list_without_an_end_is_not_followed_for_ever() -> None:
    class Endless(Scripted):
        def send(self, method: str, url: str, headers: Mapping[str, str], content: bytes | None = None) -> Answer:
            return ok([OURS | {"oneroster_application_id": url.split("offset=")[1]}])

    with pytest.raises(RefusedError, match="without an end"):
        list(applications(PARTNER, Endless()))


def test_neither_key_nor_token_is_in_what_is_printed() -> None:
    (one,) = listed(ok([OURS]), ok([]))

    assert "token-1" not in repr(one)
    assert KEY not in repr(PARTNER)
