"""How operators come."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from homeroom.accounts.actions import AccountRefused, create_operator
from homeroom.accounts.models import User
from homeroom.audit.models import Event
from tests.people import PASSWORD, an_account


def test_operators_are_made_on_the_server_as_many_as_are_wanted(db: None) -> None:
    """So that the publisher is not locked out when one leaves."""
    first = create_operator(email=" Olive@Publisher.example", name="Olive Operator", password=PASSWORD)
    second = create_operator(email="otto@publisher.example", name="Otto Operator", password=PASSWORD)

    assert (first.is_operator, second.is_operator) == (True, True)
    assert first.email == "olive@publisher.example"
    assert EmailAddress.objects.get(user=first).verified
    assert [event.what for event in Event.objects.all()] == ["operator.created", "operator.created"]


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
        create_operator(**asked)
    assert not User.objects.exists()


def test_one_e_mail_is_one_person(db: None) -> None:
    an_account("nora@nowhere.example")

    with pytest.raises(AccountRefused, match="already in use"):
        an_account("NORA@nowhere.example")


def test_e_mail_in_capitals_is_refused_by_the_database(db: None) -> None:
    with pytest.raises(IntegrityError, match="email_is_in_lower_case"), transaction.atomic():
        User.objects.create(email="Nora@nowhere.example", name="Nora Nobody")
