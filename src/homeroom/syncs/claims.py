"""Who works on a sync? At most one worker on a district, and whoever lost a sync to another notices before it counts.

Two locks, since a worker that was taken for dead may still be alive: an advisory lock on the district, which PostgreSQL
drops when its holder dies; and the number of the run, which every write of a worker asks for.

Uploads of a self-serve district take turns by school and kind instead, since to hash a thousand passwords takes a
minute; each locks the district only while it creates its records.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from zlib import crc32

import psycopg
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.utils import timezone

from homeroom.districts import scope
from homeroom.feeds import actions as feeds
from homeroom.syncs import telling
from homeroom.syncs.models import State, Sync, Upload
from homeroom.syncs.reasons import DIED

DISTRICT_LOCK = 723_091_103
UPLOAD_LOCK = 723_091_104
HEARTBEAT_SECONDS = 5.0
TELL_SECONDS = 1.0
MOST_DEATHS = 3
DIED_UNDOING = (
    "The server stopped three times while it undid this sync. Nothing was taken back. "
    "Please tell the support contact; somebody must look at the server before it is tried once more."
)


class LostError(Exception):
    """Another worker has this sync now, or a person ended it: whatever this one has done counts for nothing."""


@dataclass(frozen=True)
class Turn:
    """What only one worker at a time works on, as PostgreSQL's two numbers of an advisory lock, and in words."""

    kind: int
    number: int
    name: str

    @classmethod
    def of(cls, sync: Sync) -> Turn:
        """The turn of a sync: its district, or the school and kind of an upload."""
        with scope.within(sync.district_id):
            upload = Upload.objects.filter(sync=sync).first()
        if upload is None:
            return cls.of_district(sync.district_id)
        name = f"{upload.kind} of school {upload.school_id}"
        return cls(UPLOAD_LOCK, crc32(name.encode()) - (1 << 31), name)

    @classmethod
    def of_district(cls, district_id: int) -> Turn:
        return cls(DISTRICT_LOCK, district_id, f"district {district_id}")


@contextmanager
def taken(turn: Turn) -> Iterator[bool]:
    """Whether the turn is ours for the block: nobody else takes it meanwhile.

    On a connection of its own: the lock outlives transactions, and ends when this process does, however that comes.
    """
    parameters = connection.get_connection_params()
    for name in ("cursor_factory", "context"):
        parameters.pop(name, None)
    with psycopg.connect(**parameters, autocommit=True) as own:
        row = own.execute("select pg_try_advisory_lock(%s, %s)", [turn.kind, turn.number]).fetchone()
        try:
            yield bool(row and row[0])
        finally:
            with suppress(psycopg.Error):  # to close alone leaves it taken until the server has noticed
                own.execute("select pg_advisory_unlock_all()")


def wait_for_district_until_commit(district_id: int) -> None:
    """The district is ours until the transaction ends; whoever has it now is waited for."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [DISTRICT_LOCK, district_id])


def is_free(turn: Turn) -> bool:
    """Whether no worker has the turn at this moment."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s, %s)", [turn.kind, turn.number])
        return bool(cursor.fetchone()[0])


def begin(sync_id: int) -> Sync | None:
    """The sync, begun, or its undoing; null if there is nothing to do for it. In the district's scope, with the
    district locked.

    One that is found in processing was left by a worker that died; after the third time it is given up.
    """
    now = timezone.now()
    with transaction.atomic():
        sync = Sync.objects.select_for_update().filter(pk=sync_id).first()
        if sync is None or not sync.is_under_way:
            return None
        if sync.state == State.UNDOING:
            return _begin_undoing(sync)
        sync.deaths += sync.state == State.PROCESSING
        if sync.deaths >= MOST_DEATHS:
            sync.state, sync.finished_at, sync.reason = State.FAILED, now, DIED
        else:
            sync.state, sync.started_at, sync.heartbeat_at = State.PROCESSING, sync.started_at or now, now
            sync.run += 1
            sync.stage, sync.steps_done, sync.steps = "", 0, 0
        sync.save()
        if sync.is_final:
            if sync.is_collected:
                feeds.plan_no_further_try(sync.district, takes_again=bool(sync.delivery_digest))
            telling.tell(sync.pk)
    return None if sync.is_final else sync


def _begin_undoing(sync: Sync) -> Sync | None:
    sync.deaths += bool(sync.stage)
    is_given_up = sync.deaths >= MOST_DEATHS
    if is_given_up:
        sync.state, sync.undone_by, sync.reason, sync.stage = sync.outcome, None, DIED_UNDOING, ""
    else:
        sync.run, sync.stage, sync.heartbeat_at = sync.run + 1, "Undoing", timezone.now()
    sync.save()
    return None if is_given_up else sync


def left_in_processing(sync_id: int) -> list[int]:
    """The syncs before this one that a worker which died has left, if their turn is ours."""
    turn = Turn.of(Sync.objects.get(pk=sync_id))
    processing = Sync.objects.filter(state=State.PROCESSING).order_by("pk")
    return [sync.pk for sync in processing if Turn.of(sync) == turn]


@dataclass(frozen=True)
class Claim:
    """The right to write to a sync that was begun."""

    sync_id: int
    district_id: int
    run: int

    @classmethod
    def of(cls, sync: Sync) -> Claim:
        return cls(sync.pk, sync.district_id, sync.run)

    def write(self, **columns: object) -> None:
        """Writes to the sync's row. Raises LostError if it is no longer ours."""
        ours = Sync.objects.filter(pk=self.sync_id, run=self.run, state__in=[State.PROCESSING, State.UNDOING])
        if not ours.update(**columns):
            raise LostError

    def withdraw(self) -> None:
        """The sync's row is gone, as if it had never been begun. Raises LostError if it is no longer ours."""
        removed, _ = Sync.objects.filter(pk=self.sync_id, run=self.run, state=State.PROCESSING).delete()
        if not removed:
            raise LostError

    def tell(self, stage: str) -> None:
        """Says what is being done now, and that a step more is done."""
        self.write(stage=stage[:250], steps_done=F("steps_done") + 1, heartbeat_at=timezone.now())

    @contextmanager
    def heartbeat(self) -> Iterator[None]:
        """While the block runs, the sync shows that somebody works on it."""
        stop = threading.Event()
        beating = threading.Thread(target=self._beat, args=(stop,), name="heartbeat", daemon=True)
        beating.start()
        try:
            yield
        finally:
            stop.set()
            beating.join()

    @contextmanager
    def telling(self) -> Iterator[Callable[[str], None]]:
        """Takes sentences from any thread, and now and then shows the last of them as the sync's stage. On a connection
        of its own, so that it is seen while a transaction goes on.
        """
        said: list[str] = [""]
        stop = threading.Event()

        def tell(sentence: str) -> None:
            said[0] = sentence

        def show() -> None:
            shown = ""
            while not stop.wait(TELL_SECONDS):
                if said[0] == shown:
                    continue
                shown = said[0]
                try:
                    with scope.within(self.district_id):
                        self.write(stage=shown[:250])
                except (LostError, DatabaseError):
                    pass  # the worker itself will notice
                finally:
                    connection.close()

        showing = threading.Thread(target=show, name="telling", daemon=True)
        showing.start()
        try:
            yield tell
        finally:
            stop.set()
            showing.join()

    def _beat(self, stop: threading.Event) -> None:
        while not stop.wait(HEARTBEAT_SECONDS):
            try:
                with scope.within(self.district_id):
                    self.write(heartbeat_at=timezone.now())
            except LostError:
                return
            except DatabaseError:
                pass  # the worker itself will notice, or the database is back before the next one
            finally:
                connection.close()
