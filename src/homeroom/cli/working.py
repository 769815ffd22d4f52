"""One worker: takes jobs from the database until it is told to stop, then finishes the job it has."""

from __future__ import annotations

import asyncio

from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from homeroom.cli import installation, preparation

POLLING_SECONDS = 1.0  # a job that waits for a lock is found in no other way
HEARTBEAT_SECONDS = 5.0  # /readyz misses a worker after thirty
GRACE_SECONDS = 20.0  # for the job at hand, when told to stop; then it is left to be tried again


def work(*, concurrency: int) -> int:
    with installation.opened():
        preparation.set_up()
        asyncio.run(_take_jobs(concurrency))
    return 0


async def _take_jobs(concurrency: int) -> None:
    connector = app.connector
    assert isinstance(connector, DjangoConnector)
    with app.replace_connector(connector.get_worker_connector()) as working:
        async with working.open_async():
            await working.run_worker_async(
                concurrency=concurrency,
                fetch_job_polling_interval=POLLING_SECONDS,
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                shutdown_graceful_timeout=GRACE_SECONDS,
                delete_jobs="successful",
            )
