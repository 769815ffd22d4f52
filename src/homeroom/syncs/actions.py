"""What people do with syncs: each one transaction and one event, refused with a sentence to who may not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.utils import timezone

from homeroom.accounts.models import User
from homeroom.audit.recording import Target, record
from homeroom.districts import Refused
from homeroom.districts.actions.acting import acting
from homeroom.districts.models import District
from homeroom.feeds import actions as feeds
from homeroom.roster import store
from homeroom.roster.store.undo import NothingToUndoError
from homeroom.syncs import storage, tasks
from homeroom.syncs.models import SUCCEEDED, UNDER_WAY, State, Sync
from homeroom.syncs.undoing import ONLY_THE_LAST


class SentBeforeError(Refused):
    """The very same bytes were sent before. Who wants them synced all the same confirms it."""

    def __init__(self, sync: Sync) -> None:
        super().__init__("This delivery was sent before, with the very same content.")
        self.sync_id: int = sync.pk
        self.at: datetime = sync.created_at


def start(*, by: User, district: District, received: storage.Received, confirm: bool = False) -> Sync:
    """A queued sync of files that ``storage.receive`` took in.

    Raises SentBeforeError for the bytes of an earlier sync, unless confirmed, and of one that is under way in any case;
    the files then stay for a day, so that their ticket can be sent again with the confirmation. Raises Refused for who
    may not; the files are gone.
    """
    try:
        with acting(by, district, "deliveries.upload"):
            _require_open(district)
            _require_not_sent_before(received, confirm=confirm)
            sync = Sync.objects.create(
                district=district,
                method=district.method,
                started_by=by,
                delivery_name=received.name,
                delivery_digest=received.digest,
                delivery_bytes=received.size_bytes,
            )
            _record(by, "delivery.uploaded", sync, digest=received.digest, size_bytes=received.size_bytes)
            tasks.enqueue(sync)
            storage.take(received, sync)
    except SentBeforeError:
        raise
    except Refused:
        storage.forget(district, received)
        raise
    return sync


def approve(*, by: User, sync: Sync, digest: str) -> Sync:
    """The held sync, queued again: it applies exactly the changes of this digest, or is held anew."""
    with _deciding(by, sync, "syncs.decide") as held:
        _require_held(held)
        if digest != held.changes_digest:
            raise Refused("What would change is no longer what you saw. Please look at it again.")
        if not storage.has_delivery(held):
            raise Refused("The delivery is no longer kept. Please upload it again.")
        held.state, held.approved_by, held.approved_digest, held.deaths = State.QUEUED, by, digest, 0
        held.save()
        _record(by, "sync.approved", held, digest=digest, breaches=held.breaches)
        tasks.enqueue(held)
    return held


def discard(*, by: User, sync: Sync) -> Sync:
    """The held sync, ended without changing anything."""
    with _deciding(by, sync, "syncs.decide") as held:
        _require_held(held)
        held.state, held.discarded_by, held.finished_at = State.DISCARDED, by, timezone.now()
        held.save()
        _record(by, "sync.discarded", held, breaches=held.breaches)
    return held


def retry(*, by: User, sync: Sync) -> Sync:
    """The failed sync, queued again with the same delivery; one that is collected gets what there is by now."""
    with _deciding(by, sync, "syncs.start") as failed:
        if failed.state != State.FAILED:
            raise Refused("Only a sync that failed can be tried once more.")
        if not storage.has_delivery(failed):
            raise Refused("The delivery could not be opened or is no longer kept. Please upload it again.")
        if failed.is_collected:
            storage.drop_pages(failed)  # what came then has failed; the provider may have something else by now
            feeds.forget_taken(failed.district)
        _record(by, "sync.retried", failed, reason=failed.reason)
        failed.state, failed.finished_at, failed.reason, failed.deaths = State.QUEUED, None, "", 0
        failed.save()
        tasks.enqueue(failed)
    return failed


def changed_since(*, by: User, sync: Sync) -> dict[str, list[str]]:
    """By kind the source ids of records that undoing the sync would leave, because somebody changed them since."""
    with _deciding(by, sync, "syncs.decide") as applied:
        _require_undoable(applied)
        try:
            return store.changed_since(applied.district, sync_id=applied.pk)
        except NothingToUndoError:
            raise Refused(ONLY_THE_LAST) from None


def undo(*, by: User, sync: Sync) -> Sync:
    """The last applied sync, queued to be undone (``undoing``)."""
    with _deciding(by, sync, "syncs.decide") as applied:
        if applied.state == State.UNDOING:
            raise Refused("This sync is being undone already.")
        if Sync.objects.filter(state__in=UNDER_WAY).exists():
            raise Refused("A sync is under way in this district. Please wait until it has finished.")
        _require_undoable(applied)
        applied.state, applied.undone_by, applied.reason, applied.deaths = State.UNDOING, by, "", 0
        applied.save()
        _record(by, "sync.undoing", applied)
        tasks.enqueue(applied)
    return applied


def is_undoable(sync: Sync) -> bool:
    """Whether the sync is the last one that was applied, and not undone yet. In the district's scope."""
    last = Sync.objects.exclude(generation=None).order_by("-generation").first()
    return last == sync and sync.state in SUCCEEDED and not Sync.objects.filter(state__in=UNDER_WAY).exists()


@contextmanager
def _deciding(by: User, sync: Sync, permission: str) -> Iterator[Sync]:
    """As ``acting``; inside, the sync as it is now, which nobody else changes meanwhile."""
    with acting(by, sync.district, permission):
        yield Sync.objects.select_for_update().get(pk=sync.pk)


def _require_open(district: District) -> None:
    if district.is_closed:
        raise Refused(f"{district} is closed: nothing is synced.")


def _require_not_sent_before(received: storage.Received, *, confirm: bool) -> None:
    sent = Sync.objects.filter(delivery_digest=received.digest).exclude(state=State.FAILED)
    before = sent.filter(state__in=UNDER_WAY).first() or (None if confirm else sent.first())
    if before:
        raise SentBeforeError(before)


def _require_held(sync: Sync) -> None:
    if sync.state != State.HELD:
        raise Refused(f"This sync is not held for review: it is “{sync.get_state_display()}”.")


def _require_undoable(sync: Sync) -> None:
    if not is_undoable(sync):
        raise Refused(ONLY_THE_LAST)


def _record(by: User, what: str, sync: Sync, **detail: object) -> None:
    target = Target("sync", sync.pk, sync.delivery_name)
    record(by=by, what=what, district_id=sync.district_id, target=target, detail=detail)
