"""The outcome in figures: what each row came to, which causes cost most, and how the sync ended."""

import json

import pytest

from homeroom import engine
from homeroom.engine.report import Cause, TableCounts, examples
from tests.engine.syncs import PUBLISHER, Office, Sync
from tests.spec import district

TESS_WITHOUT_EMAIL = "sourcedId | email\ntess | "


def counts(sync: Sync, table: str) -> TableCounts:
    return next(one for one in sync.report.tables if one.table == table)


def judged(office: Office, given: dict[str, str], *, onboarded: frozenset[str] | None = None) -> engine.Checked:
    """A judgement without an earlier roster."""
    snapshot = engine.read(office.deliver(district.delivery(given, version="1.1")))
    return engine.validate(snapshot, profile=PUBLISHER, work=office.folder, onboarded=onboarded)


def figures(cause: Cause) -> tuple[str, str | None, str | None, int, dict[str, int]]:
    return cause.rule, cause.table, cause.field, cause.findings, cause.records


# How it ended


def test_nothing_refused_is_completed(office: Office) -> None:
    report = engine.summarise(judged(office, {"enrollments": "sourcedId"}))
    assert (report.status, report.reasons, report.causes) == (engine.Status.COMPLETED, (), ())


def test_notes_and_cleared_values_are_still_completed(office: Office) -> None:
    report = engine.summarise(judged(office, {"users": "sourcedId | grades\nana | 99", "enrollments": "sourcedId"}))
    assert report.status == "Completed"
    assert [(note.rule, note.consequence, note.findings) for note in report.notes] == [
        ("grade-unknown", "clears the value", 1)
    ]


def test_one_refused_row_is_completed_with_errors(office: Office) -> None:
    report = engine.summarise(judged(office, {"users": "sourcedId | familyName\nana | "}))
    assert report.status == "Completed with Errors"


def test_a_delivery_that_cannot_be_taken_is_failed_and_says_why(office: Office) -> None:
    files = district.delivery({"users": "sourcedId"}, version="1.1")
    files["users.csv"] = b""
    checked = engine.validate(engine.read(office.deliver(files)), profile=PUBLISHER, work=office.folder)
    report = engine.summarise(checked)
    assert (report.status, report.tables) == ("Failed", ())
    assert report.reasons[0] == "users.csv is empty: not even a header row is in it."


# What each row came to


def test_every_row_is_accepted_refused_or_left_out(office: Office) -> None:
    given = {"users": "sourcedId | familyName | orgSourcedIds\nana | | north\nzoe | Day | south"}
    report = engine.summarise(judged(office, given, onboarded=frozenset({"north"})))
    assert [(t.table, t.rows, t.accepted, t.refused, t.left_out) for t in report.tables] == [
        ("orgs", 3, 2, 1, 0),
        ("users", 6, 2, 1, 3),
    ]


def test_rows_that_cannot_be_read_are_refused(office: Office) -> None:
    files = district.delivery({"orgs": "sourcedId"}, version="1.1")
    files["orgs.csv"] += b"west,,\r\n\r\n,,\r\n"
    report = engine.summarise(
        engine.validate(engine.read(office.deliver(files)), profile=PUBLISHER, work=office.folder)
    )
    assert [(t.rows, t.accepted, t.refused) for t in report.tables] == [(5, 3, 2)]


def test_without_an_earlier_roster_nothing_is_said_of_changes(office: Office) -> None:
    (table,) = engine.summarise(judged(office, {"orgs": "sourcedId"})).tables
    assert (table.created, table.updated, table.unchanged, table.deactivated, table.kept) == (
        None,
        None,
        None,
        None,
        None,
    )


def test_of_a_complete_table_it_tells_what_became_of_every_record(office: Office) -> None:
    before = office.roster({"users": "sourcedId | givenName\nben | Ben"})
    now = "sourcedId | givenName | familyName\nana | Ana | \nben | Benjamin | Moss\ntom | Tom | Fox\nzoe | Zoe | Day"
    table = counts(office.sync(before, {"users": now}, whole=("users",)), "users")
    # Ana is refused and kept, Ben is updated, Tom is the same, Zoe is new, Cleo and Tess are gone.
    assert (table.rows, table.accepted, table.refused) == (4, 3, 1)
    assert (table.created, table.updated, table.unchanged, table.deactivated, table.kept) == (1, 1, 1, 2, 1)


def test_of_a_delta_only_what_it_mentions_is_counted(office: Office) -> None:
    before = office.roster({"users": "sourcedId | familyName\ntom | Fox"})
    now = "sourcedId | status | familyName\nana | active | \nben | tobedeleted | Moss\nzoe | active | Day"
    now += "\ntom | active | Fox"
    table = counts(office.sync(before, {"users": now}, deltas=("users",)), "users")
    assert (table.created, table.updated, table.unchanged, table.deactivated, table.kept) == (1, 0, 1, 1, 1)


def test_limits_that_would_be_broken_are_in_the_report(office: Office) -> None:
    before = office.roster({"classes": "sourcedId"})
    sync = office.sync(before, {"classes": "sourcedId\nmath-1"}, whole=("classes",))
    assert sync.report.breaches == sync.verdict.sentences
    assert "The school South would be left without any classes." in sync.report.breaches


# Causes


def test_what_follows_from_a_fault_is_counted_with_its_cause(office: Office) -> None:
    report = engine.summarise(judged(office, {"users": TESS_WITHOUT_EMAIL, "enrollments": "sourcedId"}))
    (cause,) = report.causes
    # Tess herself, her class, and everybody's enrollment in it.
    assert figures(cause) == ("staff-email-missing", "users", "email", 1, {"users": 1, "classes": 1, "enrollments": 3})
    assert cause.total == 5
    assert cause.remedy == "Fill in the person's e-mail in the source system. Students need none."


def test_the_costliest_cause_comes_first(office: Office) -> None:
    given = {"users": TESS_WITHOUT_EMAIL, "courses": "sourcedId | title\ndrama | ", "enrollments": "sourcedId"}
    causes = engine.summarise(judged(office, given)).causes
    assert [(cause.rule, cause.total) for cause in causes] == [("staff-email-missing", 5), ("value-missing", 4)]


def test_a_school_that_is_not_onboarded_says_what_was_left_out_for_it(office: Office) -> None:
    (cause,) = engine.summarise(judged(office, {"enrollments": "sourcedId"}, onboarded=frozenset({"north"}))).causes
    assert figures(cause) == ("school-not-onboarded", "orgs", "school", 1, {"orgs": 1})
    assert cause.left_out == {"users": 2, "classes": 1, "enrollments": 2}


def test_an_example_is_one_of_the_causes_own_places(office: Office) -> None:
    checked = judged(office, {"users": TESS_WITHOUT_EMAIL, "enrollments": "sourcedId"})
    message = "email is required for users with “teacher” or “administrator” roles"
    errors = {cause: place for (cause, what), place in examples(checked).items() if what == "refuses the row"}
    assert errors == {"users/email/staff-email-missing": ("users.csv", 2, message)}


# What it may hold


@pytest.mark.parametrize("name", ["tess", "Tess", "Fox", "ana.lee", "math-tess"])
def test_a_report_holds_nothing_about_a_person(office: Office, name: str) -> None:
    given = {"users": "sourcedId | familyName | email\ntess | | tess@\nana | Lee, |", "enrollments": "sourcedId"}
    before = office.roster({"enrollments": "sourcedId"})
    assert name not in json.dumps(office.sync(before, given).report.as_json())
