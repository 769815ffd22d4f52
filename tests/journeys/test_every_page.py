"""Each page, on a phone and on a wide screen: WCAG 2.1 A and AA, no complaint of the browser, no scrolling sideways."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from homeroom.districts import actions
from homeroom.districts.models import Role
from homeroom.notices import tasks
from homeroom.syncs.tasks import change_method
from tests.journeys.browser import SignedIn, assert_is_fine, assert_is_fine_in_every_size, assert_opens_fine
from tests.notices.made import records_of_notices
from tests.people import Cast

#: Of each page its address, and the heading by which one sees that it is the one.
OPEN = {
    "sign-in": ("/accounts/login/", "Sign in to Homeroom"),
    "password-reset": ("/accounts/password/reset/", "Password Reset"),
    "password-reset-sent": ("/accounts/password/reset/done/", "Password Reset"),
    "invitation-gone": ("/invitations/ferndale/?token=unknown", "This invitation is not open"),
}
DISTRICT_ADMIN = {
    "manage": ("/d/ferndale/", "Manage"),
    "schools": ("/d/ferndale/schools/", "Schools"),
    "schools-none-found": ("/d/ferndale/schools/?q=nothing", "Schools"),
    "notices": ("/d/ferndale/notices/", "Notices"),
    "notices-expected": ("/d/ferndale/notices/expected/", "When no delivery comes"),
    "webhook-new": ("/d/ferndale/notices/webhooks/new/", "Add a webhook"),
    "people": ("/d/ferndale/people/", "People"),
    "invite": ("/d/ferndale/people/invite/", "Invite a person"),
    "audit": ("/d/ferndale/audit/", "Audit"),
    "settings": ("/d/ferndale/settings/", "Settings"),
    "time-zone": ("/d/ferndale/settings/time-zone/", "Time zone"),
    "school-year-new": ("/d/ferndale/settings/school-years/new/", "Add a school year"),
    "not-found": ("/d/lakeside/", "There is no such page for you here"),
    "password": ("/accounts/password/change/", "Change Password"),
    "second-step": ("/accounts/2fa/", "Two-Factor Authentication"),
    "sessions": ("/accounts/sessions/", "Where I am signed in"),
    "e-mail": ("/accounts/email/", "Email Addresses"),
    "confirm-access": ("/accounts/reauthenticate/", "Confirm that it is you"),
    "sign-out": ("/accounts/logout/", "Sign Out"),
}
OPERATOR = {
    "operator-districts": ("/operator/districts/", "Districts"),
    "operator-district-new": ("/operator/districts/new/", "New district"),
    "operator-district": ("/operator/districts/ferndale/", "Ferndale"),
    "operator-schools": ("/operator/districts/ferndale/schools/", "Onboard schools"),
    "operator-schools-onboarded": ("/operator/districts/ferndale/schools/?show=onboarded", "Onboard schools"),
    "operator-method": ("/operator/districts/ferndale/method/", "Rostering method"),
    "operator-limits": ("/operator/districts/ferndale/limits/", "Limits"),
    "operator-close": ("/operator/districts/ferndale/close/", "Close Ferndale?"),
}


def test_pages_for_everybody(page: Page, cast: Cast, subtests: pytest.Subtests) -> None:
    for name, (address, heading) in OPEN.items():
        with subtests.test(name):
            assert_opens_fine(page, address, name, heading=heading)


def test_pages_of_a_district_administrator(cast: Cast, signed_in: SignedIn, subtests: pytest.Subtests) -> None:
    page = signed_in(cast.district_admin)

    for name, (address, heading) in DISTRICT_ADMIN.items():
        with subtests.test(name):
            assert_opens_fine(page, address, name, heading=heading)


def test_pages_of_an_operator(cast: Cast, signed_in: SignedIn, subtests: pytest.Subtests) -> None:
    page = signed_in(cast.operator)

    for name, (address, heading) in OPERATOR.items():
        with subtests.test(name):
            assert_opens_fine(page, address, name, heading=heading)


def test_open_account_menu(cast: Cast, signed_in: SignedIn, size: str) -> None:
    page = signed_in(cast.district_admin)

    page.goto("/d/ferndale/")
    page.get_by_text("Dana District").click()

    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    assert_is_fine(page, "account-menu", size, heading="Manage")


def test_one_school(cast: Cast, signed_in: SignedIn) -> None:
    page = signed_in(cast.district_admin)

    assert_opens_fine(page, f"/d/ferndale/schools/{cast.birch.pk}/", "school", heading="Birch High")


def test_ending_the_onboarding_of_a_school(cast: Cast, signed_in: SignedIn, size: str) -> None:
    page = signed_in(cast.operator)

    page.goto("/operator/districts/ferndale/schools/?show=onboarded")
    page.get_by_role("link", name="End onboarding … of Oak Elementary").click()

    assert_is_fine(page, "operator-school-end", size, heading="End the onboarding of Oak Elementary?")


def test_one_person(cast: Cast, signed_in: SignedIn) -> None:
    page = signed_in(cast.district_admin)

    assert_opens_fine(page, f"/d/ferndale/people/{cast.membership(cast.oak_admin).pk}/", "person", heading="Sam School")


def test_notices_that_were_sent_and_a_webhook(cast: Cast, signed_in: SignedIn) -> None:
    webhook = records_of_notices(cast.district_admin, cast.ferndale)["webhook"]
    tasks.send_notices_by_email(district_id=cast.ferndale.pk, user_id=cast.district_admin.pk)
    page = signed_in(cast.district_admin)

    assert_opens_fine(page, "/d/ferndale/notices/", "notices-sent", heading="Notices")
    expect(page.get_by_text("Sent", exact=True)).to_be_visible()

    for step, heading in (("", "Webhook to"), ("secret/", "Make a new secret"), ("remove/", "Remove the webhook")):
        address = f"/d/ferndale/notices/webhooks/{webhook}/{step}"
        assert_opens_fine(page, address, f"webhook-{step.strip('/') or 'one'}", heading=heading)

    page.goto(f"/d/ferndale/notices/webhooks/{webhook}/secret/")
    page.get_by_role("button", name="Make a new secret").click()
    assert_is_fine_in_every_size(page, "webhook-secret-shown", heading="The secret for 127.0.0.1")


def test_ending_a_membership(cast: Cast, signed_in: SignedIn) -> None:
    page = signed_in(cast.district_admin)

    assert_opens_fine(
        page,
        f"/d/ferndale/people/{cast.membership(cast.oak_admin).pk}/remove/",
        "person-remove",
        heading="End the membership of Sam School?",
    )


def test_a_form_that_was_not_accepted(cast: Cast, signed_in: SignedIn, size: str) -> None:
    page = signed_in(cast.district_admin)

    page.goto("/d/ferndale/people/invite/")
    page.locator("label", has_text="School Administrator").click()
    page.get_by_role("button", name="Send invitation").click()

    expect(page.get_by_text("Choose at least one school")).to_be_visible()
    assert_is_fine(page, "invite-refused", size, heading="Invite a person")


def test_manage_of_a_school_administrator(cast: Cast, signed_in: SignedIn) -> None:
    page = signed_in(cast.oak_admin)

    assert_opens_fine(page, "/", "manage-school-admin", heading="Manage")


def test_a_district_where_nothing_is_yet(cast: Cast, signed_in: SignedIn) -> None:
    actions.create_district(by=cast.operator, name="Meadow", method="self-serve", time_zone="America/Denver")
    page = signed_in(cast.operator)

    assert_opens_fine(page, "/operator/districts/meadow/", "operator-district-empty", heading="Meadow")


def test_district_that_becomes_self_serve_is_followed_until_it_is(cast: Cast, signed_in: SignedIn) -> None:
    page = signed_in(cast.operator)
    page.goto("/operator/districts/ferndale/method/")
    page.locator("label", has_text="Self-serve").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("It is becoming self-serve …")).to_be_visible()
    assert_is_fine_in_every_size(page, "operator-district-becoming", heading="Ferndale")

    change_method(district_id=cast.ferndale.pk)

    expect(page.locator("#method")).to_contain_text("Self-serve: by hand and by uploads", timeout=15_000)


def test_schools_of_a_district_where_nothing_is_yet(cast: Cast, signed_in: SignedIn) -> None:
    actions.create_district(by=cast.operator, name="Meadow", method="self-serve", time_zone="America/Denver")
    page = signed_in(cast.operator)

    assert_opens_fine(page, "/d/meadow/schools/", "schools-empty", heading="Schools")


def test_schools_that_were_added_to_a_self_serve_district(cast: Cast, signed_in: SignedIn) -> None:
    meadow = actions.create_district(by=cast.operator, name="Meadow", method="self-serve", time_zone="America/Denver")
    actions.add_school(by=cast.operator, district=meadow, name="Meadow Primary")
    page = signed_in(cast.operator)

    assert_opens_fine(page, "/operator/districts/meadow/schools/", "operator-schools-added", heading="Add schools")


def test_the_page_behind_an_invitation(cast: Cast, page: Page) -> None:
    invited = actions.invite(
        by=cast.district_admin, district=cast.ferndale, email="new@ferndale.example", role=Role.DISTRICT_ADMIN
    )

    assert_opens_fine(page, f"/invitations/ferndale/?token={invited.token}", "invitation", heading="You are invited")
