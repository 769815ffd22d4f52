"""Homeroom asks providers, and looks around in nobody's network."""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from homeroom.demo.provider import Provider
from homeroom.sources import SettingsError, TryAgainLaterError
from homeroom.sources.addresses import Allowed, askable
from homeroom.sources.oneroster_rest import Bearer, Connection, collect
from homeroom.sources.oneroster_rest.network import Network
from tests.sources.oneroster_rest.pulling import connected, district

PUBLIC = ["8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8"]
LOOPBACK = ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"]
PRIVATE = ["10.0.0.1", "172.16.0.1", "192.168.1.1", "fd12:3456::1", "::ffff:10.0.0.1", "64:ff9b::a00:1"]
NEVER = [
    "169.254.169.254", "fe80::1", "fe80::1%eth0", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::",
    "fd00:ec2::254", "100.100.100.200", "0.0.0.0", "::", "224.0.0.1", "ff02::1", "240.0.0.1", "255.255.255.255",
]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_asked(address: str) -> None:
    assert Allowed().address(address)


@pytest.mark.parametrize("address", [*LOOPBACK, *PRIVATE, *NEVER, "100.64.0.1"])
def test_others_are_not_asked_unless_it_is_allowed(address: str) -> None:
    assert not Allowed().address(address)


@pytest.mark.parametrize("address", LOOPBACK)
def test_loopback_can_be_allowed_by_itself(address: str) -> None:
    assert Allowed(loopback=True).address(address)
    assert not Allowed(private=True).address(address)


@pytest.mark.parametrize("address", PRIVATE)
def test_private_networks_can_be_allowed_by_themselves(address: str) -> None:
    assert Allowed(private=True).address(address)
    assert not Allowed(loopback=True).address(address)


@pytest.mark.parametrize("address", NEVER)
def test_where_clouds_keep_their_secrets_is_never_asked(address: str) -> None:
    assert not Allowed(loopback=True, private=True).address(address)


@pytest.mark.parametrize(
    "url",
    [
        "", "sis.example", "ftp://sis.example/", "https://", "https://[", "https://sis.example:many/",
        "https://sis.example:99999/", "https://key@sis.example/", "https://:secret@sis.example/",
        "https://sis.example/a b", "https://sis.example/a\n", "https://schüle.example/",
    ],
)  # fmt: skip
def test_what_is_no_web_address_is_not_asked_and_not_repeated(url: str) -> None:
    with pytest.raises(SettingsError, match="A web address begins with https://"):
        askable(url, Allowed(loopback=True))


@pytest.mark.parametrize("url", ["http://sis.example/", "http://127.0.0.1/", "http://[::1]/", "http://localhost:8000"])
def test_plain_http_is_for_this_machine_where_that_is_allowed(url: str) -> None:
    with pytest.raises(SettingsError, match="must be asked over https://"):
        askable(url, Allowed(loopback="sis" in url))


@pytest.mark.parametrize("url", ["https://sis.example:8443/v1?a=%20#b", "http://127.0.0.1:8000/", "http://[::1]/"])
def test_other_addresses_may_be_asked_by_their_host(url: str) -> None:
    assert askable(url, Allowed(loopback=True)) in ("sis.example", "127.0.0.1", "::1")


def test_provider_on_this_machine_is_not_asked_by_default(tmp_path: Path) -> None:
    provider = Provider(district())

    with connected(provider) as connection:
        by_default = replace(connection, allows_loopback=False)
        with pytest.raises(SettingsError, match="must be asked over https://"):
            collect(by_default, tmp_path)
        encrypted = replace(by_default, base_url=connection.base_url.replace("http:", "https:"))
        with pytest.raises(SettingsError, match=r"127\.0\.0\.1, an address inside a private network"):
            collect(encrypted, tmp_path)

    assert provider.asked == []


@pytest.mark.parametrize("resolved", [["169.254.169.254"], ["8.8.8.8", "10.0.0.1"]])
def test_name_is_judged_by_every_address_that_it_has(resolved: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in resolved]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)

    with pytest.raises(SettingsError, match=f"sis.example leads to {resolved[-1]}"):
        Network(Allowed()).connect_tcp("sis.example", 443)


def test_connection_is_made_to_the_address_that_was_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["127.0.0.1", "10.0.0.1"])
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), 1))]
    )
    reached: list[str] = []

    def connect(address: tuple[str, int], *_: object, **__: object) -> socket.socket:
        reached.append(address[0])
        return socket.socket()

    monkeypatch.setattr(socket, "create_connection", connect)

    Network(Allowed(loopback=True)).connect_tcp("sis.example", 443).close()

    assert reached == ["127.0.0.1"]


WHAT_TO_DO = "Check the spelling of the address in the settings; if it is right, .* a later try may succeed"


def test_name_that_is_none_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    with pytest.raises(TryAgainLaterError, match=rf"No machine is called sis\.example\. {WHAT_TO_DO}"):
        collect(Connection("https://sis.example/v1p1", "1.1", Bearer("x")), tmp_path)


def test_name_service_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    answered = threading.Event()

    def hangs(*_: object, **__: object) -> None:
        answered.wait(5)
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", hangs)
    begin = time.monotonic()

    with pytest.raises(TryAgainLaterError, match=rf"did not find sis\.example within 0 seconds\. {WHAT_TO_DO}"):
        collect(Connection("https://sis.example/v1p1", "1.1", Bearer("x"), timeout_seconds=0.2), tmp_path)

    answered.set()
    assert time.monotonic() - begin < 2  # of the five seconds that it would take


@pytest.mark.parametrize(
    "url",
    [
        "http://sis.example/v1p1", "ftp://sis.example", "sis.example", "https://", "https://ana:hush@sis.example",
        "http://127.0.0.1.sis.example/", "https://sis.example:port", "https://[::1", "https://sïs.example",
    ],
)  # fmt: skip
def test_url_that_is_none_or_not_safe_is_a_setting_to_mend(url: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"https://|cannot be read"):
        collect(Connection(url, "1.1", Bearer("x"), allows_loopback=True), tmp_path)
