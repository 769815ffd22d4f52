"""The pages of syncs, each outcome on a phone and on a wide screen."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from homeroom.districts import scope
from homeroom.syncs.models import State, Sync
from tests.journeys.browser import SignedIn, axe_violations, is_wider_than_the_screen, keep_picture
from tests.people import Cast
from tests.syncs.conftest import data
from tests.syncs.outcomes import Outcomes, outcomes

__all__ = ["data", "outcomes"]  # fixtures are found where they are imported
REPORTS = "/d/ferndale/sync-reports/"


@pytest.fixture(autouse=True)
def support(settings: object) -> None:
    settings.HOMEROOM_SUPPORT_TEXT = "Ask Fern"  # type: ignore[attr-defined]
    settings.HOMEROOM_SUPPORT_LINK = "mailto:fern@publisher.example"  # type: ignore[attr-defined]


def assert_is_fine(page: Page, name: str, size: str) -> None:
    keep_picture(page, f"{name}-{size}")
    assert axe_violations(page) == []
    assert not is_wider_than_the_screen(page)
    assert page.locator("h1").count() == 1


def seen(page: Page, address: str, name: str, size: str) -> None:
    page.goto(address)
    assert_is_fine(page, name, size)


def test_nothing_sent_yet(cast: Cast, data: Path, signed_in: SignedIn, size: str) -> None:
    seen(signed_in(cast.district_admin), REPORTS, "sync-reports-empty", size)


def test_upload(cast: Cast, data: Path, signed_in: SignedIn, size: str) -> None:
    seen(signed_in(cast.district_admin), REPORTS + "upload/", "sync-upload", size)


def test_completed_and_with_errors(cast: Cast, outcomes: Outcomes, signed_in: SignedIn, size: str) -> None:
    completed, with_errors = outcomes.completed(), outcomes.with_errors()
    page = signed_in(cast.district_admin)

    seen(page, f"{REPORTS}{completed.pk}/", "sync-completed", size)
    seen(page, f"{REPORTS}{completed.pk}/changes/", "sync-changes", size)
    seen(page, f"{REPORTS}{with_errors.pk}/", "sync-with-errors", size)


def test_held(cast: Cast, outcomes: Outcomes, signed_in: SignedIn, size: str) -> None:
    held = outcomes.held()
    page = signed_in(cast.district_admin)

    seen(page, f"{REPORTS}{held.pk}/", "sync-held", size)
    seen(page, f"{REPORTS}{held.pk}/approve/", "sync-approve", size)
    seen(page, f"{REPORTS}{held.pk}/discard/", "sync-discard", size)
    seen(page, f"{REPORTS}{held.pk}/changes/?table=enrollments", "sync-changes-held", size)
    seen(page, f"{REPORTS}{held.pk}/changes/?q=nobody", "sync-changes-none", size)


def test_failed(cast: Cast, outcomes: Outcomes, signed_in: SignedIn, size: str) -> None:
    failed, unreadable = outcomes.failed(), outcomes.unreadable()
    page = signed_in(cast.operator)

    seen(page, f"{REPORTS}{failed.pk}/", "sync-failed", size)
    seen(page, f"{REPORTS}{unreadable.pk}/", "sync-failed-whole", size)
    seen(page, f"{REPORTS}{unreadable.pk}/retry/", "sync-retry", size)


def test_updated_and_undone(cast: Cast, outcomes: Outcomes, signed_in: SignedIn, size: str) -> None:
    outcomes.completed()
    updated = outcomes.updated()
    page = signed_in(cast.district_admin)

    seen(page, f"{REPORTS}{updated.pk}/changes/", "sync-changes-one", size)
    page.goto(f"{REPORTS}{updated.pk}/undo/")
    page.get_by_text("None, so all of it is taken back").wait_for()
    assert_is_fine(page, "sync-undo", size)


def test_list(cast: Cast, outcomes: Outcomes, signed_in: SignedIn, size: str) -> None:
    outcomes.held()
    outcomes.with_errors()
    outcomes.failed()
    outcomes.queued()
    with scope.within(cast.ferndale.pk):
        sync = outcomes.queued()
        Sync.objects.filter(pk=sync.pk).update(
            state=State.PROCESSING, started_at=timezone.now(), stage="Reading users.csv", steps_done=4, steps=20
        )
    page = signed_in(cast.district_admin)

    seen(page, REPORTS, "sync-reports", size)
    seen(page, f"{REPORTS}{sync.pk}/", "sync-processing", size)
    seen(page, REPORTS + "?since=2001-01-01&until=2001-01-02", "sync-reports-none", size)
