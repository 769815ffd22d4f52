"""Changes to who signs in. Nobody signs up alone: operators are made on the server, all others accept an invitation."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from homeroom.accounts.models import User
from homeroom.audit.recording import Target, record


class AccountRefused(Exception):  # noqa: N818  (it is an answer to a person, not an error)
    """The account is not made. The text is a sentence for the person who asked."""


def create_operator(*, email: str, name: str, password: str) -> User:
    """The first operator of a server, or one more. Who may run commands there may make them, and nobody else."""
    with transaction.atomic():
        operator = create_account(email=email, name=name, password=password, is_operator=True)
        record(
            by=None, what="operator.created", district_id=None, target=Target("operator", operator.pk, operator.name)
        )
    return operator


def create_account(*, email: str, name: str, password: str, is_operator: bool = False) -> User:
    """A new person with a sign-in, whose e-mail counts as verified. Part of actions, which record what they did."""
    user = User(email=email.strip().lower(), name=name.strip(), is_operator=is_operator)
    if not user.name:
        raise AccountRefused("Please write your name.")
    try:
        validate_email(user.email)
        validate_password(password, user)
    except ValidationError as fault:
        raise AccountRefused(" ".join(fault.messages)) from None
    if User.objects.filter(email=user.email).exists():
        raise AccountRefused("This e-mail is already in use.")
    user.set_password(password)
    return _stored(user)


def create_account_with_hash(*, email: str, name: str, password_hash: str) -> User:
    """As ``create_account``, for somebody whose e-mail was judged and whose password was hashed before."""
    return _stored(User(email=email.lower(), name=name, password=password_hash))


def _stored(user: User) -> User:
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user
