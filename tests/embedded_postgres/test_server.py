"""The embedded server: made once, shared, brought back after every kind of end, and gone with its owner."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from homeroom.embedded_postgres import EmbeddedPostgres, EmbeddedPostgresError
from tests.embedded_postgres.conftest import Holder


def ask(url: str, question: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(question).fetchone()
    assert row is not None
    return row[0]


def tell(url: str, statement: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(statement)


def server_number(folder: Path) -> int:
    return int((folder / "cluster" / "postmaster.pid").read_text().split()[0])


def is_gone(number: int) -> bool:
    """Within ten seconds."""
    for _ in range(100):
        try:
            if Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.1)
    return False


def test_what_was_written_is_there_after_a_new_start(folder: Path) -> None:
    with EmbeddedPostgres(folder) as server:
        tell(server.start().owner, "create table notes as select 42 as answer")

    with EmbeddedPostgres(folder) as server:
        assert ask(server.start().app, "select answer from notes") == 42


def test_database_keeps_its_promises(folder: Path) -> None:
    """Checksums, durable writes, the order of code points, and no network address."""
    with EmbeddedPostgres(folder) as server:
        url = server.start().app
        shown = {name: ask(url, f"show {name}") for name in ("data_checksums", "fsync", "listen_addresses")}
        ordered = ask(url, "select string_agg(word, ' ' order by word) from unnest('{é,b,B,a,Z}'::text[]) word")

    assert shown == {"data_checksums": "on", "fsync": "on", "listen_addresses": ""}
    assert ordered == "B Z a b é"


@pytest.mark.skipif(os.geteuid() == 0, reason="root cannot be refused")
def test_folder_is_for_its_user_alone(folder: Path) -> None:
    with EmbeddedPostgres(folder):
        assert folder.stat().st_mode & 0o077 == 0


def test_several_that_start_at_once_share_one(folder: Path, holder: Callable[[Path], Holder]) -> None:
    said = [process.stdout.readline().split() for process in [holder(folder) for _ in range(4)] if process.stdout]

    assert sorted(word for word, _ in said) == ["guest", "guest", "guest", "owner"]
    assert len({ask(url, "select pg_postmaster_start_time()") for _, url in said}) == 1


def test_server_goes_when_its_owner_is_killed(folder: Path, holder: Callable[[Path], Holder]) -> None:
    owner = holder(folder)
    assert owner.stdout is not None
    word, url = owner.stdout.readline().split()
    tell(url.replace("homeroom_app", "homeroom_owner"), "create table notes as select 42 as answer")
    number = server_number(folder)

    owner.kill()

    assert word == "owner"
    assert is_gone(number)
    with EmbeddedPostgres(folder) as server:
        assert ask(server.start().app, "select answer from notes") == 42


def test_start_right_after_the_owner_was_killed_succeeds(folder: Path, holder: Callable[[Path], Holder]) -> None:
    owner = holder(folder)
    assert owner.stdout is not None
    owner.stdout.readline()
    owner.kill()

    with EmbeddedPostgres(folder) as server:
        assert ask(server.start().app, "select 1") == 1


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_ended_server_comes_back_with_what_was_committed(folder: Path, number: signal.Signals) -> None:
    with EmbeddedPostgres(folder) as server:
        tell(server.start().owner, "create table notes as select 42 as answer")
        ended = server_number(folder)
        os.kill(ended, number)
        assert is_gone(ended)
        assert not server.is_running

        assert ask(server.start().app, "select answer from notes") == 42


def test_server_that_recovers_by_itself_is_let_be(folder: Path) -> None:
    with EmbeddedPostgres(folder) as server:
        urls = server.start()
        number = server_number(folder)
        for _ in range(3):
            connection = psycopg.connect(urls.app)
            os.kill(connection.info.backend_pid, signal.SIGKILL)
            with pytest.raises(psycopg.OperationalError):
                connection.execute("select 1")

            assert ask(server.start().app, "select 1") == 1
            assert server_number(folder) == number


def test_guest_takes_over_when_the_owner_has_gone(folder: Path, holder: Callable[[Path], Holder]) -> None:
    owner = holder(folder)
    assert owner.stdout is not None
    owner.stdout.readline()
    with EmbeddedPostgres(folder) as guest:
        assert not guest.is_ours
        owner.communicate()

        assert ask(guest.start().app, "select 1") == 1
        assert guest.is_ours


def test_guest_that_leaves_lets_the_server_run(folder: Path) -> None:
    with EmbeddedPostgres(folder) as owner:
        with EmbeddedPostgres(folder):
            pass
        assert owner.is_running


def test_number_that_now_belongs_to_another_process_does_not_keep_the_server_off(folder: Path) -> None:
    with EmbeddedPostgres(folder):
        lines = (folder / "cluster" / "postmaster.pid").read_text().splitlines()
    somebody = subprocess.Popen(["sleep", "60"])
    try:
        (folder / "cluster" / "postmaster.pid").write_text("\n".join([str(somebody.pid), *lines[1:]]) + "\n")
        with EmbeddedPostgres(folder) as server:
            assert ask(server.start().app, "select 1") == 1
    finally:
        somebody.kill()
        somebody.wait()


def test_lock_of_a_living_server_is_left_alone(folder: Path) -> None:
    """Even where its socket was removed, so that nobody can ask it who it is."""
    with EmbeddedPostgres(folder) as owner:
        owner.start()
        (folder / "sockets" / ".s.PGSQL.5432").unlink()
        other = EmbeddedPostgres(folder)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("homeroom.embedded_postgres.server.FREED_WITHIN_SECONDS", 1)
            with pytest.raises(EmbeddedPostgresError, match="DATABASE_URL"):
                other.start()


@pytest.mark.parametrize(
    "name",
    ["it's a space", 'say "so"', "élève,100%25", "x" * 120, "$HOME;ls"],
    ids=["space", "double quote", "accent", "long", "shell"],
)
def test_odd_path_makes_no_difference(folder: Path, name: str) -> None:
    with EmbeddedPostgres(folder / name) as server:
        assert ask(server.start().app, "select current_user") == "homeroom_app"
        sockets = server._sockets

    assert not sockets.exists()


def test_half_made_cluster_is_made_anew(folder: Path) -> None:
    (folder / "cluster.making").mkdir(parents=True)
    (folder / "cluster.making" / "PG_VERSION").write_text("18\n")

    with EmbeddedPostgres(folder) as server:
        assert ask(server.start().app, "select 1") == 1


def test_cluster_of_another_version_is_left_alone(folder: Path) -> None:
    with EmbeddedPostgres(folder):
        pass
    (folder / "cluster" / "PG_VERSION").write_text("17\n")

    with pytest.raises(EmbeddedPostgresError, match="made by PostgreSQL 17"):
        EmbeddedPostgres(folder).start()


def test_user_without_a_name_is_told_the_way_out(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 4_000_001)

    with pytest.raises(EmbeddedPostgresError, match=r"4000001.*\n?.*DATABASE_URL"):
        EmbeddedPostgres(folder).start()


def test_machine_without_the_binaries_is_told_the_way_out(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)

    with pytest.raises(EmbeddedPostgresError, match="DATABASE_URL"):
        EmbeddedPostgres(folder).start()
