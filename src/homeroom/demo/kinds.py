"""Which mistakes can be put into a made-up district?

One line each, in the order of the rules: rows, cells, keys, references, people, classes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from homeroom.demo.defects import (
    CASE,
    COMMA,
    CUT,
    NOT_UTF8,
    NUL,
    OTHER,
    QUOTE,
    RETURN,
    Edit,
    Kind,
    Known,
    Part,
    Setting,
)
from homeroom.demo.wording import ADDITIONAL_ROLES

Cell = pl.Expr | str | None
Other = Known | tuple[str, Part]

#: In place of a column, for a row that cannot be read.
WHOLE_ROW = "row"
#: Whom a mistake befalls where nothing else is said: a part of the setting, and its table.
_VICTIMS: Final[Mapping[Setting, tuple[str, Part]]] = {
    Setting.ANY_ENROLLMENT: ("enrollments", Part.ANY),
    Setting.STUDENT: ("users", Part.STUDENT),
    Setting.TWINS: ("users", Part.TWIN),
    Setting.DOUBLES: ("users", Part.TWIN),
    Setting.STAFF: ("users", Part.STAFF),
    Setting.CLUB: ("classes", Part.CLASS),
    Setting.CLUB_OF_TWO_TEACHERS: ("classes", Part.CLASS),
    Setting.CLUB_WITHOUT_TEACHER: ("classes", Part.CLASS),
    Setting.CLUB_COURSE: ("courses", Part.COURSE),
    Setting.CLUB_SESSION: ("academicSessions", Part.SESSION),
    Setting.CLUB_SCHOOL: ("orgs", Part.SCHOOL),
    Setting.OFFICES: ("orgs", Part.OFFICE),
    Setting.SESSION: ("academicSessions", Part.SESSION),
}


def _cells(cells: Mapping[str, Cell]) -> dict[str, pl.Expr]:
    return {name: cell if isinstance(cell, pl.Expr) else pl.lit(cell, pl.String) for name, cell in cells.items()}


def _kind(
    rule: str,
    setting: Setting,
    field: str,
    cells: Cell | Mapping[str, Cell],
    *,
    table: str | None = None,
    part: Part | None = None,
    other: Other = Known.NOBODY,
    also: Sequence[Edit] = (),
    refuses: bool = True,
    is_raw: bool = False,
    blames_all: bool = False,
    only: str | None = None,
    mode: str | None = None,
) -> Kind:
    """A kind whose victim is the usual one of its setting, unless ``table`` and ``part`` say otherwise; ``cells`` may
    be the new content of ``field`` alone.
    """
    usual_table, usual_part = _VICTIMS[setting]
    changed = cells if isinstance(cells, Mapping) else {field: cells}
    edit = Edit(table or usual_table, part or usual_part, _cells(changed), other)
    return Kind(rule, field, setting, edit, tuple(also), refuses, is_raw, blames_all, only, mode)


def _raw(
    rule: str, setting: Setting, column: str, cell: Cell, *, table: str | None = None, part: Part | None = None
) -> Kind:
    """A kind that leaves the row unreadable."""
    return _kind(rule, setting, WHOLE_ROW, {column: cell}, table=table, part=part, is_raw=True)


def _note(
    rule: str, setting: Setting, field: str, cells: Cell | Mapping[str, Cell], *, table: str | None = None
) -> Kind:
    """A kind that is noted, or whose cell is cleared: the row is accepted."""
    return _kind(rule, setting, field, cells, table=table, refuses=False)


def _now(column: str) -> pl.Expr:
    return pl.col(column).fill_null("")


def _in_the_term(autumn: str, spring: str) -> pl.Expr:
    """A day (month-day) within the sessions of the enrollment's class: only the order of two days shall be wrong."""
    return pl.when(pl.col("beginDate") < "2027").then(pl.lit(f"2026-{autumn}")).otherwise(pl.lit(f"2027-{spring}"))


_ANY, _STUDENT, _STAFF, _CLUB, _SESSION = (
    Setting.ANY_ENROLLMENT,
    Setting.STUDENT,
    Setting.STAFF,
    Setting.CLUB,
    Setting.SESSION,
)

