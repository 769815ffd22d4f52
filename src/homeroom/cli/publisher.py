"""The made-up publisher of ``homeroom demo``, as a process: it has the rights of the application, and no others."""

from __future__ import annotations

import importlib

from homeroom.cli import preparation
from homeroom.cli.serving import MADE_UP

if __name__ == "__main__":
    preparation.set_up()
    # By its name: it stands below us, and is not asked for before somebody wants the demo.
    print(importlib.import_module(MADE_UP).prepare())  # noqa: T201 — the sign-ins, for the terminal
