"""How do the measurements read as tables, and what was promised and not kept?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.benches.cases import BESIDE_OTHERS, HOMEROOM, Measured, Rival
from tests.benches.found import Found

_TIMES_FASTER_THAN_FRICTIONLESS = 10


@dataclass(frozen=True)
class Grid:
    """A table of text. The first column is a name, the others are figures."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def markdown(self) -> str:
        ruler = ("---", *("--:" for _ in self.header[1:]))
        lines = "\n".join(f"| {' | '.join(cells)} |" for cells in (self.header, ruler, *self.rows))
        return f"**{self.title}**\n\n{lines}\n"


def grids(measured: Sequence[Measured]) -> tuple[Grid, ...]:
    return (_against_the_floor(measured), *(_beside_others(one) for one in measured if one.case.rivals))


def _against_the_floor(measured: Sequence[Measured]) -> Grid:
    return Grid(
        "Homeroom beside the floor",
        (*("district", "rows", "floor", "Homeroom", "× floor", "CPU × floor", "floor's peak", "peak"), "found"),
        tuple(_beside_the_floor(one) for one in measured),
    )


def _beside_the_floor(one: Measured) -> tuple[str, ...]:
    runs, limits = one.runs[HOMEROOM], one.case.limits
    return (
        _named(one),
        f"{one.rows:,}",
        _seconds(one.floor.wall_seconds),
        _seconds(runs.wall_seconds),
        f"{runs.wall_ratio(one.floor):.1f}" + (f" (limit {limits.wall_ratio:g})" if limits else ""),
        f"{runs.cpu_ratio(one.floor):.1f}",
        _megabytes(one.floor.peak_bytes),
        _megabytes(runs.peak_bytes) + (f" (limit {_megabytes(limits.peak_bytes)})" if limits else ""),
        _found(one.found[HOMEROOM]),
    )


def _beside_others(one: Measured) -> Grid:
    return Grid(
        f"Homeroom beside other tools: {one.case.district.name} without damaged rows",
        ("tool", "time", "× Homeroom", "CPU", "peak", "found", "reported wrongly", "found with damaged rows left in"),
        tuple(_tool(one, name) for name in (BESIDE_OTHERS, *one.case.rivals)),
    )


def _tool(one: Measured, name: str) -> tuple[str, ...]:
    runs, ours = one.runs[name], one.runs[BESIDE_OTHERS]
    in_delivery = one.found[HOMEROOM] if name == BESIDE_OTHERS else one.found_in_delivery[Rival(name)]
    return (
        (HOMEROOM if name == BESIDE_OTHERS else name) + (" (one round)" if name in one.case.slow else ""),
        _seconds(runs.wall_seconds),
        f"{runs.wall_ratio(ours):.1f}",
        _seconds(runs.cpu_seconds),
        _megabytes(runs.peak_bytes),
        _found(one.found[name]),
        f"{one.found[name].wrongly:,}",
        _found(in_delivery),
    )


def not_kept(measured: Sequence[Measured]) -> list[str]:
    """A sentence for each thing that was promised and is not so."""
    return [sentence for one in measured for sentence in (*_beyond_limits(one), *_behind_others(one))]


def _beyond_limits(one: Measured) -> Iterator[str]:
    runs, limits, name = one.runs[HOMEROOM], one.case.limits, _named(one)
    if limits and runs.wall_ratio(one.floor) > limits.wall_ratio:
        yield f"{name}: {runs.wall_ratio(one.floor):.2f} times the floor; the limit is {limits.wall_ratio:g} times."
    if limits and runs.peak_bytes > limits.peak_bytes:
        yield f"{name}: {_megabytes(runs.peak_bytes)} at the peak; the limit is {_megabytes(limits.peak_bytes)}."
    found = one.found[HOMEROOM]
    if found.found < found.faults:
        yield f"{name}: {found.faults - found.found:,} of {found.faults:,} faulty rows were not found."
    if found.wrongly:
        yield f"{name}: {found.wrongly:,} rows were reported that are not wrong."


def _behind_others(one: Measured) -> Iterator[str]:
    for rival in one.case.rivals:
        if one.found[rival].found >= one.found[BESIDE_OTHERS].found:
            yield f"{_named(one)}: {rival} found no fewer faulty rows than Homeroom."
    if Rival.FRICTIONLESS in one.case.rivals:
        ratio = one.runs[Rival.FRICTIONLESS].wall_ratio(one.runs[BESIDE_OTHERS])
        if ratio < _TIMES_FASTER_THAN_FRICTIONLESS:
            yield (
                f"{_named(one)}: frictionless took {ratio:.1f} times as long as Homeroom; "
                f"it should be at least {_TIMES_FASTER_THAN_FRICTIONLESS} times."
            )


def _named(one: Measured) -> str:
    return f"{one.case.district.name}, {'zip' if one.case.district.is_packed else 'folder'}"


def _found(found: Found) -> str:
    """Rounded down, so that nothing but all is 100 %."""
    if not found.faults:
        return "none there"
    return f"{found.found:,} of {found.faults:,} ({found.found * 1000 // found.faults / 10:g} %)"


def _seconds(seconds: float) -> str:
    return f"{seconds:.2f} s"


def _megabytes(size_bytes: float) -> str:
    return f"{size_bytes / 1_000_000:,.0f} MB"
