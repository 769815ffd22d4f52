"""The newest finished drop becomes the delivery of a sync, or there is nothing new: from a district's SFTP server, or
from its drop box on ours.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import file_digest
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format

from homeroom.audit.recording import Target, record
from homeroom.districts.actions.schools import onboarded_digest
from homeroom.feeds.connections import box_of, host_of, server_of
from homeroom.feeds.drop_boxes import drops_in_box
from homeroom.feeds.models import Feed
from homeroom.feeds.taken import is_new, is_older, mark_of
from homeroom.sources import TryAgainLaterError
from homeroom.sources.drops import Drop, newest_finished
from homeroom.sources.package import shown
from homeroom.sources.sftp_drop import Collected, collect
from homeroom.syncs import storage, telling
from homeroom.syncs.claims import Claim
from homeroom.syncs.models import State, Sync

_LEFT_ALONE = (
    "is older than the drop that was collected last, so it is left alone. To have it taken, upload it without keeping "
    "its old time, or choose Run now."
)


class NothingNewError(Exception):
    """The server was reached, and nothing is to be collected; the text says why, for a person."""


def take(sync: Sync, claim: Claim, feed: Feed, *, tell: Callable[[str], None]) -> None:
    """The files of the newest finished drop are the sync's delivery, as if they had been uploaded.

    From a server a night takes none that was taken before, unless other schools are onboarded since, and none that is
    older: that raises NothingNewError. Who runs the sync by hand, or tries it once more, gets what there is. Raises
    SourceError if not all of it arrived.
    """
    schools = onboarded_digest(feed.district)

    def wants(drop: Drop) -> bool:
        return bool(sync.started_by_id or sync.delivery_digest) or is_new(drop, feed, schools=schools)

    into = storage.folder_for_drop(sync)
    is_box = feed.is_drop_box
    found = _out_of_box(feed, into) if is_box else collect(server_of(feed), into, wants=wants, progress=tell)
    if found.drop is None or found.folder is None:
        why = _nothing_new(found.seen, feed)
        _note(feed, why)
        raise NothingNewError(why)
    digest, size_bytes = _measured(found.folder)
    with transaction.atomic():
        if sync.started_by_id is None and not sync.delivery_digest:
            target = Target("sync", sync.pk, host_of(feed))
            record(by=None, what="sync.started", district_id=sync.district_id, target=target)
        claim.write(
            delivery_name=f"{shown(found.drop.name)} from {host_of(feed)}"[:250],
            delivery_digest=digest,
            delivery_bytes=size_bytes,
        )
        taken = {"taken": mark_of(found.drop, schools), "taken_modified_at": found.drop.modified_at}
        _note(feed, f"{_named(found.drop, feed)} was collected.", **taken)
    sync.refresh_from_db(fields=["delivery_name", "delivery_digest", "delivery_bytes"])
    storage.keep_drop(sync, found.folder)
    if is_box:
        _clear_box(feed, found.drop)


def _out_of_box(feed: Feed, into: Path) -> Collected:
    """What lies in the drop box is always new: what is taken is removed from there."""
    seen = drops_in_box(feed)
    drop = newest_finished(seen)
    if drop is None:
        return Collected(seen)
    folder = into / drop.mark[:32]
    try:
        box_of(feed.district_id).link(drop, folder)
    except OSError as error:
        raise TryAgainLaterError("The drop box was changed while the roster was taken out of it.") from error
    return Collected(seen, drop, folder)


def _clear_box(feed: Feed, taken: Drop) -> None:
    """The drop is gone from the box, and so are those that it has replaced. Should a worker die before that, the next
    night takes the same once more, which changes nothing.
    """
    older = [drop for drop in drops_in_box(feed) if not drop.is_growing and drop.modified_at <= taken.modified_at]
    box_of(feed.district_id).clear([taken, *older])


def end_without_delivery(sync: Sync, claim: Claim, why: str) -> None:
    """The sync ends, and nothing is changed. A night of which nobody has heard is as if it had not been; one that a
    person began, or was told of because it had failed before, says why.
    """
    has_failed = sync.run - sync.deaths > 1
    is_known = sync.started_by_id is not None or has_failed
    with transaction.atomic():
        Feed.objects.filter(district=sync.district).update(tries=0)
        if is_known:
            claim.write(state=State.DISCARDED, finished_at=timezone.now(), reason=why, stage="")
        else:
            claim.withdraw()
        telling.tell_of_nothing_new(sync.district_id)
    storage.remove(sync)


def _measured(folder: Path) -> tuple[str, int]:
    """Digest and size of the files that were fetched, as of those that are uploaded."""
    given = []
    for path in sorted(folder.iterdir()):
        with path.open("rb") as file:
            given.append((path.name.partition("-")[2], file_digest(file, "sha256").hexdigest(), path.stat().st_size))
    return storage.digest_of(given), sum(size for _, _, size in given)


def _note(feed: Feed, looked: str, **more: object) -> None:
    Feed.objects.filter(pk=feed.pk).update(looked=looked[:500], looked_at=timezone.now(), **more)


def _nothing_new(seen: tuple[Drop, ...], feed: Feed) -> str:
    newest, growing = newest_finished(seen), next((drop for drop in seen if drop.is_growing), None)
    waits = f" {_named(growing, feed)} is still growing, or was changed a moment ago." if growing else ""
    if newest is not None:
        why = _LEFT_ALONE if is_older(newest, feed) else "was collected before."
        return f"Nothing new is finished. {_named(newest, feed)} {why}{waits}"
    return waits.strip() or "There is no roster in the folder: no zip archive, and no OneRoster CSV files."


def _named(drop: Drop, feed: Feed) -> str:
    """By its name, and when it was changed by the district's clock."""
    at = timezone.localtime(drop.modified_at, ZoneInfo(feed.district.time_zone))
    return f"“{shown(drop.name)}” of {date_format(at, 'M j, g:i A')}"
