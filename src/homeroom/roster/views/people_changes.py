"""Create, edit, archive and restore one student or staff user, and give them a new password."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.mail import send_mail
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache

from homeroom.districts.forms import ActionForm, posted
from homeroom.districts.permissions import DistrictRequest, allowed
from homeroom.roster import actions, belonging, words
from homeroom.roster.actions.people import record_of
from homeroom.roster.belonging import STUDENT
from homeroom.roster.forms import PasswordForm, StaffForm, StudentForm
from homeroom.roster.models import Origin, Person
from homeroom.roster.views.sections import STAFF, STUDENTS, Section, around, led_back, school_of


@allowed("roster.change")
def create_student(request: DistrictRequest) -> HttpResponse:
    return _create(request, STUDENTS)


@allowed("roster.change")
def create_staff_user(request: DistrictRequest) -> HttpResponse:
    return _create(request, STAFF)


def _create(request: DistrictRequest, section: Section) -> HttpResponse:
    form = _form(request, section, is_new=True)
    school, made = school_of(request), list[Person]()
    if form.carries_out(
        lambda said: made.append(actions.create_person(by=request.user, school=school, kind=section.kind, record=said))
    ):
        messages.success(request, f"Created: {words.full_name(made[0])}.")
        return redirect(section.page, request.district.slug, school.pk, made[0].key)
    return render(request, "roster/person_new.html", around(request, section) | {"form": form})


@allowed("roster.change")
def edit_student(request: DistrictRequest, student_key: int) -> HttpResponse:
    return _edit(request, STUDENTS, _student(request, student_key))


@allowed("roster.change")
def edit_staff_user(request: DistrictRequest, staff_key: int) -> HttpResponse:
    return _edit(request, STAFF, _staff_user(request, staff_key))


def _edit(request: DistrictRequest, section: Section, person: Person) -> HttpResponse:
    if back := led_back(request, section, person):
        return back
    form, about = _form(request, section, is_new=False, initial=record_of(person)), _about(request, section, person)
    if form.carries_out(
        lambda said: actions.change_person(
            by=request.user, school=school_of(request), person=person, shown=said.pop("shown"), record=said
        )
    ):
        messages.success(request, _saved(about, person, form.cleaned_data["email"]))
        return redirect(section.page, request.district.slug, school_of(request).pk, person.key)
    return render(request, "roster/person_edit.html", about | {"form": form})


def _saved(about: dict[str, Any], person: Person, email: str) -> str:
    """The sign-in of before stays: nobody takes over another person's account by way of the record."""
    if about["sign_in"] in ("", email.lower()):
        return "Saved."
    return (
        f"Saved. On these pages {words.full_name(person)} still signs in with {about['sign_in']}: under People, invite "
        "the new e-mail and end the old sign-in."
    )


@allowed("roster.change")
def archive_student(request: DistrictRequest, student_key: int) -> HttpResponse:
    return _archive(request, STUDENTS, _student(request, student_key))


@allowed("roster.change")
def archive_staff_user(request: DistrictRequest, staff_key: int) -> HttpResponse:
    return _archive(request, STAFF, _staff_user(request, staff_key))


def _archive(request: DistrictRequest, section: Section, person: Person) -> HttpResponse:
    form = ActionForm(posted(request))
    if form.carries_out(lambda _: actions.archive_person(by=request.user, school=school_of(request), person=person)):
        messages.success(request, f"{words.full_name(person)} is archived.")
        return redirect(section.page, request.district.slug, school_of(request).pk, person.key)
    return render(request, "roster/person_archive.html", _about(request, section, person) | {"form": form})


@allowed("roster.change")
def restore_student(request: DistrictRequest, student_key: int) -> HttpResponse:
    return _restore(request, STUDENTS, _student(request, student_key))


@allowed("roster.change")
def restore_staff_user(request: DistrictRequest, staff_key: int) -> HttpResponse:
    return _restore(request, STAFF, _staff_user(request, staff_key))


def _restore(request: DistrictRequest, section: Section, person: Person) -> HttpResponse:
    form = ActionForm(posted(request))
    if form.carries_out(lambda _: actions.restore_person(by=request.user, school=school_of(request), person=person)):
        messages.success(request, f"{words.full_name(person)} is active again.")
        return redirect(section.page, request.district.slug, school_of(request).pk, person.key)
    return render(request, "roster/person_restore.html", _about(request, section, person) | {"form": form})


@allowed("passwords.reset")
@never_cache
def reset_student_password(request: DistrictRequest, student_key: int) -> HttpResponse:
    return _reset_password(request, STUDENTS, _student(request, student_key))


@allowed("passwords.reset")
@never_cache
def reset_staff_password(request: DistrictRequest, staff_key: int) -> HttpResponse:
    return _reset_password(request, STAFF, _staff_user(request, staff_key))


def _reset_password(request: DistrictRequest, section: Section, person: Person) -> HttpResponse:
    """The answer to the form is the only place where the new password ever stands."""
    if not request.may("roster.change"):
        raise Http404  # where records are synced, passwords are the other system's
    if back := led_back(request, section, person):
        return back
    # Without a mail server a password would lie in a file, or in the log, and reach nobody.
    email = (person.email or "") if section is STAFF and settings.EMAIL_HOST else ""
    form = PasswordForm(posted(request), email=email, initial={"way": "show"})
    told: list[str] = []
    about = _about(request, section, person)
    if not form.carries_out(
        lambda _: told.append(actions.reset_password(by=request.user, school=school_of(request), person=person))
    ):
        return render(request, "roster/password.html", about | {"form": form})
    if form.cleaned_data["way"] == PasswordForm.SEND and _sent(person, told[0]):
        messages.success(request, f"The new password is on its way to {person.email}.")
        return redirect(section.page, request.district.slug, school_of(request).pk, person.key)
    return render(request, "roster/password_new.html", about | {"password": told[0], "way": form.cleaned_data["way"]})


def _sent(person: Person, password: str) -> bool:
    said = {"name": words.full_name(person), "username": person.username, "password": password}
    about = {"product": settings.HOMEROOM_PRODUCT, "district": person.district.name}
    body = render_to_string("roster/password_mail.txt", said | about)
    try:
        send_mail(f"Your new password for {settings.HOMEROOM_PRODUCT}", body, None, [str(person.email)])
    except OSError:  # the mail server's refusals are OSErrors, too
        return False
    return True


def _sign_in(request: DistrictRequest, person: Person) -> str:
    """The e-mail with which the person signs in on these pages; "" where none is known to who asks."""
    email = (person.email or "").lower() if person.role != STUDENT else ""
    return email if email and request.rights.members().filter(user__email=email).exists() else ""


def _form(
    request: DistrictRequest, section: Section, *, is_new: bool, initial: dict[str, Any] | None = None
) -> StudentForm | StaffForm:
    if section is STAFF:
        return StaffForm(posted(request), is_new=is_new, initial=initial)
    return StudentForm(posted(request), district=request.district, is_new=is_new, initial=initial)


def _student(request: DistrictRequest, key: int) -> Person:
    return get_object_or_404(belonging.students_of(school_of(request)), key=key)


def _staff_user(request: DistrictRequest, key: int) -> Person:
    return get_object_or_404(belonging.staff_of(school_of(request)), key=key)


def _about(request: DistrictRequest, section: Section, person: Person) -> dict[str, Any]:
    return around(request, section) | {
        "person": person,
        "name": words.full_name(person),
        "page_name": section.page,
        "is_student": person.role == STUDENT,
        "sign_in": _sign_in(request, person),
        "is_synced": person.origin == Origin.SYNC,
    }
