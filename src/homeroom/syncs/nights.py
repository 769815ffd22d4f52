"""Which districts are due? Their syncs begin by themselves, at the time that their feeds say (``feeds.timetable``).

One look a minute, whatever the number of districts. A night that does not reach the provider is tried again, the same
sync each time, with growing waits; then it stays failed until somebody acts, or until the next night.
"""

from __future__ import annotations

import structlog
from django.db import transaction
from django.utils import timezone

from homeroom.accounts.models import User
from homeroom.audit.recording import Target, record
from homeroom.districts import Refused, scope
from homeroom.districts.actions.acting import acting
from homeroom.districts.models import District
from homeroom.feeds.actions import plan
from homeroom.feeds.connections import host_of
from homeroom.feeds.models import Feed
from homeroom.syncs import tasks
from homeroom.syncs.models import UNDER_WAY, State, Sync

log = structlog.get_logger(__name__)


def begin_due() -> int:
    """Begins the sync of each district that is due, and says of how many. Two who look at once begin none twice."""
    due = District.objects.filter(due_at__lte=timezone.now(), is_closed=False).order_by("due_at")
    return sum(_begin_or_log(district_id) for district_id in due.values_list("pk", flat=True))


def _begin_or_log(district_id: int) -> bool:
    """A district that cannot be begun holds up none of the others; it is looked at again in a minute."""
    try:
        return _begin_if_due(district_id)
    except tasks.DATABASE_GONE:
        raise
    except Exception:
        log.exception("night not begun", district_id=district_id)
        return False


def _begin_if_due(district_id: int) -> bool:
    with scope.within(district_id), transaction.atomic():
        free = District.objects.select_for_update(no_key=True, skip_locked=True)
        district = free.filter(pk=district_id, due_at__lte=timezone.now()).first()
        if district is None:
            return False
        if district.is_becoming_self_serve:
            return False  # it stays due: should that fail, the night is not lost
        feed = Feed.objects.filter(district=district).first()
        if feed is None:
            District.objects.filter(pk=district_id).update(due_at=None)
            return False
        is_under_way = Sync.objects.filter(is_collected=True, state__in=UNDER_WAY).exists()
        if is_under_way and feed.is_drop_box and feed.takes_at_once:
            return False  # it stays due: what has arrived meanwhile is not left until the night
        plan(feed)
        if not feed.fits(district):
            return False  # it may have this method again some day
        if is_under_way:
            return False  # the night before is not over yet
        failed = _to_be_tried_again(feed)
        if failed is None:
            _begin(district, by=None)
        else:
            failed.state, failed.finished_at, failed.reason, failed.deaths = State.QUEUED, None, "", 0
            failed.save()
            tasks.enqueue(failed)
        return True


def _to_be_tried_again(feed: Feed) -> Sync | None:
    last = Sync.objects.filter(is_collected=True).first()
    return last if feed.tries and last is not None and last.state == State.FAILED else None


def run_now(*, by: User, district: District) -> Sync:
    """A queued sync that collects the roster now; the timetable stays as it is."""
    with acting(by, district, "syncs.start"):
        if district.is_closed:
            raise Refused(f"{district} is closed: nothing is collected.")
        if Feed.of(district) is None:
            raise Refused("No source is connected to this district: there is nothing to collect.")
        if Sync.objects.filter(is_collected=True, state__in=UNDER_WAY).exists():
            raise Refused("A sync is under way already. Please wait until it has finished.")
        return _begin(district, by=by)


def _begin(district: District, *, by: User | None) -> Sync:
    feed = Feed.objects.get(district=district)
    Feed.objects.filter(district=district).update(tries=0)
    sync = Sync.objects.create(
        district=district,
        method=district.method,
        started_by=by,
        is_collected=True,
        delivery_name=host_of(feed),
        delivery_digest="",
        delivery_bytes=0,
    )
    if by is not None or not feed.brings_files:  # a night that looks for files is none before it has found some
        target = Target("sync", sync.pk, sync.delivery_name)
        record(by=by, what="sync.started", district_id=district.pk, target=target)
    tasks.enqueue(sync)
    return sync
