"""A roster, fetched from a district's SFTP server: the newest finished drop of a folder, or an error that says why not.

Nothing is ever written there. The server is known by its host key, which a person has confirmed; no credentials are
shown to any other.
"""

from __future__ import annotations

import asyncio
import posixpath
import socket
import stat
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar, cast

import asyncssh

from homeroom.sources import RefusedError, SettingsError, SourceError, TryAgainLaterError
from homeroom.sources.addresses import Allowed, judged
from homeroom.sources.drops import Drop, Entry, concerns_us, drops, newest_finished
from homeroom.sources.package import NAME_MAX_LENGTH, shown

MOST_ENTRIES = 5_000
MOST_FOLDERS = 50
_BLOCK_BYTES = 4 << 20
_NAME_BYTES = 120
_ADVICE = "Check the host; if the server really stands there, an operator can allow it."
#: A block of a file is a little more than an answer.
_TIMES_FOR_A_BLOCK = 4

Answer = TypeVar("Answer")
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Password:
    text: str = field(repr=False)


@dataclass(frozen=True)
class PrivateKey:
    """As OpenSSH or PEM writes it, without a passphrase."""

    text: str = field(repr=False)


@dataclass(frozen=True)
class Server:
    """Where and how a district's drops are found.

    folder: absolute, or below where the user begins; empty: there. host_key: as one line, type and base64; empty while
    nobody has confirmed it. settled_after: a file that was changed later than that is left alone, and so is one that
    changes within between_looks_seconds. timeout_seconds: for one answer, or one look. most_bytes: of one drop.
    """

    host: str
    port: int
    folder: str
    user: str
    way: Password | PrivateKey = field(repr=False)
    host_key: str = ""
    settled_after: timedelta = timedelta(minutes=2)
    between_looks_seconds: float = 5
    timeout_seconds: float = 30
    most_bytes: int = 2 << 30
    allows_loopback: bool = False
    allows_private: bool = False

    @property
    def name(self) -> str:
        return self.host if self.port == asyncssh.DEFAULT_PORT else f"{self.host}, port {self.port}"


def fingerprint(host_key: str) -> str:
    """SHA256:…, as every SSH client shows it. Raises ValueError for what is no public key."""
    try:
        return asyncssh.import_public_key(host_key).get_fingerprint()
    except asyncssh.KeyImportError as error:
        raise ValueError("This is no public key of an SSH server.") from error


def is_private_key(text: str) -> bool:
    """Whether a server can be shown who asks with this: a private key, and no passphrase is needed to open it."""
    try:
        asyncssh.import_private_key(text)
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError):
        return False
    return True


def offered_host_key(server: Server) -> str:
    """The host key that the server shows now, as one line. It is shown no credentials. Raises SourceError."""
    return asyncio.run(_offered(server))


def look(server: Server) -> tuple[Drop, ...]:
    """The drops of the folder, the newest first. Takes as long as there is between two looks. Raises SourceError."""

    async def looked() -> tuple[Drop, ...]:
        async with _opened(server) as sftp:
            return await _Folder(server, sftp).drops()

    return asyncio.run(looked())


