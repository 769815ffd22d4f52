"""How fast is ``homeroom check``, how much memory does it take, and how does it compare?

``make bench`` measures small districts; ``make bench ARGS="--full --write"`` large ones, too, and puts the figures into
docs/benchmarks.md, which says how it is done and why.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from rich import box
from rich.console import Console
from rich.status import Status
from rich.table import Table

from tests.benches import districts, machine
from tests.benches.cases import FULL, QUICK, Case, Measured, measure
from tests.benches.country import country_grids, measure_country
from tests.benches.figures import Grid, grids, not_kept
from tests.benches.measure import ROOT, module
from tests.benches.nights import measure_nights, nights_grids
from tests.benches.pulls import USERS, measure_pull, pull_grid, pull_not_kept
from tests.benches.rush import DISTRICTS as RUSH
from tests.benches.rush import measure_rush, rush_grids, rush_not_kept
from tests.benches.start_up import measure_start_up, start_up_grid, start_up_not_kept
from tests.benches.uploads import measure_uploads, uploads_grid

PAGE = ROOT / "docs" / "benchmarks.md"
_WIDTH = 150
_FIGURES = re.compile(r"(?<=<!-- figures -->\n).*(?=<!-- /figures -->)", re.DOTALL)
_NIGHTS = re.compile(r"(?<=<!-- nights -->\n).*(?=<!-- /nights -->)", re.DOTALL)
_UPLOADS = re.compile(r"(?<=<!-- uploads -->\n).*(?=<!-- /uploads -->)", re.DOTALL)
_COUNTRY = re.compile(r"(?<=<!-- country -->\n).*(?=<!-- /country -->)", re.DOTALL)
_PULL = re.compile(r"(?<=<!-- pull -->\n).*(?=<!-- /pull -->)", re.DOTALL)
_RUSH = re.compile(r"(?<=<!-- rush -->\n).*(?=<!-- /rush -->)", re.DOTALL)


def main() -> None:
    # polars, which is loaded here, too, has left its settings there: what is measured must begin with its own.
    os.environ.pop("_RJEM_MALLOC_CONF", None)
    asked = _parser().parse_args()
    console = Console()
    console.width = max(console.width, _WIDTH)
    with _folder(asked.cache) as cache, TemporaryDirectory(prefix="homeroom-bench-") as scratch:
        if asked.profile:
            _profile(cache, console, is_full=asked.full)
            return
        # At once: it says if a package that we measure ourselves against is missing.
        measured_on = [f"Measured on {machine.described()}", *machine.disturbance()]
        if asked.nights:
            _nights(asked, cache, Path(scratch), console, measured_on)
            return
        if asked.pull is not None:
            _pull(asked, Path(scratch), console, measured_on)
            return
        if asked.country:
            _country(asked, Path(scratch), console, measured_on)
            return
        if asked.rush is not None:
            _rush(asked, Path(scratch), console, measured_on)
            return
        if asked.uploads:
            _uploads(asked, Path(scratch), console, measured_on)
            return
        begun = measure_start_up(Path(scratch))
        measured = list(_measured(asked, cache, Path(scratch), console))
    conditions = [*measured_on, _rounds(asked.rounds)]
    broken = [*start_up_not_kept(begun), *not_kept(measured)]
    tables = (*grids(measured), start_up_grid(begun))
    for grid in tables:
        console.print(_shown(grid))
    console.print("\n".join(conditions))
    for sentence in broken:
        console.print(f"NOT KEPT  {sentence}", style="bold red")
    if not broken:
        console.print("All limits are kept.")
    if asked.write:
        _write(_FIGURES, _figures(tables, conditions, broken))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description="Measures homeroom check.")
    parser.add_argument("--full", action="store_true", help="large districts, too (half an hour, 12 GB of disk)")
    parser.add_argument("--rounds", type=int, default=3, help="how often everything is run (default 3)")
    parser.add_argument("--only", metavar="WORD", default="", help="only districts named so, such as L-faulty or S")
    parser.add_argument("--cache", type=Path, help="keep the districts in this folder (default: made anew and removed)")
    parser.add_argument("--write", action="store_true", help="write the figures into docs/benchmarks.md")
    parser.add_argument("--nights", action="store_true", help="instead, measure syncs against PostgreSQL, and pages")
    parser.add_argument(
        "--pull", metavar="USERS", nargs="?", type=int, const=USERS, help=f"instead, measure a pull (default {USERS:,})"
    )
    parser.add_argument("--uploads", action="store_true", help="instead, measure self-serve uploads")
    parser.add_argument("--country", action="store_true", help="instead, measure nights and reckon a country's")
    parser.add_argument(
        "--rush",
        metavar="DISTRICTS",
        nargs="?",
        type=int,
        const=RUSH,
        help=f"instead, let so many districts be due at once (default {RUSH:,})",
    )
    parser.add_argument("--profile", action="store_true", help="instead, show where the time of one run goes")
    return parser


@contextmanager
def _folder(cache: Path | None) -> Iterator[Path]:
    if cache is not None:
        cache.mkdir(parents=True, exist_ok=True)
        yield cache.resolve()
    else:
        with TemporaryDirectory(prefix="homeroom-districts-") as folder:
            yield Path(folder)


def _measured(asked: argparse.Namespace, cache: Path, scratch: Path, console: Console) -> Iterator[Measured]:
    cases: Sequence[Case] = FULL if asked.full else QUICK
    with console.status("") as status:
        for case in cases:
            name = case.district.name
            if asked.only in name:
                yield measure(
                    case,
                    cache=cache,
                    scratch=scratch,
                    rounds=asked.rounds,
                    tell=partial(_tell, status, name),
                )


def _nights(
    asked: argparse.Namespace, cache: Path, scratch: Path, console: Console, measured_on: Sequence[str]
) -> None:
    district = districts.L_FAULTY if asked.full else districts.S_FAULTY
    with console.status("") as status:
        tell = partial(_tell, status, district.name)
        tables = nights_grids(measure_nights(district, cache=cache, scratch=scratch, rounds=asked.rounds, tell=tell))
    conditions = [*measured_on, _rounds(asked.rounds)]
    for grid in tables:
        console.print(_shown(grid))
    console.print("\n".join(conditions))
    if asked.write:
        _write(_NIGHTS, [*(grid.markdown() for grid in tables), " ".join(conditions) + "\n"])


def _pull(asked: argparse.Namespace, scratch: Path, console: Console, measured_on: Sequence[str]) -> None:
    with console.status("") as status:
        pull = measure_pull(asked.pull, scratch=scratch, rounds=asked.rounds, tell=partial(_tell, status, "pull"))
    conditions = [*measured_on, _rounds(asked.rounds)]
    broken = pull_not_kept(pull)
    console.print(_shown(pull_grid(pull)))
    console.print("\n".join(conditions))
    for sentence in broken:
        console.print(f"NOT KEPT  {sentence}", style="bold red")
    if asked.write:
        _write(_PULL, _figures([pull_grid(pull)], conditions, broken))


def _uploads(asked: argparse.Namespace, scratch: Path, console: Console, measured_on: Sequence[str]) -> None:
    with console.status("") as status:
        grid = uploads_grid(
            measure_uploads(scratch=scratch, rounds=asked.rounds, tell=partial(_tell, status, "uploads"))
        )
    conditions = [*measured_on, _rounds(asked.rounds)]
    console.print(_shown(grid))
    console.print("\n".join(conditions))
    if asked.write:
        _write(_UPLOADS, [grid.markdown(), " ".join(conditions) + "\n"])


def _country(asked: argparse.Namespace, scratch: Path, console: Console, measured_on: Sequence[str]) -> None:
    with console.status("") as status:
        tables = country_grids(measure_country(scratch=scratch, tell=partial(_tell, status, "country")))
    conditions = [*measured_on, _rounds(1)]
    for grid in tables:
        console.print(_shown(grid))
    console.print("\n".join(conditions))
    if asked.write:
        _write(_COUNTRY, [*(grid.markdown() for grid in tables), " ".join(conditions) + "\n"])


def _rush(asked: argparse.Namespace, scratch: Path, console: Console, measured_on: Sequence[str]) -> None:
    with console.status("") as status:
        rush = measure_rush(asked.rush, scratch=scratch, tell=partial(_tell, status, "rush"))
    conditions = [*measured_on, _rounds(1)]
    broken = rush_not_kept(rush)
    for grid in rush_grids(rush):
        console.print(_shown(grid))
    console.print("\n".join(conditions))
    for sentence in broken:
        console.print(f"NOT KEPT  {sentence}", style="bold red")
    if asked.write:
        _write(_RUSH, _figures(rush_grids(rush), conditions, broken))


def _tell(status: Status, name: str, stage: str) -> None:
    status.update(f"{name}: {stage} …")


def _rounds(number: int) -> str:
    return "One round." if number == 1 else f"Medians of {number} rounds."


def _profile(cache: Path, console: Console, *, is_full: bool) -> None:
    with console.status("making the district …"):
        files = districts.made(districts.L_FAULTY if is_full else districts.S_FAULTY, cache)
    delivery = files.roster if is_full else files.zip
    subprocess.run(module("stages", delivery, files.onboarded, time.time()), cwd=ROOT, check=True)


def _shown(grid: Grid) -> Table:
    table = Table(title=grid.title, title_justify="left", title_style="bold", box=box.SIMPLE)
    for number, name in enumerate(grid.header):
        table.add_column(name, justify="right" if number else "left")
    for cells in grid.rows:
        table.add_row(*cells)
    return table


def _figures(tables: Sequence[Grid], conditions: Sequence[str], broken: Sequence[str]) -> list[str]:
    promised = [f"- **Not kept**: {sentence}" for sentence in broken] or ["All limits are kept."]
    return [grid.markdown() for grid in tables] + [" ".join(conditions) + "\n", "\n".join(promised) + "\n"]


def _write(place: re.Pattern[str], blocks: Sequence[str]) -> None:
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(place.sub(lambda _: "\n" + "\n".join(blocks) + "\n", page), encoding="utf-8")


if __name__ == "__main__":
    main()
