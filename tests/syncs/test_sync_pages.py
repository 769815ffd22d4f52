"""Sync Reports and one sync: what stands there for each outcome, and for whom."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from homeroom.districts import actions as districts
from homeroom.districts import scope
from homeroom.districts.actions import schools
from homeroom.districts.models import Method, School
from homeroom.syncs.models import State, Sync
from homeroom.syncs.shown import listed
from homeroom.syncs.views.reports import STOP_POLLING
from tests.people import Cast, set_method, signed_in
from tests.syncs.outcomes import Outcomes, outcomes
from tests.syncs.self_serve import records_of_uploads

__all__ = ["outcomes"]  # fixtures are found where they are imported
REPORTS = "/d/ferndale/sync-reports/"
PAGES_OF_ONE = (
    "", "row/", "progress/", "changes/", "errors/", "approve/", "discard/", "retry/", "undo/",
    "files/students_sync_report.csv",
)  # fmt: skip
MAY_NOT = ("oak_admin", "oak_and_elm_admin", "outsider")


@pytest.fixture(autouse=True)
def own_folder(data: Path, settings: Settings) -> None:
    """What is kept lies in a folder of the test's own."""
    settings.HOMEROOM_SUPPORT_TEXT = "Ask Fern"


def shown(page: Any) -> list[Sync]:
    return [row.sync for row in page.context["rows"]]


def words(page: Any) -> str:
    return " ".join(page.text.split())


def set_of(sync: Sync, **columns: object) -> None:
    with scope.within(sync.district_id):
        Sync.objects.filter(pk=sync.pk).update(**columns)


@pytest.mark.parametrize("who", MAY_NOT)
def test_who_may_not_finds_no_sync_reports(cast: Cast, outcomes: Outcomes, who: str) -> None:
    sync = outcomes.queued()
    browser = signed_in(getattr(cast, who))

    for page in ("", *(f"{sync.pk}/{page}" for page in PAGES_OF_ONE)):
        assert browser.get(REPORTS + page).status_code == 404, page


def test_signed_out_they_lead_to_sign_in(cast: Cast, client: Client) -> None:
    assert client.get(REPORTS).headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("who", ["operator", "district_admin"])
def test_self_serve_districts_have_none(cast: Cast, who: str) -> None:
    set_method(by=cast.operator, district=cast.ferndale, method=Method.SELF_SERVE)

    assert signed_in(getattr(cast, who)).get(REPORTS).status_code == 404
    assert "Sync Reports" not in signed_in(getattr(cast, who)).get("/d/ferndale/").text


def test_manage_leads_to_them(cast: Cast) -> None:
    assert f'href="{REPORTS}"' in signed_in(cast.district_admin).get("/d/ferndale/").text
    assert f'href="{REPORTS}"' not in signed_in(cast.oak_admin).get("/d/ferndale/").text


def test_uploads_of_a_district_that_was_self_serve_are_no_syncs_of_its_roster(cast: Cast) -> None:
    set_method(by=cast.operator, district=cast.ferndale, method=Method.SELF_SERVE)
    of_before = records_of_uploads(cast.oak_admin, cast.ferndale, cast.oak)
    districts.change_method(by=cast.operator, district=cast.ferndale, method=Method.ONEROSTER_CSV)
    browser = signed_in(cast.district_admin)

    assert shown(browser.get(REPORTS)) == []
    assert "Last:" not in browser.get("/d/ferndale/").text
    for page in PAGES_OF_ONE:
        assert browser.get(f"{REPORTS}{of_before['upload']}/{page}").status_code == 404, page


def test_manage_says_how_the_last_sync_stands(cast: Cast, outcomes: Outcomes) -> None:
    browser = signed_in(cast.district_admin)
    before = browser.get("/d/ferndale/").text
    set_of(outcomes.queued(), created_at="2026-03-10T02:30:00Z")

    assert "What each sync did, and what to mend" in before
    assert "Last: Queued, Mar 9, 9:30 PM" in browser.get("/d/ferndale/").text


def test_where_nothing_came_yet_stands_what_to_do(cast: Cast) -> None:
    page = signed_in(cast.district_admin).get(REPORTS)

    assert "No roster has arrived yet" in page.text
    assert "Upload a roster" in page.text


