"""Where do the mistakes go?

A case is one mistake of one kind. Its setting is built beside the ordinary district and scattered through the files, so
that a case touches no record but its own, and what it drags along can be told from the setting alone.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from homeroom.demo.chance import draw
from homeroom.demo.defects import CLUBS, MEMBERS, Kind, Part, Setting
from homeroom.demo.kinds import KINDS
from homeroom.demo.outline import FIRST_GRADE, GRADES, Frames, Level, Org, Role, Seat, Size, shape

#: Settings that are small enough for a share of all records to be broken in them.
_FOR_SHARES = frozenset(
    {Setting.ANY_ENROLLMENT, Setting.STUDENT, Setting.TWINS, Setting.DOUBLES, Setting.STAFF, Setting.CLUB}
)
#: Rows of each table for one row of users.csv, roughly; enrollments and classes depend on what was asked.
_ROWS_PER_USER = {"users": 1.0, "demographics": 0.72, "roles": 1.1, "userProfiles": 0.2}
_SEATS = {
    Part.TEACHER: Seat.PRIMARY_TEACHER,
    Part.SECOND_TEACHER: Seat.CO_TEACHER,
    Part.MEMBER: Seat.STUDENT,
    Part.CLASSMATE: Seat.STUDENT,
}
_INTERSESSION = 3


@dataclass(frozen=True)
class Count:
    """So many cases of one kind."""

    kind: Kind
    cases: int


def counts(size: Size, *, version: str, mode: str, per_kind: int, share: float) -> tuple[Count, ...]:
    """How many cases of each kind there shall be: ``per_kind``, or more where that share of a table's rows is more."""
    fitting = [kind for kind in KINDS if kind.only in (None, version) and kind.mode in (None, mode)]
    rows = {table: size.users * per_user for table, per_user in _ROWS_PER_USER.items()}
    rows |= {"enrollments": size.enrollments, "classes": size.enrollments / 25}
    sharing = [kind.edit.table for kind in fitting if _shares(kind)]

    def cases(kind: Kind) -> int:
        table = kind.edit.table
        return max(per_kind, round(share * rows[table] / sharing.count(table))) if _shares(kind) else per_kind

    return tuple(Count(kind, cases(kind)) for kind in fitting)


def _shares(kind: Kind) -> bool:
    """A fault in a club drags a whole class along unless it is the class's own."""
    return kind.setting in _FOR_SHARES and (kind.setting is not Setting.CLUB or kind.edit.table == "classes")


def people(counted: Sequence[Count]) -> int:
    """How many rows of users.csv the settings of so many cases need."""
    return sum(count.cases * sum(count.kind.setting in member.settings for member in MEMBERS) for count in counted)


def cases(counted: Sequence[Count], frames: Frames, seed: int) -> pl.DataFrame:
    """One row per case: its number, kind (the place in ``counted``), setting, school, grade, and ``at``: how far down
    in the files it stands (0 to 1).
    """
    schools = ordinary_schools(frames["orgs"])[:-1]
    frame = pl.DataFrame(
        {
            "kind": range(len(counted)),
            "setting": [count.kind.setting.value for count in counted],
            "count": [count.cases for count in counted],
        },
        schema={"kind": pl.UInt32, "setting": pl.String, "count": pl.UInt32},
    )
    return (
        frame.select("kind", "setting", pl.col("kind").repeat_by("count").alias("case"))
        .explode("case", empty_as_null=False)
        .with_columns(case=pl.int_range(pl.len(), dtype=pl.UInt32))
        .with_columns(_there=draw(seed, "school of", "case") % schools.height)
        .with_columns(
            school=pl.lit(schools["ix"]).gather(pl.col("_there")),
            grade=_some_grade(pl.lit(schools["level"]).gather(pl.col("_there")), draw(seed, "grade of", "case")),
            at=_fraction(draw(seed, "place of", "case")),
        )
        .drop("_there")
    )


