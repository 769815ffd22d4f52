"""What people can fill in about a district. Forms ask kindly; actions decide, and their refusals become the form's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.html import format_html

from homeroom.audit.words import WORDS
from homeroom.districts import Refused
from homeroom.districts.models import District, Method, Role, School, SchoolYear
from homeroom.districts.permissions import Rights
from homeroom.engine.guard import Limits

COMMON_TIME_ZONES = (
    "America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles",
    "America/Anchorage", "Pacific/Honolulu", "America/Puerto_Rico",
)  # fmt: skip

#: In characters: as long as the longest e-mail that a template takes.
LONGEST_SEARCH = 300
ROLES = {
    Role.DISTRICT_ADMIN: "Looks after the whole district: all schools, all sync reports, and who else may do so.",
    Role.SCHOOL_ADMIN: "Looks after the schools ticked below and sees nothing else. Can invite others for them.",
}


def time_zones() -> list[tuple[str, list[tuple[str, str]]]]:
    """Choices: those of most districts first, then all of the world."""

    def choices(names: list[str]) -> list[tuple[str, str]]:
        return [(name, name.replace("_", " ")) for name in names]

    others = sorted(name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "posix/")))
    return [
        ("United States", choices(list(COMMON_TIME_ZONES))),
        ("All", choices([name for name in others if name not in COMMON_TIME_ZONES] + ["UTC"])),
    ]


def a_day(**settings: Any) -> forms.DateField:
    return forms.DateField(
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Choose a day.", "invalid": "Write the day as 2026-08-31, or choose it."},
        **settings,
    )


def posted(request: HttpRequest) -> QueryDict | None:
    """What was filled in and sent; None while the form is only looked at."""
    return request.POST if request.method == "POST" else None


class ActionForm(forms.Form):
    """A form for one action."""

    def carries_out(self, action: Callable[[dict[str, Any]], object]) -> bool:
        """Whether the action was done with what was filled in. What it refuses stands above the form."""
        if not self.is_valid():
            return False
        try:
            action(self.cleaned_data)
        except Refused as refused:
            self.add_error(None, str(refused))
            return False
        return True

    @property
    def refusal(self) -> str:
        """The sentences with which the action refused."""
        return " ".join(str(sentence) for sentence in self.non_field_errors())


def roles() -> list[tuple[str, str]]:
    """The roles with a sentence each, as labels."""
    return [
        (role.value, format_html('{}<span class="usa-radio__label-description">{}</span>', role.label, sentence))
        for role, sentence in ROLES.items()
    ]


class RoleForm(ActionForm):
    """A role, and the schools of a school administrator."""

    role = forms.ChoiceField(widget=forms.RadioSelect, choices=roles, error_messages={"required": "Choose a role."})
    schools: forms.ModelMultipleChoiceField[School] = forms.ModelMultipleChoiceField(
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="For a School Administrator only. A District Administrator has all.",
        error_messages={"invalid_choice": "One of these schools is no longer there. Choose anew."},
    )

    def __init__(self, *arguments: Any, rights: Rights, **named: Any) -> None:
        super().__init__(*arguments, **named)
        schools = rights.schools()
        self.fields["schools"].queryset = schools  # type: ignore[attr-defined]
        if rights.may("people.invite_district_admins"):
            return
        self.fields["role"] = forms.CharField(widget=forms.HiddenInput, initial=Role.SCHOOL_ADMIN.value)
        self.fields["schools"].help_text = "They see these schools and no other."
        if schools.count() == 1:
            self.fields["schools"].initial = [schools.get().pk]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("role") == Role.SCHOOL_ADMIN and not said.get("schools") and "schools" not in self.errors:
            self.add_error("schools", "Choose at least one school for a School Administrator.")
        if said.get("role") == Role.DISTRICT_ADMIN:
            said["schools"] = []  # ticks from before the role was chosen: a District Administrator has all
        return said


class InviteForm(RoleForm):
    email = forms.EmailField(
        label="E-mail",
        error_messages={
            "required": "Write the person's e-mail.",
            "invalid": "Write an e-mail such as name@example.org.",
        },
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    field_order = ("email", "role", "schools")


class JoinForm(ActionForm):
    """What somebody without an account fills in to accept an invitation."""

    name = forms.CharField(
        label="Your name",
        max_length=250,
        error_messages={"required": "Write your name."},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label="A password for this account",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 12 characters. Several words in a row are good.",
        error_messages={"required": "Choose a password."},
    )


class SchoolYearForm(ActionForm):
    name = forms.CharField(
        label="Name", max_length=60, help_text="Such as 2026–27.", error_messages={"required": "Give it a name."}
    )
    first_day = a_day(label="First day")
    last_day = a_day(label="Last day")

    @staticmethod
    def of(year: SchoolYear) -> dict[str, Any]:
        return {"name": year.name, "first_day": year.first_day, "last_day": year.last_day}


class TimeZoneForm(ActionForm):
    time_zone = forms.ChoiceField(label="Time zone", choices=time_zones)


class MethodForm(ActionForm):
    method = forms.ChoiceField(label="Rostering method", widget=forms.RadioSelect, choices=Method.choices)


class DistrictForm(ActionForm):
    """A new district."""

    name = forms.CharField(
        label="Name",
        max_length=250,
        help_text="As its people call it.",
        error_messages={"required": "Write the district's name."},
    )
    slug = forms.SlugField(
        label="Address",
        max_length=60,
        help_text="Small letters, digits and hyphens. It stands in the address of the district's pages, and stays.",
        error_messages={
            "required": "Write an address such as lakeside.",
            "invalid": "Use small letters, digits and hyphens only.",
        },
    )
    time_zone = forms.ChoiceField(label="Time zone", choices=time_zones, initial=COMMON_TIME_ZONES[0])
    method = forms.ChoiceField(
        label="Rostering method",
        widget=forms.RadioSelect,
        choices=Method.choices,
        error_messages={"required": "Choose how rosters arrive."},
    )

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if slug == "new":
            raise forms.ValidationError("“new” is taken by a page of this server. Choose another address.")
        return slug


class LimitsForm(ActionForm):
    """The guard's limits, shares in percent."""

    removed_percent = forms.IntegerField(
        label="Deactivated, in percent", min_value=0, max_value=100, help_text="Of the active records of a kind."
    )
    removed_at_least = forms.IntegerField(
        label="… and more than this many", min_value=0, help_text="Fewer are let through, whatever the percentage."
    )
    updated_percent = forms.IntegerField(
        label="Users changed, in percent", min_value=0, max_value=100, help_text="Of the users there are."
    )

    @property
    def limits(self) -> Limits:
        said = self.cleaned_data
        return Limits(said["removed_percent"] / 100, said["removed_at_least"], said["updated_percent"] / 100)

    @staticmethod
    def of(district: District) -> dict[str, Any]:
        limits = district.guard_limits
        return {
            "removed_percent": round(limits.removed_share * 100),
            "removed_at_least": limits.removed_at_least,
            "updated_percent": round(limits.updated_share_of_users * 100),
        }


