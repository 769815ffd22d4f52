"""One worker: takes jobs from the database until it is told to stop, then finishes the job it has."""

from __future__ import annotations

import asyncio
import os

import typer
from procrastinate import PsycopgConnector
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException

from homeroom.cli import installation, preparation

POLLING_SECONDS = 1.0  # a job that waits for a lock is found in no other way
HEARTBEAT_SECONDS = 5.0  # /readyz misses a worker after thirty
GRACE_SECONDS = 20.0  # for the job at hand, when told to stop; then it is left to be tried again
CONNECTION_SECONDS = 5.0  # without a database a worker ends, and whoever started it starts it again


def work(*, concurrency: int) -> int:
    with installation.opened():
        preparation.set_up()
        try:
            asyncio.run(_take_jobs(concurrency))
        except ConnectorException:
            typer.echo("The worker has lost its database, and ends.", err=True)
            return os.EX_TEMPFAIL
    return 0


async def _take_jobs(concurrency: int) -> None:
    connector = PsycopgConnector(kwargs=connector_params(), timeout=CONNECTION_SECONDS)
    with app.replace_connector(connector) as working:
        async with working.open_async():
            await working.run_worker_async(
                concurrency=concurrency,
                fetch_job_polling_interval=POLLING_SECONDS,
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                shutdown_graceful_timeout=GRACE_SECONDS,
                delete_jobs="successful",
            )
