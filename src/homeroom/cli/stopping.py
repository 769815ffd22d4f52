"""How a process hears that it shall stop: by SIGINT (Ctrl-C), SIGTERM (its supervisor) or SIGHUP (a closed window)."""

from __future__ import annotations

import signal
import time
from dataclasses import dataclass
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass
class Told:
    """Whether somebody told the process to stop. No lock, which a signal could find taken by the one it interrupts."""

    to_stop: bool = False

    def within(self, seconds: float) -> bool:
        """Whether it is told to stop, asked after so many seconds."""
        time.sleep(seconds)
        return self.to_stop


def raised() -> None:
    """All of them end the command as Ctrl-C does, by KeyboardInterrupt, so that what it has to clear away is cleared
    away: a pupil's data in a work folder, a database. Where somebody listens to one of them already, nothing changes.
    """
    for number in SIGNALS:
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)


def noted(*, second_raises: bool = False) -> Told:
    """Nothing is raised, for whoever looks by itself: what is raised during an import is lost if Python happens to
    tidy up there. second_raises: whoever is told once more, and still there, gets the KeyboardInterrupt.
    """
    told = Told()

    def note(_number: int, _frame: FrameType | None) -> None:
        if told.to_stop and second_raises:
            raise KeyboardInterrupt
        told.to_stop = True

    for number in SIGNALS:
        signal.signal(number, note)
    return told
