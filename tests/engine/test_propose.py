"""What the roster would be: what comes, what goes, and above all what stays (product.md 4.3)."""

import pytest

from homeroom import engine
from tests.engine.syncs import PUBLISHER, Office, ids, record
from tests.spec import district

BEN_IS_GONE = "sourcedId\ntess\ntom\nana\ncleo"
MATH_ANA = "sourcedId\nmath-tess\nmath-ana\ndrama-tom\ndrama-cleo"


@pytest.fixture
def before(office: Office) -> engine.Roster:
    """The whole district: three pupils, two teachers, two classes."""
    return office.roster({"enrollments": "sourcedId"})


# A complete file (bulk)


def test_what_was_accepted_comes(office: Office, before: engine.Roster) -> None:
    sync = office.sync(before, {"users": "sourcedId | givenName\nana | Anna\nzoe | Zoe"})
    assert sync.ids("users") == ["ana", "ben", "cleo", "tess", "tom", "zoe"]
    assert record(sync.proposed, "users", "ana")["givenName"] == "Anna"


def test_what_is_missing_from_a_complete_file_goes(office: Office, before: engine.Roster) -> None:
    sync = office.sync(before, {"users": BEN_IS_GONE}, whole=("users",))
    assert sync.ids("users") == ["ana", "cleo", "tess", "tom"]


def test_what_comes_back_is_there_again(office: Office, before: engine.Roster) -> None:
    without_ben = office.sync(before, {"users": BEN_IS_GONE}, whole=("users",)).proposed
    assert "ben" in office.sync(without_ben, {"users": "sourcedId"}).ids("users")


def test_a_value_that_was_cleared_is_taken_out(office: Office, before: engine.Roster) -> None:
    sync = office.sync(before, {"users": "sourcedId | grades\nana | 99"})
    assert "grades" in record(before, "users", "ana")
    assert "grades" not in record(sync.proposed, "users", "ana")


def test_a_refused_record_stays_as_it_was(office: Office, before: engine.Roster) -> None:
    sync = office.sync(before, {"users": "sourcedId | givenName | familyName\nana | Anna | "})
    assert record(sync.proposed, "users", "ana") == record(before, "users", "ana")


def test_a_refused_record_that_was_never_there_does_not_come(office: Office, before: engine.Roster) -> None:
    assert "zoe" not in office.sync(before, {"users": "sourcedId | familyName\nzoe | "}).ids("users")


def test_an_enrollment_stays_when_its_user_is_refused(office: Office, before: engine.Roster) -> None:
    sync = office.sync(
        before,
        {"users": "sourcedId | familyName\nana | ", "enrollments": "sourcedId | beginDate\nmath-ana | 2026-09-01"},
    )
    assert record(sync.proposed, "enrollments", "math-ana") == record(before, "enrollments", "math-ana")


def test_a_school_that_lost_its_onboarding_stays_with_all_that_belongs_to_it(
    office: Office, before: engine.Roster
) -> None:
    sync = office.sync(before, {"enrollments": "sourcedId"}, onboarded=frozenset({"north"}))
    assert [ids(before, table) for table in before.tables] == [sync.ids(table) for table in before.tables]
    assert sync.changes.is_empty


def test_of_a_row_that_cannot_be_read_the_record_stays_if_it_tells_whose_it_is(
    office: Office, before: engine.Roster
) -> None:
    proposed = with_more(office, before, BEN_IS_GONE, b"ben,,\r\n")
    assert ids(proposed, "users") == ["ana", "ben", "cleo", "tess", "tom"]


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(b'"ben,true,north\r\n', id="a quote that never closes"),
        pytest.param(b",,,,,,,,,,,,,,,,,\r\n", id="no source id"),
        pytest.param(b"1.23E+11" + b"," * 17 + b"\r\n", id="a source id that Excel has shortened"),
        pytest.param(b'"ben "' + b"," * 17 + b"\r\n", id="a source id with a space"),
    ],
)
def test_nobody_goes_while_a_row_does_not_tell_whose_it_is(office: Office, before: engine.Roster, row: bytes) -> None:
    proposed = with_more(office, before, "sourcedId\ntess\ntom\nana", row)
    assert ids(proposed, "users") == ["ana", "ben", "cleo", "tess", "tom"]


