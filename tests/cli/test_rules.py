"""What a person gets from `homeroom rules`."""

import re

import pytest

from homeroom.engine.rules import RULES
from tests.cli.running import Command


def test_list_has_a_line_for_each_rule(homeroom: Command) -> None:
    ran = homeroom("rules")

    lines = [re.split(r" {2,}", line.rstrip(), maxsplit=2) for line in ran.out.splitlines()]
    assert (ran.status, ran.err) == (0, "")
    assert lines[0] == ["Rule", "Consequence", "What must be so"]
    assert lines[1:] == [[rule.id, rule.consequence.value, rule.says] for rule in RULES]


def test_list_fits_into_a_narrow_terminal(homeroom: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")

    ran = homeroom("rules")

    assert max(len(re.sub(r"\x1b\[\d*m", "", line)) for line in ran.out.splitlines()) <= 80


def test_one_rule_is_explained(homeroom: Command) -> None:
    ran = homeroom("rules", "email-form")

    assert (ran.status, ran.err) == (0, "")
    assert re.findall(r"^\S.*$", ran.out, re.MULTILINE) == [
        "Rule",
        "What must be so",
        "If it is not",
        "What is reported",
        "What to do",
        "Source",
    ]
    assert "If it is not\n  clears the value" in ran.out


def test_rule_that_is_milder_where_a_cell_may_be_empty_says_so(homeroom: Command) -> None:
    ran = homeroom("rules", "date-form")

    assert "If it is not\n  refuses the row (in a column that may be empty: clears the value)" in ran.out
