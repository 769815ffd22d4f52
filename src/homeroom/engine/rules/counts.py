"""What is there to wonder about in a whole table? One note each, with a count, instead of a line per record.

The counts are those that rostering staff look at first (students without a grade, classes without students); each is
over the accepted records, so that what was refused does not shout twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from homeroom.engine.ledger import FILLED, Ledger, Page, rows_where
from homeroom.engine.rule import Consequence, Rule
from homeroom.engine.rules.files import BULK_FILLED
from homeroom.engine.rules.keys import NAMELESS
from homeroom.engine.rules.people import holders
from homeroom.engine.rules.references import LOST_ZEROS, NOT_CHECKED, NOT_FOUND, kind_codes
from homeroom.engine.tables import METADATA_PREFIX

if TYPE_CHECKING:
    from homeroom.engine.roster import Roster  # which reads tables by the first pass, and that by the rules

_SOURCE = "the counts of ClassLink's roster checks"


def _count(id: str, table: str, column: str, what: str, remedy: str) -> Rule:
    return Rule(
        id=id,
        consequence=Consequence.NOTES,
        says=f"There are no {what}.",
        message=f"{what[0].upper()}{what[1:]}: {{detail}}.",
        remedy=remedy,
        source=_SOURCE,
        table=table,
        column=column,
    )


STUDENTS_WITHOUT_GRADE = _count(
    "students-without-grade",
    "users",
    "grades",
    "students without a grade",
    "Fill in the grade if your products ask for it.",
)
STUDENTS_WITHOUT_ENROLLMENT = _count(
    "students-without-enrollment",
    "users",
    "sourcedId",
    "students without any enrollment",
    "Check whether their schedules are exported.",
)
TEACHERS_WITHOUT_CLASS = _count(
    "teachers-without-class",
    "users",
    "sourcedId",
    "teachers without any class",
    "Check whether their classes are exported.",
)
USERS_WITHOUT_ROLE = _count(
    "users-without-role",
    "users",
    "sourcedId",
    "users without any role",
    "Give each user a role in roles.csv; without one they belong to no school.",
)
CLASSES_WITHOUT_STUDENTS = _count(
    "classes-without-students",
    "classes",
    "sourcedId",
    "classes without any student",
    "Check whether their enrollments are exported.",
)
COURSES_WITHOUT_CLASS = _count(
    "courses-without-class",
    "courses",
    "sourcedId",
    "courses without any class",
    "Nothing needs to be done if they are not taught this year.",
)
SCHOOLS_WITHOUT_CLASS = _count(
    "schools-without-class",
    "orgs",
    "sourcedId",
    "schools without any class",
    "Check whether their classes are exported.",
)
COLUMN_EMPTY = Rule(
    id="column-suddenly-empty",
    consequence=Consequence.NOTES,
    says="A column that had values in the roster as accepted before has some now, too.",
    message="{column} is empty in every row, and {detail} of the records accepted before have a value.",
    remedy="Check whether the export still includes the column. If not, the values are cleared when the roster is applied.",
    source="product.md, promise 2 (a typo never removes a pupil)",
)
RULES = (
    STUDENTS_WITHOUT_GRADE,
    STUDENTS_WITHOUT_ENROLLMENT,
    TEACHERS_WITHOUT_CLASS,
    USERS_WITHOUT_ROLE,
    CLASSES_WITHOUT_STUDENTS,
    COURSES_WITHOUT_CLASS,
    SCHOOLS_WITHOUT_CLASS,
    COLUMN_EMPTY,
)


@dataclass(frozen=True)
class Tally:
    """A rule of which there is something to count. line: of the first record, where that helps to find it. detail: what the
    message says of it, if that is more than the count.
    """

    rule: Rule
    page: Page
    column: str
    count: int
    line: int | None = None
    detail: str | None = None


def tallies(ledger: Ledger, known: Roster | None) -> Iterator[Tally]:
    """What is to be said of whole tables, after all rows were judged."""
    for page in ledger.pages.values():
        yield from _of_columns(page)
        yield from _of_references(page, ledger)
        if known is not None:
            yield from _of_the_past(page, known)
    for rule, tables, count in _COUNTS:
        # Only where the tables to look at came complete.
        if all(table in ledger.pages and ledger.pages[table].setting.mode == "bulk" for table in tables):
            number = count(ledger)
            if number:
                yield Tally(rule, ledger.pages[str(rule.table)], str(rule.column), number)


def _of_columns(page: Page) -> Iterator[Tally]:
    profile = page.setting.profile
    if "filled" in page.frame.columns and not BULK_FILLED.consequence_for(None, profile).is_error:
        rows = rows_where(page.frame["filled"])["row"]
        if len(rows):
            line = int(page.line_of(rows.head(1))[0])
            yield Tally(BULK_FILLED, page, "status", len(rows), line, detail=f" (rows: {len(rows):,})")
    for column, number in page.unchecked.items():
        if number:
            yield Tally(NOT_CHECKED, page, column, number)


def _of_references(page: Page, ledger: Ledger) -> Iterator[Tally]:
    """The references that lead nowhere only because a spreadsheet took their leading zeros."""
    told = rows_where(~page.silent)["row"].implode()
    lost = [faults.filter(pl.col("rule") == NOT_FOUND.id, pl.col("row").is_in(told)) for faults in page.faults]
    for (column, table), faults in pl.concat(lost).group_by("column", "target_table") if lost else ():
        if table in ledger.pages:
            number = len(faults.filter(faults["target"].is_in(ledger.pages[str(table)].without_zeros.implode())))
            if number:
                yield Tally(LOST_ZEROS, page, str(column), number)


def _of_the_past(page: Page, known: Roster) -> Iterator[Tally]:
    """What cannot be told from the delivery alone: columns that had values before, and records that may have vanished."""
    records = known.tables.get(page.name)
    if records is None or page.setting.mode != "bulk":
        return
    if page.nameless:
        yield Tally(NAMELESS, page, page.setting.table.key, page.nameless)
    if page.frame.is_empty():
        return
    columns = [name for name in records.columns if name in page.part.table or name.startswith(METADATA_PREFIX)]
    has = _filled(page.frame.lazy(), columns)
    for name, had in _filled(records.index, columns).items():
        if had and not has.get(name):
            yield Tally(COLUMN_EMPTY, page, name, had)


def _filled(index: pl.LazyFrame, columns: Sequence[str]) -> dict[str, int]:
    """In how many records each of these columns has a value, as far as that is known."""
    there = set(index.collect_schema().names())
    sums = index.select(pl.col(FILLED + name).sum().alias(name) for name in columns if FILLED + name in there)
    return sums.collect(engine="streaming").row(0, named=True)


def _accepted(page: Page) -> pl.Series:
    return page.key.filter(page.accepted)


def _without(ids: pl.Series, others: pl.Series) -> int:
    return int((~ids.is_in(others.unique().implode())).sum())


def _named_by(ledger: Ledger, table: str, column: str, kind: str | None = None) -> pl.Series:
    """The identifiers that accepted rows of ``table`` name in ``column``."""
    page = ledger.pages[table]
    rows = page.accepted
    if kind is not None:
        rows = rows & (page.frame["kind"] == kind_codes(page.setting.table["role"].tokens)[kind])
    return page.frame[column].filter(rows)


def _people(ledger: Ledger, role: str) -> pl.Series:
    ids = _accepted(ledger.pages["users"])
    return ids.filter(ids.is_in(holders(ledger, (role,)).implode()))


def _gradeless(ledger: Ledger) -> int:
    page = ledger.pages["users"]
    students = page.key.is_in(holders(ledger, ("student",)).implode())
    return int((students & page.accepted & page.frame["gradeless"]).sum())


def _schools(ledger: Ledger) -> pl.Series:
    page = ledger.pages["orgs"]
    return page.key.filter(
        page.accepted & (page.frame["kind"] == kind_codes(page.setting.table["type"].tokens)["school"])
    )


_COUNTS: tuple[tuple[Rule, tuple[str, ...], Callable[[Ledger], int]], ...] = (
    (STUDENTS_WITHOUT_GRADE, ("users",), _gradeless),
    (
        STUDENTS_WITHOUT_ENROLLMENT,
        ("users", "enrollments"),
        lambda ledger: _without(
            _people(ledger, "student"), _named_by(ledger, "enrollments", "userSourcedId", "student")
        ),
    ),
    (
        TEACHERS_WITHOUT_CLASS,
        ("users", "enrollments"),
        lambda ledger: _without(
            _people(ledger, "teacher"), _named_by(ledger, "enrollments", "userSourcedId", "teacher")
        ),
    ),
    (
        USERS_WITHOUT_ROLE,
        ("users", "roles"),
        lambda ledger: _without(_accepted(ledger.pages["users"]), _named_by(ledger, "roles", "userSourcedId")),
    ),
    (
        CLASSES_WITHOUT_STUDENTS,
        ("classes", "enrollments"),
        lambda ledger: _without(
            _accepted(ledger.pages["classes"]), _named_by(ledger, "enrollments", "classSourcedId", "student")
        ),
    ),
    (
        COURSES_WITHOUT_CLASS,
        ("courses", "classes"),
        lambda ledger: _without(_accepted(ledger.pages["courses"]), _named_by(ledger, "classes", "courseSourcedId")),
    ),
    (
        SCHOOLS_WITHOUT_CLASS,
        ("orgs", "classes"),
        lambda ledger: _without(_schools(ledger), _named_by(ledger, "classes", "schoolSourcedId")),
    ),
)
