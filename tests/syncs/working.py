"""Real workers, as processes of their own on the tests' database, and how they are ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from procrastinate.contrib.django.models import ProcrastinateWorker

from homeroom.districts import scope
from homeroom.embedded_postgres import Urls
from homeroom.syncs.models import Sync

WORK = [sys.executable, "-m", "homeroom.cli", "work"]


def start_worker(urls: Urls, data: Path) -> subprocess.Popen[bytes]:
    """A worker that takes jobs until it is ended. What it writes goes to data/worker.log."""
    data.mkdir(parents=True, exist_ok=True)
    env = {**os.environ, "DATABASE_URL": urls.app, "HOMEROOM_DATA": str(data)}
    env["DJANGO_SETTINGS_MODULE"] = "homeroom.settings"
    with (data / "worker.log").open("ab") as log:
        return subprocess.Popen(WORK, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def end(*workers: subprocess.Popen[bytes]) -> None:
    for worker in workers:
        worker.send_signal(signal.SIGTERM)
    for worker in workers:
        try:
            worker.wait(30)
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait(10)


def wait_for(claim: Callable[[], bool], *, seconds: float, every: float = 0.1) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if claim():
            return True
        time.sleep(every)
    return claim()


def watch_for(claim: Callable[[], bool], *, seconds: float) -> bool:
    """The same, for what passes in moments: looked for so often only once a worker listens."""
    wait_for(lambda: ProcrastinateWorker.objects.exists() or claim(), seconds=seconds, every=0.02)
    return wait_for(claim, seconds=seconds, every=0.002)


def is_final(sync: Sync) -> bool:
    with scope.within(sync.district_id):
        return Sync.objects.get(pk=sync.pk).is_final
