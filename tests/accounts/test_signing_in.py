"""Signing in: password, lock-out, second factor, sessions, a forgotten password."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.usersessions.models import UserSession
from django.core import mail
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from homeroom.accounts.models import User
from tests.people import PASSWORD, an_account

SIGN_IN = "/accounts/login/"


@pytest.fixture
def nora(db: None) -> User:
    cache.clear()  # counts of failed attempts outlive a test's transaction only by mistake
    return an_account("nora@nowhere.example")


def sign_in(client: Client, email: str = "nora@nowhere.example", password: str = PASSWORD) -> bool:
    """Whether the person is signed in afterwards."""
    client.post(SIGN_IN, {"login": email, "password": password})
    return "_auth_user_id" in client.session


def test_person_signs_in_by_e_mail_in_any_capitals(nora: User, client: Client) -> None:
    assert sign_in(client, "Nora@Nowhere.example")


def test_wrong_password_and_unknown_person_are_answered_alike(nora: User) -> None:
    def answer(email: str) -> list[str]:
        page = Client().post(SIGN_IN, {"login": email, "password": "not it at all"}).content.decode()
        return re.findall(r"not correct[^<]*", page)

    assert answer("nora@nowhere.example") == answer("nobody@nowhere.example") != []


@pytest.mark.parametrize("password", ["password1", "qwertyuiop123", "nora@nowhere1"])
def test_password_that_an_account_may_not_have_lets_nobody_in(nora: User, client: Client, password: str) -> None:
    """A record of a school's staff brings such a one: too short, too common, too much like the person's name."""
    nora.set_password(password)
    nora.save()

    page = client.post(SIGN_IN, {"login": "nora@nowhere.example", "password": password})

    assert "_auth_user_id" not in client.session
    assert "too easy to guess for these pages. Choose a new one with “Forgot your password?”" in page.text


def test_account_that_is_not_active_does_not_sign_in(nora: User, client: Client) -> None:
    User.objects.update(is_active=False)

    assert not sign_in(client)


def test_five_wrong_passwords_lock_the_account_out_for_a_while(nora: User, client: Client) -> None:
    attempts = [sign_in(client, password="not it at all") for _ in range(5)]

    assert not any(attempts)
    assert not sign_in(client)
    page = client.post(SIGN_IN, {"login": "nora@nowhere.example", "password": PASSWORD}).content.decode()
    assert "Too many failed login attempts" in page


def test_second_factor_is_asked_for(nora: User, client: Client) -> None:
    secret = generate_totp_secret()
    TOTP.activate(nora, secret)

    assert not sign_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert "_auth_user_id" not in client.session
    client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    assert client.session["_auth_user_id"] == str(nora.pk)


def code_of(secret: str) -> str:
    """What the person's telephone shows now."""
    counter = next(iter(yield_hotp_counters_from_time()))
    return str(format_hotp_value(hotp_value(secret, counter)))


def test_secret_of_the_second_factor_is_not_stored_in_the_clear(nora: User) -> None:
    secret = generate_totp_secret()
    TOTP.activate(nora, secret)

    assert secret not in str(Authenticator.objects.get().data)


def test_sessions_are_listed_and_can_be_ended(nora: User, client: Client) -> None:
    elsewhere = Client()
    assert sign_in(elsewhere)
    assert sign_in(client)
    elsewhere.get("/accounts/sessions/")
    assert client.get("/accounts/sessions/").status_code == 200
    assert UserSession.objects.filter(user=nora).count() == 2

    client.post("/accounts/sessions/")

    assert elsewhere.get("/accounts/sessions/").status_code == 302
    assert client.get("/accounts/sessions/").status_code == 200


def test_forgotten_password_is_set_by_e_mail(nora: User, client: Client) -> None:
    client.post("/accounts/password/reset/", {"email": "nora@nowhere.example"})
    link = re.search(r"http://testserver(/accounts/password/reset/key/\S+)", str(mail.outbox[0].body))
    assert link is not None

    form = client.get(link[1]).headers["Location"]
    assert "Change Password" in client.get(form).text
    client.post(form, {"password1": "another good one", "password2": "another good one"})

    assert not sign_in(Client())
    assert sign_in(Client(), password="another good one")


@pytest.mark.parametrize(
    "page", ["password/reset/", "password/reset/done/", "password/reset/key/1-gone/", "confirm-email/"]
)
def test_who_cannot_get_in_is_told_whom_to_ask(nora: User, client: Client, settings: Settings, page: str) -> None:
    settings.HOMEROOM_SUPPORT_TEXT, settings.HOMEROOM_SUPPORT_LINK = (
        "Call the help desk",
        "mailto:help@publisher.example",
    )

    told = client.get(f"/accounts/{page}").text

    assert "Ask whoever invited you: your district's administrator, or the publisher who runs Homeroom" in told
    assert '<a class="usa-link" href="mailto:help@publisher.example">Call the help desk</a>' in told
    assert "contact us" not in told


def test_link_to_a_new_password_comes_from_the_product_and_not_from_a_host(nora: User, client: Client) -> None:
    client.post("/accounts/password/reset/", {"email": "nora@nowhere.example"})

    sent = str(mail.outbox[0].body)

    assert sent.startswith("Hello from Homeroom!")
    assert "ask whoever invited you: your district's administrator, or the publisher who runs Homeroom." in sent


def test_nobody_learns_by_a_forgotten_password_who_is_here(nora: User, client: Client) -> None:
    known = client.post("/accounts/password/reset/", {"email": "nora@nowhere.example"})
    unknown = client.post("/accounts/password/reset/", {"email": "nobody@nowhere.example"})

    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
    assert len(mail.outbox) == 1


def test_e_mail_of_somebody_else_does_not_become_ones_own_unproven(nora: User, client: Client) -> None:
    sign_in(client)

    client.post("/accounts/email/", {"action_add": "", "email": "victim@elsewhere.example"})
    client.post("/accounts/email/", {"action_primary": "", "email": "victim@elsewhere.example"})

    assert User.objects.get().email == "nora@nowhere.example"


def test_sessions_say_which_clock_their_times_are_of(nora: User, client: Client) -> None:
    sign_in(client)

    assert "Times are those of UTC." in client.get("/accounts/sessions/").text
