"""What changed, record by record: paged, searched, filtered and downloaded; and the other files of a sync."""

from __future__ import annotations

import csv
import io
from itertools import product
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client

from homeroom.syncs.models import Sync
from tests.people import Cast, signed_in
from tests.syncs.outcomes import Outcomes, outcomes
from tests.syncs.sending import Rows, changed, synced, with_passwords

__all__ = ["outcomes"]  # fixtures are found where they are imported
REPORTS = "/d/ferndale/sync-reports/"
BOM = b"\xef\xbb\xbf"
FILES = ("users_sync_report.csv", "findings.csv", "changes.csv", "delivery.zip")


@pytest.fixture(autouse=True)
def own_folder(data: Path) -> None:
    """What is kept lies in a folder of the test's own."""


def changes_of(sync: Sync, query: str = "") -> str:
    return f"{REPORTS}{sync.pk}/changes/{query}"


def rows(page: Any) -> list[tuple[str, str, str | None, str | None, str | None]]:
    return [(row.table, row.change, row.column, row.before, row.after) for _, row in page.context["rows"]]


def file_of(browser: Client, sync: Sync, name: str) -> tuple[Any, bytes]:
    answer = browser.get(f"{REPORTS}{sync.pk}/files/{name}")
    return answer, b"".join(answer.streaming_content) if answer.streaming else b""


def test_updated_record_shows_its_column_before_and_after(cast: Cast, outcomes: Outcomes) -> None:
    outcomes.completed()
    sync = outcomes.updated()

    page = signed_in(cast.district_admin).get(changes_of(sync))

    (row,) = rows(page)
    assert row[:3] == ("users", "updated", "givenName")
    assert row[4] == "Renamed"
    assert "What changed" in page.text


def test_held_sync_shows_what_would_change(cast: Cast, outcomes: Outcomes) -> None:
    held = outcomes.held()

    page = signed_in(cast.district_admin).get(changes_of(held))

    assert "What would change" in page.text
    assert {row[:2] for row in rows(page)} == {("enrollments", "deactivated")}
    assert page.context["page"].paginator.count == 118


def test_list_is_paged_and_keeps_what_was_asked_for(cast: Cast, outcomes: Outcomes) -> None:
    sync = outcomes.completed()
    browser = signed_in(cast.district_admin)

    first = browser.get(changes_of(sync, "?table=enrollments"))
    last = browser.get(changes_of(sync, "?table=enrollments&page=99999"))

    assert "1–50 of 236 changes" in first.text
    assert "201–236 of 236 changes" in last.text
    assert "?table=enrollments&amp;page=2" in first.text


def test_page_that_cannot_be_is_the_nearest(cast: Cast, outcomes: Outcomes, subtests: pytest.Subtests) -> None:
    sync = outcomes.completed()
    browser = signed_in(cast.district_admin)

    for number in ("0", "-1", "x", "²", "9" * 30, ""):
        with subtests.test(number):
            page = browser.get(changes_of(sync), {"page": number})

            assert page.status_code == 200
            assert len(rows(page)) > 0


def test_list_is_searched_by_source_id_and_name(cast: Cast, outcomes: Outcomes) -> None:
    sync = outcomes.completed()
    browser = signed_in(cast.district_admin)
    (_, someone) = browser.get(changes_of(sync, "?table=users")).context["rows"][0]

    for text in (someone.source_id.upper(), someone.name):
        found = browser.get(changes_of(sync), {"q": text, "table": "users"})
        assert someone.source_id in [row.source_id for _, row in found.context["rows"]]
    assert "No change is like that" in browser.get(changes_of(sync), {"q": "nobody (at all"}).text


@pytest.mark.parametrize("search", ["Zoé O'Brien", "zoe\u0301 o’brien", "O’Brien, Zoé", "O´BRIEN"])
def test_a_name_is_found_however_it_is_written(cast: Cast, outcomes: Outcomes, search: str) -> None:
    def renamed(rows: Rows) -> Rows:
        return [{**rows[0], "givenName": "Zoé", "familyName": "O'Brien"}, *rows[1:]]

    sync = synced(cast.district_admin, cast.ferndale, changed(outcomes.good, "users", renamed))

    found = signed_in(cast.district_admin).get(changes_of(sync), {"q": search, "table": "users"})

    assert [row.name for _, row in found.context["rows"]] == ["Zoé O'Brien"]


def test_what_is_not_known_filters_nothing(cast: Cast, outcomes: Outcomes) -> None:
    sync = outcomes.completed()

    page = signed_in(cast.district_admin).get(changes_of(sync, "?table=nonsense&change=nonsense"))

    assert page.context["page"].paginator.count == 470


