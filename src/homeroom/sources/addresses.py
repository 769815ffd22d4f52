"""Which machines may be asked at all?

An operator enters the URL, and a server must not become the way by which somebody looks around in the network that it
stands in. So the name is resolved here, every address it has is judged, and the connection is made to exactly the
address that was judged: a name that leads elsewhere a moment later changes nothing.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import threading
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from homeroom.sources import SettingsError, TryAgainLaterError

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
#: Printable ASCII without spaces.
_PLAIN = re.compile(r"[!-~]+")
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
#: Where clouds tell their machines' secrets, outside of the link-local networks.
_METADATA = frozenset({ipaddress.ip_address("fd00:ec2::254"), ipaddress.ip_address("100.100.100.200")})


@dataclass(frozen=True)
class Allowed:
    """Which addresses beside public ones may be asked. advice: what to do where one may not."""

    loopback: bool = False
    private: bool = False
    advice: str = "Check the URL; if the provider really stands there, an operator can allow it."

    def address(self, text: str) -> bool:
        address = _unwrapped(ipaddress.ip_address(text.split("%", maxsplit=1)[0]))
        if address.is_loopback:
            return self.loopback
        if address in _METADATA or _is_never_asked(address):
            return False
        return address.is_global or (self.private and address.is_private)


def _unwrapped(address: _Address) -> _Address:
    """The IPv4 address inside an IPv6 one, by whichever way it was put in there."""
    if isinstance(address, ipaddress.IPv6Address):
        teredo = address.teredo[1] if address.teredo else None
        return address.ipv4_mapped or address.sixtofour or teredo or _translated(address) or address
    return address


def _translated(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address in ipaddress.ip_network("64:ff9b::/96"):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def _is_never_asked(address: _Address) -> bool:
    return address.is_link_local or address.is_multicast or address.is_unspecified or address.is_reserved


def askable(url: str, allowed: Allowed) -> str:
    """The host of a URL that may be asked, as far as the URL itself can tell. Raises SettingsError for others."""
    try:
        parts = urlsplit(url if _PLAIN.fullmatch(url) else "")
        host, _ = parts.hostname, parts.port
    except ValueError:
        parts, host = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc:
        raise SettingsError(
            "A web address begins with https:// and a host, and has no spaces, no letters with accents, no user name "
            "and no password in it."
        )
    if parts.scheme == "http" and not (allowed.loopback and host in _THIS_MACHINE):
        raise SettingsError(f"{host} must be asked over https://, so that nobody on the way can read along.")
    return host


def judged(host: str, port: int, allowed: Allowed, *, within_seconds: float | None = None) -> list[str]:
    """The addresses of this name, all of which may be asked; a connection is made to one of them and not to the name.

    Raises SettingsError for others, TryAgainLaterError for unknown names, and where the name service takes longer.
    """
    addresses = _resolved(host, port, within_seconds)
    for address in addresses:
        if not allowed.address(address):
            raise SettingsError(
                f"{host} leads to {address}, an address inside a private network, which Homeroom does not ask. "
                f"{allowed.advice}"
            )
    return addresses


#: Said of a test as of a night, so it promises no next try: where one is planned, the page says when.
_CHECK_NAME = (
    "Check the spelling of the address in the settings; if it is right, the name service of this server's network may "
    "be down or slow: then nothing has to be changed, and a later try may succeed."
)


def _resolved(host: str, port: int, within_seconds: float | None) -> list[str]:
    try:
        found = _asked(host.strip("[]"), port).result(within_seconds)
    except TimeoutError as error:  # an OSError, too
        raise TryAgainLaterError(
            f"The name service did not find {host} within {within_seconds or 0:,.0f} seconds. {_CHECK_NAME}"
        ) from error
    except (OSError, UnicodeError) as error:
        raise TryAgainLaterError(f"No machine is called {host}. {_CHECK_NAME}") from error
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def _asked(host: str, port: int) -> Future[list[Any]]:
    """What the name service says, once it does. The system's call knows no deadline, so it has a thread of its own:
    who does not wait for it any longer leaves it behind, until it returns or the process ends.
    """
    answer: Future[list[Any]] = Future()

    def ask() -> None:
        try:
            answer.set_result(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except Exception as error:  # raised again to whoever waits
            answer.set_exception(error)

    threading.Thread(target=ask, name="name service", daemon=True).start()
    return answer
