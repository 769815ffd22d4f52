"""Classes of a school: which stand there, who teaches and learns in them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from homeroom.districts import actions, scope
from homeroom.districts.models import SchoolYear
from homeroom.roster.belonging import keys_of
from homeroom.roster.models import Class, Enrollment
from homeroom.roster.store import snapshots
from tests.people import Cast, signed_in
from tests.roster.records import Records
from tests.roster.rosters import bring, make

pytestmark = pytest.mark.django_db


def last_year(cast: Cast) -> SchoolYear:
    with scope.within(cast.ferndale.pk):
        this_year = SchoolYear.objects.get()
        begin = this_year.first_day - timedelta(days=300)
        end = this_year.first_day - timedelta(days=30)
        return SchoolYear.objects.create(district=cast.ferndale, name="Last year", first_day=begin, last_day=end)


def classes(of: Records, query: str = "") -> str:
    return f"/d/ferndale/schools/{of.school.pk}/classes/{query}"


def names_on(page: Any) -> list[str]:
    return [row["name"] for row in page.context["rows"]]


def test_a_class_stands_there_with_its_teacher_and_how_many_learn_in_it(cast: Cast, oak: Records) -> None:
    maths = oak.a_class("Maths", grades="05", subjects="Mathematics")
    oak.enroll(oak.person("T1", "teacher", name="Ann First"), maths, "teacher")
    oak.enroll(oak.person("T2", "teacher", name="Tess Primary"), maths, "teacher", primary=True)
    for student in ("S1", "S2"):
        oak.enroll(oak.person(student), maths)

    (row,) = signed_in(cast.oak_admin).get(classes(oak)).context["rows"]

    assert row["teacher"] == "Primary, Tess"
    assert (row["more_teachers"], row["students"]) == (1, 2)
    assert (row["grades"], row["subjects"]) == (["05"], ["Mathematics"])


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Art", "Biology"]),
        ("?year=all", ["Art", "Biology", "Old Art"]),
        ("?q=art&year=all", ["Art", "Old Art"]),
        ("?grade=05", ["Biology"]),
        ("?status=not-active", ["Chess"]),
        ("?sort=-name", ["Biology", "Art"]),
        ("?sort=subject", ["Biology", "Art"]),
        ("?year=nonsense", ["Art", "Biology"]),
    ],
)
def test_classes_are_searched_filtered_and_sorted(cast: Cast, oak: Records, query: str, found: list[str]) -> None:
    oak.a_class("Art")
    oak.a_class("Biology", grades="04,05", subjects="Science")
    oak.a_class("Old Art", year=last_year(cast))
    chess = oak.a_class("Chess")
    with scope.within(cast.ferndale.pk):
        Class.objects.filter(key=chess.key).update(is_active=False)

    assert names_on(signed_in(cast.oak_admin).get(classes(oak, query))) == found


def test_a_school_year_is_chosen(cast: Cast, oak: Records) -> None:
    year = last_year(cast)
    oak.a_class("Art")
    oak.a_class("Old Art", year=year)

    assert names_on(signed_in(cast.oak_admin).get(classes(oak, f"?year={year.pk}"))) == ["Old Art"]


def test_without_a_current_school_year_it_is_said_and_all_classes_stand_there(cast: Cast, oak: Records) -> None:
    oak.a_class("Old Art")
    with scope.within(cast.ferndale.pk):
        SchoolYear.objects.update(last_day=cast.ferndale.today() - timedelta(days=1))

    page = signed_in(cast.oak_admin).get(classes(oak))

    assert names_on(page) == ["Old Art"]
    assert "No school year contains today" in page.text


def test_a_class_s_own_page_names_teachers_and_students(cast: Cast, oak: Records) -> None:
    maths = oak.a_class("Maths", subjects="Mathematics")
    tess = oak.person("T1", "teacher", name="Tess Primary", email="tess@ferndale.example")
    oak.enroll(tess, maths, "teacher", primary=True)
    ana = oak.person("S1", name="Ana Lopez", grades="05")
    oak.enroll(ana, maths)

    page = signed_in(cast.oak_admin).get(classes(oak, f"{maths.key}/"))

    for told in ("Maths", "Mathematics", "This year", "Primary, Tess", "Primary teacher", "tess@ferndale.example"):
        assert told in page.text
    assert f'href="/d/ferndale/schools/{cast.oak.pk}/students/{ana.key}/"><bdi>Lopez, Ana</bdi></a>' in page.text


def test_who_is_no_longer_there_is_in_no_class(cast: Cast, oak: Records) -> None:
    maths = oak.a_class("Maths")
    ended = oak.enroll(oak.person("S1"), maths)
    with scope.within(cast.ferndale.pk):
        Enrollment.objects.filter(key=ended.key).update(is_active=False)

    assert signed_in(cast.oak_admin).get(classes(oak, f"{maths.key}/")).context["students"] == []


@pytest.mark.parametrize("has_snapshot", [True, False])
@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_synced_enrollments_are_found_with_and_without_the_file_of_the_last_sync(
    cast: Cast, tmp_path: Path, version: str, has_snapshot: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = make(tmp_path, version=version)
    roster = files.roster()
    bring(cast.ferndale, roster, files.work, sync_id=1, version=version)
    enrolled = roster.tables["enrollments"].rows.collect()
    name = enrolled["classSourcedId"][0]
    with scope.within(cast.ferndale.pk):
        one = Class.objects.get(key=keys_of([name])[0])
    school = actions.add_school(
        by=cast.operator, district=cast.ferndale, name="Theirs", source_id=str(one.school_sourced_id)
    )
    if not has_snapshot:
        monkeypatch.setattr(snapshots, "kept_keys", lambda *_: None)

    page = signed_in(cast.district_admin).get(f"/d/ferndale/schools/{school.pk}/classes/{one.key}/")

    told = [*page.context["teachers"], *page.context["students"], *page.context["others"]]
    assert len(told) == len(enrolled.filter(classSourcedId=name)) > 0
    person = told[0]["enrollment"].user_sourced_id
    section = "staff" if told[0] in page.context["teachers"] else "students"
    theirs = signed_in(cast.district_admin).get(f"/d/ferndale/schools/{school.pk}/{section}/{keys_of([person])[0]}/")
    assert one.title in [row["name"] for row in theirs.context["classes"]]


@pytest.mark.parametrize("who", ["oak_admin", "outsider"])
def test_a_class_is_not_there_for_who_does_not_look_after_the_school(cast: Cast, oak: Records, who: str) -> None:
    elm = Records(cast.ferndale, cast.elm)
    one = elm.a_class("Elm's")

    browser = signed_in(getattr(cast, who))

    assert browser.get(classes(elm)).status_code == 404
    assert browser.get(classes(elm, f"{one.key}/")).status_code == 404


def test_a_class_is_found_in_its_own_school_only(cast: Cast, oak: Records) -> None:
    one = Records(cast.ferndale, cast.elm).a_class("Elm's")

    assert signed_in(cast.district_admin).get(classes(oak, f"{one.key}/")).status_code == 404
