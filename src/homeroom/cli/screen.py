"""What a person sees after ``homeroom check``: the status, the tables, then the causes, costliest first, with
remedies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from homeroom.engine import Report, Status
from homeroom.engine.report import Cause
from homeroom.engine.words import listed

_COLOURS = {Status.COMPLETED: "green", Status.WITH_ERRORS: "yellow", Status.FAILED: "red"}
_PIPED_WIDTH = 120
_CAUSES_SHOWN = 20
_NOTES_SHOWN = 20

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
    console = _console()
    if report.status is Status.FAILED:
        failed(report.reasons)
        for remedy in report.remedies:
            _indented(console, f"What to do: {remedy}")
    else:
        console.print(Text(report.status.value, style=f"bold {_COLOURS[report.status]}"))
    if report.tables:
        console.print()
        console.print(_tables(report))
    for breach in report.breaches:
        console.print(Text(f"Would be held for review: {breach}", style="yellow"))
    if report.causes:
        console.print("\n[bold]What to mend[/bold], the costliest first")
        for cause in report.causes[:_CAUSES_SHOWN]:
            _cause(console, cause, examples)
        if len(report.causes) > _CAUSES_SHOWN:
            further = report.causes[_CAUSES_SHOWN:]
            cost = f"{sum(cause.total for cause in further):,} records"
            console.print(
                f"\nand {len(further)} more kinds of mistakes, which cost {cost}; the sync reports name each row"
            )
    if report.notes:
        beside = "" if report.status is Status.FAILED else "; nothing is refused for it"
        console.print(f"\n[bold]Also noticed[/bold]{beside}")
        _notes(console, report.notes, examples)
    files = [*written, *([findings] if findings else [])]
    if files:
        console.print()
    for path in files:
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
    console.print()
    records = "1 record" if cause.total == 1 else f"{cause.total:,} records"
    console.print(Text.assemble("● ", (records, "bold"), f"  {_place(cause)}  ", (f"({cause.rule})", "dim")))
    _indented(console, _example(cause, examples))
    left_out = f"; left out: {listed(cause.left_out)}" if cause.left_out else ""
    _indented(console, f"Refused: {listed(cause.records)}{left_out}")
    _indented(console, f"What to do: {cause.remedy}")


def _notes(console: Console, notes: Sequence[Cause], examples: Examples) -> None:
    """Cleared values, then notes; what one rule says of several columns is said once, with one example."""
    together = [list(group) for _, group in groupby(sorted(notes, key=_of_a_kind), key=_of_a_kind)]
    together.sort(key=lambda group: (group[0].consequence, -sum(cause.findings for cause in group)))
    for group in together[:_NOTES_SHOWN]:
        count = sum(cause.findings for cause in group)
        what = "cleared" if group[0].consequence == "clears the value" else "noted"
        places = ", ".join(dict.fromkeys(str(cause.table) for cause in group) if len(group) > 1 else [_place(group[0])])
        console.print(Text.assemble(f"  {count:,} {what}  {places}  ", (f"({group[0].rule})", "dim")))
        _indented(console, _example(group[0], examples), by=4)
    if len(together) > _NOTES_SHOWN:
        console.print(f"  and {len(together) - _NOTES_SHOWN} more kinds; --findings writes them all")


def _of_a_kind(cause: Cause) -> tuple[str, str]:
    return cause.consequence, cause.rule


def _place(cause: Cause) -> str:
    return " · ".join(part for part in (cause.table, cause.field) if part)


def _example(cause: Cause, examples: Examples) -> str:
    """Where the cause was first found, and what is said there."""
    key = f"{cause.table or ''}/{cause.field or ''}/{cause.rule}"
    file, line, message = examples.get((key, cause.consequence), (None, None, ""))
    if line is not None and line > 1:
        return f"{file}, row {line:,}: {message}"
    return f"{file}: {message}" if file and not message.startswith(file) else message


def _indented(console: Console, text: str, by: int = 2) -> None:
    if text:
        console.print(Padding(Text(text), (0, 0, 0, by), expand=False))