def ordinary_schools(orgs: pl.DataFrame) -> pl.DataFrame:
    """The schools that were not made for a case, by number: the last is the one that nobody onboarded."""
    return orgs.filter(pl.col("kind") == int(Org.SCHOOL), pl.col("case").is_null()).sort("ix")


def _some_grade(level: pl.Expr, chance: pl.Expr) -> pl.Expr:
    first = pl.lit(pl.Series(FIRST_GRADE)).gather(level)
    return first + (chance % pl.lit(pl.Series(GRADES)).gather(level)).cast(pl.UInt8)


def _fraction(chance: pl.Expr) -> pl.Expr:
    return (chance % 1_000_003).cast(pl.Float64) / 1_000_003


def _in(*settings: Setting) -> pl.Expr:
    return pl.col("setting").is_in([setting.value for setting in settings])


def settings(cases: pl.DataFrame, frames: Frames, seed: int) -> Frames:
    """The records of all settings: by table, the columns of ``SCHEMAS`` and ``at``."""
    clubs = cases.filter(_in(*CLUBS))
    orgs = _numbered(
        frames["orgs"],
        _made(cases, Part.SCHOOL, Setting.CLUB_SCHOOL).with_columns(
            kind=pl.lit(int(Org.SCHOOL)), level=pl.lit(int(Level.ALL))
        ),
        _made(cases, Part.OFFICE, Setting.OFFICES).with_columns(kind=pl.lit(int(Org.DEPARTMENT)), level=pl.lit(None)),
        _made(cases, Part.OTHER_OFFICE, Setting.OFFICES).with_columns(
            kind=pl.lit(int(Org.DEPARTMENT)), level=pl.lit(None)
        ),
    ).with_columns(parent=pl.lit(0))
    sessions = _numbered(frames["academicSessions"], _made(cases, Part.SESSION, Setting.CLUB_SESSION, Setting.SESSION))
    courses = _numbered(frames["courses"], _made(cases, Part.COURSE, Setting.CLUB_COURSE)).with_columns(
        slot=pl.lit(1), org=pl.lit(0)
    )
    users = _users(cases, orgs, frames, seed)
    classes = _classes(clubs, orgs, sessions, courses, frames, seed)
    seats = pl.DataFrame(
        {"part": [int(part) for part in _SEATS], "seat": [int(seat) for seat in _SEATS.values()]},
        schema={"part": pl.UInt8, "seat": pl.UInt8},
    )
    enrollments = (
        users.join(seats, on="part", how="inner", maintain_order="left")
        .join(classes.select("case", pl.col("ix").alias("class")), on="case", how="inner", maintain_order="left")
        .rename({"ix": "user"})
    )
    made = {
        "orgs": orgs,
        "academicSessions": sessions.with_columns(parent=pl.lit(1)),
        "courses": courses,
        "users": users,
        "classes": classes,
        "enrollments": enrollments,
    }
    return {table: shape(frame, table).with_columns(frame["at"]) for table, frame in made.items()}


def _made(cases: pl.DataFrame, part: Part, *of: Setting) -> pl.DataFrame:
    return cases.filter(_in(*of)).with_columns(part=pl.lit(int(part), pl.UInt8))


def _numbered(ordinary: pl.DataFrame, *made: pl.DataFrame) -> pl.DataFrame:
    return pl.concat(made, how="vertical_relaxed").with_row_index("ix", offset=ordinary.height)


def _number_of(frame: pl.DataFrame, part: Part, name: str) -> pl.DataFrame:
    """By case, the number of the record that has this part."""
    return frame.filter(pl.col("part") == int(part)).select("case", pl.col("ix").alias(name))


