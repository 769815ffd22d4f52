"""Classes by hand: create, edit, enroll, co-teachers, remove, archive, restore."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from homeroom.audit.models import Event
from homeroom.districts import Refused, scope
from homeroom.districts.models import SchoolYear
from homeroom.roster import actions
from homeroom.roster.actions.classes import primary_teacher
from homeroom.roster.enrolled import in_classes
from homeroom.roster.models import Class, Enrollment, Origin, Person
from tests.people import Cast, signed_in
from tests.roster.records import Records

pytestmark = pytest.mark.django_db


def at(of: Records, rest: str) -> str:
    return f"/d/ferndale/schools/{of.school.pk}/classes/{rest}"


def a_teacher(cast: Cast, of: Records, number: int, first: str) -> Person:
    record = {
        "sourcedId": f"T{number}",
        "firstName": first,
        "lastName": "Teacher",
        "email": f"{first.lower()}@ferndale.example",
        "role": "teacher",
        "username": f"teacher{number}",
        "password": "secret-word-1",
    }
    return actions.create_person(by=cast.oak_and_elm_admin, school=of.school, kind="staff", record=record)


def this_year(cast: Cast) -> SchoolYear:
    with scope.within(cast.ferndale.pk):
        year = SchoolYear.current(cast.ferndale, cast.ferndale.today())
    assert year is not None
    return year


def maths(cast: Cast, of: Records, **changed: str) -> Class:
    """With Tess as its primary teacher, who is made if she is not there."""
    with scope.within(cast.ferndale.pk):
        has_tess = Person.objects.filter(source_id="T1").exists()
    if not has_tess:
        a_teacher(cast, of, 1, "Tess")
    record = {"className": "Maths", "primaryTeacher": "tess@ferndale.example", "grade": "", "subject": ""} | changed
    return actions.create_class(by=cast.oak_and_elm_admin, school=of.school, year=this_year(cast), record=record)


def who_is_in(one: Class) -> list[tuple[str, str]]:
    with scope.within(one.district_id):
        places = in_classes(one.district, [one])[one.key]
        return [(place.person.source_id, place.as_what) for place in places]


def errors_on(page: Any) -> dict[str, list[str]]:
    return {name: list(map(str, said)) for name, said in page.context["form"].errors.items()}


def test_a_class_is_created_in_the_current_year_with_its_teacher(cast: Cast, oak: Records) -> None:
    a_teacher(cast, oak, 1, "Tess")
    browser = signed_in(cast.oak_admin)
    year = browser.get(at(oak, "new/")).context["form"]["year"].value()

    said = {"className": "Maths", "primaryTeacher": "tess@ferndale.example", "grade": "05", "subject": "Mathematics"}
    page = browser.post(at(oak, "new/"), said | {"year": getattr(year, "pk", year)}, follow=True)

    with scope.within(cast.ferndale.pk):
        one = Class.objects.get()
    assert page.request["PATH_INFO"] == at(oak, f"{one.key}/")
    assert (one.title, one.grades, one.subjects, one.origin) == ("Maths", "05", "Mathematics", Origin.HAND)
    assert one.school_year_id == this_year(cast).pk
    assert who_is_in(one) == [("T1", "Primary teacher")]
    assert "Created the class: Maths" in page.text


def test_faults_of_a_class_stand_at_their_fields(cast: Cast, oak: Records) -> None:
    a_teacher(cast, oak, 1, "Tess")

    page = signed_in(cast.oak_admin).post(
        at(oak, "new/"), {"primaryTeacher": "", "className": "x" * 201, "year": this_year(cast).pk}
    )

    assert set(errors_on(page)) == {"className", "primaryTeacher"}


def test_a_class_of_the_same_name_and_teacher_is_there_once(cast: Cast, oak: Records) -> None:
    maths(cast, oak)
    said = {"className": "Maths", "primaryTeacher": "tess@ferndale.example", "year": this_year(cast).pk}

    page = signed_in(cast.oak_admin).post(at(oak, "new/"), said)

    assert set(errors_on(page)) == {"className"}


def test_without_teachers_the_page_leads_to_the_staff(cast: Cast, oak: Records) -> None:
    page = signed_in(cast.oak_admin).get(at(oak, "new/"))

    assert "There are no teachers yet" in page.text
    assert f"/d/ferndale/schools/{cast.oak.pk}/staff/new/" in page.text


def test_teacher_whose_email_is_somebody_elses_is_not_offered_and_the_form_says_why(cast: Cast, oak: Records) -> None:
    """Two people may share one e-mail in a district's own system; once it is self-serve, one of them has it."""
    a_teacher(cast, oak, 1, "Tess")
    oak.person("T2", "teacher", name="Uma Twin", email="Tess@ferndale.example")

    page = signed_in(cast.oak_admin).get(at(oak, "new/"))

    offered = [value for value, _ in page.context["form"].fields["primaryTeacher"].choices]
    assert offered == ["", "tess@ferndale.example"]
    assert "because their e-mail is already in use: Uma Twin. Give them another one under Staff first." in page.text


