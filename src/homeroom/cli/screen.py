"""What a person sees after ``homeroom check``: the status, the tables, then the causes, most records first, with their
remedies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from homeroom.engine import Report, Status
from homeroom.engine.report import Cause

_COLOURS = {Status.COMPLETED: "green", Status.WITH_ERRORS: "yellow", Status.FAILED: "red"}
_PIPED_WIDTH = 120
_NOTES_SHOWN = 30

Examples = Mapping[tuple[str, str], tuple[str | None, int | None, str]]


def _console() -> Console:
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _PIPED_WIDTH
    return console


def failed(reasons: Sequence[str]) -> None:
    """The one line for a delivery that could not be taken: every reason, plain."""
    _console().print(Text.assemble(("Failed", "bold red"), ": " + " ".join(reasons)), soft_wrap=True)


def show(report: Report, examples: Examples, written: Sequence[Path], findings: Path | None) -> None:
    """Prints the whole result."""
    if report.status is Status.FAILED:
        failed(report.reasons)
    else:
        _console().print(Text(report.status.value, style=f"bold {_COLOURS[report.status]}"))
    console = _console()
    if report.tables:
        console.print()
        console.print(_tables(report))
    for breach in report.breaches:
        console.print(Text(f"Would be held for review: {breach}", style="yellow"))
    if report.causes:
        console.print("\n[bold]What to mend[/bold], the costliest first")
        for cause in report.causes:
            _cause(console, cause, examples)
    if report.notes:
        console.print("\n[bold]Also noticed[/bold] (nothing is refused for it)")
        for cause in report.notes[:_NOTES_SHOWN]:
            _note(console, cause, examples)
        if len(report.notes) > _NOTES_SHOWN:
            console.print(f"  and {len(report.notes) - _NOTES_SHOWN} more; --findings writes them all")
    if written or findings:
        console.print()
    for path in (*written, *([findings] if findings else [])):
        console.print(f"Written: {path}", soft_wrap=True, markup=False)


def _tables(report: Report) -> Table:
    compared = any(table.created is not None for table in report.tables)
    headings = ["rows", "accepted", "refused", "left out"]
    headings += ["created", "updated", "unchanged", "deactivated", "kept"] if compared else []
    table = Table("", *headings, box=None, pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    for one in report.tables:
        figures: list[int | None] = [one.rows, one.accepted, one.refused, one.left_out]
        figures += [one.created, one.updated, one.unchanged, one.deactivated, one.kept] if compared else []
        table.add_row(one.table, *("" if figure is None else f"{figure:,}" for figure in figures))
    return table


def _cause(console: Console, cause: Cause, examples: Examples) -> None:
    place = " · ".join(part for part in (cause.table, cause.field) if part)
    cost = _listed(cause.records)
    console.print()
    console.print(
        Text.assemble(
            ("● ", "yellow"), (f"{cause.total:,} records", "bold"), f"  {place}  ", (f"({cause.rule})", "dim")
        )
    )
    _example(console, cause, examples)
    console.print(Text(f"  Refused: {cost}" + (f"; left out: {_listed(cause.left_out)}" if cause.left_out else "")))
    console.print(Text(f"  What to do: {cause.remedy}"))


def _note(console: Console, cause: Cause, examples: Examples) -> None:
    place = " · ".join(part for part in (cause.table, cause.field) if part)
    what = "values cleared" if cause.consequence == "clears the value" else "noted"
    console.print(Text.assemble(f"  {cause.findings:,} {what}  {place}  ", (f"({cause.rule})", "dim")))
    _example(console, cause, examples, indent="    ")


def _example(console: Console, cause: Cause, examples: Examples, indent: str = "  ") -> None:
    key = f"{cause.table or ''}/{cause.field or ''}/{cause.rule}"
    file, line, message = examples.get((key, cause.consequence), (None, None, ""))
    where = f"{file}, row {line}: " if line is not None and line > 1 else (f"{file}: " if file else "")
    if message:
        console.print(Text(f"{indent}{where}{message}"))


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {table}" for table, count in counts.items())
