"""The banner above a list and File Upload Status: how an upload stands, for whom, and until when."""

from __future__ import annotations

import pytest

from homeroom.districts import scope
from homeroom.syncs.models import State, Upload
from tests.people import Cast, signed_in
from tests.syncs.self_serve import (
    ANA,
    BEN,
    CLEO,
    DAN,
    STUDENTS,
    Uploads,
    self_serve,
    uploads,
    work,
)
from tests.syncs.upload_pages import HTMX, address, banners, look, of_upload, rows, set_to, told

__all__ = ["self_serve", "uploads"]  # fixtures are found where they are imported


def test_banner_says_how_far_it_is(self_serve: Cast, uploads: Uploads) -> None:
    set_to(uploads.queued(STUDENTS + ANA + BEN), state=State.PROCESSING, steps=2, steps_done=1)

    assert "<strong>Processing file: 1 of 2 rows.</strong>" in banners(self_serve)


def test_banner_counts_in_thousands(self_serve: Cast, uploads: Uploads) -> None:
    sync = uploads.queued()
    set_to(sync, state=State.PROCESSING, steps=1_000, steps_done=420)
    with scope.within(sync.district_id):
        Upload.objects.update(rows=1_000)

    assert "Processing file: 420 of 1,000 rows." in banners(self_serve)


def test_banner_of_a_file_without_errors(self_serve: Cast, uploads: Uploads) -> None:
    uploads.done(STUDENTS + ANA + BEN)

    page = told(banners(self_serve))
    assert "<strong>File processed successfully.</strong>" in page
    assert "students.csv: 2 students created" in page
    assert "sync report" not in page


def test_banner_of_a_file_with_errors_leads_to_the_sync_report(self_serve: Cast, uploads: Uploads) -> None:
    sync = uploads.done(STUDENTS + ANA + CLEO)

    page = told(banners(self_serve))
    assert "<strong>File processed with errors.</strong>" in page
    assert f'href="{of_upload("upload-report", self_serve, sync)}">sync report</a>' in page
    assert "1 student created, 1 row refused" in page


def test_banner_of_a_file_that_failed_says_why(self_serve: Cast, uploads: Uploads) -> None:
    set_to(uploads.queued(), state=State.FAILED, reason="The moon was full.", finished_at="2026-01-01T00:00:00Z")

    assert "<strong>File could not be processed.</strong> The moon was full." in told(banners(self_serve))


def test_banner_is_only_the_uploaders_own(self_serve: Cast, uploads: Uploads) -> None:
    sync = uploads.queued()

    assert "File is waiting" not in banners(self_serve, self_serve.district_admin)
    answer = signed_in(self_serve.district_admin).get(of_upload("upload-banner", self_serve, sync))
    assert answer.status_code == 404


def test_banner_stands_above_its_own_kind_only(self_serve: Cast, uploads: Uploads) -> None:
    uploads.queued()

    assert "File is waiting" not in banners(self_serve, kind="staff")


def test_each_upload_has_its_banner_the_newest_first(self_serve: Cast, uploads: Uploads) -> None:
    uploads.done(STUDENTS + ANA)
    uploads.queued(STUDENTS + BEN)

    page = banners(self_serve)
    assert 0 < page.index("File is waiting to be processed.") < page.index("File processed successfully.")


def test_banner_that_says_the_same_is_not_read_out_again(self_serve: Cast, uploads: Uploads) -> None:
    browser, page = signed_in(self_serve.oak_admin), of_upload("upload-banner", self_serve, uploads.queued())

    assert browser.get(page, {"seen": "File is waiting to be processed."}).status_code == 204
    assert "File is waiting" in browser.get(page, {"seen": "Processing file: 0 of 1 row."}).text


def test_banner_asks_for_itself_only_while_the_upload_is_under_way(self_serve: Cast, uploads: Uploads) -> None:
    sync = uploads.queued()
    polling = of_upload("upload-banner", self_serve, sync)
    assert f'hx-get="{polling}' in banners(self_serve)

    work(sync)

    assert f'hx-get="{polling}' not in banners(self_serve)


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_dismissed_banner_is_gone(self_serve: Cast, uploads: Uploads, headers: dict[str, str]) -> None:
    sync = uploads.done()

    signed_in(self_serve.oak_admin).post(of_upload("upload-dismiss", self_serve, sync), headers=headers)

    assert "File processed" not in banners(self_serve)


