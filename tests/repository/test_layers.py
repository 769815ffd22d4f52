"""The engine decides what happens to pupils, so it is pure: what it may import is listed here.

The order of the layers (cli, demo, sources, engine) is import-linter's business, in pyproject.toml and `make check`.
What it cannot say is "polars, its hash plug-in and the standard library, and nothing else": that is tested here, from
the imports as they are written, inside functions too.

Of the standard library, all that reaches a network, another process, a log, chance, the clock or the machine's
settings is refused. Two doors stay open that no list of imports can close: `datetime` is needed for dates, and has a
`now`; `pathlib` is needed for the delivery and the work folder, and could open any other path. Reviewers look at both.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.repository.places import PACKAGE, named

ENGINE = PACKAGE / "engine"
OUTSIDE_THE_STANDARD_LIBRARY = ("homeroom.engine", "polars", "polars_hash")
REFUSED = {
    "network": {
        "asyncio", "ftplib", "http", "imaplib", "mailbox", "nntplib", "poplib", "select", "selectors", "smtplib",
        "socket", "socketserver", "ssl", "telnetlib", "urllib", "webbrowser", "wsgiref", "xmlrpc",
    },
    # Threads that polars keeps busy (concurrent.futures) are harmless: their results are taken in order.
    "processes": {"ctypes", "multiprocessing", "pty", "signal", "subprocess"},
    "talk": {"logging", "syslog", "warnings"},
    "chance": {"random", "secrets", "uuid"},
    "clock": {"sched", "time", "zoneinfo"},
    "the machine": {"getpass", "locale", "platform", "pwd", "sqlite3", "tempfile"},
}  # fmt: skip


def imports(source: str) -> Iterator[str]:
    """The full dotted name of each module that a source text imports, wherever the import stands."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def may_be_imported(module: str) -> bool:
    top = module.partition(".")[0]
    if top in sys.stdlib_module_names:
        return not any(top in names for names in REFUSED.values())
    return any(module == name or module.startswith(f"{name}.") for name in OUTSIDE_THE_STANDARD_LIBRARY)


@pytest.mark.parametrize("path", sorted(ENGINE.rglob("*.py")), ids=named)
def test_engine_imports_polars_and_the_harmless_standard_library_only(path: Path) -> None:
    refused = [module for module in imports(path.read_text(encoding="utf-8")) if not may_be_imported(module)]

    assert refused == []


@pytest.mark.parametrize(
    "source",
    [
        "import requests",
        "import urllib.request",
        "from subprocess import run",
        "def late():\n    import socket",
        "from homeroom import sources",
        "from homeroom.sources.archive import opened",
        "from . import tables",
        "import polarsome",
    ],
)
def test_an_import_that_reaches_outside_is_seen(source: str) -> None:
    assert not all(may_be_imported(module) for module in imports(source))


@pytest.mark.parametrize(
    "source",
    ["import polars as pl", "import polars_hash", "import json, re", "from homeroom.engine.tables import Table"],
)
def test_an_import_that_stays_inside_is_left_alone(source: str) -> None:
    assert all(may_be_imported(module) for module in imports(source))