def _users(cases: pl.DataFrame, orgs: pl.DataFrame, frames: Frames, seed: int) -> pl.DataFrame:
    late = pl.col("at") + (1 - pl.col("at")) * _fraction(draw(seed, "late", "case", "part"))
    users = _numbered(
        frames["users"],
        *(
            _made(cases, member.part, *member.settings).with_columns(
                role=pl.lit(int(member.role)),
                at=late if member.is_late else pl.col("at"),
                has_second_role=pl.lit(member.role is Role.SCHOOL_ADMIN),
                has_profile=pl.lit(member.has_profile),
                names_profile=pl.lit(member.role is Role.STUDENT),
                is_bare=pl.lit(member.is_bare),
            )
            for member in MEMBERS
        ),
    )
    is_newcomer = pl.col("part") == int(Part.NEWCOMER)
    return (
        users.join(_number_of(orgs, Part.SCHOOL, "own_school"), on="case", how="left", maintain_order="left")
        .join(_number_of(users, Part.GUARDIAN, "guardian"), on="case", how="left", maintain_order="left")
        .with_columns(
            org=pl.when(is_newcomer).then(pl.col("own_school")).otherwise(pl.col("school")),
            agent=pl.when(pl.col("part") == int(Part.MEMBER)).then(pl.col("guardian")),
        )
    )


def _classes(
    clubs: pl.DataFrame, orgs: pl.DataFrame, sessions: pl.DataFrame, courses: pl.DataFrame, frames: Frames, seed: int
) -> pl.DataFrame:
    offered = frames["courses"].filter(pl.col("org") == 0)
    return (
        _numbered(frames["classes"], clubs.with_columns(part=pl.lit(int(Part.CLASS), pl.UInt8)))
        .join(_number_of(orgs, Part.SCHOOL, "own_school"), on="case", how="left", maintain_order="left")
        .join(_number_of(sessions, Part.SESSION, "session"), on="case", how="left", maintain_order="left")
        .join(_number_of(courses, Part.COURSE, "own_course"), on="case", how="left", maintain_order="left")
        .with_columns(
            school=pl.col("own_school").fill_null(pl.col("school")),
            course=pl.col("own_course").fill_null(
                pl.lit(offered["ix"]).gather(draw(seed, "taught", "case") % offered.height)
            ),
            slot=pl.lit(9),
            section=pl.col("case") + 100,
            term=pl.when(pl.col("session").is_not_null()).then(_INTERSESSION).otherwise(0),
        )
    )


def scatter(frames: Frames, made: Frames) -> Frames:
    """The ordinary records and those of the settings in one file each, the latter where their ``at`` says."""
    return {table: _interleave(frame, made[table]) for table, frame in frames.items()}


def _interleave(ordinary: pl.DataFrame, made: pl.DataFrame) -> pl.DataFrame:
    if made.is_empty():
        return ordinary
    # Odd places are the ordinary rows'; the even ones between them are free.
    place = (pl.col("at") * ordinary.height).cast(pl.UInt32) * 2
    guests = made.with_columns(_place=place).sort("_place", maintain_order=True).drop("at")
    hosts = ordinary.with_columns(_place=pl.int_range(pl.len(), dtype=pl.UInt32) * 2 + 1)
    return hosts.merge_sorted(guests, key="_place").drop("_place")


def mark_enrollments(frames: Frames, cases: pl.DataFrame, seed: int) -> pl.DataFrame:
    """The enrollments, some of them with the cases that need nothing but one; none is in the last school."""
    enrollments = frames["enrollments"]
    needing = cases.filter(_in(Setting.ANY_ENROLLMENT))["case"]
    schools = frames["classes"].sort("ix")["school"]
    last = ordinary_schools(frames["orgs"])["ix"][-1]
    free = enrollments.with_row_index("row").filter(
        pl.col("case").is_null(),
        pl.col("seat") == int(Seat.STUDENT),
        pl.lit(schools).gather(pl.col("class")) != last,
    )["row"]
    if len(needing) > len(free):
        raise ValueError(
            f"{len(needing)} enrollments should be broken, but there are only {len(free)}: ask for fewer defects"
        )
    chosen = free.gather(random.Random(seed).sample(range(len(free)), len(needing)))
    part = pl.Series([int(Part.ANY)], dtype=pl.UInt8).new_from_index(0, len(needing))
    return enrollments.with_columns(
        case=enrollments["case"].clone().scatter(chosen, needing),
        part=enrollments["part"].clone().scatter(chosen, part),
    )