def test_banner_is_dismissed_by_the_uploader_only(self_serve: Cast, uploads: Uploads) -> None:
    sync = uploads.done()

    answer = signed_in(self_serve.district_admin).post(of_upload("upload-dismiss", self_serve, sync))

    assert answer.status_code == 404
    assert "File processed successfully." in banners(self_serve)


def test_status_has_exactly_its_four_columns(self_serve: Cast, uploads: Uploads) -> None:
    uploads.done()

    page = look(self_serve.oak_admin, address("upload-status", self_serve.oak))

    assert "<h1>File Upload Status</h1>" in page
    heads = [head.split("</th>")[0] for head in page.split('<th scope="col">')[1:]]
    assert heads == ["Uploaded File", "Sync Status", "Completion Date", "Sync Report"]


def test_status_shows_the_last_ten_newest_first(self_serve: Cast, uploads: Uploads) -> None:
    sent = [uploads.queued(name=f"file-{number}.csv") for number in range(11)]

    found = rows(look(self_serve.oak_admin, address("upload-status", self_serve.oak)))

    assert [row.split('"')[0] for row in found] == [str(sync.pk) for sync in sent[:0:-1]]


def test_status_of_each_outcome(self_serve: Cast, uploads: Uploads) -> None:
    uploads.done(STUDENTS + ANA)
    uploads.done(STUDENTS + CLEO)
    set_to(uploads.queued(STUDENTS + BEN), state=State.FAILED, reason="No.", finished_at="2026-01-01T00:00:00Z")
    set_to(uploads.queued(STUDENTS + BEN + DAN), state=State.PROCESSING, steps_done=1)
    uploads.queued(STUDENTS + BEN)

    queued, processing, failed, with_errors, completed = rows(
        look(self_serve.oak_admin, address("upload-status", self_serve.oak))
    )

    assert "Queued" in queued
    assert "Processing: 1 of 2 rows" in processing
    assert "Failed" in failed
    assert "Dec 31, 2025, 6:00 PM" in failed  # the district's time
    assert "Completed with Errors" in with_errors
    assert "Completed<" in completed
    assert ["sync report" in row for row in (queued, processing, failed, with_errors, completed)] == [
        False, False, False, True, False,
    ]  # fmt: skip
    assert ["hx-get" in row for row in (queued, processing, failed, with_errors, completed)] == [
        True, True, False, False, False,
    ]  # fmt: skip


def test_status_is_the_same_for_everybody_who_looks_after_the_school(self_serve: Cast, uploads: Uploads) -> None:
    uploads.done()

    page = look(self_serve.oak_and_elm_admin, address("upload-status", self_serve.oak))

    assert len(rows(page)) == 1


def test_status_of_another_school_or_kind_has_none_of_it(self_serve: Cast, uploads: Uploads) -> None:
    uploads.done()
    browser = self_serve.oak_and_elm_admin

    assert "No file has been uploaded yet" in look(browser, address("upload-status", self_serve.elm))
    assert "No file has been uploaded yet" in look(browser, address("upload-status", self_serve.oak, "staff"))


@pytest.mark.parametrize("page", ["upload", "upload-row", "upload-report", "upload-file", "upload-to-correct"])
def test_upload_is_not_found_under_another_school_or_kind(self_serve: Cast, uploads: Uploads, page: str) -> None:
    sync, browser = uploads.done(STUDENTS + CLEO), signed_in(self_serve.operator)

    found = browser.get(address(page, self_serve.oak, "students", sync.pk))
    assert found.status_code in {200, 286}
    assert found.streaming is False or b"".join(found)  # only then the file is closed
    assert browser.get(address(page, self_serve.elm, "students", sync.pk)).status_code == 404
    assert browser.get(address(page, self_serve.oak, "staff", sync.pk)).status_code == 404
