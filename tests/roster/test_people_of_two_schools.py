"""Who belongs to two schools is changed by who looks after both, and by nobody for whom the other one is not there."""

from __future__ import annotations

import pytest

from homeroom.accounts.models import User
from homeroom.roster import actions
from homeroom.roster.models import Class, Person
from tests.people import Cast, signed_in
from tests.roster.records import Records
from tests.roster.test_classes_by_hand import who_is_in

pytestmark = pytest.mark.django_db

SAYS = "Ana Lee belongs to a school that you do not look after, too. Ask a District Administrator to change the record."


@pytest.fixture
def ana(oak: Records) -> Person:
    return oak.person("S1", name="Ana Lee", username="ana.lee", grades="05", orgSourcedIds="ferndale,oak,elm")


@pytest.fixture
def at_elm(elm: Records, ana: Person) -> Class:
    one = elm.a_class("m1")
    elm.enroll(ana, one)
    return one


def do_everything(by: User, of: Records, ana: Person) -> None:
    record = {"firstName": "Ana", "middleName": "", "lastName": "Lee", "email": "", "grade": "06"}
    actions.change_person(by=by, school=of.school, person=ana, record=record | {"username": "ana.lee"})
    actions.reset_password(by=by, school=of.school, person=ana)
    actions.archive_person(by=by, school=of.school, person=ana)
    actions.restore_person(by=by, school=of.school, person=ana)


def test_one_school_s_administrator_ends_nothing_at_the_other(
    cast: Cast, oak: Records, ana: Person, at_elm: Class
) -> None:
    browser, page = signed_in(cast.oak_admin), f"/d/ferndale/schools/{oak.school.pk}/students/{ana.key}/"
    record = {"firstName": "Ana", "lastName": "Lei", "grade": "06", "username": "ana.lee"}

    told = browser.get(page).text
    for rest, said in (("edit/", record), ("password/", {"way": "show"}), ("archive/", {}), ("restore/", {})):
        assert SAYS in browser.post(page + rest, said).text

    assert SAYS in told
    assert "archive/" not in told
    assert who_is_in(at_elm) == [("S1", "Student")]


@pytest.mark.parametrize("who", ["oak_and_elm_admin", "district_admin", "operator"])
def test_who_looks_after_both_may(cast: Cast, oak: Records, ana: Person, at_elm: Class, who: str) -> None:
    do_everything(getattr(cast, who), oak, ana)

    assert who_is_in(at_elm) == [("S1", "Student")]


def test_an_org_that_is_no_school_is_in_nobody_s_way(cast: Cast, oak: Records) -> None:
    ana = oak.person("S1", name="Ana Lee", username="ana.lee", grades="05", orgSourcedIds="ferndale,oak")

    do_everything(cast.oak_admin, oak, ana)


def test_own_class_takes_somebody_of_two_schools(cast: Cast, oak: Records, ana: Person) -> None:
    one = oak.a_class("m2")

    actions.enroll(by=cast.oak_admin, school=oak.school, of_class=one, keys=[ana.key])

    assert who_is_in(one) == [("S1", "Student")]
