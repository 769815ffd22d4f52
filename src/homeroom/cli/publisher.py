"""The made-up publisher of ``homeroom demo``, as processes: they have the rights of the application, and no others.

Without a word: makes the publisher, and prints who can sign in. ``nights``: plays the nights that lie behind it.
"""

from __future__ import annotations

import sys

from homeroom.cli import preparation

if __name__ == "__main__":
    preparation.set_up()
    from homeroom.demo import nights, publisher  # after set_up: they know the tables

    if sys.argv[1:] == ["nights"]:
        nights.main()
    else:
        print(publisher.prepare())  # noqa: T201 — the sign-ins, for the terminal
