"""The slow reading of people and classes: who needs an e-mail, who teaches, whose dates and roles are odd."""

from collections.abc import Callable, Mapping

from homeroom.engine.tables import METADATA_PREFIX
from tests.properties.reference_cells import SPACES, Cells, is_blank, is_day, is_email
from tests.properties.reference_links import references_without_zeros
from tests.properties.reference_reading import Judgement, Row

STAFF = {"teacher", "administrator", "districtAdministrator", "principal", "siteAdministrator", "systemAdministrator"}
FAMILY = {"student", "guardian", "parent", "relative"}


def people(judgement: Judgement) -> None:
    """Teachers and administrators need an e-mail; an additional role makes somebody one of them, but never a
    student.
    """
    profile = judgement.profile
    for row in judgement.rows("users"):
        if row.ends:
            continue
        roles = _own_roles(judgement, row)
        is_staff = bool(roles & STAFF)
        extra = row.cells.get(profile.additional_roles_column)
        if extra is not None:
            known = all(name.strip(SPACES) in profile.additional_roles for name in extra.split(","))
            if not known:
                judgement.tell(row, "additional-role-unknown", profile.additional_roles_column)
            elif "student" in roles:
                judgement.tell(row, "additional-role-on-student", profile.additional_roles_column)
            else:
                is_staff = True
        email = row.cells.get("email")
        if is_staff and profile.staff_email and (email is None or is_blank(email)):
            judgement.tell(row, "staff-email-missing", "email")
        elif is_staff and profile.staff_email and not is_email(str(email)):
            judgement.tell(row, "staff-email-form", "email")
        _primary_org(judgement, row)


def _own_roles(judgement: Judgement, row: Row) -> set[str]:
    if judgement.version == "1.1":
        return {str(row.cells.get("role"))}
    return judgement.roles(row.id) if row.id is not None else set()


def _primary_org(judgement: Judgement, row: Row) -> None:
    org = row.cells.get("primaryOrgSourcedId")
    if org is None or row.id is None or not row.accepted or not _complete(judgement, "roles"):
        return
    places = [
        cells.get("orgSourcedId") for cells in judgement.said_to_have("roles") if cells.get("userSourcedId") == row.id
    ]
    if org not in places:
        judgement.tell(row, "primary-org-without-role", "primaryOrgSourcedId")


def profiles_of_roles(judgement: Judgement) -> None:
    """The profile that a role names belongs to the same user."""
    for row in judgement.rows("roles"):
        profile = judgement.found("userProfiles").get(str(row.cells.get("userProfileSourcedId")), {})
        owner, user = profile.get("userSourcedId"), row.cells.get("userSourcedId")
        if owner is not None and user is not None and owner != user:
            judgement.tell(row, "profile-of-another-user", "userProfileSourcedId")


def teachers(judgement: Judgement) -> None:
    """A class needs a teacher: an enrollment in order, of a user who is there. Where none can be looked up it stays
    open.
    """
    sheet = judgement.sheets.get("enrollments")
    complete = judgement.known is not None or (sheet is not None and sheet.mode == "bulk")
    if not judgement.profile.primary_teacher or not judgement.can_be_looked_up("enrollments"):
        return
    for row in judgement.rows("classes"):
        if not row.accepted or row.ends or row.id is None:
            continue
        teaching = [cells for cells in _teaching(judgement) if cells.get("classSourcedId") == row.id]
        several = {cells.get("userSourcedId") for cells in teaching}
        marked = {cells.get("userSourcedId") for cells in teaching if cells.get("primary") == "true"}
        if complete and not several:
            judgement.tell(row, "class-without-teacher", "subject")
        elif len(several) > 1 and not marked:
            judgement.tell(row, "class-teacher-unmarked", "subject")
        elif len(marked) > 1:
            judgement.tell(row, "class-teachers-marked", "subject")


def _teaching(judgement: Judgement) -> list[Cells]:
    accepted = [row.cells for row in judgement.rows("enrollments") if row.accepted and not row.ends]
    enrollments = [*accepted, *judgement.before("enrollments").values()]
    users = judgement.found("users")
    users_can_be_told = judgement.can_be_looked_up("users")
    return [
        cells for cells in enrollments
        if cells.get("role") == "teacher" and (not users_can_be_told or cells.get("userSourcedId") in users)
    ]  # fmt: skip


def stays(judgement: Judgement) -> None:
    """Enrollments whose role is not the user's, and those outside the sessions of their class: notes."""
    for row in judgement.rows("enrollments"):
        if not row.accepted or row.ends:
            continue
        if _is_odd_role(judgement, row):
            judgement.tell(row, "enrollment-role-differs", "role")
        sessions = _sessions(judgement, row)
        if sessions is None:
            continue
        opens, closes = sessions
        begin, end = _day(row.cells, "beginDate"), _day(row.cells, "endDate")
        if begin is not None and not opens <= begin < closes:
            judgement.tell(row, "enrollment-outside-sessions", "beginDate")
        if end is not None and end > closes and (begin is None or begin < end):
            judgement.tell(row, "enrollment-outside-sessions", "endDate")


