"""A day belongs to one school year at most."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from homeroom.districts import Refused, actions, scope
from homeroom.districts.models import District, SchoolYear
from tests.districts.events import last_event
from tests.people import Cast


def add(cast: Cast, first_day: date, last_day: date, *, district: District | None = None) -> SchoolYear:
    return actions.add_school_year(
        by=cast.operator, district=district or cast.ferndale, name="2030–31", first_day=first_day, last_day=last_day
    )


def names_of_years(cast: Cast) -> list[str]:
    with scope.within(cast.ferndale.pk):
        return list(SchoolYear.objects.values_list("name", flat=True))


def test_current_is_the_year_that_contains_the_day(cast: Cast) -> None:
    year = add(cast, date(2030, 8, 1), date(2031, 6, 30))

    with scope.within(cast.ferndale.pk):
        assert SchoolYear.current(cast.ferndale, date(2030, 7, 31)) is None
        assert SchoolYear.current(cast.ferndale, date(2030, 8, 1)) == year
        assert SchoolYear.current(cast.ferndale, date(2031, 6, 30)) == year
        assert SchoolYear.current(cast.ferndale, date(2031, 7, 1)) is None


@pytest.mark.parametrize(
    ("first_day", "last_day"),
    [
        (date(2031, 6, 30), date(2032, 6, 30)),
        (date(2029, 8, 1), date(2030, 8, 1)),
        (date(2030, 9, 1), date(2030, 10, 1)),
        (date(2029, 1, 1), date(2033, 1, 1)),
    ],
)
def test_overlapping_years_are_refused_by_action_and_database(cast: Cast, first_day: date, last_day: date) -> None:
    add(cast, date(2030, 8, 1), date(2031, 6, 30))

    with pytest.raises(Refused, match="It overlaps 2030–31"):
        add(cast, first_day, last_day)
    with scope.within(cast.ferndale.pk), pytest.raises(IntegrityError, match="do_not_overlap"), transaction.atomic():
        SchoolYear.objects.create(district=cast.ferndale, name="By force", first_day=first_day, last_day=last_day)


def test_years_that_follow_each_other_do_not_overlap(cast: Cast) -> None:
    add(cast, date(2030, 8, 1), date(2031, 6, 30))
    add(cast, date(2031, 7, 1), date(2032, 6, 30))

    assert last_event(cast.ferndale) == ("Olive Operator", "school-year.added", "2030–31")


def test_years_of_two_districts_may_be_the_same(cast: Cast) -> None:
    add(cast, date(2030, 8, 1), date(2031, 6, 30))
    add(cast, date(2030, 8, 1), date(2031, 6, 30), district=cast.lakeside)

    for district in (cast.ferndale, cast.lakeside):
        assert last_event(district) == ("Olive Operator", "school-year.added", "2030–31")
        with scope.within(district.pk):
            assert SchoolYear.current(district, date(2031, 1, 1)) is not None


def test_year_that_ends_before_it_begins_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused, match="before the first day"):
        add(cast, date(2031, 6, 30), date(2030, 8, 1))

    assert names_of_years(cast) == ["This year"]


def test_year_without_a_name_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused, match="the school year's name"):
        actions.add_school_year(
            by=cast.operator,
            district=cast.ferndale,
            name=" ",
            first_day=date(2030, 8, 1),
            last_day=date(2031, 6, 30),
        )

    assert names_of_years(cast) == ["This year"]


def test_year_is_changed_and_does_not_overlap_itself(cast: Cast) -> None:
    year = add(cast, date(2030, 8, 1), date(2031, 6, 30))

    actions.change_school_year(
        by=cast.district_admin,
        district=cast.ferndale,
        year=year,
        name="Longer",
        first_day=date(2030, 8, 1),
        last_day=date(2031, 7, 31),
    )

    with scope.within(cast.ferndale.pk):
        assert SchoolYear.objects.get(pk=year.pk).last_day == date(2031, 7, 31)
    assert last_event(cast.ferndale) == ("Dana District", "school-year.changed", "Longer")


@pytest.mark.parametrize("who", ["oak_admin", "outsider"])
def test_school_years_are_the_districts_business(cast: Cast, who: str) -> None:
    with pytest.raises(Refused):
        actions.add_school_year(
            by=getattr(cast, who),
            district=cast.ferndale,
            name="Mine",
            first_day=date(2030, 8, 1),
            last_day=date(2031, 6, 30),
        )

    assert names_of_years(cast) == ["This year"]
