"""One answer from whoever stands there: taken only if it is whole, of a bearable size, and from the host we asked."""

from __future__ import annotations

import gzip
import socket
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

import pytest

from homeroom.sources import RefusedError, SettingsError, TryAgainLaterError
from homeroom.sources.addresses import Allowed
from homeroom.sources.oneroster_rest import wire as wire_module
from homeroom.sources.oneroster_rest.wire import Answer, PassingError, Wire, retry_after

BODY = b'{"users": []}'


@contextmanager
def saying(*replies: bytes, slowly_seconds: float = 0) -> Iterator[str]:
    """The address of a machine that says these bytes, each to one who connects, and then hangs up."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def speak() -> None:
            for reply in replies:
                with suppress(ConnectionError), server.accept()[0] as caller:  # some do not hear us out
                    caller.recv(65536)
                    pieces = [reply[at : at + 1] for at in range(len(reply))] if slowly_seconds else [reply]
                    for piece in pieces:
                        if stop.wait(slowly_seconds):
                            return
                        caller.sendall(piece)

        thread = threading.Thread(target=speak, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/users"
        stop.set()
        thread.join(5)


def answering(body: bytes, *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    told = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", *headers]
    return "\r\n".join([*told, "", ""]).encode() + body


def asked(url: str, *, timeout_seconds: float = 5) -> Answer:
    wire = Wire(allowed=Allowed(loopback=True), timeout_seconds=timeout_seconds, at_once=1)
    try:
        return wire.send("GET", url, {"Authorization": "Bearer secret"})
    finally:
        wire.close()


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (BODY, ()),
        (gzip.compress(BODY, mtime=0), ("Content-Encoding: gzip",)),
        (zlib.compress(BODY), ("Content-Encoding: deflate",)),
        (BODY, ("Content-Encoding: identity",)),
    ],
)
def test_answer_comes_unpacked_with_its_headers_in_small_letters(body: bytes, headers: tuple[str, ...]) -> None:
    with saying(answering(body, "X-Total-COUNT: 7", *headers)) as url:
        answer = asked(url)

    assert (answer.status, answer.body, answer.headers["x-total-count"]) == (200, BODY, "7")


@pytest.mark.parametrize(
    "reply",
    [
        answering(BODY, length=100),
        answering(gzip.compress(BODY, mtime=0)[:-12], "Content-Encoding: gzip"),
        answering(BODY, "Content-Encoding: gzip"),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nd\r\n" + BODY + b"\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"",
    ],
    ids=["too short", "packed, too short", "not packed", "no last chunk", "no HTTP", "nothing"],
)
def test_answer_that_is_not_whole_is_none(reply: bytes) -> None:
    with saying(reply) as url, pytest.raises(PassingError):
        asked(url)


def test_packing_that_nobody_asked_for_is_refused() -> None:
    with saying(answering(BODY, "Content-Encoding: br")) as url, pytest.raises(RefusedError, match="nobody asked for"):
        asked(url)


@pytest.mark.parametrize("headers", [(), ("Content-Encoding: gzip",)])
def test_page_that_is_too_large_is_not_held_in_memory(
    headers: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire_module, "MOST_BYTES", 1 << 20)
    body = b"0" * (5 << 20)
    reply = answering(gzip.compress(body, mtime=0) if headers else body, *headers)

    with saying(reply) as url, pytest.raises(PassingError, match="more than 1 MB at once") as told:
        asked(url)

    assert told.value.is_slow


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"])
def test_redirect_is_not_followed_with_our_credentials(status: str) -> None:
    reply = answering(b"", "Location: https://elsewhere.example/users?x=1", status=status)

    with (
        saying(reply) as url,
        pytest.raises(SettingsError, match=r"sends us on to elsewhere\.example, and credentials"),
    ):
        asked(url)


@pytest.mark.parametrize(
    "reply",
    [b"HTTP/1.1 200 OK\r\nX-Slow: 123456789\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n", answering(BODY)],
    ids=["headers", "no headers yet", "headers and body"],
)
def test_answer_that_comes_byte_by_byte_is_not_waited_for(reply: bytes) -> None:
    begin = time.monotonic()

    with saying(reply, slowly_seconds=0.05) as url, pytest.raises(PassingError, match="within 0 seconds") as told:
        asked(url, timeout_seconds=0.3)

    assert told.value.is_slow
    assert time.monotonic() - begin < 1.2  # of the two seconds that it would take


def test_machine_that_takes_no_connection_is_said() -> None:
    with saying() as url:
        pass

    with pytest.raises(TryAgainLaterError, match=r"127\.0\.0\.1 takes no connection"):
        asked(url)


def test_machine_that_does_not_speak_tls_is_said() -> None:
    with saying(answering(BODY)) as url, pytest.raises(SettingsError, match="does not speak TLS"):
        asked(url.replace("http:", "https:"))


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("0", 0), ("60", 60), (" 5 ", 5), ("Sun, 22 Nov 2026 02:31:00 GMT", 60), ("Sun, 22 Nov 2026 02:00:00 GMT", 0),
        ("soon", None), ("", None), ("-5", None), ("1e9", None),
    ],
)  # fmt: skip
def test_time_to_wait_is_understood_in_seconds_or_as_a_date(told: str, seconds: float | None) -> None:
    answer = Answer(429, {"retry-after": told}, b"")

    assert retry_after(answer, now=lambda: datetime(2026, 11, 22, 2, 30, tzinfo=UTC)) == seconds


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"imsx_codeMajor": "failure", "imsx_description": "no such field"}', " (no such field)"),
        (b'{"CodeMajor": "failure", "Description": "no such field"}', " (no such field)"),
        (b'{"statusInfoSet": [{"imsx_codeMajor": "failure", "imsx_description": "out"}]}', " (out)"),
        (b'{"statusInfoSet": {"imsx_description": "out"}}', " (out)"),
        (b'{"imsx_StatusInfo": {"imsx_description": "out"}}', " (out)"),
        (b'{"errors": [{"description": "out"}]}', " (out)"),
        (b'{"error": "invalid_token"}', " (invalid_token)"),
        (b'{"error": {"message": "out"}}', " (out)"),
        (b'[{"message": "out\\u0000of\\nservice"}]', " (out of service)"),
        (b'{"message": "' + b"x" * 999 + b'"}', f" ({'x' * 200})"),
        (b'{"users": [{"description": "a secret"}]}', ""),
        (b'{"error": null}', ""),
        (b"<html>", ""),
        (b"", ""),
        (b"7", ""),
    ],
)
def test_what_a_provider_says_of_an_error_is_found_in_every_shape(body: bytes, reason: str) -> None:
    assert Answer(400, {}, body).reason == reason


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "nothing"), (b" <!DOCTYPE html>", "a web page (HTML)"), (b"\n<HTML>", "a web page (HTML)"),
        (b' {"a', "JSON"), (b"[", "JSON"), (b"Too many requests", "text that is not JSON"),
    ],
)  # fmt: skip
def test_what_came_is_told_at_a_glance(body: bytes, kind: str) -> None:
    assert Answer(200, {}, body).kind == kind
