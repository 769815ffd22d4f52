"""The web server's process, and what it serves."""

from __future__ import annotations

import signal

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from homeroom import environment
from homeroom.embedded_postgres import lifeline

THREADS = 8


def application() -> object:
    """The pages, made in the process that answers; it goes with the one that started it."""
    lifeline.ask(signal.SIGKILL)
    from django.core.wsgi import get_wsgi_application  # noqa: PLC0415 — the process that listens needs no Django

    return get_wsgi_application()


def main() -> None:
    read = environment.read()
    Granian(
        "homeroom.cli.web:application",
        factory=True,
        address=read.address,
        port=read.port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        workers_kill_timeout=10,
        log_level=LogLevels.error,  # it would warn of more threads than cores; they wait for the database,
        websockets=False,
    ).serve()


if __name__ == "__main__":
    main()
