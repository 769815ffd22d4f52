from collections.abc import Iterator

import pytest
import stamina


@pytest.fixture(autouse=True)
def impatient() -> Iterator[None]:
    """Tries as often as otherwise, but does not wait in between."""
    with stamina.set_testing(True, attempts=3, cap=True):
        yield
