"""What was killed, what became of the syncs, how long it took until all was there again, and what did not hold."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from statistics import median

from rich import box
from rich.console import Console
from rich.table import Table

from tests.benches import machine
from tests.chaos.server import TARGETS

STAGES = ("nothing at work", "beginning", "opening", "reading", "checking", "comparing", "writing down", "applying")
_BEGINNINGS = {
    "": "beginning",
    "Opening": "opening",
    "Reading": "reading",
    "Checking": "checking",
    "Comparing": "comparing",
    "Writing": "writing down",
    "Applying": "applying",
}


def stage_named(stage: str) -> str:
    return _BEGINNINGS.get(stage.partition(" ")[0], "checking")


@dataclass
class Figures:
    """kills: by target and stage; recoveries: seconds, by the first target of each group."""

    kills: Counter[tuple[str, str]] = field(default_factory=Counter)
    first_loads: int = 0
    recoveries: dict[str, list[float]] = field(default_factory=dict)
    outcomes: Counter[str] = field(default_factory=Counter)
    sent: Counter[str] = field(default_factory=Counter)
    checks: int = 0
    runs: Counter[int] = field(default_factory=Counter)
    longest_drain: float = 0
    violations: list[str] = field(default_factory=list)

    @property
    def killed(self) -> int:
        return self.kills.total()

    def show(self, console: Console, *, minutes: float, seed: int) -> None:
        console.print(self._grid())
        console.print(
            f"{self.killed} kills in {minutes:.0f} minutes, seed {seed}; {self.checks:,} looks at a district."
        )
        for target, seconds in self.recoveries.items():
            told = f"median {median(seconds):.1f} s, longest {max(seconds):.1f} s, of {len(seconds)}"
            console.print(f"All there again after {target}: {told}")
        console.print(f"After the last kill every sync had ended within {self.longest_drain:.0f} s.")
        console.print(f"Syncs: {_listed(self.outcomes)}.")
        console.print(f"Begun this many times: {_listed(Counter({f'{n}': c for n, c in sorted(self.runs.items())}))}.")
        console.print(f"People: {_listed(self.sent)}.")
        console.print(f"Measured on {machine.described()} {dt.datetime.now(dt.UTC):%H:%M} UTC.")
        for sentence in self.violations:
            console.print(f"VIOLATION  {sentence}", style="bold red")
        if not self.violations:
            console.print("Nothing was lost, and nothing was left half.")

    def _grid(self) -> Table:
        grid = Table(box=box.SIMPLE, title="Kills, by what the killed part was doing", title_justify="left")
        for name in ("", *STAGES, "all"):
            grid.add_column(name, justify="right" if name else "left")
        for target in TARGETS:
            numbers = [self.kills[target, stage] for stage in STAGES]
            grid.add_row(target, *map(str, numbers), str(sum(numbers)))
        return grid


def _listed(counted: Counter[str]) -> str:
    return ", ".join(f"{name}: {number}" for name, number in counted.most_common()) or "none"
