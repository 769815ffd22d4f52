"""The nights of the made-up districts tell nothing that the product would not."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import timezone

from homeroom.demo import nights
from homeroom.districts import scope
from homeroom.sources import RefusedError
from homeroom.sources.local import collect
from homeroom.syncs.models import State
from tests.people import Cast


def test_night_that_failed_gives_the_reason_of_an_archive_that_was_cut_off(cast: Cast, tmp_path: Path) -> None:
    with scope.within(cast.ferndale.pk):
        failed = [sync for sync in nights._told(cast.ferndale) if sync.state == State.FAILED]
    assert failed

    for sync in failed:
        cut_off = tmp_path / sync.delivery_name
        cut_off.write_bytes(nights._zipped({"users.csv": b"sourcedId\r\n" * 100})[:-30])
        with pytest.raises(RefusedError) as refused:
            collect([cut_off], work=tmp_path / f"work of {sync.delivery_name}")
        assert sync.reason == str(refused.value)


def test_files_of_a_night_that_is_only_told_are_removed_by_now(cast: Cast) -> None:
    with scope.within(cast.ferndale.pk):
        told = list(nights._told(cast.ferndale))

    removed = [(sync.created_at, sync.files_expired_at) for sync in told if sync.files_expired_at is not None]
    assert len(removed) == len(told)
    assert all(began < at <= timezone.now() for began, at in removed)
