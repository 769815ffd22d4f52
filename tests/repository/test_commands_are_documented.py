"""Every command and every option stands on a page; every make target says what it does."""

import re
import subprocess
from collections.abc import Iterator

import click
import pytest
import typer

from homeroom import __version__, cli
from tests.repository.places import ROOT, pages

TEXT = "\n".join(page.read_text(encoding="utf-8") for page in pages())


def commands() -> dict[str, click.Command]:
    return typer.main.get_command(cli.app).commands


def options() -> Iterator[str]:
    for name, command in commands().items():
        for parameter in command.params:
            yield from (
                f"{name} {option}" for option in parameter.opts if option.startswith("--") and option != "--help"
            )


@pytest.mark.parametrize("command", sorted(commands()))
def test_command_is_documented(command: str) -> None:
    assert f"homeroom {command}" in TEXT


@pytest.mark.parametrize("option", sorted(options()))
def test_option_is_documented(option: str) -> None:
    assert re.search(rf"{option.split()[1]}\b", TEXT)


def test_version_of_the_package_is_the_one_it_was_built_with() -> None:
    assert f'\nversion = "{__version__}"\n' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_bare_make_lists_every_target_with_one_line() -> None:
    listed = subprocess.run(
        ["make", "--no-print-directory"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    targets = re.findall(r"^\.PHONY: (\S+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)

    assert re.findall(r"^make (\S+) +\S", listed, re.MULTILINE) == targets
