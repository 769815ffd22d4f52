"""``homeroom check``: what would be accepted of a roster, what would be refused, and why. Needs no server and no
database.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from errno import ENAMETOOLONG
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from homeroom import engine
from homeroom.cli import places, screen, stopping
from homeroom.cli.wrong_use import WrongUseError
from homeroom.engine import sync_reports
from homeroom.engine.findings import Gathering, of_remarks
from homeroom.engine.oneroster import VERSIONS, tables_of
from homeroom.engine.profile import SHIPPED, parse, shipped
from homeroom.engine.report import examples
from homeroom.engine.rule import Consequence
from homeroom.engine.rules import RULES_BY_ID
from homeroom.engine.validate import Progress
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
    stopping.raised()
    chosen = _profile(profile)
    schools = _onboarded(onboarded)
    with TemporaryDirectory(prefix="homeroom-") as folder, Console(stderr=True).status("Opening …") as status:
        work = Path(folder)

        def tell(stage: str) -> None:
            status.update(Text(f"{stage} …"))  # a plain string would be read as markup, and files have any name

        before = _known(known, chosen, work)
        inputs = [*paths, *([known] if known else [])]
        try:
            delivery = collect(paths, work=_sub(work, "delivery"))
        except SettingsError as error:
            raise WrongUseError(str(error)) from None
        except SourceError as error:
            places.make_ready(out, findings, inputs=inputs)
            outcome = _not_opened(str(error), chosen, work)
        else:
            snapshot = engine.read(delivery)
            places.make_ready(out, findings, inputs=[*inputs, *_tables(delivery, snapshot)])
            outcome = _judged(snapshot, chosen, schools, before, work, tell)
        report = outcome.report
        tell("Writing the reports")
        written = sync_reports.write(outcome.findings, out, format=report.format)
        if findings is not None:
            sync_reports.write_findings(outcome.findings, findings)
    if as_json:
        _print_json(report.as_json() | {"reports": [str(path) for path in written]})
    else:
        screen.show(report, outcome.shown, written, findings)
    return EXIT_STATUS[report.status]


@dataclass(frozen=True)
class _Outcome:
    """What is to be written and shown. findings can be read for as long as the work folder is there."""

    report: engine.Report
    findings: engine.Findings
    shown: screen.Examples


def _judged(
    snapshot: engine.Snapshot,
    profile: engine.Profile,
    onboarded: frozenset[str] | None,
    before: engine.Roster | None,
    work: Path,
    tell: Progress,
) -> _Outcome:
    checked = engine.validate(
        snapshot, profile=profile, onboarded=onboarded, known=before, work=_sub(work, "judgement"), progress=tell
    )
    changes = verdict = None
    if before is not None and not checked.stopped and snapshot.format == "oneroster":
        tell("Comparing with the roster as accepted before")
        changes = engine.diff(before, engine.propose(before, checked))
        verdict = engine.guard(changes, before)
    return _Outcome(engine.summarise(checked, changes, verdict), checked.findings, examples(checked))


def _not_opened(reason: str, profile: engine.Profile, work: Path) -> _Outcome:
    """The package cannot be opened: there is nothing to judge. What an earlier check wrote is replaced all the same,
    so that nobody takes it for this one's.
    """
    report = engine.Report(
        status=engine.Status.FAILED,
        format="",
        version="",
        profile=profile.name,
        reasons=(reason,),
        remedies=(),
        tables=(),
        causes=(),
        notes=(),
        breaches=(),
    )
    return _Outcome(report, Gathering(work, profile).done(), {})


def _tables(delivery: engine.Delivery, snapshot: engine.Snapshot) -> Iterator[Path]:
    """The files that count. What else lies in the folder may well be the findings of an earlier check."""
    counting = {"manifest.csv", *(part.file.lower() for part in snapshot.parts.values())}
    return (file.path for file in delivery.files if file.name.lower() in counting)


def _print_json(whole: dict[str, Any]) -> None:
    """UTF-8, whatever the terminal speaks; of a file name that is no text, the odd bytes come as escapes."""
    typer.echo(json.dumps(whole, indent=2, ensure_ascii=False).encode("utf-8", errors="backslashreplace"))


def _sub(work: Path, name: str) -> Path:
    folder = work / name
    folder.mkdir()
    return folder


def _profile(named: str) -> engine.Profile:
    if named in SHIPPED:
        return shipped(named)
    text = _text_of(named, what="a profile")
    if text is None:
        raise WrongUseError(f"There is no profile {named}: give publisher, standard, or a TOML file.")
    vocabularies = frozenset(
        f"{table.name}.{column.name}"
        for v in VERSIONS
        for table in tables_of(v).values()
        for column in table.columns
        if column.tokens
    )
    try:
        return parse(text, rules=frozenset(RULES_BY_ID), places=vocabularies)
    except engine.ProfileError as error:
        raise WrongUseError(f"{named}: {error}") from None


def _onboarded(given: str | None) -> frozenset[str] | None:
    """Source ids from a comma list, or from a file with one per line (commas are fine there, too)."""
    if given is None:
        return None
    text = _text_of(given, what="a list of source ids, one on each line")
    if text is None and "," not in given and Path(given).suffix.lower() in (".txt", ".csv"):
        raise WrongUseError(f"--onboarded {given} is not there. Check the spelling and the folder.")
    lines = (given if text is None else text).splitlines()
    return frozenset(id.strip() for line in lines for id in line.split(",") if id.strip())


def _text_of(given: str, *, what: str) -> str | None:
    """The text of the file that was named; null if there is none of that name. Raises WrongUseError for one that cannot
    be read.
    """
    path = Path(given)
    try:
        return path.read_text(encoding="utf-8-sig") if path.is_file() else None
    except UnicodeDecodeError:
        raise WrongUseError(f"{given} cannot be read as {what}: it must be UTF-8 text.") from None
    except OSError as error:
        if error.errno == ENAMETOOLONG:  # a long list, and no name at all
            return None
        raise WrongUseError(f"{given} cannot be read as {what}: {error.strerror}.") from None


def _known(path: Path | None, profile: engine.Profile, work: Path) -> engine.Roster | None:
    if path is None:
        return None
    try:
        snapshot = engine.read(collect([path], work=_sub(work, "known")))
    except SourceError as error:
        raise WrongUseError(f"--known {path}: {error}") from None
    if snapshot.format != "oneroster" or not snapshot.parts:
        raise WrongUseError(f"--known {path} is not a OneRoster folder or zip that can be read.")
    # Only what cannot be read matters here: a table that is passed over would look as if all its records were new.
    for remark in of_remarks(snapshot.remarks, shipped("publisher")).iter_rows(named=True):
        if remark["consequence"] == Consequence.STOPS:
            raise WrongUseError(f"--known {path} cannot be compared with: {remark['message']}")
    return engine.trust(snapshot, profile=profile, work=_sub(work, "trusted"))
