"""A provider that wants to be left alone is left alone, by everybody who asks it."""

from __future__ import annotations

import pytest

from homeroom.sources import TryAgainLaterError
from homeroom.sources.oneroster_rest.asking import Asker, Patience, Quiet
from homeroom.sources.oneroster_rest.wire import Answer, PassingError, Wire


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


class Saying(Wire):
    """In place of a network: one answer after the other."""

    def __init__(self, *answers: Answer) -> None:
        self.left = iter(answers)

    def send(self, *_: object, **__: object) -> Answer:
        return next(self.left)


class Known:
    """Somebody whom the provider knows."""

    def header(self, _: str) -> str:
        return "Bearer x"

    def renew(self, _: str) -> bool:
        return False


OK = Answer(200, {}, b"here")


def busy(**headers: str) -> Answer:
    return Answer(429, {name.replace("_", "-"): value for name, value in headers.items()}, b"")


@pytest.fixture
def clock() -> Clock:
    return Clock()


def asker(clock: Clock, *answers: Answer) -> Asker:
    return Asker(Saying(*answers), Known(), Patience(3), quiet=Quiet(clock.now, clock.sleep))


def test_nobody_waits_without_being_told(clock: Clock) -> None:
    assert asker(clock, OK).get("url", lambda answer: answer.body) == b"here"
    assert clock.seconds == 100


def test_time_that_was_asked_for_is_kept_and_a_little_more(clock: Clock) -> None:
    assert asker(clock, busy(retry_after="60"), OK).get("url", lambda answer: answer.body) == b"here"
    assert 160 <= clock.seconds <= 161


def test_what_one_is_told_holds_for_all(clock: Clock) -> None:
    quiet = Quiet(clock.now, clock.sleep)
    quiet.ask_for(60)
    quiet.ask_for(5)

    quiet.keep()

    assert 160 <= clock.seconds <= 161


def test_long_silence_is_left_to_the_next_sync(clock: Clock) -> None:
    with pytest.raises(TryAgainLaterError, match="left alone for 60 minutes") as told:
        asker(clock, busy(retry_after="3600"), OK).get("url", lambda answer: answer.body)

    assert not isinstance(told.value, PassingError)
    assert clock.seconds == 100


def test_nobody_is_asked_once_the_time_is_over() -> None:
    late = Asker(Saying(OK), Known(), Patience(3, most_seconds=0))

    with pytest.raises(TryAgainLaterError, match="not asked after 0 seconds"):
        late.get("url", lambda answer: answer.body)


def test_it_is_enough_after_as_many_attempts_as_were_set(clock: Clock) -> None:
    with pytest.raises(PassingError, match="too many requests"):
        asker(clock, busy(), busy(), busy(), OK).get("url", lambda answer: answer.body)


def test_answer_that_is_not_understood_is_asked_for_again(clock: Clock) -> None:
    def understand(answer: Answer) -> bytes:
        if answer.body != b"here":
            raise PassingError("what?")
        return answer.body

    assert asker(clock, Answer(200, {}, b"there"), OK).get("url", understand) == b"here"


@pytest.mark.parametrize("status", [502, 503, 504])
def test_gateway_without_an_answer_may_have_been_asked_for_too_much(status: int, clock: Clock) -> None:
    gateway = Answer(status, {}, b"")

    with pytest.raises(PassingError) as told:
        asker(clock, gateway).get("url", lambda answer: answer.body, most_attempts=1)

    assert told.value.is_slow
