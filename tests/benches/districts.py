"""Which made-up districts are measured, and where do their files lie?

They are made by a process of their own (``make_district``), so that this one stays small.
"""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tests.benches.measure import ROOT, Command, module, run

#: Whatever decides about the bytes: when one of these changes, a kept district is made anew.
_DECIDES = ("src/homeroom/demo/*.py", "src/homeroom/engine/oneroster.py", "tests/benches/make_district.py")


class Damage(StrEnum):
    """How many rows cannot be read: too short, too long, a quote that never closes, not UTF-8, a NUL, a bare CR."""

    NONE = "none"
    FEW = "two of each kind"
    MANY = "one in a thousand"


@dataclass(frozen=True)
class District:
    """share: this part (0 to 1) of the rows of each large table is wrong in cells, keys and references.

    is_packed: it is delivered as a zip.
    """

    name: str
    users: int
    enrollments_per_user: int
    share: float
    damage: Damage
    is_packed: bool


@dataclass(frozen=True)
class Made:
    """A district's files.

    zip, roster: as delivered, packed and as a folder. labels: what is wrong with them, row by row. readable: the roster
    without the rows that cannot be read, with labels of its own; the same files if there are no such rows.
    expectations: what the files should hold, for the tools that must be told.
    """

    folder: Path

    @property
    def zip(self) -> Path:
        return self.folder / "roster.zip"

    @property
    def roster(self) -> Path:
        return self.folder / "roster"

    @property
    def labels(self) -> Path:
        return self.folder / "labels.csv"

    @property
    def onboarded(self) -> Path:
        return self.folder / "onboarded.txt"

    @property
    def readable(self) -> Path:
        return self.folder / "readable"

    @property
    def readable_labels(self) -> Path:
        return self.folder / "readable-labels.csv"

    @property
    def expectations(self) -> Path:
        return self.folder / "expectations.json"

    def rows(self) -> int:
        """The lines of all files but their headers; a line break inside quotes is counted, too."""
        return sum(_lines(path) - 1 for path in self.roster.glob("*.csv"))


def _lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))


def _three(size: str, *, users: int, enrollments_per_user: int, is_packed: bool) -> tuple[District, District, District]:
    return (
        # A fifth more than 1 %: the share of those kinds that damage rows is not used up.
        District(f"{size}-faulty", users, enrollments_per_user, 0.012, Damage.FEW, is_packed),
        District(f"{size}-clean", users, enrollments_per_user, 0, Damage.NONE, is_packed),
        District(f"{size}-damaged", users, enrollments_per_user, 0.01, Damage.MANY, is_packed),
    )


S_FAULTY, S_CLEAN, S_DAMAGED = _three("S", users=100_000, enrollments_per_user=10, is_packed=True)
L_FAULTY, L_CLEAN, L_DAMAGED = _three("L", users=1_000_000, enrollments_per_user=8, is_packed=False)
DISTRICTS = {district.name: district for district in (S_FAULTY, S_CLEAN, S_DAMAGED, L_FAULTY, L_CLEAN, L_DAMAGED)}


def made(district: District, cache: Path) -> Made:
    """The files of a district, made unless they are in the cache already."""
    folder = cache / f"{district.name}-{_digest()}"
    if not folder.exists():
        unfinished = folder.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        run(Command(f"making {district.name}", module("make_district", district.name, unfinished)))
        unfinished.rename(folder)
    return Made(folder)


def _digest() -> str:
    paths = sorted(path for pattern in _DECIDES for path in ROOT.glob(pattern))
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()[:8]
