"""Where do the pages go as they arrive, and how do they become a delivery?"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

from isal import igzip

from homeroom.engine.delivery import Delivery, File
from homeroom.engine.formats.rest_pages import PULL, Collection, Page, Pull, metadata_of, read_pull
from homeroom.engine.formats.rest_text import has_ended
from homeroom.sources import RefusedError, SettingsError
from homeroom.sources.oneroster_rest.page import without_passwords
from homeroom.sources.oneroster_rest.walk import Step

_FAST = 1
#: Names under metadata become columns; more than these nobody meant as such.
_MOST_METADATA = 500
_WITH_PASSWORDS = "users"


@dataclass
class Shelf:
    """The pages of one collection, on disk as they came: byte for byte but for passwords, which are emptied."""

    folder: Path
    collection: str
    records: int = 0
    _pages: list[Page] = field(default_factory=list)
    _metadata: set[str] = field(default_factory=set)
    _ended: int = 0

    def keep(self, step: Step) -> None:
        page, number = step.page, len(self._pages) + 1
        body = without_passwords(page.body) if self.collection == _WITH_PASSWORDS else page.body
        name = f"{self.collection}-{number:05}.json.gz"
        path = self.folder / name
        with path.open("xb") as file:
            path.chmod(0o600)
            file.write(igzip.compress(body, _FAST, mtime=0))
        self._pages.append(Page(name, len(page.records), step.skip))
        new = page.records[step.skip :]
        self.records += len(new)
        self._ended += sum(has_ended(record) for record in new if record.get("status") != "active")
        for metadata in [metadata_of(record) for record in new if record.get("metadata")]:
            self._metadata.update(metadata)
        if len(self._metadata) > _MOST_METADATA:
            raise RefusedError(
                f"“{self.collection}” has more than {_MOST_METADATA} different names under “metadata”. They are meant "
                "for a few properties of the provider's own, with the same names in every record."
            )

    def clear(self) -> None:
        """Takes all pages off again: the walk begins anew."""
        for page in self._pages:
            (self.folder / page.file).unlink(missing_ok=True)
        self.records, self._pages, self._metadata, self._ended = 0, [], set(), 0

    def as_collection(self) -> Collection:
        return Collection(tuple(self._pages), self.records, self._ended, tuple(sorted(self._metadata)))


def seal(folder: Path, pull: Pull) -> Delivery:
    """Writes down that the pull is complete; from now on the folder is a delivery."""
    unfinished = folder / f".{PULL}"
    unfinished.write_text(pull.as_json(), encoding="utf-8")
    unfinished.chmod(0o600)
    unfinished.replace(folder / PULL)
    return delivery_in(folder)


def delivery_in(folder: Path) -> Delivery:
    """The delivery that an earlier pull left in this folder, to be read once more. Raises SettingsError if none did."""
    try:
        pull = read_pull((folder / PULL).read_text(encoding="utf-8"))
        names = [PULL, *(page.file for collection in pull.collections.values() for page in collection.pages)]
        files = tuple(File(name, folder / name, (folder / name).stat().st_size) for name in names)
    except (OSError, ValueError) as error:
        raise SettingsError("There is no finished pull in this folder. Pull the roster again.") from error
    return Delivery(files, pull.origin)


class Revision:
    """Of the provider's data as a whole, where it tells one (ClassLink): the same on every page of a pull."""

    def __init__(self) -> None:
        self._first: str | None = None
        self._lock = threading.Lock()

    def is_still(self, revision: str | None) -> bool:
        with self._lock:
            self._first = revision if self._first is None else self._first
            return revision is None or revision == self._first
