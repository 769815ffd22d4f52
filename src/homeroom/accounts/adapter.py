"""How allauth, which does all signing in, is to behave here."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest

from homeroom.accounts.models import User
from homeroom.sealing import keys

_WEAK = (
    "This password is right, but too easy to guess for these pages. Choose a new one with “Forgot your password?”, and "
    "then sign in."
)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Nobody signs up alone: people come by invitation."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Who these credentials are. A password that came with a record of a school's staff was judged by the rules of
        the upload, which ask for less than an account's: with a weak one nobody comes in (decision 16).
        """
        user: User | None = super().authenticate(request, **credentials)
        if user is not None and "password" in credentials:
            try:
                validate_password(credentials["password"], user)
            except ValidationError:
                raise ValidationError(_WEAK) from None
        return user

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Single sign-on is another way in for people who are here already. They connect it once, when signed in.

    An e-mail that a provider merely names proves nothing, so it does not find a person by itself.
    """

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:  # noqa: ARG002
        return False

    def get_app(self, request: HttpRequest, provider: str, client_id: str | None = None) -> SocialApp:
        """The provider as the settings have it. One that they do not have has no pages."""
        try:
            return super().get_app(request, provider, client_id=client_id)
        except SocialApp.DoesNotExist:
            raise Http404 from None


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors lie encrypted in the database: who reads a backup cannot sign in as anybody."""

    def encrypt(self, text: str) -> str:
        return keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return keys().decrypt(encrypted_text.encode()).decode()
