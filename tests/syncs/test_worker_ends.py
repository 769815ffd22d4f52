"""How a worker ends: well when it is told to, whenever that is, and to be started again when its database has gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from homeroom.embedded_postgres import Urls
from tests.syncs.working import start_worker, wait_for

pytestmark = pytest.mark.django_db(transaction=True)


def somebody_waits_for_a_lock(urls: Urls) -> bool:
    with psycopg.connect(urls.app) as own:
        waiting = own.execute("select 1 from pg_stat_activity where wait_event_type = 'Lock'").fetchone()
    return waiting is not None


def test_worker_that_is_told_to_stop_while_it_registers_ends_well(database: Urls, data: Path) -> None:
    with psycopg.connect(database.app) as own:
        own.execute("lock table procrastinate_workers in exclusive mode")
        worker = start_worker(database, data)
        assert wait_for(lambda: somebody_waits_for_a_lock(database), seconds=30)

        worker.send_signal(signal.SIGTERM)

        wait_for(lambda: worker.poll() is not None, seconds=3)
    assert worker.wait(30) == 0


#: A worker in a process of its own, whose heartbeat alone finds no database.
_LOSES_ITS_HEARTBEAT = """
import sys
from procrastinate.exceptions import ConnectorException
from procrastinate.worker import Worker
from homeroom.cli import working
from homeroom.cli.stopping import Told

async def lost(worker):
    raise ConnectorException

Worker._update_heartbeat = lost
sys.exit(working.work(concurrency=1, told=Told()))
"""


def test_worker_whose_heartbeat_finds_no_database_is_to_be_started_again(database: Urls, data: Path) -> None:
    """Also where the database is back by the time that the worker says goodbye."""
    env = {**os.environ, "DATABASE_URL": database.app, "HOMEROOM_DATA": str(data)}
    env["DJANGO_SETTINGS_MODULE"] = "homeroom.settings"

    ended = subprocess.run(
        [sys.executable, "-c", _LOSES_ITS_HEARTBEAT], env=env, capture_output=True, text=True, timeout=90, check=False
    )

    assert ended.returncode == os.EX_TEMPFAIL
    assert "The worker has lost its database, and ends." in ended.stderr
