"""Each page of uploads by itself, on a phone and on a wide screen."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.browser import SignedIn, assert_is_fine_in_every_size, assert_opens_fine
from tests.people import Cast
from tests.syncs.conftest import data
from tests.syncs.self_serve import ANA, CLEO, DAN, STUDENTS, Uploads, self_serve, uploads, work

__all__ = ["data", "self_serve", "uploads"]  # fixtures are found where they are imported

PAGES = {
    "upload-new": ("new/", "Upload Students"),
    "upload-status-page": ("", "File Upload Status"),
    "upload-one": ("{sync}/", "students.csv"),
    "upload-cause": ("{sync}/?cause=grade/upload-grade-unknown", "62 errors in grade"),
}


def below(cast: Cast, rest: str) -> str:
    return f"/d/ferndale/schools/{cast.oak.pk}/uploads/students/{rest}"


def test_each_page_by_itself(
    self_serve: Cast, uploads: Uploads, signed_in: SignedIn, subtests: pytest.Subtests
) -> None:
    wrong = "".join(f"A{row},Al,,Low,,grade {row},al.low{row},secret-word-1\n" for row in range(60))
    sync = uploads.done(STUDENTS + ANA + CLEO + DAN + wrong)
    page = signed_in(self_serve.oak_admin)

    for name, (where, heading) in PAGES.items():
        with subtests.test(name):
            assert_opens_fine(page, below(self_serve, where.format(sync=sync.pk)), name, heading=heading)


def test_upload_under_way_is_followed_on_its_own_page(self_serve: Cast, uploads: Uploads, signed_in: SignedIn) -> None:
    sync = uploads.queued()
    page = signed_in(self_serve.oak_admin)
    page.goto(below(self_serve, f"{sync.pk}/"))
    expect(page.get_by_text("File is waiting to be processed.")).to_be_visible()
    assert_is_fine_in_every_size(page, "upload-under-way", heading="students.csv")

    work(sync)

    expect(page.get_by_text("File processed successfully. 1 student created.")).to_be_visible()
