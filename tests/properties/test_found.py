"""What the laws have found, each as an example that a person can read. The reference must agree with every one of them."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from homeroom import engine
from homeroom.engine.profile import Profile
from tests.properties import reference, runs
from tests.properties.reference_reading import trust
from tests.properties.runs import PUBLISHER, Desk
from tests.spec import district

Given = Mapping[str, str]


@pytest.fixture
def at(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def judged(
    at: Desk,
    given: Given,
    *,
    version: str = "1.1",
    deltas: tuple[str, ...] = (),
    known: Given | None = None,
    onboarded: frozenset[str] | None = None,
    profile: Profile = PUBLISHER,
) -> engine.Checked:
    """The judgement of what is given and, unless it is sent as changes, of the rest of the small district with it."""
    files = district.delivery(given, version=version, deltas=deltas)
    before = None if known is None else district.delivery({"enrollments": "sourcedId"} | dict(known), version=version)
    roster = None if before is None else at.trust(before, profile)
    snapshot = engine.read(at.deliver(files))
    checked = engine.validate(snapshot, profile=profile, work=at.folder, onboarded=onboarded, known=roster)
    records = None if before is None else trust(before, version)
    plainly = reference.judge(files, version, profile=profile, onboarded=onboarded, known=records)
    assert (runs.findings(checked), runs.counts(checked)) == (plainly.findings(), plainly.counts)
    assert runs.standings(checked) == plainly.standings()
    return checked


def said(checked: engine.Checked) -> list[str]:
    """Every finding about a row, as file:line column rule."""
    return sorted(f"{found.table}:{found.line} {found.field} {found.rule}" for found in runs.findings(checked))


# Who somebody is


def test_who_is_a_student_by_the_changes_is_no_teacher_by_the_roster(at: Desk) -> None:
    ana = "sourcedId | role | email\nana | student | "
    teacher = {"users": "sourcedId | role | email\nana | teacher | ana@lantern.example"}
    assert said(judged(at, {"users": ana}, deltas=("users",), known=teacher)) == []


def test_a_repeated_row_does_not_make_a_teacher_of_the_student_who_stands(at: Desk) -> None:
    users = "sourcedId | role | username | email\nana | student | ana | \nana | teacher | ana.two | ana@lantern.example"
    assert said(judged(at, {"users": users})) == ["users:3 sourcedId sourcedid-repeated"]


def test_a_parent_who_teaches_may_teach(at: Desk) -> None:
    roles = "sourcedId | userSourcedId | role | roleType\nr1 | tess | teacher | primary\nr2 | tess | parent | secondary"
    enrollments = "sourcedId\nmath-tess"
    assert said(judged(at, {"roles": roles, "enrollments": enrollments}, version="1.2")) == []


def test_a_role_of_the_districts_own_making_is_not_compared_with_the_users(at: Desk) -> None:
    enrollments = "sourcedId | userSourcedId | role\ne1 | ana | ext:helper"
    assert said(judged(at, {"enrollments": enrollments}, version="1.2")) == []


def test_two_roles_of_the_districts_own_making_are_two_roles(at: Desk) -> None:
    enrollments = (
        "sourcedId | userSourcedId | role\ne1 | ana | ext:helper\ne2 | ana | ext:scribe\ne3 | ana | ext:helper"
    )
    assert said(judged(at, {"enrollments": enrollments}, version="1.2")) == [
        "enrollments:4 userSourcedId enrollment-repeated"
    ]


def test_who_comes_back_under_another_source_id_may_have_the_username_back(at: Desk) -> None:
    users = "sourcedId | status | username\nana | tobedeleted | ana\nana-2 | active | ana"
    assert said(judged(at, {"users": users}, deltas=("users",), known={})) == []


def test_a_user_with_a_school_in_the_roster_does_not_belong_only_to_the_one_in_the_changes(at: Desk) -> None:
    given = {
        "orgs": "sourcedId | type\nnorth | school\nsouth | school",
        "users": "sourcedId | email\ntess | tess@lantern.example",
        "roles": "sourcedId | userSourcedId | role | roleType | orgSourcedId\nr9 | tess | teacher | secondary | south",
    }
    checked = judged(
        at, given, version="1.2", deltas=("orgs", "users", "roles"), known={}, onboarded=frozenset({"north"})
    )
    assert runs.standings(checked)["users", 2] == "accepted"


def test_a_result_may_belong_to_a_student_of_version_1_2(at: Desk) -> None:
    sessions = "sourcedId | type | parentSourcedId\nq1 | gradingPeriod | fall"
    given = {"academicSessions": sessions, "categories": "sourcedId\ntests", "lineItems": "sourcedId\ntest-1"}
    results = "sourcedId | studentSourcedId\nr1 | ana\nr2 | tess"
    checked = judged(at, {**given, "results": results}, version="1.2")
    assert said(checked) == ["results:3 studentSourcedId reference-kind"]


# Teachers, stays and sessions


def test_one_teacher_in_two_stays_is_one_teacher(at: Desk) -> None:
    enrollments = """
        sourcedId | userSourcedId | role    | primary | beginDate  | endDate
        math-tess | tess          | teacher |         | 2026-09-01 | 2026-10-01
        e2        | tess          | teacher |         | 2026-11-01 | 2026-12-01
    """
    assert said(judged(at, {"enrollments": enrollments})) == []


def test_a_third_stay_is_compared_with_the_second_too(at: Desk) -> None:
    enrollments = """
        sourcedId | userSourcedId | beginDate  | endDate
        math-ana  | ana           | 2026-09-01 | 2026-10-01
        e2        | ana           | 2026-11-01 | 2026-12-01
        e3        | ana           | 2026-11-15 | 2026-12-15
    """
    assert said(judged(at, {"enrollments": enrollments})) == ["enrollments:4 userSourcedId enrollment-repeated"]


def test_enrollments_that_come_alone_are_compared_with_each_other(at: Desk) -> None:
    enrollments = "sourcedId | userSourcedId\ne1 | ana\ne2 | ana"
    checked = judged(at, {"enrollments": enrollments}, deltas=("enrollments",), known={"enrollments": "sourcedId"})
    assert said(checked) == ["enrollments:3 userSourcedId enrollment-repeated"]


def test_a_date_that_is_cleared_keeps_no_stays_apart(at: Desk) -> None:
    enrollments = "sourcedId | userSourcedId | beginDate | endDate\nmath-ana | ana | 2026-09-01 | 2026-10-01\ne2 | ana | 2026-11-1 | "
    expected = ["enrollments:3 beginDate date-form", "enrollments:3 userSourcedId enrollment-repeated"]
    assert said(judged(at, {"enrollments": enrollments})) == expected


def test_the_days_of_a_class_are_known_only_if_all_its_sessions_are_here(at: Desk) -> None:
    given = {
        "academicSessions": "sourcedId | type | startDate | endDate\nfall | semester | 2026-08-01 | 2027-01-01",
        "classes": "sourcedId | termSourcedIds\nmath-1 | fall,spring",
        "enrollments": "sourcedId | userSourcedId | beginDate\nmath-ana | ana | 2027-03-01",
    }
    assert said(judged(at, given, deltas=tuple(given), known={"enrollments": "sourcedId"})) == []


def test_a_year_before_1000_is_a_slip(at: Desk) -> None:
    sessions = "sourcedId | startDate\nterm-1 | 0000-08-01\nterm-2 | 0026-08-01"
    expected = ["academicSessions:2 startDate date-form", "academicSessions:3 startDate date-form"]
    assert said(judged(at, {"academicSessions": sessions})) == expected


# What can be looked up


def test_whose_own_row_in_the_changes_cannot_be_read_is_refused_for_their_enrollments(at: Desk) -> None:
    given = {"users": "sourcedId\ncleo", "enrollments": "sourcedId | userSourcedId\nmath-ana | ana"}
    files = district.delivery(given, version="1.1", deltas=("users", "enrollments"))
    files["users.csv"] += b"ana,active\r\n"
    before = district.delivery({"enrollments": "sourcedId"}, version="1.1")
    checked = engine.validate(
        engine.read(at.deliver(files)), profile=PUBLISHER, work=at.folder, known=at.trust(before, PUBLISHER)
    )
    assert said(checked) == ["enrollments:2 userSourcedId reference-not-found", "users:3 row row-too-short"]


def test_in_an_empty_roster_nothing_is_found(at: Desk) -> None:
    files = district.delivery({"orgs": "sourcedId | parentSourcedId\nnorth | lantern"}, version="1.1", deltas=("orgs",))
    snapshot = engine.read(at.deliver(files))
    alone = engine.validate(snapshot, profile=PUBLISHER, work=at.folder)
    with_roster = engine.validate(snapshot, profile=PUBLISHER, work=at.folder, known=engine.Roster())
    assert said(alone) == []
    assert said(with_roster) == ["orgs:2 parentSourcedId reference-not-found"]


def test_one_agent_who_was_refused_is_enough_among_others_who_may_be_elsewhere(at: Desk) -> None:
    users = "sourcedId | role | givenName | agentSourcedIds\nben | parent | |\nana | student | Ana | somebody,ben"
    checked = judged(at, {"users": users}, deltas=("users",))
    assert said(checked) == ["users:2 givenName value-missing", "users:3 agentSourcedIds reference-not-found"]


def test_a_source_id_that_the_roster_has_is_not_found_fault_with_where_it_is_named(at: Desk) -> None:
    known = {"users": "sourcedId | role\nano nymous | student"}
    enrollments = "sourcedId | userSourcedId | metadata.note\nmath-ana | ano nymous | two\\nlines"
    checked = judged(at, {"enrollments": enrollments}, deltas=("enrollments",), known=known)
    assert said(checked) == ["enrollments:2 metadata.note cell-line-break"]


# What a publisher's own profile says


def own(**consequences: str) -> Profile:
    return replace(
        PUBLISHER, name="own", consequences={rule.replace("_", "-"): what for rule, what in consequences.items()}
    )


def test_of_two_rules_that_a_cell_breaks_the_graver_speaks_whatever_the_order(at: Desk) -> None:
    profile = own(control_characters="notes", list_item_empty="refuses the row")
    checked = judged(at, {"classes": "sourcedId | periods\nmath-1 | 1,\u200b,,2"}, profile=profile)
    assert said(checked) == ["classes:2 periods list-item-empty"]


def test_a_blank_role_is_missing_even_if_unknown_words_are_only_noted(at: Desk) -> None:
    checked = judged(at, {"users": 'sourcedId | role\nana | " "'}, profile=own(token_unknown="notes"))
    assert "users:2 role value-missing" in said(checked)


def test_a_reference_that_leads_nowhere_and_is_only_noted_may_still_be_padded(at: Desk) -> None:
    enrollments = 'sourcedId | userSourcedId\nmath-ana | "ana "'
    checked = judged(at, {"enrollments": enrollments}, profile=own(reference_not_found="notes"))
    assert said(checked) == ["enrollments:2 userSourcedId id-padded"]


# What one list says of the other


def test_a_list_with_an_empty_item_has_no_length_to_compare(at: Desk) -> None:
    checked = judged(at, {"classes": "sourcedId | subjects | subjectCodes\nmath-1 | Algebra,, | 1"})
    assert said(checked) == ["classes:2 subjects list-item-empty"]


# What is proposed, and how it differs


def sync(
    at: Desk, given: Given, known: Given, *, version: str = "1.1", deltas: tuple[str, ...] = ()
) -> tuple[engine.Roster, engine.Roster]:
    before = at.trust(district.delivery({"enrollments": "sourcedId"} | dict(known), version=version), PUBLISHER)
    snapshot = engine.read(at.deliver(district.delivery(given, version=version, deltas=deltas)))
    checked = engine.validate(snapshot, profile=PUBLISHER, work=at.folder, known=before)
    return before, engine.propose(before, checked)


def test_an_enrollment_of_somebody_who_ends_in_the_same_delivery_does_not_come(at: Desk) -> None:
    given = {
        "users": "sourcedId | status | username | familyName\nnew | tobedeleted | new | New",
        "enrollments": "sourcedId | userSourcedId | classSourcedId\ne9 | new | math-1",
    }
    _, proposed = sync(at, given, {}, deltas=("users", "enrollments"))
    assert "e9" not in runs.records(proposed)["enrollments"]


def test_a_judgement_without_a_roster_proposes_none(at: Desk) -> None:
    snapshot = engine.read(at.deliver(district.delivery({"orgs": "sourcedId"}, version="1.1")))
    checked = engine.validate(snapshot, profile=PUBLISHER, work=at.folder)
    with pytest.raises(ValueError, match="current roster"):
        engine.propose(engine.Roster(), checked)


def test_a_span_of_years_is_in_the_roster_as_the_year_in_which_it_ends(at: Desk) -> None:
    roster = at.trust(
        district.delivery({"academicSessions": "sourcedId | schoolYear\nyear | 2026-2027"}, version="1.1"), PUBLISHER
    )
    assert runs.records(roster)["academicSessions"]["year"]["schoolYear"] == "2027"


def test_metadata_that_are_suddenly_gone_are_noted(at: Desk) -> None:
    checked = judged(at, {"courses": "sourcedId\nmath"}, known={"courses": "sourcedId | metadata.room\nmath | 12"})
    assert ("courses", "metadata.room", "column-suddenly-empty", 1) in runs.counts(checked)


def test_the_older_layout_of_users_with_its_column_empty_changes_nobody(at: Desk) -> None:
    older, newer = ({"users": f"sourcedId{more}\nana{' | ' * bool(more)}"} for more in (" | resourceSourcedIds", ""))
    one, other = (at.trust(district.delivery(given, version="1.2"), PUBLISHER) for given in (older, newer))
    assert engine.diff(one, other).is_empty


def test_the_digest_tells_what_an_updated_record_was_before(at: Desk) -> None:
    rosters = [
        at.trust(district.delivery({"orgs": f"sourcedId | name\nnorth | {name}"}, version="1.1"), PUBLISHER)
        for name in "ABC"
    ]
    assert engine.diff(rosters[0], rosters[2]).digest() != engine.diff(rosters[1], rosters[2]).digest()


def test_what_stands_in_two_cells_does_not_read_as_what_stands_in_one(at: Desk) -> None:
    cells = ("Math\x1fM | 1", "Math | M\x1f1")
    tables = [f"sourcedId | title | courseCode\nmath | {text}" for text in cells]
    one, other = (at.trust(district.delivery({"courses": text}, version="1.1"), PUBLISHER) for text in tables)
    assert not engine.diff(one, other).is_empty


def test_a_metadata_column_may_have_any_name(at: Desk) -> None:
    roster = at.trust(
        district.delivery({"orgs": "sourcedId | metadata.{} | metadata.{x}\nnorth | 1 | 2"}, version="1.1"), PUBLISHER
    )
    assert runs.records(roster)["orgs"]["north"]["metadata.{}"] == "1"


# What the guard counts


def test_a_kind_that_is_left_empty_is_also_too_much_deactivated(at: Desk) -> None:
    many = "sourcedId\n" + "\n".join(f"c{n}" for n in range(30))
    before = at.trust(district.delivery({"courses": many}, version="1.1"), PUBLISHER)
    after = engine.Roster(
        {**before.tables, "courses": before.tables["courses"].only(before.tables["courses"].keys.head(0))}
    )
    verdict = engine.guard(engine.diff(before, after), before)
    assert {breach.limit for breach in verdict.breaches} == {"empty kind", "removed"}


def test_a_school_all_of_whose_classes_move_is_left_empty(at: Desk) -> None:
    before, after = (
        at.trust(
            district.delivery({"classes": f"sourcedId | schoolSourcedId\nmath-1 | {school}"}, version="1.1"), PUBLISHER
        )
        for school in ("north", "south")
    )
    verdict = engine.guard(engine.diff(before, after), before)
    assert [breach.sentence for breach in verdict.breaches] == ["The school North would be left without any classes."]
