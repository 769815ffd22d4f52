"""What `homeroom check --json` prints is what the page on checking a roster says."""

import re
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import get_type_hints

import pytest

from homeroom.engine import Report, Status
from homeroom.engine.report import Cause, TableCounts

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "check-a-roster.md"
WORDS: Mapping[object, str] = {
    str: "text",
    Status: "text",
    int: "number",
    str | None: "text or null",
    int | None: "number or null",
    dict[str, int]: "object",
    tuple[str, ...]: "list of texts",
    tuple[TableCounts, ...]: "list of objects",
    tuple[Cause, ...]: "list of objects",
}


def documented() -> list[dict[str, str]]:
    """The tables of keys on the page, in their order: key to type."""
    section = PAGE.read_text(encoding="utf-8").split("<!-- json -->")[1].split("<!-- /json -->")[0]
    tables = section.split("| key | type | meaning |")[1:]
    return [dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \| \S[^|]+ \|$", table, re.MULTILINE)) for table in tables]


@pytest.mark.parametrize(
    ("place", "kind", "beside"), [(0, Report, {"reports": "list of texts"}), (1, TableCounts, {}), (2, Cause, {})]
)
def test_every_key_is_documented_with_its_type(place: int, kind: type, beside: dict[str, str]) -> None:
    types = get_type_hints(kind)

    keys = {field.name: WORDS[types[field.name]] for field in fields(kind)}

    assert documented()[place] == keys | beside
