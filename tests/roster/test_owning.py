"""A district that becomes self-serve owns what syncs had brought; one that is synced again gets it from the source."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from pytest_django import Settings

from homeroom.audit.models import Event
from homeroom.districts import scope
from homeroom.districts.models import District, Method
from homeroom.roster import actions, store
from homeroom.roster.models import AddressInUse, Class, Enrollment, Origin, Person, RosterState
from homeroom.roster.selfserve import addresses
from tests.people import Cast, set_method, signed_in
from tests.roster.records import Records
from tests.roster.rosters import bring, make

pytestmark = pytest.mark.django_db


@pytest.fixture
def synced(cast: Cast) -> Records:
    """Makes what a sync has brought to Oak Elementary."""
    return Records(cast.ferndale, cast.oak, Origin.SYNC)


def to(cast: Cast, method: Method) -> None:
    set_method(by=cast.operator, district=cast.ferndale, method=method)
    cast.oak.district.refresh_from_db()


def person(district: District, source_id: str) -> Person:
    with scope.within(district.pk):
        return Person.objects.get(source_id=source_id)


def at(of: Records, rest: str) -> str:
    return f"/d/ferndale/schools/{of.school.pk}/{rest}"


def test_synced_people_and_classes_are_edited_by_hand_once_the_district_is_self_serve(
    cast: Cast, synced: Records
) -> None:
    """Also under an ID of the source's kind, with several grades, and without a mark for the primary teacher."""
    ana = synced.person("7f-21", grades="05", username="ana.lee", name="Ana Lee")
    tess = synced.person("T-1", "teacher", email="Tess@ferndale.example", username="tess.day", name="Tess Day")
    maths = synced.a_class("maths-1", title="Maths", grades="05,06")
    synced.enroll(ana, maths)
    synced.enroll(tess, maths, "teacher")
    to(cast, Method.SELF_SERVE)
    browser = signed_in(cast.oak_admin)

    student = {"firstName": "Anna", "lastName": "Lee", "grade": "06", "username": "ana.lee"}
    assert browser.post(at(synced, f"students/{ana.key}/edit/"), student).status_code == 302
    form = browser.get(at(synced, f"classes/{maths.key}/edit/")).context["form"]
    assert (form["primaryTeacher"].value(), form["grade"].value()) == ("Tess@ferndale.example", "05,06")
    one = {"className": "Mathematics", "primaryTeacher": tess.email, "grade": "05"}
    assert browser.post(at(synced, f"classes/{maths.key}/edit/"), one).status_code == 302

    with scope.within(cast.ferndale.pk):
        assert Person.objects.get(source_id="7f-21").given_name == "Anna"
        assert Class.objects.get().title == "Mathematics"
        assert set(Enrollment.objects.values_list("user_sourced_id", "role", "primary", "origin", "is_active")) == {
            ("7f-21", "student", "false", "hand", True),
            ("T-1", "teacher", "true", "hand", True),
        }
    assert "Reset password" in browser.get(at(synced, f"students/{ana.key}/")).text


def test_person_without_a_password_becomes_no_school_administrator_before_they_have_one(
    cast: Cast, synced: Records
) -> None:
    tess = synced.person("T1", "teacher", email="tess@ferndale.example", username="tess.day", name="Tess Day")
    to(cast, Method.SELF_SERVE)
    record = {"firstName": "Tess", "lastName": "Day", "email": tess.email, "username": "tess.day"}

    page = signed_in(cast.oak_admin).post(at(synced, f"staff/{tess.key}/edit/"), record | {"role": "school_admin"})

    assert "Tess Day has no password yet: reset it first, then change the role." in page.text


