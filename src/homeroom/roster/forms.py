"""What people fill in about single records. The fields are the columns of the upload templates; nothing is judged here
but by the engine, whose sentences come to the fields that they are about.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django import forms

from homeroom.districts import Refused
from homeroom.districts.forms import ActionForm
from homeroom.districts.models import District, School, SchoolYear
from homeroom.districts.requirements import id_label, requirements_of
from homeroom.roster import words
from homeroom.roster.actions.as_shown import ChangedMeanwhileError, stamp_of
from homeroom.roster.actions.people import SCHOOL_ADMIN
from homeroom.roster.belonging import staff_of
from homeroom.roster.enrolled import TEACHER
from homeroom.roster.models import AddressInUse
from homeroom.roster.selfserve.judging import FaultyRecordError

PASSWORD_HINT = "At least 8 characters, with at least one lower-case letter and one digit."
USERNAME_HINT = "5 to 100 characters: letters, digits and - _ + ."
_NOT_OFFERED = "Not offered, because their e-mail is already in use: {names}. Give them another one under Staff first."


class Text(forms.CharField):
    """A cell of a template. Whether it must be filled, and how, the engine says."""

    def validate(self, value: Any) -> None:
        """Nothing: see above."""


class Choice(forms.ChoiceField):
    """A cell of a template with few right values."""

    def validate(self, value: Any) -> None:
        """Nothing: what is none of the choices the engine refuses, with the list of them."""


class RecordForm(ActionForm):
    """One record. Faults stand at their fields, and those of no field above the form. shown: of a record that is there
    already, the stamp of what the form was opened with.
    """

    use_required_attribute = False
    shown = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *arguments: Any, is_new: bool, **named: Any) -> None:
        super().__init__(*arguments, **named)
        if is_new:
            del self.fields["shown"]
        else:
            self.fields["shown"].initial = stamp_of(self.initial)

    def carries_out(self, action: Callable[[dict[str, Any]], object]) -> bool:
        if not self.is_valid():
            return False
        try:
            action({name: value or "" for name, value in self.cleaned_data.items()})
        except FaultyRecordError as faulty:
            for column, sentence in faulty.faults:
                self.add_error(column if column in self.fields else None, sentence)
            return False
        except ChangedMeanwhileError as changed:
            self._show(changed.now, instead_of=dict(self.cleaned_data))
            self.add_error(None, str(changed))
            return False
        except Refused as refused:
            self.add_error(None, str(refused))
            return False
        return True

    def _show(self, now: Mapping[str, str], *, instead_of: Mapping[str, Any]) -> None:
        """The form as if it had just been opened. What was sent stands at each field in which it is another."""
        self.data = {**now, "shown": stamp_of(now)}
        for name, value in now.items():
            sent = instead_of.get(name) or ""
            if name in self.fields and sent != value:
                self.add_error(name, f"You sent “{sent}”." if sent else "You sent nothing here.")

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]  # each is a ChoiceField


class _PersonForm(RecordForm):
    KIND: ClassVar[str]
    sourcedId = Text(help_text="Letters and digits only. It cannot be changed later.")  # noqa: N815
    firstName = Text(label="First name")  # noqa: N815  (the template's column)
    middleName = Text(label="Middle name", required=False)  # noqa: N815
    lastName = Text(label="Last name")  # noqa: N815
    username = Text(label="Username", help_text=USERNAME_HINT, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    password = Text(
        label="Password",
        strip=False,
        help_text=PASSWORD_HINT,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *arguments: Any, is_new: bool, **named: Any) -> None:
        """is_new: an id and a password are asked for; those of a person who is there already stay."""
        super().__init__(*arguments, is_new=is_new, **named)
        if not is_new:
            for name in ("sourcedId", "password"):
                del self.fields[name]
        else:
            self.fields["sourcedId"].label = id_label(self.KIND)


class StudentForm(_PersonForm):
    KIND = "students"
    email = Text(label="E-mail", required=False, widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    grade = Choice(label="Grade")
    field_order = ("sourcedId", "firstName", "middleName", "lastName", "grade", "email", "username", "password")

    def __init__(self, *arguments: Any, district: District, **named: Any) -> None:
        super().__init__(*arguments, **named)
        grades = [grade for grade in requirements_of(district).grades if grade != "13"]
        self._choices("grade", [("", "Choose a grade"), *((grade, grade) for grade in grades)])


class StaffForm(_PersonForm):
    KIND = "staff"
    email = Text(label="E-mail", widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    role = Choice(
        label="Role",
        choices=[("", "Choose a role"), (TEACHER, "Teacher"), (SCHOOL_ADMIN, "School Administrator")],
        help_text="A School Administrator signs in here, and looks after this school. The sign-in begins with this "
        "e-mail and password, if that has at least 12 characters and is hard to guess; otherwise the person chooses "
        "one with “Forgot your password?”. From then on it is the person's own.",
    )
    field_order = ("sourcedId", "firstName", "middleName", "lastName", "email", "role", "username", "password")


class ClassForm(RecordForm):
    """year: of a new class only."""

    className = Text(label="Class name", help_text="At most 200 characters.")  # noqa: N815
    primaryTeacher = Choice(label="Primary teacher")  # noqa: N815
    grade = Choice(label="Grade", required=False)
    subject = Choice(label="Subject", required=False)
    year: forms.ModelChoiceField[SchoolYear] = forms.ModelChoiceField(
        queryset=None,
        label="School year",
        empty_label=None,
        help_text="A class never moves to another school year later.",
        error_messages={"required": "Choose a school year.", "invalid_choice": "Choose one of the school years."},
    )

    def __init__(self, *arguments: Any, school: School, is_new: bool, **named: Any) -> None:
        super().__init__(*arguments, is_new=is_new, **named)
        profile = requirements_of(school.district)
        self._offer_teachers(school)
        self._choices("grade", _optional((*profile.grades, *profile.class_grades), self.initial.get("grade")))
        self._choices("subject", _optional(profile.subjects, self.initial.get("subject")))
        if is_new:
            self.fields["year"].queryset = SchoolYear.objects.all()  # type: ignore[attr-defined]
            self.fields["year"].initial = SchoolYear.current(school.district, school.district.today())
        else:
            del self.fields["year"]

    def _offer_teachers(self, school: School) -> None:
        """They are told apart by e-mail, and one that came with a sync may be reserved for another person."""
        people = list(staff_of(school, TEACHER).filter(is_active=True).exclude(email=None))
        reserved = AddressInUse.objects.filter(key__in=[person.key for person in people])
        own = set(reserved.values_list("key", "address"))
        offered, others = [("", "Choose a teacher")], []
        for person in sorted(people, key=words.name_in_lists):
            email = str(person.email)
            if (person.key, email.lower()) in own:
                offered.append((email, f"{words.name_in_lists(person)} ({email})"))
            else:
                others.append(words.full_name(person))
        self._choices("primaryTeacher", offered)
        if others:
            self.fields["primaryTeacher"].help_text = _NOT_OFFERED.format(names=", ".join(others))

    @property
    def has_teachers(self) -> bool:
        return len(self.fields["primaryTeacher"].choices) > 1  # type: ignore[attr-defined]


class TickedForm(ActionForm):
    """The people who were ticked in a list, by their keys. all: instead of them all who match, who were so many."""

    people = forms.TypedMultipleChoiceField(coerce=int, required=False)
    all = forms.IntegerField(required=False)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        said = self.data.getlist("people") if hasattr(self.data, "getlist") else []
        # Any key may be sent: whether it is one of the school's the action says.
        self.fields["people"].choices = [(key, key) for key in said if key.lstrip("-").isdecimal()]  # type: ignore[attr-defined]


class PasswordForm(ActionForm):
    """How a new password comes to its owner."""

    SHOW, SEND = "show", "send"
    way = forms.ChoiceField(label="The new password", widget=forms.RadioSelect, initial=SHOW)

    def __init__(self, *arguments: Any, email: str, **named: Any) -> None:
        """email: of staff; "" where it cannot be sent."""
        super().__init__(*arguments, **named)
        sent = [(self.SEND, f"Send it to {email}")] if email else []
        self.fields["way"].choices = [(self.SHOW, "Show it here, once, to print or to write down"), *sent]  # type: ignore[attr-defined]


def _optional(values: tuple[str, ...], now: str | None) -> list[tuple[str, str]]:
    """now: what a record has that came with a sync once; it is not lost without being looked at."""
    there = [now] if now and now not in values else []
    return [("", "None"), *((value, value) for value in (*there, *values))]
