"""The command was used wrongly: exit status 64, with a sentence that says what would be right."""

from __future__ import annotations


class WrongUseError(Exception):
    """What was asked for cannot be done as asked; the text is for the person who typed it."""
