"""Which machines may be asked at all?

An operator enters the URL, and a server must not become the way by which somebody looks around in the network that it
stands in. So the name is resolved here, every address it has is judged, and the connection is made to exactly the
address that was judged: a name that leads elsewhere a moment later changes nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from dataclasses import dataclass

import httpcore2

from homeroom.sources import SettingsError, TryAgainLaterError

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
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


class Network(httpcore2.SyncBackend):
    """Connects to allowed addresses only. Raises SettingsError for others, TryAgainLaterError for unknown names."""

    def __init__(self, allowed: Allowed) -> None:
        self._allowed = allowed

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        addresses = _resolved(host, port)
        for address in addresses:
            if not self._allowed.address(address):
                raise SettingsError(
                    f"{host} leads to {address}, an address inside a private network, which Homeroom does not ask. "
                    f"{self._allowed.advice}"
                )
        failure: Exception | None = None
        for address in addresses:
            try:
                return super().connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        assert failure is not None
        raise failure


def _resolved(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise TryAgainLaterError(
            f"No machine is called {host}. Check the spelling of the URL; if it is right, the name service may be down."
        ) from error
    return list(dict.fromkeys(str(address[0]) for *_, address in found))