class AddSchoolForm(ActionForm):
    name = forms.CharField(label="Name", max_length=250, error_messages={"required": "Write the school's name."})
    source_id = forms.CharField(
        label="Source id",
        max_length=250,
        required=False,
        help_text="The sourcedId by which the district's own system knows the school.",
    )

    def __init__(self, *arguments: Any, is_automated: bool, **named: Any) -> None:
        super().__init__(*arguments, **named)
        if not is_automated:
            del self.fields["source_id"]


class TickedSchoolsForm(ActionForm):
    """The schools that were ticked in a list."""

    schools: forms.ModelMultipleChoiceField[School] = forms.ModelMultipleChoiceField(
        queryset=None, error_messages={"required": "Tick at least one school."}
    )

    def __init__(self, *arguments: Any, schools: QuerySet[School], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["schools"].queryset = schools  # type: ignore[attr-defined]


class Filters(forms.Form):
    """What stands above a list. What is empty or not understood filters nothing."""

    use_required_attribute = False

    @property
    def chosen(self) -> dict[str, Any]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}

    @property
    def is_used(self) -> bool:
        return any(self.data.get(name) for name in self.fields)


def a_search(label: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=LONGEST_SEARCH,
        widget=forms.SearchInput,
        error_messages={"max_length": "Search for at most %(limit_value)s characters."},
    )


class SchoolFilters(Filters):
    q = a_search("Name or source id")
    status = forms.ChoiceField(
        required=False, choices=[("", "All"), ("onboarded", "Onboarded"), ("not-onboarded", "Not onboarded")]
    )


class SchoolSearch(Filters):
    q = a_search("Name or source id")


class PeopleFilters(Filters):
    q = a_search("Name or e-mail")
    role = forms.ChoiceField(required=False, choices=[("", "All"), *Role.choices])


class DistrictFilters(Filters):
    q = a_search("Name or address")
    method = forms.ChoiceField(required=False, choices=[("", "All"), *Method.choices])


class AuditFilters(Filters):
    what = forms.ChoiceField(label="What", required=False)
    since = a_day(label="From", required=False)
    until = a_day(label="To", required=False)

    def __init__(self, *arguments: Any, happened: list[str], **named: Any) -> None:
        """happened: the words that stand in this district's audit; only those can be chosen."""
        super().__init__(*arguments, **named)
        words = sorted((WORDS.get(what, what), what) for what in happened)
        self.fields["what"].choices = [("", "Everything"), *((what, said.capitalize()) for said, what in words)]  # type: ignore[attr-defined]
