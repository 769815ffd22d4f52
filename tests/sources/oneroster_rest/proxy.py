"""ClassLink's proxy, made up: the list of who shares with the publisher, and one district's roster behind it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from homeroom.demo.provider import Provider, Reply
from homeroom.demo.provider_access import Access

KEY = "partner-key"
#: As it arrives: percent-encoded already.
ID = "MoYPlyQWmG0%3D"
OURS = {
    "id": 17, "tenant_id": 2284, "tenant_name": "Ferndale", "application_id": 99, "oneroster_application_id": ID,
    "bearer": "token-1", "name": "Math for All", "enabled": "true", "tenant_status": "Active",
}  # fmt: skip


class Proxy(Provider):
    """Ferndale's provider behind the proxy. listed: what the proxy says of each application."""

    listed: list[Any]
    lists: int = 0

    def answer(self, path: str, query: Mapping[str, str], url: str) -> Reply:
        if path != "/applications":
            return super().answer(path.removeprefix(f"/{ID}"), query, url)
        self.lists += 1
        begin = int(query["offset"])
        told = {"status": 1, "applications": self.listed[begin : begin + int(query["limit"])]}
        return Reply(200, json.dumps(told).encode())


class Tokens(Access):
    """The partner key opens the list, and the token of the moment everything else."""

    valid = "token-1"

    def lets_in(self, authorization: str, url: str) -> bool:
        return authorization == f"Bearer {KEY if '/applications?' in url else self.valid}"
