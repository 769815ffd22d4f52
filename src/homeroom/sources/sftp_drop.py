"""A roster, fetched from a district's SFTP server: the newest finished drop of a folder, or an error that says why not.

Nothing is ever written there. What the server lists is quoted in brackets alone, so that it can be left out where
others read of it (``syncs.telling``).
"""

from __future__ import annotations

import asyncio
import posixpath
import stat
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar, cast

import asyncssh

from homeroom.sources import RefusedError, SettingsError, TryAgainLaterError
from homeroom.sources.drops import Drop, Entry, concerns_us, drops, newest_finished
from homeroom.sources.package import NAME_MAX_LENGTH, shown
from homeroom.sources.sftp_connection import Server, opened

MOST_ENTRIES = 5_000
MOST_FOLDERS = 50
_BLOCK_BYTES = 4 << 20
_NAME_BYTES = 120
#: A block of a file is a little more than an answer.
_TIMES_FOR_A_BLOCK = 4

Answer = TypeVar("Answer")
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Collected:
    """What a look showed, the newest first, and what was fetched of it: nothing, or a drop and the folder it is in."""

    seen: tuple[Drop, ...]
    drop: Drop | None = None
    folder: Path | None = None


def look(server: Server) -> tuple[Drop, ...]:
    """The drops of the folder, the newest first. Takes as long as there is between two looks. Raises SourceError."""

    async def looked() -> tuple[Drop, ...]:
        async with opened(server) as sftp:
            return await _Folder(server, sftp).drops()

    return asyncio.run(looked())


def collect(
    server: Server, into: Path, *, wants: Callable[[Drop], bool], progress: Progress = lambda _: None
) -> Collected:
    """The newest finished drop, fetched, unless there is none, or it is not wanted.

    The folder that it is in then lies in ``into``, and what an earlier attempt has left there of the same drop is not
    fetched again. Its files are called 00-orgs.csv and so on, and nobody else can read them. progress: called with a
    sentence now and then; what it raises ends the fetching. Raises SourceError if not all of it arrived.
    """

    async def collected() -> Collected:
        async with opened(server) as sftp:
            folder = _Folder(server, sftp)
            seen = await folder.drops()
            drop = newest_finished(seen)
            if drop is None or not wants(drop):
                return Collected(seen)
            return Collected(seen, drop, await folder.fetch(drop, into, progress))

    return asyncio.run(collected())


