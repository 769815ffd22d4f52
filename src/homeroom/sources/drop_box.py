"""A district's drop box on this server: one flat folder, in which files are finished or not, and what may lie there.

    FOLDER/files/         what the district has uploaded, under its own names
    FOLDER/unfinished/    an empty file for each of those that is being written, or whose upload was cut off
    FOLDER/aside-…        a file that is just being removed, each under a name of its own

Whoever is killed in the middle leaves the mark, so that half a file never counts as a drop.
"""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import rmtree

from homeroom.sources.drops import Drop, Entry, drops, is_zip
from homeroom.sources.package import shown

MOST_FILES = 200
_NAME_BYTES = 200
_ASIDE = "aside-"
_NO_NAME = "No file here can be called that."


@dataclass(frozen=True)
class Box:
    """folder: made when it is needed, for the server's own user alone. most_bytes: of all files together."""

    folder: Path
    most_bytes: int

    @property
    def files(self) -> Path:
        return self.folder / "files"

    @property
    def _unfinished(self) -> Path:
        return self.folder / "unfinished"

    def make(self) -> None:
        for folder in (self.folder, self.files, self._unfinished):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def path(self, name: str) -> Path:
        """Where the file of this name lies, or would. Raises ValueError for a name that no file here can have."""
        if not name.isprintable() or "/" in name or "\\" in name or len(name.encode()) > _NAME_BYTES:
            raise ValueError(_NO_NAME)
        if name in ("", ".", ".."):
            raise ValueError(_NO_NAME)
        return self.files / name

    def has_room(self, name: str) -> bool:
        """Whether a file of this name may be begun."""
        return self.path(name).exists() or sum(1 for _ in self.files.iterdir()) < MOST_FILES

    def used_bytes(self) -> int:
        return sum(status.st_size for _, status in _regular(self.files))

    def is_finished(self, name: str) -> bool:
        return self.path(name).exists() and not (self._unfinished / name).exists()

    def begin(self, name: str) -> None:
        """From now on the file is not finished."""
        (self._unfinished / self.path(name).name).touch(mode=0o600)

    def finish(self, name: str) -> None:
        (self._unfinished / self.path(name).name).unlink(missing_ok=True)

    def rename(self, old: str, new: str) -> None:
        """The file has the new name, and is as finished as it was. Raises OSError if it is not there."""
        self.path(old).lstat()  # before anything is marked
        is_finished = self.is_finished(old)
        self.begin(new)
        self.path(old).rename(self.path(new))
        if is_finished:
            self.finish(new)
        self.finish(old)

    def remove(self, name: str) -> None:
        """Raises OSError if there is no such file."""
        self.path(name).unlink()
        self.finish(name)

    def drops(self, *, at: datetime, settled_after: timedelta) -> tuple[Drop, ...]:
        """The drops of the box, the newest first. settled_after: loose files come one by one, so that all of them wait
        for so long after the last; a zip is whole as soon as its upload has ended.
        """
        if not self.files.exists():
            return ()
        entries = [_entry(name, status) for name, status in _regular(self.files)]
        finished = [entry for entry in entries if not (self._unfinished / entry.path).exists()]
        zips = [entry for entry in entries if is_zip(entry.name)]
        loose = [entry for entry in entries if not is_zip(entry.name)]
        found = (
            *drops(finished, zips, at=at, settled_after=timedelta()),
            *drops(finished, loose, at=at, settled_after=settled_after),
        )
        return tuple(sorted(found, key=lambda drop: drop.modified_at, reverse=True))

    def link(self, drop: Drop, into: Path) -> None:
        """The files of the drop lie in that folder, too, as 00-orgs.csv and so on. Raises OSError if one has gone, or
        has been begun anew since it was listed; then it is not there.
        """
        into.mkdir(mode=0o700, parents=True, exist_ok=True)
        for place, entry in enumerate(drop.entries):
            path = into / f"{place:02}-{entry.name}"
            if not path.exists():
                path.hardlink_to(self.path(entry.name))
            # The mark first: what was written before it went shows in size and time.
            if not self.is_finished(entry.name) or _entry(entry.name, path.stat()) != entry:
                path.unlink()
                raise FileNotFoundError(f"A file of the drop {shown(drop.name)} has been begun anew.")

    def clear(self, taken: Iterable[Drop]) -> None:
        """The files of these drops are gone, but for those that have been uploaded anew since."""
        for drop in taken:
            for entry in drop.entries:
                self._remove_as_listed(entry)

    def expire(self, *, before: datetime) -> None:
        """Files that were changed before are gone: cut off and never sent again, or of names that are no drop's. So are
        those whose removal was cut off before.
        """
        if not self.files.exists():
            return
        for name, status in _regular(self.files):
            if _modified_at(status) < before:
                self._remove_as_listed(_entry(name, status))
        for name, status in _regular(self._unfinished):
            if _modified_at(status) < before and not self.path(name).exists():
                self.finish(name)
        for name, status in _regular(self.folder):
            # Since when it has been there; it was changed before it came there.
            if name.startswith(_ASIDE) and status.st_ctime < before.timestamp():
                (self.folder / name).unlink(missing_ok=True)

    def empty(self) -> None:
        """Nothing lies in it. Whoever is still signed in cannot send any more."""
        rmtree(self.folder, ignore_errors=True)  # what arrives in this very moment expires

    def _remove_as_listed(self, entry: Entry) -> None:
        """The file is gone, unless it is another one by now. It is put aside before it is looked at, since its upload
        may begin anew at any moment, and goes on in the same file wherever that lies.
        """
        path, aside = self.path(entry.name), self.folder / f"{_ASIDE}{secrets.token_hex(8)}"
        with suppress(FileNotFoundError):
            path.rename(aside)
            if _entry(entry.name, aside.stat()) != entry:
                with suppress(FileExistsError):
                    path.hardlink_to(aside)
            aside.unlink()


def _regular(folder: Path) -> list[tuple[str, os.stat_result]]:
    """Names of ordinary files, and what the system says of them; links are none. Others rename and remove meanwhile:
    what has gone between its name and the look at it is left out.
    """
    statuses = []
    with os.scandir(folder) as found:
        for entry in found:
            with suppress(FileNotFoundError):
                statuses.append((entry.name, entry.stat(follow_symlinks=False)))
    return [(name, status) for name, status in statuses if stat.S_ISREG(status.st_mode)]


def _entry(name: str, status: os.stat_result) -> Entry:
    return Entry(name, status.st_size, _modified_at(status))


def _modified_at(status: os.stat_result) -> datetime:
    return datetime.fromtimestamp(status.st_mtime, UTC)