@pytest.mark.parametrize("method", [Method.CLASSLINK, Method.ONEROSTER_REST])
def test_districts_whose_roster_is_collected_are_told_whose_turn_it_is(cast: Cast, method: Method) -> None:
    set_method(by=cast.operator, district=cast.ferndale, method=method)

    page = signed_in(cast.district_admin).get(REPORTS)

    assert "No sync has run yet" in page.text
    assert "The publisher has not connected a source yet." in page.text
    assert "Upload a roster" not in page.text


def test_syncs_of_the_same_minute_and_file_can_be_told_apart(cast: Cast, outcomes: Outcomes) -> None:
    first, second = outcomes.held(), outcomes.completed()
    for sync in (first, second):
        set_of(sync, created_at="2026-03-10T02:30:00Z", delivery_name="roster.zip")
    set_of(second, finished_at="2026-03-10T02:31:00Z")

    page = signed_in(cast.district_admin).get(REPORTS + "?days=all")

    for sync in (first, second):
        assert f"Sync {sync.pk} · roster.zip" in page.text
    assert f", sync {first.pk} (roster.zip)" in page.text


def test_list_has_the_columns_newest_first(cast: Cast, outcomes: Outcomes) -> None:
    completed, with_errors = outcomes.completed(), outcomes.failed()

    page = signed_in(cast.district_admin).get(REPORTS)

    assert shown(page) == [with_errors, completed]
    heads = ["Sync Status", "Completion Date", "Sync Reports", "Created"]
    places = [page.text.index(f">{head}</th>") for head in heads]
    assert places == sorted(places)


def test_row_has_status_counts_and_a_link_for_each_report(cast: Cast, outcomes: Outcomes) -> None:
    sync = outcomes.with_errors()

    page = signed_in(cast.district_admin).get(REPORTS)

    assert "Completed with Errors" in page.text
    assert f'href="{REPORTS}{sync.pk}/files/users_sync_report.csv"' in page.text
    created = sum(kind["created"] for kind in sync.counts.values())
    assert f'data-label="Created">{created:,}</td>' in page.text


def test_completed_has_no_report(cast: Cast, outcomes: Outcomes) -> None:
    outcomes.completed()

    page = signed_in(cast.district_admin).get(REPORTS)

    assert "None: no errors" in page.text
    assert "_sync_report.csv" not in page.text


def test_older_than_thirty_days_is_shown_if_asked_for(cast: Cast, outcomes: Outcomes) -> None:
    old, new = outcomes.queued(), outcomes.queued()
    set_of(old, created_at=timezone.now() - timedelta(days=40))
    browser = signed_in(cast.district_admin)
    day = (timezone.now() - timedelta(days=41)).date()

    assert shown(browser.get(REPORTS)) == [new]
    assert shown(browser.get(REPORTS + "?days=365")) == [new, old]
    assert shown(browser.get(REPORTS + "?days=all")) == [new, old]
    assert shown(browser.get(f"{REPORTS}?since={day}")) == [new, old]
    assert shown(browser.get(f"{REPORTS}?since={day}&until={day + timedelta(days=3)}")) == [old]


@pytest.mark.parametrize(
    "query", ["?days=nonsense", "?since=nonsense", "?page=nonsense", "?since=0001-01-01", "?until=9999-12-31"]
)
def test_nonsense_in_the_address_shows_the_list(cast: Cast, outcomes: Outcomes, query: str) -> None:
    sync = outcomes.queued()

    assert shown(signed_in(cast.district_admin).get(REPORTS + query)) == [sync]


def test_days_are_those_of_the_district(cast: Cast, outcomes: Outcomes) -> None:
    """Ferndale is in Chicago, where it was the evening before."""
    sync = outcomes.queued()
    set_of(sync, created_at="2026-03-10T02:30:00Z")
    browser = signed_in(cast.district_admin)

    assert shown(browser.get(REPORTS + "?since=2026-03-09&until=2026-03-09")) == [sync]
    assert shown(browser.get(REPORTS + "?since=2026-03-10&until=2026-03-10")) == []
    assert "Mar 9, 9:30 PM" in browser.get(REPORTS + "?days=all").text


def test_days_without_a_sync_offer_others(cast: Cast, outcomes: Outcomes) -> None:
    outcomes.queued()

    page = signed_in(cast.district_admin).get(REPORTS + "?since=2001-01-01&until=2001-01-02")

    assert "There was no sync in these days" in page.text


def test_held_sync_is_announced_whatever_days_are_shown(cast: Cast, outcomes: Outcomes) -> None:
    held = outcomes.held()
    set_of(held, created_at=timezone.now() - timedelta(days=40))

    page = signed_in(cast.district_admin).get(REPORTS)

    assert "A sync waits for your decision" in page.text
    assert held not in shown(page)


