"""Is anything lost, or left half, when the server is killed again and again? ``make chaos`` tries it.

docs/discussions/what-happens-when-it-is-killed.md says how, and what came out.
"""

from __future__ import annotations

import argparse
import os
import secrets
import shutil
import sys
import time
from pathlib import Path

from rich.console import Console

from tests.chaos.server import Server, served


def main() -> int:
    parser = argparse.ArgumentParser(prog="make chaos ARGS=…", description="Kills a real server at random moments.")
    parser.add_argument("--kills", type=int, default=200, help="how many (default 200: a quarter of an hour)")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="of what is killed, and when")
    parser.add_argument("--keep", type=Path, help="copy the server's folder here at the end")
    asked = parser.parse_args()
    console = Console(width=150)
    console.print(f"Seed {asked.seed}.")
    with served() as server:
        _be_one_of(server)
        from tests.chaos.trial import Trial  # noqa: PLC0415 — after Django is set up

        began = time.monotonic()
        trial = Trial(server, seed=asked.seed, console=console)
        trial.run(kills=asked.kills)
        trial.figures.show(console, minutes=(time.monotonic() - began) / 60, seed=asked.seed)
        if asked.keep:
            shutil.copytree(server.data, asked.keep, ignore=lambda _, names: [n for n in names if ".s.PGSQL" in n])
        return 1 if trial.figures.violations else 0


def _be_one_of(server: Server) -> None:
    """Gives this process, which sends, the server's database and folder; each connection is made anew."""
    import django  # noqa: PLC0415
    from django.conf import settings  # noqa: PLC0415

    for name, text in server.environment_of("worker 1").items():
        if name.startswith(("DATABASE_URL", "HOMEROOM_")):
            os.environ[name] = text
    os.environ["DJANGO_SETTINGS_MODULE"] = "homeroom.settings"
    settings.DATABASES["default"]["OPTIONS"].pop("pool", None)
    django.setup()


if __name__ == "__main__":
    sys.exit(main())
