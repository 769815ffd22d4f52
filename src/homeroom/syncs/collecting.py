"""A roster, collected from the district's provider into the sync's own folder, page by page as it came, or from its
SFTP server, file by file.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from homeroom.districts.actions.schools import onboarded_digest
from homeroom.districts.models import District
from homeroom.feeds import actions as feeds
from homeroom.feeds.connections import connection_of, host_of
from homeroom.feeds.models import Feed
from homeroom.sources import SettingsError
from homeroom.sources import oneroster_rest as source
from homeroom.syncs import storage, taking
from homeroom.syncs.claims import Claim
from homeroom.syncs.models import Sync

#: Clocks differ, and a change may be dated before it can be seen: so much is asked for once more.
OVERLAP = timedelta(hours=1)


def collect(sync: Sync, claim: Claim) -> None:
    """The pages of the roster, or its files, are in the sync's folder: all of them, or a SourceError is raised and none
    is there. Raises taking.NothingNewError where no new files have come.

    What an earlier run has collected completely is not asked for again.
    """
    if storage.has_pages(sync) or storage.has_files(sync):
        return None
    feed = Feed.of(sync.district)
    if feed is None:
        raise SettingsError("No source is connected to this district.")
    sync.collected_at, sync.since = timezone.now(), since_of(feed)
    claim.write(collected_at=sync.collected_at, since=sync.since, delivery_name=host_of(feed))
    with claim.telling() as tell:
        if feed.brings_files:
            return taking.take(sync, claim, feed, tell=tell)
        source.collect(connection_of(feed), storage.empty_folder_for_pages(sync), since=sync.since, progress=tell)
    return None


def since_of(feed: Feed) -> datetime | None:
    """Changes since when are asked for; null: everything, because the provider does not tell them, nothing was applied
    yet, other schools are onboarded than then, or everything is due once more.
    """
    if not feed.tells_changes or feed.pulled_at is None or feed.complete_at is None:
        return None
    if timezone.now() - feed.complete_at > timedelta(days=feed.complete_every_days):
        return None
    if feed.onboarded_digest != onboarded_digest(feed.district):
        return None  # the records of a school that was onboarded since have not changed at the provider
    return feed.pulled_at - OVERLAP


def note_applied(sync: Sync) -> None:
    """In the transaction that applies a collected sync: the next one may ask for what changes from here on."""
    if not sync.is_collected:
        return
    complete = {} if sync.since else {"complete_at": sync.collected_at}
    Feed.objects.filter(district=sync.district).update(
        tries=0, pulled_at=sync.collected_at, onboarded_digest=onboarded_digest(sync.district), **complete
    )


def forget_applied(district: District) -> None:
    """In the transaction that undoes a sync: everything is asked for next, and the same drop taken, since what it had
    brought has not changed at the provider.
    """
    feeds.forget_taken(district)
    Feed.objects.filter(district=district).update(pulled_at=None, complete_at=None)
