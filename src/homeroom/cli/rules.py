"""``homeroom rules``: which rules there are, and what one of them means."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Annotated

import typer
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from homeroom.cli.wrong_use import WrongUseError
from homeroom.engine.rules import RULES, RULES_BY_ID

_PIPED_WIDTH = 1000  # one line for each rule, for whoever searches them


def rules(
    rule: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="The id of one rule, to have it explained.")
    ] = None,
) -> int:
    """Lists all rules, or explains one."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _PIPED_WIDTH
    if rule is None:
        table = Table("Rule", "Consequence", "What must be so", box=None, pad_edge=False)
        for one in RULES:
            table.add_row(one.id, one.consequence.value, Text(one.says))
        console.print(table)
        return 0
    if rule not in RULES_BY_ID:
        close = get_close_matches(rule, RULES_BY_ID, n=1)
        guess = f" Did you mean {close[0]}?" if close else " The command homeroom rules lists them."
        raise WrongUseError(f"There is no rule {rule}.{guess}")
    one = RULES_BY_ID[rule]
    optional = f" (in a column that may be empty: {one.in_optional.value})" if one.in_optional else ""
    for heading, text in (
        ("Rule", one.id),
        ("What must be so", one.says),
        ("If it is not", one.consequence.value + optional),
        ("What is reported", one.message),
        ("What to do", one.remedy),
        ("Source", one.source),
    ):
        console.print(Text(heading, style="bold"))
        console.print(Padding(Text(text), (0, 0, 0, 2), expand=False))
    return 0
