"""A district's SFTP server, on this machine: a real one, in a thread of its own, that misbehaves on request."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncssh

from homeroom.sources.sftp_connection import Password, Server

USER, PASSWORD = "homeroom", "correct horse"
#: An hour ago is long enough to be whole.
AN_HOUR = 3_600


@dataclass
class District:
    """folder: what the server shows. after_bytes: the connection is cut once so many were read, once. lists: names that
    it shows beside its files. on_look: called at each look at a folder. keeps_to_itself: a file or folder that nobody
    may read.
    """

    folder: Path
    host_key: asyncssh.SSHKey = field(default_factory=lambda: asyncssh.generate_private_key("ssh-ed25519"))
    further_host_keys: tuple[asyncssh.SSHKey, ...] = ()
    user_key: str = ""
    port: int = 0
    cuts_after_bytes: int | None = None
    lists: tuple[str, ...] = ()
    keeps_to_itself: str = ""
    on_look: Callable[[], None] = lambda: None
    read_bytes: int = 0
    logins: list[str] = field(default_factory=list)

    def put(self, name: str, content: bytes = b"PK\5\6" + bytes(18), *, seconds_ago: float = AN_HOUR) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        at = path.stat().st_mtime - seconds_ago
        os.utime(path, (at, at))
        return path

    @property
    def host_key_line(self) -> str:
        return " ".join(self.host_key.export_public_key().decode().split()[:2])

    def server(self, **more: Any) -> Server:
        """How Homeroom is told to reach it."""
        given: dict[str, Any] = {
            "host": "127.0.0.1", "port": self.port, "folder": "/", "user": USER, "way": Password(PASSWORD),
            "host_key": self.host_key_line, "between_looks_seconds": 0.05, "settled_after": timedelta(seconds=60),
            "timeout_seconds": 5, "allows_loopback": True,
        }  # fmt: skip
        return Server(**given | more)


@contextmanager
def serving(district: District) -> Iterator[District]:
    """The server answers while the block runs, at ``district.port``."""
    ready, loop = threading.Event(), asyncio.new_event_loop()
    ended = asyncio.Event()

    async def serve() -> None:
        accepting = await asyncssh.listen(
            "127.0.0.1", 0, server_host_keys=[district.host_key, *district.further_host_keys],
            server_factory=lambda: _Login(district),
            sftp_factory=lambda channel: _Files(channel, district), encoding=None,
        )  # fmt: skip
        district.port = accepting.get_port()
        ready.set()
        await ended.wait()
        accepting.close()
        await accepting.wait_closed()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield district
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(10)
        loop.close()


class _Login(asyncssh.SSHServer):
    def __init__(self, district: District) -> None:
        self.district = district

    def password_auth_supported(self) -> bool:
        return not self.district.user_key

    def validate_password(self, username: str, password: str) -> bool:
        self.district.logins.append(password)
        return (username, password) == (USER, PASSWORD)

    def begin_auth(self, username: str) -> bool:
        return True

    def public_key_auth_supported(self) -> bool:
        return bool(self.district.user_key)

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return key.export_public_key() == asyncssh.import_private_key(self.district.user_key).export_public_key()


class _Files(asyncssh.SFTPServer):
    def __init__(self, channel: asyncssh.SSHServerChannel[bytes], district: District) -> None:
        super().__init__(channel, chroot=os.fsencode(district.folder))
        self.district = district

    async def scandir(self, path: bytes) -> AsyncIterator[asyncssh.SFTPName]:
        self._require_readable(path)
        self.district.on_look()
        async for name in super().scandir(path):
            yield name
        for listed in self.district.lists:
            attributes = asyncssh.SFTPAttrs(size=10, mtime=0, permissions=0o100644, type=1)
            yield asyncssh.SFTPName(os.fsencode(listed), attrs=attributes)

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
        self._require_readable(path)
        return super().open(path, pflags, attrs)

    def _require_readable(self, path: bytes) -> None:
        if Path(os.fsdecode(path)).name == self.district.keeps_to_itself != "":
            raise asyncssh.SFTPPermissionDenied("Permission denied")

    def read(self, file_obj: object, offset: int, size: int) -> bytes:
        limit = self.district.cuts_after_bytes
        if limit is not None and self.district.read_bytes + size > limit:
            self.district.cuts_after_bytes = None
            self.connection.abort()
        block = super().read(file_obj, offset, size)
        assert isinstance(block, bytes)
        self.district.read_bytes += len(block)
        return block
