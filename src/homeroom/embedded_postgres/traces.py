"""Does our server run, and is what a killed one left behind still anybody's?"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import psycopg

from homeroom.embedded_postgres.surroundings import ADMIN, PORT


def answers(sockets: Path, home: Path) -> bool:
    """Is it our server? Asked of the server: a file with a process's number proves nothing after a crash."""
    try:
        with psycopg.connect(host=str(sockets), port=PORT, user=ADMIN, dbname="postgres", connect_timeout=5) as admin:
            row = admin.execute("show data_directory").fetchone()
    except psycopg.OperationalError:
        return False
    return row is not None and os.path.realpath(row[0]) == os.path.realpath(home / "cluster")


def clear(trace: Path, cluster: Path) -> None:
    """Removes a lock file whose server is gone; PostgreSQL keeps off while any process has the number that is in it."""
    try:
        number = abs(int(trace.read_text().split()[0]))
    except (FileNotFoundError, IndexError, ValueError):
        return
    if not _is_server(number, cluster):
        trace.unlink(missing_ok=True)


def _is_server(number: int, cluster: Path) -> bool:
    """Does the process of that number live, and is it the server of that cluster?"""
    name, state = _name_and_state(number)
    if state in ("", "Z") or not name.startswith("postgres"):
        return False
    try:
        return os.path.realpath(f"/proc/{number}/cwd", strict=True) == os.path.realpath(cluster)
    except OSError:
        return True  # we may not look, or this is not Linux


def _name_and_state(number: int) -> tuple[str, str]:
    """Of a process; both are empty if there is none."""
    if Path("/proc/self/stat").exists():  # Linux, where small images have no ps
        try:
            shown = Path(f"/proc/{number}/stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return "", ""
        head, _, tail = shown.rpartition(")")
        return head.partition("(")[2], tail.split()[0]
    command = ["/bin/ps", "-o", "stat=,comm=", "-p", str(number)]
    state, _, name = subprocess.run(command, check=False, capture_output=True, text=True).stdout.strip().partition(" ")
    return name.strip().rpartition("/")[2], state[:1]