def test_editing_a_class_keeps_its_year_and_people(cast: Cast, oak: Records) -> None:
    one = maths(cast, oak)
    said = {"className": "Maths 2", "primaryTeacher": "tess@ferndale.example", "grade": "06", "subject": ""}

    signed_in(cast.oak_admin).post(at(oak, f"{one.key}/edit/"), said)

    with scope.within(cast.ferndale.pk):
        changed = Class.objects.get()
    assert (changed.title, changed.grades, changed.school_year_id) == ("Maths 2", "06", one.school_year_id)
    assert who_is_in(changed) == [("T1", "Primary teacher")]


def test_saving_a_class_without_a_change_is_no_event(cast: Cast, oak: Records) -> None:
    one = maths(cast, oak)
    said = {"className": "Maths", "primaryTeacher": "tess@ferndale.example", "grade": "", "subject": ""}

    assert signed_in(cast.oak_admin).post(at(oak, f"{one.key}/edit/"), said).status_code == 302

    with scope.within(cast.ferndale.pk):
        assert not Event.objects.filter(what="class.changed").exists()


def test_a_class_is_not_in_its_own_way_but_another_one_is(cast: Cast, oak: Records) -> None:
    one = maths(cast, oak)
    maths(cast, oak, className="Art")
    browser = signed_in(cast.oak_admin)
    same = {"className": "Maths", "primaryTeacher": "TESS@ferndale.example", "grade": "", "subject": ""}

    assert browser.post(at(oak, f"{one.key}/edit/"), same).status_code == 302
    assert set(errors_on(browser.post(at(oak, f"{one.key}/edit/"), same | {"className": "Art"}))) == {"className"}


def test_another_primary_teacher_takes_the_place_of_the_one_before(cast: Cast, oak: Records) -> None:
    one = maths(cast, oak)
    ted = a_teacher(cast, oak, 2, "Ted")
    actions.add_co_teachers(by=cast.oak_admin, school=oak.school, of_class=one, keys=[ted.key])
    assert who_is_in(one) == [("T1", "Primary teacher"), ("T2", "Co-teacher")]
    said = {"className": "Maths", "primaryTeacher": "ted@ferndale.example", "grade": "", "subject": ""}

    actions.change_class(by=cast.oak_admin, school=oak.school, of_class=one, record=said)
    assert who_is_in(one) == [("T2", "Primary teacher")]

    actions.change_class(
        by=cast.oak_admin, school=oak.school, of_class=one, record=said | {"primaryTeacher": "tess@ferndale.example"}
    )
    assert who_is_in(one) == [("T1", "Primary teacher")]


def test_primary_teacher_of_another_tab_is_not_made_a_co_teacher(cast: Cast, oak: Records) -> None:
    one = maths(cast, oak)
    with scope.within(cast.ferndale.pk):
        tess = Person.objects.get(source_id="T1")

    added = actions.add_co_teachers(by=cast.oak_admin, school=oak.school, of_class=one, keys=[tess.key])

    assert added == 0
    with scope.within(cast.ferndale.pk):
        assert primary_teacher(one) == tess


def test_who_was_archived_meanwhile_comes_back_beside_the_new_primary_teacher(cast: Cast, oak: Records) -> None:
    one = maths(cast, oak)
    a_teacher(cast, oak, 2, "Ted")
    with scope.within(cast.ferndale.pk):
        tess = Person.objects.get(source_id="T1")
    actions.archive_person(by=cast.oak_admin, school=oak.school, person=tess)
    said = {"className": "Maths", "primaryTeacher": "ted@ferndale.example", "grade": "", "subject": ""}
    actions.change_class(by=cast.oak_admin, school=oak.school, of_class=one, record=said)

    actions.restore_person(by=cast.oak_admin, school=oak.school, person=tess)

    assert who_is_in(one) == [("T2", "Primary teacher"), ("T1", "Co-teacher")]