def collect(
    server: Server, into: Path, *, wants: Callable[[Drop], bool], progress: Progress = lambda _: None
) -> tuple[Drop, Path] | None:
    """The newest finished drop and the folder that its files are in now; null if there is none, or it is not wanted.

    That folder lies in ``into``, and what an earlier attempt has left there of the same drop is not fetched again. Its
    files are called 00-orgs.csv and so on, and nobody else can read them. progress: called with a sentence now and
    then; what it raises ends the fetching. Raises SourceError if not all of it arrived.
    """

    async def collected() -> tuple[Drop, Path] | None:
        async with _opened(server) as sftp:
            folder = _Folder(server, sftp)
            drop = newest_finished(await folder.drops())
            if drop is None or not wants(drop):
                return None
            return drop, await folder.fetch(drop, into, progress)

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
                f"“{shown(drop.name)}” on {self.server.name} has {_mb(drop.size_bytes)}; "
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
            async with self.sftp.open(self._at(entry.path), "rb") as remote:
                while size < entry.size_bytes:
                    wanted = min(_BLOCK_BYTES, entry.size_bytes - size)
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
            attributes = await self._soon(self.sftp.stat(self._at(entry.path)))
            (path,) = folder.glob(f"{place:02}-*")
            if self._entry(entry.path, attributes) != entry or path.stat().st_size != entry.size_bytes:
                path.unlink()
                raise self._changed(entry)

    def _changed(self, entry: Entry) -> TryAgainLaterError:
        return TryAgainLaterError(
            f"“{shown(entry.path)}” on {self.server.name} was changed while it was fetched. "
            "Upload it under another name and rename it when it is whole."
        )

    async def _entries(self) -> list[Entry]:
        """What concerns us of the folder, and of the folders in it; of many of these, the latest."""
        names = await self._listed("")
        found = [entry for name in names if (entry := await self._file("", name))]
        folders = [name for name in names if _is_folder(name) and not _text(name).startswith(".")]
        folders.sort(key=lambda name: name.attrs.mtime or 0, reverse=True)
        for folder in folders[:MOST_FOLDERS]:
            inside = self._safe(_text(folder))
            found += [entry for name in await self._listed(inside) if (entry := await self._file(inside, name))]
        return found

    async def _listed(self, folder: str) -> list[asyncssh.SFTPName]:
        found = []
        async for name in self.sftp.scandir(self._at(folder)):
            found.append(name)
            if len(found) > MOST_ENTRIES:
                raise SettingsError(
                    f"The folder “{shown(self._at(folder))}” on {self.server.name} holds more than {MOST_ENTRIES:,} "
                    "files. Have old drops removed, or choose a folder for rosters alone."
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
                f"{self.server.name} does not say how large “{shown(path)}” is and when it was changed, so nobody can "
                "tell whether it is whole."
            )
        return Entry(path, attributes.size, datetime.fromtimestamp(attributes.mtime, UTC))

    def _at(self, path: str) -> str:
        return posixpath.join(self.server.folder or ".", path) if path else self.server.folder or "."

    def _safe(self, name: str) -> str:
        """The name of something in a folder. Raises RefusedError for one that leads out of it, or cannot be shown."""
        if not name.isprintable() or "/" in name or "\\" in name or len(name) > NAME_MAX_LENGTH:
            raise RefusedError(
                f"{self.server.name} lists a file called “{shown(name)}”, which is no name that a file of a roster can "
                "have. Nothing was fetched. Have it renamed or removed."
            )
        return name

    async def _soon(self, answer: Awaitable[Answer], *, times: int = 1) -> Answer:
        async with asyncio.timeout(self.server.timeout_seconds * times):
            return await answer


def _text(name: asyncssh.SFTPName) -> str:
    found = name.filename
    return found.decode(errors="backslashreplace") if isinstance(found, bytes) else found


def _is_folder(name: asyncssh.SFTPName) -> bool:
    if _text(name) in (".", ".."):
        return False
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


@asynccontextmanager
async def _opened(server: Server) -> AsyncIterator[asyncssh.SFTPClient]:
    """Raises SourceError for what goes wrong here, and within the block."""
    if not server.host_key:
        raise SettingsError(
            f"Nobody has confirmed yet that {server.name} is the right server. Test the connection, compare its "
            "fingerprint with what the district says, and confirm it."
        )
    try:
        with _told_plainly(server):
            async with asyncio.timeout(server.timeout_seconds):
                connection = await _connected(server)
            async with connection:
                async with asyncio.timeout(server.timeout_seconds):
                    sftp = await connection.start_sftp_client()
                yield sftp
    except asyncssh.HostKeyNotVerifiable as error:
        raise await _other_host_key(server) from error