@dataclass(frozen=True)
class _Folder:
    """The drop folder, while there is a connection to it."""

    server: Server
    sftp: asyncssh.SFTPClient

    async def drops(self) -> tuple[Drop, ...]:
        before = await self._soon(self._entries())
        await asyncio.sleep(self.server.between_looks_seconds)
        now = await self._soon(self._entries())
        return drops(before, now, at=datetime.now(UTC), settled_after=self.server.settled_after)

    async def fetch(self, drop: Drop, into: Path, progress: Progress) -> Path:
        if drop.size_bytes > self.server.most_bytes:
            raise RefusedError(
                f"The newest drop on {self.server.name} has {_mb(drop.size_bytes)} (“{shown(drop.name)}”). "
                f"Homeroom takes at most {_mb(self.server.most_bytes)}."
            )
        folder = _only(into, drop.mark[:32])
        done = 0
        for place, entry in enumerate(drop.entries):
            path = folder / f"{place:02}-{entry.name.encode()[-_NAME_BYTES:].decode(errors='ignore')}"
            async for block_bytes in self._blocks(entry, path):
                done += block_bytes
                progress(f"Fetched {_mb(done)} of {_mb(drop.size_bytes)} from {self.server.host}")
        await self._require_unchanged(drop, folder)
        return folder

    async def _blocks(self, entry: Entry, path: Path) -> AsyncIterator[int]:
        """How many bytes lie in the file, after each block that has come; those that were there are not asked for."""
        with path.open("ab") as file:
            path.chmod(0o600)
            size = file.tell()
            yield size
            with self._reading(entry):
                remote = await self._soon(self.sftp.open(self._at(entry.path), "rb"))
            async with remote:
                while size < entry.size_bytes:
                    wanted = min(_BLOCK_BYTES, entry.size_bytes - size)
                    with self._reading(entry):
                        answer = await self._soon(remote.read(wanted, size), times=_TIMES_FOR_A_BLOCK)
                    block = cast("bytes", answer)  # as it was opened
                    if not block:
                        raise self._changed(entry)
                    file.write(block)
                    size += len(block)
                    yield len(block)

    async def _require_unchanged(self, drop: Drop, folder: Path) -> None:
        """Raises TryAgainLaterError if the files are not those that were listed, and then keeps nothing of them."""
        for place, entry in enumerate(drop.entries):
            with self._reading(entry):
                attributes = await self._soon(self.sftp.stat(self._at(entry.path)))
            (path,) = folder.glob(f"{place:02}-*")
            if self._entry(entry.path, attributes) != entry or path.stat().st_size != entry.size_bytes:
                path.unlink()
                raise self._changed(entry)

    @contextmanager
    def _reading(self, entry: Entry) -> Iterator[None]:
        """The file was there when it was listed, and is not found or not given now: that may pass."""
        try:
            yield
        except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath) as error:
            raise self._changed(entry) from error
        except asyncssh.SFTPPermissionDenied as error:
            raise TryAgainLaterError(
                f"A file on {self.server.name} cannot be read (“{shown(entry.path)}”). It may be in use; if not, have "
                f"the user “{shown(self.server.user)}” allowed to read it."
            ) from error

    def _changed(self, entry: Entry) -> TryAgainLaterError:
        return TryAgainLaterError(
            f"A file on {self.server.name} was changed while it was fetched (“{shown(entry.path)}”). "
            "Upload it under another name and rename it when it is whole."
        )

    async def _entries(self) -> list[Entry]:
        """What concerns us of the folder, and of the folders in it; of many of these, the latest. Those that we may not
        read, or whose names cannot be shown, are not ours.
        """
        names = await self._listed("")
        found = [entry for name in names if (entry := await self._file("", name))]
        folders = [name for name in names if _is_folder(name) and _is_plain(_text(name))]
        folders.sort(key=lambda name: name.attrs.mtime or 0, reverse=True)
        for folder in folders[:MOST_FOLDERS]:
            inside = _text(folder)
            with suppress(asyncssh.SFTPPermissionDenied, asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath):
                found += [entry for name in await self._listed(inside) if (entry := await self._file(inside, name))]
        return found

    async def _listed(self, folder: str) -> list[asyncssh.SFTPName]:
        found = []
        async for name in self.sftp.scandir(self._at(folder)):
            found.append(name)
            if len(found) > MOST_ENTRIES:
                raise SettingsError(
                    f"A folder on {self.server.name} holds more than {MOST_ENTRIES:,} files "
                    f"(“{shown(self._at(folder))}”). Have old drops removed, or choose a folder for rosters alone."
                )
        return found

    async def _file(self, folder: str, name: asyncssh.SFTPName) -> Entry | None:
        """The file of this name in the folder; null if it does not concern us. Links are followed, on the server."""
        if not concerns_us(_text(name).replace("\\", "/").rpartition("/")[2]):
            return None
        path = posixpath.join(folder, self._safe(_text(name)))
        attributes = name.attrs
        if attributes.type == asyncssh.FILEXFER_TYPE_SYMLINK:
            try:
                attributes = await self._soon(self.sftp.stat(self._at(path)))
            except asyncssh.SFTPError:
                return None  # it leads nowhere
        is_file = attributes.type in (asyncssh.FILEXFER_TYPE_REGULAR, asyncssh.FILEXFER_TYPE_UNKNOWN)
        return self._entry(path, attributes) if is_file else None

    def _entry(self, path: str, attributes: asyncssh.SFTPAttrs) -> Entry:
        if attributes.size is None or attributes.mtime is None:
            raise SettingsError(
                f"{self.server.name} does not say how large a file is and when it was changed (“{shown(path)}”), so "
                "nobody can tell whether it is whole."
            )
        return Entry(path, attributes.size, datetime.fromtimestamp(attributes.mtime, UTC))

    def _at(self, path: str) -> str:
        return posixpath.join(self.server.folder or ".", path) if path else self.server.folder or "."

    def _safe(self, name: str) -> str:
        """The name of something in a folder. Raises RefusedError for one that leads out of it, or cannot be shown."""
        if not _is_plain(name):
            raise RefusedError(
                f"{self.server.name} lists a file whose name no file of a roster can have (“{shown(name)}”). "
                "Nothing was fetched. Have it renamed or removed."
            )
        return name

    async def _soon(self, answer: Awaitable[Answer], *, times: int = 1) -> Answer:
        async with asyncio.timeout(self.server.timeout_seconds * times):
            return await answer


def _text(name: asyncssh.SFTPName) -> str:
    found = name.filename
    return found.decode(errors="backslashreplace") if isinstance(found, bytes) else found


def _is_plain(name: str) -> bool:
    """Whether it can be shown, and leads nowhere else."""
    return name.isprintable() and not {"/", "\\"} & set(name) and len(name) <= NAME_MAX_LENGTH


def _is_folder(name: asyncssh.SFTPName) -> bool:
    if _text(name).startswith("."):
        return False  # hidden, or itself, or the one above
    permissions = name.attrs.permissions
    is_folder = permissions is not None and stat.S_ISDIR(permissions)
    return is_folder or name.attrs.type == asyncssh.FILEXFER_TYPE_DIRECTORY


def _only(into: Path, name: str) -> Path:
    """The folder of this name; what else was begun beside it is gone."""
    into.mkdir(mode=0o700, exist_ok=True)
    for other in into.iterdir():
        if other.name != name:
            for path in other.iterdir():
                path.unlink()
            other.rmdir()
    folder = into / name
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _mb(size_bytes: int) -> str:
    return f"{max(size_bytes / 10**6, 0.1):,.1f} MB"
