"""Requests whose bodies arrive slowly, or stand still: what is left for everybody else."""

from __future__ import annotations

import http.client
import io
import re
import select
import socket
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from homeroom.cli.arrivals import LARGE_BYTES, NO_ROOM, Arrivals
from homeroom.cli.web import THREADS
from tests.server.conftest import Served, within

SIGN_IN = "/accounts/login/"
FORM = "application/x-www-form-urlencoded"


def ask(
    served: Served, method: str, body: bytes | None = None, *, cookies: str = "", seconds: float = 10
) -> tuple[int, str, str]:
    """Status, page and cookies of the page for signing in, as somebody without an account gets them; 0 where no answer
    comes in time.
    """
    with closing(http.client.HTTPConnection("127.0.0.1", served.port, timeout=seconds)) as asking:
        try:
            asking.request(method, SIGN_IN, body, {"Cookie": cookies, "Content-Type": FORM})
            answer = asking.getresponse()
            given = "; ".join(each.partition(";")[0] for each in answer.msg.get_all("Set-Cookie", []))
            return answer.status, answer.read().decode(), given
        except (OSError, http.client.HTTPException):
            return 0, "", ""


@contextmanager
def standing_still(served: Served, *, count: int, size_bytes: int) -> Iterator[list[socket.socket]]:
    """So many requests of which a few bytes have arrived, and no more come."""
    _, _, cookies = ask(served, "GET")
    head = (
        f"POST {SIGN_IN} HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\nCookie: {cookies}\r\nContent-Type: {FORM}\r\n"
        f"Content-Length: {size_bytes}\r\n\r\nlogin="
    )
    with ExitStack() as opened:
        lines = [opened.enter_context(socket.create_connection(("127.0.0.1", served.port), 10)) for _ in range(count)]
        for line in lines:
            line.sendall(head.encode())
        yield lines


def refused(lines: list[socket.socket]) -> int:
    """How many have had the sentence as their answer."""
    answered, _, _ = select.select(lines, [], [], 0)
    return sum(NO_ROOM in line.recv(10_000, socket.MSG_PEEK).decode() for line in answered)


def signs_in(served: Served) -> int:
    """The answer's status: 200, with the form once more, since nobody is called so."""
    _, page, cookies = ask(served, "GET")
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    body = f"csrfmiddlewaretoken={token[1] if token else ''}&login=nobody@x.example&password=none"
    return ask(served, "POST", body.encode(), cookies=cookies)[0]


@pytest.mark.parametrize("size_bytes", [1_000, 2 * LARGE_BYTES], ids=["forms", "uploads"])
def test_bodies_that_stand_still_leave_threads_for_pages(served: Served, size_bytes: int) -> None:
    with standing_still(served, count=2 * THREADS, size_bytes=size_bytes) as lines:
        assert ask(served, "GET")[0] == 200
        assert served.asks("/healthz") == (200, {"web": True})
        assert within(20, lambda: refused(lines) >= THREADS)

    assert within(10, lambda: signs_in(served) == 200)  # whoever hangs up gives the room back


def test_who_signs_in_waits_for_no_upload(served: Served) -> None:
    with standing_still(served, count=2 * THREADS, size_bytes=2 * LARGE_BYTES):
        assert signs_in(served) == 200


def test_body_that_has_arrived_makes_room_while_it_is_answered() -> None:
    told: list[str] = []

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not told:
            told.append(f"before: {status_of_another()}")
            environ["wsgi.input"].read(3)
            told.append(f"after: {status_of_another()}")
        start_response("200 OK", [])
        return []

    def status_of_another() -> str:
        statuses: list[str] = []
        environ = {"CONTENT_LENGTH": "3", "wsgi.input": io.BytesIO(b"abc")}
        arrivals(environ, lambda status, *_: statuses.append(status) or str)  # type: ignore[func-returns-value,arg-type,return-value]
        return statuses[0]

    arrivals = Arrivals(application, most=1, most_large=1)

    assert status_of_another() == "200 OK"
    assert told == ["before: 503 Service Unavailable", "after: 200 OK"]
