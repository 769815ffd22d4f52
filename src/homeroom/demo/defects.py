"""What is a mistake that can be put into a made-up district?

Each kind breaks one rule once. It says into what little group of records it is put (the ``Setting``, made for it and
touching nobody else, so that what follows from it is known), which of those records is the victim, and how its cells
change. The kinds themselves are in ``kinds``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

import polars as pl

from homeroom.demo.outline import Role


class Setting(StrEnum):
    """The group of records that is made for one mistake."""

    ANY_ENROLLMENT = "a student's enrollment somewhere in the district; nothing is made for it"
    STUDENT = "a student without classes, with demographics and a profile"
    TWINS = "two such students"
    DOUBLES = "a student, and a second row that is to repeat the first one's id; no other file speaks of the second"
    STAFF = "a school administrator with a second role and a profile"
    CLUB = "a class with a teacher and two students, one of whom has a guardian"
    CLUB_OF_TWO_TEACHERS = "a class with two teachers"
    CLUB_WITHOUT_TEACHER = "a class with students only"
    CLUB_COURSE = "a class and the course that only it teaches"
    CLUB_SESSION = "a class and the session in which only it meets"
    CLUB_SCHOOL = "a class, the school that has only it, and a student without classes there"
    OFFICES = "two departments of the district"
    SESSION = "a session in which no class meets"


CLUBS = tuple(setting for setting in Setting if setting.name.startswith("CLUB"))


class Part(IntEnum):
    """Which record of its setting a row is. Rows of several files may have the part of the person they are about."""

    STUDENT = 1
    TWIN = 2
    STAFF = 3
    TEACHER = 4
    SECOND_TEACHER = 5
    MEMBER = 6
    CLASSMATE = 7
    GUARDIAN = 8
    NEWCOMER = 9
    CLASS = 10
    COURSE = 11
    SESSION = 12
    SCHOOL = 13
    OFFICE = 14
    OTHER_OFFICE = 15
    SECOND_ROLE = 16
    ANY = 17


@dataclass(frozen=True)
class Member:
    """One person of a setting: the part, the role, and the settings that have one.

    is_late: stands further down in the file than the others. is_bare: no other file speaks of the person.
    """

    part: Part
    role: Role
    settings: tuple[Setting, ...]
    is_late: bool = False
    is_bare: bool = False
    has_profile: bool = False


_TAUGHT = tuple(setting for setting in CLUBS if setting is not Setting.CLUB_WITHOUT_TEACHER)
MEMBERS = (
    Member(Part.STUDENT, Role.STUDENT, (Setting.STUDENT, Setting.TWINS, Setting.DOUBLES), has_profile=True),
    Member(Part.TWIN, Role.STUDENT, (Setting.TWINS,), is_late=True),
    Member(Part.TWIN, Role.STUDENT, (Setting.DOUBLES,), is_late=True, is_bare=True),
    Member(Part.STAFF, Role.SCHOOL_ADMIN, (Setting.STAFF,), has_profile=True),
    Member(Part.TEACHER, Role.TEACHER, _TAUGHT),
    Member(Part.SECOND_TEACHER, Role.TEACHER, (Setting.CLUB_OF_TWO_TEACHERS,)),
    Member(Part.MEMBER, Role.STUDENT, CLUBS, has_profile=True),
    Member(Part.CLASSMATE, Role.STUDENT, CLUBS, is_late=True),
    Member(Part.GUARDIAN, Role.GUARDIAN, CLUBS),
    Member(Part.NEWCOMER, Role.STUDENT, (Setting.CLUB_SCHOOL,)),
)


class Known(StrEnum):
    """Something that a reference can be pointed at, beside the records of the setting."""

    NOBODY = "an id that no record has"
    DISTRICT = "the district's own org"
    SEMESTER = "a semester"
    PROFILE = "somebody else's profile"


@dataclass(frozen=True)
class Edit:
    """A change to the cells of one record: by column, the new text over the row's columns (null is blank).

    The expressions may also use ``OTHER``, the id of what ``other`` names, and ``CASE``, the number of the mistake.
    """

    table: str
    part: Part
    cells: Mapping[str, pl.Expr]
    other: Known | tuple[str, Part] = Known.NOBODY


@dataclass(frozen=True)
class Kind:
    """One kind of mistake.

    rule: the id of the rule it breaks. field: the column under which it is found, "row" for a row that cannot be read.
    edit: what happens to the victim. also: what happens to other rows so that the victim is wrong; ``blames_all`` if
    each of those is as wrong as the victim. refuses: whether the victim is refused, and what depends on it with it.
    is_raw: the victim is a line that cannot be read as a row. only, mode: the one version and the one mode in which
    a row can be wrong in this way.
    """

    rule: str
    field: str
    setting: Setting
    edit: Edit
    also: tuple[Edit, ...] = ()
    refuses: bool = True
    is_raw: bool = False
    blames_all: bool = False
    only: str | None = None
    mode: str | None = None


OTHER = pl.col("_other")
CASE = pl.col("_case").cast(pl.String)

#: Characters that stand for bytes until the file is written: text cannot hold those, or would be quoted for them.
RAW_BYTES: Mapping[str, bytes] = {"\x01": b"\xe9", "\x02": b'"', "\x03": b"\r", "\x04": b"\x00", "\x05": b","}
NOT_UTF8, QUOTE, RETURN, NUL, COMMA = RAW_BYTES
#: As the last cell of a row: that cell and the comma before it go.
CUT = "\x06"
