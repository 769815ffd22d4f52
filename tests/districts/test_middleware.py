"""Who gets to a page of a district, and what the page finds when it is reached."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client

from homeroom.accounts.models import User
from homeroom.districts import actions, scope
from tests.people import Cast, signed_in

pytestmark = pytest.mark.urls("tests.districts.pages")

TOKEN = re.compile(rb"[A-Za-z0-9]{64}|nonce=.[^\"]*.")


def without_tokens(page: bytes) -> bytes:
    """The page without what is new each time."""
    return TOKEN.sub(b"", page)


def test_page_runs_in_the_districts_scope_and_time_zone(cast: Cast) -> None:
    found = signed_in(cast.district_admin).get("/d/ferndale/").json()

    assert found == {
        "district": "ferndale",
        "scope": cast.ferndale.pk,
        "zone": "America/Chicago",
        "schools": ["Birch High", "Elm Middle", "Oak Elementary"],
        "may_decide": True,
    }


def test_school_administrator_finds_the_own_schools_only(cast: Cast) -> None:
    found = signed_in(cast.oak_admin).get("/d/ferndale/").json()

    assert found["schools"] == ["Oak Elementary"]
    assert not found["may_decide"]


@pytest.mark.parametrize("who", ["outsider", "oak_admin", "district_admin"])
def test_outsider_gets_the_answer_for_a_district_that_does_not_exist(cast: Cast, who: str) -> None:
    browser = signed_in(getattr(cast, who))
    elsewhere = "ferndale" if who == "outsider" else "lakeside"

    theirs, nobodys = browser.get(f"/d/{elsewhere}/"), browser.get("/d/nowhere-here/")

    assert theirs.status_code == nobodys.status_code == 404
    assert without_tokens(theirs.content) == without_tokens(nobodys.content)


def test_signed_out_leads_to_sign_in_whether_the_district_exists_or_not(cast: Cast, client: Client) -> None:
    assert client.get("/d/ferndale/").headers["Location"] == "/accounts/login/?next=/d/ferndale/"
    assert client.get("/d/nowhere/").headers["Location"] == "/accounts/login/?next=/d/nowhere/"
    assert client.get("/operator/").headers["Location"] == "/accounts/login/?next=/operator/"


def test_operator_enters_every_district(cast: Cast) -> None:
    browser = signed_in(cast.operator)

    assert browser.get("/d/ferndale/").json()["scope"] == cast.ferndale.pk
    assert browser.get("/d/lakeside/").json()["scope"] == cast.lakeside.pk
    assert browser.get("/operator/").status_code == 200


def test_operators_pages_are_not_there_for_others(cast: Cast) -> None:
    assert signed_in(cast.district_admin).get("/operator/").status_code == 404
    assert signed_in(cast.district_admin).get("/operator/ferndale/").status_code == 404


@pytest.mark.parametrize(
    ("who", "school", "status"),
    [
        ("oak_admin", "oak", 200),
        ("oak_admin", "elm", 404),
        ("oak_admin", "lakeside_school", 404),
        ("oak_and_elm_admin", "elm", 200),
        ("district_admin", "birch", 200),
        ("district_admin", "lakeside_school", 404),
        ("operator", "elm", 200),
        ("operator", "lakeside_school", 404),
        ("outsider", "oak", 404),
        ("outsider", "lakeside_school", 404),
    ],
)
def test_school_is_there_for_who_has_it(cast: Cast, who: str, school: str, status: int) -> None:
    answer = signed_in(getattr(cast, who)).get(f"/d/ferndale/schools/{getattr(cast, school).pk}/")

    assert answer.status_code == status


def test_closed_district_is_there_for_operators_only(cast: Cast) -> None:
    actions.close_district(by=cast.operator, district=cast.ferndale)

    assert signed_in(cast.district_admin).get("/d/ferndale/").status_code == 404
    assert signed_in(cast.operator).get("/d/ferndale/").status_code == 200


def test_person_who_was_removed_is_an_outsider(cast: Cast) -> None:
    browser = signed_in(cast.oak_admin)
    assert browser.get("/d/ferndale/").status_code == 200

    member = cast.membership(cast.oak_admin)
    actions.remove_member(by=cast.district_admin, district=cast.ferndale, member=member)

    assert browser.get("/d/ferndale/").status_code == 404


def test_account_that_is_not_active_is_signed_out(cast: Cast) -> None:
    browser = signed_in(cast.district_admin)
    User.objects.filter(pk=cast.district_admin.pk).update(is_active=False)

    assert browser.get("/d/ferndale/").status_code == 302


@pytest.mark.parametrize("address", ["/d/ferndale/", "/d/lakeside/", "/d/nowhere/", "/operator/"])
def test_nothing_is_left_of_a_scope_after_the_page(cast: Cast, address: str) -> None:
    signed_in(cast.district_admin).get(address)

    with pytest.raises(scope.NoScopeError):
        scope.current()
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('homeroom.district', true), current_setting('homeroom.person', true)")
        assert cursor.fetchone() == ("", "")