def test_nothing_changed_and_nothing_kept_are_said(cast: Cast, outcomes: Outcomes) -> None:
    outcomes.completed()
    same, failed = outcomes.completed(), outcomes.failed()
    browser = signed_in(cast.district_admin)

    assert "Nothing changed" in browser.get(changes_of(same)).text
    assert "The list of changes is not there" in browser.get(changes_of(failed)).text


def test_changes_are_downloaded_as_they_are_filtered(cast: Cast, outcomes: Outcomes) -> None:
    held = outcomes.held()

    answer, content = file_of(signed_in(cast.district_admin), held, "changes.csv?table=users")
    _, whole = file_of(signed_in(cast.district_admin), held, "changes.csv")

    assert content == BOM + b"Table,Change,SourcedId,Name,Column,Before,After\r\n"
    assert whole.count(b"\r\n") == 119
    assert answer.headers["Content-Disposition"] == f'attachment; filename="changes-of-sync-{held.pk}.csv"'


def test_cells_that_a_spreadsheet_would_run_are_harmless(cast: Cast, outcomes: Outcomes) -> None:
    outcomes.completed()
    formula = changed(outcomes.good, "users", lambda found: [{**found[0], "givenName": "=1+1"}, *found[1:]])
    sync = synced(cast.district_admin, cast.ferndale, formula)

    _, content = file_of(signed_in(cast.district_admin), sync, "changes.csv")

    (row,) = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    assert row["After"] == "'=1+1"


def test_download_leaves_nothing_behind(cast: Cast, outcomes: Outcomes, data: Path) -> None:
    sync = outcomes.completed()
    before = sorted(data.rglob("*.csv"))

    file_of(signed_in(cast.district_admin), sync, "changes.csv")

    assert sorted(data.rglob("*.csv")) == before


def test_report_has_its_exact_name_and_is_kept_by_nobody_on_the_way(cast: Cast, outcomes: Outcomes) -> None:
    sync = outcomes.with_errors()

    answer, content = file_of(signed_in(cast.district_admin), sync, "users_sync_report.csv")

    assert content.startswith(BOM + b"Row Number,SourcedId,Field,Status,Error Message\r\n")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="users_sync_report.csv"'
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_findings_are_there_too(cast: Cast, outcomes: Outcomes) -> None:
    _, content = file_of(signed_in(cast.operator), outcomes.with_errors(), "findings.csv")

    assert content.startswith(BOM + b"file,line,table,sourcedId,field,rule,consequence,message\r\n")


def test_delivery_comes_without_its_passwords(cast: Cast, outcomes: Outcomes) -> None:
    sync = synced(cast.district_admin, cast.ferndale, with_passwords(outcomes.good))

    _, content = file_of(signed_in(cast.district_admin), sync, "delivery.zip")

    with ZipFile(io.BytesIO(content)) as archive:
        assert sorted(archive.namelist()) == sorted(outcomes.good)
        assert archive.read("orgs.csv") == outcomes.good["orgs.csv"]
        assert b"Correct-Horse" not in archive.read("users.csv")


def test_who_may_not_gets_no_file(cast: Cast, outcomes: Outcomes, subtests: pytest.Subtests) -> None:
    sync = outcomes.with_errors()

    for who, name in product(("oak_admin", "oak_and_elm_admin", "outsider"), FILES):
        with subtests.test(who=who, name=name):
            answer, _ = file_of(signed_in(getattr(cast, who)), sync, name)

            assert answer.status_code == 404


def test_other_names_lead_nowhere(cast: Cast, outcomes: Outcomes, subtests: pytest.Subtests) -> None:
    sync, browser = outcomes.with_errors(), signed_in(cast.operator)
    others = ("nothing.csv", "examples.json", "..%2Ffindings.csv", "%2Fetc%2Fpasswd", "users_sync_report.csv%00")

    for name in others:
        with subtests.test(name):
            answer, _ = file_of(browser, sync, name)

            assert answer.status_code == 404


def test_files_of_a_sync_that_has_none_lead_nowhere(cast: Cast, outcomes: Outcomes, subtests: pytest.Subtests) -> None:
    sync, browser = outcomes.failed(), signed_in(cast.operator)

    for name in FILES:
        with subtests.test(name):
            answer, _ = file_of(browser, sync, name)

            assert answer.status_code == 404


def test_signed_out_files_lead_to_sign_in(cast: Cast, outcomes: Outcomes, client: Client) -> None:
    answer, _ = file_of(client, outcomes.with_errors(), "users_sync_report.csv")

    assert answer.headers["Location"].startswith("/accounts/login/")