def test_row_under_way_asks_for_itself_until_it_has_ended(cast: Cast, outcomes: Outcomes) -> None:
    sync = outcomes.queued()
    browser = signed_in(cast.district_admin)
    address = f"{REPORTS}{sync.pk}/row/"

    waiting = browser.get(address)
    set_of(sync, state=State.PROCESSING, stage="Reading users.csv", steps_done=3, steps=12)
    processing = browser.get(address)
    set_of(sync, state=State.FAILED, reason="It was not to be.", finished_at=timezone.now())
    ended = browser.get(address)

    assert (waiting.status_code, processing.status_code, ended.status_code) == (200, 200, STOP_POLLING)
    assert f'hx-get="{address}"' in waiting.text
    assert "Processing, 25 %" in words(processing)
    assert "Reading users.csv" in processing.text
    assert "hx-get" not in ended.text
    assert "It was not to be." in ended.text


def test_progress_of_one_sync_is_followed_by_its_outcome(cast: Cast, outcomes: Outcomes) -> None:
    sync = outcomes.queued()
    browser = signed_in(cast.district_admin)
    address = f"{REPORTS}{sync.pk}/progress/"

    waiting = browser.get(address)
    set_of(sync, state=State.FAILED, reason="It was not to be.", finished_at=timezone.now())
    ended = browser.get(address)

    assert "It waits for its turn" in waiting.text
    assert (ended.status_code, ended.headers["HX-Retarget"]) == (STOP_POLLING, "#sync")
    assert "This sync failed. Nothing was changed" in ended.text


def test_one_with_errors_says_what_to_mend(cast: Cast, outcomes: Outcomes, settings: Settings) -> None:
    sync = outcomes.with_errors()

    page = signed_in(cast.district_admin).get(f"{REPORTS}{sync.pk}/")

    refused = sum(kind["refused"] for kind in sync.counts.values())
    assert f"{refused} records were refused" in page.text
    assert "email is required for users with “teacher” or “administrator” roles" in page.text
    assert "What to do:" in page.text
    assert "Ask Fern" in page.text
    counts = [cause.count for cause in page.context["causes"]]
    assert counts == sorted(counts, reverse=True)


def test_one_that_failed_says_why_what_to_do_and_whom_to_ask(cast: Cast, outcomes: Outcomes) -> None:
    sync = outcomes.unreadable()

    page = words(signed_in(cast.district_admin).get(f"{REPORTS}{sync.pk}/"))

    assert "The manifest announces users.csv as bulk, but the file is not in the delivery." in page
    assert "Add the file, or mark it as absent in the manifest." in page
    assert page.count("Ask Fern") == 2
    assert "Try once more" not in page


def test_counts_stand_there_by_kind_of_record(cast: Cast, outcomes: Outcomes) -> None:
    sync = outcomes.completed()

    page = signed_in(cast.district_admin).get(f"{REPORTS}{sync.pk}/")

    labels = [label for label, _ in page.context["shown"].counts]
    assert labels[:2] == ["Organizations", "Academic sessions"]
    assert f'data-label="Created">{sync.counts["users"]["created"]}</td>' in page.text


def test_schools_that_came_and_are_not_onboarded_are_named(cast: Cast, outcomes: Outcomes) -> None:
    with scope.within(cast.ferndale.pk):
        known = School.objects.all()
        theirs = [school for school in known if str(school.source_id).encode() in outcomes.good["orgs.csv"]]
    schools.take_off_board(by=cast.operator, district=cast.ferndale, school=theirs[0])
    sync = outcomes.completed()

    as_operator = signed_in(cast.operator).get(f"{REPORTS}{sync.pk}/")
    as_administrator = signed_in(cast.district_admin).get(f"{REPORTS}{sync.pk}/")

    assert "Schools that are not onboarded" in as_operator.text
    assert "/operator/districts/ferndale/schools/" in as_operator.text
    assert "/operator/" not in as_administrator.text
    assert "?status=not-onboarded" not in as_administrator.text


