"""Writes docs/reference/: `python -m tests.spec.reference [FOLDER]`. The same rules and examples, the same bytes."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.spec import rules_page, tables_page

DOCS = Path(__file__).parents[2] / "docs" / "reference"
PAGES = {"rules.md": rules_page.lines, "tables.md": tables_page.lines}


def write(folder: Path) -> None:
    """Writes the pages into a folder, which is made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, lines in PAGES.items():
        (folder / name).write_text("\n".join(lines()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else DOCS)
