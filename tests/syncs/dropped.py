"""Drops on a district's server or in its drop box, and the nights that take them, in the test's own process."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from homeroom.districts import scope
from homeroom.feeds import drop_boxes
from homeroom.feeds.connections import box_of
from homeroom.feeds.models import Feed
from homeroom.roster.models import Person
from homeroom.sources.drop_box import Box
from homeroom.syncs import actions, nights, tasks
from homeroom.syncs.models import Sync
from tests.people import Cast
from tests.syncs.collected import let_it_be_due
from tests.syncs.sending import files_of, onboard, roster


@pytest.fixture
def files(cast: Cast, tmp_path: Path) -> dict[str, bytes]:
    """A roster whose schools Ferndale has onboarded."""
    made = roster(tmp_path)
    onboard(cast.ferndale, made)
    return files_of(made.roster)


def people(cast: Cast) -> int:
    with scope.within(cast.ferndale.pk):
        return Person.objects.filter(is_active=True).count()


def everybody(files: dict[str, bytes]) -> int:
    return len(files["users.csv"].splitlines()) - 1


def night(cast: Cast) -> Sync | None:
    """A whole night; null if it left no sync."""
    with scope.within(cast.ferndale.pk):
        before = set(Sync.objects.values_list("pk", flat=True))
    let_it_be_due(cast.ferndale)
    nights.begin_due()
    with scope.within(cast.ferndale.pk):
        sync = Sync.objects.first()
    assert sync is not None
    tasks.run_sync(district_id=cast.ferndale.pk, sync_id=sync.pk)
    with scope.within(cast.ferndale.pk):
        return Sync.objects.exclude(pk__in=before - {sync.pk}).filter(pk=sync.pk).first()


def run_now(cast: Cast) -> Sync:
    sync = nights.run_now(by=cast.operator, district=cast.ferndale)
    tasks.run_sync(district_id=cast.ferndale.pk, sync_id=sync.pk)
    with scope.within(cast.ferndale.pk):
        return Sync.objects.get(pk=sync.pk)


def looked(cast: Cast) -> str:
    with scope.within(cast.ferndale.pk):
        return Feed.objects.get().looked


@pytest.fixture
def box(cast: Cast) -> Box:
    """Ferndale's drop box, opened."""
    drop_boxes.open_box(by=cast.operator, district=cast.ferndale)
    box = box_of(cast.ferndale.pk)
    box.make()
    return box


def put(box: Box, name: str, content: bytes, *, seconds_ago: float = 3_600) -> None:
    box.path(name).write_bytes(content)
    at = time.time() - seconds_ago
    os.utime(box.path(name), (at, at))


def tried_once_more(cast: Cast, failed: Sync) -> Sync:
    """By hand, and to its end. It is still there."""
    sync = actions.retry(by=cast.operator, sync=failed)
    tasks.run_sync(district_id=cast.ferndale.pk, sync_id=sync.pk)
    with scope.within(cast.ferndale.pk):
        return Sync.objects.get(pk=sync.pk)
