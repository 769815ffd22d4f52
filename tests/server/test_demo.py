"""`homeroom demo` never touches the database or the folder of an installation that is in use."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from homeroom.cli import installation
from tests.server.conftest import HOMEROOM, environment


def test_database_that_others_use_is_left_alone(tmp_path: Path) -> None:
    env = environment(tmp_path / "data", DATABASE_URL="postgresql://homeroom_app@127.0.0.1:1/homeroom")

    asked = subprocess.run([*HOMEROOM, "demo"], env=env, capture_output=True, text=True, timeout=60, check=False)

    assert asked.returncode == 64
    assert "made-up districts do not belong into a database that others use" in asked.stderr
    assert not (tmp_path / "data").exists()


def test_folder_that_others_use_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.setenv("HOMEROOM_DATA", str(tmp_path))

    installation.keep_apart("homeroom-demo")

    assert Path(os.environ["HOMEROOM_DATA"]) == tmp_path / "homeroom-demo"
