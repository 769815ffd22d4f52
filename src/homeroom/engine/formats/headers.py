"""Which table is this, by its header row, and which of its columns stands for which of the standard's?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache

from homeroom.engine.snapshot import Remark
from homeroom.engine.tables import METADATA_PREFIX, Table

_COMMON = frozenset({"sourcedid", "status", "datelastmodified"})
#: How much of a header must be a table's own for the file to count as that table.
_ENOUGH = 0.5


@cache
def _plain(name: str) -> str:
    return "".join(c for c in name.lower() if c.isalnum())


def _own(names: Iterable[str]) -> set[str]:
    return {
        plain
        for name in names
        if (plain := _plain(name)) not in _COMMON and not name.lower().startswith(METADATA_PREFIX)
    }


def likeness(header: Sequence[str], table: Table) -> float:
    """From 0 to 1, how far the columns of a header are the table's; the three columns that all tables share do not
    count.
    """
    ours, theirs = _own(table.names), _own(header)
    return len(ours & theirs) / len(ours | theirs) if ours | theirs else 0.0


def recognise(header: Sequence[str], tables: Collection[Table], *, file_name: str) -> Table | None:
    """The table that knows most of these columns; the file's name only decides between equals, or where the header
    fits nothing well.
    """
    stem = file_name.rsplit(".", 1)[0].lower()
    best = max(tables, key=lambda table: (_known(header, table), _is_named(table, stem), likeness(header, table)))
    is_like = likeness(header, best) >= _ENOUGH or _is_whole(header, best)
    named = next((table for table in tables if _is_named(table, stem) and likeness(header, table) > 0), None)
    return best if is_like else named


def _known(header: Sequence[str], table: Table) -> float:
    """From 0 to 1, how many of the columns of a header the table knows; optional ones are often left out altogether."""
    theirs = _own(header)
    return len(_own(table.names) & theirs) / len(theirs) if theirs else 0.0


def fit(header: Sequence[str], table: Table) -> float:
    """From 0 to 1, how far a header and a table go together: what the one has is known to the other, and what the
    other requires is there.
    """
    required = _own(column.name for column in table.columns if column.required)
    return (_known(header, table) + (len(required & _own(header)) / len(required) if required else 1.0)) / 2


def _is_whole(header: Sequence[str], table: Table) -> bool:
    """Whether a header holds all that the table requires, and nothing that it does not know."""
    required = _own(column.name for column in table.columns if column.required)
    return bool(required) and required <= _own(header) <= _own(table.names)


def _is_named(table: Table, stem: str) -> bool:
    return stem in {name.lower() for name in (table.name, *table.aliases)}


def closest(name: str, words: Iterable[str]) -> str | None:
    """The word that is most like a name, if any is; capitals and spaces around it do not count."""
    by_plain = {word.strip().lower(): word for word in words}
    close = get_close_matches(name.strip().lower(), list(by_plain), n=1)
    return by_plain[close[0]] if close else None


@dataclass(frozen=True)
class Columns:
    """names: what each column of the file is called from now on, in the file's order; remarks: what was odd about the
    header.
    """

    table: Table
    names: tuple[str, ...]
    remarks: tuple[Remark, ...]


def match_columns(header: Sequence[str], table: Table, *, file_name: str, delta: bool) -> Columns:
    """The columns of a file under the names of the table; a header that is only misspelt is found under its right
    name.
    """

    def remark(rule: str, column: str | None = None, value: str = "", detail: str = "") -> Remark:
        return Remark(rule, file=file_name, table=table.name, column=column, line=1, value=value, detail=detail)

    table = replace(table, columns=tuple(c for c in table.columns if c.layout is None or c.name in header))
    meant = _meant(header, table)
    names: list[str] = []
    remarks: list[Remark] = []
    for place, given in enumerate(header):
        name = meant.get(place)
        if name is None:
            shown = f"“{given[:60]}”" if given.strip() else f"number {place + 1}, which has no header,"
            close = closest(given, [n for n in table.names if n not in meant.values()])
            remarks.append(remark("column-unknown", value=shown, detail=f" Did you mean “{close}”?" if close else ""))
            names.append(f"column {place + 1}: {given[:60]}")
            continue
        if name in names:
            remarks.append(remark("column-twice", name))
            names.append(f"column {place + 1}: {given[:60]}")
            continue
        if name != given:
            remarks.append(remark("column-misspelt", name, value=f"“{given[:60]}”"))
        names.append(name)
    for column in table.columns:
        if column.name not in names:
            required = column.required or (delta and column.delta_only)
            close = closest(column.name, [header[p] for p in range(len(header)) if p not in meant])
            guess = f" Is it the one with the header “{close[:60]}”?" if close else ""
            remarks.append(
                remark("required-column-missing" if required else "column-missing", column.name, detail=guess)
            )
    return Columns(table, tuple(names), (*remarks, *(remark("column-moved", name) for name in _moved(names, table))))


def _meant(header: Sequence[str], table: Table) -> Mapping[int, str]:
    """For each place in the header the column it stands for: spelt right, or right but for capitals, spaces and a
    plural s.
    """
    exact = {name: name for name in table.names}
    loose = {_plain(name): name for name in table.names}
    looser = {_plain(name).rstrip("s"): name for name in table.names}
    places: dict[int, str] = {}
    for lookup, key in ((exact, str), (loose, _plain), (looser, lambda given: _plain(given).rstrip("s"))):
        for place, given in enumerate(header):
            name = lookup.get(key(given))
            # A header spelt right keeps its column; a second one like it is a doublet only if it is spelt the same.
            if place not in places and name is not None and (name not in places.values() or given == name):
                places[place] = name
    for place, given in enumerate(header):
        if place not in places and given.startswith(METADATA_PREFIX) and len(given) > len(METADATA_PREFIX):
            places[place] = given
    return places


def _moved(names: Sequence[str], table: Table) -> list[str]:
    """The first column that stands out of order, if any does."""
    declared = [name for name in table.names if name in names]
    delivered = [name for name in names if name in declared or name.startswith(METADATA_PREFIX)]
    expected = declared + [name for name in delivered if name.startswith(METADATA_PREFIX)]
    return [here for here, should in zip(delivered, expected, strict=True) if here != should][:1]
