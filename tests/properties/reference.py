"""The slow, obvious reading: what comes of a OneRoster delivery by product.md 4.3, with dictionaries and loops alone?

From the engine it takes only what is declared, not what is computed: tables, the catalogue of rules with what follows
from each, profiles. It is slow on purpose; every judgement is a few lines that can be checked against the page. The
order is here; the judgements are in the modules beside, each named after what it reads.
"""

from collections.abc import Mapping

from homeroom.engine.oneroster import tables_of
from homeroom.engine.profile import Profile
from homeroom.engine.rule import Consequence
from homeroom.engine.rules import RULES_BY_ID
from tests.properties.reference_cells import BY_THEMSELVES
from tests.properties.reference_links import (
    circles,
    enrollments_repeated,
    faults,
    is_looked_up,
    onboarding,
    references,
    repeated,
    users_without_an_onboarded_school,
)
from tests.properties.reference_people import COUNTS, people, profiles_of_roles, stays, teachers
from tests.properties.reference_reading import WHOLE_ROW, Judgement, Records, Sheet, read

#: A record that belongs to one of these ends with it.
OWNERS = ("users", "classes")


def judge(
    files: Mapping[str, bytes],
    version: str,
    *,
    profile: Profile,
    onboarded: frozenset[str] | None = None,
    known: Records | None = None,
) -> Judgement:
    """Judges a delivery: every row by itself, then table after table, each after those that it points at (product.md
    4.3).
    """
    judgement = Judgement(version, read(files, version), profile, onboarded, known)
    judgement.stopped = _stops(judgement)
    if judgement.stopped:
        return judgement
    for name, sheet in judgement.sheets.items():
        _rows_that_cannot_be_read(judgement, sheet)
        _cells(judgement, sheet)
        _complete_files_with_status(judgement, sheet)
        repeated(judgement, name)
    for name in judgement.sheets:
        _judge_table(judgement, name)
    for count in COUNTS.values():
        count(judgement)
    return judgement


def _judge_table(judgement: Judgement, name: str) -> None:
    if name == "orgs":
        circles(judgement, "orgs")
        onboarding(judgement)
        references(judgement, "orgs")
    elif name == "academicSessions":
        circles(judgement, "academicSessions")
        references(judgement, "academicSessions")
    elif name == "users":
        users_without_an_onboarded_school(judgement)
        people(judgement)
        references(judgement, "users")
    elif name == "roles":
        profiles_of_roles(judgement)
        references(judgement, "roles")
    elif name == "classes":
        # A class needs a teacher, and an enrollment needs a class: so enrollments are judged first by all but their
        # class.
        references(judgement, "classes")
        references(judgement, "enrollments", but="classSourcedId")
        enrollments_repeated(judgement)
        teachers(judgement)
        references(judgement, "enrollments", only="classSourcedId")
    elif name == "enrollments":
        if "classes" not in judgement.sheets:
            references(judgement, "enrollments")
            enrollments_repeated(judgement)
        stays(judgement)
    else:
        references(judgement, name)


def _stops(judgement: Judgement) -> bool:
    """Whether a file is missing or, where the profile says so, a column or all rows of a file."""

    def follows(rule: str) -> bool:
        return RULES_BY_ID[rule].consequence_for(None, judgement.profile) is Consequence.STOPS

    there = {*judgement.sheets, *(judgement.known or {})}
    for sheet in judgement.sheets.values():
        declared = {column.name for column in sheet.table.columns if column.layout is None}
        if sheet.mode == "bulk" and not there.issuperset(sheet.table.needs):
            return True
        if _is_out_of_order(sheet) and follows("column-moved"):
            return True
        if (not sheet.rows and follows("file-without-rows")) or (
            not declared.issubset(sheet.columns) and follows("column-missing")
        ):
            return True
    return not any(sheet.rows for sheet in judgement.sheets.values())


