"""One worker: takes jobs from the database until it is told to stop, then finishes the job it has."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress

import typer
from procrastinate import PsycopgConnector, signals
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException

from homeroom.cli import installation, preparation
from homeroom.cli.stopping import Told

POLLING_SECONDS = 1.0  # a job that waits for a lock is found in no other way
HEARTBEAT_SECONDS = 5.0  # /readyz misses a worker after thirty
GRACE_SECONDS = 20.0  # for the job at hand, when told to stop; then it is left to be tried again
CONNECTION_SECONDS = 5.0  # without a database a worker ends, and whoever started it starts it again


def work(*, concurrency: int, told: Told) -> int:
    """Returns the exit status: 0 when it was told to stop, which it may have been before it came here."""
    with installation.opened():
        preparation.set_up()
        with suppress(ConnectorException):
            asyncio.run(_take_jobs(concurrency, told))
    if not told.to_stop:
        typer.echo("The worker has lost its database, and ends.", err=True)
        return os.EX_TEMPFAIL
    return 0


async def _take_jobs(concurrency: int, told: Told) -> None:
    """Until the worker is told to stop. Where only its heartbeat or its ear for new jobs has found no database, it ends
    by itself and raises nothing.
    """
    here = asyncio.current_task()
    assert here is not None

    def stop() -> None:
        told.to_stop = True
        here.cancel()

    connector = PsycopgConnector(kwargs=connector_params(), timeout=CONNECTION_SECONDS)
    # The worker itself would listen only once it is registered, which takes as long as the database lets it.
    with signals.on_stop(stop), suppress(asyncio.CancelledError), app.replace_connector(connector) as working:
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, stop)
        if told.to_stop:  # before anybody listened
            return
        async with working.open_async():
            await working.run_worker_async(
                concurrency=concurrency,
                fetch_job_polling_interval=POLLING_SECONDS,
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                shutdown_graceful_timeout=GRACE_SECONDS,
                delete_jobs="successful",
                install_signal_handlers=False,
            )
