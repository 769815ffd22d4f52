"""A district that becomes self-serve owns what syncs had brought; one that is synced again gets it from the source."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from django.db.models import Count
from pytest_django import Settings

from homeroom.audit.models import Event
from homeroom.districts import scope
from homeroom.districts.actions import add_school
from homeroom.districts.models import District, Method, School, SchoolYear
from homeroom.roster import actions, belonging, store
from homeroom.roster.models import AddressInUse, Class, Enrollment, Origin, Person, PersonRole, RosterState
from homeroom.roster.selfserve import addresses
from tests.people import Cast, set_method, signed_in
from tests.roster.records import Records
from tests.roster.rosters import Change, bring, make
from tests.roster.test_classes_by_hand import who_is_in

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


def a_person_of_1_2(of: Records, roles: dict[str, str]) -> Person:
    """Whose roles, and the schools of these, stand in records of their own. roles: by "school/role", its type."""
    pat = of.person("P1")
    with scope.within(of.district.pk):
        Person.objects.update(role=None, org_sourced_ids=None)
    for place, role_type in roles.items():
        org, role = place.split("/")
        of.role(pat, role, roleType=role_type, orgSourcedId=org)
    return pat


def but(gone: pl.Expr) -> Change:
    """A table without these rows."""
    return lambda table: table.filter(~gone)


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


def brought(cast: Cast, folder: Path, version: str) -> School:
    """A school whose records came with a sync of this version of OneRoster."""
    files = make(folder, version=version)
    bring(cast.ferndale, files.roster(), folder, sync_id=1, version=version)
    with scope.within(cast.ferndale.pk):
        org = str(Class.objects.values_list("school_sourced_id", flat=True)[0])
    return add_school(by=cast.operator, district=cast.ferndale, name="Willow High", source_id=org)


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_roster_of_each_version_of_oneroster_is_kept_by_hand_from_then_on(
    cast: Cast, tmp_path: Path, settings: Settings, version: str
) -> None:
    settings.HOMEROOM_DATA = tmp_path / "data"
    school = brought(cast, tmp_path, version)
    with scope.within(cast.ferndale.pk):
        before = {one.key for one in belonging.students_of(school)}
    to(cast, Method.SELF_SERVE)
    school.district.refresh_from_db()
    browser, of_school = signed_in(cast.operator), f"/d/ferndale/schools/{school.pk}"
    with scope.within(cast.ferndale.pk):
        assert {one.key for one in belonging.students_of(school)} == before != set()
        pupil, teacher = belonging.students_of(school)[0], belonging.staff_of(school, "teacher")[0]
        year = SchoolYear.objects.get().pk

    one = {"className": "Latin", "primaryTeacher": teacher.email, "year": year}
    assert browser.post(f"{of_school}/classes/new/", one).status_code == 302
    assert browser.post(f"{of_school}/students/{pupil.key}/archive/").status_code == 302
    page = browser.get(f"{of_school}/students/?status=not-active")
    assert [key for key, *_ in page.context["rows"]] == [pupil]


def test_class_that_had_ended_before_is_restored_with_those_who_were_in_it(
    cast: Cast, tmp_path: Path, settings: Settings
) -> None:
    """And without whom had left it before it ended."""
    settings.HOMEROOM_DATA = tmp_path / "data"
    files = make(tmp_path, version="1.1")
    bring(cast.ferndale, files.roster(), tmp_path, sync_id=1)
    with scope.within(cast.ferndale.pk):
        largest = Enrollment.objects.values("class_sourced_id").annotate(size=Count("key")).order_by("-size")[0]
        ended = Class.objects.get(source_id=largest["class_sourced_id"])
        of_it = Enrollment.objects.filter(class_sourced_id=ended.source_id)
        left = of_it.filter(role="student").order_by("source_id")[0].source_id
        stayed = set(of_it.exclude(source_id=left).values_list("source_id", "role"))
    of_class = pl.col("classSourcedId") == ended.source_id
    bring(cast.ferndale, files.roster(enrollments=but(pl.col("sourcedId") == left)), tmp_path, sync_id=2)
    gone = files.roster(enrollments=but(of_class), classes=but(pl.col("sourcedId") == ended.source_id))
    bring(cast.ferndale, gone, tmp_path, sync_id=3)
    school = add_school(
        by=cast.operator, district=cast.ferndale, name="Willow High", source_id=str(ended.school_sourced_id)
    )
    to(cast, Method.SELF_SERVE)
    school.district.refresh_from_db()

    actions.restore_class(by=cast.operator, school=school, of_class=ended)

    with scope.within(cast.ferndale.pk):
        assert set(of_it.filter(is_active=True).values_list("source_id", "role")) == stayed


def test_person_who_had_gone_before_is_restored_to_the_same_classes(cast: Cast, synced: Records) -> None:
    ana, maths, art = synced.person("S1"), synced.a_class("maths"), synced.a_class("art")
    synced.enroll(ana, maths)
    dropped = synced.enroll(ana, art)
    with scope.within(cast.ferndale.pk):
        Enrollment.objects.filter(key=dropped.key).update(is_active=False, last_sync_id=1)
        Enrollment.objects.exclude(key=dropped.key).update(is_active=False, last_sync_id=2)
        Person.objects.update(is_active=False, last_sync_id=2)
    to(cast, Method.SELF_SERVE)

    actions.restore_person(by=cast.oak_admin, school=synced.school, person=person(cast.ferndale, "S1"))

    assert (who_is_in(maths), who_is_in(art)) == ([("S1", "Student")], [])


@pytest.mark.parametrize(
    ("marked", "gone", "primary"),
    [
        (["T2"], [], "T2"),
        ([], [], "T1"),
        (["T1", "T2"], [], "T1"),
        (["T1"], ["T1"], "T2"),
        (["T2"], ["T1", "T2"], "T2"),
    ],
)
def test_each_class_has_one_primary_teacher_whoever_comes_back(
    cast: Cast, synced: Records, marked: list[str], gone: list[str], primary: str
) -> None:
    """Of several, the first by source id, as the pages have shown it; one who is gone only if no other is there."""
    maths = synced.a_class("maths")
    for name in ("T1", "T2"):
        teacher = synced.person(name, "teacher", email=f"{name}@ferndale.example", username=f"teacher.{name}")
        synced.enroll(teacher, maths, "teacher", primary=name in marked)
    with scope.within(cast.ferndale.pk):
        Person.objects.filter(source_id__in=gone).update(is_active=False)
        Enrollment.objects.filter(user_sourced_id__in=gone).update(is_active=False)
    to(cast, Method.SELF_SERVE)

    for name in gone:
        actions.restore_person(by=cast.oak_admin, school=synced.school, person=person(cast.ferndale, name))

    with scope.within(cast.ferndale.pk):
        rows = Enrollment.objects.order_by("source_id").values_list("user_sourced_id", "primary", "is_active")
        assert list(rows) == [(name, str(name == primary).lower(), True) for name in ("T1", "T2")]


@pytest.mark.parametrize(
    ("roles", "becomes", "at"),
    [
        ({"elm/teacher": "primary", "oak/aide": "secondary"}, "teacher", "elm,oak"),
        ({"oak/principal": "primary", "oak/teacher": "secondary"}, "teacher", "oak"),
        ({"oak/principal": "primary"}, "administrator", "oak"),
        ({"elm/counselor": "secondary", "oak/proctor": "primary"}, "proctor", "elm,oak"),
        ({"oak/parent": "primary", "elm/teacher": "secondary"}, "teacher", "elm"),
        ({"oak/student": "secondary", "elm/aide": "primary"}, "student", "oak"),
        ({"oak/guardian": "primary"}, "guardian", "oak"),
    ],
)
def test_of_several_roles_a_person_keeps_one(
    cast: Cast, synced: Records, roles: dict[str, str], becomes: str, at: str
) -> None:
    """By hand a person has one, at any number of schools."""
    pat = a_person_of_1_2(synced, roles)
    to(cast, Method.SELF_SERVE)

    with scope.within(cast.ferndale.pk):
        assert Person.objects.values_list("role", "org_sourced_ids").get(key=pat.key) == (becomes, at)
        assert not PersonRole.objects.filter(is_active=True).exists()


def test_who_vanished_keeps_the_role_of_then_and_can_be_restored(cast: Cast, synced: Records) -> None:
    pat = a_person_of_1_2(synced, {"oak/student": "primary"})
    with scope.within(cast.ferndale.pk):
        Person.objects.update(is_active=False)
        PersonRole.objects.update(is_active=False)
    to(cast, Method.SELF_SERVE)

    actions.restore_person(by=cast.oak_admin, school=synced.school, person=person(cast.ferndale, pat.source_id))

    assert person(cast.ferndale, pat.source_id).is_active


def test_role_that_ended_counts_for_nothing_beside_one_that_did_not(cast: Cast, synced: Records) -> None:
    pat = a_person_of_1_2(synced, {"oak/aide": "primary", "elm/teacher": "secondary"})
    with scope.within(cast.ferndale.pk):
        PersonRole.objects.filter(role="teacher").update(is_active=False)
    to(cast, Method.SELF_SERVE)

    assert person(cast.ferndale, pat.source_id).role == "aide"


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


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_district_that_is_synced_again_gets_its_records_from_the_source(
    cast: Cast, tmp_path: Path, settings: Settings, version: str
) -> None:
    settings.HOMEROOM_DATA = tmp_path / "data"
    files = make(tmp_path, version=version)
    bring(cast.ferndale, files.roster(), tmp_path, sync_id=1, version=version)
    with scope.within(cast.ferndale.pk):
        pupil = Person.objects.exclude(grades=None).first()
        roles = PersonRole.objects.filter(is_active=True).count()
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

    bring(cast.ferndale, files.roster(), tmp_path, sync_id=2, version=version)

    again = person(cast.ferndale, pupil.source_id)
    assert (again.given_name, again.origin) == (pupil.given_name, Origin.SYNC)
    assert (again.role, again.org_sourced_ids) == (pupil.role, pupil.org_sourced_ids)
    with scope.within(cast.ferndale.pk):
        assert PersonRole.objects.filter(is_active=True).count() == roles
    kept = person(cast.ferndale, made_here.source_id)
    assert (kept.origin, kept.is_active) == (Origin.HAND, True)
    # Nor is it taken for one that vanished when the index has to be made anew.
    with scope.within(cast.ferndale.pk):
        RosterState.objects.update(stamp="00000000-0000-0000-0000-000000000000")
    changes = bring(cast.ferndale, files.roster(), tmp_path, sync_id=3, version=version)
    assert changes.is_empty


@pytest.mark.parametrize(
    ("now", "says"),
    [
        (Method.ONEROSTER_CSV, "In a large district that takes minutes, in which nothing is synced."),
        (Method.ONEROSTER_CSV, "With Self-serve the synced records become the district&#x27;s own"),
        (Method.SELF_SERVE, "the others stay as they are, marked Unsynced"),
    ],
)
def test_page_says_what_becomes_of_the_records(cast: Cast, now: Method, says: str) -> None:
    to(cast, now)

    assert says in signed_in(cast.operator).get("/operator/districts/ferndale/method/").text
