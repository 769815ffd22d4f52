"""What is there to wonder about in a whole table? One note each, with a count, instead of a line per record.

The counts are those that rostering staff look at first (students without a grade, classes without students); each is
over the accepted records, so that what was refused does not shout twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import polars as pl

from homeroom.engine.ledger import Ledger, Page
from homeroom.engine.rule import Consequence, Rule
from homeroom.engine.rules.people import holders
from homeroom.engine.rules.references import kind_codes

_SOURCE = "the counts of ClassLink's roster checks"


def _count(id: str, table: str, column: str, what: str, remedy: str) -> Rule:
    return Rule(
        id=id,
        consequence=Consequence.NOTES,
        says=f"There are no {what}.",
        message=f"{{detail}} {what}.",
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


def counts(ledger: Ledger) -> Iterable[tuple[Rule, int]]:
    """The rules of which there is something to count, with the count; only where the tables to look at came
    complete.
    """
    for rule, tables, count in _COUNTS:
        if all(table in ledger.pages and ledger.pages[table].setting.mode == "bulk" for table in tables):
            number = count(ledger)
            if number:
                yield rule, number


def _accepted(page: Page) -> pl.Series:
    return page.key.filter(page.accepted)


def _without(ids: pl.Series, others: pl.Series) -> int:
    return int((~ids.is_in(others.implode())).sum())


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
