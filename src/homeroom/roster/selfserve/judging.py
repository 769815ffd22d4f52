"""One record that somebody typed, judged as if it stood in an upload: by the same rules, in the same words."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import polars as pl

from homeroom import engine
from homeroom.districts import Refused
from homeroom.districts.requirements import requirements_of
from homeroom.engine.findings import SCHEMA
from homeroom.engine.rules.selfserve import ID_CHARACTERS, AskTaken
from homeroom.engine.tables import Table
from homeroom.engine.templates import PASSWORD
from homeroom.roster.selfserve.creating import accepted_rows
from homeroom.roster.selfserve.taken import Place
from homeroom.sources.in_memory import file_in_memory


class FaultyRecordError(Refused):
    """The record is not taken. faults: of each fault the column as in a record, and the sentence of the rule."""

    def __init__(self, faults: Iterable[tuple[str, str]]) -> None:
        self.faults = list(faults)
        super().__init__(" ".join(sentence for _, sentence in self.faults))


def judge(
    template: str, record: Mapping[str, str], place: Place, *, ask: AskTaken, keeps_id: bool = False
) -> pl.DataFrame:
    """The one row of a record that is accepted, as ``creating.accepted_rows``. Raises FaultyRecordError.

    record: by column of the template, the ID as ``sourcedId``; without a password, nothing is asked about it. The
    transaction of the caller is the one that stores it. keeps_id: the ID is there already, and whatever a sync had
    brought may stay.
    """
    if not any(value.strip() for value in record.values()):
        raise FaultyRecordError([("", "Nothing is filled in yet.")])  # an upload leaves such a row out
    profile = requirements_of(place.district)
    if keeps_id:
        profile = replace(profile, consequences={**profile.consequences, ID_CHARACTERS: "off"})
    table = profile.templates[template]
    content = _file(table, record)
    with file_in_memory(content) as path, tempfile.TemporaryDirectory() as work:
        file = engine.File(f"{template}.csv", path, len(content))
        checked = engine.validate(
            engine.read(engine.Delivery((file,), origin=file.name)),
            profile=profile,
            ask=ask,
            withheld=None if PASSWORD in record else pl.DataFrame(schema=SCHEMA),
            work=Path(work),
        )
        faults = checked.findings.errors().select("field", "message").collect()
        if len(faults):
            raise FaultyRecordError((_field(table, field or ""), said) for field, said in faults.iter_rows())
        return accepted_rows(checked)


def _field(table: Table, column: str) -> str:
    """What a record calls a column of the template."""
    return "sourcedId" if column and column == table.key else column


def _file(table: Table, record: Mapping[str, str]) -> bytes:
    text = io.StringIO()
    rows = csv.writer(text, quoting=csv.QUOTE_ALL)
    rows.writerows([table.names, [record.get(_field(table, name), "") for name in table.names]])
    return text.getvalue().encode()
