from pathlib import Path

import pytest


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder to put things into, beside the work folder."""
    folder = tmp_path / "here"
    folder.mkdir()
    return folder
