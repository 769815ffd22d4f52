"""Every example of every rule: what is sent, and exactly what is found.

docs/reference/rules.md is printed from the same examples.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree

import pytest

from homeroom.engine.rule import Rule
from homeroom.engine.rules import RULES
from tests.spec.example import Example, Found
from tests.spec.examples import EXAMPLES
from tests.spec.judging import judge

Case = tuple[Example, str]


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An empty folder that is gone afterwards."""
    path = tmp_path_factory.mktemp("example")
    yield path
    rmtree(path)


CASES: list[Case] = [(example, version) for example in EXAMPLES for version in example.versions]


def named(case: object) -> str:
    assert isinstance(case, tuple)
    example, version = case
    return f"{example.rule}: {example.title} ({version})"


def in_order(findings: list[Found]) -> list[tuple[str, int, str, str, str, str]]:
    """The findings as plain rows, sorted: file, line, field, rule, consequence, message."""
    return sorted(
        (one.file or "", one.line or 0, one.field or "", one.rule, one.consequence, one.message) for one in findings
    )


@pytest.mark.parametrize("case", CASES, ids=named)
def test_finds_exactly_what_the_example_says(case: Case, folder: Path) -> None:
    example, version = case

    outcome = judge(example, version, folder)

    assert in_order(outcome.findings) == in_order(example.expected(version))
    assert set(outcome.told_of()) <= set(outcome.written())
    assert outcome.checked.stopped == any(one.consequence == "stops the sync" for one in example.expected(version))
    assert {table: outcome.accepted(table) for table in example.accepted} == {
        table: set(ids.split()) for table, ids in example.accepted.items()
    }
    assert {table: outcome.proposed(table) for table in example.roster} == {
        table: set(ids.split()) for table, ids in example.roster.items()
    }
    assert {table: outcome.left_out(table) for table in example.left_out} == dict(example.left_out)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_rule_is_broken_by_an_example(rule: Rule) -> None:
    assert any(example.breaks_its_rule for example in EXAMPLES if example.rule == rule.id)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_rule_leaves_alone_what_is_beside_the_fault(rule: Rule) -> None:
    assert any(example.leaves_something_alone for example in EXAMPLES if example.rule == rule.id)


def test_every_example_is_about_a_rule_and_told_once() -> None:
    told = [(example.rule, example.title) for example in EXAMPLES]

    assert {rule for rule, _ in told} <= {rule.id for rule in RULES}
    assert len(told) == len(set(told))
