"""Our own SFTP server: a district signs in and sees its drop box, into which it puts files. Nothing else can be done.

Whoever has a district's password can send files and see what the district has called them, but read none: a drop box
holds pupils' records, and nobody needs to fetch them from there.
"""

from __future__ import annotations

import asyncio
import os
import posixpath
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import IO, Any, NoReturn, cast

import asyncssh
import structlog
from django.db import connection

from homeroom.feeds import drop_boxes
from homeroom.feeds.connections import box_of
from homeroom.feeds.drop_boxes import SignIn
from homeroom.sources.drop_box import Box

MOST_CONNECTIONS = 100
MOST_OF_AN_ADDRESS = 20
MOST_OF_A_DISTRICT = 8
MOST_TRIES = 3
#: After so many failures from one address none of its connections is taken for a while.
MOST_FAILURES = 30
FORGOTTEN_AFTER_SECONDS = 900.0
#: Unless somebody has signed in from there of late: districts may share an address, with each other and with others.
KNOWN_FOR_SECONDS = 7 * 24 * 3600.0
LONGEST_WAIT_SECONDS = 20.0
#: Who is inside is sent away so soon after the sign-in holds no more.
LOOK_AGAIN_SECONDS = 2.0
_LOOK_AGAIN_BYTES = 16 << 20
_MOST_NAMES = 10_000
_ROOT = b"/"

log = structlog.get_logger(__name__)


@dataclass
class Door:
    """What all connections share: who failed to sign in how often, who is inside, and which files are being written.

    first_wait_seconds: after the first failure; each further one of an address, or for a name, takes twice as long.
    """

    first_wait_seconds: float = 1.0
    hashing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))
    inside: set[Login] = field(default_factory=set)
    callers: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    writing: set[tuple[int, str]] = field(default_factory=set)
    watch: asyncio.Task[None] | None = None
    _failures: dict[str, list[float]] = field(default_factory=dict)
    _known: dict[str, float] = field(default_factory=dict)

    def let_in(self, address: str) -> None:
        """Notes that somebody has signed in from there."""
        self._known[address] = time.monotonic()
        if len(self._known) > _MOST_NAMES:
            self._known.pop(next(iter(self._known)))

    def fail(self, *names: str) -> float:
        """Notes a failure, and says how many seconds to wait before it is told."""
        now, longest = time.monotonic(), 0
        for name in names:
            recent = [at for at in self._failures.get(name, ()) if now - at < FORGOTTEN_AFTER_SECONDS]
            self._failures[name] = [*recent, now][-MOST_FAILURES:]
            longest = max(longest, len(self._failures[name]))
        if len(self._failures) > _MOST_NAMES:
            self._failures.pop(next(iter(self._failures)))
        return min(self.first_wait_seconds * 2.0 ** (longest - 1), LONGEST_WAIT_SECONDS)

    def is_shut_to(self, address: str) -> bool:
        now = time.monotonic()
        if sum(self.callers.values()) >= MOST_CONNECTIONS:
            return True
        if address in self._known and now - self._known[address] < KNOWN_FOR_SECONDS:
            return False
        recent = [at for at in self._failures.get(address, ()) if now - at < FORGOTTEN_AFTER_SECONDS]
        return self.callers[address] >= MOST_OF_AN_ADDRESS or len(recent) >= MOST_FAILURES


