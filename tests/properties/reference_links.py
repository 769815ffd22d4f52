"""The slow reading of what rows have to do with each other: what repeats, what points where, what is not onboarded."""

from collections import Counter
from collections.abc import Callable

from homeroom.engine.rules import RULES_BY_ID
from homeroom.engine.tables import Column, Reference, Type
from tests.properties.reference_cells import Cells, Place, broken, is_day
from tests.properties.reference_reading import Judgement, Row, Sheet

ABOUT_TARGETS = ("reference-not-found", "reference-kind", "org-cycle", "session-cycle")

# What may be there only once: the first stands, whatever else is wrong with it


def repeated(judgement: Judgement, table: str) -> None:
    rows = judgement.rows(table)
    _only_once(judgement, rows, "sourcedid-repeated", judgement.sheets[table].table.key, lambda row: row.id)
    active = [row for row in rows if not row.ends]
    if table == "users":
        _only_once(
            judgement, active, "username-repeated", "username", lambda row: (row.cells.get("username") or "").lower()
        )
        _only_once(judgement, active, "master-identifier-repeated", "userMasterIdentifier", _master)
    if table == "roles":
        _only_once(judgement, active, "primary-role-repeated", "roleType", _primary_role)


def _master(row: Row) -> object:
    return row.cells.get("userMasterIdentifier")


def _primary_role(row: Row) -> object:
    user, org = row.cells.get("userSourcedId"), row.cells.get("orgSourcedId")
    return (user, org) if row.cells.get("roleType") == "primary" and user and org else None


def _only_once(judgement: Judgement, rows: list[Row], rule: str, field: str, key: Callable[[Row], object]) -> None:
    seen = set()
    for row in rows:
        if key(row) in seen:
            judgement.tell(row, rule, field)
        elif key(row):
            seen.add(key(row))


def enrollments_repeated(judgement: Judgement) -> None:
    """A person is in a class once in one role, unless the stays lie apart. A stay without a date is open on that
    side.
    """
    standing: list[Row] = []
    for row in judgement.rows("enrollments"):
        if not row.accepted or row.ends:
            continue
        if any(_same_seat(row.cells, other.cells) and not _apart(row.cells, other.cells) for other in standing):
            judgement.tell(row, "enrollment-repeated", "userSourcedId")
        else:
            standing.append(row)


def _same_seat(one: Cells, other: Cells) -> bool:
    return all(one.get(name) == other.get(name) for name in ("classSourcedId", "userSourcedId", "role"))


def _apart(one: Cells, other: Cells) -> bool:
    return _follows(one, other) or _follows(other, one)


def _follows(later: Cells, earlier: Cells) -> bool:
    begin, end = later.get("beginDate"), earlier.get("endDate")
    return is_day(begin) and is_day(end) and str(begin) >= str(end)


# References


def references(judgement: Judgement, table: str, *, only: str | None = None, but: str | None = None) -> None:
    """Refuse or leave out what points at what is not there. What falls takes along those of its own table that point at
    it.
    """
    if table not in judgement.sheets:
        return
    sheet = judgement.sheets[table]
    columns = [c for c in sheet.judged if only in (None, c.name) and c.name != but]
    columns = [c for c in columns if c.reference is not None and judgement.can_be_looked_up(c.reference.table)]
    unsure: dict[str, int] = {}
    before = None
    while before != (before := judgement.standings()):
        unsure = {
            column.name: sum(_look_up(judgement, sheet, row, column) for row in sheet.readable) for column in columns
        }
    for field, number in unsure.items():
        judgement.count(table, field, "reference-not-checked", number)


def _look_up(judgement: Judgement, sheet: Sheet, row: Row, column: Column) -> bool:
    """Judge one reference; true if it may lead to a record that nobody showed us."""
    text, reference = row.cells.get(column.name), column.reference
    assert reference is not None
    if text is None:
        return False
    there, left_out = judgement.found(reference.table), judgement.left_out(reference.table)
    named = text.split(",") if column.is_list else [text]
    missing = [id for id in named if id not in there and id not in left_out]
    silent = [id for id in named if id not in there and id in left_out]
    if reference.belongs and len(silent) == len(named):
        row.left_out = True
    elif column.required and not reference.belongs and not column.is_list:
        missing += silent
    if row.is_told(column.name, *ABOUT_TARGETS):
        return False
    if any(id in there and not _is_of_kind(judgement, reference, id, there[id]) for id in named):
        _blame(judgement, sheet, row, column, "reference-kind")
    elif (
        missing
        and judgement.may_be_elsewhere(reference.table)
        and not judgement.refused(reference.table).intersection(missing)
    ):
        return True
    elif missing and not _has_said_why(judgement, sheet, row, column):
        _blame(judgement, sheet, row, column, "reference-not-found")
    if row.is_told(column.name, "reference-not-found"):
        refused = [id for id in missing if id in judgement.refused(reference.table)]
        judgement.nowhere.append((sheet.table.name, row, column.name, reference.table, (refused or missing)[0]))
    return False


