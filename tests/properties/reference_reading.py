"""The slow reading of files: rows with their lines, what is told of them, and what can be looked up.

Files are split into cells by the plain reading of ``tests.engine.formats.plain_csv``; their names and headers are those
of the standard.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from homeroom.engine.oneroster import tables_of
from homeroom.engine.profile import Profile
from homeroom.engine.rule import Consequence
from homeroom.engine.rules import RULES, RULES_BY_ID
from homeroom.engine.snapshot import NOT_CONTENT
from homeroom.engine.tables import Column, Table, Type
from tests.engine.formats.plain_csv import Sizes, cells_of, read_plainly
from tests.properties.reference_cells import BY_THEMSELVES, Cells, is_year_span

#: Column to value, without the empty ones; table to source id to record.
Record = dict[str, str]
Records = dict[str, dict[str, Record]]

GRAVITY = {consequence: grade for grade, consequence in enumerate(Consequence)}
ORDER = {rule.id: place for place, rule in enumerate(RULES)}
WHOLE_ROW = "row"


class Finding(NamedTuple):
    """What is said of one cell of one row."""

    file: str
    line: int
    table: str
    field: str
    rule: str
    consequence: str


class Count(NamedTuple):
    """What is said of many records at once."""

    table: str
    field: str
    rule: str
    records: int


@dataclass(eq=False)
class Row:
    """One row of a file.

    bad: the rule that it breaks, if it cannot be read. ends: a row of a delta that ends its record. told: field, rule,
    consequence.
    """

    line: int
    cells: Cells
    id: str | None
    bad: str | None = None
    ends: bool = False
    told: list[tuple[str, str, Consequence]] = field(default_factory=list)
    left_out: bool = False
    not_onboarded: bool = False

    @property
    def refused(self) -> bool:
        return any(consequence.is_error for _, _, consequence in self.told)

    @property
    def accepted(self) -> bool:
        return not self.refused and not self.left_out and self.bad is None

    @property
    def standing(self) -> str:
        if self.left_out and not self.not_onboarded:
            return "left out"
        return "accepted" if self.accepted else "refused"

    def is_told(self, field: str, *rules: str) -> bool:
        return any(f == field and rule in rules for f, rule, _ in self.told)


@dataclass(frozen=True)
class Sheet:
    """One delivered table. rows: in the order of the file, also those that cannot be read."""

    table: Table
    mode: str
    columns: tuple[str, ...]
    rows: list[Row]

    @property
    def readable(self) -> list[Row]:
        return [row for row in self.rows if row.bad is None]

    @property
    def said(self) -> set[str]:
        """The source ids of which the file says anything."""
        return {row.id for row in self.rows if row.id is not None}

    @property
    def judged(self) -> list[Column]:
        """The columns whose cells are judged: in a complete file status and dateLastModified are passed over."""
        passed_over = ("status", "dateLastModified") if self.mode == "bulk" else ()
        return [self.column(name) for name in self.columns if name not in passed_over]

    def column(self, name: str) -> Column:
        return self.table[name] if name in self.table else Column(name, Type.TEXT)

    def tells_whose_it_is(self, row: Row) -> bool:
        """Whether a row names its record: it has a source id, and one that is as it should be."""
        key = self.table.key
        faults = [
            rule
            for field, rule, consequence in row.told
            if field == key and consequence.is_error and rule in BY_THEMSELVES
        ]
        return row.id is not None and not faults


def read(files: Mapping[str, bytes], version: str) -> dict[str, Sheet]:
    """The delivered tables, in the order in which they are judged."""
    manifest = dict(line.split(",") for line in files["manifest.csv"].decode().split())
    return {
        name: _sheet(table, manifest[f"file.{name}"], files[table.file_name])
        for name, table in tables_of(version).items()
        if table.file_name in files
    }


def _sheet(table: Table, mode: str, text: bytes) -> Sheet:
    header, _, body = text.removeprefix(b"\xef\xbb\xbf").partition(b"\n")
    columns = tuple(cell.decode() for cell in cells_of(header.rstrip(b"\r")) or [])
    plain = read_plainly(body, cells=len(columns), first_line=2, sizes=Sizes(longest_line=1 << 20))
    rows = []
    for line, values in plain.rows:
        cells = dict(zip(columns, values, strict=True))
        rows.append(Row(line, cells, cells[table.key], ends=mode == "delta" and cells.get("status") == "tobedeleted"))
    for line, rule, first_cell in plain.bad:
        rows.append(Row(line, {}, first_cell if columns[0] == table.key else None, bad=rule))
    return Sheet(table, mode, columns, sorted(rows, key=lambda row: row.line))


def trust(files: Mapping[str, bytes], version: str) -> Records:
    """The records of files that were accepted before, taken at their word; of those that share a source id, the
    first.
    """
    records: Records = {}
    for name, sheet in read(files, version).items():
        records[name] = {}
        for row in sheet.readable:
            if row.id is not None and not row.ends:
                records[name].setdefault(row.id, _record(sheet, row, cleared=set()))
    return records


def _record(sheet: Sheet, row: Row, *, cleared: set[str]) -> Record:
    kept = {}
    for name, value in row.cells.items():
        if value is None or name in NOT_CONTENT or name in cleared:
            continue
        a_span = sheet.column(name).type is Type.YEAR and is_year_span(value)
        kept[name] = value[5:] if a_span else value
    return kept


@dataclass
class Judgement:
    """What is judged, by what, and what came of it.

    known: the roster as accepted before; null: nobody showed us one. onboarded: null: every school is. stopped: the
    delivery as a whole cannot be taken. nowhere: every reference that leads nowhere: table, row, column, the table and
    the id it names.
    """

    version: str
    sheets: dict[str, Sheet]
    profile: Profile
    onboarded: frozenset[str] | None = None
    known: Records | None = None
    stopped: bool = False
    counts: set[Count] = field(default_factory=set)
    nowhere: list[tuple[str, Row, str, str, str]] = field(default_factory=list)

    def tell(self, row: Row, rule: str, field: str, column: Column | None = None) -> None:
        """Write down that a row breaks a rule, and what follows from it; column: if the cell breaks it by itself."""
        consequence = RULES_BY_ID[rule].consequence_for(column, self.profile)
        if consequence is not Consequence.OFF:
            row.told.append((field, rule, consequence))

    def count(self, table: str, field: str, rule: str, number: int) -> None:
        if number and RULES_BY_ID[rule].consequence_for(None, self.profile) is not Consequence.OFF:
            self.counts.add(Count(table, field, rule, number))

    def findings(self) -> Counter[Finding]:
        """What remains to be said: nothing of rows that are left out, and of each cell only the gravest."""
        return Counter(
            Finding(sheet.table.file_name, row.line, name, field, rule, consequence.value)
            for name, sheet in self.sheets.items()
            for row in sheet.rows
            if row.standing != "left out"
            for field in {field for field, _, _ in row.told}
            for rule, consequence in _gravest([(rule, consequence) for f, rule, consequence in row.told if f == field])
        )

    def standings(self) -> dict[tuple[str, int], str]:
        return {(name, row.line): row.standing for name, sheet in self.sheets.items() for row in sheet.rows}

    def accepted(self) -> dict[str, dict[str, Record]]:
        """By table and source id, the values of the accepted rows as the roster keeps them; without rows that end a
        record.
        """
        return {
            name: {
                row.id: self.record(sheet, row)
                for row in sheet.rows
                if row.accepted and row.id is not None and not row.ends
            }
            for name, sheet in self.sheets.items()
        }

    def record(self, sheet: Sheet, row: Row) -> Record:
        cleared = {
            field
            for field, rule, consequence in row.told
            if consequence is Consequence.CLEARS and rule in BY_THEMSELVES
        }
        return _record(sheet, row, cleared=cleared)

    # What can be looked up

    def rows(self, table: str) -> list[Row]:
        return self.sheets[table].readable if table in self.sheets else []

    def before(self, table: str) -> dict[str, Record]:
        """The records accepted before that this delivery leaves to the roster: those of a table that is absent, and
        those that a delta does not mention.
        """
        records = (self.known or {}).get(table, {})
        if table == "orgs":
            records = {id: record for id, record in records.items() if id not in self.lost}
        if table not in self.sheets:
            return records
        if self.sheets[table].mode == "bulk":
            return {}
        return {id: record for id, record in records.items() if id not in self.sheets[table].said}

    def found(self, table: str) -> dict[str, Cells]:
        """All that a reference may find: what was accepted in this delivery, and what was accepted before."""
        accepted = {row.id: row.cells for row in self.rows(table) if row.accepted and row.id is not None}
        return {**self.before(table), **accepted}

    def can_be_looked_up(self, table: str) -> bool:
        return table in self.sheets or table in (self.known or {})

    def may_be_elsewhere(self, table: str) -> bool:
        """Whether what a delta does not hold may be in a roster that nobody showed us."""
        a_delta = table in self.sheets and self.sheets[table].mode == "delta"
        return a_delta and self.known is None and not self.profile.self_contained_deltas

    @property
    def lost(self) -> set[str]:
        """The schools accepted before that are not onboarded any more."""
        orgs = (self.known or {}).get("orgs", {})
        return {id for id, record in orgs.items() if self.is_not_onboarded(id, record)}

    def is_not_onboarded(self, id: str | None, org: Cells) -> bool:
        """Whether an organization is a school (in 1.2 also of an ``ext:`` type) and nobody has onboarded it."""
        kind = str(org.get("type"))
        is_school = kind == "school" or (self.version == "1.2" and kind.startswith("ext:"))
        return self.onboarded is not None and self.profile.onboarding and is_school and id not in self.onboarded

    def left_out(self, table: str) -> set[str]:
        here = {row.id for row in self.rows(table) if row.left_out and row.id is not None}
        return here | self.lost if table == "orgs" else here

    def refused(self, table: str) -> set[str]:
        rows = self.sheets[table].rows if table in self.sheets else []
        return {row.id for row in rows if row.id is not None and (row.refused or row.bad is not None)}

    def said_to_have(self, table: str) -> list[Cells]:
        """The rows and records of a table as they will be, also those that are refused; without those that end."""
        return [*(row.cells for row in self.rows(table) if not row.ends), *self.before(table).values()]

    def roles(self, user: str | None) -> set[str]:
        """The roles that a user is said to have, whatever else is wrong with the row that says so; in 1.2 by
        roles.csv.
        """
        table, owner = ("users", "sourcedId") if self.version == "1.1" else ("roles", "userSourcedId")
        return {
            role
            for cells in self.said_to_have(table)
            if cells.get(owner) == user and (role := cells.get("role")) is not None
        }


def _gravest(told: list[tuple[str, Consequence]]) -> Iterator[tuple[str, Consequence]]:
    """Of all that is told of a cell the gravest; of equally grave things the one that the cell tells by itself."""
    most = min(GRAVITY[consequence] for _, consequence in told)
    worst = [(rule, consequence) for rule, consequence in told if GRAVITY[consequence] == most]
    by_itself = sorted((pair for pair in worst if pair[0] in BY_THEMSELVES), key=lambda pair: ORDER[pair[0]])
    return iter(by_itself[:1] or dict.fromkeys(worst))
