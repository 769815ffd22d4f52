"""The made-up publisher of ``homeroom demo``, as processes: they have the rights of the application, and no others.

Without a word: makes the publisher, and prints who can sign in. ``nights``: plays the nights that lie behind it.
``source``: is the system of the district whose roster is collected, for as long as it runs.
"""

from __future__ import annotations

import sys

from homeroom.cli import preparation

if __name__ == "__main__":
    preparation.set_up()
    from homeroom.demo import nights, publisher, sources  # after set_up: they know the tables

    if sys.argv[1:] == ["nights"]:
        nights.main()
    elif sys.argv[1:] == ["source"]:
        sources.main()
    else:
        print(publisher.prepare())  # noqa: T201 — the sign-ins, for the terminal