def test_of_many_schools_that_are_not_onboarded_the_first_are_named(cast: Cast, outcomes: Outcomes) -> None:
    with scope.within(cast.ferndale.pk):
        School.objects.update(is_onboarded=False)
    schools.found(cast.ferndale, [(f"waiting-{number}", f"Ash {number:02}") for number in range(30)])
    sync = outcomes.completed()
    with scope.within(cast.ferndale.pk):
        waiting = School.objects.filter(is_onboarded=False).count()

    page = signed_in(cast.district_admin).get(f"{REPORTS}{sync.pk}/")

    assert len(page.context["schools"]) == 20
    assert "<strong>Ash 17</strong>" in page.text
    assert "<strong>Ash 29</strong>" not in page.text
    assert f'<a class="usa-link" href="/d/ferndale/schools/?status=not-onboarded">{waiting - 20} more</a>' in page.text


def test_files_whose_time_is_over_are_not_offered(cast: Cast, outcomes: Outcomes) -> None:
    sync = outcomes.with_errors()
    set_of(sync, files_expired_at=timezone.now())
    browser = signed_in(cast.district_admin)

    assert "were removed on" in browser.get(f"{REPORTS}{sync.pk}/").text
    assert "_sync_report.csv" not in browser.get(REPORTS).text
    assert "No longer kept" in browser.get(REPORTS).text


def test_kinds_of_record_are_listed_in_the_order_of_judgement() -> None:
    assert listed({"users": 6, "classes": 1, "enrollments": 0, "orgs": 2}) == "2 organizations, 6 users, 1 class"


def test_delivery_that_could_not_be_opened_has_no_files_and_says_so(cast: Cast, outcomes: Outcomes) -> None:
    sync = outcomes.failed()

    assert "None: what arrived could not be opened" in signed_in(cast.district_admin).get(f"{REPORTS}{sync.pk}/").text


def test_figures_of_a_held_sync_are_not_taken_for_done(cast: Cast, outcomes: Outcomes) -> None:
    held = outcomes.held()

    page = signed_in(cast.district_admin).get(REPORTS)

    assert "Nothing is changed yet: the figures say what would be." in page.text
    assert f"({held.delivery_name})" in page.text


def test_sync_of_another_district_is_not_there(cast: Cast, outcomes: Outcomes) -> None:
    sync = outcomes.queued()

    assert signed_in(cast.operator).get(f"/d/lakeside/sync-reports/{sync.pk}/").status_code == 404


def test_longer_list_needs_no_more_queries(cast: Cast, outcomes: Outcomes, django_assert_max_num_queries: Any) -> None:
    for _ in range(12):
        outcomes.queued()
    browser = signed_in(cast.district_admin)
    browser.get(REPORTS)

    with django_assert_max_num_queries(24):
        browser.get(REPORTS)


def test_the_last_nights_are_a_picture_that_also_says_it_in_words(cast: Cast, outcomes: Outcomes) -> None:
    outcomes.completed()
    outcomes.with_errors()

    page = signed_in(cast.district_admin).get(REPORTS).text

    assert "The last 2 syncs of the days shown: 0 failed" in page
    assert page.count("<rect ") == 2


def test_syncs_that_have_not_ended_are_not_in_the_picture(cast: Cast, outcomes: Outcomes) -> None:
    outcomes.failed()
    outcomes.with_errors()
    outcomes.queued()

    page = signed_in(cast.district_admin).get(REPORTS).text

    assert "The last 2 syncs of the days shown: 1 failed" in page
    assert "in the last one 0." not in page


def test_the_picture_is_of_the_days_that_are_shown(cast: Cast, outcomes: Outcomes) -> None:
    long_ago = timezone.now() - timedelta(days=100)
    for _ in range(2):
        set_of(outcomes.failed(), created_at=long_ago)
    for _ in range(3):
        outcomes.completed()
    browser = signed_in(cast.district_admin)

    assert "The last 3 syncs of the days shown: 0 failed" in browser.get(REPORTS).text
    assert "The last 5 syncs of the days shown: 2 failed" in browser.get(REPORTS + "?days=all").text
    assert "The last 2 syncs of the days shown: 2 failed" in browser.get(f"{REPORTS}?until={long_ago:%Y-%m-%d}").text


def test_a_long_reason_is_cut_between_words(cast: Cast, outcomes: Outcomes) -> None:
    sync = outcomes.failed()
    reason = " ".join(f"reason{number:04}" for number in range(100))
    set_of(sync, reason=reason)

    row = words(signed_in(cast.district_admin).get(f"{REPORTS}{sync.pk}/row/"))

    (told,) = re.findall(r"(reason0000[^<]*?) ?…", row)
    assert set(told.split()) < set(reason.split())
