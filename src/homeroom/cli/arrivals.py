"""How many request bodies may be on their way in at a time? So many that some threads are left for pages.

Who reads a body waits until it is there or the connection is gone. Granian sets that no time, and it cannot be given up
from outside: an answer given while another thread still reads holds the whole process up. So how long a sender takes
is not bounded here, only how many threads wait for one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from threading import BoundedSemaphore
from wsgiref.types import InputStream, StartResponse, WSGIApplication, WSGIEnvironment

import structlog

#: What people type into forms is smaller, and arrives at once.
LARGE_BYTES = 1 << 16
#: For the few that arrive in the same moment.
PATIENCE_SECONDS = 1.0
RETRY_AFTER_SECONDS = 60
NO_ROOM = (
    "Too much is being sent to this server at the moment. Nothing of yours was kept. Send it once more in a minute."
)


class Arrivals:
    """The same application, but that a body for which there is no room is answered with a sentence.

    most: bodies at a time; most_large: of these the large ones, so that forms can be sent beside any number of uploads.
    """

    def __init__(self, application: WSGIApplication, *, most: int, most_large: int) -> None:
        self._application = application
        self._any, self._large = BoundedSemaphore(most), BoundedSemaphore(most_large)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        size_bytes = int(environ.get("CONTENT_LENGTH") or 0)
        if not size_bytes:  # no body, or one of unknown length, which Django does not read
            return self._application(environ, start_response)
        bounds = [self._large, self._any] if size_bytes > LARGE_BYTES else [self._any]
        with ExitStack() as taken:
            for bound in bounds:
                if not bound.acquire(timeout=PATIENCE_SECONDS if bound is self._any else 0):
                    return _refused(start_response)
                taken.callback(bound.release)
            environ["wsgi.input"] = _Body(environ["wsgi.input"], size_bytes, arrived=taken.close)
            return self._application(environ, start_response)


class _Body:
    """A request's body that tells when all of it is there. As much of a stream as Django asks for."""

    def __init__(self, stream: InputStream, size_bytes: int, *, arrived: Callable[[], None]) -> None:
        self._stream, self._left_bytes, self._arrived = stream, size_bytes, arrived

    def read(self, size: int) -> bytes:
        return self._noted(self._stream.read(size))

    def readline(self, size: int) -> bytes:
        return self._noted(self._stream.readline(size))

    def _noted(self, piece: bytes) -> bytes:
        self._left_bytes -= len(piece)
        if not piece or self._left_bytes <= 0:
            self._arrived()
        return piece


def _refused(start_response: StartResponse) -> Iterable[bytes]:
    structlog.get_logger(__name__).warning("no room for a body")
    headers = {
        "Content-Type": "text/plain; charset=utf-8",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
        "Retry-After": str(RETRY_AFTER_SECONDS),
    }
    start_response("503 Service Unavailable", list(headers.items()))
    return [NO_ROOM.encode()]
