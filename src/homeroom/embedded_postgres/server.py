"""The server as its users hold it: one process owns it, others join."""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import psycopg
from filelock import FileLock
from psycopg import sql

from homeroom.embedded_postgres import cluster, lifeline, surroundings, traces
from homeroom.embedded_postgres.surroundings import ADMIN, PORT, WAY_OUT, EmbeddedPostgresError

DATABASE = "homeroom"
OWNER, APP = "homeroom_owner", "homeroom_app"
ROLES = Path(__file__).with_name("roles.sql")

READY_WITHIN_SECONDS = 300  # after a crash the log is replayed first
FREED_WITHIN_SECONDS = 30  # what a killed server leaves behind goes within moments
STOPPED_WITHIN_SECONDS = 60
MEGABYTE = 1024**2

SETTINGS = {
    "listen_addresses": "",
    "port": PORT,
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "max_wal_size": "4GB",  # a first load writes gigabytes; fewer checkpoints, each page written once
    "checkpoint_timeout": "15min",
    "wal_level": "minimal",  # nobody replicates an embedded server
    "max_wal_senders": "0",
    "maintenance_work_mem": "256MB",
    "work_mem": "32MB",
    "jit": "off",  # compiling costs more than it saves on statements like ours
    # Messages about a statement quote rows, so they go to who sent it and not into the log.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


@dataclass(frozen=True)
class Urls:
    """A database's addresses, one for each role."""

    owner: str
    app: str


class EmbeddedPostgres:
    """A PostgreSQL whose files lie below a folder; many processes may hold one of these for the same folder.

    Who starts the server owns it: it stops with its owner, however that ends. The others join it. A start must come
    from a thread that lives as long as the server shall: Linux ends a child with the thread that made it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, _kind: type[BaseException] | None, _: BaseException | None, _t: TracebackType | None) -> None:
        self.stop()

    def start(self) -> Urls:
        """The addresses of a running server: the one that runs, or a new one. May be called again to bring it back."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o711 if os.geteuid() == 0 else 0o700)
        with FileLock(self.folder / "start.lock", mode=0o600):
            account = surroundings.find_account(self.folder)
            home = surroundings.find_home(self.folder, account)
            sockets = surroundings.find_sockets(home, account)
            if not traces.answers(sockets, home) and not self._recovers(home, sockets):
                self._launch(home, sockets, account)
            self._sockets = sockets
            return self.create_database(DATABASE)

    def create_database(self, name: str, *, template: str = "template1") -> Urls:
        """The addresses of the database of that name, which is made, with our roles' rights, if it is not there."""
        with psycopg.connect(self._admin_url("postgres"), autocommit=True) as admin:
            if not admin.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
                names = sql.Identifier(name), sql.Identifier(template)
                admin.execute(sql.SQL("create database {} template {}").format(*names))
        with psycopg.connect(self._admin_url(name)) as admin:
            admin.execute(ROLES.read_bytes())
        return Urls(owner=self._url(OWNER, name), app=self._url(APP, name))

    def drop_database(self, name: str) -> None:
        with psycopg.connect(self._admin_url("postgres"), autocommit=True) as admin:
            admin.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))

    @property
    def is_ours(self) -> bool:
        """Did this process start the server, and not join it?"""
        return self._process is not None

    @property
    def is_running(self) -> bool:
        home = surroundings.find_home(self.folder, surroundings.find_account(self.folder))
        return traces.answers(self._sockets, home)

    def stop(self) -> None:
        """Ends the server if it is ours, gently at first; does nothing to one that we joined."""
        if self._process is None:
            return
        # PostgreSQL's own words: SIGINT ends connections and writes everything out, SIGQUIT drops all at once.
        for number, seconds in ((signal.SIGINT, STOPPED_WITHIN_SECONDS), (signal.SIGQUIT, 10), (signal.SIGKILL, 10)):
            self._process.send_signal(number)
            try:
                self._process.wait(seconds)
                break
            except subprocess.TimeoutExpired:
                continue
        self._process = None
        with suppress(OSError):  # holds a socket still, if the server was killed: the next one will use it
            self._sockets.rmdir()

    def _admin_url(self, database: str) -> str:
        return self._url(ADMIN, database)

    def _url(self, role: str, database: str) -> str:
        return f"postgresql://{role}@/{quote(database)}?host={quote(str(self._sockets), safe='')}&port={PORT}"

    def _launch(self, home: Path, sockets: Path, account: pwd.struct_passwd) -> None:
        """Starts the server, also where a killed one left its traces; returns when it answers."""
        self.stop()  # ours, if it was, died or does not answer any more
        surroundings.own_folder(sockets, account)
        binaries = surroundings.find_binaries()
        if not (home / "cluster").exists():
            cluster.make(home, binaries, account)
        cluster.check_version(home / "cluster")
        cluster.write_who_may_connect(home / "cluster", account)
        give_up_at = time.monotonic() + FREED_WITHIN_SECONDS
        while not self._comes_up(home, sockets, binaries, account):
            traces.clear(home / "cluster" / "postmaster.pid", home / "cluster")
            traces.clear(sockets / f".s.PGSQL.{PORT}.lock", home / "cluster")
            if time.monotonic() > give_up_at:
                raise EmbeddedPostgresError(
                    f"The embedded database in {home} does not start. The end of its log:\n{_log_end(home)}\n{WAY_OUT}"
                )
            time.sleep(0.2)

    def _recovers(self, home: Path, sockets: Path) -> bool:
        """Does ours answer once more? When one of its processes is killed, it ends the others and begins anew. Whoever
        stops it meanwhile makes a minute of what takes a second.
        """
        give_up_at = time.monotonic() + READY_WITHIN_SECONDS
        while self._process is not None and self._process.poll() is None and time.monotonic() < give_up_at:
            if traces.answers(sockets, home):
                return True
            time.sleep(0.02)
        return False

    def _comes_up(self, home: Path, sockets: Path, binaries: Path, account: pwd.struct_passwd) -> bool:
        settings = {**SETTINGS, "shared_buffers": _shared_buffers(), "unix_socket_directories": f'"{sockets}"'}
        log = home / "server.log"
        with log.open("wb" if log.exists() and log.stat().st_size > 5 * MEGABYTE else "ab") as written:
            process = subprocess.Popen(
                [binaries / "postgres", "-D", home / "cluster", *(f"--{name}={is_}" for name, is_ in settings.items())],
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=written,
                cwd=home,
                start_new_session=True,  # a terminal's Ctrl-C must reach us, and the server only when we say so
                preexec_fn=lifeline.asked_of(signal.SIGINT),  # noqa: PLW1509 — it only asks the kernel
                **surroundings.as_account(account),
            )
        give_up_at = time.monotonic() + READY_WITHIN_SECONDS
        while process.poll() is None and time.monotonic() < give_up_at:
            if traces.answers(sockets, home):
                self._process = process
                return True
            time.sleep(0.02)
        process.kill()
        process.wait()
        return False


def _shared_buffers() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{min(max(memory // 8 // MEGABYTE, 64), 1024)}MB"


def _log_end(home: Path) -> str:
    log = home / "server.log"
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-5:]) if log.exists() else ""
