"""Fixtures of the tests of syncs: a folder for their files, and districts whose rosters are made up."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings


@pytest.fixture
def data(settings: Settings, tmp_path: Path) -> Path:
    """The folder for deliveries and reports, empty."""
    settings.HOMEROOM_DATA = tmp_path / "data"
    return tmp_path / "data"
