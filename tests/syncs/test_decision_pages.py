"""Approve, discard, undo, try once more: asked first, done once, and told to who comes too late."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from homeroom.districts import scope
from homeroom.roster.models import Enrollment, Person
from homeroom.syncs import claims
from homeroom.syncs.models import State, Sync
from tests.people import Cast, signed_in
from tests.syncs.outcomes import Outcomes, outcomes
from tests.syncs.sending import again, changed, synced, work

__all__ = ["outcomes"]  # fixtures are found where they are imported
REPORTS = "/d/ferndale/sync-reports/"
DECISIONS = ("approve", "discard", "undo")


@pytest.fixture(autouse=True)
def own_folder(data: Path) -> None:
    """What is kept lies in a folder of the test's own."""


def page_of(sync: Sync, page: str = "") -> str:
    return f"{REPORTS}{sync.pk}/{page}"


def press(browser: Client, sync: Sync, what: str, **said: str) -> Any:
    return browser.post(page_of(sync, f"{what}/"), said, follow=True)


def test_who_may_not_decides_nothing(cast: Cast, outcomes: Outcomes, subtests: pytest.Subtests) -> None:
    held = outcomes.held()

    for who, what in product(("oak_admin", "outsider"), (*DECISIONS, "retry")):
        with subtests.test(who=who, what=what):
            browser = signed_in(getattr(cast, who))

            assert browser.get(page_of(held, f"{what}/")).status_code == 404
            assert press(browser, held, what, digest=held.changes_digest).status_code == 404
            assert again(held).state == State.HELD


def test_signed_out_decisions_lead_to_sign_in(
    cast: Cast, outcomes: Outcomes, client: Client, subtests: pytest.Subtests
) -> None:
    held = outcomes.held()

    for what in (*DECISIONS, "retry"):
        with subtests.test(what):
            assert client.post(page_of(held, f"{what}/")).headers["Location"].startswith("/accounts/login/")


def test_held_sync_says_which_limit_and_offers_the_decision(cast: Cast, outcomes: Outcomes) -> None:
    held = outcomes.held()

    page = signed_in(cast.district_admin).get(page_of(held))

    assert "of 236 enrollments (50 %) would be deactivated" in page.text
    for what in ("approve/", "discard/", "changes/"):
        assert f'href="{page_of(held, what)}"' in page.text


def test_school_that_would_be_left_empty_is_named(cast: Cast, outcomes: Outcomes) -> None:
    held = outcomes.held()

    page = signed_in(cast.district_admin).get(page_of(held))

    assert "The school Cedar Bay Academy would be left without any enrollments." in page.text


def test_limits_are_told_in_the_words_in_which_they_were_stored(cast: Cast, outcomes: Outcomes) -> None:
    """Also those of syncs that were held before schools had names there."""
    held = outcomes.held()
    stored = ["The school s-17 would be left without any classes.", "21 of 21 orgs (100 %) would be deactivated."]
    with scope.within(cast.ferndale.pk):
        Sync.objects.filter(pk=held.pk).update(breaches=stored)

    page = signed_in(cast.district_admin).get(page_of(held))

    assert all(f"<li>{breach}</li>" in page.text for breach in stored)


def test_asking_changes_nothing(cast: Cast, outcomes: Outcomes, subtests: pytest.Subtests) -> None:
    held = outcomes.held()
    browser = signed_in(cast.district_admin)

    for what in ("approve", "discard"):
        with subtests.test(what):
            page = browser.get(page_of(held, f"{what}/"))

            assert page.status_code == 200
            assert again(held).state == State.HELD


def test_approved_is_applied_as_shown(cast: Cast, outcomes: Outcomes) -> None:
    held = outcomes.held()
    browser = signed_in(cast.district_admin)
    digest = browser.get(page_of(held, "approve/")).context["form"].initial["digest"]

    page = press(browser, held, "approve", digest=digest)

    assert "Approved. The changes are being applied." in page.text
    assert work(held).state == State.WITH_ERRORS
    with scope.within(cast.ferndale.pk):
        assert Enrollment.objects.filter(is_active=True).count() == 118


def test_approving_other_changes_than_were_shown_is_refused_and_said(cast: Cast, outcomes: Outcomes) -> None:
    held = outcomes.held()

    page = press(signed_in(cast.district_admin), held, "approve", digest="0" * 64)

    assert "no longer what you saw" in page.text
    assert again(held).state == State.HELD


def test_roster_that_moved_after_the_approval_is_asked_about_again(cast: Cast, outcomes: Outcomes) -> None:
    held = outcomes.held()
    synced(cast.operator, cast.ferndale, changed(outcomes.good, "enrollments", lambda rows: rows[:-2]))
    browser = signed_in(cast.district_admin)
    press(browser, held, "approve", digest=held.changes_digest)
    work(held)

    page = browser.get(page_of(held))

    assert again(held).state == State.HELD
    assert "have changed since the changes were approved" in page.text


def test_discarded_changes_nothing_and_says_who_did(cast: Cast, outcomes: Outcomes) -> None:
    held = outcomes.held()

    page = press(signed_in(cast.district_admin), held, "discard")

    assert "Discarded by Dana District" in page.text
    with scope.within(cast.ferndale.pk):
        assert Enrollment.objects.filter(is_active=True).count() == 236


