"""Each page, on a phone and on a wide screen: WCAG 2.1 A and AA, no complaint of the browser, no scrolling sideways."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from homeroom.districts import actions
from homeroom.districts.models import Role
from tests.journeys.browser import SignedIn, axe_violations, is_wider_than_the_screen, keep_picture
from tests.people import Cast

OPEN = {
    "sign-in": "/accounts/login/",
    "password-reset": "/accounts/password/reset/",
    "password-reset-sent": "/accounts/password/reset/done/",
    "invitation-gone": "/invitations/ferndale/?token=unknown",
}
DISTRICT_ADMIN = {
    "manage": "/d/ferndale/",
    "schools": "/d/ferndale/schools/",
    "schools-none-found": "/d/ferndale/schools/?q=nothing",
    "people": "/d/ferndale/people/",
    "invite": "/d/ferndale/people/invite/",
    "audit": "/d/ferndale/audit/",
    "settings": "/d/ferndale/settings/",
    "time-zone": "/d/ferndale/settings/time-zone/",
    "school-year-new": "/d/ferndale/settings/school-years/new/",
    "not-found": "/d/lakeside/",
    "password": "/accounts/password/change/",
    "second-step": "/accounts/2fa/",
    "sessions": "/accounts/sessions/",
    "e-mail": "/accounts/email/",
    "confirm-access": "/accounts/reauthenticate/",
    "sign-out": "/accounts/logout/",
}
OPERATOR = {
    "operator-districts": "/operator/districts/",
    "operator-district-new": "/operator/districts/new/",
    "operator-district": "/operator/districts/ferndale/",
    "operator-schools": "/operator/districts/ferndale/schools/",
    "operator-schools-onboarded": "/operator/districts/ferndale/schools/?show=onboarded",
    "operator-method": "/operator/districts/ferndale/method/",
    "operator-limits": "/operator/districts/ferndale/limits/",
    "operator-close": "/operator/districts/ferndale/close/",
}


def assert_is_fine(page: Page, name: str, size: str) -> None:
    keep_picture(page, f"{name}-{size}")
    assert axe_violations(page) == []
    assert not is_wider_than_the_screen(page)
    assert page.locator("h1").count() == 1


@pytest.mark.parametrize("name", OPEN)
def test_pages_for_everybody(page: Page, cast: Cast, size: str, name: str) -> None:
    page.goto(OPEN[name])

    assert_is_fine(page, name, size)


@pytest.mark.parametrize("name", DISTRICT_ADMIN)
def test_pages_of_a_district_administrator(cast: Cast, signed_in: SignedIn, size: str, name: str) -> None:
    page = signed_in(cast.district_admin)

    page.goto(DISTRICT_ADMIN[name])

    assert_is_fine(page, name, size)


@pytest.mark.parametrize("name", OPERATOR)
def test_pages_of_an_operator(cast: Cast, signed_in: SignedIn, size: str, name: str) -> None:
    page = signed_in(cast.operator)

    page.goto(OPERATOR[name])

    assert_is_fine(page, name, size)


def test_open_account_menu(cast: Cast, signed_in: SignedIn, size: str) -> None:
    page = signed_in(cast.district_admin)

    page.goto("/d/ferndale/")
    page.get_by_text("Dana District").click()

    assert_is_fine(page, "account-menu", size)


def test_one_school(cast: Cast, signed_in: SignedIn, size: str) -> None:
    page = signed_in(cast.district_admin)

    page.goto(f"/d/ferndale/schools/{cast.birch.pk}/")

    assert_is_fine(page, "school", size)


def test_one_person(cast: Cast, signed_in: SignedIn, size: str) -> None:
    page = signed_in(cast.district_admin)

    page.goto(f"/d/ferndale/people/{cast.membership(cast.oak_admin).pk}/")

    assert_is_fine(page, "person", size)


def test_ending_a_membership(cast: Cast, signed_in: SignedIn, size: str) -> None:
    page = signed_in(cast.district_admin)

    page.goto(f"/d/ferndale/people/{cast.membership(cast.oak_admin).pk}/remove/")

    assert_is_fine(page, "person-remove", size)


def test_a_form_that_was_not_accepted(cast: Cast, signed_in: SignedIn, size: str) -> None:
    page = signed_in(cast.district_admin)

    page.goto("/d/ferndale/people/invite/")
    page.locator("label", has_text="School Administrator").click()
    page.get_by_role("button", name="Send invitation").click()

    assert page.get_by_text("Choose at least one school").is_visible()
    assert_is_fine(page, "invite-refused", size)


def test_manage_of_a_school_administrator(cast: Cast, signed_in: SignedIn, size: str) -> None:
    page = signed_in(cast.oak_admin)

    page.goto("/")

    assert_is_fine(page, "manage-school-admin", size)


def test_a_district_where_nothing_is_yet(cast: Cast, signed_in: SignedIn, size: str) -> None:
    actions.create_district(by=cast.operator, name="Meadow", method="self-serve", time_zone="America/Denver")
    page = signed_in(cast.operator)

    page.goto("/operator/districts/meadow/")

    assert_is_fine(page, "operator-district-empty", size)


def test_schools_of_a_district_where_nothing_is_yet(cast: Cast, signed_in: SignedIn, size: str) -> None:
    actions.create_district(by=cast.operator, name="Meadow", method="self-serve", time_zone="America/Denver")
    page = signed_in(cast.operator)

    page.goto("/d/meadow/schools/")

    assert_is_fine(page, "schools-empty", size)


def test_the_page_behind_an_invitation(cast: Cast, page: Page, size: str) -> None:
    invited = actions.invite(
        by=cast.district_admin, district=cast.ferndale, email="new@ferndale.example", role=Role.DISTRICT_ADMIN
    )

    page.goto(f"/invitations/ferndale/?token={invited.token}")

    assert_is_fine(page, "invitation", size)
