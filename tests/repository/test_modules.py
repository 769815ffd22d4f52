"""Files stay small and are named after what they hold (CONTRIBUTING.md, "Taste")."""

from pathlib import Path

import pytest

from tests.repository.places import modules, named

LINES = 400
LONGER_FOR_A_REASON: dict[str, str] = {}
"""Path to reason. Empty is best."""

SAYS_NOTHING = {
    "base", "common", "core", "data", "handler", "handlers", "helper", "helpers", "info", "lib", "manager", "managers",
    "misc", "processor", "service", "services", "shared", "tools", "util", "utils",
}  # fmt: skip


def line_count(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("path", [path for path in modules() if path.parent.name != "migrations"], ids=named)
def test_module_fits_on_the_desk(path: Path) -> None:
    assert named(path) in LONGER_FOR_A_REASON or line_count(path) <= LINES


def test_reasons_for_long_modules_are_still_needed() -> None:
    too_long = {named(path) for path in modules() if line_count(path) > LINES}

    assert set(LONGER_FOR_A_REASON) <= too_long


@pytest.mark.parametrize("path", modules(), ids=named)
def test_module_is_named_after_what_it_holds(path: Path) -> None:
    own_name = path.parent.name if path.stem == "__init__" else path.stem

    assert own_name not in SAYS_NOTHING


@pytest.mark.parametrize(
    "path", [path for path in modules() if path.stat().st_size and path.parent.name != "migrations"], ids=named
)
def test_module_opens_with_the_question_it_answers(path: Path) -> None:
    assert path.read_text(encoding="utf-8").lstrip().startswith('"""')
