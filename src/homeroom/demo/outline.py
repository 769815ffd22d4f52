"""Who is in a made-up district, and who belongs to what?

The district as bare numbers, before a word of it is written: eight million enrollments take a hundred megabytes here
and a gigabyte as text. A record is known by its number ``ix``, a reference is the number of what it points at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

import polars as pl

from homeroom.demo import names
from homeroom.demo.chance import draw

SCHOOL_USERS = 600
#: The last school is small: with defects on request, it is the one that nobody onboarded.
SMALL_SCHOOL = 0.3
CLASS_STUDENTS = 24
#: Of the people, so many are students; beside a hundred students stand 28 guardians, 8 teachers and 2 others.
STUDENTS = 1 / 1.39
#: Every so many students, a family with two guardians and two children.
FAMILY_EVERY = 7
TEACHER_STUDENTS = 12
STAFF_STUDENTS = 50
#: One class in so many has a second teacher.
CO_TEACHER_EVERY = 10

Frames = dict[str, pl.DataFrame]


class Role(IntEnum):
    """What a person is. 1.1 and 1.2 have different words for some of them."""

    STUDENT = 0
    TEACHER = 1
    GUARDIAN = 2
    PARENT = 3
    RELATIVE = 4
    AIDE = 5
    PROCTOR = 6
    SCHOOL_ADMIN = 7
    COUNSELOR = 8
    PRINCIPAL = 9
    DISTRICT_ADMIN = 10
    SYSTEM_ADMIN = 11


class Level(IntEnum):
    """What a school teaches."""

    ELEMENTARY = 0
    MIDDLE = 1
    HIGH = 2
    ALL = 3


class Org(IntEnum):
    """What an org is."""

    DISTRICT = 0
    SCHOOL = 1
    DEPARTMENT = 2


class Seat(IntEnum):
    """As what a person sits in a class."""

    STUDENT = 0
    PRIMARY_TEACHER = 1
    CO_TEACHER = 2


#: By level: the first grade (0 is kindergarten) and how many there are.
FIRST_GRADE = (0, 6, 9, 0)
GRADES = (6, 3, 4, 13)
_LEVELS = (Level.ELEMENTARY, Level.MIDDLE, Level.HIGH, Level.ELEMENTARY)

#: The columns of every table and their types. ``case`` and ``part`` are filled only in rows made for a defect,
#: ``is_bare`` is true for a person of whom no other file speaks.
_ID, _CODE = pl.UInt32(), pl.UInt8()
_CASE: Mapping[str, pl.DataType] = {"case": _ID, "part": _CODE}
SCHEMAS: Mapping[str, Mapping[str, pl.DataType]] = {
    "orgs": {"ix": _ID, "kind": _CODE, "level": _CODE, "parent": _ID, **_CASE},
    "academicSessions": {"ix": _ID, "parent": _ID, **_CASE},
    "courses": {"ix": _ID, "grade": _CODE, "slot": _CODE, "org": _ID, **_CASE},
    "users": {
        "ix": _ID,
        "role": _CODE,
        "org": _ID,
        "second_org": _ID,
        "grade": _CODE,
        "agent": _ID,
        "second_agent": _ID,
        "has_second_role": pl.Boolean(),
        "has_profile": pl.Boolean(),
        "names_profile": pl.Boolean(),
        "is_bare": pl.Boolean(),
        **_CASE,
    },
    "classes": {
        "ix": _ID,
        "course": _ID,
        "school": _ID,
        "grade": _CODE,
        "slot": _CODE,
        "section": _ID,
        "term": _CODE,
        "session": _ID,
        **_CASE,
    },
    "enrollments": {"class": _ID, "user": _ID, "seat": _CODE, **_CASE},
}


@dataclass(frozen=True)
class Size:
    """How large the district shall be: rows in users.csv and in enrollments.csv, both approximate."""

    users: int
    enrollments: int

    @property
    def students(self) -> int:
        return max(1, round(self.users * STUDENTS))

    @property
    def schools(self) -> int:
        return max(2, round(self.users / SCHOOL_USERS) + 1)

    @property
    def slots(self) -> float:
        """Classes that a student takes, on average: each class of 24 has 1.1 teachers."""
        return max(1, self.enrollments / (self.students * (1 + (1 + 1 / CO_TEACHER_EVERY) / CLASS_STUDENTS)))


def shape(frame: pl.DataFrame, table: str) -> pl.DataFrame:
    """The frame with exactly the columns of the table; those it lacks are null."""
    columns = (
        (pl.col(name) if name in frame.columns else pl.lit(None)).cast(kind).alias(name)
        for name, kind in SCHEMAS[table].items()
    )
    return frame.select(*columns)


def draw_district(size: Size, seed: int) -> Frames:
    """A district without a fault: by table, one row per record, columns as in ``SCHEMAS``.

    Rows stand in the order of their numbers, enrollments in the order of their classes. Org 0 is the district itself,
    session 0 the school year, 1 and 2 its semesters.
    """
    schools = _schools(size)
    students = _students(schools)
    groups = _groups(size, students, seed)
    classes = _classes(groups, seed)
    staff = _staff(schools, first=int(groups["teacher_start"].item(-1) + groups["teachers"].item(-1)))
    courses = _courses(classes)
    course_of = courses.rename({"ix": "course"})
    classes = classes.join(course_of, on=["grade", "slot", "org"], how="left", maintain_order="left")
    frames = {
        "orgs": _orgs(schools),
        "academicSessions": pl.DataFrame({"ix": range(7), "parent": [None, 0, 0, 1, 1, 2, 2]}),
        "courses": courses,
        "users": _users(students, groups, staff, seed),
        "classes": classes,
        "enrollments": _enrollments(students, groups, classes),
    }
    return {table: shape(frame, table) for table, frame in frames.items()}


def _schools(size: Size) -> pl.DataFrame:
    """One row per school: its number, level and grades, its first student and how many it has."""
    full = max(1, int(size.students / (size.schools - 1 + SMALL_SCHOOL)))
    levels = [int(_LEVELS[school % 4]) for school in range(size.schools - 1)] + [int(Level.ALL)]
    start = pl.Series([min(school * full, size.students) for school in range(size.schools)])
    return pl.DataFrame({"ix": range(1, size.schools + 1), "level": levels, "start": start}).with_columns(
        students=pl.col("start").shift(-1, fill_value=size.students) - pl.col("start"),
        first_grade=pl.lit(pl.Series(FIRST_GRADE)).gather(pl.col("level")),
        grades=pl.lit(pl.Series(GRADES)).gather(pl.col("level")),
    )


def _students(schools: pl.DataFrame) -> pl.DataFrame:
    """One row per student in the order of schools and grades: number, school, grade, and rank in the grade."""
    frame = schools.filter(pl.col("students") > 0).select(
        "first_grade", "grades", "students", org="ix", rank=pl.int_ranges(0, pl.col("students"))
    )
    per_grade = (pl.col("students") + pl.col("grades") - 1) // pl.col("grades")
    return (
        frame.explode("rank", empty_as_null=False)
        .with_columns(grade=pl.col("first_grade") + pl.col("rank") // per_grade, rank=pl.col("rank") % per_grade)
        .select(
            pl.col("org", "grade", "rank").cast(pl.Int32),
            ix=pl.int_range(pl.len(), dtype=pl.UInt32),
        )
    )


def _groups(size: Size, students: pl.DataFrame, seed: int) -> pl.DataFrame:
    """One row per grade of a school: students, sections, slots (classes that each student takes), teachers, and where
    the numbers of its classes and teachers begin.
    """
    whole = int(size.slots)
    one_more = draw(seed, "slots", "org", "grade") % 1000 < round((size.slots - whole) * 1000)
    first_teacher = students.height + 2 * _families(students.height)
    return (
        students.group_by("org", "grade", maintain_order=True)
        .agg(size=pl.len().cast(pl.Int32))
        .with_columns(
            sections=((pl.col("size") + CLASS_STUDENTS // 2) // CLASS_STUDENTS).clip(1),
            slots=whole + one_more.cast(pl.Int32),
        )
        .with_columns(
            classes=pl.col("sections") * pl.col("slots"),
            teachers=(pl.col("size") // TEACHER_STUDENTS).clip(1, pl.col("sections") * pl.col("slots")),
        )
        .with_columns(
            class_start=pl.col("classes").cum_sum() - pl.col("classes"),
            teacher_start=pl.col("teachers").cum_sum() - pl.col("teachers") + first_teacher,
        )
    )


def _families(students: int) -> int:
    return -(-students // FAMILY_EVERY)


def _classes(groups: pl.DataFrame, seed: int) -> pl.DataFrame:
    """One row per class, with its teachers. ``org``: whose course it is; ``term``: 0 all year, 1 and 2 a semester."""
    local = groups.with_columns(local=pl.int_ranges(0, pl.col("classes"))).explode("local", empty_as_null=False)
    elective = pl.col("slot") % len(names.SUBJECTS) == names.ELECTIVE
    shares = (pl.col("teachers") > 1) & (draw(seed, "co-teacher", "ix") % CO_TEACHER_EVERY == 0)
    return (
        local.rename({"org": "school"})
        .with_columns(ix=pl.col("class_start") + pl.col("local"), slot=pl.col("local") % pl.col("slots"))
        .with_columns(
            org=pl.when(elective).then(pl.col("school")).otherwise(0),
            section=pl.col("local") // pl.col("slots") + 1,
            term=pl.col("slot") % 3,
            teacher=pl.col("teacher_start") + pl.col("local") % pl.col("teachers"),
            co_teacher=pl.when(shares).then(pl.col("teacher_start") + (pl.col("local") + 1) % pl.col("teachers")),
        )
    )


def _courses(classes: pl.DataFrame) -> pl.DataFrame:
    """One row per course that some class teaches: the district's by grade and subject, the electives also by school."""
    return classes.select("grade", "slot", "org").unique().sort("org", "grade", "slot").with_row_index("ix")


