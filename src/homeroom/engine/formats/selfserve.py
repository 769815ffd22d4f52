"""The upload templates: students, staff and classes of one school, made by hand (product.md 3.3 and 3.4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from homeroom.engine.delivery import Delivery
from homeroom.engine.formats.csv_questions import Asked
from homeroom.engine.formats.csv_text import CsvText, Measured
from homeroom.engine.formats.headers import closest, likeness
from homeroom.engine.formats.opened import Opened
from homeroom.engine.snapshot import Part, Remark, Snapshot
from homeroom.engine.tables import Column, Table, Type

NAME = "selfserve"
#: Columns of our own file to correct, read for linking, never as data (product.md 3.5).
CORRECTION = ("Original Row", "Problems")
_ENOUGH = 0.5
#: What our reports write before a cell that a spreadsheet would run as a formula (product.md 5).
_OUR_APOSTROPHE = r"^'([=+\-@\t\r])"


def _person(key: str, *, email_required: bool, after_email: Column, username: Type, name: str, singular: str) -> Table:
    return Table(
        name,
        (
            Column(key, Type.ALPHANUMERIC_ID, required=True, personal=True),
            Column("firstName", Type.NAME, required=True, max_length=250, personal=True),
            Column("middleName", Type.NAME, max_length=250, personal=True, strict=True),
            Column("lastName", Type.NAME, required=True, max_length=250, personal=True),
            Column("email", Type.ADDRESS, required=email_required, personal=True),
            after_email,
            Column("username", username, required=True, min_length=5, max_length=100, personal=True),
            Column("password", Type.PASSWORD, required=True, min_length=8, personal=True),
        ),
        domain="self-serve",
        key=key,
        singular=singular,
    )


STUDENTS = _person(
    "studentId",
    email_required=False,
    after_email=Column("grade", Type.GRADE, required=True),
    username=Type.USERNAME,
    name="students",
    singular="student",
)
STAFF = _person(
    "staffId",
    email_required=True,
    after_email=Column("role", Type.CHOICE, required=True, tokens=("teacher", "school_admin")),
    username=Type.STAFF_USERNAME,
    name="staff",
    singular="staff user",
)
CLASSES = Table(
    "classes",
    (
        Column("className", Type.NAME, required=True, max_length=200),
        Column("primaryTeacher", Type.TEACHER_EMAIL, required=True, max_length=300, personal=True),
        Column("grade", Type.GRADE, strict=True),
        Column("subject", Type.CHOICE, strict=True),
    ),
    domain="self-serve",
    key="",
    singular="class",
)
TEMPLATES = {table.name: table for table in (STUDENTS, STAFF, CLASSES)}


@dataclass(frozen=True)
class TemplateText:
    """The text of a template as it was meant: our own apostrophes, which a file to correct brings back, are off."""

    text: CsvText

    def measure(self, exprs: Asked | Sequence[pl.Expr], *, work: Path) -> Measured:
        """As ``CsvText.measure``. All text is in memory meanwhile: an upload is small."""
        columns = self.text.columns
        plain = pl.col(columns).str.replace(_OUR_APOSTROPHE, "$1")
        measured = self.text.measure([pl.col(name) for name in columns], work=work)
        asked = exprs if isinstance(exprs, Asked) else Asked(exprs)
        return measured.changed(lambda rows: rows.with_columns(plain), asked)


def recognises(opened: Sequence[Opened]) -> bool:
    """Whether one of the files has the header row of a template, or nearly so."""
    return any(_template(one) for one in opened)


def _template(one: Opened) -> Table | None:
    given = [name for name in one.text.header if name not in CORRECTION]
    best = max(TEMPLATES.values(), key=lambda table: likeness(given, table))
    return best if likeness(given, best) >= _ENOUGH else None


def arrange(delivery: Delivery, opened: Sequence[Opened]) -> Snapshot:
    """The snapshot of one upload. All that is wrong with the file as a whole is remarked at once (product.md 3.3)."""
    one = next(one for one in opened if _template(one))
    table = _template(one)
    assert table is not None
    if len(opened) > 1:
        return Snapshot(NAME, table.name, {}, (Remark("delivery-mixed", value=one.file.name),), delivery.origin)
    remarks = tuple(_header_remarks(one, table))
    part = Part(
        table,
        TEMPLATES,
        one.file.name,
        "bulk",
        TemplateText(one.text),
        one.text.columns,
        one.file.size_bytes,
    )
    return Snapshot(NAME, table.name, {table.name: part}, remarks, delivery.origin)


def _header_remarks(one: Opened, table: Table) -> list[Remark]:
    header = [name for name in one.text.header if name not in CORRECTION]
    unknown = [name for name in dict.fromkeys(header) if name not in table]

    def remark(rule: str, column: str, value: str = "", detail: str = "") -> Remark:
        return Remark(rule, file=one.file.name, table=table.name, column=column, line=1, value=value, detail=detail)

    remarks = []
    for name in table.names:
        if name not in header:
            close = closest(name, unknown)
            guess = f" Is it the one with the header “{close[:60]}”?" if close else ""
            remarks.append(remark("upload-column-missing", name, detail=guess))
        elif header.count(name) > 1:
            remarks.append(remark("column-twice", name))
    for name in unknown:
        close = closest(name, table.names)
        guess = f" Did you mean “{close}”?" if close else ""
        remarks.append(remark("upload-column-unknown", name[:60], value=f"“{name[:60]}”", detail=guess))
    return remarks