def test_many_students_are_enrolled_at_once_and_nobody_twice(cast: Cast, oak: Records) -> None:
    one = maths(cast, oak)
    students = [oak.person(f"S{number}", name=f"Pupil N{number}") for number in range(3)]
    browser = signed_in(cast.oak_admin)
    keys = [str(student.key) for student in students]

    browser.post(at(oak, f"{one.key}/enroll/"), {"people": keys[:2]})
    page = browser.post(at(oak, f"{one.key}/enroll/"), {"people": keys}, follow=True)

    assert "1 student is enrolled. 2 were in the class already." in page.text
    assert who_is_in(one) == [("T1", "Primary teacher"), *((f"S{number}", "Student") for number in range(3))]
    with scope.within(cast.ferndale.pk):
        counts = [len(event.detail["people"]) for event in Event.objects.filter(what="class.enrolled").order_by("pk")]
    assert counts == [2, 1]


def test_enrolling_and_adding_who_is_there_already_says_so_and_is_no_event(cast: Cast, oak: Records) -> None:
    one, ted = maths(cast, oak), a_teacher(cast, oak, 2, "Ted")
    student = oak.person("S1")
    browser = signed_in(cast.oak_admin)

    told = []
    for page, person in (("enroll", student), ("teachers", ted)):
        address = at(oak, f"{one.key}/{page}/")
        told += [browser.post(address, {"people": [str(person.key)]}, follow=True) for _ in range(2)]

    assert [str(message) for page in told for message in page.context["messages"]] == [
        "1 student is enrolled.",
        "No student was added. 1 was in the class already.",
        "1 co-teacher is added.",
        "No co-teacher was added. 1 was in the class already.",
    ]
    with scope.within(cast.ferndale.pk):
        happened = Event.objects.filter(what__in=["class.enrolled", "class.co-teachers-added"]).order_by("pk")
        assert [event.detail["people"] for event in happened] == [[student.key], [ted.key]]


def test_those_who_can_be_enrolled_are_the_others_and_are_searched(cast: Cast, oak: Records, elm: Records) -> None:
    one = maths(cast, oak)
    oak.enroll(oak.person("S1", name="Ana In"), one)
    oak.person("S2", name="Ben Out", grades="05")
    oak.person("S3", name="Cleo Out", grades="06")
    elm.person("S4", name="Elmo Elsewhere")
    browser = signed_in(cast.oak_admin)

    def names(query: str) -> list[str]:
        return [name for _, name, _ in browser.get(at(oak, f"{one.key}/enroll/{query}")).context["rows"]]

    assert names("") == ["Out, Ben", "Out, Cleo"]
    assert names("?q=cleo") == ["Out, Cleo"]
    assert names("?grade=05") == ["Out, Ben"]


def test_all_who_match_are_enrolled_at_once_from_whatever_page(cast: Cast, oak: Records) -> None:
    one = oak.a_class("Maths")
    fifth = {oak.person(f"S{number}", grades="05").key for number in range(51)}
    oak.person("T6", grades="06")
    browser, address = signed_in(cast.oak_admin), at(oak, f"{one.key}/enroll/")

    offered = browser.get(f"{address}?grade=05&page=2").text
    page = browser.post(f"{address}?grade=05&page=2", {"all": "51"}, follow=True)

    assert 'name="all" value="51">Enroll all 51 who match</button>' in offered
    assert "51 students are enrolled." in page.text
    with scope.within(cast.ferndale.pk):
        (event,) = Event.objects.filter(what="class.enrolled")
        assert set(event.detail["people"]) == fifth


@pytest.mark.parametrize(
    ("query", "shown"), [("?grade=05", "52"), ("", "52"), ("?grade=nonsense", "52"), ("?grade=05", "0")]
)
def test_all_who_match_are_those_that_were_shown_and_never_the_whole_school(
    cast: Cast, oak: Records, query: str, shown: str
) -> None:
    one = oak.a_class("Maths")
    for number in range(51):
        oak.person(f"S{number}", grades="05")
    oak.person("T6", grades="06")
    browser, address = signed_in(cast.oak_admin), at(oak, f"{one.key}/enroll/{query}")

    page = browser.post(address, {"all": shown})

    assert "The list has changed meanwhile. Look at it again, and choose once more." in page.text
    assert ('name="all"' in page.text) is (query == "?grade=05")
    with scope.within(cast.ferndale.pk):
        assert not Enrollment.objects.exists()


def test_a_student_of_last_year_joins_this_one_by_being_enrolled(cast: Cast, oak: Records) -> None:
    ana = oak.person("S1")
    with scope.within(cast.ferndale.pk):
        now = SchoolYear.objects.get()
        last = SchoolYear.objects.create(
            district=cast.ferndale,
            name="Last year",
            first_day=now.first_day - timedelta(days=300),
            last_day=now.first_day - timedelta(days=1),
        )
    oak.enroll(ana, oak.a_class("Old Maths", year=last))
    one = maths(cast, oak)

    actions.enroll(by=cast.oak_admin, school=oak.school, of_class=one, keys=[ana.key])

    page = signed_in(cast.oak_admin).get(f"/d/ferndale/schools/{cast.oak.pk}/students/{ana.key}/")
    assert [(row["name"], row["year"]) for row in page.context["classes"]] == [
        ("Maths", "This year"),
        ("Old Maths", "Last year"),
    ]


