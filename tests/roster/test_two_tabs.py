"""A form that is saved over what somebody saved after it was opened: they are told, and nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from homeroom.districts import scope
from homeroom.roster.models import Class
from tests.people import Cast, signed_in
from tests.roster.records import Records
from tests.roster.test_classes_by_hand import a_teacher, maths
from tests.roster.test_people_by_hand import ana_at, errors_on, events, the_person

pytestmark = pytest.mark.django_db

CHANGED = (
    "Somebody changed this record after you opened it, and nothing of yours is saved yet. The form shows what the "
    "record says now. Fill in what is still to be changed, and save again."
)


def filled_in(page: Any) -> dict[str, str]:
    """What a browser would send of the form as it stands on the page."""
    form = page.context["form"]
    return {name: form[name].value() or "" for name in form.fields}


def opened(browser: Client, address: str) -> dict[str, str]:
    return filled_in(browser.get(address))


def test_who_saves_a_student_over_another_s_change_sees_both_and_loses_neither(cast: Cast, oak: Records) -> None:
    ana, browser = ana_at(oak, cast), signed_in(cast.oak_admin)
    address = f"/d/ferndale/schools/{oak.school.pk}/students/{ana.key}/edit/"
    first, second = opened(browser, address), opened(browser, address)
    assert browser.post(address, first | {"firstName": "Anna"}).status_code == 302

    page = browser.post(address, second | {"lastName": "Lee"})

    assert errors_on(page) == {
        "__all__": [CHANGED],
        "firstName": ["You sent “Ana”."],
        "lastName": ["You sent “Lee”."],
    }
    assert (filled_in(page)["firstName"], filled_in(page)["lastName"]) == ("Anna", "Lopez")
    assert browser.post(address, filled_in(page) | {"lastName": "Lee"}).status_code == 302
    changed = the_person(cast.ferndale)
    assert (changed.given_name, changed.family_name) == ("Anna", "Lee")


def test_who_saves_a_class_over_another_s_change_sees_both_and_loses_neither(cast: Cast, oak: Records) -> None:
    one, browser = maths(cast, oak), signed_in(cast.oak_admin)
    a_teacher(cast, oak, 2, "Ted")
    address = f"/d/ferndale/schools/{oak.school.pk}/classes/{one.key}/edit/"
    first, second = opened(browser, address), opened(browser, address)
    assert browser.post(address, first | {"primaryTeacher": "ted@ferndale.example"}).status_code == 302

    page = browser.post(address, second | {"grade": "05"})

    told = {name: said for name, said in errors_on(page).items() if name != "__all__"}
    assert told == {"primaryTeacher": ["You sent “tess@ferndale.example”."], "grade": ["You sent “05”."]}
    assert filled_in(page)["primaryTeacher"] == "ted@ferndale.example"
    assert browser.post(address, filled_in(page) | {"grade": "05"}).status_code == 302
    with scope.within(cast.ferndale.pk):
        assert Class.objects.get().grades == "05"


def test_what_was_cleared_is_told_as_such(cast: Cast, oak: Records) -> None:
    ana, browser = ana_at(oak, cast), signed_in(cast.oak_admin)
    address = f"/d/ferndale/schools/{oak.school.pk}/students/{ana.key}/edit/"
    first, second = opened(browser, address), opened(browser, address)
    browser.post(address, first | {"middleName": "Maria"})

    page = browser.post(address, second)

    assert errors_on(page)["middleName"] == ["You sent nothing here."]


def test_the_same_form_twice_is_nobody_else_s_change(cast: Cast, oak: Records) -> None:
    ana, browser = ana_at(oak, cast), signed_in(cast.oak_admin)
    address = f"/d/ferndale/schools/{oak.school.pk}/students/{ana.key}/edit/"
    said = opened(browser, address) | {"firstName": "Anna"}

    assert [browser.post(address, said).status_code for _ in range(2)] == [302, 302]


def test_forms_that_are_saved_one_after_the_other_are_in_nobody_s_way(cast: Cast, oak: Records) -> None:
    ana, browser = ana_at(oak, cast), signed_in(cast.oak_admin)
    address = f"/d/ferndale/schools/{oak.school.pk}/students/{ana.key}/edit/"

    for name in ("Anna", "Anne"):
        assert browser.post(address, opened(browser, address) | {"firstName": name}).status_code == 302

    assert the_person(cast.ferndale).given_name == "Anne"
    assert len(events(cast.ferndale, "student.changed")) == 2
