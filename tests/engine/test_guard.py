"""Which changes wait for a person: product.md 4.5, each limit on both of its sides."""

from dataclasses import replace

import polars as pl
import pytest

from homeroom import engine
from homeroom.engine.guard import Breach
from tests.engine.syncs import Office

LIMITS = engine.Limits()
COLUMNS = "sourcedId | username | givenName | email"


def many(count: int, *, first: int = 0, name: str = "Given") -> str:
    """Pupils p0, p1 … as a text table; ``name`` is their given name."""
    return COLUMNS + "".join(f"\np{n} | p{n} | {name} |" for n in range(first, first + count))


def users(office: Office, text: str) -> engine.Roster:
    """A roster with nothing but these users."""
    return engine.Roster({"users": office.roster({"users": text}, whole=("users",)).tables["users"]})


def breaches(before: engine.Roster, after: engine.Roster, limits: engine.Limits = LIMITS) -> list[Breach]:
    verdict = engine.guard(engine.diff(before, after), before, limits)
    assert verdict.passes == (not verdict.breaches)
    return list(verdict.breaches)


def sentences(before: engine.Roster, after: engine.Roster) -> tuple[str, ...]:
    return engine.guard(engine.diff(before, after), before).sentences


def without(roster: engine.Roster, table: str) -> engine.Roster:
    """The roster with no record left of one table."""
    nothing = roster.tables[table].only(pl.Series("key", [], dtype=pl.UInt64))
    return engine.Roster({**roster.tables, table: nothing})


# More than 10 % of the active records of a kind, and more than 20 of them


@pytest.mark.parametrize(
    ("there", "gone", "held"),
    [
        pytest.param(100, 21, True, id="21 of 100"),
        pytest.param(100, 20, False, id="20 of 100 are not more than 20"),
        pytest.param(210, 21, False, id="21 of 210 are not more than a tenth"),
        pytest.param(209, 21, True, id="21 of 209 are more than a tenth"),
    ],
)
def test_a_large_share_and_a_large_number_together_are_held(office: Office, there: int, gone: int, held: bool) -> None:
    found = breaches(users(office, many(there)), users(office, many(there - gone)))
    assert found == ([Breach("removed", "users", gone, there)] if held else [])


def test_it_says_how_many_of_how_many(office: Office) -> None:
    assert sentences(users(office, many(100)), users(office, many(75))) == (
        "25 of 100 users (25 %) would be deactivated.",
    )


def test_records_that_come_do_not_make_up_for_those_that_go(office: Office) -> None:
    found = breaches(users(office, many(100)), users(office, many(100, first=30)))
    assert found == [Breach("removed", "users", 30, 100)]


# More than 50 % of the existing users


@pytest.mark.parametrize(("changed", "held"), [(3, True), (2, False)])
def test_changing_more_than_half_of_the_users_is_held(office: Office, changed: int, held: bool) -> None:
    after = many(changed, name="Another") + many(4 - changed, first=changed).removeprefix(COLUMNS)
    found = breaches(users(office, many(4)), users(office, after))
    assert found == ([Breach("updated", "users", changed, 4)] if held else [])


def test_other_kinds_may_all_change(office: Office) -> None:
    before, after = (
        office.roster({"courses": f"sourcedId | title\nmath | {title}\ndrama | {title}"}) for title in "AB"
    )
    assert breaches(before, after) == []


# A kind or a school left empty


def test_a_kind_that_would_be_left_empty_is_held_however_small_it_is(office: Office) -> None:
    roster = office.roster({"courses": "sourcedId"})
    after = without(roster, "courses")
    assert breaches(roster, after) == [Breach("empty kind", "courses", 2, 2)]
    assert sentences(roster, after) == ("All 2 courses would be deactivated.",)


def test_that_all_go_is_said_once(office: Office) -> None:
    before = users(office, many(30))
    after = without(before, "users")
    assert [breach.limit for breach in breaches(before, after)] == ["empty kind", "removed"]
    assert sentences(before, after) == ("All 30 users would be deactivated.",)


def test_share_of_all_is_said_where_others_come_in_their_place(office: Office) -> None:
    before, after = users(office, many(30)), users(office, many(1, first=30))
    assert sentences(before, after) == ("30 of 30 users (100 %) would be deactivated.",)


def test_kinds_are_called_as_people_call_them(office: Office) -> None:
    roster = office.roster({"academicSessions": "sourcedId"})
    assert sentences(roster, without(roster, "academicSessions")) == ("All 3 academic sessions would be deactivated.",)


