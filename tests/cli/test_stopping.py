"""A process hears that it shall stop, wherever it is just then."""

from __future__ import annotations

import os
import signal
import weakref
from collections.abc import Iterator

import pytest

from homeroom.cli import stopping

each_signal = pytest.mark.parametrize("number", stopping.SIGNALS)


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in stopping.SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


class Thing:
    """What a weak reference can be taken to."""


@each_signal
def test_told_while_python_tidies_up_is_not_lost(number: signal.Signals) -> None:
    told = stopping.noted(second_raises=True)
    thing = Thing()
    watched = weakref.ref(thing, lambda _: os.kill(os.getpid(), number))

    del thing

    assert watched() is None
    assert told.to_stop
    assert told.within(0)


@each_signal
def test_told_twice_changes_nothing_or_interrupts_as_was_asked_for(number: signal.Signals) -> None:
    calm = stopping.noted()
    os.kill(os.getpid(), number)
    os.kill(os.getpid(), number)
    assert calm.to_stop

    stopping.noted(second_raises=True)
    os.kill(os.getpid(), number)
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), number)


@each_signal
def test_command_that_has_something_to_clear_away_is_interrupted(number: signal.Signals) -> None:
    signal.signal(number, signal.SIG_DFL)

    stopping.raised()

    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), number)


@each_signal
def test_who_listens_already_goes_on_listening(number: signal.Signals) -> None:
    told = stopping.noted()

    stopping.raised()
    os.kill(os.getpid(), number)

    assert told.to_stop
