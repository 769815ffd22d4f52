"""The command as a process: how it starts, how it ends when somebody stops it, and what it leaves behind."""

import json
import os
import pty
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from polars.exceptions import PanicException

from tests.cli.ferndale import deliver, with_error, zipped
from tests.cli.running import HOMEROOM, Command, alone

REJECT = Path(__file__).parents[1] / "sources" / "zips" / "reject"
NETWORK = {"asyncio", "ftplib", "http", "httpx", "imaplib", "requests", "smtplib", "ssl", "urllib3", "xmlrpc"}


def test_command_starts_without_a_server_and_without_the_network() -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", "import homeroom.cli, sys; print(*sorted(sys.modules))"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()

    tops = {name.split(".")[0] for name in loaded}
    assert "homeroom" in tops
    assert not tops & (NETWORK | {"django"})


def test_terminal_that_knows_few_characters_gets_the_others_spelt_out(home: Path, tmp_path: Path) -> None:
    ran = alone("check", with_error(tmp_path / "roster"), home=home, PYTHONIOENCODING="ascii")

    assert (ran.status, ran.err) == (1, "")
    assert r"role is \u201cStudent\u201d" in ran.out
    assert [path.name for path in (home / "sync-reports").iterdir()] == ["users_sync_report.csv"]


def test_json_is_utf_8_whatever_the_terminal_speaks(home: Path, tmp_path: Path) -> None:
    archive = Path(shutil.copy(REJECT / "traversal.zip", tmp_path / "Schüler.zip"))

    ran = alone("check", archive, "--json", home=home, PYTHONIOENCODING="latin-1")

    assert ran.status == 2
    assert "in Schüler.zip points" in json.loads(ran.out)["reasons"][0]


@pytest.mark.parametrize("option", ["", "--json"])
def test_reader_who_has_seen_enough_gets_no_complaint(home: Path, tmp_path: Path, option: str) -> None:
    code = shlex.join([*HOMEROOM, "check", str(with_error(tmp_path / "roster"))])

    ran = subprocess.run(
        ["bash", "-c", f"{code} {option} | true; echo ${{PIPESTATUS[0]}}"],
        cwd=home,
        check=True,
        capture_output=True,
        text=True,
    )

    assert (ran.stdout, ran.stderr) == ("141\n", "")
    assert (home / "sync-reports" / "users_sync_report.csv").exists()


@pytest.fixture
def waiting(home: Path, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """The command while it judges: an archive is unpacked, and the work folder is there."""
    archive = zipped(deliver(tmp_path / "roster"), tmp_path / "roster.zip")
    (tmp_path / "work").mkdir()
    code = """
import sys, time
from homeroom import cli, engine
def validate(*_, **__):
    print("judging", flush=True)
    time.sleep(60)
engine.validate = validate
cli.main()
"""
    process = subprocess.Popen(
        [sys.executable, "-c", code, "check", archive],
        cwd=home,
        env={**os.environ, "TMPDIR": str(tmp_path / "work")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "judging\n"
    assert list((tmp_path / "work").glob("homeroom-*/delivery/*"))
    yield process
    process.kill()  # if the test did not end it
    process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_command_that_is_stopped_leaves_no_pupils_data_behind(
    waiting: subprocess.Popen[str], tmp_path: Path, number: signal.Signals
) -> None:
    waiting.send_signal(number)
    out, err = waiting.communicate(timeout=60)

    assert (waiting.returncode, out) == (130, "")
    assert "Traceback" not in err
    assert list((tmp_path / "work").iterdir()) == []


def test_terminal_of_a_person_shows_the_result(home: Path, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*HOMEROOM, "check", with_error(tmp_path / "roster")],
        cwd=home,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "70"},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    while part := _read(ours):
        shown += part
    os.close(ours)

    text = re.sub(r"\x1b\[[\d;?]*[a-zA-Z]", "", shown.decode())
    assert process.wait(timeout=60) == 1
    assert "Completed with Errors\r\n" in text
    assert max(len(line.rsplit("\r", 1)[-1]) for line in text.split("\r\n")) <= 70


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # Linux says so when nobody holds the other end any more
        return b""


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> type[Exception]:
    """The engine with a fault in it."""

    def validate(*_: object, **__: object) -> None:
        raise ZeroDivisionError("of p1, Ana Lopez")

    monkeypatch.setattr("homeroom.engine.validate", validate)
    return ZeroDivisionError


def test_fault_of_ours_is_told_without_a_trace_and_without_data(
    homeroom: Command, roster: Path, broken: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HOMEROOM_DEBUG")

    ran = homeroom("check", roster)

    assert (ran.status, ran.out) == (70, "")
    assert ran.err == (
        "homeroom stopped because of a fault of its own (ZeroDivisionError). Nothing was changed. "
        "Please report it with the command that you ran; do not send the roster.\n"
    )


@pytest.mark.parametrize("said", ["false", "0", "off", "", "perhaps"])
def test_who_says_that_he_is_no_developer_is_shown_no_trace(
    homeroom: Command, roster: Path, broken: type[Exception], monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    monkeypatch.setenv("HOMEROOM_DEBUG", said)

    assert homeroom("check", roster).status == 70


def test_fault_of_ours_is_shown_to_a_developer_who_asks(
    homeroom: Command, roster: Path, broken: type[Exception], temporary: Path
) -> None:
    with pytest.raises(broken):
        homeroom("check", roster)

    assert list(temporary.iterdir()) == []


def test_panic_of_the_engine_room_is_a_fault_of_ours(
    homeroom: Command, roster: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Polars panics with an exception that is none of Python's ordinary ones."""

    def validate(*_: object, **__: object) -> None:
        raise PanicException("index out of bounds")

    monkeypatch.setattr("homeroom.engine.validate", validate)
    monkeypatch.delenv("HOMEROOM_DEBUG")

    assert homeroom("check", roster).status == 70


def test_full_disk_is_not_called_a_fault_of_ours(
    homeroom: Command, roster: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def validate(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", "/somewhere/part.parquet")

    monkeypatch.setattr("homeroom.engine.validate", validate)
    monkeypatch.delenv("HOMEROOM_DEBUG")

    ran = homeroom("check", roster)

    assert ran.status == 70
    assert ran.err == (
        "homeroom could not go on; the system says: No space left on device (/somewhere/part.parquet). "
        "Nothing was changed.\n"
    )


@pytest.mark.parametrize("status", [0, 1, 3])
def test_status_with_which_a_command_of_django_ends_is_passed_on(
    homeroom: Command, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    def manage(_: list[str]) -> int:
        raise SystemExit(status)

    monkeypatch.setattr("homeroom.cli.preparation.manage", manage)

    assert homeroom("manage", "check").status == status
