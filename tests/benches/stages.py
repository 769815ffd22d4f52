"""Where does the time of one ``homeroom check`` go?

Run with the delivery, the file of onboarded schools, and the time at which the process was started. Runs the command
itself and listens to what it would show as progress. One run, which says what to look at and nothing more.
"""

from __future__ import annotations

import resource
import sys
import time
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self
from unittest import mock

from rich.console import Console
from rich.table import Table
from rich.text import Text

from homeroom.cli.check import check
from tests.benches.measure import PEAK_UNIT_BYTES


@dataclass(frozen=True)
class Moment:
    """When a stage began. cpu_seconds: of all threads since the start of the process."""

    stage: str
    wall_seconds: float = field(default_factory=time.time)
    cpu_seconds: float = field(default_factory=time.process_time)
    peak_bytes: int = field(
        default_factory=lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * PEAK_UNIT_BYTES
    )


class Listening:
    """In place of the console on which progress is shown."""

    def __init__(self, moments: list[Moment], *, stderr: bool) -> None:
        self._moments = moments

    def status(self, stage: Text | str) -> Self:
        self.update(stage)
        return self

    def update(self, stage: Text | str) -> None:
        self._moments.append(Moment(str(stage).removesuffix(" …")))

    def stop(self) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._moments.append(Moment("Showing the summary"))


def main(delivery: Path, onboarded: Path, *, started: float) -> None:
    begin = Moment("Starting Python and importing", started, 0.0, 0)
    moments = [begin]
    with (
        TemporaryDirectory(prefix="homeroom-stages-") as folder,
        # The package has a function of the same name, which hides the module from patch's dotted names.
        mock.patch.object(sys.modules["homeroom.cli.check"], "Console", partial(Listening, moments)),
        (Path(folder) / "screen.txt").open("w", encoding="utf-8") as screen,
        mock.patch("sys.stdout", screen),
    ):
        out = Path(folder)
        check([delivery], onboarded=str(onboarded), out=out / "sync-reports", findings=out / "findings.csv")
    moments.append(Moment("end"))
    Console().print(_table(moments))


def _table(moments: list[Moment]) -> Table:
    table = Table(title="Where the time goes (one run)", title_justify="left")
    table.add_column("stage")
    for name in ("wall", "CPU", "peak so far"):
        table.add_column(name, justify="right")
    for this, after in pairwise(moments):
        table.add_row(*_cells(this, this.stage, after))
    table.add_section()
    table.add_row(*_cells(moments[0], "in all", moments[-1]))
    return table


def _cells(begin: Moment, stage: str, end: Moment) -> tuple[str, ...]:
    return (
        stage,
        f"{end.wall_seconds - begin.wall_seconds:.2f} s",
        f"{end.cpu_seconds - begin.cpu_seconds:.2f} s",
        f"{end.peak_bytes / 1_000_000:,.0f} MB",
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), started=float(sys.argv[3]))
