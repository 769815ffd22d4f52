"""Schools are found by syncs and onboarded by operators."""

from __future__ import annotations

import pytest

from homeroom.districts import Refused, actions, scope
from homeroom.districts.actions import schools
from homeroom.districts.models import School
from tests.districts.events import events, last_event
from tests.people import Cast


def named(cast: Cast) -> dict[str, bool]:
    """Ferndale's schools, and whether each is onboarded."""
    with scope.within(cast.ferndale.pk):
        return dict(School.objects.values_list("name", "is_onboarded"))


def test_school_that_a_sync_finds_waits_to_be_onboarded(cast: Cast) -> None:
    new = schools.found(cast.ferndale, [("oak", "Oak Elementary"), ("ash", "Ash Primary"), ("", "Without an id")])

    assert new == 1
    assert named(cast)["Ash Primary"] is False
    assert "Without an id" not in named(cast)
    assert last_event(cast.ferndale) == ("", "schools.found", "Ash Primary")


def test_finding_the_same_schools_again_changes_nothing(cast: Cast) -> None:
    before, events_before = named(cast), events(cast.ferndale)

    assert schools.found(cast.ferndale, [("oak", "Oak Elementary"), ("birch", "Birch High")]) == 0

    assert (named(cast), events(cast.ferndale)) == (before, events_before)


def test_school_found_under_another_name_takes_it(cast: Cast) -> None:
    schools.found(cast.ferndale, [("oak", "Oak Academy")])

    assert named(cast)["Oak Academy"] is True
    assert "Oak Elementary" not in named(cast)


def test_school_keeps_its_name_while_nothing_of_the_sync_is_applied(cast: Cast) -> None:
    schools.found(cast.ferndale, [("oak", "Oak Academy"), ("ash", "Ash Primary")], renames=False)

    assert "Oak Elementary" in named(cast)
    assert "Ash Primary" in named(cast)


def test_same_source_id_in_two_districts_is_two_schools(cast: Cast) -> None:
    assert cast.oak.source_id == cast.lakeside_school.source_id
    assert cast.oak.pk != cast.lakeside_school.pk


def test_onboarded_source_ids_are_those_of_onboarded_schools(cast: Cast) -> None:
    assert schools.onboarded_source_ids(cast.ferndale) == {"oak", "elm"}

    actions.onboard_schools(by=cast.operator, district=cast.ferndale, schools=[cast.birch])

    assert schools.onboarded_source_ids(cast.ferndale) == {"oak", "elm", "birch"}
    assert schools.onboarded_source_ids(cast.lakeside) == {"oak"}
    assert last_event(cast.ferndale) == ("Olive Operator", "schools.onboarded", "Birch High")


def test_many_schools_are_told_as_some_and_how_many_more(cast: Cast) -> None:
    schools.found(cast.ferndale, [(f"s{number}", f"School {number}") for number in range(5)])

    assert last_event(cast.ferndale) == ("", "schools.found", "School 0, School 1, School 2 and 2 more")


def test_school_is_taken_off_board(cast: Cast) -> None:
    actions.take_off_board(by=cast.operator, district=cast.ferndale, school=cast.oak)

    assert schools.onboarded_source_ids(cast.ferndale) == {"elm"}
    with pytest.raises(Refused, match="is not onboarded"):
        actions.take_off_board(by=cast.operator, district=cast.ferndale, school=cast.oak)


def test_school_added_by_hand_is_onboarded_and_needs_no_source_id(cast: Cast) -> None:
    actions.add_school(by=cast.operator, district=cast.ferndale, name="Fir Kindergarten")
    actions.add_school(by=cast.operator, district=cast.ferndale, name="Larch Kindergarten", source_id=" ")

    assert named(cast)["Fir Kindergarten"]
    assert named(cast)["Larch Kindergarten"]


def test_school_without_a_name_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused, match="the school's name"):
        actions.add_school(by=cast.operator, district=cast.ferndale, name=" ")


def test_source_id_is_unique_in_the_district(cast: Cast) -> None:
    with pytest.raises(Refused, match="Oak Elementary has the source id oak already"):
        actions.add_school(by=cast.operator, district=cast.ferndale, name="Oak Two", source_id="oak")


def test_school_of_another_district_is_not_touched(cast: Cast) -> None:
    with pytest.raises(Refused):
        actions.take_off_board(by=cast.operator, district=cast.ferndale, school=cast.lakeside_school)
    with pytest.raises(Refused):
        actions.onboard_schools(by=cast.operator, district=cast.ferndale, schools=[cast.lakeside_school])

    assert schools.onboarded_source_ids(cast.lakeside) == {"oak"}


@pytest.mark.parametrize("who", ["district_admin", "oak_admin", "outsider"])
def test_only_operators_onboard(cast: Cast, who: str) -> None:
    by = getattr(cast, who)

    with pytest.raises(Refused):
        actions.onboard_schools(by=by, district=cast.ferndale, schools=[cast.birch])
    with pytest.raises(Refused):
        actions.add_school(by=by, district=cast.ferndale, name="Mine")
    with pytest.raises(Refused):
        actions.take_off_board(by=by, district=cast.ferndale, school=cast.oak)
