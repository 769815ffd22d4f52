"""Changes between two rosters: what they name, where they lead, and which digest stands for them."""

import polars as pl
import pytest

from homeroom import engine
from homeroom.engine.diff import TableChanges
from tests.engine.syncs import Office, ids, record

ANA = "sourcedId | givenName | middleName | password\nana | Ana | | secret-1"


def changed(office: Office, before: str, after: str, *, table: str = "users") -> TableChanges:
    return engine.diff(office.roster({table: before}), office.roster({table: after})).tables[table]


def names(change: TableChanges, kind: str) -> list[str]:
    side = change.before if kind == "removed" else change.after
    return sorted(side.only(getattr(change, kind)).rows.collect()["sourcedId"]) if side is not None else []


def cells(change: TableChanges) -> list[tuple[str | None, ...]]:
    return change.columns_that_differ().rows()


def test_a_record_that_is_only_in_the_later_roster_is_created(office: Office) -> None:
    change = changed(office, "sourcedId", "sourcedId\nzoe")
    assert (names(change, "created"), names(change, "updated"), names(change, "removed")) == (["zoe"], [], [])
    assert change.unchanged == 5


def test_a_record_that_is_only_in_the_earlier_roster_is_removed(office: Office) -> None:
    change = changed(office, "sourcedId\nzoe", "sourcedId")
    assert (names(change, "created"), names(change, "updated"), names(change, "removed")) == ([], [], ["zoe"])
    assert change.unchanged == 5


def test_an_updated_record_tells_which_cells_differ(office: Office) -> None:
    change = changed(office, ANA, "sourcedId | givenName | middleName\nana | Anna | Lee")
    assert names(change, "updated") == ["ana"]
    assert cells(change) == [("ana", "givenName", "Ana", "Anna"), ("ana", "middleName", None, "Lee")]


def test_a_value_that_is_taken_out_differs_from_nothing(office: Office) -> None:
    change = changed(office, "sourcedId | middleName\nana | Lee", "sourcedId | middleName\nana | ")
    assert cells(change) == [("ana", "middleName", "Lee", None)]


def test_a_metadata_column_is_part_of_the_record(office: Office) -> None:
    change = changed(office, "sourcedId\nana", "sourcedId | metadata.bus\nana | 12")
    assert cells(change) == [("ana", "metadata.bus", None, "12")]


@pytest.mark.parametrize(
    "after",
    [
        pytest.param("sourcedId | givenName | password\nana | Ana | secret-2", id="password"),
        pytest.param("sourcedId | givenName | dateLastModified\nana | Ana | 2026-08-15T06:30:00.000Z", id="date"),
        pytest.param("sourcedId | givenName | status\nana | Ana | active", id="status"),
        pytest.param("sourcedId | givenName | metadata.bus\nana | Ana | ", id="empty metadata"),
    ],
)
def test_what_is_no_part_of_a_record_changes_nothing(office: Office, after: str) -> None:
    assert engine.diff(office.roster({"users": ANA}), office.roster({"users": after})).is_empty


def test_a_column_that_is_left_out_is_the_same_as_an_empty_one(office: Office) -> None:
    short = office.roster({"orgs.csv": "sourcedId,name,type,parentSourcedId\nnorth,North,school,lantern\n"})
    full = office.roster({"orgs": "sourcedId | name | type | identifier\nnorth | North | school | "}, whole=("orgs",))
    assert len(full.tables["orgs"]) == 1
    assert engine.diff(short, full).is_empty


def test_tables_that_are_in_one_roster_only_are_created_or_removed_as_a_whole(office: Office) -> None:
    roster = office.roster({"orgs": "sourcedId"})
    there, back = engine.diff(engine.Roster(), roster), engine.diff(roster, engine.Roster())
    assert (len(there.tables["orgs"].created), len(back.tables["orgs"].removed)) == (3, 3)
    assert ids(engine.apply(there, engine.Roster()), "orgs") == ["lantern", "north", "south"]
    assert ids(engine.apply(back, roster), "orgs") == []


def test_a_roster_does_not_differ_from_itself(office: Office) -> None:
    roster = office.roster({"enrollments": "sourcedId"})
    changes = engine.diff(roster, roster)
    assert changes.is_empty
    assert set(changes.tables) == set(roster.tables)
    assert not engine.diff(roster, engine.Roster()).is_empty


def test_applying_changes_arrives_and_their_inverse_leads_back(office: Office) -> None:
    before = office.roster({"users": "sourcedId | givenName\nana | Ana\nzoe | Zoe"})
    after = office.roster({"users": "sourcedId | givenName\nana | Anna\numa | Uma"})
    changes = engine.diff(before, after)
    there = engine.apply(changes, before)
    assert (ids(there, "users"), record(there, "users", "ana")["givenName"]) == (ids(after, "users"), "Anna")
    back = engine.apply(changes.inverse, there)
    assert (ids(back, "users"), record(back, "users", "ana")["givenName"]) == (ids(before, "users"), "Ana")


def test_the_digest_is_the_same_in_every_order(office: Office) -> None:
    before = office.roster({"users": "sourcedId"})
    one = office.roster({"users": "sourcedId | username | email\numa | uma | \nzoe | zoe | "})
    other = office.roster({"users": "sourcedId | username | email\nzoe | zoe | \numa | uma | "})
    assert engine.diff(before, one).digest() == engine.diff(before, other).digest()
    assert len(engine.diff(before, one).digest()) == 64


def test_the_digest_stands_for_exactly_these_changes(office: Office) -> None:
    texts = (
        "sourcedId | givenName\nana | Ana",
        "sourcedId | givenName\nana | Anna",
        "sourcedId | givenName\nana | Ana\nzoe | Zoe",
    )
    ana, anna, zoe = (office.roster({"users": text}) for text in texts)
    pairs = [(ana, ana), (ana, anna), (anna, ana), (ana, zoe), (zoe, ana), (anna, zoe)]
    assert len({engine.diff(one, other).digest() for one, other in pairs}) == len(pairs)


def test_the_digest_of_the_same_records_in_another_table_is_another(office: Office) -> None:
    roster = office.roster({"orgs": "sourcedId"})
    moved = engine.Roster({"courses": roster.tables["orgs"]})
    assert engine.diff(engine.Roster(), roster).digest() != engine.diff(engine.Roster(), moved).digest()


def test_changes_of_many_records_are_told_in_the_order_of_their_names(office: Office) -> None:
    before, after = (
        office.roster({"users": f"sourcedId | givenName\nana | {name}\nben | {name}"}) for name in ("A", "B")
    )
    table = engine.diff(before, after).tables["users"].columns_that_differ()
    assert table.schema == {"sourcedId": pl.String, "column": pl.String, "before": pl.String, "after": pl.String}
    assert table["sourcedId"].to_list() == ["ana", "ben"]
