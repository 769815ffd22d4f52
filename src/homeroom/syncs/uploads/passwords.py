"""The passwords of an upload: encrypted while they wait for the worker, then hashed, and never anything else.

They are in no file, no job and no log. A waiting one is deleted in the transaction that stores its hash.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

import polars as pl
from django.contrib.auth.hashers import make_password
from django.db import transaction

from homeroom.sealing import keys
from homeroom.syncs.models import HashedPassword, Sync, WaitingPassword

_AT_ONCE = 1_000
_Waiting = tuple[int, int, bytes | memoryview]


def wait(sync: Sync, passwords: Iterable[tuple[int, str]]) -> None:
    """Keeps the passwords, each with the line of the file on which it stands, for the worker."""
    sealing = keys()
    sealed = (
        WaitingPassword(district_id=sync.district_id, sync=sync, line=line, sealed=sealing.encrypt(password.encode()))
        for line, password in passwords
    )
    WaitingPassword.objects.bulk_create(sealed, batch_size=_AT_ONCE)


def hash_waiting(sync: Sync, lines: pl.Series, tell: Callable[[int], None]) -> bool:
    """Hashes the passwords that still wait, of these lines; false if there is not one for each line.

    tell: is called with how many are done, again and again.
    """
    waiting = WaitingPassword.objects.filter(sync=sync, line__in=lines.to_list()).order_by("line")
    done, sealing = HashedPassword.objects.filter(sync=sync).count(), keys()
    threads = os.cpu_count() or 1
    with ThreadPoolExecutor(threads) as pool:
        for some in _batches(waiting.values_list("pk", "line", "sealed"), threads):
            hashes = pool.map(lambda one: make_password(sealing.decrypt(bytes(one[2])).decode()), some)
            hashed = [
                HashedPassword(district_id=sync.district_id, sync=sync, line=line, password=password)
                for (_, line, _), password in zip(some, hashes, strict=True)
            ]
            with transaction.atomic():
                WaitingPassword.objects.filter(pk__in=[pk for pk, _, _ in some]).delete()
                HashedPassword.objects.bulk_create(hashed)
            done += len(some)
            tell(done)
    return bool(lines.is_in(hashed_of(sync)["line"].implode()).all())


def hashed_of(sync: Sync) -> pl.DataFrame:
    """``line`` and ``password``, hashed, of each that is done."""
    rows = HashedPassword.objects.filter(sync=sync).values_list("line", "password")
    return pl.DataFrame(list(rows), schema={"line": pl.UInt32, "password": pl.String}, orient="row")


def forget(sync: Sync) -> None:
    """The upload has ended: nothing of its passwords stays here."""
    WaitingPassword.objects.filter(sync=sync).delete()
    HashedPassword.objects.filter(sync=sync).delete()


def _batches(rows: Iterable[_Waiting], threads: int) -> Iterator[list[_Waiting]]:
    """A few for each thread: a worker that dies hashes no more than these anew."""
    waiting = list(rows)
    size = 8 * threads
    return (waiting[begin : begin + size] for begin in range(0, len(waiting), size))
