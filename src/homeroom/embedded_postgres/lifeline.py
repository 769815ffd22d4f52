"""What ends a process with its parent, however that ends: nothing is left behind by kill -9."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1


def asked_of(number: signal.Signals) -> Callable[[], None] | None:
    """For subprocess's preexec_fn: the child will be sent this signal when the thread that starts it goes.

    None where only Linux has it. A change of user clears it, so it must be asked for after that, as subprocess does.
    """
    if sys.platform != "linux":
        return None
    libc, parent = ctypes.CDLL(None, use_errno=True), os.getpid()

    def ask() -> None:
        libc.prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:
            os._exit(1)  # the parent went before it could be asked

    return ask


def ask(number: signal.Signals) -> None:
    """For a process that was started by others: be sent this signal when the parent goes."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, number)
