"""What is measured on which district, and what must it not exceed?"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from tests.benches import districts
from tests.benches.districts import District, Made, made
from tests.benches.found import Found, compare
from tests.benches.measure import Command, Runs, interleaved, module, run, warm

FLOOR = "floor"
HOMEROOM = "Homeroom"
#: Homeroom on the files without damaged rows, beside the other tools on the same.
BESIDE_OTHERS = "Homeroom, undamaged files"
_HOMEROOM = Path(sys.executable).with_name("homeroom")


class Rival(StrEnum):
    """A tool that is measured beside Homeroom."""

    FRICTIONLESS = "frictionless"
    PANDERA = "pandera"
    CSV_LOOP = "csv loop"


_MODULES = {
    Rival.FRICTIONLESS: "frictionless_check",
    Rival.PANDERA: "pandera_check",
    Rival.CSV_LOOP: "csv_loop",
}


@dataclass(frozen=True)
class Limits:
    """wall_ratio: to the floor."""

    wall_ratio: float
    peak_bytes: int


@dataclass(frozen=True)
class Case:
    """One loop: the floor, ``homeroom check`` on the delivery, and the rivals on its undamaged files.

    limits: null where nothing is promised. slow: the rivals for which one round must do.
    """

    district: District
    limits: Limits | None
    rivals: tuple[Rival, ...] = ()
    slow: tuple[Rival, ...] = ()


_SMALL = Limits(4, 500_000_000)
_LARGE = Limits(3, 1_500_000_000)
_OTHERS = (
    Case(districts.S_CLEAN, limits=_SMALL),
    Case(districts.S_DAMAGED, limits=None),
)
QUICK = (
    Case(districts.S_FAULTY, limits=_SMALL, rivals=tuple(Rival), slow=(Rival.FRICTIONLESS,)),
    *_OTHERS,
)
FULL = (
    Case(districts.S_FAULTY, limits=_SMALL, rivals=tuple(Rival)),
    *_OTHERS,
    Case(districts.L_FAULTY, limits=_LARGE),
    Case(districts.L_CLEAN, limits=_LARGE),
    Case(districts.L_DAMAGED, limits=None),
)


@dataclass(frozen=True)
class Measured:
    """What one loop gave.

    found: by tool, what it found in the files on which it was measured. found_in_delivery: by rival, what it found in
    the files with the damaged rows.
    """

    case: Case
    rows: int
    runs: dict[str, Runs]
    found: dict[str, Found]
    found_in_delivery: dict[Rival, Found] = field(default_factory=dict)

    @property
    def floor(self) -> Runs:
        return self.runs[FLOOR]


def measure(case: Case, *, cache: Path, scratch: Path, rounds: int, tell: Callable[[str], None]) -> Measured:
    """Makes the district if need be, and runs the loop."""
    tell("making the district")
    files = made(case.district, cache)
    scratch = scratch / case.district.name
    scratch.mkdir()
    commands = [
        Command(FLOOR, module("floor", files.readable)),
        homeroom(files.zip if case.district.is_packed else files.roster, files, scratch, HOMEROOM),
    ]
    if case.rivals:
        commands.append(homeroom(files.readable, files, scratch, BESIDE_OTHERS))
    for rival in case.rivals:
        command = _rival(rival, files.readable, files, scratch)
        commands.append(replace(command, is_slow=rival in case.slow))
    warm(files.folder)
    runs = interleaved(commands, rounds=rounds, tell=tell)
    labels = {HOMEROOM: files.labels}
    found = {
        command.name: compare(labels.get(command.name, files.readable_labels), _reported(scratch, command.name))
        for command in commands[1:]
    }
    return Measured(
        case,
        files.rows(),
        runs,
        found,
        {rival: _found_in_delivery(rival, files, scratch, tell) for rival in case.rivals},
    )


def homeroom(delivery: Path, files: Made, scratch: Path, name: str) -> Command:
    """``homeroom check`` with all that it writes: the sync reports and every finding."""
    words = ("check", delivery, "--onboarded", files.onboarded, "--out", scratch / "sync-reports")
    arguments = (_HOMEROOM, *words, "--findings", _reported(scratch, name))
    return Command(name, tuple(map(str, arguments)), ends_with=(0, 1))


def _rival(rival: Rival, folder: Path, files: Made, scratch: Path) -> Command:
    return Command(rival, module(f"rivals.{_MODULES[rival]}", folder, files.expectations, _reported(scratch, rival)))


def _found_in_delivery(rival: Rival, files: Made, scratch: Path, tell: Callable[[str], None]) -> Found:
    tell(f"{rival}, on the files with damaged rows")
    run(_rival(rival, files.roster, files, scratch))
    return compare(files.labels, _reported(scratch, rival))


def _reported(scratch: Path, name: str) -> Path:
    return scratch / f"{name.replace(' ', '-')}.csv"