class Login(asyncssh.SSHServer):
    """One connection: who it is. It gives no shell, no forwarding, no commands."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._connection: asyncssh.SSHServerConnection | None = None
        self._tries = 0
        self._address = ""
        self._found: dict[str, tuple[SignIn, str]] = {}
        self.sign_in: SignIn | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection, self._address = conn, str((conn.get_extra_info("peername") or [""])[0])
        if self._door.is_shut_to(self._address):
            log.warning("sftp connection not taken", ip=self._address)
            conn.abort()
        self._door.callers[self._address] += 1

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 — asyncssh's signature
        self._door.callers[self._address] -= 1
        if not self._door.callers[self._address]:
            del self._door.callers[self._address]
        self._door.inside.discard(self)

    def begin_auth(self, username: str) -> bool:  # noqa: ARG002
        return True

    def password_auth_supported(self) -> bool:
        return True

    def public_key_auth_supported(self) -> bool:
        return True

    async def validate_password(self, username: str, password: str) -> bool:
        async with self._door.hashing:
            found = await _asked(lambda: drop_boxes.lets_in(username, password=password))
        return await self._judge(username, found, "password")

    async def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        line = " ".join(key.export_public_key().decode().split()[:2])
        found = await _asked(lambda: drop_boxes.lets_in(username, key=line))
        if found is None:
            return False  # programs offer each key that they have; only a password is a try
        return await self._judge(username, found, "key")

    async def _judge(self, username: str, found: SignIn | None, way: str) -> bool:
        if found is None:
            self._tries += 1
            log.warning("sftp sign-in failed", ip=self._address)
            await asyncio.sleep(self._door.fail(self._address, f"user {username[:100]}"))
            if self._tries >= MOST_TRIES and self._connection is not None:
                self._connection.abort()
            return False
        others = sum(
            one.sign_in is not None and one.sign_in.district_id == found.district_id for one in self._door.inside
        )
        if others >= MOST_OF_A_DISTRICT:
            return False
        self._found[username] = (found, way)
        return True

    def auth_completed(self) -> None:
        """Only now is somebody inside: a public key is asked for by its name before its owner has to sign."""
        assert self._connection is not None
        self.sign_in, way = self._found[self._connection.get_extra_info("username")]
        self._door.inside.add(self)
        self._door.let_in(self._address)
        log.info("sftp sign-in", district_id=self.sign_in.district_id, ip=self._address, way=way)

    def send_away(self) -> None:
        assert self._connection is not None
        log.info("sftp sign-in ended", district_id=self.sign_in and self.sign_in.district_id, ip=self._address)
        self._connection.abort()


class Files(asyncssh.SFTPServer):
    """The drop box of whoever signed in, as if nothing else were on this machine."""

    def __init__(self, channel: asyncssh.SSHServerChannel[bytes], door: Door) -> None:
        super().__init__(channel)
        login = cast("Login", channel.get_connection().get_owner())
        assert login.sign_in is not None  # nobody gets here without
        self._door, self._district_id = door, login.sign_in.district_id
        self._box: Box = box_of(self._district_id)
        self._box.make()
        self._open: dict[IO[bytes], str] = {}
        self._just_closed: list[IO[bytes]] = []
        self._room_bytes = 0

    # names

    def map_path(self, path: bytes) -> bytes:
        """Where it is on our disk: the box itself, or a file that lies directly in it."""
        name = self._name(path)
        return os.fsencode(self._box.path(name) if name else self._box.files)

    def reverse_map_path(self, path: bytes) -> bytes:
        return _ROOT + posixpath.basename(path) if path != os.fsencode(self._box.files) else _ROOT

    def realpath(self, path: bytes) -> bytes:
        return posixpath.normpath(posixpath.join(_ROOT, path))

    def _name(self, path: bytes) -> str:
        """The file's name; empty for the box itself."""
        whole = posixpath.normpath(posixpath.join(_ROOT, path)).lstrip(b"/")
        try:
            name = whole.decode()
            if name:
                self._box.path(name)
        except ValueError:  # a name in another encoding is one, too
            raise asyncssh.SFTPNoSuchFile("A drop box has no folders, and file names in UTF-8.") from None
        return name

    # writing

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:  # noqa: ARG002
        name = self._name(path)
        if not name or not pflags & asyncssh.FXF_WRITE:
            raise asyncssh.SFTPPermissionDenied("A drop box takes files, and gives none back.")
        if (self._district_id, name) in self._door.writing:
            raise asyncssh.SFTPFailure("This file is being written at this moment.")
        if not self._box.has_room(name):
            raise asyncssh.SFTPFailure("The drop box is full: remove some of its files.")
        path_here, was_finished = self._box.path(name), self._box.is_finished(name)
        if pflags & asyncssh.FXF_EXCL and path_here.exists():
            raise asyncssh.SFTPFailure("There is a file of this name already.")
        self._box.begin(name)
        if pflags & asyncssh.FXF_TRUNC:
            path_here.unlink(missing_ok=True)  # and not emptied: it may just be taken out
        elif path_here.exists() and path_here.lstat().st_nlink > 1:
            if was_finished:
                self._box.finish(name)
            raise asyncssh.SFTPFailure("This file is being collected: send it from its beginning.")
        flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | (os.O_APPEND if pflags & asyncssh.FXF_APPEND else 0)
        file = os.fdopen(os.open(path_here, flags, 0o600), "wb", buffering=0)
        self._door.writing.add((self._district_id, name))
        self._open[file], self._room_bytes = name, 0
        return file

    def write(self, file_obj: object, offset: int, data: bytes) -> int:
        file = self._ours(file_obj)
        grows_by = offset + len(data) - os.fstat(file.fileno()).st_size
        if grows_by > self._room_bytes:
            room_bytes = self._box.most_bytes - self._box.used_bytes()
            if grows_by > room_bytes:
                raise asyncssh.SFTPFailure("The drop box is full: remove some of its files, or send less.")
            self._room_bytes = min(room_bytes, max(grows_by, _LOOK_AGAIN_BYTES))
        self._room_bytes -= max(grows_by, 0)
        file.seek(offset)
        return file.write(data)

    def close(self, file_obj: object) -> None:
        """The upload has ended, unless the whole connection ends in the same moment: then it was cut off."""
        self._just_closed.append(self._ours(file_obj))
        asyncio.get_running_loop().call_soon(self._finish)

    def exit(self) -> None:
        for file in [*self._just_closed, *self._open]:
            self._forget(file)
        self._just_closed.clear()

    def _finish(self) -> None:
        for file in self._just_closed:
            name = self._forget(file)
            if name is not None:
                self._box.finish(name)
                log.info("drop box file received", district_id=self._district_id)
                asyncio.get_running_loop().run_in_executor(None, _note_arrival, self._district_id, name)
        self._just_closed.clear()

    def _forget(self, file: IO[bytes]) -> str | None:
        name = self._open.pop(file, None)
        file.close()
        if name is not None:
            self._door.writing.discard((self._district_id, name))
        return name

    def _ours(self, file_obj: object) -> IO[bytes]:
        return cast("IO[bytes]", file_obj)

    def fstat(self, file_obj: object) -> asyncssh.SFTPAttrs:
        return asyncssh.SFTPAttrs.from_local(os.fstat(self._ours(file_obj).fileno()))

    # listing, renaming, removing

    def lstat(self, path: bytes) -> asyncssh.SFTPAttrs:
        return asyncssh.SFTPAttrs.from_local(os.lstat(self.map_path(path)))

    def stat(self, path: bytes) -> asyncssh.SFTPAttrs:
        return self.lstat(path)

    async def scandir(self, path: bytes) -> AsyncIterator[asyncssh.SFTPName]:
        if self._name(path):
            raise asyncssh.SFTPNoSuchFile("A drop box has no folders.")
        for name in (b".", b".."):
            yield asyncssh.SFTPName(name, attrs=self.lstat(_ROOT))
        for found in sorted(self._box.files.iterdir()):
            yield asyncssh.SFTPName(os.fsencode(found.name), attrs=asyncssh.SFTPAttrs.from_local(found.lstat()))

    def remove(self, path: bytes) -> None:
        self._box.remove(self._free(path))

    def rename(self, oldpath: bytes, newpath: bytes) -> None:
        if self._box.path(self._free(newpath)).exists():
            raise asyncssh.SFTPFailure("There is a file of this name already.")
        self.posix_rename(oldpath, newpath)

    def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
        old, new = self._free(oldpath), self._free(newpath)
        self._box.rename(old, new)
        if self._box.is_finished(new):
            asyncio.get_running_loop().run_in_executor(None, _note_arrival, self._district_id, new)

    def _free(self, path: bytes) -> str:
        """The name of a file that is not being written."""
        name = self._name(path)
        if not name or (self._district_id, name) in self._door.writing:
            raise asyncssh.SFTPFailure("This file is being written at this moment." if name else "This is the box.")
        return name

    # what programs ask for beside: times and rights are ours, and it does no harm not to set them

    def setstat(self, path: bytes, attrs: asyncssh.SFTPAttrs) -> None:  # noqa: ARG002
        self._name(path)

    lsetstat = setstat

    def fsetstat(self, file_obj: object, attrs: asyncssh.SFTPAttrs) -> None:
        file = self._ours(file_obj)
        if attrs.size is not None and attrs.size < os.fstat(file.fileno()).st_size:
            file.truncate(attrs.size)  # what a shorter file is not to keep of a longer one that it continues

    # what is not done

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise asyncssh.SFTPPermissionDenied("A drop box has files only, which can be sent, renamed and removed.")

    read = mkdir = rmdir = readlink = symlink = link = open56 = statvfs = fstatvfs = lock = unlock = _refuse


