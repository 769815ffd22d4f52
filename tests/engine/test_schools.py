"""Which of the organizations that come are schools, to be offered for onboarding?"""

import pytest

from homeroom.engine.rules import onboarding
from tests.engine.syncs import Office

HEAD = "sourcedId | type | name"


def schools(office: Office, orgs: str, *, onboarded: frozenset[str] | None = None, version: str = "1.1") -> set[str]:
    """The source ids of the schools among the rows of orgs, if the rest of the district comes with them."""
    checked = office.sync(office.roster({}, version=version), {"orgs": orgs}, onboarded=onboarded, version=version)
    page = checked.checked.pages["orgs"]
    rows = onboarding.schools(page).arg_true()
    return set(page.measured.scan(rows).collect()["sourcedId"])


def test_schools_are_found_whether_onboarded_or_not(office: Office) -> None:
    orgs = f"{HEAD}\nwest | school | West\nmusic | department | Music"

    assert schools(office, orgs, onboarded=frozenset({"north"})) == {"north", "south", "west"}
    assert schools(office, orgs) == {"north", "south", "west"}


@pytest.mark.parametrize("onboarded", [frozenset({"north", "west"}), frozenset({"north"})])
def test_school_refused_for_a_fault_of_its_own_is_none(office: Office, onboarded: frozenset[str]) -> None:
    assert "west" not in schools(office, f"{HEAD}\nwest | school |", onboarded=onboarded)


def test_of_two_rows_of_one_school_the_first_counts(office: Office) -> None:
    assert "west" in schools(office, f"{HEAD}\nwest | school | West\nwest | school | Other")


def test_only_in_1_2_an_extended_type_is_a_school(office: Office) -> None:
    orgs = f"{HEAD}\ncamp | ext:camp | Camp"

    assert "camp" in schools(office, orgs, version="1.2")
    assert "camp" not in schools(office, orgs, version="1.1")


def test_school_that_ends_is_none(office: Office) -> None:
    ended = "sourcedId | type | name | status\nwest | school | West | tobedeleted\neast | school | East | active"
    sync = office.sync(office.roster({}), {"orgs": ended}, deltas=("orgs",))
    page = sync.checked.pages["orgs"]

    assert set(page.measured.scan(onboarding.schools(page).arg_true()).collect()["sourcedId"]) == {"east"}


@pytest.mark.parametrize(
    ("type_", "is_one"), [("school", True), ("ext:charter", True), ("department", False), ("School", False)]
)
def test_type_of_a_stored_organization_tells_it(type_: str, is_one: bool) -> None:
    assert onboarding.is_school(type_) == is_one
