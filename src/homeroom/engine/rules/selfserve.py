"""What do the upload templates ask for? The rules of product.md 3.3 and 3.4, for students, staff and classes.

An upload creates and never changes, so every fault refuses its row: the person who uploads mends the file and uploads
it again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

import polars as pl

from homeroom.engine.hashes import hashed
from homeroom.engine.ledger import NO_IDS, Page, rows_where
from homeroom.engine.rule import Cell, Consequence, Rule, Setting
from homeroom.engine.rules.corrected import stands_for_another
from homeroom.engine.rules.forms import EMAIL
from homeroom.engine.rules.keys import later_rows
from homeroom.engine.rules.values import grade_hint
from homeroom.engine.tables import Type
from homeroom.engine.templates import PASSWORD

_SOURCE = "product.md 3.4"
_FILE = "product.md 3.3"
_STOPS, _REFUSES = Consequence.STOPS, Consequence.REFUSES
_TEMPLATE = "Download the template again, copy your rows into it, and leave its header row as it is."
ID_CHARACTERS = "upload-id-characters"
_USERNAME_TYPES = (Type.USERNAME, Type.STAFF_USERNAME)


def _of(*types: Type):  # type: ignore[no-untyped-def]
    """A test that applies to columns of these types only."""

    def only(test):  # type: ignore[no-untyped-def]
        return lambda cell: test(cell) if cell.column.type in types else None

    return only


def grades(cell: Cell) -> tuple[str, ...]:
    """The grades of students; of classes also 13 and what the publisher adds."""
    profile = cell.setting.profile
    students = tuple(grade for grade in profile.grades if grade != "13")
    return (*students, "13", *profile.class_grades) if cell.setting.table.name == "classes" else students


def _length(cell: Cell) -> pl.Expr:
    length = cell.value.str.len_chars()
    too_long = length > cell.column.max_length if cell.column.max_length is not None else pl.lit(False)
    return (length < cell.column.min_length) | too_long


def _length_expected(cell: Cell) -> str:
    least, most = cell.column.min_length, cell.column.max_length
    return f"{least} to {most} characters" if least else f"at most {most} characters"


def _weak(cell: Cell) -> pl.Expr:
    value = cell.value
    return (
        (value.str.len_chars() < cell.column.min_length) | ~value.str.contains("[a-z]") | ~value.str.contains("[0-9]")
    )


def _id_hint(values: pl.Series, cell: Cell) -> pl.Series:  # noqa: ARG001
    shortened = values.str.contains(r"^[0-9](?:\.[0-9]+)?E\+[0-9]+$")
    return pl.select(
        pl.when(shortened)
        .then(pl.lit(" Excel has shortened a long number: format the column as text, then type the number again."))
        .otherwise(pl.lit(""))
    ).to_series()


def _username_characters(cell: Cell) -> pl.Expr:
    at = "@" if cell.column.type is Type.USERNAME else ""
    return ~cell.value.str.contains(f"^[A-Za-z0-9_+.{at}-]+$")


RULES: tuple[Rule, ...] = (
    Rule(
        id="upload-column-missing",
        consequence=_STOPS,
        says="Every column of the template is there.",
        message="The column {column} is missing.{detail}",
        remedy=_TEMPLATE,
        source=_FILE,
    ),
    Rule(
        id="upload-column-unknown",
        consequence=_STOPS,
        says="No column was added to the template.",
        message="The column {value} is not in the template.{detail}",
        remedy=_TEMPLATE,
        source=_FILE,
    ),
    Rule(
        id="upload-too-large",
        consequence=_STOPS,
        says="An upload is not too large.",
        message="{value} has {detail} bytes; an upload may have {expected}.",
        remedy="Divide the file and upload the pieces one after the other.",
        source=_FILE,
    ),
    Rule(
        id="upload-too-many-rows",
        consequence=_STOPS,
        says="An upload has not too many rows.",
        message="{value} has {detail} rows; an upload may have {expected}.",
        remedy="Divide the file and upload the pieces one after the other.",
        source=_FILE,
    ),
    Rule(
        id="upload-without-rows",
        consequence=_STOPS,
        says="An upload has a row below its header row.",
        message="{value} has a header row and nothing below it.",
        remedy="Write a row for each record below the header row, and upload the file again.",
        source=_FILE,
    ),
    Rule(
        id="upload-not-utf8",
        consequence=_STOPS,
        says="An upload is UTF-8 text.",
        message="{value} is not UTF-8 text; it looks like Excel's older CSV (Windows-1252), first in row {detail}.",
        remedy="In Excel choose File > Save As > CSV UTF-8 (comma delimited), and upload that file.",
        source=_FILE,
    ),
    Rule(
        id=ID_CHARACTERS,
        consequence=_REFUSES,
        says="An ID consists of letters and digits.",
        message="{column} is {value}; it may have only letters A-Z and digits.{detail}",
        remedy="Correct the ID in your file.",
        source=_SOURCE,
        cell=_of(Type.ALPHANUMERIC_ID)(lambda cell: ~cell.value.str.contains("^[A-Za-z0-9]+$")),
        hint=_id_hint,
    ),
    Rule(
        id="upload-text-length",
        consequence=_REFUSES,
        says="A text is not longer than the template allows.",
        message="{column} must have {expected}.",
        remedy="Shorten the text in your file.",
        source=_SOURCE,
        cell=_of(Type.NAME, Type.TEACHER_EMAIL)(_length),
        expected=_length_expected,
    ),
    Rule(
        id="upload-email-form",
        consequence=_REFUSES,
        says="An e-mail has the form name@domain, of letters, digits and - _ + . @",
        message="{column} is {value}; write one e-mail address, such as ana.lopez@school.example.",
        remedy="Correct the address in your file.",
        source=_SOURCE,
        cell=_of(Type.ADDRESS, Type.TEACHER_EMAIL)(lambda cell: ~cell.value.str.contains(EMAIL)),
    ),
    Rule(
        id="upload-grade-unknown",
        consequence=_REFUSES,
        says="A grade is one of the list.",
        message="{column} is {value}; it must be one of: {expected}.{detail}",
        remedy="Correct the grade in your file.",
        source=_SOURCE,
        cell=_of(Type.GRADE)(lambda cell: ~cell.value.is_in(grades(cell))),
        expected=lambda cell: ", ".join(grades(cell)),
        hint=lambda values, cell: grade_hint(values, grades(cell)),
    ),
    Rule(
        id="username-length",
        consequence=_REFUSES,
        says="A username has 5 to 100 characters.",
        message="{column} is {value}; it must have {expected}.",
        remedy="Choose another username in your file.",
        source=_SOURCE,
        cell=_of(*_USERNAME_TYPES)(_length),
        expected=_length_expected,
    ),
    Rule(
        id="username-is-email",
        consequence=_REFUSES,
        says="A student's username is not an e-mail address.",
        message="{column} is {value}, an e-mail address; choose a username that is not one.",
        remedy="Choose another username in your file.",
        source=_SOURCE,
        cell=_of(Type.USERNAME)(lambda cell: cell.value.str.contains(EMAIL)),
    ),
    Rule(
        id="username-characters",
        consequence=_REFUSES,
        says="A username consists of letters, digits and - _ + . (a student's also of @).",
        message="{column} is {value}; it may have only letters A-Z, digits and {expected}",
        remedy="Choose another username in your file.",
        source=_SOURCE,
        cell=_of(*_USERNAME_TYPES)(_username_characters),
        expected=lambda cell: "- _ + . @" if cell.column.type is Type.USERNAME else "- _ + . (no @)",
    ),
    Rule(
        id="password-weak",
        consequence=_REFUSES,
        says="A password has at least 8 characters, among them a lower-case letter and a digit.",
        message="{column} must have at least 8 characters, with at least one lower-case letter and one digit.",
        remedy="Choose another password in your file.",
        source=_SOURCE,
        cell=_of(Type.PASSWORD)(_weak),
    ),
)
ID_REPEATED = Rule(
    id="upload-id-repeated",
    consequence=_REFUSES,
    says="An ID belongs to one person; of several rows with the same, the first stands.",
    message="{column} {value} is used already in row {detail}; each person needs an ID of their own.",
    remedy="Correct one of the two rows in your file, or remove it if the person stands there twice.",
    source=_SOURCE,
)
EMAIL_REPEATED = Rule(
    id="upload-email-repeated",
    consequence=_REFUSES,
    says="An e-mail belongs to one person. Capitals do not count.",
    message="email {value} is used already in row {detail}; each person needs an address of their own.",
    remedy="Correct one of the two rows in your file.",
    source=_SOURCE,
    column="email",
)
USERNAME_REPEATED = Rule(
    id="upload-username-repeated",
    consequence=_REFUSES,
    says="A username belongs to one person. Capitals do not count.",
    message="username {value} is used already in row {detail}; each person needs a username of their own.",
    remedy="Correct one of the two rows in your file.",
    source=_SOURCE,
    column="username",
)
CLASS_REPEATED = Rule(
    id="upload-class-repeated",
    consequence=_REFUSES,
    says="A class of the same name and teacher stands once.",
    message="The class {value} with this teacher stands already in row {detail}; remove one of the two rows, or name it otherwise.",
    remedy="Remove one of the two rows in your file, or name the class otherwise.",
    source=_SOURCE,
    table="classes",
    column="className",
)
EMAIL_TAKEN = Rule(
    id="upload-email-taken",
    consequence=_REFUSES,
    says="An e-mail is not in use yet.",
    message="email is already in use",
    remedy="Choose another address. If the person is in the list already, leave the row out.",
    source=_SOURCE,
    column="email",
)
USERNAME_TAKEN = Rule(
    id="upload-username-taken",
    consequence=_REFUSES,
    says="A username is not in use yet in the district.",
    message="username {value} is already in use; choose another one.",
    remedy="Choose another username. If the person is in the list already, leave the row out.",
    source=_SOURCE,
    column="username",
)
ID_TAKEN = Rule(
    id="upload-id-taken",
    consequence=_REFUSES,
    says="An ID is not in use yet in the district.",
    message="{column} {value} is already in use; an upload creates people and does not change them.",
    remedy="Leave the row out if the person is in the list already; otherwise correct the ID.",
    source=_SOURCE,
)
TEACHER_UNKNOWN = Rule(
    id="upload-teacher-unknown",
    consequence=_REFUSES,
    says="A class has a teacher of its school.",
    message="primaryTeacher {value} is not the e-mail of a teacher of this school.",
    remedy="Correct the e-mail in your file, or add the teacher to the school's staff first.",
    source=_SOURCE,
    table="classes",
    column="primaryTeacher",
)
CLASS_TAKEN = Rule(
    id="upload-class-taken",
    consequence=_REFUSES,
    says="A class of the same name and teacher is not there yet in the school year.",
    message="A class {value} with this teacher is already there in this school year; an upload does not make it twice.",
    remedy="Leave the row out if it is the same class; otherwise name it otherwise.",
    source=_SOURCE,
    table="classes",
    column="className",
)
RULES += (TEACHER_UNKNOWN, CLASS_TAKEN)
RULES += (ID_REPEATED, EMAIL_REPEATED, USERNAME_REPEATED, CLASS_REPEATED, EMAIL_TAKEN, USERNAME_TAKEN, ID_TAKEN)

_UNIQUE = (
    ("login", USERNAME_REPEATED, "username"),
    ("address", EMAIL_REPEATED, "email"),
    ("class_of", CLASS_REPEATED, "className"),
)


def facts(setting: Setting, columns: Collection[str]) -> dict[str, pl.Expr]:
    """What the first pass keeps of each row of a template: hashes of what must be unique, and whether nothing is in it
    at all, nothing but a password, or nothing beside what links it to an earlier file. columns: those of the file.
    """
    kept = {}
    for name, column in (("login", "username"), ("address", "email")):
        if setting.has(column):
            kept[name] = hashed(pl.col(column).str.to_lowercase())
    if setting.has("className", "primaryTeacher"):
        kept["teacher"] = hashed(pl.col("primaryTeacher").str.to_lowercase())
        kept["class_of"] = class_of("className", "primaryTeacher")
    beside = [name for name in setting.table.names if setting.has(name) and name != PASSWORD]
    nothing, linked = pl.all_horizontal(pl.col(name).is_null() for name in beside), stands_for_another(columns)
    kept["nothing_beside_password"], kept["not_filled_in"] = nothing & ~linked, nothing & linked
    has_password = pl.col(PASSWORD).is_not_null() if setting.has(PASSWORD) else pl.lit(False)
    kept["blank"] = kept["nothing_beside_password"] & ~has_password
    return kept


def class_of(name: str, teacher: str) -> pl.Expr:
    """One hash of a class's name and its teacher's e-mail, which together tell it from others of a school year."""
    return hashed(pl.concat_str(name, pl.col(teacher).str.to_lowercase(), separator="\x1f"))


@dataclass(frozen=True)
class Taken:
    """What is there already of what stands in an upload, as hashes (``hashes.hashed``); text other than ids in lower
    case.

    ids, usernames: of the people of the district. emails: in use on the whole server. teachers: the e-mails of the
    school's teachers. classes: ``class_of`` the school's classes in the school year.
    """

    ids: pl.Series = field(default_factory=lambda: NO_IDS)
    usernames: pl.Series = field(default_factory=lambda: NO_IDS)
    emails: pl.Series = field(default_factory=lambda: NO_IDS)
    teachers: pl.Series = field(default_factory=lambda: NO_IDS)
    classes: pl.Series = field(default_factory=lambda: NO_IDS)


#: Says what is there already of what stands in an upload: one row per readable row of it, as text; of people
#: ``sourcedId``, ``username`` and ``email``, of classes ``className`` and ``primaryTeacher``.
AskTaken = Callable[[pl.DataFrame], Taken]
_ASKED_FOR = ("username", "email", "className", "primaryTeacher")


def judge_upload(page: Page, ask: AskTaken | None) -> None:
    """Refuse rows that repeat what must be unique, in the file or in what is there already, and classes without a
    teacher of the school.

    ask: null where nothing is known of what is there; then nothing is compared with it. A record that is there as a
    whole, in the file or in the district, is one fault on its ID, not three.
    """
    page.leave_out((page.frame["blank"] | page.frame["not_filled_in"]).arg_true().cast(pl.UInt32))
    whole = later_rows(page, page.key)
    page.blame(whole, ID_REPEATED, page.setting.table.key)
    for fact, rule, column in _UNIQUE:
        if fact in page.frame.columns:
            page.blame(later_rows(page, page.frame[fact]).join(whole, on=["row", "first"], how="anti"), rule, column)
    if ask is None:
        return
    key = page.setting.table.key
    ids = [pl.col(key).alias("sourcedId")] if page.setting.has(key) else []
    asked_for = [pl.col(name) for name in _ASKED_FOR if page.setting.has(name)]
    taken = ask(page.measured.scan().select(*ids, *asked_for).collect())
    known = page.key.is_in(taken.ids.implode())
    repeated = pl.Series("row", range(len(page.frame)), dtype=pl.UInt32).is_in(whole["row"].implode())
    page.blame(rows_where(known & ~repeated), ID_TAKEN, page.setting.table.key)
    in_use = (
        ("login", USERNAME_TAKEN, "username", taken.usernames),
        ("address", EMAIL_TAKEN, "email", taken.emails),
        ("class_of", CLASS_TAKEN, "className", taken.classes),
    )
    for fact, rule, column, there in in_use:
        if fact in page.frame.columns:
            page.blame(rows_where(page.frame[fact].is_in(there.implode()) & ~known.fill_null(False)), rule, column)
    if "teacher" in page.frame.columns:
        page.blame(
            rows_where(~page.frame["teacher"].is_in(taken.teachers.implode())), TEACHER_UNKNOWN, "primaryTeacher"
        )


def refuse_left_out(page: Page, lines: pl.Series) -> None:
    """Refuse the rows on these lines, though nothing is in some of them and they were left out: a password was wrong
    that is not in the file any more, or they stand for rows of another file. After all that a row tells by itself was
    told.
    """
    rows = pl.int_range(page.measured.rows, dtype=pl.UInt32, eager=True)
    found = rows.filter(page.line_of(rows).is_in(lines.implode()))
    page.refused = page.refused.clone().scatter(found, True)
    page.left_out = page.left_out.clone().scatter(found, False)


def lines_with_nothing_but_a_password(page: Page) -> pl.Series:
    """Their lines in the file."""
    rows = page.frame["nothing_beside_password"] & ~page.frame["blank"]
    return page.line_of(rows.arg_true().cast(pl.UInt32))
