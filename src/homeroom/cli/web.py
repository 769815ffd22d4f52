"""The web server's process, and what it serves."""

from __future__ import annotations

import signal

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from homeroom import environment
from homeroom.cli.arrivals import Arrivals
from homeroom.embedded_postgres import lifeline

THREADS = 12
#: Of these, so many are left for pages while bodies arrive, and so many for all but uploads.
FOR_PAGES, FOR_FORMS = 2, 4


def application() -> object:
    """The pages, made in the process that answers; it goes with the one that started it."""
    lifeline.ask(signal.SIGKILL)
    from django.core.wsgi import get_wsgi_application  # noqa: PLC0415 — the process that listens needs no Django

    return Arrivals(get_wsgi_application(), most=THREADS - FOR_PAGES, most_large=THREADS - FOR_FORMS)


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
