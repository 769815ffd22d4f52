"""What became of a sync is announced, once, in the transaction in which it became that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from homeroom.districts import scope
from homeroom.notices import recipients, tasks
from homeroom.notices.models import Notice, Occasion, Sending

#: What comes within this time is one e-mail.
QUIET = timedelta(minutes=10)
_TROUBLE = (Occasion.FAILED, Occasion.NOTHING_CAME)
_LONGEST_REASON = 1_000


@dataclass(frozen=True)
class News:
    """What happened in a district, in plain values, none of which is about a pupil.

    key: what it is about; the same is announced once. occasion: null for a sync that completed without errors.
    ends_trouble: what was wrong before is over. The rest as ``Notice`` has it.
    """

    key: str
    occasion: Occasion | None
    ends_trouble: bool = False
    sync_id: int | None = None
    reason: str = ""
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    new_errors: int | None = None


def announce(district_id: int, news: News) -> None:
    """Whoever wants to hear of it will, as soon as this transaction is committed, and never twice."""
    with scope.within(district_id), transaction.atomic():
        trouble = troubles().first() if news.ends_trouble else None
        if trouble is not None:
            _tell(news, Occasion.WELL, after=Occasion(trouble.occasion))
        if news.occasion is not None:
            _tell(news, news.occasion)


def troubles() -> QuerySet[Notice]:
    """What was announced and is not over yet, the last one first. In a district's scope."""
    well = Notice.objects.filter(occasion=Occasion.WELL).first()
    return Notice.objects.filter(occasion__in=_TROUBLE, pk__gt=well.pk if well else 0)


def _tell(news: News, occasion: Occasion, *, after: Occasion | None = None) -> None:
    notice, is_new = Notice.objects.get_or_create(
        district_id=scope.current(),
        key=f"{occasion.value}: {news.key}",
        defaults={
            "occasion": occasion,
            "sync_id": news.sync_id,
            "reason": "" if occasion == Occasion.WELL else news.reason[:_LONGEST_REASON],
            "counts": dict(news.counts),
            "new_errors": news.new_errors if occasion == Occasion.ERRORS else None,
        },
    )
    if is_new:
        _send_on(notice, after=after)


def _send_on(notice: Notice, *, after: Occasion | None) -> None:
    now = timezone.now()
    for user in recipients.members_for(notice, after=after):
        Sending.objects.create(district_id=notice.district_id, notice=notice, user=user, due_at=now + QUIET)
        tasks.enqueue_email(notice.district_id, user.pk, at=now + QUIET)
    for webhook in recipients.webhooks_for(notice):
        sending = Sending.objects.create(district_id=notice.district_id, notice=notice, webhook=webhook, due_at=now)
        tasks.enqueue_post(sending)
