"""How long until a command works: ``homeroom --help``, and ``homeroom check`` on a file of one row."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.benches.figures import Grid
from tests.benches.measure import Command, Runs, interleaved

_HOMEROOM = Path(sys.executable).with_name("homeroom")
_LIMIT_SECONDS = 0.5
_ROUNDS = 10
_NAMES = _HELP, _CHECK = "homeroom --help", "homeroom check, one row"
_ORGS = "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\nd,,,District,district,,\n"


def measure_start_up(scratch: Path) -> dict[str, Runs]:
    orgs = scratch / "orgs.csv"
    orgs.write_text(_ORGS, encoding="utf-8")
    words = {_HELP: ("--help",), _CHECK: ("check", orgs, "--out", scratch / "reports")}
    commands = [Command(name, tuple(map(str, (_HOMEROOM, *words[name])))) for name in _NAMES]
    return interleaved(commands, rounds=_ROUNDS, tell=lambda _: None)


def start_up_grid(runs: dict[str, Runs]) -> Grid:
    return Grid(
        f"Start-up ({_ROUNDS} rounds)",
        ("command", "time"),
        tuple((name, f"{runs[name].wall_seconds:.2f} s (limit {_LIMIT_SECONDS:g})") for name in _NAMES),
    )


def start_up_not_kept(runs: dict[str, Runs]) -> list[str]:
    return [
        f"{name}: {runs[name].wall_seconds:.2f} s; the limit is {_LIMIT_SECONDS:g} s."
        for name in _NAMES
        if runs[name].wall_seconds > _LIMIT_SECONDS
    ]