def test_e_mails_and_usernames_are_reserved_for_whom_they_can_be(cast: Cast, synced: Records) -> None:
    with scope.within(cast.lakeside.pk):
        AddressInUse.objects.create(district=cast.lakeside, key=5, address="twice@x.example")
    synced.person("S1", email="Ana@x.example", username="ana.lee")
    synced.person("S2", email="ana@x.example", username="Ana.Lee")
    synced.person("S3", email="twice@x.example", username="cleo.rue")
    to(cast, Method.SELF_SERVE)

    with scope.within(cast.ferndale.pk):
        assert [(one.address, one.key) for one in AddressInUse.objects.all()] == [
            ("ana@x.example", person(cast.ferndale, "S1").key)
        ]
        people = Person.objects.order_by("source_id").values_list("source_id", "username", "email", "metadata")
        assert list(people) == [
            ("S1", "ana.lee", "Ana@x.example", {}),
            ("S2", None, "ana@x.example", {"username": "Ana.Lee"}),
            ("S3", "cleo.rue", "twice@x.example", {}),
        ]
        event = Event.objects.filter(what="district.method-changed").latest("at")
    assert event.detail == {
        "before": "oneroster-csv", "after": "self-serve",
        "people": 3, "classes": 0, "enrollments": 0, "shared_usernames": 1,
    }  # fmt: skip


def test_address_of_another_person_is_not_given_back_with_ones_own(cast: Cast, synced: Records) -> None:
    synced.person("S1", email="ana@x.example", username="ana.lee")
    other = synced.person("S2", email="ana@x.example", username="ben.moss", name="Ben Moss")
    to(cast, Method.SELF_SERVE)
    record = {"firstName": "Ben", "middleName": "", "lastName": "Moss", "grade": "05", "username": "ben.moss"}

    actions.change_person(by=cast.oak_admin, school=synced.school, person=other, record=record | {"email": ""})

    with scope.within(cast.ferndale.pk):
        assert [one.key for one in AddressInUse.objects.all()] == [person(cast.ferndale, "S1").key]


def test_release_without_a_person_frees_the_address_whosever_it_is(cast: Cast) -> None:
    with scope.within(cast.ferndale.pk):
        AddressInUse.objects.create(district=cast.ferndale, key=5, address="ana@x.example")
        addresses.release(cast.ferndale, pl.Series(["ana@x.example"]))
        assert not AddressInUse.objects.exists()


def test_nothing_changes_owner_between_automated_methods(cast: Cast, synced: Records) -> None:
    synced.person("S1")
    to(cast, Method.CLASSLINK)

    assert person(cast.ferndale, "S1").origin == Origin.SYNC


def test_district_that_is_synced_again_gets_its_records_from_the_source(
    cast: Cast, tmp_path: Path, settings: Settings
) -> None:
    settings.HOMEROOM_DATA = tmp_path / "data"
    files = make(tmp_path, version="1.1")
    bring(cast.ferndale, files.roster(), tmp_path, sync_id=1)
    with scope.within(cast.ferndale.pk):
        pupil = Person.objects.filter(role="student").first()
        generation = RosterState.objects.get().generation
    assert pupil is not None
    to(cast, Method.SELF_SERVE)
    with scope.within(cast.ferndale.pk):
        assert not Person.objects.filter(origin=Origin.SYNC).exists()
        assert RosterState.objects.get().generation == generation + 1
        assert store.load(cast.ferndale, work=tmp_path).tables == {}
        Person.objects.filter(key=pupil.key).update(given_name="Somebody else")
    made_here = Records(cast.ferndale, cast.oak).person("S-of-ours")
    to(cast, Method.ONEROSTER_CSV)

    bring(cast.ferndale, files.roster(), tmp_path, sync_id=2)

    again = person(cast.ferndale, pupil.source_id)
    assert (again.given_name, again.origin) == (pupil.given_name, Origin.SYNC)
    kept = person(cast.ferndale, made_here.source_id)
    assert (kept.origin, kept.is_active) == (Origin.HAND, True)
    # Nor is it taken for one that vanished when the index has to be made anew.
    with scope.within(cast.ferndale.pk):
        RosterState.objects.update(stamp="00000000-0000-0000-0000-000000000000")
    changes = bring(cast.ferndale, files.roster(), tmp_path, sync_id=3)
    assert changes.is_empty


@pytest.mark.parametrize(
    ("now", "says"),
    [
        (Method.ONEROSTER_CSV, "With Self-serve the synced records become the district&#x27;s own"),
        (Method.SELF_SERVE, "the others stay as they are, marked Unsynced"),
    ],
)
def test_page_says_what_becomes_of_the_records(cast: Cast, now: Method, says: str) -> None:
    to(cast, now)

    assert says in signed_in(cast.operator).get("/operator/districts/ferndale/method/").text
