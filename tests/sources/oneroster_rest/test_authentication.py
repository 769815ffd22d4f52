"""Who asks is shown in each of the ways that providers know, and the secrets go nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from homeroom.demo.provider import Manners, Provider, serving
from homeroom.demo.provider_access import KEY, SECRET, TOKEN, Access
from homeroom.demo.provider_faults import Fault, Kind
from homeroom.sources import RefusedError, SettingsError, TryAgainLaterError
from homeroom.sources.addresses import Allowed
from homeroom.sources.oneroster_rest import Authentication, Bearer, ClientCredentials, Connection, OAuth1, collect
from homeroom.sources.oneroster_rest.authentication import signer
from homeroom.sources.oneroster_rest.wire import Answer, Wire
from tests.sources.oneroster_rest.pulling import PAGE, connected, district, left_in, pulled

#: By the provider's kind of access, how we show who we are; from its address.
WAYS: dict[str, tuple[Access, Callable[[str], Authentication]]] = {
    "OAuth 1.0a, SHA256": (Access("oauth1"), lambda _: OAuth1(KEY, SECRET)),
    "OAuth 1.0a, SHA1": (Access("oauth1"), lambda _: OAuth1(KEY, SECRET, digest="SHA1")),
    "OAuth 2, header": (Access("oauth2"), lambda at: ClientCredentials(f"{at}/token", KEY, SECRET)),
    "OAuth 2, form": (
        Access("oauth2", in_body=True),
        lambda at: ClientCredentials(f"{at}/token", KEY, SECRET, in_body=True),
    ),
    "fixed token": (Access("bearer"), lambda _: Bearer(TOKEN)),
}
WRONG: dict[str, tuple[Access, Callable[[str], Authentication]]] = {
    "OAuth 1.0a": (Access("oauth1"), lambda _: OAuth1(KEY, "guessed")),
    "OAuth 2, header": (Access("oauth2"), lambda at: ClientCredentials(f"{at}/token", KEY, "guessed")),
    "OAuth 2, form": (Access("oauth2", in_body=True), lambda at: ClientCredentials(f"{at}/token", KEY, SECRET)),
    "fixed token": (Access("bearer"), lambda _: Bearer("guessed")),
}


def asking(address: str, provider: Provider, authentication: Authentication) -> Connection:
    base = f"{address}{provider.base}"
    return Connection(base, provider.version, authentication, page_size=PAGE, allows_loopback=True)


@pytest.mark.parametrize("version", ["1.1", "1.2"])
@pytest.mark.parametrize("way", WAYS)
def test_right_credentials_are_let_in(way: str, version: str, tmp_path: Path) -> None:
    access, shown = WAYS[way]
    provider = Provider(district(), version=version, access=access)

    with serving(provider) as address:
        delivery = collect(asking(address, provider, shown(address)), tmp_path, since=datetime(2020, 1, 1, tzinfo=UTC))

    assert pulled(delivery) == district()


@pytest.mark.parametrize("way", WRONG)
def test_wrong_credentials_are_a_setting_to_mend(way: str, tmp_path: Path) -> None:
    access, shown = WRONG[way]
    provider = Provider(district(), access=access)

    with serving(provider) as address, pytest.raises(SettingsError, match=r"redentials|client id and secret") as told:
        collect(asking(address, provider, shown(address)), tmp_path)

    assert "guessed" not in str(told.value)
    assert SECRET not in str(told.value)
    assert provider.asked == []
    assert left_in(tmp_path) == []


def test_token_that_expires_midway_is_fetched_anew(tmp_path: Path) -> None:
    expiring = [Fault(Kind.TOKEN_EXPIRED, "users", page) for page in range(4)]
    provider = Provider(district(), access=Access("oauth2"), manners=Manners(most_records=PAGE), faults=expiring)

    with connected(provider) as connection:
        assert pulled(collect(connection, tmp_path)) == district()


def test_address_that_gives_no_token_is_said(tmp_path: Path) -> None:
    with connected(Provider(district(), access=Access("oauth2"))) as connection:
        elsewhere = replace(connection, authentication=ClientCredentials(connection.base_url, KEY, SECRET))
        with pytest.raises(SettingsError, match="gives no token: it answers with status 401"):
            collect(elsewhere, tmp_path)


def test_signature_of_an_unknown_kind_is_a_setting_to_mend(tmp_path: Path) -> None:
    with connected(Provider(district())) as connection:
        unknown = replace(connection, authentication=OAuth1(KEY, SECRET, digest="MD5"))
        with pytest.raises(SettingsError, match="SHA256 or SHA1, not with MD5"):
            collect(unknown, tmp_path)


V1P1, V1P2 = (f"https://purl.imsglobal.org/spec/or/{version}/scope/" for version in ("v1p1", "v1p2"))


@pytest.mark.parametrize(
    ("version", "wants_demographics", "own", "scopes"),
    [
        ("1.1", False, None, (f"{V1P1}roster-core.readonly", f"{V1P1}roster.readonly")),
        ("1.2", False, None, (f"{V1P2}roster-core.readonly", f"{V1P2}roster.readonly")),
        ("1.2", False, (), ()),
        ("1.2", True, ("all",), ("all",)),
        (
            "1.2",
            True,
            None,
            (f"{V1P2}roster-core.readonly", f"{V1P2}roster.readonly", f"{V1P2}roster-demographics.readonly"),
        ),
    ],
)
def test_scopes_are_those_of_the_version_unless_others_are_set(
    version: str, wants_demographics: bool, own: tuple[str, ...] | None, scopes: tuple[str, ...]
) -> None:
    credentials = ClientCredentials("https://sis.example/token", KEY, SECRET, own)
    connection = Connection("https://sis.example", version, credentials, wants_demographics=wants_demographics)

    assert connection.scopes == scopes


@pytest.mark.parametrize("way", WAYS)
def test_secrets_are_not_shown(way: str) -> None:
    authentication = WAYS[way][1]("https://sis.example")

    shown = repr(authentication) + repr(Connection("https://sis.example", "1.1", authentication))

    assert SECRET not in shown
    assert TOKEN not in shown


class Saying(Wire):
    """In place of a network: always the same answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(allowed=Allowed(), timeout_seconds=1, at_once=1)
        self.answer = answer

    def send(self, *_: object, **__: object) -> Answer:
        return self.answer


@pytest.mark.parametrize(
    ("answer", "error", "sentence"),
    [
        (Answer(503, {}, b""), TryAgainLaterError, "gives no token at the moment: it answers with status 503"),
        (Answer(400, {}, b'{"error": "invalid_scope"}'), SettingsError, "status 400 .invalid_scope.. Check the token"),
        (Answer(200, {}, b"<html>Sign in</html>"), RefusedError, "but with a web page .HTML., and no token is in it"),
        (Answer(200, {}, b'{"token": "x"}'), RefusedError, "but with JSON, and no token is in it"),
        (Answer(200, {}, b"[]"), RefusedError, "but with JSON, and no token is in it"),
    ],
)
def test_answer_without_a_token_says_what_came_instead(answer: Answer, error: type[Exception], sentence: str) -> None:
    credentials = ClientCredentials("https://sis.example/token", KEY, SECRET)

    with pytest.raises(error, match=sentence):
        signer(Connection("https://sis.example", "1.1", credentials), Saying(answer)).header(
            "https://sis.example/users"
        )
