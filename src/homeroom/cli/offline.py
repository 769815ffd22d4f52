"""The commands that need no server. They import what they need when they run: to ask for help takes no time."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def check(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="A zip, a folder, or the CSV files themselves.")],
    profile: Annotated[
        str, typer.Option(metavar="NAME|FILE.toml", help="publisher, standard, or a profile of your own.")
    ] = "publisher",
    onboarded: Annotated[
        str | None,
        typer.Option(metavar="ID,ID,…|FILE", help="Source ids of the onboarded schools; without it every school is."),
    ] = None,
    known: Annotated[
        Path | None, typer.Option(metavar="PATH", help="The roster as accepted before: a OneRoster folder or zip.")
    ] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the sync reports go.")] = Path("sync-reports"),
    findings: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", help="Write every finding there, notes included.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The summary as JSON on standard output.")] = False,  # noqa: FBT002
) -> int:
    """Checks a roster: what would be accepted, what would be refused, and why.

    Ends with 0 if there are no errors, 1 if some records are refused, 2 if the delivery cannot be taken as a whole, 64
    if the command was used wrongly.
    """
    from homeroom.cli import checking  # noqa: PLC0415

    return checking.check(
        paths, profile=profile, onboarded=onboarded, known=known, out=out, findings=findings, as_json=as_json
    )


def rules(
    rule: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="The id of one rule, to have it explained.")
    ] = None,
) -> int:
    """Lists all rules, or explains one."""
    from homeroom.cli import explaining  # noqa: PLC0415

    return explaining.rules() if rule is None else explaining.explain(rule)
