"""What became of a sync is told to ``notices``, in plain values: nothing that is told is about a pupil.

Reasons stand in Sync Reports as they are, where only the district's own people read them. Some quote what was
delivered, so outside there goes only what cannot: limits, reasons of ours (``reasons``), remedies, and what a provider
was asked, without its answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Max
from django.db.models.functions import Coalesce
from django.utils import timezone

from homeroom.districts import scope
from homeroom.districts.models import District, Method
from homeroom.feeds.models import Feed
from homeroom.notices.announcing import News, announce, troubles
from homeroom.notices.messages import Standing
from homeroom.notices.models import Occasion
from homeroom.notices.sending import address
from homeroom.syncs import reasons
from homeroom.syncs.models import ENDED, SUCCEEDED, State, Sync

NOT_OPENED = (
    "The delivery could not be synced. The reason names what was delivered, so it stands on the sync's page only."
)
_OCCASIONS = {State.FAILED: Occasion.FAILED, State.HELD: Occasion.HELD, State.WITH_ERRORS: Occasion.ERRORS}
_QUOTED = re.compile(r" ?\(.*\)", re.DOTALL)


def tell(sync_id: int) -> None:
    """Announces the state that the sync has now. In the transaction that gave it that state: both or none.

    A sync that fails again on a later try is not told again, one that is held for other changes is. Uploads of
    self-serve districts are not told: who uploads sees the banner.
    """
    sync = Sync.objects.get(pk=sync_id)
    if sync.method == Method.SELF_SERVE:
        return
    announce(
        sync.district_id,
        News(
            key=f"sync {sync.pk}" + (f" {sync.changes_digest[:32]}" if sync.state == State.HELD else ""),
            occasion=_OCCASIONS.get(State(sync.state)),
            ends_trouble=sync.state in SUCCEEDED,
            sync_id=sync.pk,
            reason=harmless_reason(sync),
            counts=sync.counts,
            new_errors=sync.standing.get("new"),
        ),
    )


def tell_of_nothing_new(district_id: int) -> None:
    """Announces that the roster is up to date again where nights did not get in, and nothing else was wrong: one has
    got in since, and found nothing new. A drop that failed, or one that is missed, is not mended by that. In the
    district's scope.
    """
    failed = [notice.sync_id for notice in troubles()]
    syncs = Sync.objects.filter(pk__in=[sync_id for sync_id in failed if sync_id is not None])
    if failed and None not in failed and all(_has_not_got_in(sync) for sync in syncs):
        announce(district_id, News(key=f"got in after sync {failed[0]}", occasion=None, ends_trouble=True))


def tell_of_missing_deliveries() -> int:
    """Announces, once each, where a delivery was expected and did not come, and says of how many."""
    late = 0
    for district in _expecting():
        with scope.within(district.pk):
            since = _without_delivery_since(district)
            if since is not None:
                days = district.expected_every_days
                reason = f"A delivery is expected every {days} days." if days != 1 else "One is expected every day."
                key = f"nothing since {since.isoformat()}"
                announce(district.pk, News(key=key, occasion=Occasion.NOTHING_CAME, reason=reason))
                late += 1
    return late


def standings() -> Iterator[Standing]:
    """What is wrong in each open district now, for the operators' digest."""
    for district in District.objects.filter(is_closed=False).exclude(method=Method.SELF_SERVE):
        with scope.within(district.pk):
            yield from _standings_of(district)


def _standings_of(district: District) -> Iterator[Standing]:
    last = _last_that_ended()
    if last is not None and last.state in (State.FAILED, State.HELD) and not _is_mended(last):
        href = address("sync", [district.slug, last.pk])
        since = last.finished_at or last.created_at
        yield Standing(district.name, _OCCASIONS[State(last.state)], since, href, harmless_reason(last))
    without_since = _without_delivery_since(district)
    if without_since is not None:
        yield Standing(district.name, Occasion.NOTHING_CAME, without_since, address("sync-reports", [district.slug]))


def _last_that_ended() -> Sync | None:
    """As far as it goes by itself, whichever was begun first: one that is tried once more ends anew."""
    ended = Sync.of_rosters.filter(state__in=ENDED).exclude(state=State.DISCARDED)
    return ended.order_by(Coalesce("finished_at", "heartbeat_at", "created_at").desc(), "-pk").first()


def _is_mended(failed: Sync) -> bool:
    """Whether a later night has got in where this one did not, and found nothing new: it left no sync."""
    return (
        _has_not_got_in(failed)
        and failed.finished_at is not None
        and Feed.objects.filter(district=failed.district_id, looked_at__gt=failed.finished_at).exists()
    )


def _has_not_got_in(failed: Sync) -> bool:
    """Whether a night has failed before there was a delivery."""
    return failed.is_collected and not failed.delivery_digest


def _expecting() -> Iterator[District]:
    expecting = District.objects.filter(method=Method.ONEROSTER_CSV, is_closed=False)
    yield from expecting.exclude(expected_every_days=None)


def _without_delivery_since(district: District) -> datetime | None:
    """Since when, if a delivery should have come meanwhile; null if none is missed."""
    if district.method != Method.ONEROSTER_CSV or district.expected_every_days is None:
        return None
    came_at = Sync.of_rosters.exclude(delivery_digest="").aggregate(last=Max("created_at"))["last"]
    assert district.expected_since is not None  # the database sees to it
    since = max(came_at or district.expected_since, district.expected_since)
    return since if timezone.now() - since > timedelta(days=district.expected_every_days) else None


def harmless_reason(sync: Sync) -> str:
    """The sentence of the sync's page, without what it quotes; where a quotation is all of it, what to do about it."""
    if sync.state == State.HELD:
        return sync.reason
    if sync.state != State.FAILED:
        return ""
    if sync.report:
        told = [reasons.of_judgement(reason) for reason in sync.report["reasons"]]
        return " ".join([*filter(None, told), *sync.report["remedies"]])
    is_about_the_way = sync.is_collected and (sync.has_pages or not sync.delivery_digest)  # and not about its files
    if is_about_the_way:
        return _QUOTED.sub("", sync.reason)
    origin = sync.delivery_name.rsplit(" from ", 1)[0] if sync.is_collected else sync.delivery_name
    return reasons.of_opening(sync.reason, origin=origin) or NOT_OPENED
