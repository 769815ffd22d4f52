"""A roster, pulled from a OneRoster provider: all of it, or an error that says what is missing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from queue import SimpleQueue
from urllib.parse import urlsplit

from homeroom.engine.delivery import Delivery
from homeroom.engine.formats.rest_pages import BULK, DELTA, PULL, Collection, Pull
from homeroom.sources import SettingsError, TryAgainLaterError
from homeroom.sources.addresses import Allowed
from homeroom.sources.oneroster_rest.asking import Asker, Patience
from homeroom.sources.oneroster_rest.authentication import signer
from homeroom.sources.oneroster_rest.connection import DEMOGRAPHICS, Connection
from homeroom.sources.oneroster_rest.keeping import Revision, Shelf, seal
from homeroom.sources.oneroster_rest.page import AbsentError
from homeroom.sources.oneroster_rest.walk import Manner, MovedError, Walk
from homeroom.sources.oneroster_rest.wire import Wire

#: So often a walk, and a pull whose revision changes, is begun anew.
ATTEMPTS = 3
VERSIONS = ("1.1", "1.2")
_TELL_EVERY_SECONDS = 0.5

Progress = Callable[[str], None]


class _StoppedError(Exception):
    """Another collection has failed: nobody needs this one any more."""


class _OtherRevisionError(Exception):
    """The provider's data as a whole is another than at the beginning."""


def collect(
    connection: Connection, folder: Path, *, since: datetime | None = None, progress: Progress = lambda _: None
) -> Delivery:
    """The delivery whose files are the pages of a pull, kept in ``folder`` as they came (without passwords).

    folder: made if it is not there; nothing else may lie in it. since: only what has changed after that moment (aware
    of its time zone), as a delta. A complete pull is needed from time to time nevertheless, because providers forget
    what they have deleted, and a changed user keeps the roles that are not named any more. progress: called with a
    sentence now and then, by the caller's own thread; what it raises ends the pull.

    Raises SourceError if not all of it arrived for certain; then the folder is empty again. No text of an error holds
    anything about a person.
    """
    if connection.version not in VERSIONS:
        raise SettingsError(f"OneRoster {connection.version} is not known: choose {' or '.join(VERSIONS)}.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise SettingsError("The folder for the pages is not empty.")
    try:
        collections = _pulled(connection, folder, _moment(since), progress)
        origin = urlsplit(connection.base_url).hostname or ""
        return seal(folder, Pull(connection.version, BULK if since is None else DELTA, origin, collections))
    except BaseException:
        _clear(folder)
        raise


def _pulled(connection: Connection, folder: Path, since: str | None, progress: Progress) -> dict[str, Collection]:
    for _ in range(ATTEMPTS):
        try:
            with opened(connection) as asker:
                return _Pulling(connection, asker, folder, since, progress).all()
        except _OtherRevisionError:
            _clear(folder)
    raise TryAgainLaterError(
        "The provider's data changed again and again while it was read. Choose a time of day when it is quiet."
    )


@contextmanager
def opened(connection: Connection) -> Iterator[Asker]:
    """The way to a provider, for as long as it is needed."""
    allowed = Allowed(loopback=connection.allows_loopback, private=connection.allows_private)
    wire = Wire(allowed=allowed, timeout_seconds=connection.timeout_seconds, at_once=connection.at_once)
    try:
        patience = Patience(connection.attempts, connection.longest_wait_seconds, connection.most_seconds)
        yield Asker(wire, signer(connection, wire), patience)
    finally:
        wire.close()


def _moment(since: datetime | None) -> str | None:
    return None if since is None else since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _clear(folder: Path) -> None:
    for path in (*folder.glob("*.json.gz"), folder / PULL, folder / f".{PULL}"):
        path.unlink(missing_ok=True)


@dataclass
class _Pulling:
    """One attempt at all collections, several at a time."""

    connection: Connection
    asker: Asker
    folder: Path
    since: str | None
    progress: Progress
    revision: Revision = field(default_factory=Revision)
    stopped: threading.Event = field(default_factory=threading.Event)
    told: SimpleQueue[str] = field(default_factory=SimpleQueue)

    def all(self) -> dict[str, Collection]:
        names = self.connection.collections
        with ThreadPoolExecutor(self.connection.at_once) as pool:
            futures = [pool.submit(self._one, name) for name in names]
            try:
                self._follow(futures)
            finally:  # all of it is there, or none of it is wanted any more
                self.stopped.set()
                for future in futures:
                    future.cancel()
        return {name: found for name, future in zip(names, futures, strict=True) if (found := future.result())}

    def _follow(self, futures: Iterable[Future[Collection | None]]) -> None:
        """Tells how far it is, until everything is done. Raises what went wrong first."""
        left = set(futures)
        while left:
            done, left = wait(left, _TELL_EVERY_SECONDS, FIRST_EXCEPTION)
            while not self.told.empty():
                self.progress(self.told.get())
            for future in done:
                future.result()

    def _one(self, name: str) -> Collection | None:
        """The collection, complete; null if it is one that we can do without, and is not given to us."""
        shelf, manner = Shelf(self.folder, name), Manner.of(self.connection)
        try:
            for _ in range(ATTEMPTS - 1):
                try:
                    return self._kept(name, manner, shelf)
                except MovedError:
                    shelf.clear()
            return self._kept(name, manner, shelf)
        except AbsentError:
            if name == DEMOGRAPHICS:  # scopes may be smaller than what was asked for
                return None
            raise

    def _kept(self, name: str, manner: Manner, shelf: Shelf) -> Collection:
        walk = self._through(name, manner, shelf)
        if not walk.is_proven and self._through(name, manner).digest != walk.digest:
            raise MovedError(
                f"“{name}” was different when it was read a second time. Choose a time of day when the data is quiet, "
                "or have the provider observe “sort”."
            )
        return shelf.as_collection()

    def _through(self, name: str, manner: Manner, shelf: Shelf | None = None) -> Walk:
        walk = Walk(self.asker, self.connection, name, manner, self.since)
        for step in walk.steps():
            if self.stopped.is_set():
                raise _StoppedError
            if not self.revision.is_still(step.page.revision):
                raise _OtherRevisionError
            if shelf is not None:
                shelf.keep(step)
            self.told.put(f"Read {walk.records:,} records of “{name}”")
        return walk
