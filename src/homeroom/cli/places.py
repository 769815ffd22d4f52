"""May the results be written where the person wants them? Asked before the work begins, not after it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryFile

from homeroom.cli.wrong_use import WrongUseError


def make_ready(out: Path, findings: Path | None, *, inputs: Iterable[Path]) -> None:
    """Makes the folders of the results. Raises WrongUseError if something cannot be written there, or if the file of
    findings would take the place of one of the inputs.
    """
    _writable(out, "--out", "The sync reports")
    if findings is None:
        return
    _writable(findings.parent, "--findings", "The findings")
    if findings.is_dir():
        raise WrongUseError(
            f"--findings {findings} is a folder; name a file in it, such as {findings / 'findings.csv'}."
        )
    if findings.resolve() in {path.resolve() for path in inputs}:
        raise WrongUseError(f"--findings {findings} is one of the files to be checked; give it another name.")


def _writable(folder: Path, option: str, what: str) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        reason = "it is a file, not a folder" if folder.is_file() else error.strerror
        raise WrongUseError(
            f"{what} cannot be written to {folder}: {reason}. Name another place with {option}."
        ) from None
