"""What does a plain loop find, with the rules of an ordinary importer: required cells, tokens, dates, keys, references?

Run with the folder and the file to report into, as the other tools are; it needs no expectations, it has its own.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

Row = dict[str, str]
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_STAFF = frozenset({"teacher", "administrator"})
_ROLES = frozenset({"administrator", "aide", "guardian", "parent", "proctor", "relative", "student", "teacher"})
_TYPES = {
    "orgs": frozenset({"department", "school", "district", "local", "state", "national"}),
    "academicSessions": frozenset({"gradingPeriod", "semester", "schoolYear", "term"}),
}
_REQUIRED = {
    "orgs": ("sourcedId", "name", "type"),
    "academicSessions": ("sourcedId", "title", "type", "startDate", "endDate", "schoolYear"),
    "courses": ("sourcedId", "title", "orgSourcedId"),
    "users": ("sourcedId", "orgSourcedIds", "role", "username", "givenName", "familyName"),
    "demographics": ("sourcedId",),
    "classes": ("sourcedId", "title", "courseSourcedId", "classType", "schoolSourcedId", "termSourcedIds"),
    "enrollments": ("sourcedId", "classSourcedId", "schoolSourcedId", "userSourcedId", "role"),
}


@dataclass
class Known:
    """What the rows before left behind: by table, the ids of those that were fine; and what must not come twice."""

    ids: dict[str, set[str]] = field(default_factory=lambda: {table: set() for table in _REQUIRED})
    usernames: set[str] = field(default_factory=set)
    enrolled: set[tuple[str, str, str]] = field(default_factory=set)


def _orgs(row: Row, known: Known) -> bool:
    return row["type"] in _TYPES["orgs"]


def _sessions(row: Row, known: Known) -> bool:
    days = row["startDate"], row["endDate"]
    return row["type"] in _TYPES["academicSessions"] and all(map(_DATE.fullmatch, days)) and days[0] <= days[1]


def _courses(row: Row, known: Known) -> bool:
    return row["orgSourcedId"] in known.ids["orgs"]


def _users(row: Row, known: Known) -> bool:
    if row["role"] not in _ROLES or row["username"] in known.usernames:
        return False
    known.usernames.add(row["username"])
    if not all(org in known.ids["orgs"] for org in row["orgSourcedIds"].split(",")):
        return False
    return bool(_EMAIL.fullmatch(row["email"])) if row["email"] else row["role"] not in _STAFF


def _demographics(row: Row, known: Known) -> bool:
    born = row["birthDate"]
    return row["sourcedId"] in known.ids["users"] and (not born or bool(_DATE.fullmatch(born)))


def _classes(row: Row, known: Known) -> bool:
    return (
        row["courseSourcedId"] in known.ids["courses"]
        and row["schoolSourcedId"] in known.ids["orgs"]
        and row["classType"] in ("homeroom", "scheduled")
        and all(term in known.ids["academicSessions"] for term in row["termSourcedIds"].split(","))
    )


def _enrollments(row: Row, known: Known) -> bool:
    who = row["classSourcedId"], row["userSourcedId"], row["role"]
    if who in known.enrolled or row["role"] not in _ROLES:
        return False
    known.enrolled.add(who)
    return (
        row["classSourcedId"] in known.ids["classes"]
        and row["userSourcedId"] in known.ids["users"]
        and row["schoolSourcedId"] in known.ids["orgs"]
        and all(not day or _DATE.fullmatch(day) for day in (row["beginDate"], row["endDate"]))
    )


_FINE: dict[str, Callable[[Row, Known], bool]] = {
    "orgs": _orgs,
    "academicSessions": _sessions,
    "courses": _courses,
    "users": _users,
    "demographics": _demographics,
    "classes": _classes,
    "enrollments": _enrollments,
}


def main(folder: Path, reported: Path) -> None:
    known = Known()
    with reported.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("file", "line", "sourcedId"))
        for table in _FINE:
            writer.writerows((f"{table}.csv", line, id) for line, id in _wrong(folder / f"{table}.csv", table, known))


def _wrong(path: Path, table: str, known: Known) -> Iterator[tuple[int, str]]:
    """Number and source id of the rows that are not fine."""
    ids, required, is_fine = known.ids[table], _REQUIRED[table], _FINE[table]
    # A byte that is not UTF-8 would end the import otherwise.
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        rows = csv.reader(file)
        header = next(rows)
        number = 1
        try:
            for number, cells in enumerate(rows, start=2):
                row = dict(zip(header, cells, strict=False))
                id = row.get("sourcedId", "")
                if (
                    len(cells) != len(header)
                    or id in ids
                    or not all(map(row.__getitem__, required))
                    or not is_fine(row, known)
                ):
                    yield number, id
                else:
                    ids.add(id)
        except csv.Error:
            # A quote never closed, and what followed it was longer than csv lets a cell be: the rest is lost.
            yield number + 1, ""


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[-1]))
