"""The jobs of notices. A job names its subject by our own ids, and may be run any number of times."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from procrastinate import jobs
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from homeroom.districts import scope
from homeroom.districts.models import District
from homeroom.notices import sending
from homeroom.notices.models import Notice, Sending, State

#: A sending that is so much too late has lost its job.
_FORGOTTEN_AFTER = timedelta(minutes=15)
_KEPT = timedelta(days=365)


@app.task(name="send_notices_by_email", queue="notices")
def send_notices_by_email(*, district_id: int, user_id: int) -> None:
    """Sends the member one e-mail with all that waits for it."""
    with scope.within(district_id):
        again_at = sending.email_waiting(user_id)
        if again_at is not None:
            enqueue_email(district_id, user_id, at=again_at)


@app.task(name="post_notice", queue="notices")
def post_notice(*, district_id: int, sending_id: int) -> None:
    """Posts one notice to one webhook."""
    with scope.within(district_id):
        again = sending.post(sending_id)
        if again is not None:
            enqueue_post(again)


def enqueue_email(district_id: int, user_id: int, *, at: datetime) -> None:
    """Has a worker send what waits for the member then. An e-mail that is planned already takes it along."""
    name = f"notices of {district_id} to {user_id}"
    job = send_notices_by_email.configure(lock=name, queueing_lock=name, schedule_at=at)
    _defer(job, district_id=district_id, user_id=user_id)


def enqueue_post(waiting: Sending) -> None:
    """Has a worker post it when it is due."""
    name = f"sending {waiting.pk}"
    job = post_notice.configure(lock=name, queueing_lock=name, schedule_at=waiting.due_at)
    _defer(job, district_id=waiting.district_id, sending_id=waiting.pk)


def _defer(job: jobs.JobDeferrer, **subject: int) -> None:
    try:
        with transaction.atomic():
            job.defer(**subject)
    except AlreadyEnqueued:
        pass


@app.periodic(cron="37 * * * *")
@app.task(name="look_after_notices", queue="notices", queueing_lock="look_after_notices")
def look_after_notices(timestamp: int) -> None:  # noqa: ARG001 — given to every periodic task
    """Has those sent that were forgotten, and removes those that nobody asks for any more."""
    for district_id in District.objects.values_list("pk", flat=True):
        with scope.within(district_id):
            _enqueue_forgotten(district_id)
            Notice.objects.filter(at__lt=timezone.now() - _KEPT).delete()


def _enqueue_forgotten(district_id: int) -> None:
    """A sending and its job are made together; should the job be gone all the same, there is a new one."""
    now = timezone.now()
    unsent = Sending.objects.filter(state__in=[State.WAITING, State.UNDER_WAY])
    for waiting in unsent.filter(due_at__lt=now - _FORGOTTEN_AFTER):
        if waiting.user_id is None:
            enqueue_post(waiting)
        else:
            enqueue_email(district_id, waiting.user_id, at=now)
