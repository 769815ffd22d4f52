"""Which of the files in a folder are the newest finished drop? Pure: two looks at a folder in, its drops out."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from homeroom.sources.package import is_left_by_system, is_roster_file

#: What programs that send files call them until they are whole.
_UNFINISHED = (".part", ".partial", ".tmp", ".temp", ".filepart", ".crdownload", ".uploading")
_ZIP = ".zip"


@dataclass(frozen=True, order=True)
class Entry:
    """A file in a drop folder. path: below it, with a slash if it lies in a folder there."""

    path: str
    size_bytes: int
    modified_at: datetime

    @property
    def folder(self) -> str:
        return self.path.rpartition("/")[0]

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]


@dataclass(frozen=True)
class Drop:
    """A zip archive, or the OneRoster CSV files of one folder, in the order of their paths. Not empty.

    is_growing: it may not be whole yet.
    """

    entries: tuple[Entry, ...]
    is_growing: bool

    @property
    def name(self) -> str:
        """As a person would call it: roster.zip, or 2026-11-22/users.csv and 6 more."""
        more = len(self.entries) - 1
        return f"{self.entries[-1].path} and {more} more" if more else self.entries[0].path

    @property
    def modified_at(self) -> datetime:
        return max(entry.modified_at for entry in self.entries)

    @property
    def size_bytes(self) -> int:
        return sum(entry.size_bytes for entry in self.entries)

    @property
    def mark(self) -> str:
        """Tells this drop from every other one, as far as a listing can: by names, sizes and times."""
        told = "\n".join(f"{entry.path}\t{entry.size_bytes}\t{entry.modified_at.timestamp()}" for entry in self.entries)
        return hashlib.sha256(told.encode()).hexdigest()


def drops(
    before: Collection[Entry], now: Collection[Entry], *, at: datetime, settled_after: timedelta
) -> tuple[Drop, ...]:
    """The drops of a folder that was looked at twice, the newest first.

    Each zip is one, and so are all OneRoster CSV files that lie in one folder; files with other names, and those that
    are still called by a temporary name, are none. A drop is growing if a file of it was different or not there before,
    or was changed less than ``settled_after`` before ``at``. Loose files are growing, too, as long as one of them has
    gone since, or one more is just arriving under a temporary name.
    """
    earlier, since = frozenset(before), at - settled_after

    def is_settled(entry: Entry) -> bool:
        return entry in earlier and entry.modified_at <= since

    found = [Drop((entry,), not is_settled(entry)) for entry in now if is_zip(entry.name)]
    for folder, together in groupby(sorted(now), lambda entry: entry.folder):
        entries = list(together)
        loose = tuple(entry for entry in entries if is_roster_file(entry.name))
        if not loose:
            continue
        arriving = [entry for entry in entries if _becomes_roster_file(entry.name) and not is_settled(entry)]
        have_gone = _loose_paths(before, folder) - _loose_paths(now, folder)
        found.append(Drop(loose, bool(arriving or have_gone) or not all(map(is_settled, loose))))
    return tuple(sorted(found, key=lambda drop: (drop.modified_at, drop.name), reverse=True))


def newest_finished(found: Iterable[Drop]) -> Drop | None:
    """Of drops, the newest first, the one to take; null if all of them are growing, or there are none."""
    return next((drop for drop in found if not drop.is_growing), None)


def concerns_us(name: str) -> bool:
    """Whether a file of this name is a drop, a part of one, or becomes one; others need not be looked at."""
    return is_zip(name) or is_roster_file(name) or _becomes_roster_file(name)


def is_zip(name: str) -> bool:
    return name.casefold().endswith(_ZIP) and not name.startswith(".") and not is_left_by_system(name)


def _becomes_roster_file(name: str) -> bool:
    """True for users.csv.part, and for .users.csv.Xy12, as rsync has it."""
    bare = name.casefold()
    for ending in _UNFINISHED:
        if bare.endswith(ending):
            return is_roster_file(bare.removesuffix(ending).lstrip("."))
    return bare.startswith(".") and is_roster_file(bare[1:].rpartition(".")[0])


def _loose_paths(entries: Iterable[Entry], folder: str) -> set[str]:
    return {entry.path for entry in entries if entry.folder == folder and is_roster_file(entry.name)}