def test_who_decides_too_late_is_told(cast: Cast, outcomes: Outcomes, subtests: pytest.Subtests) -> None:
    held = outcomes.held()
    press(signed_in(cast.operator), held, "discard")
    browser = signed_in(cast.district_admin)

    for what in ("approve", "discard"):
        with subtests.test(what):
            looked = browser.get(page_of(held, f"{what}/"), follow=True)
            pressed = press(browser, held, what, digest=held.changes_digest)

            assert "This sync is “Discarded” now." in looked.text
            assert "This sync is not held for review: it is “Discarded”." in pressed.text


def test_undo_shows_what_it_means_before(cast: Cast, outcomes: Outcomes) -> None:
    outcomes.completed()
    sync = outcomes.updated()
    browser = signed_in(cast.district_admin)

    asked = browser.get(page_of(sync, "undo/"))

    assert "1 user updated" in asked.text
    assert "None, so all of it is taken back." in asked.text


def test_undo_lists_what_somebody_changed_since(cast: Cast, outcomes: Outcomes) -> None:
    outcomes.completed()
    sync = outcomes.updated()
    with scope.within(cast.ferndale.pk):
        renamed = Person.objects.get(last_sync_id=sync.pk, given_name="Renamed")
        Person.objects.filter(key=renamed.key).update(last_sync_id=None)

    page = signed_in(cast.district_admin).get(page_of(sync, "undo/"))

    assert "These stay as they are now" in page.text
    assert renamed.source_id in page.text


def test_undone_the_roster_is_as_before(cast: Cast, outcomes: Outcomes) -> None:
    outcomes.completed()
    sync = outcomes.updated()

    browser = signed_in(cast.district_admin)
    press(browser, sync, "undo")
    work(sync)

    assert "Undone by Dana District" in browser.get(page_of(sync)).text
    with scope.within(cast.ferndale.pk):
        assert not Person.objects.filter(given_name="Renamed", is_active=True).exists()


def test_undo_is_followed_until_it_is_done(cast: Cast, outcomes: Outcomes) -> None:
    outcomes.completed()
    sync = outcomes.updated()
    browser = signed_in(cast.district_admin)

    page = press(browser, sync, "undo")
    row = browser.get(page_of(sync, "row/"))

    assert "The sync is being undone." in page.text
    assert "The undo waits for its turn." in page.text
    assert "Dana District asked to undo this sync" in page.text
    assert page_of(sync, "undo/") not in page.text
    assert "Undoing" in row.text
    assert 'hx-trigger="every 2s"' in row.text
    assert browser.get(page_of(sync, "progress/")).status_code == 200
    work(sync)
    assert browser.get(page_of(sync, "progress/")).status_code == 286


def test_undo_that_is_under_way_is_not_asked_for_again(cast: Cast, outcomes: Outcomes) -> None:
    outcomes.completed()
    sync = outcomes.updated()
    browser = signed_in(cast.district_admin)
    press(browser, sync, "undo")

    assert "This sync is “Undoing” now." in browser.get(page_of(sync, "undo/"), follow=True).text
    assert "This sync is being undone already." in press(browser, sync, "undo").text


def test_sync_that_could_not_be_undone_says_why(cast: Cast, outcomes: Outcomes) -> None:
    outcomes.completed()
    sync = outcomes.updated()
    browser = signed_in(cast.district_admin)
    press(browser, sync, "undo")
    with scope.within(cast.ferndale.pk):
        for _ in range(3):
            claims.begin(sync.pk)
    work(sync)

    page = browser.get(page_of(sync))

    assert "This sync was not undone" in page.text
    assert "The server stopped three times while it undid this sync." in page.text
    assert page_of(sync, "undo/") in page.text


def test_only_the_last_applied_sync_offers_to_be_undone(cast: Cast, outcomes: Outcomes) -> None:
    first, last = outcomes.completed(), outcomes.updated()
    browser = signed_in(cast.district_admin)

    assert page_of(last, "undo/") in browser.get(page_of(last)).text
    assert page_of(first, "undo/") not in browser.get(page_of(first)).text
    assert "can be undone" in browser.get(page_of(first, "undo/"), follow=True).text
    assert "can be undone" in press(browser, first, "undo").text
    assert again(first).state == State.COMPLETED


def test_operator_tries_a_failed_one_once_more(cast: Cast, outcomes: Outcomes) -> None:
    failed = outcomes.unreadable()
    browser = signed_in(cast.operator)

    assert page_of(failed, "retry/") in browser.get(page_of(failed)).text
    assert "It failed with" in browser.get(page_of(failed, "retry/")).text
    page = press(browser, failed, "retry")

    assert "tried once more" in page.text
    assert again(failed).state == State.QUEUED


def test_district_administrator_cannot_retry(cast: Cast, outcomes: Outcomes) -> None:
    failed = outcomes.unreadable()

    assert press(signed_in(cast.district_admin), failed, "retry").status_code == 404


def test_one_whose_delivery_could_not_be_opened_is_not_offered_to_be_retried(cast: Cast, outcomes: Outcomes) -> None:
    failed = outcomes.failed()
    browser = signed_in(cast.operator)

    assert page_of(failed, "retry/") not in browser.get(page_of(failed)).text
    assert "Please upload it again" in press(browser, failed, "retry").text
