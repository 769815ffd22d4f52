"""``homeroom check``: what would be accepted of a roster, what would be refused, and why. Needs no server and no
database.
"""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from homeroom import engine
from homeroom.cli import places, screen
from homeroom.cli.wrong_use import WrongUseError
from homeroom.engine import sync_reports
from homeroom.engine.findings import Gathering
from homeroom.engine.oneroster import VERSIONS, tables_of
from homeroom.engine.profile import SHIPPED, parse, shipped
from homeroom.engine.report import examples
from homeroom.engine.rules import RULES_BY_ID
from homeroom.sources import SettingsError, SourceError
from homeroom.sources.local import collect

EXIT_STATUS = {engine.Status.COMPLETED: 0, engine.Status.WITH_ERRORS: 1, engine.Status.FAILED: 2}


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
    chosen = _profile(profile)
    schools = _onboarded(onboarded)
    messages = Console(stderr=True)
    with TemporaryDirectory(prefix="homeroom-") as folder, messages.status("Opening") as status:
        work = Path(folder)
        try:
            delivery = collect(paths, work=_sub(work, "delivery"))
            before = _known(known, chosen, work)
        except SettingsError as error:
            raise WrongUseError(str(error)) from None
        except SourceError as error:
            status.stop()
            return _refused(str(error), out=out, as_json=as_json)
        checked = engine.validate(
            engine.read(delivery),
            profile=chosen,
            onboarded=schools,
            known=before,
            work=_sub(work, "judgement"),
            progress=lambda stage: status.update(f"{stage} …"),
        )
        changes = verdict = None
        if before is not None and not checked.stopped and checked.snapshot.format == "oneroster":
            status.update("Comparing with the roster as accepted before …")
            changes = engine.diff(before, engine.propose(before, checked))
            verdict = engine.guard(changes, before)
        report = engine.summarise(checked, changes, verdict)
        status.update("Writing the reports …")
        written = sync_reports.write(checked.findings, out, format=checked.snapshot.format)
        if findings is not None:
            sync_reports.write_findings(checked.findings, findings)
        shown = examples(checked)
    if as_json:
        typer.echo(
            json.dumps(report.as_json() | {"reports": [str(path) for path in written]}, indent=2, ensure_ascii=False)
        )
    else:
        screen.show(report, shown, written, findings)
    return EXIT_STATUS[report.status]


def _sub(work: Path, name: str) -> Path:
    folder = work / name
    folder.mkdir()
    return folder


def _profile(named: str) -> engine.Profile:
    if named in SHIPPED:
        return shipped(named)
    path = Path(named)
    if not path.is_file():
        raise WrongUseError(f"There is no profile {named}: give publisher, standard, or a TOML file.")
    places = frozenset(
        f"{table.name}.{column.name}"
        for v in VERSIONS
        for table in tables_of(v).values()
        for column in table.columns
        if column.tokens
    )
    try:
        return parse(path.read_text(encoding="utf-8"), rules=frozenset(RULES_BY_ID), places=places)
    except UnicodeDecodeError:
        raise WrongUseError(f"{named} is not UTF-8 text.") from None
    except engine.ProfileError as error:
        raise WrongUseError(f"{named}: {error}") from None


def _onboarded(given: str | None) -> frozenset[str] | None:
    """Source ids from a comma list, or from a file with one per line (commas are fine there, too)."""
    if given is None:
        return None
    path = Path(given)
    try:
        text = path.read_text(encoding="utf-8-sig") if path.is_file() else given
    except (OSError, UnicodeDecodeError):
        raise WrongUseError(
            f"{given} cannot be read as a list of source ids: it must be text, one id per line."
        ) from None
    return frozenset(id.strip() for line in text.splitlines() for id in line.split(",") if id.strip())


def _known(path: Path | None, profile: engine.Profile, work: Path) -> engine.Roster | None:
    if path is None:
        return None
    snapshot = engine.read(collect([path], work=_sub(work, "known")))
    if snapshot.format != "oneroster" or not snapshot.parts:
        raise WrongUseError(f"--known {path} is not a OneRoster folder or zip that can be read.")
    return engine.trust(snapshot, profile=profile, work=_sub(work, "trusted"))


def _refused(reason: str, *, out: Path, as_json: bool) -> int:
    """The package itself cannot be opened: there is nothing to judge, and old reports must not be taken for new
    ones.
    """
    for stale in out.glob(f"*{sync_reports.SUFFIX}") if out.is_dir() else ():
        stale.unlink()
    if as_json:
        typer.echo(json.dumps({"status": engine.Status.FAILED, "reasons": [reason]}, indent=2, ensure_ascii=False))
    else:
        screen.failed((reason,))
    return EXIT_STATUS[engine.Status.FAILED]
