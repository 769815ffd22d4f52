"""Text and tables as Markdown, so that what cannot be seen is seen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_LONGEST_CELL = 60
_LONGEST_LINE = 110
_MOST_LINES = 12
_PICTURES = {chr(code): chr(0x2400 + code) for code in (*range(0x20), 0x7F) if chr(code) != "\n"} | {"\x7f": "\u2421"}
_NAMED = re.compile("[\x80-\x9f\u200b-\u200f\u2028\u2029\ufeff\ufffd]")
_MEANS_SOMETHING = re.compile(r"([\\`*_<|])")


def visible(text: str) -> str:
    """The text with characters that nobody can see written out; line breaks are left as they are."""
    text = "".join(_PICTURES.get(sign, sign) for sign in text)
    return _NAMED.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)


def prose(text: str) -> str:
    """The text for a paragraph or a cell: nothing in it is taken for Markdown, and it is one line."""
    return _MEANS_SOMETHING.sub(r"\\\1", visible(text.replace("\n", "\u21b5")))


def code(text: str) -> str:
    """The text set as code, for words of the machine; empty stays empty."""
    return f"`{visible(text)}`".replace("|", "\\|") if text else ""


def cell(text: str) -> str:
    """A value for a table cell; spaces at its ends are shown, and a long one is cut."""
    if len(text) > _LONGEST_CELL:
        return f"{prose(text[:20])}… ({len(text)} characters)"
    shown = prose(text)
    return f"`{visible(text)}`" if text != text.strip() and "`" not in text else shown


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a table whose cells are Markdown already."""
    return [_row(header), _row(["---"] * len(header)), *map(_row, rows)]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def block(content: str | bytes) -> list[str]:
    """The lines of a code block with the beginning of a file, as it lies on disk."""
    text = content if isinstance(content, str) else content.decode(errors="replace")
    lines = visible(text.replace("\r\n", "\n").removesuffix("\n")).split("\n")
    shown = [line if len(line) <= _LONGEST_LINE else line[:_LONGEST_LINE] + "…" for line in lines[:_MOST_LINES]]
    more = [f"… and {len(lines) - _MOST_LINES} lines more"] if len(lines) > _MOST_LINES else []
    return ["```text", *shown, *more, "```"]
