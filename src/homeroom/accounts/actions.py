"""Changes to who signs in. Nobody signs up alone: an operator is made here, everybody else accepts an invitation."""

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


def create_first_operator(*, email: str, name: str, password: str) -> User:
    """The operator of a new server. Refused as soon as there is one."""
    with transaction.atomic():
        if User.objects.filter(is_operator=True).exists():
            raise AccountRefused("There is an operator already. Operators are made by operators.")
        return _create_operator(by=None, email=email, name=name, password=password)


def create_operator(*, by: User, email: str, name: str) -> User:
    """One more operator, who sets a password by way of "Forgot your password?"."""
    if not by.is_operator:
        raise AccountRefused("Only operators make operators.")
    with transaction.atomic():
        return _create_operator(by=by, email=email, name=name, password=None)


def _create_operator(*, by: User | None, email: str, name: str, password: str | None) -> User:
    operator = create_account(email=email, name=name, password=password, is_operator=True)
    record(by=by, what="operator.created", district_id=None, target=Target("operator", operator.pk, operator.name))
    return operator


def create_account(*, email: str, name: str, password: str | None, is_operator: bool = False) -> User:
    """A new person with a sign-in, whose e-mail counts as verified. Part of actions, which record what they did.

    password: None for one who is to set it by e-mail.
    """
    user = User(email=email.strip().lower(), name=name.strip(), is_operator=is_operator)
    if not user.name:
        raise AccountRefused("Please write your name.")
    try:
        validate_email(user.email)
        if password is not None:
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
