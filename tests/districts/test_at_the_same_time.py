"""Two people do the same thing at the same moment: one does it, the other is told."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import connection

from homeroom.accounts.actions import create_operator
from homeroom.accounts.models import User
from homeroom.districts import Refused, actions, scope
from homeroom.districts.models import District, Invitation, Membership, Role, SchoolYear
from tests.people import PASSWORD, a_district, member


@pytest.fixture
def operator(transactional_db: None) -> User:
    return create_operator(email="olive@publisher.example", name="Olive Operator", password=PASSWORD)


@pytest.fixture
def district(operator: User) -> District:
    return a_district(operator, "Ferndale")


def at_the_same_time(*doings: Callable[[], object]) -> list[str]:
    """What each was refused with; "" if it was done."""
    start = Barrier(len(doings))

    def do(doing: Callable[[], object]) -> str:
        try:
            start.wait(timeout=10)
            doing()
        except Refused as refused:
            return str(refused)
        else:
            return ""
        finally:
            connection.close()

    with ThreadPoolExecutor(len(doings)) as people:
        return sorted(people.map(do, doings))


def test_invitation_is_accepted_once(operator: User, district: District) -> None:
    invited = actions.invite(by=operator, district=district, email="n@ferndale.example", role=Role.DISTRICT_ADMIN)

    def accept() -> None:
        actions.accept_invitation_as_new_person(
            district=District.objects.get(), token=invited.token, name="Nina New", password=PASSWORD
        )

    done, refused = at_the_same_time(accept, accept)

    assert done == ""
    assert "was used" in refused
    with scope.within(district.pk):
        assert Membership.objects.count() == 1


def test_two_invitations_of_one_person_leave_one_open(operator: User, district: District) -> None:
    def invite() -> None:
        actions.invite(
            by=operator, district=District.objects.get(), email="n@ferndale.example", role=Role.DISTRICT_ADMIN
        )

    assert at_the_same_time(invite, invite) == ["", ""]
    with scope.within(district.pk):
        assert Invitation.objects.count() == 1


def test_two_district_administrators_do_not_remove_each_other(operator: User, district: District) -> None:
    first, second = (member(operator, district, name, Role.DISTRICT_ADMIN) for name in ("Dana One", "Dora Two"))

    def remove(by: User, whom: User) -> None:
        with scope.within(district.pk):
            membership = Membership.objects.get(user=whom)
        actions.remove_member(by=by, district=District.objects.get(), member=membership)

    done, refused = at_the_same_time(lambda: remove(first, second), lambda: remove(second, first))

    assert done == ""
    assert refused == "You have no part in this district."
    with scope.within(district.pk):
        assert Membership.objects.count() == 1


def test_two_overlapping_school_years_are_not_both_added(operator: User, district: District) -> None:
    def add() -> None:
        actions.add_school_year(
            by=operator,
            district=District.objects.get(),
            name="2030–31",
            first_day=date(2030, 8, 1),
            last_day=date(2031, 6, 30),
        )

    done, refused = at_the_same_time(add, add)

    assert done == ""
    assert "It overlaps" in refused
    with scope.within(district.pk):
        assert SchoolYear.objects.filter(name="2030–31").count() == 1
