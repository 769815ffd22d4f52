"""Single sign-on is configuration: a provider that is not set up is not there, and none lets a stranger in."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.conf import settings
from django.test import Client, RequestFactory, override_settings

from homeroom.accounts.models import User
from tests.people import an_account

CLASSLINK = {
    "openid_connect": {
        "APPS": [
            {
                "provider_id": "classlink",
                "name": "ClassLink",
                "client_id": "ours",
                "secret": "only-for-tests",
                "settings": {"server_url": "https://sso.example/.well-known/openid-configuration"},
            }
        ]
    }
}


def test_provider_that_is_not_set_up_is_not_offered(db: None, client: Client) -> None:
    assert b"ClassLink" not in client.get("/accounts/login/").content


@override_settings(SOCIALACCOUNT_PROVIDERS=settings.SOCIALACCOUNT_PROVIDERS | CLASSLINK)
def test_provider_that_is_set_up_is_offered(db: None, client: Client) -> None:
    assert b"ClassLink" in client.get("/accounts/login/").content


@pytest.mark.parametrize("address", ["google/login/", "microsoft/login/", "oidc/classlink/login/"])
def test_provider_that_is_not_set_up_has_no_page(db: None, client: Client, address: str) -> None:
    assert client.get(f"/accounts/{address}").status_code == 404


def test_stranger_does_not_come_in_by_single_sign_on(db: None) -> None:
    request = RequestFactory().get("/")

    assert not get_adapter().is_open_for_signup(request, from_provider("stranger@nowhere.example"))


def test_e_mail_that_a_provider_names_does_not_open_somebodys_account(db: None) -> None:
    """Anybody can call themselves anything at some providers. People connect the account when they are signed in."""
    an_account("nora@nowhere.example")
    login = from_provider("nora@nowhere.example")

    login.lookup()

    assert not login.is_existing
    assert not settings.SOCIALACCOUNT_EMAIL_AUTHENTICATION


def test_connected_account_opens(db: None) -> None:
    nora = an_account("nora@nowhere.example")
    SocialAccount.objects.create(user=nora, provider="classlink", uid="42")
    login = from_provider("nora@nowhere.example")

    login.lookup()

    assert login.is_existing
    assert login.user == nora


def from_provider(email: str) -> Any:
    return SocialLogin(user=User(email=email), account=SocialAccount(provider="classlink", uid="42"))