@pytest.mark.parametrize("keys", [[], ["12345"], ["nonsense"]])
def test_nobody_ticked_and_nobody_there_is_said(cast: Cast, oak: Records, keys: list[str]) -> None:
    one = maths(cast, oak)

    page = signed_in(cast.oak_admin).post(at(oak, f"{one.key}/enroll/"), {"people": keys})

    assert page.status_code == 200
    assert page.context["form"].errors


def test_students_of_another_school_and_teachers_are_not_enrolled(cast: Cast, oak: Records, elm: Records) -> None:
    one = maths(cast, oak)
    with scope.within(cast.ferndale.pk):
        tess = Person.objects.get(source_id="T1")

    for person in (elm.person("S1"), tess):
        with pytest.raises(Refused, match="not at the school"):
            actions.enroll(by=cast.oak_admin, school=oak.school, of_class=one, keys=[person.key])


def test_removed_student_can_be_enrolled_again(cast: Cast, oak: Records) -> None:
    one = maths(cast, oak)
    ana = oak.person("S1")
    enrollment = oak.enroll(ana, one)
    browser = signed_in(cast.oak_admin)

    browser.post(at(oak, f"{one.key}/remove/{enrollment.key}/"))
    assert who_is_in(one) == [("T1", "Primary teacher")]

    browser.post(at(oak, f"{one.key}/enroll/"), {"people": [str(ana.key)]})
    assert who_is_in(one) == [("T1", "Primary teacher"), ("S1", "Student")]


def test_primary_teacher_is_not_removed(cast: Cast, oak: Records) -> None:
    one = maths(cast, oak)
    with scope.within(cast.ferndale.pk):
        enrollment = Enrollment.objects.get()

    page = signed_in(cast.oak_admin).post(at(oak, f"{one.key}/remove/{enrollment.key}/"), follow=True)

    assert "A class needs a primary teacher" in page.text
    assert who_is_in(one) == [("T1", "Primary teacher")]


def test_enrollment_of_another_class_is_not_reached_through_this_one(cast: Cast, oak: Records, elm: Records) -> None:
    one = maths(cast, oak)
    theirs = elm.enroll(elm.person("S1"), elm.a_class("Elm's"))

    assert signed_in(cast.oak_admin).post(at(oak, f"{one.key}/remove/{theirs.key}/")).status_code == 404


def test_archived_class_has_nobody_and_restored_everybody(cast: Cast, oak: Records) -> None:
    one = maths(cast, oak)
    oak.enroll(oak.person("S1"), one)
    browser = signed_in(cast.oak_admin)

    browser.post(at(oak, f"{one.key}/archive/"))
    with scope.within(cast.ferndale.pk):
        assert not Enrollment.objects.filter(is_active=True).exists()
    assert browser.get(at(oak, "")).context["rows"] == []
    told = browser.get(at(oak, f"{one.key}/")).context
    assert (len(told["teachers"]), len(told["students"])) == (1, 1)  # those who come back with it
    with pytest.raises(Refused, match="Restore it first"):
        actions.enroll(by=cast.oak_admin, school=oak.school, of_class=one, keys=[1])

    browser.post(at(oak, f"{one.key}/restore/"))
    assert who_is_in(one) == [("T1", "Primary teacher"), ("S1", "Student")]


def test_before_a_class_is_archived_it_is_said_whose_enrollments_end(cast: Cast, oak: Records) -> None:
    one = maths(cast, oak)
    for number in ("S1", "S2"):
        oak.enroll(oak.person(number), one)

    page = signed_in(cast.oak_admin).get(at(oak, f"{one.key}/archive/"))

    assert "its enrollments end with it: 1 teacher, 2 students." in page.text
    assert "nobody" not in page.text


def test_class_without_anybody_is_said_to_be_so_before_it_is_archived(cast: Cast, oak: Records) -> None:
    one = oak.a_class("Empty")

    page = signed_in(cast.oak_admin).get(at(oak, f"{one.key}/archive/"))

    assert "Nobody is enrolled in it." in page.text


