"""The way to a district's SFTP server, which is known by its host key; a person has confirmed that. No credentials are
shown to any other, and what goes wrong is said as a SourceError.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import asyncssh
from asyncssh.saslprep import SASLPrepError, saslprep

from homeroom.sources import SettingsError, SourceError, TryAgainLaterError
from homeroom.sources.addresses import Allowed, judged
from homeroom.sources.package import shown

#: Of several host keys a server shows the first of these: ed25519, whose fingerprint districts are told to read.
_HOST_KEYS = (
    "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "rsa-sha2-512", "rsa-sha2-256",
    "ssh-rsa",
)  # fmt: skip
#: A server that has no host key of the kind that was confirmed says so, or just hangs up.
_NOTHING_IN_COMMON = (asyncssh.KeyExchangeFailed, asyncssh.ConnectionLost)
_ADVICE = "Check the host; if the server really stands there, an operator can allow it."


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


class OtherHostKeyError(SettingsError):
    """The server shows another host key than the one that was confirmed. offered: it, as one line; empty: unknown."""

    def __init__(self, sentence: str, *, offered: str) -> None:
        super().__init__(sentence)
        self.offered = offered


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


def is_user(text: str) -> bool:
    """Whether a user can be called this, as SSH has it (RFC 4013): most signs will do, but none that cannot be seen."""
    try:
        saslprep(text)
    except SASLPrepError:
        return False
    return True


def offered_host_key(server: Server) -> str:
    """The host key that the server shows now, as one line. It is shown no credentials. Raises SourceError."""
    return asyncio.run(_offered(server))


@asynccontextmanager
async def opened(server: Server) -> AsyncIterator[asyncssh.SFTPClient]:
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
    except asyncssh.HostKeyNotVerifiable as error:
        raise await _other_host_key(server) from error
    except SourceError as error:
        if isinstance(error.__cause__, _NOTHING_IN_COMMON) and (other := await _host_key_of_another_kind(server)):
            raise other from error
        raise
    with _told_plainly(server):
        async with connection:
            async with asyncio.timeout(server.timeout_seconds):
                sftp = await connection.start_sftp_client(path_errors="surrogateescape")
            yield sftp


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
            key = await asyncssh.get_server_host_key(
                server.host, server.port, sock=_socket(server), config=None, server_host_key_algs=_HOST_KEYS
            )
        if key is None:
            raise SettingsError(f"{server.name} shows no host key, so nobody can tell whether it is the right one.")
        algorithm, encoded, *_ = key.export_public_key().decode().split()
        return f"{algorithm} {encoded}"


async def _other_host_key(server: Server) -> SourceError:
    try:
        return _is_another(server, await _offered(server))
    except SourceError:
        return _is_another(server, "")


async def _host_key_of_another_kind(server: Server) -> SourceError | None:
    """The server was asked for a key of the kind that was confirmed. Null if it has that key. Raises SourceError."""
    offered = await _offered(server)
    return None if offered == server.host_key else _is_another(server, offered)


def _is_another(server: Server, offered: str) -> OtherHostKeyError:
    now = f"one with the fingerprint {fingerprint(offered)}" if offered else "another one"
    return OtherHostKeyError(
        f"{server.name} shows {now} instead of the host key that was confirmed, {fingerprint(server.host_key)}. "
        "Either the server was set up anew, or somebody stands in between; it was shown no credentials. "
        "Ask the district, then test the connection and confirm the new one.",
        offered=offered,
    )


def _socket(server: Server) -> socket.socket:
    """Connected to an address that was judged, so that the name leads nowhere else a moment later. Raises SourceError,
    and ConnectionError or TimeoutError as they come.
    """
    allowed = Allowed(loopback=server.allows_loopback, private=server.allows_private, advice=_ADVICE)
    failure: OSError | None = None
    for address in judged(server.host, server.port, allowed, within_seconds=server.timeout_seconds):
        try:
            connected = socket.create_connection((address, server.port), server.timeout_seconds)
        except OSError as error:
            failure = error
        else:
            connected.setblocking(False)
            return connected
    if isinstance(failure, ConnectionError | TimeoutError):
        raise failure
    raise TryAgainLaterError(
        f"No way leads from here to {server.name} ({failure.strerror if failure else 'no address'}). The network may "
        "be down, or the host another."
    ) from failure


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
