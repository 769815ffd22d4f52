"""What becomes of a button that is pressed after the session has ended, and of an address that only a button has."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from homeroom.accounts.models import User
from homeroom.districts.models import Method
from tests.people import PASSWORD, Cast, set_method, signed_in

SOURCE = "/operator/districts/ferndale/source/"
NOT_DONE = "after your session had ended. It was not done"


@pytest.fixture
def pressing(cast: Cast) -> Client:
    """Whose session has ended in another tab."""
    set_method(by=cast.operator, district=cast.ferndale, method=Method.CLASSLINK)
    return Client()


def signed_in_after(browser: Client, answer: Any, user: User) -> Any:
    """The page on which one lands after signing in where the answer leads."""
    sign_in = answer.headers["Location"]
    hidden = re.search(r'name="next" value="([^"]+)"', browser.get(sign_in).text)
    assert hidden is not None
    return browser.post("/accounts/login/", {"login": user.email, "password": PASSWORD, "next": hidden[1]}, follow=True)


@pytest.mark.parametrize("button", ["pause/", "resume/", "sync-now/", "host-key/"])
def test_after_signing_in_one_is_on_the_page_of_the_button_and_is_told(
    cast: Cast, pressing: Client, button: str
) -> None:
    answer = pressing.post(SOURCE + button, headers={"referer": f"http://testserver{SOURCE}"})
    page = signed_in_after(pressing, answer, cast.operator)

    assert page.redirect_chain[-1] == (SOURCE, 302)
    assert page.status_code == 200
    assert NOT_DONE in page.text
    assert NOT_DONE not in pressing.get(SOURCE).text


@pytest.mark.parametrize(
    "referer", [None, "https://elsewhere.example/d/ferndale/", "http://testserver:9/a/", "nonsense"]
)
def test_without_the_page_of_the_button_the_nearest_page_is_found(
    cast: Cast, pressing: Client, referer: str | None
) -> None:
    answer = pressing.post(SOURCE + "pause/", headers={"referer": referer} if referer else {})

    assert answer.headers["Location"] == f"/accounts/login/?next={SOURCE}"


@pytest.mark.parametrize(
    ("pressed", "page"),
    [
        ("/d/ferndale/people/invitations/1/withdraw/", "/d/ferndale/people/"),
        ("/d/ferndale/notices/webhooks/1/test/", "/d/ferndale/notices/webhooks/1/"),
        ("/d/ferndale/schools/1/uploads/students/1/dismiss/", "/d/ferndale/schools/1/uploads/students/1/"),
        ("/operator/districts/ferndale/reopen/", "/operator/districts/ferndale/"),
    ],
)
def test_the_nearest_page_is_one_that_there_is(cast: Cast, client: Client, pressed: str, page: str) -> None:
    assert client.post(pressed).headers["Location"] == f"/accounts/login/?next={page}"


def test_a_form_that_was_sent_too_late_is_shown_again(cast: Cast, client: Client) -> None:
    form = "/d/ferndale/settings/time-zone/"

    answer = client.post(form, {"time_zone": "UTC"}, headers={"referer": f"http://testserver{form}"})

    assert answer.headers["Location"] == f"/accounts/login/?next={form}"


def test_who_signs_out_a_second_time_is_told_of_nothing_that_was_not_done(cast: Cast, client: Client) -> None:
    client.post("/accounts/logout/", headers={"referer": "http://testserver/d/ferndale/people/"})

    page = client.post("/accounts/login/", {"login": cast.district_admin.email, "password": PASSWORD}, follow=True)

    assert page.status_code == 200
    assert NOT_DONE not in page.text


def test_a_button_pressed_by_htmx_leads_the_whole_page_to_sign_in(cast: Cast, client: Client) -> None:
    answer = client.post(
        "/d/ferndale/schools/1/uploads/students/1/dismiss/",
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/d/ferndale/schools/1/students/?page=2"},
    )

    assert answer.headers["HX-Redirect"] == "/accounts/login/?next=/d/ferndale/schools/1/students/%3Fpage%3D2"


def test_a_page_that_was_only_opened_is_opened_after_signing_in_and_nothing_is_said(cast: Cast, client: Client) -> None:
    page = signed_in_after(client, client.get("/d/ferndale/people/?page=1"), cast.district_admin)

    assert page.redirect_chain[-1] == ("/d/ferndale/people/?page=1", 302)
    assert "session had ended" not in page.text


def test_an_address_that_only_a_button_has_is_a_page_with_a_way_on(cast: Cast, pressing: Client) -> None:
    page = signed_in(cast.operator).get(SOURCE + "pause/")

    assert page.status_code == 405
    assert page.headers["Allow"] == "POST"
    assert "<title>Nothing was done" in page.text
    assert f'href="{SOURCE}"' in page.text


def test_who_may_not_see_a_button_finds_no_page_at_its_address(cast: Cast, pressing: Client) -> None:
    assert signed_in(cast.outsider).get(SOURCE + "pause/").status_code == 404