def test_in_other_tables_what_is_missing_goes_all_the_same(office: Office, before: engine.Roster) -> None:
    files = district.delivery({"users": "sourcedId", "enrollments": MATH_ANA}, version="1.1", whole=("enrollments",))
    files["users.csv"] += b",,\r\n"
    assert "math-ben" not in ids(proposed_of(office, before, files), "enrollments")


# A set of changes (delta)


def test_what_a_delta_does_not_mention_stays(office: Office, before: engine.Roster) -> None:
    sync = office.sync(before, {"users": "sourcedId | givenName\nana | Anna"}, deltas=("users",))
    assert sync.ids("users") == ids(before, "users")
    assert record(sync.proposed, "users", "ana")["givenName"] == "Anna"
    assert record(sync.proposed, "users", "ben") == record(before, "users", "ben")


def test_a_delta_ends_what_it_says_is_ended(office: Office, before: engine.Roster) -> None:
    sync = office.sync(before, {"users": "sourcedId | status\nben | tobedeleted"}, deltas=("users",))
    assert sync.ids("users") == ["ana", "cleo", "tess", "tom"]


def test_a_refused_row_of_a_delta_ends_nothing(office: Office, before: engine.Roster) -> None:
    sync = office.sync(before, {"users": "sourcedId | status | familyName\nben | tobedeleted | "}, deltas=("users",))
    assert sync.ids("users") == ids(before, "users")


# What ends with its user or class


def test_enrollments_end_with_their_user(office: Office, before: engine.Roster) -> None:
    sync = office.sync(before, {"users": "sourcedId | status\nben | tobedeleted"}, deltas=("users",))
    assert "math-ben" in ids(before, "enrollments")
    assert sync.ids("enrollments") == ["drama-cleo", "drama-tom", "math-ana", "math-tess"]


def test_enrollments_end_with_their_class(office: Office, before: engine.Roster) -> None:
    sync = office.sync(before, {"classes": "sourcedId | status\ndrama-1 | tobedeleted"}, deltas=("classes",))
    assert sync.ids("enrollments") == ["math-ana", "math-ben", "math-tess"]


def test_roles_end_with_their_user(office: Office) -> None:
    before = office.roster({"enrollments": "sourcedId"}, version="1.2")
    sync = office.sync(
        before, {"users": "sourcedId | status\nben | tobedeleted"}, version="1.2", deltas=("users", "roles")
    )
    assert sorted(set(ids(before, "roles")) - set(sync.ids("roles"))) == ["ben-north"]


def test_a_pupil_does_not_end_with_a_parent(office: Office) -> None:
    before = office.roster({"users": "sourcedId | role | agentSourcedIds\npia | parent | \nana | student | pia"})
    sync = office.sync(before, {"users": "sourcedId | status\npia | tobedeleted"}, deltas=("users",))
    assert sync.ids("users") == ["ana", "ben", "cleo", "tess", "tom"]


# What changes nothing


def test_a_table_that_is_not_delivered_stays(office: Office, before: engine.Roster) -> None:
    sync = office.sync(before, {"courses": "sourcedId"})
    assert sync.ids("enrollments") == ids(before, "enrollments")


def test_a_delivery_that_was_stopped_changes_nothing(office: Office, before: engine.Roster) -> None:
    files = district.delivery({"users": "sourcedId\nzoe"}, version="1.1")
    files["orgs.csv"] = b""
    assert proposed_of(office, before, files) is before


def test_the_first_sync_proposes_what_was_accepted(office: Office) -> None:
    sync = office.sync(engine.Roster(), {"users": "sourcedId | familyName\nana | "})
    assert sync.ids("users") == ["ben", "cleo", "tess", "tom"]


def test_the_same_delivery_again_changes_nothing(office: Office, before: engine.Roster) -> None:
    given = {"users": "sourcedId | familyName\nana | \nzoe | Day"}
    once = office.sync(before, given)
    assert not once.changes.is_empty
    assert office.sync(once.proposed, given).changes.is_empty


def with_more(office: Office, before: engine.Roster, users: str, row: bytes) -> engine.Roster:
    """The proposed roster of a complete users.csv with one more row in it."""
    files = district.delivery({"users": users}, version="1.1", whole=("users",))
    files["users.csv"] += row
    return proposed_of(office, before, files)


def proposed_of(office: Office, before: engine.Roster, files: dict[str, bytes]) -> engine.Roster:
    snapshot = engine.read(office.deliver(files))
    return engine.propose(before, engine.validate(snapshot, profile=PUBLISHER, work=office.folder, known=before))
