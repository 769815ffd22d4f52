"""Without a mouse: from sign-in by way of Manage to a person who is invited."""

from __future__ import annotations

from django.core import mail
from playwright.sync_api import Page, expect

from tests.journeys.browser import SignedIn
from tests.people import PASSWORD, Cast

MOST_STEPS = 60


def focused(page: Page) -> str:
    """What has the focus, as a person would read it: its own words, or those of its label."""
    words: str = page.evaluate(
        """() => {
            const here = document.activeElement;
            const label = here.labels && here.labels.length ? here.labels[0].innerText : here.innerText;
            return (label || "").replace(/\\s+/g, " ").trim();
        }"""
    )
    return words


def tab_to(page: Page, words: str) -> None:
    """Presses Tab until what begins with these words has the focus, and sees that the focus can be seen."""
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        if focused(page).startswith(words):
            assert has_a_visible_focus(page), words
            return
    raise AssertionError(f"Tab never comes to “{words}”.")


def has_a_visible_focus(page: Page) -> bool:
    """An outline around the element, or, for boxes that the design system draws itself, around its label's box."""
    return bool(
        page.evaluate(
            """() => {
                const here = document.activeElement;
                const drawn = (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
                const label = here.labels && here.labels[0];
                return drawn(getComputedStyle(here)) || (label && drawn(getComputedStyle(label, "::before")));
            }"""
        )
    )


def test_from_sign_in_to_an_invitation(page: Page, cast: Cast) -> None:
    page.goto("/")
    tab_to(page, "Email")
    page.keyboard.type(cast.district_admin.email)
    tab_to(page, "Password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/d/ferndale/")

    tab_to(page, "People")
    page.keyboard.press("Enter")
    page.wait_for_url("**/people/")

    tab_to(page, "Invite a person")
    page.keyboard.press("Enter")
    page.wait_for_url("**/people/invite/")

    tab_to(page, "E-mail")
    page.keyboard.type("new@ferndale.example")
    tab_to(page, "District Administrator")
    page.keyboard.press("ArrowDown")
    assert focused(page).startswith("School Administrator")
    tab_to(page, "Oak Elementary")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**/people/")

    expect(page.get_by_text("The invitation is on its way to new@ferndale.example.")).to_be_visible()
    assert mail.outbox[-1].to == ["new@ferndale.example"]


def test_first_tab_offers_to_skip_the_head(page: Page, cast: Cast) -> None:
    page.goto("/accounts/login/")

    page.keyboard.press("Tab")
    assert focused(page) == "Skip to the page's content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert focused(page) == "Email"


def test_account_menu_opens_by_enter_and_closes_by_escape(cast: Cast, signed_in: SignedIn) -> None:
    page = signed_in(cast.district_admin)
    page.goto("/d/ferndale/")

    tab_to(page, "Dana District")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()

    page.keyboard.press("Escape")
    assert not page.get_by_role("button", name="Sign out").is_visible()
    assert focused(page).startswith("Dana District")


def test_signing_out_by_the_menu(cast: Cast, signed_in: SignedIn) -> None:
    page = signed_in(cast.district_admin)
    page.goto("/d/ferndale/")

    tab_to(page, "Dana District")
    page.keyboard.press("Enter")
    tab_to(page, "Sign out")
    page.keyboard.press("Enter")
    page.wait_for_url("**/accounts/login/**")

    assert page.goto("/d/ferndale/").url.endswith("/accounts/login/?next=/d/ferndale/")  # type: ignore[union-attr]
