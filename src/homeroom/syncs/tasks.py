"""The jobs of syncs: run one, end them for good where a district becomes self-serve, sweep up after workers that died,
remove files whose time is over.

A job names its subject by our own ids. It may be run any number of times: the sync, or the district, knows how far it
is.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import ModuleType

import psycopg
import structlog
from asgiref.sync import async_to_sync
from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from polars.exceptions import PanicException
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Status

from homeroom.audit.recording import Target, record
from homeroom.districts import Refused, scope
from homeroom.districts.actions import methods
from homeroom.districts.models import District
from homeroom.feeds.connections import box_of
from homeroom.notices import sending as notices
from homeroom.syncs import claims, pipeline, storage, telling, undoing
from homeroom.syncs.models import UNDER_WAY, State, Sync, Upload
from homeroom.syncs.reasons import OUR_MISTAKE
from homeroom.syncs.uploads import passwords
from homeroom.syncs.uploads import pipeline as uploads_pipeline

STALLED_AFTER_SECONDS = 30
RETRY_SECONDS = 3
CHANGE_FAILED = (
    "Something went wrong in the server itself. Nothing was changed. Please have somebody look at the server's log, "
    "then change the method once more."
)
NOBODY_DECIDED = "Nobody approved or discarded it while its files were kept."

#: As Django says it, and as the driver does where the roster is stored.
DATABASE_GONE = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)

log = structlog.get_logger(__name__)


class BusyError(Exception):
    """Another worker has the turn: later, then."""


@app.task(name="run_sync", queue="syncs", retry=RetryStrategy(wait=RETRY_SECONDS))
def run_sync(*, district_id: int, sync_id: int) -> None:
    """Takes a queued sync as far as it goes by itself, or undoes it if that was asked for."""
    with scope.within(district_id):
        sync = Sync.objects.filter(pk=sync_id).first()
        if sync is None:
            return
        with claims.taken(claims.Turn.of(sync)) as is_ours:
            if not is_ours:
                raise BusyError
            for each in dict.fromkeys([*claims.left_in_processing(sync_id), sync_id]):
                _run(each)


def _run(sync_id: int) -> None:
    sync = claims.begin(sync_id)
    if sync is None:
        for over in Sync.objects.filter(pk=sync_id):  # its worker may have died before it had cleared up
            storage.drop_work(over)
            if over.is_final:
                storage.drop_unfinished(over)
                passwords.forget(over)
        return
    story = _story_of(sync)
    try:
        story.run(sync)
    except claims.LostError:
        log.warning("sync lost", sync_id=sync_id, run=sync.run)
    except DATABASE_GONE:
        raise  # the database has gone; the job is tried again when it is back
    except (Exception, PanicException):
        log.exception("sync failed by a mistake of ours", sync_id=sync_id)
        story.fail(claims.Claim.of(sync), OUR_MISTAKE)


def _story_of(sync: Sync) -> ModuleType:
    if sync.state == State.UNDOING:
        return undoing
    return uploads_pipeline if Upload.objects.filter(sync=sync).exists() else pipeline


def enqueue(sync: Sync) -> None:
    """Has a worker run the sync, or undo it, once this transaction is committed. Raises Refused in a district that is
    becoming self-serve.

    The lock lets the jobs of one turn come one after the other; the queueing lock is the sync's, so that no sync
    waits twice, and each has a job of its own that cannot be missed.
    """
    if sync.district.is_becoming_self_serve:
        raise Refused(f"{sync.district} is becoming self-serve: from now on nothing is synced.")
    job = run_sync.configure(lock=claims.Turn.of(sync).name, queueing_lock=f"sync {sync.pk}")
    try:
        with transaction.atomic():
            job.defer(district_id=sync.district_id, sync_id=sync.pk)
    except AlreadyEnqueued:
        pass


@app.task(name="change_method", queue="syncs", retry=RetryStrategy(wait=RETRY_SECONDS))
def change_method(*, district_id: int) -> None:
    """Makes the district self-serve that is becoming so."""
    with scope.within(district_id), claims.taken(claims.Turn.of_district(district_id)) as is_ours:
        if not is_ours:
            raise BusyError
        district = methods.begin_change(district_id)
        if district is None:
            return
        try:
            methods.finish_change(district)
        except methods.NotChangingError:
            log.warning("change of method lost", district_id=district_id)
        except DATABASE_GONE:
            raise  # as with syncs
        except Exception:
            log.exception("method not changed by a mistake of ours", district_id=district_id)
            methods.give_up_change(district_id, CHANGE_FAILED)


def enqueue_change_of_method(district: District) -> None:
    """Has a worker make the district self-serve, once this transaction is committed. Raises Refused while a sync is
    under way.
    """
    if Sync.objects.filter(state__in=[*UNDER_WAY, State.UNDOING]).exists():
        raise Refused("A sync of this district is under way. Change the method once it has ended.")
    change_method.configure(lock=claims.Turn.of_district(district.pk).name).defer(district_id=district.pk)


@app.periodic(cron="* * * * * */15")
@app.task(name="sweep", queue="syncs", queueing_lock="sweep")
def sweep(timestamp: int) -> None:  # noqa: ARG001 — given to every periodic task
    """Gives the jobs that nobody does any more to those who live. Where another one for the same waits already, it has
    waited for this one to end: nobody may wait twice.
    """
    for job in _abandoned():
        log.warning("abandoned job", job_id=job.pk, task=job.task_name)
        waiting = ProcrastinateJob.objects.filter(status="todo", queueing_lock=job.queueing_lock)
        if job.queueing_lock is not None and waiting.exists():
            async_to_sync(app.job_manager.finish_job_by_id_async)(job.pk, Status.ABORTED, delete_job=True)
        else:
            app.job_manager.retry_job_by_id(job.pk, retry_at=timezone.now())


def _abandoned() -> Iterator[ProcrastinateJob]:
    """Jobs of workers that are not heard of any more, and those that a living worker has lost: when the database goes
    for a moment only, it cannot say that it gives the job back. The lock on the district went with the connection.
    """
    silent_since = timezone.now() - timedelta(seconds=STALLED_AFTER_SECONDS)
    doing = ProcrastinateJob.objects.filter(status="doing")
    is_orphan = Q(worker=None) | Q(worker__last_heartbeat__lt=silent_since)
    yield from doing.filter(is_orphan)
    begun = ProcrastinateEvent.objects.filter(job=OuterRef("pk"), type="started").order_by("-at").values("at")[:1]
    for job in doing.exclude(is_orphan).annotate(begun_at=Subquery(begun)).filter(begun_at__lt=silent_since):
        if job.task_name in (run_sync.name, change_method.name) and _is_worked_on_by_nobody(**job.args):
            yield job


def _is_worked_on_by_nobody(*, district_id: int, sync_id: int | None = None) -> bool:
    if sync_id is None:
        return claims.is_free(claims.Turn.of_district(district_id))
    with scope.within(district_id):
        sync = Sync.objects.filter(pk=sync_id).first()
        return sync is None or claims.is_free(claims.Turn.of(sync))


@app.periodic(cron="* * * * *")
@app.task(name="begin_due_syncs", queue="syncs", queueing_lock="begin_due_syncs")
def begin_due_syncs(timestamp: int) -> None:  # noqa: ARG001 — given to every periodic task
    """Begins the syncs of the districts whose time has come."""
    from homeroom.syncs import nights  # noqa: PLC0415  (which queues its syncs here)

    nights.begin_due()


@app.periodic(cron="7 * * * *")
@app.task(name="tell_of_missing_deliveries", queue="syncs", queueing_lock="tell_of_missing_deliveries")
def tell_of_missing_deliveries(timestamp: int) -> None:  # noqa: ARG001 — given to every periodic task
    """Has the members told of districts from which no delivery came."""
    telling.tell_of_missing_deliveries()


@app.periodic(cron=f"0 {settings.HOMEROOM_DIGEST_HOUR} * * *")
@app.task(name="send_digest", queue="syncs", retry=RetryStrategy(max_attempts=10, linear_wait=300))
def send_digest(timestamp: int) -> None:
    """Sends operators what is wrong in any district this morning."""
    notices.send_digest(telling.standings(), datetime.fromtimestamp(timestamp, UTC).date())


@app.periodic(cron="17 * * * *")
@app.task(name="expire_files", queue="syncs", queueing_lock="expire_files")
def expire_files(timestamp: int) -> None:  # noqa: ARG001 — given to every periodic task
    """Removes the files whose time is over, and gives syncs that wait for nobody a job again."""
    for district in District.objects.all():
        with scope.within(district.pk):
            _expire(district)
            _enqueue_forgotten(district)


def _expire(district: District) -> None:
    before = timezone.now() - timedelta(days=settings.HOMEROOM_DELIVERY_DAYS)
    for sync in Sync.objects.filter(created_at__lt=before, files_expired_at=None).exclude(state__in=UNDER_WAY):
        with transaction.atomic():
            _discard_undecided(sync)
            Sync.objects.filter(pk=sync.pk).update(files_expired_at=timezone.now())
        storage.remove(sync)
    box_of(district.pk).expire(before=before)
    storage.remove_leftovers(district, syncs=Sync.objects.filter(files_expired_at=None).values_list("pk", flat=True))


def _discard_undecided(sync: Sync) -> None:
    held = Sync.objects.filter(pk=sync.pk, state=State.HELD)
    if held.update(state=State.DISCARDED, finished_at=timezone.now(), reason=NOBODY_DECIDED):
        target = Target("sync", sync.pk, sync.delivery_name)
        record(by=None, what="sync.discarded", district_id=sync.district_id, target=target)


def _enqueue_forgotten(district: District) -> None:
    """A sync and its job are made together, and so are a change of method and its job; should the job be gone all the
    same, there is a new one.
    """
    waiting = Sync.objects.filter(state__in=[*UNDER_WAY, State.UNDOING])
    jobs = ProcrastinateJob.objects.filter(status__in=["todo", "doing"], args__district_id=district.pk)
    with_job = {job.args.get("sync_id") for job in jobs.filter(task_name=run_sync.name)}
    for sync in waiting:
        if sync.pk not in with_job:
            enqueue(sync)
    if district.is_becoming_self_serve and not jobs.filter(task_name=change_method.name).exists():
        enqueue_change_of_method(district)
