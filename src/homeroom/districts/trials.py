"""Tests of connections for which somebody waits in front of a page: a few at a time on the whole server."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from homeroom.districts import Refused

MOST_AT_ONCE = 2  # each keeps a thread of the web server waiting for somebody else's
_FREE = threading.BoundedSemaphore(MOST_AT_ONCE)


@contextmanager
def one_of_few() -> Iterator[None]:
    """Raises Refused where as many are under way as there may be."""
    if not _FREE.acquire(blocking=False):
        raise Refused("Other connections are being tested at this moment. Please try again in a minute.")
    try:
        yield
    finally:
        _FREE.release()
