"""A made-up provider of Ferndale, a feed that collects from it, and whole nights, in the test's own process."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import stamina
from django.utils import timezone

from homeroom.demo.provider import Manners, Provider, serving
from homeroom.demo.provider_access import KEY, SECRET, Access
from homeroom.demo.provider_records import records_of
from homeroom.districts import actions as districts
from homeroom.districts import scope
from homeroom.districts.models import District, Method
from homeroom.feeds import actions as feeds
from homeroom.feeds.credentials import Credentials
from homeroom.feeds.models import Authentication, Feed
from homeroom.syncs import nights, tasks
from homeroom.syncs.models import Sync
from tests.people import Cast
from tests.syncs.sending import onboard, roster

CREDENTIALS = Credentials(KEY, SECRET)


@pytest.fixture
def impatient() -> Iterator[None]:
    with stamina.set_testing(True, attempts=2, cap=True):
        yield


@pytest.fixture
def provider(cast: Cast, data: Path, tmp_path: Path) -> Provider:
    """A well-behaved one, with a roster whose schools Ferndale has onboarded."""
    made = roster(tmp_path)
    onboard(cast.ferndale, made)
    districts.change_method(by=cast.operator, district=cast.ferndale, method=Method.CLASSLINK)
    cast.ferndale.refresh_from_db()
    records = records_of(made.roster, version="1.1")
    return Provider(records, access=Access("oauth1"), manners=Manners(most_records=25))


@pytest.fixture
def address(provider: Provider, settings: object) -> Iterator[str]:
    settings.HOMEROOM_LOOPBACK_SOURCES = True  # type: ignore[attr-defined]
    with serving(provider) as address:
        yield address + provider.base


@pytest.fixture
def feed(cast: Cast, address: str) -> Feed:
    return feeds.connect(
        by=cast.operator,
        district=cast.ferndale,
        credentials=CREDENTIALS,
        base_url=address,
        version="1.1",
        authentication=Authentication.OAUTH1_SHA256,
    )


def let_it_be_due(district: District) -> None:
    """Its night is now: the one after it is half a day away, or a failed try would wait for it at some hours."""
    far = (timezone.now() + timedelta(hours=12)).astimezone(ZoneInfo(district.time_zone))
    with scope.within(district.pk):
        Feed.objects.update(night=far.time())
    District.objects.filter(pk=district.pk).update(due_at=timezone.now() - timedelta(minutes=1))


def night(cast: Cast) -> Sync:
    """A whole night: it becomes due, begins, and a worker works on it."""
    let_it_be_due(cast.ferndale)
    nights.begin_due()
    with scope.within(cast.ferndale.pk):
        sync = Sync.objects.first()
        assert sync is not None
    tasks.run_sync(district_id=cast.ferndale.pk, sync_id=sync.pk)
    with scope.within(cast.ferndale.pk):
        return Sync.objects.get(pk=sync.pk)
