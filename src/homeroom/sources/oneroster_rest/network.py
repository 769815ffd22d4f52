"""How is a provider reached, and never anything else, nor for longer than an exchange may take?

What the pool hands through as a timeout is here the end of the whole exchange, as ``time.monotonic`` tells it: whoever
sends one byte at a time, be it of the headers, never runs into the timeout of a single read.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable
from typing import Any

import httpcore2

from homeroom.sources.addresses import Allowed, judged


class Network(httpcore2.SyncBackend):
    """Connects to allowed addresses only, and hands out streams that end when their exchange does.

    Raises SettingsError for other addresses, TryAgainLaterError for names that are unknown or not told in time.
    """

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
        failure: Exception | None = None
        left = _left(timeout, httpcore2.ConnectTimeout)
        for address in judged(host, port, self._allowed, within_seconds=left):
            try:
                left = _left(timeout, httpcore2.ConnectTimeout)
                return _Timed(super().connect_tcp(address, port, left, local_address, socket_options))
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        assert failure is not None
        raise failure


class _Timed(httpcore2.NetworkStream):
    """A stream whose timeouts are moments: each step gets what is left until then."""

    def __init__(self, stream: httpcore2.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(timeout, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(timeout, httpcore2.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        left = _left(timeout, httpcore2.ConnectTimeout)
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(end: float | None, too_late: type[httpcore2.TimeoutException]) -> float | None:
    """Seconds until the end of the exchange; null where it has none. Raises too_late once it has come."""
    if end is None:
        return None
    left = end - time.monotonic()
    if left <= 0:
        raise too_late
    return left
