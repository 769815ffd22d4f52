"""What the tests of the engine have in common."""

from pathlib import Path

import pytest

from tests.engine.syncs import Office


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)
