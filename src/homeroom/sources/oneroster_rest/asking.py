"""How is a provider asked, again if need be, and left alone when it wants to be?"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import stamina

from homeroom.sources import TryAgainLaterError
from homeroom.sources.oneroster_rest.authentication import Signer
from homeroom.sources.oneroster_rest.wire import BUSY, Answer, PassingError, Wire, retry_after

T = TypeVar("T")

_FIRST_WAIT_SECONDS, _NEXT_WAITS_UP_TO_SECONDS = 1, 60
_TOO_MANY = 429
_MINUTE = 60
_UNAUTHORIZED = 401
#: A token that another thread has fetched may have expired, too, before it is our turn.
_RENEWALS = 3
#: What a server says that stands before the provider and got no answer from it in time.
_GATEWAY = frozenset({502, 503, 504})


@dataclass(frozen=True)
class Patience:
    """How often, and for how long, a provider is asked; as ``Connection`` has it."""

    attempts: int
    longest_wait_seconds: float = 600
    most_seconds: float | None = None


class Quiet:
    """How long nobody may ask: what one thread is told holds for all of them."""

    def __init__(self, now: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep) -> None:
        self._now, self._sleep = now, sleep
        self._until = now()
        self._lock = threading.Lock()

    def ask_for(self, seconds: float) -> None:
        with self._lock:
            self._until = max(self._until, self._now() + seconds)

    def keep(self) -> None:
        """Waits as long as was asked for, and a little more, so that not all begin again in the same moment."""
        left = self._until - self._now()
        if left > 0:
            self._sleep(left + random.uniform(0, 1))  # noqa: S311


class Asker:
    """Asks for pages, with credentials. May be used by several threads."""

    def __init__(self, wire: Wire, signer: Signer, patience: Patience, *, quiet: Quiet | None = None) -> None:
        self._wire, self._signer, self._patience = wire, signer, patience
        self._quiet = quiet or Quiet()
        self._begun = time.monotonic()

    def get(self, url: str, understand: Callable[[Answer], T], *, most_attempts: int | None = None) -> T:
        """What is understood of the answer. Asks again, with growing waits, as long as the provider is busy or
        ``understand`` raises PassingError; raises the last of them when it is enough.
        """
        attempts = min(self._patience.attempts, most_attempts or self._patience.attempts)
        waits = stamina.retry_context(
            PassingError,
            attempts=attempts,
            timeout=None,
            wait_initial=_FIRST_WAIT_SECONDS,
            wait_max=_NEXT_WAITS_UP_TO_SECONDS,
        )
        for attempt in waits:
            with attempt:
                return understand(self._once(url))
        raise AssertionError("either an answer or an error comes out of the loop")

    def _once(self, url: str) -> Answer:
        self._quiet.keep()
        most = self._patience.most_seconds
        if most is not None and time.monotonic() - self._begun > most:
            raise TryAgainLaterError(f"The provider is so slow that it was not asked after {most:,.0f} seconds.")
        header = self._signer.header(url)
        answer = self._sent(url, header)
        for _ in range(_RENEWALS):
            if answer.status != _UNAUTHORIZED or not self._signer.renew(header):
                break
            header = self._signer.header(url)
            answer = self._sent(url, header)
        if answer.status not in BUSY:
            return answer
        wait = retry_after(answer)
        if wait is not None:
            if wait > self._patience.longest_wait_seconds:
                raise TryAgainLaterError(f"The provider asks to be left alone for {_in_words(wait)}.")
            self._quiet.ask_for(wait)
        too_much = "too many requests" if answer.status == _TOO_MANY else f"status {answer.status}"
        sentence = f"The provider answers with {too_much}{answer.reason}."
        raise PassingError(sentence, wait, is_slow=answer.status in _GATEWAY)

    def _sent(self, url: str, header: str) -> Answer:
        return self._wire.send("GET", url, {"Accept": "application/json", "Authorization": header})


def _in_words(seconds: float) -> str:
    return f"{seconds:,.0f} seconds" if seconds < 2 * _MINUTE else f"{seconds / _MINUTE:,.0f} minutes"
