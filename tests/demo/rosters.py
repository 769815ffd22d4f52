"""What the tests of the made-up district read its files with: plainly, line by line."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from homeroom.demo.district import Made

Row = dict[str, str]
Tables = dict[str, list[Row]]
REFERENCES = {
    ("orgs", "parentSourcedId"): "orgs",
    ("academicSessions", "parentSourcedId"): "academicSessions",
    ("courses", "schoolYearSourcedId"): "academicSessions",
    ("courses", "orgSourcedId"): "orgs",
    ("users", "orgSourcedIds"): "orgs",
    ("users", "primaryOrgSourcedId"): "orgs",
    ("users", "agentSourcedIds"): "users",
    ("roles", "userSourcedId"): "users",
    ("roles", "orgSourcedId"): "orgs",
    ("roles", "userProfileSourcedId"): "userProfiles",
    ("userProfiles", "userSourcedId"): "users",
    ("demographics", "sourcedId"): "users",
    ("classes", "courseSourcedId"): "courses",
    ("classes", "schoolSourcedId"): "orgs",
    ("classes", "termSourcedIds"): "academicSessions",
    ("enrollments", "classSourcedId"): "classes",
    ("enrollments", "schoolSourcedId"): "orgs",
    ("enrollments", "userSourcedId"): "users",
}


def lines(path: Path) -> list[bytes]:
    """The lines of a file without their ends, the header first: line 1 of a spreadsheet is number 0 here."""
    return path.read_bytes().removesuffix(b"\r\n").split(b"\r\n")


def line_of(made: Made, file: str, line: int) -> str:
    return lines(made.roster / file)[line - 1].decode("utf-8", "surrogateescape")


def tables(roster: Path) -> Tables:
    found = {}
    for path in roster.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            found[path.stem] = list(csv.DictReader(file))
    return found


def readable(made: Made) -> Iterator[tuple[str, int, Row]]:
    """File, line and cells of every row that can be read by itself."""
    unreadable = {(label["file"], label["line"]) for label in made.labels.rows(named=True) if label["field"] == "row"}
    for path in made.roster.glob("*.csv"):
        header, *rows = lines(path)
        for number, row in enumerate(rows, start=2):
            if path.stem != "manifest" and (path.name, number) not in unreadable:
                cells = next(csv.reader([row.decode()], strict=True))
                yield path.name, number, dict(zip(header.decode().split(","), cells, strict=True))


def ids(rows: list[Row]) -> set[str]:
    return {row["sourcedId"] for row in rows}