async def _connected(server: Server) -> asyncssh.SSHClientConnection:
    way = server.way
    options = asyncssh.SSHClientConnectionOptions(
        config=None,
        agent_path=None,
        known_hosts=([asyncssh.import_public_key(server.host_key)], [], []),
        username=server.user,
        password=way.text if isinstance(way, Password) else None,
        client_keys=[asyncssh.import_private_key(way.text)] if isinstance(way, PrivateKey) else None,
        gss_host=None,
        x509_trusted_certs=None,
        compression_algs=None,
        keepalive_interval=15,
        keepalive_count_max=3,
    )
    return await asyncssh.connect(server.host, server.port, sock=_socket(server), options=options)


async def _offered(server: Server) -> str:
    with _told_plainly(server):
        async with asyncio.timeout(server.timeout_seconds):
            key = await asyncssh.get_server_host_key(server.host, server.port, sock=_socket(server), config=None)
        if key is None:
            raise SettingsError(f"{server.name} shows no host key, so nobody can tell whether it is the right one.")
        algorithm, encoded, *_ = key.export_public_key().decode().split()
        return f"{algorithm} {encoded}"


async def _other_host_key(server: Server) -> SourceError:
    try:
        now = f"one with the fingerprint {fingerprint(await _offered(server))}"
    except SourceError:
        now = "another one"
    return SettingsError(
        f"{server.name} shows {now} instead of the host key that was confirmed, {fingerprint(server.host_key)}. "
        "Either the server was set up anew, or somebody stands in between; it was shown no credentials. "
        "Ask the district, then test the connection and confirm the new one."
    )


def _socket(server: Server) -> socket.socket:
    """Connected to an address that was judged, so that the name leads nowhere else a moment later."""
    allowed = Allowed(loopback=server.allows_loopback, private=server.allows_private, advice=_ADVICE)
    failure: OSError | None = None
    for address in judged(server.host, server.port, allowed):
        try:
            connected = socket.create_connection((address, server.port), server.timeout_seconds)
        except OSError as error:
            failure = error
        else:
            connected.setblocking(False)
            return connected
    raise failure or OSError("no address")


@contextmanager
def _told_plainly(server: Server) -> Iterator[None]:
    """Says what went wrong as a SourceError, but for a host key that is another."""
    name, where = server.name, shown(server.folder or "the folder where the user begins")
    try:
        yield
    except (SourceError, asyncssh.HostKeyNotVerifiable):
        raise
    except asyncssh.PermissionDenied as error:
        what = "password" if isinstance(server.way, Password) else "private key"
        raise SettingsError(
            f"{name} did not let the user “{shown(server.user)}” in with this {what}. Have the district check both."
        ) from error
    except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath, asyncssh.SFTPNotADirectory) as error:
        raise SettingsError(f"“{where}” on {name} is not there, or no folder. Check its spelling.") from error
    except asyncssh.SFTPPermissionDenied as error:
        raise SettingsError(f"The user “{shown(server.user)}” may not read “{where}” on {name}.") from error
    except asyncssh.KeyExchangeFailed as error:
        raise SettingsError(
            f"{name} and Homeroom know no encryption that both take for safe. Its software must be brought up to date."
        ) from error
    except asyncssh.ChannelOpenError as error:
        raise SettingsError(f"{name} lets the user in, but gives no SFTP. Have it switched on there.") from error
    except (asyncssh.ProtocolError, asyncssh.ProtocolNotSupported) as error:
        raise SettingsError(f"What answers at {name} is no SFTP server. Check the host and the port.") from error
    except (TimeoutError, asyncssh.TimeoutError) as error:
        raise TryAgainLaterError(
            f"{name} did not answer within {server.timeout_seconds:g} seconds. It may be down, or busy."
        ) from error
    except ConnectionRefusedError as error:
        raise TryAgainLaterError(f"Nothing answers at {name}. The server may be down, or the port another.") from error
    except (asyncssh.Error, ConnectionError) as error:
        raise TryAgainLaterError(f"The connection to {name} was cut off before everything had arrived.") from error