ROWS = (
    _raw("row-too-short", _STUDENT, ADDITIONAL_ROLES, CUT),
    _raw("row-too-short", _CLUB, "endDate", CUT, table="enrollments", part=Part.TEACHER),
    _raw("row-too-long", _STUDENT, ADDITIONAL_ROLES, f"{COMMA}Room 9"),
    _raw("row-too-long", _ANY, "endDate", _now("endDate") + COMMA),
    _raw("row-too-long", _CLUB, "periods", _now("periods") + f"{COMMA}2"),
    _raw("row-not-utf8", _STUDENT, "familyName", f"Dupr{NOT_UTF8}moss"),
    _raw("row-not-utf8", Setting.CLUB_COURSE, "title", f"Th{NOT_UTF8}atre"),
    # A quote inside a cell, one that opens and never closes, and one that closes too early.
    _raw("row-quote", _STUDENT, "familyName", f"O{QUOTE}Brindle"),
    _raw("row-quote", _ANY, "beginDate", f"{QUOTE}2026-08-17"),
    _raw("row-quote", _STUDENT, "cityOfBirth", f"{QUOTE}Old{QUOTE} Mill", table="demographics"),
    _raw("row-nul", _STUDENT, "givenName", f"Am{NUL}ara"),
    _raw("row-nul", _STUDENT, "cityOfBirth", f"Umber{NUL}", table="demographics"),
    _raw("row-carriage-return", _STUDENT, "middleName", f"Ash{RETURN}Bay"),
    _note("cell-line-break", _CLUB, "location", "Room 12\nNorth wing"),
)
CELLS = (
    _kind("value-missing", _STUDENT, "givenName", None),
    _kind("value-missing", _CLUB, "username", None, table="users", part=Part.MEMBER),
    _kind("value-missing", _CLUB, "familyName", None, table="users", part=Part.GUARDIAN),
    _kind("value-missing", _CLUB, "role", None, table="enrollments", part=Part.TEACHER),
    _kind("value-missing", _ANY, "userSourcedId", None),
    _kind("value-missing", _CLUB, "title", None),
    _kind("value-missing", Setting.CLUB_SCHOOL, "name", None),
    _kind("value-missing", _SESSION, "title", None),
    _kind("value-missing", _STAFF, "roleType", None, table="roles", part=Part.SECOND_ROLE, only="1.2"),
    _kind("value-missing", _STAFF, "vendorId", None, table="userProfiles", only="1.2"),
    _kind("value-missing", _STUDENT, "profileType", None, table="userProfiles", only="1.2"),
    _kind("value-missing", _STUDENT, "status", None, mode="delta"),
    _kind("id-padded", _STUDENT, "sourcedId", _now("sourcedId") + " "),
    _kind("id-padded", _ANY, "classSourcedId", " " + _now("classSourcedId")),
    _kind("excel-number", _STUDENT, "sourcedId", pl.format("1.{}E+15", CASE.str.zfill(6))),
    _note("excel-number", _STUDENT, "identifier", pl.format("9.{}E+11", CASE.str.zfill(6))),
    _kind("id-characters", _ANY, "sourcedId", _now("sourcedId") + "|2"),
    _kind("id-characters", _ANY, "userSourcedId", _now("userSourcedId").str.replace("-", "#")),
    _kind("id-characters", _CLUB, "sourcedId", _now("sourcedId").str.replace("-", " ")),
    _kind("id-too-long", _ANY, "sourcedId", _now("sourcedId") + "-" + "x" * 220),
    _kind("token-unknown", _STAFF, "role", "Teacher", only="1.1"),
    _kind("token-unknown", _STAFF, "role", "Teacher", table="roles", part=Part.SECOND_ROLE, only="1.2"),
    _kind("token-unknown", _STUDENT, "enabledUser", "TRUE"),
    _kind("token-unknown", _STUDENT, "status", "inactive", mode="delta"),
    _kind("token-unknown", _CLUB, "classType", "Scheduled"),
    _kind("token-unknown", _ANY, "role", "Student"),
    _note("token-unknown", _ANY, "primary", "False"),
    _note("token-unknown", _STUDENT, "sex", "F", table="demographics"),
    _note("token-unknown", _STUDENT, "asian", "yes", table="demographics"),
    _kind("token-unknown", _SESSION, "type", "Term"),
    _kind("token-unknown", Setting.CLUB_SCHOOL, "type", "School"),
    _note("date-form", _STUDENT, "birthDate", "8/15/2014", table="demographics"),
    _note("date-form", _ANY, "beginDate", "8/17/2026"),
    _kind("date-form", Setting.CLUB_SESSION, "startDate", "9/8/2026"),
    _kind("datetime-form", _STUDENT, "dateLastModified", "2026-11-02 06:15", mode="delta"),
    _kind("year-form", _SESSION, "schoolYear", "27"),
    _note("year-span", _SESSION, "schoolYear", "2026-2027"),
    _kind("list-item-empty", _STUDENT, "orgSourcedIds", _now("orgSourcedIds") + ",", only="1.1"),
    _kind("list-item-empty", _CLUB, "termSourcedIds", _now("termSourcedIds") + ","),
    _note("list-item-empty", _CLUB, "periods", "1,,3"),
    _note("list-item-form", _STUDENT, "userIds", "LDAP:amara"),
    _note("list-lengths-differ", _CLUB, "subjectCodes", {"subjects": "Mathematics,Welding", "subjectCodes": "02"}),
    _note("list-lengths-differ", Setting.CLUB_COURSE, "subjectCodes", {"subjects": "Welding", "subjectCodes": "13,20"}),
    _kind("control-characters", _STUDENT, "familyName", "Thistle\u200bdown"),
    _kind("control-characters", _CLUB, "title", "Chess\x1b Club"),
    _note("control-characters", _STUDENT, "middleName", "A\x07sh"),
    _note("control-characters", _CLUB, "location", "\ufeffRoom 9"),
    _note("text-too-long", _STUDENT, "middleName", "Ash" * 90),
    _note("grade-unknown", _STUDENT, "grades", "1"),
    _note("grade-unknown", _CLUB, "grades", "Third"),
    _note("grade-unknown", Setting.CLUB_COURSE, "grades", "Grade 5"),
    _note("email-form", _STUDENT, "email", "amara at mail.example"),
    _kind("staff-email-form", _STAFF, "email", "the office"),
)
KEYS = (
    _kind("sourcedid-repeated", Setting.DOUBLES, "sourcedId", OTHER, other=("users", Part.STUDENT)),
    _kind(
        "sourcedid-repeated",
        _CLUB,
        "sourcedId",
        OTHER,
        table="enrollments",
        part=Part.CLASSMATE,
        other=("enrollments", Part.MEMBER),
    ),
    _kind(
        "username-repeated",
        Setting.TWINS,
        "username",
        "twin." + CASE,
        also=[Edit("users", Part.STUDENT, {"username": "twin." + CASE})],
    ),
    _kind(
        "master-identifier-repeated",
        Setting.TWINS,
        "userMasterIdentifier",
        "TWIN-" + CASE,
        also=[Edit("users", Part.STUDENT, {"userMasterIdentifier": "TWIN-" + CASE})],
        only="1.2",
    ),
    _kind(
        "enrollment-repeated",
        _CLUB,
        "userSourcedId",
        OTHER,
        table="enrollments",
        part=Part.CLASSMATE,
        other=("users", Part.MEMBER),
    ),
    _kind("primary-role-repeated", _STAFF, "roleType", "primary", table="roles", part=Part.SECOND_ROLE, only="1.2"),
)
REFERENCES = (
    _kind("reference-not-found", _ANY, "classSourcedId", OTHER),
    _kind("reference-not-found", _ANY, "schoolSourcedId", OTHER),
    _kind("reference-not-found", _ANY, "userSourcedId", OTHER),
    _kind("reference-not-found", _STUDENT, "agentSourcedIds", OTHER),
    _kind("reference-not-found", _STUDENT, "orgSourcedIds", _now("orgSourcedIds") + "," + OTHER, only="1.1"),
    _kind("reference-not-found", _STUDENT, "primaryOrgSourcedId", OTHER, only="1.2"),
    _kind("reference-not-found", _STAFF, "orgSourcedId", OTHER, table="roles", part=Part.SECOND_ROLE, only="1.2"),
    _kind("reference-not-found", _STAFF, "userSourcedId", OTHER, table="roles", part=Part.SECOND_ROLE, only="1.2"),
    _kind("reference-not-found", _STAFF, "userSourcedId", OTHER, table="userProfiles", only="1.2"),
    _kind("reference-not-found", _STUDENT, "sourcedId", OTHER, table="demographics"),
    _kind("reference-not-found", _CLUB, "courseSourcedId", OTHER),
    _kind("reference-not-found", _CLUB, "schoolSourcedId", OTHER),
    _kind("reference-not-found", _CLUB, "termSourcedIds", _now("termSourcedIds") + "," + OTHER),
    _kind("reference-not-found", Setting.CLUB_COURSE, "orgSourcedId", OTHER),
    _kind("reference-not-found", Setting.CLUB_COURSE, "schoolYearSourcedId", OTHER),
    _kind("reference-not-found", Setting.OFFICES, "parentSourcedId", OTHER),
    _kind("reference-not-found", _SESSION, "parentSourcedId", OTHER),
    _kind("reference-kind", _CLUB, "schoolSourcedId", OTHER, other=Known.DISTRICT),
    _kind("reference-kind", Setting.CLUB_COURSE, "schoolYearSourcedId", OTHER, other=Known.SEMESTER),
    _kind("reference-kind", _ANY, "schoolSourcedId", OTHER, other=Known.DISTRICT),
    _kind("org-cycle", Setting.OFFICES, "parentSourcedId", pl.col("sourcedId")),
    _kind(
        "org-cycle",
        Setting.OFFICES,
        "parentSourcedId",
        OTHER,
        other=("orgs", Part.OTHER_OFFICE),
        also=[Edit("orgs", Part.OTHER_OFFICE, {"parentSourcedId": OTHER}, ("orgs", Part.OFFICE))],
        blames_all=True,
    ),
    _kind("session-cycle", _SESSION, "parentSourcedId", pl.col("sourcedId")),
    _kind(
        "profile-of-another-user",
        _STAFF,
        "userProfileSourcedId",
        OTHER,
        table="roles",
        part=Part.SECOND_ROLE,
        other=Known.PROFILE,
        only="1.2",
    ),
    _kind(
        "primary-org-without-role",
        _STUDENT,
        "primaryOrgSourcedId",
        OTHER,
        other=Known.DISTRICT,
        refuses=False,
        only="1.2",
    ),
)
PEOPLE = (
    _kind("staff-email-missing", _STAFF, "email", None),
    _kind("staff-email-missing", _CLUB, "email", None, table="users", part=Part.TEACHER),
    _kind("additional-role-unknown", _STAFF, ADDITIONAL_ROLES, "principal"),
    _kind("additional-role-on-student", _STUDENT, ADDITIONAL_ROLES, "teacher"),
)
CLASSES = (
    _kind("class-without-teacher", Setting.CLUB_WITHOUT_TEACHER, "subject", {}),
    _kind(
        "class-teacher-unmarked",
        Setting.CLUB_OF_TWO_TEACHERS,
        "subject",
        {},
        also=[Edit("enrollments", Part.TEACHER, {"primary": pl.lit(None, pl.String)})],
        refuses=False,
    ),
    _kind(
        "class-teachers-marked",
        Setting.CLUB_OF_TWO_TEACHERS,
        "subject",
        {},
        also=[Edit("enrollments", Part.SECOND_TEACHER, {"primary": pl.lit("true")})],
        refuses=False,
    ),
    _note("primary-not-teacher", _ANY, "primary", "true"),
    _kind("session-ends-before-begin", Setting.CLUB_SESSION, "endDate", "2026-09-01"),
    _note(
        "enrollment-ends-before-begin",
        _ANY,
        "endDate",
        {"beginDate": _in_the_term("09-20", "03-20"), "endDate": _in_the_term("09-10", "03-10")},
    ),
    _note("enrollment-outside-sessions", _ANY, "endDate", "2027-08-01"),
    _note("enrollment-role-differs", _ANY, "role", "proctor"),
    _kind(
        "role-ends-before-begin",
        _STAFF,
        "endDate",
        {"beginDate": "2027-02-01", "endDate": "2026-09-01"},
        table="roles",
        part=Part.SECOND_ROLE,
        refuses=False,
        only="1.2",
    ),
)
KINDS = (*ROWS, *CELLS, *KEYS, *REFERENCES, *PEOPLE, *CLASSES)
