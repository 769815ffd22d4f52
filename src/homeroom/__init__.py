"""Homeroom checks school rosters and says, record by record, what was refused and why."""

__version__ = "0.1.0.dev0"
