"""How the first operator comes, and the others."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from homeroom.accounts.actions import AccountRefused, create_first_operator, create_operator
from homeroom.accounts.models import User
from homeroom.audit.models import Event
from tests.people import PASSWORD, Cast, an_account


def test_first_operator_is_made_once(db: None) -> None:
    operator = create_first_operator(email=" Olive@Publisher.example", name="Olive Operator", password=PASSWORD)

    assert operator.is_operator
    assert operator.email == "olive@publisher.example"
    assert EmailAddress.objects.get(user=operator).verified
    assert [event.what for event in Event.objects.all()] == ["operator.created"]
    with pytest.raises(AccountRefused, match="an operator already"):
        create_first_operator(email="second@publisher.example", name="Second", password=PASSWORD)


def test_operators_make_operators_and_nobody_else_does(cast: Cast) -> None:
    second = create_operator(by=cast.operator, email="otto@publisher.example", name="Otto Operator")

    assert second.is_operator
    assert not second.has_usable_password()
    with pytest.raises(AccountRefused):
        create_operator(by=cast.district_admin, email="mine@ferndale.example", name="Mine")


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"email": "olive"}, "valid email"),
        ({"name": "  "}, "write your name"),
        ({"password": "short"}, "too short"),
        ({"password": "olive@publisher.example"}, "too similar"),
    ],
)
def test_account_that_cannot_be_is_refused_with_a_sentence(db: None, changed: dict[str, str], sentence: str) -> None:
    asked = {"email": "olive@publisher.example", "name": "Olive Operator", "password": PASSWORD} | changed

    with pytest.raises(AccountRefused, match=sentence):
        create_first_operator(**asked)
    assert not User.objects.exists()


def test_one_e_mail_is_one_person(db: None) -> None:
    an_account("nora@nowhere.example")

    with pytest.raises(AccountRefused, match="already in use"):
        an_account("NORA@nowhere.example")


def test_e_mail_in_capitals_is_refused_by_the_database(db: None) -> None:
    with pytest.raises(IntegrityError, match="email_is_in_lower_case"), transaction.atomic():
        User.objects.create(email="Nora@nowhere.example", name="Nora Nobody")
