import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from homeroom import cli
from tests.cli.ferndale import deliver
from tests.cli.running import Command, Ran


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, empty but for folders of ours that nothing looks into."""
    here = tmp_path / "home"
    here.mkdir()
    monkeypatch.chdir(here)
    return here


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the command makes its work folder."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


@pytest.fixture
def homeroom(
    home: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Command]:
    """The command line, called as the shell calls it; a fault of ours is raised, so that a test shows where it is."""
    for name in ("FORCE_COLOR", "NO_COLOR", "COLUMNS", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOMEROOM_DEBUG", "1")
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}

    def run(*arguments: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["homeroom", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            cli.main()
        printed = capsys.readouterr()
        assert list(temporary.iterdir()) == []
        assert isinstance(end.value.code, int)
        return Ran(end.value.code, printed.out, printed.err)

    yield run
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    """A small roster in a folder, with nothing to say about it."""
    return deliver(tmp_path / "roster")
