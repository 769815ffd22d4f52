"""How is a provider reached, and never anything else?"""

from __future__ import annotations

from collections.abc import Iterable

import httpcore2

from homeroom.sources.addresses import Allowed, judged


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
        failure: Exception | None = None
        for address in judged(host, port, self._allowed):
            try:
                return super().connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        assert failure is not None
        raise failure