def _is_out_of_order(sheet: Sheet) -> bool:
    """Whether the columns stand in another order than the standard's, with those of metadata at the end."""
    declared = [column.name for column in sheet.table.columns if column.name in sheet.columns]
    return list(sheet.columns[: len(declared)]) != declared


def _rows_that_cannot_be_read(judgement: Judgement, sheet: Sheet) -> None:
    for row in sheet.rows:
        if row.bad is not None:
            judgement.tell(row, row.bad, WHOLE_ROW)


def _cells(judgement: Judgement, sheet: Sheet) -> None:
    """Every cell by itself. The text of a reference waits until it is known where it leads, where that can be known."""
    for row in sheet.readable:
        for column in sheet.judged:
            for rule in faults(judgement, sheet, row, column):
                if rule == "value-missing" or not is_looked_up(judgement, column):
                    judgement.tell(row, rule, column.name, column)


def _complete_files_with_status(judgement: Judgement, sheet: Sheet) -> None:
    """In a complete file status and dateLastModified are passed over: one note with a count, or each row if that is
    refused.
    """
    filled = [row for row in sheet.readable if row.cells.get("status") or row.cells.get("dateLastModified")]
    if sheet.mode == "delta":
        return
    if RULES_BY_ID["bulk-columns-filled"].consequence_for(None, judgement.profile).is_error:
        for row in filled:
            judgement.tell(row, "bulk-columns-filled", "status")
    else:
        judgement.count(sheet.table.name, "status", "bulk-columns-filled", len(filled))


def propose(current: Records, judgement: Judgement) -> Records:
    """The roster as it would be: what was accepted comes, what vanished or is said to end goes, and everything else
    stays.

    Of a complete table, what is not mentioned has vanished, unless somebody's row does not tell whose it is. A row that
    was refused, left out or could not be read mentions its record, and says nothing else about it.
    """
    proposed = {table: dict(records) for table, records in current.items()}
    if judgement.stopped:
        return proposed
    accepted, ended = judgement.accepted(), {}
    for name, sheet in judgement.sheets.items():
        before = current.get(name, {})
        ended[name] = {row.id for row in sheet.rows if row.accepted and row.ends}
        if sheet.mode == "bulk" and all(sheet.tells_whose_it_is(row) for row in sheet.rows):
            ended[name] |= set(before) - sheet.said
        proposed[name] = {id: record for id, record in before.items() if id not in ended[name]} | accepted[name]
    for name in tuple(proposed):
        for column in tables_of(judgement.version)[name].references:
            if (
                column.required
                and not column.is_list
                and column.reference is not None
                and column.reference.table in OWNERS
            ):
                gone = ended.get(column.reference.table, set())
                proposed[name] = {id: r for id, r in proposed[name].items() if r.get(column.name) not in gone}
    return proposed


#: Every rule of the catalogue that is about rows of OneRoster tables, and who judges it here.
JUDGED = {
    **dict.fromkeys(("row-too-short", "row-too-long", "row-not-utf8", "row-quote", "row-nul", "row-carriage-return"), _rows_that_cannot_be_read),
    **dict.fromkeys(BY_THEMSELVES, faults),
    **dict.fromkeys(("sourcedid-repeated", "username-repeated", "master-identifier-repeated", "primary-role-repeated"), repeated),
    **dict.fromkeys(("reference-not-found", "reference-not-checked", "reference-kind"), references),
    **dict.fromkeys(("org-cycle", "session-cycle"), circles),
    **dict.fromkeys(("staff-email-missing", "staff-email-form", "additional-role-unknown", "additional-role-on-student"), people),
    **dict.fromkeys(("class-without-teacher", "class-teacher-unmarked", "class-teachers-marked"), teachers),
    **dict.fromkeys(("enrollment-outside-sessions", "enrollment-role-differs"), stays),
    "bulk-columns-filled": _complete_files_with_status,
    "enrollment-repeated": enrollments_repeated,
    "profile-of-another-user": profiles_of_roles,
    "primary-org-without-role": people,
    "school-not-onboarded": onboarding,
    **COUNTS,
}  # fmt: skip