def _is_odd_role(judgement: Judgement, row: Row) -> bool:
    """A role of the delivery's own making (ext:, or a publisher's word) can be anything, and is never odd."""
    tables = judgement.sheets["enrollments"].table
    roles, role = judgement.roles(row.cells.get("userSourcedId")), row.cells.get("role")
    if role not in tables["role"].tokens:
        return False
    if role == "student":
        words = STAFF | FAMILY | {"aide", "counselor", "proctor"}
        return bool(roles & words) and "student" not in roles
    return bool(roles) and roles <= FAMILY


def _day(cells: Cells, name: str) -> str | None:
    return cells.get(name) if is_day(cells.get(name)) else None


def _sessions(judgement: Judgement, enrollment: Row) -> tuple[str, str] | None:
    """The first and the last day of all sessions of a class together, if every one of them is in this delivery."""
    classes = [
        row for row in judgement.rows("classes") if row.accepted and row.id == enrollment.cells.get("classSourcedId")
    ]
    sessions = {row.id: row.cells for row in judgement.rows("academicSessions") if row.accepted}
    if not classes or not classes[0].cells.get("termSourcedIds"):
        return None
    terms = [sessions.get(id, {}) for id in str(classes[0].cells["termSourcedIds"]).split(",")]
    begins, ends = [_day(cells, "startDate") for cells in terms], [_day(cells, "endDate") for cells in terms]
    if None in begins or None in ends:
        return None
    return min(map(str, begins)), max(map(str, ends))


# Counts, over what was accepted, where the tables came complete


def _complete(judgement: Judgement, *tables: str) -> bool:
    return all(table in judgement.sheets and judgement.sheets[table].mode == "bulk" for table in tables)


def _accepted(judgement: Judgement, table: str) -> list[Row]:
    return [row for row in judgement.rows(table) if row.accepted]


def _without(
    judgement: Judgement, rule: str, those: list[Row], table: str, column: str, role: str | None = None
) -> None:
    """Count those that no accepted row of ``table`` names in ``column``."""
    others = _accepted(judgement, table)
    named = {row.cells.get(column) for row in others if role in (None, row.cells.get("role"))}
    of = {"students": "users", "teachers": "users", "schools": "orgs"}.get(
        rule.split("-", maxsplit=1)[0], rule.split("-", maxsplit=1)[0]
    )
    if _complete(judgement, of, table):
        judgement.count(of, "sourcedId", rule, sum(row.id not in named for row in those))


def _users(judgement: Judgement, role: str) -> list[Row]:
    return [row for row in _accepted(judgement, "users") if role in judgement.roles(row.id)]


def students_without_grade(judgement: Judgement) -> None:
    if _complete(judgement, "users"):
        without = [row for row in _users(judgement, "student") if row.cells.get("grades") is None]
        judgement.count("users", "grades", "students-without-grade", len(without))


def column_suddenly_empty(judgement: Judgement) -> None:
    """Columns that have no value now and had some in the records accepted before."""
    for name, sheet in judgement.sheets.items():
        records = (judgement.known or {}).get(name, {}).values()
        for column in {column for record in records for column in record}:
            ours = column in sheet.table or column.startswith(METADATA_PREFIX)
            if (
                sheet.mode == "bulk"
                and sheet.readable
                and ours
                and not any(row.cells.get(column) for row in sheet.readable)
            ):
                judgement.count(name, column, "column-suddenly-empty", sum(column in record for record in records))


def deactivation_suspended(judgement: Judgement) -> None:
    """In a complete file nobody has vanished as long as there are rows that do not tell whose they are."""
    for name, sheet in judgement.sheets.items():
        nameless = [row for row in sheet.rows if not sheet.tells_whose_it_is(row)]
        if sheet.mode == "bulk" and name in (judgement.known or {}):
            judgement.count(name, sheet.table.key, "deactivation-suspended", len(nameless))


COUNTS: Mapping[str, Callable[[Judgement], None]] = {
    "students-without-grade": students_without_grade,
    "students-without-enrollment": lambda judgement: _without(
        judgement,
        "students-without-enrollment",
        _users(judgement, "student"),
        "enrollments",
        "userSourcedId",
        "student",
    ),
    "teachers-without-class": lambda judgement: _without(
        judgement, "teachers-without-class", _users(judgement, "teacher"), "enrollments", "userSourcedId", "teacher"
    ),
    "users-without-role": lambda judgement: _without(
        judgement, "users-without-role", _accepted(judgement, "users"), "roles", "userSourcedId"
    ),
    "classes-without-students": lambda judgement: _without(
        judgement,
        "classes-without-students",
        _accepted(judgement, "classes"),
        "enrollments",
        "classSourcedId",
        "student",
    ),
    "courses-without-class": lambda judgement: _without(
        judgement, "courses-without-class", _accepted(judgement, "courses"), "classes", "courseSourcedId"
    ),
    "schools-without-class": lambda judgement: _without(
        judgement,
        "schools-without-class",
        [row for row in _accepted(judgement, "orgs") if row.cells.get("type") == "school"],
        "classes",
        "schoolSourcedId",
    ),
    "column-suddenly-empty": column_suddenly_empty,
    "deactivation-suspended": deactivation_suspended,
    "reference-lost-zeros": references_without_zeros,
}
