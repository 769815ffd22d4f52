"""Does a connection work, and what is the provider like?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from homeroom.sources import SourceError
from homeroom.sources.oneroster_rest.asking import Asker
from homeroom.sources.oneroster_rest.connection import Connection
from homeroom.sources.oneroster_rest.page import Arrived, is_same_origin
from homeroom.sources.oneroster_rest.pull import opened
from homeroom.sources.oneroster_rest.walk import Manner, Walk

#: Somebody waits in front of a screen.
_ATTEMPTS = 2
_TIMEOUT_SECONDS = 30
_LONGEST_WAIT_SECONDS = 5
_MOST_SECONDS = 60


@dataclass(frozen=True)
class Tried:
    """What the first pages of one collection showed.

    records: how many there are; null where the provider does not say and there are more than one page holds. seconds:
    how long one page took. quirks: sentences for a person about what was unusual; none of them is an obstacle.
    problem: why it cannot be pulled, as a sentence; null if it can.
    """

    collection: str
    records: int | None = None
    page_records: int = 0
    seconds: float = 0.0
    quirks: tuple[str, ...] = ()
    problem: str | None = None


def test_connection(connection: Connection) -> tuple[Tried, ...]:
    """Asks for the first two pages of each collection, and keeps nothing. Never raises SourceError: what is wrong is
    said of the collection. What concerns all of them (the address, the credentials) is said once, of the first. Takes a
    minute and what is under way then, however slow the provider is.
    """
    patient = replace(
        connection,
        attempts=min(connection.attempts, _ATTEMPTS),
        timeout_seconds=min(connection.timeout_seconds, _TIMEOUT_SECONDS),
        longest_wait_seconds=min(connection.longest_wait_seconds, _LONGEST_WAIT_SECONDS),
        most_seconds=_MOST_SECONDS,
    )
    tried: list[Tried] = []
    with opened(patient) as asker:
        for name in patient.collections:
            one = _tried(patient, asker, name)
            tried.append(one)
            if one.problem is not None and len(tried) == 1:
                break
    return tuple(tried)


test_connection.__test__ = False  # type: ignore[attr-defined]  # pytest takes it for a test of its own


def _tried(connection: Connection, asker: Asker, name: str) -> Tried:
    manner = Manner.of(connection)
    walk = Walk(asker, connection, name, manner)
    pages: list[Arrived] = []
    try:
        for step in walk.steps():
            pages.append(step.page)
            if len(pages) > 1:
                break
        is_whole = len(pages) < 2
    except SourceError as error:
        return Tried(name, problem=str(error), quirks=tuple(manner.quirks))
    if not pages:
        return Tried(name, 0, quirks=tuple(manner.quirks))
    for quirk in _quirks(pages, connection):
        manner.note(quirk)
    return Tried(
        name,
        walk.records if is_whole else walk.total,
        len(pages[0].records),
        pages[0].seconds,
        tuple(manner.quirks),
    )


def _quirks(pages: list[Arrived], connection: Connection) -> list[str]:
    ids = [id for page in pages for id in page.ids]
    found = []
    if connection.sorts and ids != sorted(ids):
        found.append("It does not put records into the order of their source ids.")
    links = [page.next_url for page in pages if page.next_url is not None]
    if not links and len(pages) > 1:
        found.append("It sends no links from page to page.")
    foreign = {urlsplit(link).netloc for link in links if not is_same_origin(link, connection.base_url)}
    found += [f"Its links lead to {host}, which is not asked." for host in sorted(foreign)]
    if any(b'"statusInfoSet"' in page.body for page in pages):
        found.append("It sends status reports beside the records.")
    return found
