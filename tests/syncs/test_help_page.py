"""The story of the help page: a night with the four documented errors, the SIS mended, and a night without the
provider.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from homeroom.demo.provider import Provider
from homeroom.demo.provider_faults import Fault, Kind
from homeroom.districts import actions as districts
from homeroom.districts import scope
from homeroom.districts.models import Method
from homeroom.feeds.models import Feed
from homeroom.syncs import storage
from homeroom.syncs.models import State, Sync
from tests.people import Cast, signed_in
from tests.syncs.collected import address, feed, impatient, night
from tests.syncs.mistakes import REPORTS, expected, mend, mistaken_provider

__all__ = ["address", "feed", "impatient"]  # fixtures are found where they are imported

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("impatient")]
PAGE = "/d/ferndale/sync-reports/"


@pytest.fixture
def provider(cast: Cast, data: Path) -> Provider:
    districts.change_method(by=cast.operator, district=cast.ferndale, method=Method.CLASSLINK)
    cast.ferndale.refresh_from_db()
    return mistaken_provider()


def mended_night(cast: Cast, provider: Provider) -> Sync:
    mend(provider)
    districts.onboard_schools(by=cast.operator, district=cast.ferndale, schools=[cast.birch])
    return night(cast)


def names_of_reports(sync: Sync) -> list[str]:
    with scope.within(sync.district_id):
        return [path.name for path in storage.report_files(sync)]


def test_each_documented_error_has_its_file(cast: Cast, feed: Feed) -> None:
    sync = night(cast)

    assert (sync.state, names_of_reports(sync)) == (State.WITH_ERRORS, sorted(REPORTS))


def test_file_is_downloaded_byte_for_byte(cast: Cast, feed: Feed, subtests: pytest.Subtests) -> None:
    sync = night(cast)
    browser = signed_in(cast.district_admin)

    for name in REPORTS:
        with subtests.test(name):
            answer = browser.get(f"{PAGE}{sync.pk}/files/{name}")

            assert b"".join(answer) == expected(name)
            assert f'filename="{name}"' in answer.headers["Content-Disposition"]


def added_up(sync: Sync) -> dict[str, int]:
    """By kind, all that was received: what was deactivated has not been."""
    return {name: sum(counts.values()) - counts["deactivated"] for name, counts in sync.counts.items()}


def test_counts_of_a_night_add_up(cast: Cast, feed: Feed, provider: Provider) -> None:
    sync = night(cast)

    assert added_up(sync) == {name: len(provider.written(name)) for name in sync.counts}


def test_counts_add_up_where_what_was_accepted_is_refused_and_stays(cast: Cast, feed: Feed, provider: Provider) -> None:
    mistakes = {name: provider.written(name) for name in ("users", "enrollments")}
    mended_night(cast, provider)
    for name, written in mistakes.items():
        provider.rewrite(name, written)

    sync = night(cast)

    assert sync.counts["users"] | {"refused": 1, "unchanged": 4, "deactivated": 0} == sync.counts["users"]
    assert added_up(sync) == {name: len(provider.written(name)) for name in sync.counts}


def test_night_after_the_sis_was_mended_is_completed_without_a_report(
    cast: Cast, feed: Feed, provider: Provider
) -> None:
    night(cast)
    sync = mended_night(cast, provider)

    assert (sync.state, names_of_reports(sync)) == (State.COMPLETED, [])


def test_night_without_the_provider_fails_with_its_reason(cast: Cast, feed: Feed, provider: Provider) -> None:
    mended_night(cast, provider)
    provider.fail(Fault(Kind.FAILING, "orgs", 0, None))
    sync = night(cast)

    page = signed_in(cast.district_admin).get(f"{PAGE}{sync.pk}/")

    assert sync.state == State.FAILED
    assert "“orgs”, page 1 (from record 1): The provider answers with status 500" in page.text
    assert "It is tried again on" in signed_in(cast.district_admin).get(PAGE).text


def test_page_of_a_collected_sync_says_where_from_and_offers_no_delivery(cast: Cast, feed: Feed) -> None:
    sync = night(cast)
    browser = signed_in(cast.district_admin)

    page = browser.get(f"{PAGE}{sync.pk}/")

    assert "Collected from 127.0.0.1" in page.text
    assert "everything, from" in page.text
    assert "delivery.zip" not in page.text
    assert ", row " not in page.text
    assert "the records to mend are in" in page.text
    assert browser.get(f"{PAGE}{sync.pk}/files/delivery.zip").status_code == 404


def test_pages_of_changes_and_findings_are_there(cast: Cast, feed: Feed) -> None:
    night(cast)
    sync = night(cast)
    browser = signed_in(cast.district_admin)

    assert browser.get(f"{PAGE}{sync.pk}/changes/").status_code == 200
    assert b"maths-gone" in b"".join(browser.get(f"{PAGE}{sync.pk}/files/findings.csv"))


def test_source_that_is_gone_is_told_beside_the_syncs_there_were(cast: Cast, feed: Feed) -> None:
    night(cast)
    with scope.within(cast.ferndale.pk):
        Feed.objects.all().delete()

    assert "The publisher has not connected a source yet." in signed_in(cast.district_admin).get(PAGE).text


def test_dates_are_filtered(cast: Cast, feed: Feed) -> None:
    last_month, today = night(cast), night(cast)
    with scope.within(cast.ferndale.pk):
        Sync.objects.filter(pk=last_month.pk).update(created_at=timezone.now() - timedelta(days=40))
    browser = signed_in(cast.district_admin)
    day = (timezone.now() - timedelta(days=40)).date()

    def shown(query: str) -> list[int]:
        return [row.sync.pk for row in browser.get(PAGE + query).context["rows"]]

    assert shown("") == [today.pk]
    assert shown("?days=365") == [today.pk, last_month.pk]
    assert shown(f"?since={day - timedelta(days=1)}&until={day + timedelta(days=1)}") == [last_month.pk]


def test_nobody_else_sees_any_of_it(cast: Cast, feed: Feed, subtests: pytest.Subtests) -> None:
    sync = night(cast)
    pages = ("", f"{sync.pk}/", *(f"{sync.pk}/files/{name}" for name in REPORTS))

    for who in ("oak_admin", "oak_and_elm_admin", "outsider"):
        with subtests.test(who):
            browser = signed_in(getattr(cast, who))

            assert [browser.get(PAGE + page).status_code for page in pages] == [404] * len(pages)
