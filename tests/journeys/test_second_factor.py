"""Setting up the second factor, and signing in with it: the pages that only a fresh sign-in reaches."""

from __future__ import annotations

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from playwright.sync_api import Page
from pytest_django import Settings

from tests.journeys.browser import axe_violations, keep_picture
from tests.people import PASSWORD, Cast


def sign_in(page: Page, email: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def code_for(secret: str) -> str:
    """What the app on the telephone shows now."""
    _, now, _ = yield_hotp_counters_from_time()
    return str(format_hotp_value(hotp_value(secret, now)))


def test_second_factor_is_set_up_and_asked_for(page: Page, cast: Cast, size: str, settings: Settings) -> None:
    settings.MFA_TOTP_TOLERANCE = 1  # a code from just before the half minute turned
    sign_in(page, cast.district_admin.email)
    page.wait_for_url("**/d/ferndale/")

    page.goto("/accounts/2fa/totp/activate/")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_url("**/2fa/totp/activate/")
    keep_picture(page, f"second-step-activate-{size}")
    assert axe_violations(page) == []
    secret = page.get_by_label("Authenticator secret").input_value()
    page.get_by_label("Authenticator code").fill(code_for(secret))
    page.get_by_role("button", name="Activate").click()
    page.wait_for_url("**/recovery-codes/**")
    keep_picture(page, f"second-step-codes-{size}")
    assert axe_violations(page) == []

    page.context.clear_cookies()
    sign_in(page, cast.district_admin.email)
    page.wait_for_url("**/2fa/authenticate/**")
    keep_picture(page, f"second-step-sign-in-{size}")
    assert axe_violations(page) == []
