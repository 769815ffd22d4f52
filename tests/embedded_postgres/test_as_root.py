"""As root: PostgreSQL refuses to be root, and its account may not reach what root can."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import psycopg
import pytest

from homeroom.embedded_postgres import EmbeddedPostgres

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="about root")


def test_server_is_not_root(folder: Path) -> None:
    with EmbeddedPostgres(folder):
        number = (folder / "cluster" / "postmaster.pid").read_text().split()[0]
        assert Path(f"/proc/{number}").stat().st_uid != 0


def test_folder_that_only_root_may_enter_stays_so_and_the_server_lies_elsewhere(folder: Path) -> None:
    private = folder.parent / "private"
    private.mkdir(mode=0o700)
    within = private / "postgres"

    try:
        for _ in range(2):  # found again
            with EmbeddedPostgres(within) as server, psycopg.connect(server.start().app) as connection:
                row = connection.execute("select 1").fetchone()
            assert row == (1,)
        home = Path((within / "elsewhere").read_text())
        assert home.parent == Path("/var/lib/homeroom")
        assert private.stat().st_mode & 0o777 == 0o700
    finally:
        shutil.rmtree(Path((within / "elsewhere").read_text()))