def test_a_kind_that_is_replaced_as_a_whole_is_not_empty(office: Office) -> None:
    assert breaches(users(office, many(3)), users(office, many(3, first=3))) == []


def test_a_school_that_would_be_left_without_classes_is_held(office: Office) -> None:
    before = office.roster({"classes": "sourcedId"})
    after = office.roster({"classes": "sourcedId\nmath-1"}, whole=("classes",))
    assert breaches(before, after) == [Breach("empty school", "classes", 1, 1, "south", "South")]
    assert sentences(before, after) == ("The school South would be left without any classes.",)


def test_school_whose_name_is_not_known_is_told_by_its_source_id(office: Office) -> None:
    before = office.roster({"orgs": "sourcedId | type | name\nsouth | school |", "classes": "sourcedId"})
    after = office.roster({"classes": "sourcedId\nmath-1"}, whole=("classes",))
    assert sentences(before, after) == ("The school south would be left without any classes.",)


def test_roster_whose_organizations_have_no_names_is_guarded_as_well(office: Office) -> None:
    before = office.roster({"classes": "sourcedId"})
    orgs = before.tables["orgs"]
    nameless = replace(orgs, columns=("sourcedId", "type"), text=lambda keys: orgs.text(keys).drop("name"))
    before = engine.Roster({**before.tables, "orgs": nameless})
    after = office.roster({"classes": "sourcedId\nmath-1"}, whole=("classes",))
    assert sentences(before, after) == ("The school south would be left without any classes.",)


def test_many_schools_are_one_line_for_each_kind_of_record(office: Office) -> None:
    towns = ("east", "west", "hill", "dale")
    orgs = "sourcedId | type | name" + "".join(f"\n{town} | school | {town.title()}" for town in towns)
    classes = "sourcedId | schoolSourcedId" + "".join(f"\n{town}-1 | {town}" for town in towns)
    before = office.roster({"orgs": orgs, "classes": classes})
    after = office.roster({"orgs": orgs, "classes": "sourcedId"})
    assert sentences(before, after) == ("4 schools would be left without any classes: Dale, East, Hill and 1 more.",)


def test_a_school_that_keeps_one_class_is_not_empty(office: Office) -> None:
    before = office.roster({"classes": "sourcedId | schoolSourcedId\nmath-2 | south"})
    after = office.roster(
        {"classes": "sourcedId | schoolSourcedId\nmath-1 | north\nmath-2 | south"}, whole=("classes",)
    )
    assert breaches(before, after) == []


def test_a_school_that_had_none_is_not_left_empty(office: Office) -> None:
    before = office.roster({"classes": "sourcedId\nmath-1"}, whole=("classes",))
    assert breaches(before, office.roster({"classes": "sourcedId | title\nmath-1 | Other"}, whole=("classes",))) == []


# All of them, and none at first


def test_every_limit_is_named_not_only_the_first(office: Office) -> None:
    pupils = many(60)
    before = office.roster({"users": pupils, "classes": "sourcedId"}, whole=("users",))
    after = office.roster(
        {"users": many(30, name="Another"), "classes": "sourcedId\nmath-1"}, whole=("users", "classes")
    )
    found = breaches(before, after, engine.Limits(updated_share_of_users=0.25))
    assert {(breach.limit, breach.table, breach.school) for breach in found} == {
        ("removed", "users", None),
        ("updated", "users", None),
        ("empty school", "classes", "south"),
    }


def test_limits_are_the_districts_own(office: Office) -> None:
    before, after = users(office, many(10)), users(office, many(9))
    assert breaches(before, after) == []
    assert breaches(before, after, engine.Limits(removed_share=0.05, removed_at_least=0)) == [
        Breach("removed", "users", 1, 10)
    ]


def test_a_first_sync_is_never_held_for_its_size(office: Office) -> None:
    assert breaches(engine.Roster(), users(office, many(100))) == []


def test_a_kind_that_comes_for_the_first_time_is_not_held(office: Office) -> None:
    before = users(office, many(3))
    after = engine.Roster({**before.tables, "courses": office.roster({"courses": "sourcedId"}).tables["courses"]})
    assert breaches(before, after) == []


def test_no_changes_pass(office: Office) -> None:
    roster = office.roster({"enrollments": "sourcedId"})
    assert breaches(roster, roster, engine.Limits(removed_share=0, removed_at_least=0, updated_share_of_users=0)) == []
