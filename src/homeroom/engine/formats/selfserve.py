"""The upload templates: students, staff and classes of one school, made by hand (product.md 3.3 and 3.4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from homeroom.engine.delivery import Delivery
from homeroom.engine.formats.csv_questions import Asked
from homeroom.engine.formats.csv_text import CsvText, Measured
from homeroom.engine.formats.headers import closest, likeness
from homeroom.engine.formats.opened import Opened
from homeroom.engine.profile import Profile
from homeroom.engine.snapshot import Part, Remark, Snapshot
from homeroom.engine.tables import Table
from homeroom.engine.templates import CORRECTION, TEMPLATES

NAME = "selfserve"
_ENOUGH = 0.5
#: What our reports write before a cell that a spreadsheet would run as a formula (product.md 5).
_OUR_APOSTROPHE = r"^'([=+\-@\t\r])"


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
    """The snapshot of one upload, under the templates' usual columns: ``named`` looks at its header."""
    one = next(one for one in opened if _template(one))
    table = _template(one)
    assert table is not None
    if len(opened) > 1:
        return Snapshot(NAME, table.name, {}, (Remark("delivery-mixed", value=one.file.name),), delivery.origin)
    part = Part(
        table,
        TEMPLATES,
        one.file.name,
        "bulk",
        TemplateText(one.text),
        one.text.columns,
        one.file.size_bytes,
    )
    return Snapshot(NAME, table.name, {table.name: part}, (), delivery.origin)


def named(snapshot: Snapshot, profile: Profile) -> Snapshot:
    """The snapshot of an upload with its columns named as the publisher has them. What is wrong with its header is
    remarked, all at once (product.md 3.3).
    """
    templates = profile.templates
    parts = {name: replace(part, table=templates[name], tables=templates) for name, part in snapshot.parts.items()}
    remarks = [remark for part in parts.values() for remark in _header_remarks(part)]
    return replace(snapshot, parts=parts).with_remarks(*remarks)


def _header_remarks(part: Part) -> list[Remark]:
    assert isinstance(part.text, TemplateText)
    table = part.table
    header = [name for name in part.text.text.header if name not in CORRECTION]
    unknown = [name for name in dict.fromkeys(header) if name not in table]
    # A file made for another publisher, or before this one chose a name of its own.
    usual = {TEMPLATES[table.name].key: table.key}

    def remark(rule: str, column: str, value: str = "", detail: str = "") -> Remark:
        return Remark(rule, file=part.file, table=table.name, column=column, line=1, value=value, detail=detail)

    remarks = []
    for name in table.names:
        if name not in header:
            close = closest(name, unknown) or next((one for one in unknown if usual.get(one) == name), None)
            guess = f" Is it the one with the header “{close[:60]}”?" if close else ""
            remarks.append(remark("upload-column-missing", name, detail=guess))
        elif header.count(name) > 1:
            remarks.append(remark("column-twice", name))
    for name in unknown:
        close = usual.get(name) or closest(name, table.names)
        guess = f" Did you mean “{close}”?" if close else ""
        remarks.append(remark("upload-column-unknown", name[:60], value=f"“{name[:60]}”", detail=guess))
    return remarks
