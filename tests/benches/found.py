"""How many of the mistakes that were put into a district did a tool report?

By the same measure for every tool: it has found a fault if it says anything at all, for whatever reason, about the row.
The row may be named by its line or by its source id. (That Homeroom names the right line, column and rule is what the
tests prove.)
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Found:
    """faults: how many rows are wrong by themselves. found: how many of these were reported.

    wrongly: how many rows were reported that are neither wrong nor refused because of another row.
    """

    faults: int
    found: int
    wrongly: int


def compare(labels: Path, reported: Path) -> Found:
    """What ``reported`` (CSV with ``file``, ``line``, ``sourcedId``, one row per remark) has of what ``labels`` has."""
    faults: list[set[tuple[str, str]]] = []
    labelled: set[tuple[str, str]] = set()
    for label in _rows(labels):
        places = _places(label)
        labelled |= places
        if label["kind"] == "fault":
            faults.append(places)
    seen: set[tuple[str, str]] = set()
    wrongly: set[tuple[str, str]] = set()
    for remark in _rows(reported):
        # Without a line it is about a file or a whole table.
        if remark["line"]:
            places = _places(remark)
            seen |= places
            if not places & labelled:
                wrongly.add((remark["file"], remark["line"]))
    return Found(len(faults), sum(bool(places & seen) for places in faults), len(wrongly))


def _places(row: dict[str, str]) -> set[tuple[str, str]]:
    named = row["sourcedId"].strip()
    return {(row["file"], f"line {row['line']}")} | ({(row["file"], named)} if named else set())


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)
