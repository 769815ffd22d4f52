"""What stands above the lists of a school, and which records it lets through."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from django import forms
from django.db.models import Model, Q, QuerySet

from homeroom.districts.forms import Filters, a_search
from homeroom.districts.models import District, SchoolYear
from homeroom.districts.searching import stands_in, words_of
from homeroom.roster import words

Row = TypeVar("Row", bound=Model)
ALL = "all"
NOT_ACTIVE = "not-active"


def a_status() -> forms.ChoiceField:
    return forms.ChoiceField(label="Status", required=False)


class _OfSchool(Filters):
    """grades: those that stand in the list; only they can be chosen."""

    #: The columns in which the words of a search may stand.
    searched: tuple[str, ...] = (
        "given_name",
        "family_name",
        "middle_name",
        "source_id",
        "identifier",
        "username",
        "email",
    )

    def __init__(self, *arguments: Any, district: District, grades: Iterable[str] = (), **named: Any) -> None:
        super().__init__(*arguments, **named)
        gone = "Deactivated" if district.is_automated else "Archived"
        if "status" in self.fields:
            self._choices("status", [("", "Active"), (NOT_ACTIVE, gone), (ALL, "All")])
        if "grade" in self.fields:
            self._choices("grade", [("", "All"), *((grade, grade) for grade in words.in_order(grades))])

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]  # each is a ChoiceField

    def matching(self, rows: QuerySet[Row]) -> QuerySet[Row]:
        """Those of the rows that the filters let through: active ones, unless others are asked for."""
        chosen = self.chosen
        if chosen.get("status") != ALL:
            rows = rows.filter(is_active=chosen.get("status") != NOT_ACTIVE)
        if "grade" in chosen:
            rows = rows.filter(_has_item("grades", chosen["grade"]))
        for word in words_of(chosen.get("q", "")):
            rows = rows.filter(stands_in(self.searched, word))
        return rows


class StudentFilters(_OfSchool):
    q = a_search("Name, ID, username or e-mail")
    grade = forms.ChoiceField(required=False)
    status = a_status()


class EnrollFilters(_OfSchool):
    """Of those who can be enrolled: they are active, and only students have grades."""

    q = a_search("Name, ID, username or e-mail")
    grade = forms.ChoiceField(required=False)

    def __init__(self, *arguments: Any, grades: Iterable[str], **named: Any) -> None:
        grades = set(grades)
        super().__init__(*arguments, grades=grades, **named)
        if not grades:
            del self.fields["grade"]


class StaffFilters(_OfSchool):
    q = a_search("Name, ID, username or e-mail")
    role = forms.ChoiceField(required=False)
    status = a_status()

    def __init__(self, *arguments: Any, roles: Iterable[str], **named: Any) -> None:
        super().__init__(*arguments, **named)
        named_roles = sorted((words.role(role), role) for role in roles)
        self._choices("role", [("", "All"), *((role, name) for name, role in named_roles)])


class ClassFilters(_OfSchool):
    searched = ("title", "class_code")
    q = a_search("Class name")
    year = forms.ChoiceField(label="School year", required=False)
    grade = forms.ChoiceField(required=False)
    status = a_status()

    def __init__(self, *arguments: Any, district: District, **named: Any) -> None:
        super().__init__(*arguments, district=district, **named)
        self._current = SchoolYear.current(district, district.today())
        others = [year for year in SchoolYear.objects.all() if year != self._current]
        first = [("", f"{self._current} (current)")] if self._current else []
        every = (ALL, "All") if self._current else ("", "All")
        self._choices("year", [*first, *((str(year.pk), year.name) for year in others), every])

    def matching(self, rows: QuerySet[Row]) -> QuerySet[Row]:
        year = self.chosen.get("year")
        if year is None and self._current:
            # Classes that came before there were school years here are none of an earlier one.
            rows = rows.filter(Q(school_year_id=self._current.pk) | Q(school_year_id=None))
        elif year not in (None, ALL):
            rows = rows.filter(school_year_id=year)
        return super().matching(rows)


def _has_item(column: str, item: str) -> Q:
    """That the item stands in a list as OneRoster writes it."""
    ends = (
        (f"{column}__startswith", f"{item},"),
        (f"{column}__endswith", f",{item}"),
        (f"{column}__contains", f",{item},"),
    )
    return Q((column, item), *ends, _connector=Q.OR)
