"""Districts are created, changed and closed by operators."""

from __future__ import annotations

import pytest

from homeroom.districts import Refused, actions, scope
from homeroom.districts.models import District
from homeroom.engine.guard import Limits
from tests.districts.events import events, last_event
from tests.people import Cast


def create(cast: Cast, **changed: str) -> District:
    asked = {"name": "Pine Hills", "method": "self-serve", "time_zone": "America/Denver"} | changed
    return actions.create_district(by=cast.operator, **asked)


def test_operator_creates_a_district(cast: Cast) -> None:
    district = create(cast)

    stored = District.objects.get(slug="pine-hills")
    assert (stored.name, stored.method, stored.time_zone, stored.profile) == (
        "Pine Hills",
        "self-serve",
        "America/Denver",
        "publisher",
    )
    assert stored.guard_limits == Limits()
    assert events(district) == [("Olive Operator", "district.created", "Pine Hills")]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"name": " "}, "write the district's name"),
        ({"name": "???"}, "small letters from a to z"),
        ({"slug": "Pine Hills"}, "small letters from a to z"),
        ({"slug": "ferndale"}, "“ferndale” already"),
        ({"method": "by-fax"}, "one of the rostering methods"),
        ({"time_zone": "Chicago"}, "time zone from the list"),
        ({"profile": "mine"}, "one of the profiles"),
    ],
)
def test_district_that_cannot_be_is_refused_with_a_sentence(cast: Cast, changed: dict[str, str], sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        create(cast, **changed)


@pytest.mark.parametrize("who", ["district_admin", "oak_admin", "outsider"])
def test_nobody_else_creates_changes_or_closes_one(cast: Cast, who: str) -> None:
    by = getattr(cast, who)

    with pytest.raises(Refused):
        actions.create_district(by=by, name="Mine", method="self-serve", time_zone="UTC")
    with pytest.raises(Refused):
        actions.change_method(by=by, district=cast.ferndale, method="self-serve")
    with pytest.raises(Refused):
        actions.change_limits(by=by, district=cast.ferndale, limits=Limits())
    with pytest.raises(Refused):
        actions.close_district(by=by, district=cast.ferndale)

    assert not District.objects.get(pk=cast.ferndale.pk).is_closed


def test_method_is_changed(cast: Cast) -> None:
    actions.change_method(by=cast.operator, district=cast.ferndale, method="classlink")

    assert District.objects.get(pk=cast.ferndale.pk).method == "classlink"
    assert last_event(cast.ferndale) == ("Olive Operator", "district.method-changed", "Ferndale")


def test_limits_are_changed(cast: Cast) -> None:
    limits = Limits(removed_share=0.2, removed_at_least=50, updated_share_of_users=1)

    actions.change_limits(by=cast.operator, district=cast.ferndale, limits=limits)

    assert District.objects.get(pk=cast.ferndale.pk).guard_limits == limits
    assert last_event(cast.ferndale)[1] == "district.limits-changed"


@pytest.mark.parametrize(
    "limits", [Limits(removed_share=1.5), Limits(removed_share=-0.1), Limits(removed_at_least=-1)], ids=str
)
def test_limits_that_make_no_sense_are_refused(cast: Cast, limits: Limits) -> None:
    with pytest.raises(Refused):
        actions.change_limits(by=cast.operator, district=cast.ferndale, limits=limits)


def test_district_is_closed_and_reopened(cast: Cast) -> None:
    actions.close_district(by=cast.operator, district=cast.ferndale)
    with pytest.raises(Refused, match="already closed"):
        actions.close_district(by=cast.operator, district=cast.ferndale)
    actions.reopen_district(by=cast.operator, district=cast.ferndale)

    assert [what for _, what, _ in events(cast.ferndale)][-2:] == ["district.closed", "district.reopened"]


def test_in_a_closed_district_its_people_change_nothing(cast: Cast) -> None:
    actions.close_district(by=cast.operator, district=cast.ferndale)

    with pytest.raises(Refused):
        actions.remove_member(by=cast.district_admin, district=cast.ferndale, member=cast.membership(cast.oak_admin))


def test_refused_action_leaves_no_event(cast: Cast) -> None:
    before = events(cast.ferndale)

    with pytest.raises(Refused):
        actions.change_method(by=cast.operator, district=cast.ferndale, method="by-fax")

    assert events(cast.ferndale) == before


def test_action_leaves_its_callers_scope_as_it_was(cast: Cast) -> None:
    with scope.within(cast.lakeside.pk):
        actions.close_district(by=cast.operator, district=cast.ferndale)
        assert scope.current() == cast.lakeside.pk