def _orgs(schools: pl.DataFrame) -> pl.DataFrame:
    district = pl.DataFrame({"ix": [0], "kind": [int(Org.DISTRICT)]})
    of_schools = schools.select("ix", "level", kind=pl.lit(int(Org.SCHOOL), pl.Int64), parent=pl.lit(0))
    return pl.concat([district, of_schools], how="diagonal")


def _staff(schools: pl.DataFrame, *, first: int) -> pl.DataFrame:
    """One row per person of a school's or the district's staff who does not teach, numbered from ``first`` on."""
    roles = pl.Series(
        [int(Role.PRINCIPAL), int(Role.PROCTOR), int(Role.AIDE), int(Role.SCHOOL_ADMIN), int(Role.COUNSELOR)]
    )
    here = (pl.col("students") // STAFF_STUDENTS).clip(1)
    of_schools = (
        schools.select(org="ix", local=pl.int_ranges(0, here))
        .explode("local", empty_as_null=False)
        .select("org", role=pl.lit(roles).gather(pl.col("local") % len(roles)))
    )
    leading = [int(Role.SYSTEM_ADMIN)] + [int(Role.DISTRICT_ADMIN)] * (1 + schools.height // 10)
    of_district = pl.DataFrame({"org": [0] * len(leading), "role": leading})
    return pl.concat([of_schools, of_district]).with_row_index("ix", offset=first)


def _guardians(students: pl.DataFrame, seed: int) -> pl.DataFrame:
    """One row per guardian, two for each family, numbered after the students; their school is the first child's."""
    kinds = pl.Series([int(Role.GUARDIAN), int(Role.PARENT), int(Role.PARENT), int(Role.RELATIVE)])
    return (
        students.filter(pl.col("ix") % FAMILY_EVERY == 0)
        .select("org", pl.lit([0, 1]).alias("local"))
        .explode("local", empty_as_null=False)
        .with_row_index("ix", offset=students.height)
        .select("ix", "org", role=pl.lit(kinds).gather(draw(seed, "kin", "ix") % len(kinds)))
    )


def _users(students: pl.DataFrame, groups: pl.DataFrame, staff: pl.DataFrame, seed: int) -> pl.DataFrame:
    """One row per person: students, guardians, teachers, other staff."""
    family = students.height + pl.col("ix") // FAMILY_EVERY * 2
    child = pl.col("ix") % FAMILY_EVERY
    teachers = (
        groups.select("org", local=pl.int_ranges(0, pl.col("teachers")), start="teacher_start")
        .explode("local", empty_as_null=False)
        .select("org", ix=pl.col("start") + pl.col("local"), role=pl.lit(int(Role.TEACHER)))
    )
    with_agents = students.with_columns(
        role=pl.lit(int(Role.STUDENT)),
        agent=pl.when(child < 2).then(family),
        second_agent=pl.when(child == 0).then(family + 1),
    )
    people = pl.concat([shape(some, "users") for some in (with_agents, _guardians(students, seed), teachers, staff)])
    return people.with_columns(
        second_org=_second_school(seed, schools=int(staff["org"].max() or 0)),  # type: ignore[arg-type]
        has_second_role=(pl.col("role") == int(Role.TEACHER)) & (draw(seed, "second role", "ix") % 3 == 0),
        has_profile=(pl.col("ix") == 0) | (draw(seed, "profile", "ix") % 5 == 0),
        names_profile=draw(seed, "names profile", "ix") % 2 == 0,
        is_bare=pl.lit(value=False),
    )


def _second_school(seed: int, *, schools: int) -> pl.Expr:
    """The other school of a few who work in two, never the last one: what is only there must be only there."""
    works = pl.col("role").is_in([int(Role.TEACHER), int(Role.AIDE), int(Role.COUNSELOR), int(Role.PROCTOR)])
    other = pl.col("org") % max(schools - 1, 1) + 1
    moves = works & (pl.col("org") < schools) & (other != pl.col("org")) & (draw(seed, "two schools", "ix") % 12 == 0)
    return pl.when(moves).then(other)


def _enrollments(students: pl.DataFrame, groups: pl.DataFrame, classes: pl.DataFrame) -> pl.DataFrame:
    """One row per person in a class, in the order of the classes, teachers first."""
    # From grade 6 on a student meets others in each subject; below, a section stays together.
    moved = pl.col("rank") + pl.when(pl.col("grade") >= 6).then(pl.col("slot") * 7).otherwise(0)
    section = moved % pl.col("size") * pl.col("sections") // pl.col("size")
    seats = (
        students.lazy()
        .join(groups.lazy(), on=["org", "grade"], how="left", maintain_order="left")
        .with_columns(slot=pl.int_ranges(0, pl.col("slots")))
        .explode("slot", empty_as_null=False)
        .select(
            (pl.col("class_start") + section * pl.col("slots") + pl.col("slot")).cast(pl.UInt32).alias("class"),
            pl.col("ix").alias("user"),
            pl.lit(int(Seat.STUDENT), pl.UInt8).alias("seat"),
        )
        .collect()
    )
    teaching = [_teaching(classes, "teacher", Seat.PRIMARY_TEACHER), _teaching(classes, "co_teacher", Seat.CO_TEACHER)]
    return pl.concat([*teaching, seats]).sort("class", maintain_order=True)


def _teaching(classes: pl.DataFrame, teacher: str, seat: Seat) -> pl.DataFrame:
    return classes.filter(pl.col(teacher).is_not_null()).select(
        pl.col("ix").cast(pl.UInt32).alias("class"),
        pl.col(teacher).cast(pl.UInt32).alias("user"),
        pl.lit(int(seat), pl.UInt8).alias("seat"),
    )


def records_about(users: pl.DataFrame) -> Frames:
    """What other files say of the people, in the order of the people: demographics of students, roles, profiles.

    A role names its person (``ix``), the org, and for some the person's profile. ``rank``: 0 for the first role, 1 for
    that in a second school, 2 for one more in the same school.
    """
    told = users.filter(~pl.col("is_bare"))
    profile = pl.when(pl.col("has_profile") & pl.col("names_profile")).then(pl.col("ix"))
    everyone = told.with_columns(rank=pl.lit([0, 1, 2], pl.List(pl.UInt8))).explode("rank", empty_as_null=False)
    held = (
        pl.when(pl.col("rank") == 1).then(pl.col("second_org").is_not_null())
        .when(pl.col("rank") == 2).then(pl.col("has_second_role"))
        .otherwise(pl.lit(value=True))
    )  # fmt: skip
    return {
        "demographics": told.filter(pl.col("role") == int(Role.STUDENT)).select("ix", "grade", "case", "part"),
        "userProfiles": told.filter(pl.col("has_profile")).select("ix", "role", "case", "part"),
        "roles": everyone.filter(held).select(
            "ix",
            "rank",
            "case",
            "part",
            role=pl.when(pl.col("rank") == 2).then(int(Role.PROCTOR)).otherwise(pl.col("role")),
            org=pl.when(pl.col("rank") == 1).then(pl.col("second_org")).otherwise(pl.col("org")),
            profile=pl.when(pl.col("rank") == 0).then(profile),
        ),
    }
