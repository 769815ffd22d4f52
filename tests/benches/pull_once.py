"""One pull, as a night does it."""

import shutil
import sys
from pathlib import Path

import homeroom.cli.allocation  # noqa: F401 — as every worker has it
from homeroom.demo.provider_access import TOKEN
from homeroom.sources.oneroster_rest import Bearer, Connection, collect

pages = Path(sys.argv[2])
shutil.rmtree(pages, ignore_errors=True)
collect(Connection(sys.argv[1], "1.1", Bearer(TOKEN), allows_loopback=True), pages)
