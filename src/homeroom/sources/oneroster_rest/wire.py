"""One request and its answer: over TLS, to allowed addresses, to one host, of a limited size, in a limited time."""

from __future__ import annotations

import json
import ssl
import time
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from urllib.parse import urlsplit

import httpcore2

from homeroom.engine.formats.rest_pages import is_error
from homeroom.sources import RefusedError, SettingsError, TryAgainLaterError
from homeroom.sources.addresses import Allowed, askable
from homeroom.sources.oneroster_rest.network import Network

#: Whoever answers so may answer otherwise in a moment.
BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
#: No page is larger once it is unpacked: it has to be held in memory.
MOST_BYTES = 64 << 20
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_GZIP_WINDOW = 47  # zlib or gzip, told by the first bytes
_SHOWN = 200


class PassingError(TryAgainLaterError):
    """A request failed in a way that may pass within seconds.

    after_seconds: what the provider asks to wait. is_slow: it took too long, or was too much for somebody on the way;
    fewer records may come through.
    """

    def __init__(self, sentence: str, after_seconds: float | None = None, *, is_slow: bool = False) -> None:
        super().__init__(sentence)
        self.after_seconds, self.is_slow = after_seconds, is_slow


@dataclass(frozen=True)
class Answer:
    """headers: names in lower case. body: unpacked."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float = field(default=0.0, compare=False)

    @property
    def kind(self) -> str:
        """What the body is, at a glance, for a sentence: "a web page (HTML)"."""
        start = self.body[:_SHOWN].lstrip().lower()
        if not start:
            return "nothing"
        if start.startswith((b"<!doctype", b"<html")):
            return "a web page (HTML)"
        return "JSON" if start[:1] in b"{[" else "text that is not JSON"

    @property
    def reason(self) -> str:
        """What the provider says of an error, in brackets and shortened; empty where it says nothing."""
        try:
            told = json.loads(self.body)
        except ValueError:
            return ""
        text = _description(told)
        plain = "".join(sign if sign.isprintable() else " " for sign in text)[:_SHOWN].strip()
        return f" ({plain})" if plain else ""


def _description(told: object) -> str:
    """The text of an error, in any of the shapes of OneRoster 1.1 and 1.2."""
    if isinstance(told, list):
        return next((text for one in told if (text := _description(one))), "")
    if not isinstance(told, dict):
        return ""
    for name, value in told.items():
        if name.lower() in {"imsx_description", "description", "error_description", "message", "error"} and value:
            return value if isinstance(value, str) else _description(value)
    inside = (told.get(name) for name in ("imsx_StatusInfo", "statusInfoSet", "errors") if is_error(told))
    return next((text for one in inside if (text := _description(one))), "")


class Wire:
    """Sends requests over a pool of connections that may be used by several threads.

    timeout_seconds: for a whole exchange, from the connection to the last byte of the answer.
    """

    def __init__(self, *, allowed: Allowed, timeout_seconds: float, at_once: int) -> None:
        self._allowed, self._timeout = allowed, timeout_seconds
        self._pool = httpcore2.ConnectionPool(
            ssl_context=_tls(), max_connections=at_once + 1, network_backend=Network(allowed)
        )

    def close(self) -> None:
        self._pool.close()

    def send(self, method: str, url: str, headers: Mapping[str, str], content: bytes | None = None) -> Answer:
        """The answer, whatever its status, but for redirects: those are never followed, because what is sent along is
        meant for this host alone.

        Raises SettingsError, RefusedError, or PassingError where the same request may succeed in a moment.
        """
        host = askable(url, self._allowed)
        own = {"User-Agent": "Homeroom", "Accept-Encoding": "gzip", **headers}
        begin = time.monotonic()
        until = dict.fromkeys(("connect", "read", "write"), begin + self._timeout)  # as Network takes it
        try:
            with self._pool.stream(
                method,
                url,
                headers=list(own.items()),
                content=content,
                extensions={"timeout": until | {"pool": self._timeout}},
            ) as response:
                told = {name.decode().lower(): value.decode("latin-1") for name, value in response.headers}
                body = self._body(response.iter_stream(), told, host)
                answer = Answer(response.status, told, body, time.monotonic() - begin)
        except httpcore2.TimeoutException as error:
            sentence = f"{host} did not answer within {self._timeout:,.0f} seconds."
            raise PassingError(sentence, is_slow=True) from error
        except httpcore2.ConnectError as error:
            raise _no_connection(host, error) from error
        except (httpcore2.NetworkError, httpcore2.ProtocolError) as error:
            raise PassingError(f"{host} broke the connection off in the middle of an answer.", is_slow=True) from error
        if answer.status in _REDIRECTS:
            target = urlsplit(answer.headers.get("location", "")).netloc or "another page"
            raise SettingsError(
                f"{host} sends us on to {target}, and credentials are not taken along. Ask the provider for the URL "
                "that answers itself."
            )
        return answer

    def _body(self, chunks: Iterable[bytes], headers: Mapping[str, str], host: str) -> bytes:
        encoding = headers.get("content-encoding", "identity").strip().lower()
        if encoding not in ("identity", "", "gzip", "x-gzip", "deflate"):
            raise RefusedError(f"{host} packs its answers in a way that nobody asked for ({encoding[:_SHOWN]}).")
        unpacked = _Unpacked() if encoding not in ("identity", "") else None
        body = bytearray()
        for chunk in chunks:
            try:
                body += unpacked.more(chunk, MOST_BYTES - len(body) + 1) if unpacked else chunk
            except zlib.error as error:
                raise PassingError(f"{host} sent an answer that cannot be unpacked.") from error
            if len(body) > MOST_BYTES:
                raise PassingError(
                    f"{host} sent more than {MOST_BYTES >> 20} MB at once, however few records it was asked for.",
                    is_slow=True,
                )
        if unpacked and not unpacked.is_whole:
            raise PassingError(f"{host} sent an answer that ends in the middle.")
        return bytes(body)


class _Unpacked:
    """A packed body, bit by bit, never more than asked for."""

    def __init__(self) -> None:
        self._zlib = zlib.decompressobj(_GZIP_WINDOW)

    def more(self, chunk: bytes, most_bytes: int) -> bytes:
        return self._zlib.decompress(chunk, most_bytes)

    @property
    def is_whole(self) -> bool:
        return self._zlib.eof


@cache
def _tls() -> ssl.SSLContext:
    context = httpcore2.default_ssl_context()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    return context


def _no_connection(host: str, error: Exception) -> Exception:
    cause = error.__cause__ or error.__context__
    if isinstance(cause, ssl.SSLCertVerificationError):
        return SettingsError(
            f"{host} does not prove that it is {host}: {cause.verify_message or 'its certificate cannot be checked'}. "
            "Have the provider mend its certificate; Homeroom asks nobody it cannot be sure of."
        )
    if isinstance(cause, ssl.SSLError):
        return SettingsError(f"{host} does not speak TLS that can be trusted. Check the URL and its port.")
    return PassingError(f"{host} takes no connection.")


def retry_after(answer: Answer, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> float | None:
    """For how many seconds the provider asks to be left alone; null where it does not say, or not in a way to read."""
    told = answer.headers.get("retry-after", "").strip()
    if told.isdecimal():
        return float(told)
    try:
        return max(0.0, (parsedate_to_datetime(told) - now()).total_seconds())
    except (ValueError, TypeError):
        return None
