"""The errors of a sync, one by one: new, still open and mended since the sync before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from homeroom.roster.models import KINDS
from homeroom.syncs.models import State, Sync
from tests.people import Cast, signed_in
from tests.syncs.outcomes import Outcomes, outcomes
from tests.syncs.sending import Rows, changed, synced

__all__ = ["outcomes"]  # fixtures are found where they are imported
REPORTS = "/d/ferndale/sync-reports/"


@pytest.fixture(autouse=True)
def own_folder(data: Path) -> None:
    """What is kept lies in a folder of the test's own."""


def without_name(number: int) -> Any:
    def change(rows: Rows) -> Rows:
        return [{**row, "givenName": ""} if place == number else row for place, row in enumerate(rows)]

    return change


def standings(page: Any) -> list[tuple[str, str]]:
    return [(standing, error.source_id) for _, standing, error in page.context["rows"]]


def three_nights(cast: Cast, outcomes: Outcomes) -> tuple[Sync, Sync]:
    """Two users without a name; the next night one of them has it, and another one has not."""
    users = changed(changed(outcomes.good, "users", without_name(0)), "users", without_name(1))
    first = synced(cast.district_admin, cast.ferndale, users)
    others = changed(changed(outcomes.good, "users", without_name(1)), "users", without_name(2))
    return first, synced(cast.district_admin, cast.ferndale, others)


def test_what_is_new_what_is_open_and_what_was_mended(cast: Cast, outcomes: Outcomes) -> None:
    first, second = three_nights(cast, outcomes)
    browser = signed_in(cast.district_admin)

    assert (first.state, second.state) == (State.WITH_ERRORS, State.WITH_ERRORS)
    at_first = standings(browser.get(f"{REPORTS}{first.pk}/errors/?table=users"))
    then = standings(browser.get(f"{REPORTS}{second.pk}/errors/?table=users"))
    assert [standing for standing, _ in at_first] == ["New", "New"]
    assert [standing for standing, _ in then] == ["New", "Still open", "Mended"]
    assert then[1][1] in dict(map(reversed, at_first))  # type: ignore[arg-type]


def test_the_sync_s_own_page_says_how_many(cast: Cast, outcomes: Outcomes) -> None:
    _, second = three_nights(cast, outcomes)

    page = signed_in(cast.district_admin).get(f"{REPORTS}{second.pk}/").text

    assert f"{second.standing['new']} new</a>" in page
    assert f"{second.standing['open']} still open</a>, the oldest since" in page
    assert f"{second.standing['mended']} mended</a>" in page


def test_errors_are_filtered_and_searched(cast: Cast, outcomes: Outcomes) -> None:
    _, second = three_nights(cast, outcomes)
    browser = signed_in(cast.district_admin)
    ((_, source_id),) = standings(browser.get(f"{REPORTS}{second.pk}/errors/?standing=mended&table=users"))

    assert standings(browser.get(f"{REPORTS}{second.pk}/errors/?table=users&q={source_id}")) == [("Mended", source_id)]
    for words in ("givenName", "GIVENNAME, is"):
        found = browser.get(f"{REPORTS}{second.pk}/errors/", {"standing": "mended", "table": "users", "q": words})
        assert standings(found) == [("Mended", source_id)]
    assert "No error is like that" in browser.get(f"{REPORTS}{second.pk}/errors/?q=nobody-at-all").text


def test_errors_of_one_night_stand_in_the_order_of_judgement(cast: Cast, outcomes: Outcomes) -> None:
    """First those that others may follow from: what is said of a school, and of the enrollments at last."""
    first, _ = three_nights(cast, outcomes)

    rows = signed_in(cast.district_admin).get(f"{REPORTS}{first.pk}/errors/").context["rows"]

    tables = list(dict.fromkeys(error.table for _, _, error in rows))
    assert len(tables) > 1
    assert tables == [name for name in KINDS if name in tables]


def test_a_sync_without_errors_says_so(cast: Cast, outcomes: Outcomes) -> None:
    completed = outcomes.completed()

    assert "Every record of this delivery was accepted" in (
        signed_in(cast.district_admin).get(f"{REPORTS}{completed.pk}/errors/").text
    )
    assert "Since the sync before" not in signed_in(cast.district_admin).get(f"{REPORTS}{completed.pk}/").text
