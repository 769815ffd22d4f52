"""What do the kept pages of a pull say, as text in columns?

Each page is parsed once and written as CSV into the work folder, whatever the size of the whole: the two passes of the
judgement then read that file as they read any other. Records are looked at one by one here, by the standard library:
polars parses JSON no faster, and what it makes of values that do not all have one type is not what was sent (1 becomes
1.0 beside 1.5, true becomes 1, half a surrogate pair a NUL character).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl

from homeroom.engine.formats.csv_questions import Asked
from homeroom.engine.formats.csv_text import CsvText, Measured, open_csv
from homeroom.engine.formats.rest_cells import Cells, cells_for, plain
from homeroom.engine.formats.rest_pages import BULK, ENDED, Pull, metadata_of, read_page
from homeroom.engine.hashes import hashed
from homeroom.engine.tables import ID_MAX_LENGTH, METADATA_PREFIX, Table

Records = list[dict[str, Any]]


@dataclass(frozen=True)
class Pulled:
    """The pages of a pull on disk: by the name of each file its path."""

    pull: Pull
    paths: Mapping[str, Path]

    def pages(self, collection: str) -> Iterator[Records]:
        """The records that count, page by page: in a complete pull without those that the source has deleted. Raises
        ValueError if a page is not what was kept.
        """
        for page in self.pull.collections[collection].pages:
            records = read_page(self.paths[page.file], collection, page)
            if self.pull.mode == BULK:
                records = [record for record in records if record.get("status") == "active" or not has_ended(record)]
            yield records


def has_ended(record: Mapping[str, Any]) -> bool:
    """Whether the source has marked the record as deleted."""
    status = record.get("status")
    return isinstance(status, str) and status.strip().lower() in ENDED


@dataclass(frozen=True)
class PagesText:
    """One table of a pull, in place of a CSV file with these columns."""

    pulled: Pulled
    collection: str
    table: Table
    columns: tuple[str, ...]
    _written: dict[Path, CsvText] = field(default_factory=dict, compare=False)

    def measure(self, exprs: Asked | Sequence[pl.Expr], *, work: Path) -> Measured:
        """As of a CSV file, whose lines are numbered in the order of the records; nobody outside knows them."""
        if work not in self._written:
            self._written[work] = self._flattened(work)
        return self._written[work].measure(exprs, work=work)

    def _flattened(self, work: Path) -> CsvText:
        path = _unused(work, self.table.name)
        cells = cells_for(self.table, self.columns)
        with path.open("wb") as file:
            # The real names are put in below: here they might look like anything.
            file.write(",".join(f"c{place}" for place in range(len(self.columns))).encode() + b"\n")
            for records in self.pulled.pages(self.collection):
                self._write(_rows(records, self.table) if self.table.name == "roles" else records, cells, file)
        text = open_csv(path)
        assert isinstance(text, CsvText)
        return replace(text, columns=self.columns)

    def _write(self, records: Records, cells: Cells, file: BinaryIO) -> None:
        has_metadata = any(name.startswith(METADATA_PREFIX) for name in self.columns)
        metadata = [metadata_of(record) for record in records] if has_metadata else []
        named = {
            name: [plain(values.get(name.removeprefix(METADATA_PREFIX))) for values in metadata]
            if name.startswith(METADATA_PREFIX)
            else cells[name](records)
            for name in self.columns
        }
        # Everything in quotes is what is read fastest.
        _frame(named).write_csv(file, include_header=False, quote_style="always")


def _unused(work: Path, table: str) -> Path:
    """A path in the work folder at which nothing is: another pull may have been read there, too."""
    return next(path for number in count(1) if not (path := work / f"{table}.rest-{number}.csv").exists())


def _frame(columns: Mapping[str, Iterable[str | None]]) -> pl.DataFrame:
    try:
        return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    except UnicodeEncodeError:  # JSON can write half a character
        whole = {name: [value and _whole(value) for value in values] for name, values in columns.items()}
        return pl.DataFrame(whole, schema=dict.fromkeys(columns, pl.String))


def _whole(text: str) -> str:
    """The text with U+FFFD for each half of a surrogate pair."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _rows(users: Records, roles: Table) -> Records:
    """One record per role of a user: what it says, and an id made of what it says.

    REST gives roles no source id. Ours is user/role/org, so that it is the same every night and a person can read it;
    one that comes twice gets a number.
    """
    rows: Records = []
    for user in users:
        own = user.get("roles")
        taken: set[str] = set()
        listed = own if isinstance(own, list) else [own]
        rows += [_role(user, role, roles, taken) for role in listed if isinstance(role, dict)]
    return rows


def _role(user: Mapping[str, Any], role: Mapping[str, Any], roles: Table, taken: set[str]) -> dict[str, Any]:
    org = role.get("org")
    org_id = org.get("sourcedId") if isinstance(org, dict) else org
    parts = [plain(part) or "-" for part in (user.get("sourcedId"), role.get("role"), org_id)]
    wanted = "/".join(parts).replace(":", "-")  # as in ext:coach
    if len(wanted) > ID_MAX_LENGTH - len("/99"):
        wanted = f"role/{pl.select(hashed(pl.lit(wanted))).item():016x}"
    id, number = wanted, 1
    while id in taken:
        number += 1
        id = f"{wanted}/{number}"
    taken.add(id)
    kept = {column.rest_name: role.get(column.rest_name) for column in roles.columns}
    common = {name: user.get(name) for name in ("status", "dateLastModified")}
    return kept | common | {"sourcedId": id, "user": user.get("sourcedId")}
