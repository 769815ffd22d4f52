"""The pages of a school: each on a phone and on a wide screen, and the way through them without a mouse."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from homeroom.districts import scope
from homeroom.districts.models import SchoolYear
from homeroom.roster import actions
from homeroom.roster.models import Class, Origin, Person
from tests.journeys.browser import SignedIn, assert_is_fine, assert_opens_fine
from tests.journeys.test_by_keyboard import focused, tab_to
from tests.people import Cast
from tests.roster.conftest import oak
from tests.roster.records import Records

__all__ = ["oak"]  # fixtures are found where they are imported


@dataclass(frozen=True)
class Roster:
    """Who is at Oak Elementary."""

    ana: Person
    """In Maths 5."""
    ben: Person
    tess: Person
    """Primary teacher of Maths 5."""
    maths: Class

    @property
    def keys(self) -> dict[str, int]:
        return {"ana": self.ana.key, "tess": self.tess.key, "maths": self.maths.key}


@pytest.fixture
def roster(cast: Cast, oak: Records) -> Roster:
    by, school = cast.oak_admin, oak.school
    staff = {
        "sourcedId": "T1001",
        "firstName": "Tess",
        "lastName": "Day",
        "email": "tess.day@ferndale.example",
        "role": "teacher",
        "username": "tess.day",
        "password": "secret-word-1",
    }
    tess = actions.create_person(by=by, school=school, kind="staff", record=staff)
    oak.person("T1002", "administrator", name="Ada Boss", email="ada.boss@ferndale.example", username="ada.boss")
    oak.person("T1003", "teacher", name="Ted Ray", email="ted.ray@ferndale.example", username="ted.ray")
    student = {"sourcedId": "S2001", "firstName": "Ana", "lastName": "Lopez", "grade": "05", "username": "ana.lopez"}
    ana = actions.create_person(
        by=by, school=school, kind="students", record=student | {"password": "secret-word-2", "email": ""}
    )
    ben = oak.person("S2002", name="Ben Moss", grades="05", username="ben.moss")
    oak.person("S2003", name="Cleo Nkemelu-Featherstonehaugh", grades="KG", username="cleo.nkemelu-featherstonehaugh")
    with scope.within(cast.ferndale.pk):
        year = SchoolYear.objects.get()
    maths = actions.create_class(
        by=by,
        school=school,
        year=year,
        record={"className": "Maths 5", "primaryTeacher": str(tess.email), "grade": "05", "subject": "Mathematics"},
    )
    actions.enroll(by=by, school=school, of_class=maths, keys=[ana.key])
    return Roster(ana, ben, tess, maths)


#: Of each page below a school its address, and the heading by which one sees that it is the one.
PAGES = {
    "students": ("students/", "Students"),
    "students-of-all-kinds": ("students/?status=all&sort=-name", "Students"),
    "students-none-found": ("students/?q=nothing", "Students"),
    "student": ("students/{ana}/", "Ana Lopez"),
    "student-new": ("students/new/", "Create a student"),
    "student-edit": ("students/{ana}/edit/", "Edit Ana Lopez"),
    "student-archive": ("students/{ana}/archive/", "Archive Ana Lopez?"),
    "student-restore": ("students/{ana}/restore/", "Restore Ana Lopez?"),
    "student-password": ("students/{ana}/password/", "Reset the password of Ana Lopez?"),
    "staff": ("staff/", "Staff"),
    "staff-user": ("staff/{tess}/", "Tess Day"),
    "staff-user-new": ("staff/new/", "Create a staff user"),
    "staff-user-password": ("staff/{tess}/password/", "Reset the password of Tess Day?"),
    "classes": ("classes/", "Classes"),
    "class": ("classes/{maths}/", "Maths 5"),
    "class-new": ("classes/new/", "Create a class"),
    "class-edit": ("classes/{maths}/edit/", "Edit Maths 5"),
    "class-archive": ("classes/{maths}/archive/", "Archive Maths 5?"),
    "class-restore": ("classes/{maths}/restore/", "Restore Maths 5?"),
    "class-enroll": ("classes/{maths}/enroll/", "Enroll students in Maths 5"),
    "class-teachers": ("classes/{maths}/teachers/", "Add co-teachers to Maths 5"),
}
OF_AN_EMPTY_SCHOOL = {
    "students-empty": ("students/", "Students"),
    "staff-empty": ("staff/", "Staff"),
    "classes-empty": ("classes/", "Classes"),
    "class-new-without-teachers": ("classes/new/", "Create a class"),
}


def at(cast: Cast, rest: str) -> str:
    return f"/d/ferndale/schools/{cast.oak.pk}/{rest}"


def test_pages_of_a_school(cast: Cast, roster: Roster, signed_in: SignedIn, subtests: pytest.Subtests) -> None:
    page = signed_in(cast.oak_admin)

    for name, (address, heading) in PAGES.items():
        with subtests.test(name):
            assert_opens_fine(page, at(cast, address.format(**roster.keys)), name, heading=heading)


def test_pages_of_a_school_where_nobody_is_yet(
    cast: Cast, oak: Records, signed_in: SignedIn, subtests: pytest.Subtests
) -> None:
    page = signed_in(cast.district_admin)

    for name, (address, heading) in OF_AN_EMPTY_SCHOOL.items():
        with subtests.test(name):
            assert_opens_fine(page, at(cast, address), name, heading=heading)


def test_lists_of_an_automated_district(cast: Cast, signed_in: SignedIn) -> None:
    synced = Records(cast.ferndale, cast.oak, Origin.SYNC)
    synced.person("1c0ffee0-0000-4000-8000-000000000001", name="Ana Lopez", identifier="200001", grades="05")
    Records(cast.ferndale, cast.oak).person("by-hand", name="Ben Moss")
    page = signed_in(cast.district_admin)

    assert_opens_fine(page, at(cast, "students/"), "students-synced", heading="Students")
    expect(page.get_by_text("Unsynced", exact=True)).to_be_visible()


def test_options_open_over_the_list(cast: Cast, roster: Roster, signed_in: SignedIn, size: str) -> None:
    page = signed_in(cast.oak_admin)

    page.goto(at(cast, "students/"))
    page.get_by_text("Options").click()

    expect(page.get_by_role("link", name="Create Student")).to_be_visible()
    assert_is_fine(page, "students-options", size, heading="Students")


def test_faults_of_a_form(cast: Cast, roster: Roster, signed_in: SignedIn, size: str) -> None:
    page = signed_in(cast.oak_admin)

    page.goto(at(cast, "students/new/"))
    page.get_by_label("Student ID").fill("S 2")
    page.get_by_label("Username").fill("ana.lopez")
    page.get_by_role("button", name="Create").click()

    expect(page.get_by_text("is already in use")).to_be_visible()
    assert_is_fine(page, "student-new-refused", size, heading="Create a student")


def test_new_password_to_print(cast: Cast, roster: Roster, signed_in: SignedIn, size: str) -> None:
    page = signed_in(cast.oak_admin)

    page.goto(at(cast, f"students/{roster.ana.key}/password/"))
    page.get_by_role("button", name="Reset password").click()

    expect(page.get_by_text("it is shown this once")).to_be_visible()
    expect(page.get_by_role("button", name="Print")).to_be_visible()
    assert_is_fine(page, "student-password-new", size, heading="Ana Lopez")


def test_from_the_list_to_an_enrolled_student_without_a_mouse(cast: Cast, roster: Roster, signed_in: SignedIn) -> None:
    page = signed_in(cast.oak_admin)
    page.goto("/d/ferndale/")
    tab_to(page, "Students")
    page.keyboard.press("Enter")
    page.wait_for_url("**/students/")

    tab_to(page, "Options")
    page.keyboard.press("Enter")
    tab_to(page, "Create Student")
    page.keyboard.press("Escape")
    assert focused(page) == "Options"
    assert not page.get_by_role("link", name="Create Student").is_visible()
    tab_to(page, "Name, ID")
    page.keyboard.type("ben")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=ben**")
    expect(page.get_by_role("link", name="Moss, Ben")).to_be_visible()
    assert not page.get_by_role("link", name="Lopez, Ana").is_visible()

    page.goto(at(cast, "classes/"))
    tab_to(page, "Maths 5")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{roster.maths.key}/")
    tab_to(page, "Enroll students")
    page.keyboard.press("Enter")
    page.wait_for_url("**/enroll/")
    tab_to(page, "Moss, Ben")
    page.keyboard.press("Space")
    tab_to(page, "Enroll")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{roster.maths.key}/")

    expect(page.get_by_text("1 student is enrolled.")).to_be_visible()
    expect(page.get_by_role("link", name="Moss, Ben")).to_be_visible()
