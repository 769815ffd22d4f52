"""What can go wrong at a provider, and at which page?"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What goes wrong."""

    SLOW = "slow"
    BUSY = "429"
    FAILING = "500"
    GATEWAY = "502"
    HTML = "an HTML page"
    TRUNCATED = "truncated JSON"
    CUT_OFF = "connection cut off"
    ERROR_IN_200 = "an error with status 200"
    SHORT = "short page"
    EMPTY = "empty page"
    REPEATED = "repeated page"
    TOTAL_TOO_HIGH = "total too high"
    TOTAL_TOO_LOW = "total too low"
    LOOPING_LINK = "looping link"
    FOREIGN_LINK = "link to another machine"
    REDIRECT = "redirect to another machine"
    TOKEN_EXPIRED = "token expired"
    RECORD_GONE = "a record goes"
    RECORD_NEW = "a record comes"
    OTHER_REVISION = "another revision"


@dataclass(frozen=True)
class Fault:
    """page: of the collection, from 0. times: so often; null: always."""

    kind: Kind
    collection: str
    page: int
    times: int | None = 1


class Faults:
    """Those that are still to come."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self._left = {fault: fault.times for fault in faults}
        self._lock = threading.Lock()

    def at(self, collection: str, page: int) -> frozenset[Kind]:
        """What goes wrong with this answer; it counts as having happened."""
        with self._lock:
            due = [
                fault
                for fault, left in self._left.items()
                if (fault.collection, fault.page) == (collection, page) and left != 0
            ]
            for fault in due:
                left = self._left[fault]
                self._left[fault] = None if left is None else left - 1
        return frozenset(fault.kind for fault in due)
