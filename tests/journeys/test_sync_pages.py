"""The pages of syncs, each outcome on a phone and on a wide screen."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from homeroom.districts import scope
from homeroom.syncs.models import State, Sync
from tests.journeys.browser import SIZES, SignedIn, assert_is_fine_in_every_size
from tests.people import Cast
from tests.syncs.conftest import data
from tests.syncs.outcomes import Outcomes, outcomes
from tests.syncs.sending import work

__all__ = ["data", "outcomes"]  # fixtures are found where they are imported
REPORTS = "/d/ferndale/sync-reports/"


@pytest.fixture(autouse=True)
def support(settings: object) -> None:
    settings.HOMEROOM_SUPPORT_TEXT = "Ask Fern"  # type: ignore[attr-defined]
    settings.HOMEROOM_SUPPORT_LINK = "mailto:fern@publisher.example"  # type: ignore[attr-defined]


def seen(page: Page, address: str, name: str, *, heading: str = "Sync of", says: str) -> None:
    """The page says so, in the part that is its own, and is fine."""
    page.set_viewport_size(SIZES["phone"])
    page.goto(address)
    expect(page.locator("main")).to_contain_text(says)
    assert_is_fine_in_every_size(page, name, heading=heading)


def test_nothing_sent_yet(cast: Cast, data: Path, signed_in: SignedIn) -> None:
    seen(
        signed_in(cast.district_admin),
        REPORTS,
        "sync-reports-empty",
        heading="Sync Reports",
        says="No roster has arrived yet",
    )


def test_upload(cast: Cast, data: Path, signed_in: SignedIn) -> None:
    seen(
        signed_in(cast.district_admin),
        REPORTS + "upload/",
        "sync-upload",
        heading="Upload a roster",
        says="One zip, or all CSV files of one delivery",
    )


def test_completed_and_with_errors(cast: Cast, outcomes: Outcomes, signed_in: SignedIn) -> None:
    completed, with_errors = outcomes.completed(), outcomes.with_errors()
    page = signed_in(cast.district_admin)

    seen(page, f"{REPORTS}{completed.pk}/", "sync-completed", says="What happened to the records")
    seen(page, f"{REPORTS}{completed.pk}/changes/", "sync-changes", heading="What changed", says="created")
    seen(page, f"{REPORTS}{with_errors.pk}/", "sync-with-errors", says="What to mend, the costliest first")
    seen(page, f"{REPORTS}{with_errors.pk}/errors/", "sync-errors", heading="Errors, one by one", says="New")


def test_held(cast: Cast, outcomes: Outcomes, signed_in: SignedIn) -> None:
    held = outcomes.held()
    page = signed_in(cast.district_admin)

    seen(page, f"{REPORTS}{held.pk}/", "sync-held", says="Nothing was changed yet: this sync waits for a decision")
    seen(
        page,
        f"{REPORTS}{held.pk}/approve/",
        "sync-approve",
        heading="Approve these changes?",
        says="You approve exactly these changes.",
    )
    seen(
        page,
        f"{REPORTS}{held.pk}/discard/",
        "sync-discard",
        heading="Discard this sync?",
        says="Nothing of it is applied",
    )
    seen(
        page,
        f"{REPORTS}{held.pk}/changes/?table=enrollments",
        "sync-changes-held",
        heading="What would change",
        says="118 changes",
    )
    seen(
        page,
        f"{REPORTS}{held.pk}/changes/?q=nobody",
        "sync-changes-none",
        heading="What would change",
        says="No change is like that",
    )


def test_failed(cast: Cast, outcomes: Outcomes, signed_in: SignedIn) -> None:
    failed, unreadable = outcomes.failed(), outcomes.unreadable()
    page = signed_in(cast.operator)

    seen(page, f"{REPORTS}{failed.pk}/", "sync-failed", says="This sync failed. Nothing was changed")
    seen(page, f"{REPORTS}{unreadable.pk}/", "sync-failed-whole", says="The manifest announces users.csv as bulk")
    seen(
        page,
        f"{REPORTS}{unreadable.pk}/retry/",
        "sync-retry",
        heading="Try this sync once more?",
        says="The same delivery is read again.",
    )


def test_updated_and_undone(cast: Cast, outcomes: Outcomes, signed_in: SignedIn) -> None:
    outcomes.completed()
    updated = outcomes.updated()
    page = signed_in(cast.district_admin)

    seen(page, f"{REPORTS}{updated.pk}/changes/", "sync-changes-one", heading="What changed", says="Renamed")
    page.goto(f"{REPORTS}{updated.pk}/undo/")
    page.get_by_text("None, so all of it is taken back").wait_for()
    assert_is_fine_in_every_size(page, "sync-undo", heading="Undo this sync?")
    page.get_by_role("button", name="Undo the sync").click()
    page.get_by_text("The undo waits for its turn.").wait_for()
    assert_is_fine_in_every_size(page, "sync-undoing", heading="Sync of")
    work(updated)
    page.get_by_text("Undone by Dana District").wait_for()


def test_list(cast: Cast, outcomes: Outcomes, signed_in: SignedIn) -> None:
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

    seen(page, REPORTS, "sync-reports", heading="Sync Reports", says="Held for Review")
    seen(page, f"{REPORTS}{sync.pk}/", "sync-processing", says="Reading users.csv")
    seen(
        page,
        REPORTS + "?since=2001-01-01&until=2001-01-02",
        "sync-reports-none",
        heading="Sync Reports",
        says="There was no sync in these days",
    )
