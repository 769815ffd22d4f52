"""Every rule stands in the reference, the reference is what the generator writes, and every setting has its page."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from homeroom.engine import profile
from homeroom.engine.rules import RULES
from tests.repository.places import DOCS, ROOT, named

REFERENCE = DOCS / "reference"
RULES_PAGE = REFERENCE / "rules.md"
GENERATOR = "tests.spec.reference"
"""The module behind `make docs`: run with a folder, it writes the reference pages there instead of docs/reference."""

KEBAB_CASE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_rule_stands_in_the_reference(rule: object) -> None:
    assert f"`{rule.id}`" in RULES_PAGE.read_text(encoding="utf-8")


def test_rule_ids_are_plain_and_each_is_used_once() -> None:
    ids = [rule.id for rule in RULES]

    assert len(ids) == len(set(ids))
    assert [rule_id for rule_id in ids if not KEBAB_CASE.fullmatch(rule_id)] == []


def test_reference_is_what_make_docs_would_write(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", GENERATOR, str(tmp_path)], cwd=ROOT, check=True)

    written = {path.name: path.read_text(encoding="utf-8") for path in sorted(tmp_path.glob("*.md"))}
    assert RULES_PAGE.name in written
    for name, text in written.items():
        assert (REFERENCE / name).read_text(encoding="utf-8") == text, (
            f"run make docs: {named(REFERENCE / name)} is behind"
        )


def test_every_setting_of_a_profile_is_explained() -> None:
    page = (DOCS / "how-to" / "write-a-profile.md").read_text(encoding="utf-8")
    settings = [key for _, key in profile._KEYS]

    assert [key for key in settings if f"`{key}`" not in page] == []


@pytest.mark.parametrize("consequence", profile.CONSEQUENCES)
def test_every_consequence_is_explained(consequence: str) -> None:
    assert f"`{consequence}`" in (DOCS / "how-to" / "write-a-profile.md").read_text(encoding="utf-8")