async def listen(address: str, port: int, *, host_key: str, door: Door) -> asyncssh.SSHAcceptor:
    """The server, which answers from now on. host_key: its path, or its text."""
    door.watch = asyncio.create_task(_watch(door))
    return await asyncssh.listen(
        address,
        port,
        server_host_keys=[host_key],
        server_factory=lambda: Login(door),
        sftp_factory=lambda channel: Files(channel, door),
        allow_scp=False,
        agent_forwarding=False,
        x11_forwarding=False,
        allow_pty=False,
        compression_algs=None,
        encoding=None,
        login_timeout=60,
        keepalive_interval=30,
        keepalive_count_max=4,
        server_version="Homeroom",
    )


async def _watch(door: Door) -> NoReturn:
    """Sends away whoever would not be let in any more."""
    while True:
        await asyncio.sleep(LOOK_AGAIN_SECONDS)
        for sign_in in {login.sign_in for login in door.inside if login.sign_in is not None}:
            try:
                holds = await _asked(partial(drop_boxes.still_lets_in, sign_in))
            except Exception:
                log.exception("sftp sign-in not looked at again", district_id=sign_in.district_id)
                break  # the database is away; it is asked again in a moment
            for login in [] if holds else [one for one in door.inside if one.sign_in == sign_in]:
                login.send_away()


async def _asked(question: Callable[[], Any]) -> Any:
    """The answer to a question that the database is asked, in a thread of its own."""

    def ask() -> Any:
        try:
            return question()
        finally:
            connection.close()

    return await asyncio.to_thread(ask)


def _note_arrival(district_id: int, name: str) -> None:
    try:
        drop_boxes.note_arrival(district_id, name)
    except Exception:
        log.exception("arrival not noted", district_id=district_id)  # the night takes it all the same
    finally:
        connection.close()
