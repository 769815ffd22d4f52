"""A delivered file with its text, before it is known which table it holds."""

from __future__ import annotations

from dataclasses import dataclass

from homeroom.engine.delivery import File
from homeroom.engine.formats.csv_text import CsvText


@dataclass(frozen=True)
class Opened:
    """A file of the delivery whose header row could be read."""

    file: File
    text: CsvText
