"""Upload a roster: what is taken in, what is refused, and what stays on the disk."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from pytest_django import Settings

from homeroom.districts import actions as districts
from homeroom.districts import scope
from homeroom.districts.models import Method, SchoolYear
from homeroom.syncs import incoming, storage
from homeroom.syncs.models import State, Sync
from tests.people import Cast, set_method, signed_in
from tests.syncs.outcomes import Outcomes, outcomes
from tests.syncs.sending import again, work, zipped

__all__ = ["outcomes"]  # fixtures are found where they are imported
UPLOAD = "/d/ferndale/sync-reports/upload/"


@pytest.fixture(autouse=True)
def own_folder(data: Path) -> None:
    """What is uploaded lies in a folder of the test's own."""


def a_zip(content: bytes = b"PK\x03\x04 something") -> SimpleUploadedFile:
    return SimpleUploadedFile("roster.zip", content)


def send(browser: Client, *files: SimpleUploadedFile, **more: Any) -> Any:
    return browser.post(UPLOAD, {"roster": list(files), "whole": "yes", **more}, follow=True)


def syncs(cast: Cast) -> list[Sync]:
    with scope.within(cast.ferndale.pk):
        return list(Sync.objects.order_by("pk"))


def on_the_disk(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_zip_becomes_a_sync_and_leads_to_it(cast: Cast, outcomes: Outcomes) -> None:
    roster = SimpleUploadedFile("roster.zip", zipped(outcomes.good).content)

    page = send(signed_in(cast.district_admin), roster)

    (sync,) = syncs(cast)
    assert page.request["PATH_INFO"] == f"/d/ferndale/sync-reports/{sync.pk}/"
    assert (sync.state, sync.started_by_id, sync.delivery_name) == (State.QUEUED, cast.district_admin.pk, "roster.zip")
    assert work(sync).state == State.COMPLETED


def test_several_csv_files_become_one_sync(cast: Cast, outcomes: Outcomes) -> None:
    files = [SimpleUploadedFile(name, content) for name, content in outcomes.good.items()]

    send(signed_in(cast.operator), *files)

    (sync,) = syncs(cast)
    assert work(sync).state == State.COMPLETED


def test_files_lie_where_nobody_else_can_read_them(cast: Cast, data: Path) -> None:
    send(signed_in(cast.district_admin), a_zip())

    (path,) = [path for path in data.rglob("*") if path.is_file()]
    assert path.stat().st_mode & 0o777 == 0o600
    assert {parent.stat().st_mode & 0o777 for parent in path.parents if parent.is_relative_to(data / "syncs")} == {
        0o700
    }


def test_file_is_written_once(cast: Cast, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It stays where it arrived, under another name."""
    arrived: list[int] = []
    complete = incoming.PrivateUploadHandler.file_complete

    def look(handler: incoming.PrivateUploadHandler, file_size: int) -> object:
        arrived.append(os.fstat(handler.file.fileno()).st_ino)
        return complete(handler, file_size)

    monkeypatch.setattr(incoming.PrivateUploadHandler, "file_complete", look)
    file = a_zip(os.urandom(3_000_000))
    send(signed_in(cast.district_admin), file)

    (path,) = [path for path in data.rglob("*") if path.is_file()]
    (sync,) = syncs(cast)
    file.seek(0)
    assert [path.stat().st_ino] == arrived
    assert sync.delivery_digest == hashlib.sha256(file.read()).hexdigest()


def test_file_on_another_file_system_is_copied(cast: Cast, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError

    monkeypatch.setattr(os, "link", refuse)
    file = a_zip(os.urandom(3_000_000))
    send(signed_in(cast.district_admin), file)

    (path,) = [path for path in data.rglob("*") if path.is_file()]
    file.seek(0)
    assert path.read_bytes() == file.read()
    assert path.stat().st_mode & 0o777 == 0o600


def test_nothing_chosen_is_said(cast: Cast, data: Path) -> None:
    page = send(signed_in(cast.district_admin))

    assert "Choose the zip of the roster" in page.text
    assert on_the_disk(data) == []


@pytest.mark.parametrize("size", [2_000, 3_000_000])
def test_too_much_is_refused_with_the_limit_and_leaves_nothing(
    cast: Cast, data: Path, settings: Settings, size: int
) -> None:
    """Whether it is announced, or noticed on the way."""
    settings.HOMEROOM_UPLOAD_LIMIT_BYTES = 1_024

    page = send(signed_in(cast.district_admin), a_zip(os.urandom(size)))

    assert "This is more than 1 KB, the most that one upload may have." in page.text
    assert "Choose the zip" not in page.text
    assert on_the_disk(data) == []
    assert syncs(cast) == []


def test_too_much_together_is_refused(cast: Cast, data: Path, settings: Settings) -> None:
    settings.HOMEROOM_UPLOAD_LIMIT_BYTES = 1_024

    page = send(signed_in(cast.district_admin), a_zip(b"a" * 800), a_zip(b"b" * 800))

    assert "This is more than 1 KB" in page.text
    assert on_the_disk(data) == []


def test_too_many_files_are_refused(cast: Cast, data: Path) -> None:
    page = send(signed_in(cast.district_admin), *(a_zip() for _ in range(incoming.MOST_FILES + 1)))

    assert "Pack them into one zip" in page.text
    assert on_the_disk(data) == []


def cut_off(browser: Client, cut_bytes: int) -> Any:
    """The request as the server sees it when the connection ends too early."""
    body = encode_multipart(BOUNDARY, {"roster": a_zip(b"x" * 5_000), "whole": "yes"})
    return browser.generic("POST", UPLOAD, body[:-cut_bytes], content_type=MULTIPART_CONTENT)


@pytest.mark.parametrize("cut_bytes", [40, 60, 120, 1_000, 5_100])
def test_upload_that_was_cut_off_is_no_sync_and_leaves_nothing(cast: Cast, data: Path, cut_bytes: int) -> None:
    answer = cut_off(signed_in(cast.district_admin), cut_bytes)

    assert answer.status_code in {200, 400}
    assert syncs(cast) == []
    assert on_the_disk(data) == []


def test_upload_that_was_cut_off_in_its_file_is_said(cast: Cast) -> None:
    assert "was cut off on its way" in cut_off(signed_in(cast.district_admin), 1_000).text


def test_no_room_on_the_disk_is_said_and_leaves_nothing(
    cast: Cast, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(*_: object) -> storage.Received:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage, "receive", no_room)

    page = send(signed_in(cast.district_admin), a_zip())

    assert "not enough room on our server" in page.text
    assert on_the_disk(data) == []


def test_no_room_while_it_arrives_is_said(cast: Cast, settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "a-file").write_text("")
    settings.HOMEROOM_DATA = tmp_path / "a-file" / "below"

    assert "not enough room on our server" in send(signed_in(cast.district_admin), a_zip()).text


def test_form_without_its_token_is_refused(cast: Cast, data: Path) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.district_admin, backend="allauth.account.auth_backends.AuthenticationBackend")

    answer = browser.post(UPLOAD, {"roster": a_zip(), "whole": "yes"})

    assert answer.status_code == 403
    assert on_the_disk(data) == []


@pytest.mark.parametrize("who", ["oak_admin", "outsider"])
def test_nothing_of_an_outsiders_upload_is_stored(cast: Cast, data: Path, who: str) -> None:
    assert send(signed_in(getattr(cast, who)), a_zip()).status_code == 404
    assert on_the_disk(data) == []


def test_signed_out_upload_leads_to_sign_in(cast: Cast, client: Client, data: Path) -> None:
    answer = client.post(UPLOAD, {"roster": a_zip(), "whole": "yes"})

    assert answer.headers["Location"].startswith("/accounts/login/")
    assert on_the_disk(data) == []


@pytest.mark.parametrize("method", [Method.SELF_SERVE, Method.CLASSLINK, Method.ONEROSTER_REST])
def test_districts_of_other_methods_have_no_upload(cast: Cast, method: Method) -> None:
    set_method(by=cast.operator, district=cast.ferndale, method=method)

    assert signed_in(cast.operator).get(UPLOAD).status_code == 404


def test_sent_twice_while_the_first_is_under_way_is_one_sync(cast: Cast, data: Path) -> None:
    browser = signed_in(cast.district_admin)
    send(browser, a_zip())

    page = send(browser, a_zip())

    (sync,) = syncs(cast)
    assert page.request["PATH_INFO"] == f"/d/ferndale/sync-reports/{sync.pk}/"
    assert "are being synced already" in page.text
    assert len(on_the_disk(data)) == 1


def sent_before(cast: Cast, outcomes: Outcomes) -> tuple[Client, Any]:
    """A browser that has sent again what was synced before, and the question that it got."""
    outcomes.completed()
    browser = signed_in(cast.district_admin)
    return browser, send(browser, SimpleUploadedFile("again.zip", zipped(outcomes.good).content))


def test_very_same_bytes_are_told_and_not_synced(cast: Cast, outcomes: Outcomes) -> None:
    _, page = sent_before(cast, outcomes)

    assert "This file was already sent on" in page.text
    assert f"/d/ferndale/sync-reports/{syncs(cast)[0].pk}/" in page.text
    assert len(syncs(cast)) == 1


def test_confirmed_they_are_synced_once_however_often_it_is_pressed(cast: Cast, outcomes: Outcomes) -> None:
    browser, page = sent_before(cast, outcomes)
    digest = page.context["received"].digest

    pressed = [browser.post(page.request["PATH_INFO"], {"digest": digest}) for _ in range(2)]

    _, sync = syncs(cast)
    assert [answer.headers["Location"] for answer in pressed] == [f"/d/ferndale/sync-reports/{sync.pk}/"] * 2
    assert work(sync).state == State.COMPLETED


def test_confirmed_in_two_tabs_they_are_synced_once(cast: Cast, outcomes: Outcomes, data: Path) -> None:
    browser, one_tab = sent_before(cast, outcomes)
    other_tab = send(browser, SimpleUploadedFile("again.zip", zipped(outcomes.good).content))
    browser.post(one_tab.request["PATH_INFO"], {"digest": one_tab.context["received"].digest})

    page = browser.post(other_tab.request["PATH_INFO"], {"digest": other_tab.context["received"].digest}, follow=True)

    _, sync = syncs(cast)
    assert page.request["PATH_INFO"] == f"/d/ferndale/sync-reports/{sync.pk}/"
    assert "are being synced already" in page.text
    assert not list(data.rglob("received-*"))


def answers(page: Any) -> dict[str, str]:
    """What the question's own form sends along."""
    return {"digest": page.context["received"].digest, "before": str(page.context["before"].pk)}


def test_confirmed_once_more_when_they_are_synced_leads_to_what_became_of_them(cast: Cast, outcomes: Outcomes) -> None:
    browser, page = sent_before(cast, outcomes)
    browser.post(page.request["PATH_INFO"], answers(page))
    _, sync = syncs(cast)
    work(sync)

    for pressed in ({}, {"do": "forget"}):
        late = browser.post(page.request["PATH_INFO"], answers(page) | pressed, follow=True)

        assert late.request["PATH_INFO"] == f"/d/ferndale/sync-reports/{sync.pk}/"
        assert "These very files were sent meanwhile. This is what became of them." in late.text
    assert len(syncs(cast)) == 2


def test_confirmed_when_they_are_removed_says_to_upload_them_again(cast: Cast, outcomes: Outcomes) -> None:
    browser, page = sent_before(cast, outcomes)
    browser.post(page.request["PATH_INFO"], {"do": "forget"})

    late = browser.post(page.request["PATH_INFO"], answers(page), follow=True)

    assert late.request["PATH_INFO"] == UPLOAD
    assert "The files are no longer there. Please upload them again." in late.text
    assert len(syncs(cast)) == 1


def test_confirmed_in_a_district_that_was_closed_meanwhile_says_so(cast: Cast, outcomes: Outcomes) -> None:
    outcomes.completed()
    browser = signed_in(cast.operator)
    page = send(browser, SimpleUploadedFile("again.zip", zipped(outcomes.good).content))
    districts.close_district(by=cast.operator, district=cast.ferndale)

    late = browser.post(page.request["PATH_INFO"], answers(page), follow=True)

    assert "Ferndale is closed: nothing is synced." in late.text


def test_not_confirmed_they_are_removed(cast: Cast, outcomes: Outcomes, data: Path) -> None:
    browser, page = sent_before(cast, outcomes)

    page = browser.post(page.request["PATH_INFO"], {"do": "forget"}, follow=True)

    assert "the files are removed again" in page.text
    assert len(syncs(cast)) == 1
    assert not list(data.rglob("received-*"))


def test_question_that_was_answered_is_not_there_any_more(cast: Cast, outcomes: Outcomes) -> None:
    browser, page = sent_before(cast, outcomes)
    browser.post(page.request["PATH_INFO"], {"do": "forget"})

    assert browser.get(page.request["PATH_INFO"]).status_code == 404
    assert browser.post(page.request["PATH_INFO"]).status_code == 404


def test_what_failed_before_is_not_asked_about(cast: Cast, outcomes: Outcomes) -> None:
    failed = outcomes.failed()

    send(signed_in(cast.district_admin), a_zip(b"PK\x03\x04 this is none"))

    assert [sync.state for sync in syncs(cast)] == [again(failed).state, State.QUEUED]


def test_by_htmx_one_is_led_to_the_page_itself(cast: Cast) -> None:
    answer = signed_in(cast.district_admin).post(
        UPLOAD, {"roster": a_zip(), "whole": "yes"}, headers={"hx-request": "true"}
    )

    assert answer.headers["HX-Redirect"] == f"/d/ferndale/sync-reports/{syncs(cast)[0].pk}/"


def test_missing_school_year_and_a_sync_under_way_are_said_before(cast: Cast, outcomes: Outcomes) -> None:
    outcomes.queued()
    with scope.within(cast.ferndale.pk):
        SchoolYear.objects.all().delete()

    page = signed_in(cast.district_admin).get(UPLOAD)

    assert "No school year contains today" in page.text
    assert "A sync is under way" in page.text


@pytest.mark.parametrize("name", ["=cmd|'/C calc'!A0.zip", "../../etc/passwd", "a\x00b.csv", "é" * 300 + ".zip"])
def test_hostile_file_name_stays_a_name(cast: Cast, data: Path, name: str) -> None:
    send(signed_in(cast.district_admin), SimpleUploadedFile(name, b"PK other"))

    (path,) = on_the_disk(data)
    assert path.startswith("syncs/")
    assert len(syncs(cast)) == 1
