"""Students and staff users by hand: create, edit, archive, restore, a new password. The rules are those of uploads."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.hashers import check_password
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError, connection
from pytest_django import Settings

from homeroom.accounts.models import User
from homeroom.audit.models import Event
from homeroom.districts import Refused, scope
from homeroom.districts.models import District, Membership, Role
from homeroom.roster import actions
from homeroom.roster.models import AddressInUse, Credential, Enrollment, Origin, Person
from tests.people import Cast, signed_in
from tests.roster.records import Records

pytestmark = pytest.mark.django_db

ANA = {
    "sourcedId": "S1",
    "firstName": "Ana",
    "middleName": "",
    "lastName": "Lopez",
    "email": "Ana@ferndale.example",
    "grade": "05",
    "username": "ana.lopez",
    "password": "secret-word-1",
}
TESS = {
    "sourcedId": "T1",
    "firstName": "Tess",
    "middleName": "",
    "lastName": "Day",
    "email": "tess@ferndale.example",
    "role": "teacher",
    "username": "tess.day",
    "password": "secret-word-2",
}


def at(of: Records, rest: str) -> str:
    return f"/d/ferndale/schools/{of.school.pk}/{rest}"


def the_person(district: District) -> Person:
    with scope.within(district.pk):
        return Person.objects.get()


def addresses(district: District) -> set[str]:
    with scope.within(district.pk):
        return set(AddressInUse.objects.values_list("address", flat=True))


def events(district: District, what: str) -> list[Event]:
    with scope.within(district.pk):
        return list(Event.objects.filter(district_id=district.pk, what=what))


def ana_at(oak: Records, cast: Cast) -> Person:
    return actions.create_person(by=cast.oak_admin, school=oak.school, kind="students", record=ANA)


def tess_at(oak: Records, cast: Cast, **changed: str) -> Person:
    return actions.create_person(by=cast.oak_admin, school=oak.school, kind="staff", record=TESS | changed)


def without(record: dict[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in record.items() if name not in names}


def errors_on(page: Any) -> dict[str, list[str]]:
    return {name: list(map(str, said)) for name, said in page.context["form"].errors.items()}


def test_a_student_is_created_as_an_upload_would_create_one(cast: Cast, oak: Records) -> None:
    page = signed_in(cast.oak_admin).post(at(oak, "students/new/"), ANA, follow=True)

    ana = the_person(cast.ferndale)
    assert page.request["PATH_INFO"] == at(oak, f"students/{ana.key}/")
    assert (ana.source_id, ana.given_name, ana.family_name, ana.grades) == ("S1", "Ana", "Lopez", "05")
    assert (ana.role, ana.org_sourced_ids, ana.username, ana.origin) == ("student", "oak", "ana.lopez", Origin.HAND)
    assert addresses(cast.ferndale) == {"ana@ferndale.example"}
    with scope.within(cast.ferndale.pk):
        assert check_password("secret-word-1", Credential.objects.get(key=ana.key).password)
    (event,) = events(cast.ferndale, "student.created")
    assert (event.target_id, event.target_name, event.actor_name) == (str(ana.key), "", "Sam School")
    assert mail.outbox == []
    assert "Created a student" in page.text


def test_every_fault_stands_at_its_field_in_the_words_of_the_rules(cast: Cast, oak: Records) -> None:
    page = signed_in(cast.oak_admin).post(
        at(oak, "students/new/"),
        ANA | {"sourcedId": "S 1", "lastName": "", "grade": "", "email": "ana", "username": "ana", "password": "weak"},
    )

    assert set(errors_on(page)) == {"sourcedId", "lastName", "grade", "email", "username", "password"}
    assert errors_on(page)["password"] == [
        "password must have at least 8 characters, with at least one lower-case letter and one digit."
    ]
    assert "weak" not in page.text.replace("WeakMap", "")
    with scope.within(cast.ferndale.pk):
        assert not Person.objects.exists()


def test_nothing_filled_in_is_said_once(cast: Cast, oak: Records) -> None:
    page = signed_in(cast.oak_admin).post(at(oak, "students/new/"), {})

    assert errors_on(page) == {"__all__": ["Nothing is filled in yet."]}


def test_what_is_taken_cannot_be_taken_again(cast: Cast, oak: Records) -> None:
    ana_at(oak, cast)

    again = signed_in(cast.oak_admin).post(at(oak, "students/new/"), ANA)
    other = signed_in(cast.oak_admin).post(at(oak, "students/new/"), ANA | {"sourcedId": "S2"})

    assert set(errors_on(again)) == {"sourcedId"}
    assert errors_on(other)["email"] == ["email is already in use"]
    assert set(errors_on(other)) == {"email", "username"}


def test_an_e_mail_of_another_district_is_in_use_and_no_more_is_said(cast: Cast, oak: Records) -> None:
    ana_at(oak, cast)
    District.objects.filter(pk=cast.lakeside.pk).update(method="self-serve")

    page = signed_in(cast.outsider).post(f"/d/lakeside/schools/{cast.lakeside_school.pk}/students/new/", ANA)

    assert errors_on(page) == {"email": ["email is already in use"]}


def test_refused_record_keeps_no_e_mail_reserved(cast: Cast, oak: Records) -> None:
    signed_in(cast.oak_admin).post(at(oak, "students/new/"), ANA | {"grade": "99"})

    assert addresses(cast.ferndale) == set()


def test_a_teacher_gets_no_sign_in_and_a_school_administrator_one(cast: Cast, oak: Records) -> None:
    browser = signed_in(cast.oak_admin)
    browser.post(at(oak, "staff/new/"), TESS)
    browser.post(
        at(oak, "staff/new/"),
        TESS | {"sourcedId": "T2", "username": "ada.boss", "email": "ada@ferndale.example", "role": "school_admin"},
    )

    assert not User.objects.filter(email="tess@ferndale.example").exists()
    ada = User.objects.get(email="ada@ferndale.example")
    assert ada.check_password(TESS["password"])
    membership = cast.membership(ada)
    with scope.within(cast.ferndale.pk):
        assert (membership.role, list(membership.schools.all())) == (Role.SCHOOL_ADMIN, [cast.oak])
    assert [event.target_name for event in events(cast.ferndale, "staff-user.created")] == ["Tess Day", "Tess Day"]


def test_editing_changes_the_person_and_keeps_id_and_password(cast: Cast, oak: Records) -> None:
    ana = ana_at(oak, cast)
    record = without(ANA, "sourcedId", "password") | {"lastName": "Lee", "grade": "06", "email": "lee@ferndale.example"}

    page = signed_in(cast.oak_admin).post(at(oak, f"students/{ana.key}/edit/"), record, follow=True)

    changed = the_person(cast.ferndale)
    assert (changed.source_id, changed.family_name, changed.grades) == ("S1", "Lee", "06")
    assert addresses(cast.ferndale) == {"lee@ferndale.example"}
    assert len(events(cast.ferndale, "student.changed")) == 1
    assert "Changed a student" in page.text
    with scope.within(cast.ferndale.pk):
        assert check_password("secret-word-1", Credential.objects.get().password)


def test_editing_without_a_change_finds_nobody_in_the_way_and_is_no_event(cast: Cast, oak: Records) -> None:
    ana = ana_at(oak, cast)

    page = signed_in(cast.oak_admin).post(at(oak, f"students/{ana.key}/edit/"), without(ANA, "sourcedId", "password"))

    assert page.status_code == 302
    assert events(cast.ferndale, "student.changed") == []
    assert addresses(cast.ferndale) == {"ana@ferndale.example"}


def test_editing_is_judged_by_the_same_rules(cast: Cast, oak: Records) -> None:
    ana = ana_at(oak, cast)
    tess_at(oak, cast)
    record = without(ANA, "sourcedId", "password") | {"email": TESS["email"], "username": "TESS.day", "firstName": ""}

    page = signed_in(cast.oak_admin).post(at(oak, f"students/{ana.key}/edit/"), record)

    assert set(errors_on(page)) == {"email", "username", "firstName"}
    with scope.within(cast.ferndale.pk):
        assert Person.objects.get(source_id="S1").given_name == "Ana"


def test_a_teacher_who_becomes_school_administrator_signs_in_with_the_same_password(cast: Cast, oak: Records) -> None:
    tess = tess_at(oak, cast)
    record = without(TESS, "sourcedId", "password") | {"role": "school_admin"}

    signed_in(cast.oak_admin).post(at(oak, f"staff/{tess.key}/edit/"), record)

    assert User.objects.get(email=TESS["email"]).check_password(TESS["password"])
    assert the_person(cast.ferndale).role == "administrator"


def test_who_becomes_school_administrator_and_gets_another_e_mail_signs_in_with_the_new_one(
    cast: Cast, oak: Records
) -> None:
    tess = tess_at(oak, cast)
    record = without(TESS, "sourcedId", "password") | {"role": "school_admin", "email": "new@ferndale.example"}

    page = signed_in(cast.oak_admin).post(at(oak, f"staff/{tess.key}/edit/"), record, follow=True)

    assert User.objects.filter(email__in=[TESS["email"], "new@ferndale.example"]).get().email == "new@ferndale.example"
    assert [str(message) for message in page.context["messages"]] == ["Saved."]


def test_new_e_mail_of_who_signs_in_leaves_the_sign_in_and_says_so(cast: Cast, oak: Records) -> None:
    ada = tess_at(oak, cast, role="school_admin")
    browser, edit = signed_in(cast.oak_admin), at(oak, f"staff/{ada.key}/edit/")
    record = without(TESS, "sourcedId", "password") | {"role": "school_admin"}

    unchanged = browser.post(edit, record, follow=True)
    asked = browser.get(edit)
    changed = browser.post(edit, record | {"email": "ada.new@ferndale.example"}, follow=True)

    assert [str(message) for message in unchanged.context["messages"]] == ["Saved."]
    assert f"signs in on these pages with {TESS['email']}. That stays if you change the e-mail here." in asked.text
    (said,) = changed.context["messages"]
    assert str(said).startswith(f"Saved. On these pages Tess Day still signs in with {TESS['email']}: under People,")
    assert the_person(cast.ferndale).email == "ada.new@ferndale.example"
    assert User.objects.get(email=TESS["email"]).check_password(TESS["password"])
    assert not User.objects.filter(email="ada.new@ferndale.example").exists()


def test_new_password_of_who_signs_in_leaves_the_sign_in_and_says_so(cast: Cast, oak: Records) -> None:
    ada = tess_at(oak, cast, role="school_admin")
    browser, reset = signed_in(cast.oak_admin), at(oak, f"staff/{ada.key}/password/")

    asked, answer = browser.get(reset), browser.post(reset, {"way": "show"})

    assert f"For these pages nothing changes: here Tess Day signs in with {TESS['email']}" in asked.text
    account = User.objects.get(email=TESS["email"])
    assert account.check_password(TESS["password"])
    assert not account.check_password(answer.context["password"])


@pytest.mark.parametrize("whose", ["district_admin", "operator", "outsider"])
def test_record_with_the_e_mail_of_a_mightier_account_is_no_way_into_it(cast: Cast, oak: Records, whose: str) -> None:
    """Nor does a School Administrator learn from it who signs in where."""
    account = getattr(cast, whose)
    record = oak.person("T9", "teacher", email=account.email, username="mighty.one")
    before = account.password

    page = signed_in(cast.oak_admin).get(at(oak, f"staff/{record.key}/password/"))
    signed_in(cast.oak_admin).post(at(oak, f"staff/{record.key}/password/"), {"way": "show"})

    account.refresh_from_db()
    assert account.password == before
    assert "signs in with" not in page.text
    assert "signs in on these pages, too, the password for that stays" in page.text


def test_who_signs_in_as_school_administrator_stays_one_until_that_is_ended(cast: Cast, oak: Records) -> None:
    ada = tess_at(oak, cast, role="school_admin")

    page = signed_in(cast.oak_admin).post(at(oak, f"staff/{ada.key}/edit/"), without(TESS, "sourcedId", "password"))

    assert "signs in here as School Administrator" in page.text
    assert the_person(cast.ferndale).role == "administrator"


def test_archived_person_is_in_no_class_and_restored_in_the_same_ones(cast: Cast, oak: Records) -> None:
    ana = ana_at(oak, cast)
    maths, art, left = oak.a_class("Maths"), oak.a_class("Art"), oak.a_class("Left")
    for one in (maths, art):
        oak.enroll(ana, one)
    removed = oak.enroll(ana, left)
    actions.remove_from_class(by=cast.oak_admin, school=oak.school, of_class=left, enrollment=removed)
    browser = signed_in(cast.oak_admin)

    browser.post(at(oak, f"students/{ana.key}/archive/"))
    with scope.within(cast.ferndale.pk):
        assert not Person.objects.get().is_active
        assert not Enrollment.objects.filter(is_active=True).exists()
    assert browser.get(at(oak, "students/")).context["rows"] == []
    told = browser.get(at(oak, f"students/{ana.key}/")).context["classes"]
    assert [row["name"] for row in told] == ["Art", "Maths"]  # those that come back, and not the one that was left

    actions.archive_class(by=cast.oak_admin, school=oak.school, of_class=art)
    browser.post(at(oak, f"students/{ana.key}/restore/"))
    with scope.within(cast.ferndale.pk):
        assert Person.objects.get().is_active
        active = Enrollment.objects.filter(is_active=True)
        assert [one.class_sourced_id for one in active] == ["Maths"]

    actions.restore_class(by=cast.oak_admin, school=oak.school, of_class=art)
    with scope.within(cast.ferndale.pk):
        assert {one.class_sourced_id for one in Enrollment.objects.filter(is_active=True)} == {"Maths", "Art"}
        assert not Enrollment.objects.exclude(metadata={}).exists()


def test_new_password_is_shown_once_and_works(cast: Cast, oak: Records) -> None:
    ana = ana_at(oak, cast)
    browser = signed_in(cast.oak_admin)
    form = browser.get(at(oak, f"students/{ana.key}/password/"))

    answer = browser.post(at(oak, f"students/{ana.key}/password/"), {"way": "show"})

    assert "Send it" not in form.text
    with scope.within(cast.ferndale.pk):
        assert check_password(answer.context["password"], Credential.objects.get().password)
    assert answer.context["password"] in answer.text
    assert "no-store" in answer.headers["Cache-Control"]
    assert len(events(cast.ferndale, "student.password-reset")) == 1
    assert answer.context["password"] not in str(events(cast.ferndale, "student.password-reset")[0].detail)


def test_new_passwords_are_as_the_templates_ask(cast: Cast, oak: Records) -> None:
    for number in range(20):
        record = ANA | {
            "sourcedId": f"S{number}",
            "email": "",
            "username": f"username{number}",
            "password": actions.new_password(),
        }
        actions.create_person(by=cast.oak_admin, school=oak.school, kind="students", record=record)

    with scope.within(cast.ferndale.pk):
        assert Person.objects.count() == 20


def test_staff_may_get_it_by_e_mail(cast: Cast, oak: Records, settings: Settings) -> None:
    settings.EMAIL_HOST = "mail.example.org"
    tess = tess_at(oak, cast)

    page = signed_in(cast.oak_admin).post(at(oak, f"staff/{tess.key}/password/"), {"way": "send"}, follow=True)

    (sent,) = mail.outbox
    assert sent.to == ["tess@ferndale.example"]
    password = str(sent.body).split("New password: ")[1].split()[0]
    with scope.within(cast.ferndale.pk):
        assert check_password(password, Credential.objects.get().password)
    assert password not in page.text


def test_without_a_mail_server_no_password_is_written_into_an_e_mail(cast: Cast, oak: Records) -> None:
    """It would lie in a file, or in the log, and reach nobody."""
    tess = tess_at(oak, cast)
    browser, page = signed_in(cast.oak_admin), at(oak, f"staff/{tess.key}/password/")

    assert "Send it to" not in browser.get(page).text
    assert browser.post(page, {"way": "send"}).context["form"].errors
    assert not mail.outbox


def test_password_that_cannot_be_mailed_is_shown(
    cast: Cast, oak: Records, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.EMAIL_HOST = "mail.example.org"

    def refuse(*_: object) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    tess = tess_at(oak, cast)

    page = signed_in(cast.oak_admin).post(at(oak, f"staff/{tess.key}/password/"), {"way": "send"})

    assert "could not be sent" in page.text
    assert page.context["password"] in page.text


def test_synced_record_is_not_changed_here(cast: Cast, oak: Records) -> None:
    theirs = Records(cast.ferndale, cast.oak, Origin.SYNC).person("S1")

    with pytest.raises(Refused, match="own system"):
        actions.archive_person(by=cast.oak_admin, school=oak.school, person=theirs)
    assert "Edit</a>" not in signed_in(cast.oak_admin).get(at(oak, f"students/{theirs.key}/")).text


def test_in_an_automated_district_nobody_changes_anything(cast: Cast) -> None:
    theirs = Records(cast.ferndale, cast.oak)
    ana = theirs.person("S1")
    browser = signed_in(cast.district_admin)

    for rest in ("new/", f"{ana.key}/edit/", f"{ana.key}/archive/", f"{ana.key}/restore/", f"{ana.key}/password/"):
        assert browser.get(at(theirs, f"students/{rest}")).status_code == 404
        assert browser.post(at(theirs, f"students/{rest}")).status_code == 404
    with pytest.raises(Refused, match="You may not"):
        actions.archive_person(by=cast.district_admin, school=cast.oak, person=ana)


@pytest.mark.parametrize("who", ["oak_admin", "outsider"])
def test_who_does_not_look_after_the_school_is_refused(cast: Cast, elm: Records, who: str) -> None:
    student = elm.person("S1")
    by = getattr(cast, who)

    with pytest.raises(Refused):
        actions.archive_person(by=by, school=elm.school, person=student)
    with pytest.raises(Refused):
        actions.create_person(by=by, school=elm.school, kind="students", record=ANA)
    with pytest.raises(Refused):
        actions.reset_password(by=by, school=elm.school, person=student)
    assert signed_in(by).post(at(elm, f"students/{student.key}/archive/")).status_code == 404
    with scope.within(cast.ferndale.pk):
        assert Person.objects.get().is_active


def test_a_person_of_another_school_is_not_reached_through_the_own_one(cast: Cast, oak: Records, elm: Records) -> None:
    student = elm.person("S1")

    with pytest.raises(Refused, match="not at Oak"):
        actions.archive_person(by=cast.oak_admin, school=oak.school, person=student)
    assert signed_in(cast.oak_admin).post(at(oak, f"students/{student.key}/archive/")).status_code == 404


def test_archiving_twice_is_said(cast: Cast, oak: Records) -> None:
    ana = ana_at(oak, cast)
    browser = signed_in(cast.oak_admin)
    browser.post(at(oak, f"students/{ana.key}/archive/"))

    assert "archived already" in browser.post(at(oak, f"students/{ana.key}/archive/")).text
    assert "Restore them first" in browser.post(at(oak, f"students/{ana.key}/password/"), {"way": "show"}).text
    with scope.within(cast.ferndale.pk):
        assert Membership.objects.exists()


def test_archived_person_is_restored_before_being_edited(cast: Cast, oak: Records) -> None:
    ana = ana_at(oak, cast)
    actions.archive_person(by=cast.oak_admin, school=oak.school, person=ana)
    said = without(ANA, "sourcedId", "password") | {"firstName": "Anna", "email": "anna@ferndale.example"}

    page = signed_in(cast.oak_admin).post(at(oak, f"students/{ana.key}/edit/"), said)

    assert "Ana Lopez is archived. Restore them first." in page.text
    assert the_person(cast.ferndale).given_name == "Ana"
    assert addresses(cast.ferndale) == {"ana@ferndale.example"}


@pytest.mark.parametrize("page", ["edit", "password"])
def test_form_of_an_archived_person_leads_to_where_they_are_restored(cast: Cast, oak: Records, page: str) -> None:
    ana = ana_at(oak, cast)
    actions.archive_person(by=cast.oak_admin, school=oak.school, person=ana)

    answer = signed_in(cast.oak_admin).get(at(oak, f"students/{ana.key}/{page}/"), follow=True)

    assert answer.redirect_chain == [(at(oak, f"students/{ana.key}/"), 302)]
    assert "Ana Lopez is archived. Restore them first." in answer.text
    assert "Restore …" in answer.text


def test_what_somebody_takes_at_the_same_moment_is_refused_in_words(
    cast: Cast, oak: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_late(*_: object, **__: object) -> None:
        raise IntegrityError

    monkeypatch.setattr("homeroom.roster.actions.people.create_people", too_late)

    page = signed_in(cast.oak_admin).post(at(oak, "students/new/"), ANA)

    assert "took this ID or this username at this moment" in page.text
    assert addresses(cast.ferndale) == set()


def test_username_is_looked_up_by_its_index_under_row_level_security(cast: Cast, oak: Records) -> None:
    """Not by reading everybody, which a function such as lower() would take."""
    ana_at(oak, cast)
    query = "select login from roster_person where district_id = %s and origin <> 'sync' and login = any(%s)"

    with scope.within(cast.ferndale.pk), connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off; set local enable_bitmapscan = off")
        cursor.execute(f"explain {query}", [cast.ferndale.pk, ["ana.lopez", "ben"]])
        plan = " ".join(line for (line,) in cursor.fetchall())
        cursor.execute(query, [cast.ferndale.pk, ["ana.lopez", "ben"]])
        assert cursor.fetchall() == [("ana.lopez",)]

    assert "Index Only Scan" in plan
    assert "(login = ANY" in plan.partition("Index Cond:")[2]