def _blame(judgement: Judgement, sheet: Sheet, row: Row, column: Column, rule: str) -> None:
    """The reference leads nowhere: now its text is looked at, too."""
    judgement.tell(row, rule, column.name)
    if rule == "reference-not-found" and is_looked_up(judgement, column):
        for fault in faults(judgement, sheet, row, column):
            judgement.tell(row, fault, column.name, column)


def faults(judgement: Judgement, sheet: Sheet, row: Row, column: Column) -> list[str]:
    return broken(Place(sheet.table.name, column, row.cells, sheet.mode, judgement.profile))


def is_looked_up(judgement: Judgement, column: Column) -> bool:
    """Whether it can be told of a reference where it leads. If it leads to a record, its text is that record's source
    id, and if it does not, it is refused for that (unless a profile says otherwise).
    """
    if column.reference is None or column.type is Type.ID:
        return False
    if not RULES_BY_ID["reference-not-found"].consequence_for(None, judgement.profile).is_error:
        return False
    return judgement.can_be_looked_up(column.reference.table) and not judgement.may_be_elsewhere(column.reference.table)


def _is_of_kind(judgement: Judgement, reference: Reference, id: str, target: Cells) -> bool:
    """Whether a record is of the kind that may be pointed at; in 1.2 ``ext:`` types count too, but not for people."""
    if not reference.kinds:
        return True
    if reference.table == "users" and judgement.version == "1.2":
        roles = {cells.get("role") for cells in judgement.found("roles").values() if cells.get("userSourcedId") == id}
        return not roles or not roles.isdisjoint(reference.kinds)
    if reference.table == "users":
        return target.get("role") in reference.kinds
    kind = str(target.get("type"))
    return kind in reference.kinds or (judgement.version == "1.2" and kind.startswith("ext:"))


def _has_said_why(judgement: Judgement, sheet: Sheet, row: Row, column: Column) -> bool:
    """The teacher's own faulty enrollment does not also complain about the class that is refused because of it."""
    if (sheet.table.name, column.name) != ("enrollments", "classSourcedId") or not row.refused:
        return False
    role = str(row.cells.get("role"))
    may_be_a_teacher = role == "teacher" or not (role in sheet.table["role"].tokens or role.startswith("ext:"))
    without = {one.id for one in judgement.rows("classes") if one.is_told("subject", "class-without-teacher")}
    return may_be_a_teacher and row.cells.get("classSourcedId") in without


def references_without_zeros(judgement: Judgement) -> None:
    """References that lead nowhere only because a spreadsheet took the zeros in front."""
    lost: Counter[tuple[str, str]] = Counter()
    for table, row, field, target, id in judgement.nowhere:
        with_zeros = [one.id for one in judgement.rows(target) if one.id is not None and one.id.startswith("0")]
        if row.standing != "left out" and id.isdigit() and id in [one.lstrip("0") for one in with_zeros]:
            lost[table, field] += 1
    for (table, field), number in lost.items():
        judgement.count(table, field, "reference-lost-zeros", number)


def circles(judgement: Judgement, table: str) -> None:
    """No organization and no session is its own parent. Who merely leads into a circle is not in it."""
    rule = "org-cycle" if table == "orgs" else "session-cycle"
    parents: dict[str, str] = {}
    for row in judgement.rows(table):
        parent = row.cells.get("parentSourcedId")
        if row.id is not None and parent is not None and not row.refused:
            parents.setdefault(row.id, parent)
    for row in [row for row in judgement.rows(table) if row.id in parents and not row.refused]:
        above = parents.get(str(row.id))
        for _ in parents:
            if above == row.id:
                judgement.tell(row, rule, "parentSourcedId")
                break
            above = parents.get(str(above))


# Onboarding


def onboarding(judgement: Judgement) -> None:
    """A school that is not onboarded gives one line, and takes what belongs only to it out in silence."""
    for row in judgement.rows("orgs"):
        if row.accepted and not row.ends and row.id is not None and judgement.is_not_onboarded(row.id, row.cells):
            judgement.tell(row, "school-not-onboarded", "school")
            row.left_out = row.not_onboarded = True


def users_without_an_onboarded_school(judgement: Judgement) -> None:
    """In 1.2 a user belongs to the organizations of their roles."""
    if judgement.version == "1.1":
        return
    outside = judgement.left_out("orgs")
    for row in judgement.rows("users"):
        of_user = [
            cells for cells in judgement.said_to_have("roles") if row.id and cells.get("userSourcedId") == row.id
        ]
        row.left_out = bool(of_user) and all(cells.get("orgSourcedId") in outside for cells in of_user)
