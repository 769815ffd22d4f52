"""Students and Staff of a school: who stands there, for whom, in what order, and what is said of each."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from typing import Any

import pytest

from homeroom.districts import scope
from homeroom.roster import beside
from homeroom.roster.models import Origin, Person
from tests.people import Cast, signed_in
from tests.roster.records import Records

pytestmark = pytest.mark.django_db


def students(of: Records, query: str = "") -> str:
    return f"/d/ferndale/schools/{of.school.pk}/students/{query}"


def staff(of: Records, query: str = "") -> str:
    return f"/d/ferndale/schools/{of.school.pk}/staff/{query}"


def names_on(page: Any) -> list[str]:
    return [name for _, name, _ in page.context["rows"]]


def archived(person: Person) -> None:
    with scope.within(person.district_id):
        Person.objects.filter(key=person.key).update(is_active=False)


def test_a_school_s_students_stand_there_by_last_name_and_nobody_else_s(cast: Cast, oak: Records, elm: Records) -> None:
    oak.person("1", name="Ana Zole")
    oak.person("2", name="Ben Abt")
    oak.person("3", "teacher", name="Tess Teacher")
    elm.person("4", name="Elmo Elm")

    page = signed_in(cast.oak_admin).get(students(oak))

    assert names_on(page) == ["Abt, Ben", "Zole, Ana"]


def test_staff_is_everybody_but_students_and_family(cast: Cast, oak: Records) -> None:
    oak.person("1", "teacher", name="Tess Teacher")
    oak.person("2", "administrator", name="Ada Admin")
    oak.person("3", "aide", name="Al Aide")
    for source_id, role in (("4", "student"), ("5", "parent"), ("6", "guardian"), ("7", "relative")):
        oak.person(source_id, role)

    page = signed_in(cast.oak_admin).get(staff(oak))

    assert [(name, roles) for _, name, roles in page.context["rows"]] == [
        ("Admin, Ada", "School Administrator"),
        ("Aide, Al", "Aide"),
        ("Teacher, Tess", "Teacher"),
    ]


def test_who_belongs_to_two_schools_stands_in_both(cast: Cast, oak: Records, elm: Records) -> None:
    oak.person("1", orgSourcedIds="ferndale,oak,elm", name="Bo Both")
    oak.person("2", orgSourcedIds="oakland", name="Not Here")
    browser = signed_in(cast.oak_and_elm_admin)

    assert names_on(browser.get(students(oak))) == names_on(browser.get(students(elm))) == ["Both, Bo"]


def test_roles_of_oneroster_1_2_count_where_they_are(cast: Cast, oak: Records, elm: Records) -> None:
    pat = oak.person("1", name="Pat Principal", role="", orgSourcedIds="")
    with scope.within(cast.ferndale.pk):
        Person.objects.update(role=None, org_sourced_ids=None)
    oak.role(pat, "principal")
    elm.role(pat, "teacher")
    browser = signed_in(cast.district_admin)

    assert [roles for *_, roles in browser.get(staff(oak)).context["rows"]] == ["Principal"]
    assert [roles for *_, roles in browser.get(staff(elm)).context["rows"]] == ["Teacher"]
    assert names_on(browser.get(students(oak))) == []
    assert names_on(browser.get(staff(elm, "?role=teacher"))) == ["Principal, Pat"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=lopez", ["Lopez, Ana"]),
        ("?q=ana+lop", ["Lopez, Ana"]),
        ("?q=lopez+ben", []),
        (f"?q={10 * 'lopez+'}ben", ["Lopez, Ana"]),  # each word is looked for in every record: ten are enough
        ("?q=S77", ["Lopez, Ana"]),
        ("?q=blee", ["Lee, Ben"]),
        ("?q=ben@ferndale", ["Lee, Ben"]),
        ("?grade=KG", ["Lopez, Ana"]),
        ("?grade=04", ["Lee, Ben"]),
        ("?status=not-active", ["Gone, Guy"]),
        ("?status=all", ["Gone, Guy", "Lee, Ben", "Lopez, Ana"]),
        ("?status=nonsense&grade=nonsense", ["Lee, Ben", "Lopez, Ana"]),
        ("?sort=-name", ["Lopez, Ana", "Lee, Ben"]),
        ("?sort=grade", ["Lee, Ben", "Lopez, Ana"]),
        ("?sort=id", ["Lee, Ben", "Lopez, Ana"]),
        ("?sort=password", ["Lee, Ben", "Lopez, Ana"]),
    ],
)
def test_students_are_searched_filtered_and_sorted(cast: Cast, oak: Records, query: str, found: list[str]) -> None:
    oak.person("S77", name="Ana Lopez", grades="KG")
    oak.person("S12", name="Ben Lee", grades="03,04", username="blee", email="ben@ferndale.example")
    archived(oak.person("S99", name="Guy Gone"))

    assert names_on(signed_in(cast.oak_admin).get(students(oak, query))) == found


@pytest.mark.parametrize("stored", ["NFC", "NFD"])
@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Zoë", "Willowfeather, Zoë"),
        ("Zoe\N{COMBINING DIAERESIS}", "Willowfeather, Zoë"),
        ("ZOË", "Willowfeather, Zoë"),
        ("Willowfeather, Zoë", "Willowfeather, Zoë"),
        ("willowfeather,zoë", "Willowfeather, Zoë"),
        ("D'Arbrenoir", "D'Arbrenoir, Ida"),
        ("D’Arbrenoir", "D'Arbrenoir, Ida"),
        ("d'été", "d’Été, Ivo"),
        ("d’Été, Ivo", "d’Été, Ivo"),
    ],
)
def test_a_name_is_found_however_its_letters_are_written(
    cast: Cast, oak: Records, typed: str, found: str, stored: str
) -> None:
    for source_id, name in (("1", "Zoë Willowfeather"), ("2", "Ida D'Arbrenoir"), ("3", "Ivo d’Été")):
        oak.person(source_id, name=unicodedata.normalize(stored, name))

    page = signed_in(cast.oak_admin).get(students(oak), {"q": typed})

    assert [unicodedata.normalize("NFC", name) for name in names_on(page)] == [found]


def test_search_that_is_too_long_is_said_and_filters_nothing(cast: Cast, oak: Records) -> None:
    oak.person("S77", name="Ana Lopez")
    oak.person("S12", name="Ben Lee")

    page = signed_in(cast.oak_admin).get(students(oak, f"?q={100 * 'lopez+'}"))

    assert "Search for at most 300 characters." in page.text
    assert 'maxlength="300"' in page.text
    assert names_on(page) == ["Lee, Ben", "Lopez, Ana"]


def test_only_grades_that_there_are_can_be_chosen(cast: Cast, oak: Records) -> None:
    oak.person("1", grades="10,09")
    oak.person("2", grades="KG")

    page = signed_in(cast.oak_admin).get(students(oak))

    assert [grade for grade, _ in page.context["filters"].fields["grade"].choices] == ["", "KG", "09", "10"]


def test_a_page_has_fifty_and_says_how_many_there_are(cast: Cast, oak: Records) -> None:
    for number in range(51):
        oak.person(f"S{number}")
    browser = signed_in(cast.oak_admin)

    assert len(browser.get(students(oak)).context["rows"]) == 50
    assert "51–51 of 51 students" in browser.get(students(oak, "?page=2")).text


def test_options_are_those_of_the_product_in_a_self_serve_district(cast: Cast, oak: Records) -> None:
    browser = signed_in(cast.oak_admin)

    assert browser.get(students(oak)).context["options"][0][0] == "Create Student"
    assert browser.get(staff(oak)).context["options"][0][0] == "Create Staff User"


def test_in_an_automated_district_there_are_no_options_and_rows_say_who_keeps_them(cast: Cast) -> None:
    Records(cast.ferndale, cast.oak, Origin.SYNC).person("1", name="Ana Theirs")
    Records(cast.ferndale, cast.oak).person("2", name="Ben Byhand")

    page = signed_in(cast.district_admin).get(f"/d/ferndale/schools/{cast.oak.pk}/students/")

    assert page.context["options"] == []
    assert "Options" not in page.text
    places = [page.text.index(said) for said in ("Byhand, Ben", "Unsynced<", "Theirs, Ana", "Synced<")]
    assert places == sorted(places)


def test_empty_list_says_what_to_do_next(cast: Cast, oak: Records) -> None:
    browser = signed_in(cast.oak_admin)

    assert "Upload a file with all students of Oak Elementary" in browser.get(students(oak)).text
    archived(oak.person("S1"))
    for query in ("", "?q=nobody"):
        assert "No student is like that" in browser.get(students(oak, query)).text


def test_banner_of_another_app_stands_above_the_list(cast: Cast, oak: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "BANNERS", [lambda _, school, kind: [f"{kind} of {school} wait"]])

    assert "students of Oak Elementary wait" in signed_in(cast.oak_admin).get(students(oak)).text


def test_a_student_s_own_page_tells_all_of_the_record_and_its_classes(cast: Cast, oak: Records) -> None:
    ana = oak.person("S1", name="Ana Lopez", grades="05", email="ana@ferndale.example", preferredGivenName="Annie")
    maths = oak.a_class("Maths 5")
    oak.enroll(ana, maths)

    page = signed_in(cast.oak_admin).get(students(oak, f"{ana.key}/"))

    assert page.status_code == 200
    for told in ("Ana Lopez", "Student ID", "S1", "ana@ferndale.example", "Annie", "Maths 5", "This year"):
        assert told in page.text


def test_what_the_source_says_of_a_pupil_s_access_is_no_promise_of_signing_in_here(cast: Cast) -> None:
    ana = Records(cast.ferndale, cast.oak, Origin.SYNC).person("S1", enabledUser="true")

    page = signed_in(cast.oak_admin).get(f"/d/ferndale/schools/{cast.oak.pk}/students/{ana.key}/")

    assert ("Enabled in the district's own system", "Yes") in page.context["facts"]
    assert "May sign in" not in page.text


def test_what_a_person_does_at_a_school_of_somebody_else_s_is_not_told(cast: Cast, oak: Records, elm: Records) -> None:
    tess = oak.person("T1", "teacher", orgSourcedIds="oak,elm")
    oak.enroll(tess, elm.a_class("Elm's own"), "teacher")

    assert "Elm" not in signed_in(cast.oak_admin).get(staff(oak, f"{tess.key}/")).text
    assert "Elm's own" in signed_in(cast.oak_and_elm_admin).get(staff(oak, f"{tess.key}/")).text.replace("&#x27;", "'")


def test_history_names_the_sync_that_brought_the_record(
    cast: Cast, oak: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = oak.person("S1")
    with scope.within(cast.ferndale.pk):
        Person.objects.update(first_sync_id=7, last_sync_id=7)
    made = beside.Made("upload students.csv", "/uploads/7/", datetime(2026, 9, 1, tzinfo=UTC))
    monkeypatch.setattr(beside, "SYNCS", [lambda _, sync_id: made if sync_id == 7 else None])

    page = signed_in(cast.oak_admin).get(students(oak, f"{ana.key}/"))

    assert '<a class="usa-link" href="/uploads/7/">Created by upload students.csv</a>' in page.text


@pytest.mark.parametrize("who", ["oak_admin", "outsider"])
def test_a_person_is_not_there_for_who_does_not_look_after_the_school(cast: Cast, elm: Records, who: str) -> None:
    student = elm.person("1")

    browser = signed_in(getattr(cast, who))

    assert browser.get(students(elm)).status_code == 404
    assert browser.get(students(elm, f"{student.key}/")).status_code == 404


def test_a_person_is_found_in_the_own_school_and_list_only(cast: Cast, oak: Records, elm: Records) -> None:
    student, teacher = elm.person("1"), oak.person("2", "teacher")
    browser = signed_in(cast.oak_and_elm_admin)

    assert browser.get(students(elm, f"{student.key}/")).status_code == 200
    assert browser.get(students(oak, f"{student.key}/")).status_code == 404
    assert browser.get(students(oak, f"{teacher.key}/")).status_code == 404
    assert browser.get(staff(oak, f"{teacher.key}/")).status_code == 200
    assert browser.get(students(oak, "99999999999999999999/")).status_code == 404
    assert browser.get(students(oak, "9999999999999999999/")).status_code == 404
