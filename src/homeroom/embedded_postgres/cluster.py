"""The files of the database: made once, and never taken for whole when they are not."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path

from homeroom.embedded_postgres.surroundings import ADMIN, WAY_OUT, EmbeddedPostgresError, as_account, own_folder


def make(home: Path, binaries: Path, account: pwd.struct_passwd) -> None:
    making = home / "cluster.making"  # renamed when it is whole, so that a half-made one is never used
    shutil.rmtree(making, ignore_errors=True)
    own_folder(making, account)
    ran = subprocess.run(
        [
            *(binaries / "initdb", "--pgdata", making, "--username", ADMIN, "--auth", "peer", "--encoding", "UTF8"),
            # Text in the order of its code points: that of polars, the same on every machine and in every release.
            *("--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--data-checksums"),
        ],
        check=False,
        capture_output=True,
        cwd=home,
        **as_account(account),
    )
    if ran.returncode:
        reason = ran.stderr.decode(errors="replace").strip()
        raise EmbeddedPostgresError(f"The embedded database cannot be made in {home}:\n{reason}\n{WAY_OUT}")
    making.rename(home / "cluster")


def check_version(cluster: Path) -> None:
    if not (cluster / "PG_VERSION").exists():
        raise EmbeddedPostgresError(f"{cluster} is no database: move it away and start again. {WAY_OUT}")
    made_by, ours = (cluster / "PG_VERSION").read_text().strip(), version("embedded-postgres").partition(".")[0]
    if made_by != ours:
        raise EmbeddedPostgresError(
            f"The embedded database in {cluster} was made by PostgreSQL {made_by}; this Homeroom brings {ours}. Go "
            f"back to the Homeroom that made it, save it with pg_dump, and read it into the new one. {WAY_OUT}"
        )


def write_who_may_connect(cluster: Path, account: pwd.struct_passwd) -> None:
    """Whoever started the server and root, as any of its roles, through the socket; nobody else."""
    names = {pwd.getpwuid(os.geteuid()).pw_name, "root"}
    texts = {
        "pg_hba.conf": "local all all peer map=homeroom\n",
        "pg_ident.conf": "".join(f'homeroom "{name}" all\n' for name in sorted(names)),
    }
    for name, text in texts.items():
        path = cluster / name
        path.write_text(text, encoding="utf-8")
        if os.geteuid() == 0:
            os.chown(path, account.pw_uid, account.pw_gid)