def test_class_that_is_archived_already_is_not_asked_about(cast: Cast, oak: Records) -> None:
    one = maths(cast, oak)
    oak.enroll(oak.person("S1"), one)
    actions.archive_class(by=cast.oak_admin, school=oak.school, of_class=one)

    page = signed_in(cast.oak_admin).get(at(oak, f"{one.key}/archive/"), follow=True)

    assert page.request["PATH_INFO"] == at(oak, f"{one.key}/")
    assert "Maths is archived already." in page.text


def test_archived_class_is_restored_before_it_is_edited(cast: Cast, oak: Records) -> None:
    """The page offers to edit it no more, but another tab may."""
    one = maths(cast, oak)
    a_teacher(cast, oak, 2, "Ted")
    actions.archive_class(by=cast.oak_admin, school=oak.school, of_class=one)
    said = {"className": "Art", "primaryTeacher": "ted@ferndale.example", "grade": "", "subject": ""}

    page = signed_in(cast.oak_admin).post(at(oak, f"{one.key}/edit/"), said)

    assert "Maths is archived. Restore it first." in page.text
    with scope.within(cast.ferndale.pk):
        assert Class.objects.get().title == "Maths"
        assert not Enrollment.objects.filter(is_active=True).exists()


@pytest.mark.parametrize("page", ["edit", "enroll", "teachers"])
def test_form_of_an_archived_class_leads_to_where_it_is_restored(cast: Cast, oak: Records, page: str) -> None:
    one = maths(cast, oak)
    actions.archive_class(by=cast.oak_admin, school=oak.school, of_class=one)

    answer = signed_in(cast.oak_admin).get(at(oak, f"{one.key}/{page}/"), follow=True)

    assert answer.redirect_chain == [(at(oak, f"{one.key}/"), 302)]
    assert "Maths is archived. Restore it first." in answer.text
    assert "Restore …" in answer.text


def test_class_is_not_restored_beside_one_of_the_same_name_and_teacher(cast: Cast, oak: Records) -> None:
    first = maths(cast, oak)
    actions.archive_class(by=cast.oak_admin, school=oak.school, of_class=first)
    second = maths(cast, oak)
    browser = signed_in(cast.oak_admin)

    page = browser.post(at(oak, f"{first.key}/restore/"))

    assert (
        "There is another class Maths with the same primary teacher in this school year. Rename that one or archive it "
        "before you restore this one." in page.text
    )
    renamed = {"className": "Maths 2", "primaryTeacher": "tess@ferndale.example", "grade": "", "subject": ""}
    actions.change_class(by=cast.oak_admin, school=oak.school, of_class=second, record=renamed)
    assert browser.post(at(oak, f"{first.key}/restore/")).status_code == 302
    assert who_is_in(first) == [("T1", "Primary teacher")]


def test_nor_beside_one_whose_teacher_comes_back_later(cast: Cast, oak: Records) -> None:
    first = maths(cast, oak)
    actions.archive_class(by=cast.oak_admin, school=oak.school, of_class=first)
    maths(cast, oak)
    with scope.within(cast.ferndale.pk):
        tess = Person.objects.get(source_id="T1")
    actions.archive_person(by=cast.oak_admin, school=oak.school, person=tess)

    with pytest.raises(Refused, match="There is another class Maths"):
        actions.restore_class(by=cast.oak_admin, school=oak.school, of_class=first)


@pytest.mark.parametrize("other", [{"title": "Art"}, {"classCode": "MA-2"}, {"schoolSourcedId": "elm"}])
def test_class_is_restored_beside_one_that_is_told_apart(cast: Cast, oak: Records, other: dict[str, str]) -> None:
    """Two of a district's own system may differ in nothing but their code."""
    tess = oak.person("T1", "teacher")
    first = oak.a_class("m1", title="Maths", classCode="MA-1")
    second = oak.a_class("m2", **({"title": "Maths", "classCode": "MA-1"} | other))
    oak.enroll(tess, first, "teacher", primary=True)
    oak.enroll(tess, second, "teacher", primary=True)
    actions.archive_class(by=cast.oak_admin, school=oak.school, of_class=first)

    actions.restore_class(by=cast.oak_admin, school=oak.school, of_class=first)

    assert who_is_in(first) == [("T1", "Primary teacher")]


@pytest.mark.parametrize("who", ["oak_admin", "outsider"])
def test_who_does_not_look_after_the_school_is_refused(cast: Cast, elm: Records, who: str) -> None:
    one = maths(cast, elm)
    by = getattr(cast, who)

    with pytest.raises(Refused):
        actions.archive_class(by=by, school=elm.school, of_class=one)
    for rest in ("edit/", "archive/", "restore/", "enroll/", "teachers/"):
        assert signed_in(by).post(at(elm, f"{one.key}/{rest}")).status_code == 404
