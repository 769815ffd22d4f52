"""A small district behind the made-up provider, and what a pull of it brought."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from homeroom.demo.provider import Provider, serving
from homeroom.demo.provider_access import KEY, SECRET, TOKEN
from homeroom.engine import Delivery
from homeroom.engine.formats.rest_pages import PULL, read_page, read_pull
from homeroom.sources.oneroster_rest import Bearer, ClientCredentials, Connection

Record = dict[str, Any]
#: Three pages of ten, the last one half full.
PAGE, USERS = 10, 25


def record(id: str, **more: Any) -> Record:
    return {"sourcedId": id, "status": "active", "dateLastModified": "2026-08-01T06:00:00.000Z", **more}


def district(users: int = USERS, **collections: list[Record]) -> dict[str, list[Record]]:
    """One record of everything, but for users."""
    names = ("orgs", "academicSessions", "courses", "classes", "enrollments")
    made = {name: [record(f"{name}-1")] for name in names}
    return made | {"users": [record(f"user-{number:03}") for number in range(users)]} | collections


def connection_to(provider: Provider, address: str, **more: Any) -> Connection:
    authentication = (
        ClientCredentials(f"{address}/token", KEY, SECRET) if provider.access.kind == "oauth2" else Bearer(TOKEN)
    )
    usual = {"page_size": PAGE, "attempts": 3, "allows_loopback": True, "timeout_seconds": 5.0}
    return Connection(f"{address}{provider.base}", provider.version, authentication, **(usual | more))


@contextmanager
def connected(provider: Provider, **more: Any) -> Iterator[Connection]:
    """The connection to a provider that answers as long as one is inside."""
    with serving(provider) as address:
        yield connection_to(provider, address, **more)


def pulled(delivery: Delivery) -> dict[str, list[Record]]:
    """By collection the records of a delivery, in the order in which they came."""
    paths = {file.name: file.path for file in delivery.files}
    pull = read_pull(paths[PULL].read_text())
    return {
        name: [record for page in collection.pages for record in read_page(paths[page.file], name, page)]
        for name, collection in pull.collections.items()
    }


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())
