"""One installation of Homeroom: its folder, its secrets and its database, our own unless DATABASE_URL names another."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.fernet import Fernet
from platformdirs import user_data_path

from homeroom import environment
from homeroom.cli import stopping
from homeroom.cli.wrong_use import WrongUseError
from homeroom.embedded_postgres import EmbeddedPostgres, EmbeddedPostgresError
from homeroom.environment import Environment
from homeroom.own_files import write_once

DATABASE, OWNER_DATABASE = "DATABASE_URL", "HOMEROOM_OWNER_DATABASE_URL"
SECRETS: dict[str, tuple[str, Callable[[], str]]] = {
    "HOMEROOM_SECRET_KEY": ("secret-key", lambda: secrets.token_urlsafe(48)),
    "HOMEROOM_FIELD_KEYS": ("field-keys", lambda: Fernet.generate_key().decode()),
}


def keep_apart(name: str) -> None:
    """What is opened from now on is an installation of this name, beside the one that the environment names: nothing
    made up comes among real rosters. Raises WrongUseError where the environment names a database.
    """
    if os.environ.get(DATABASE):
        raise WrongUseError(
            f"{DATABASE} is set, and made-up districts do not belong into a database that others use. "
            "Run the command without it: it brings a database of its own."
        )
    data = os.environ.get("HOMEROOM_DATA")
    os.environ["HOMEROOM_DATA"] = str(Path(data) / name if data else user_data_path(name))


@contextmanager
def opened() -> Iterator[EmbeddedPostgres | None]:
    """Puts what is not set into the environment, for as long as the block runs: the folder, the secrets, the database.

    Yields the embedded database, or None where DATABASE_URL names another; secrets are made up only with the embedded
    one, since several machines must share theirs. Raises WrongUseError where this machine cannot have it.
    """
    stopping.raised()
    folder = Path(os.environ.get("HOMEROOM_DATA") or user_data_path("homeroom")).absolute()
    os.environ["HOMEROOM_DATA"] = str(folder)
    folder.mkdir(parents=True, exist_ok=True, mode=0o711 if os.geteuid() == 0 else 0o700)
    if os.environ.get(DATABASE):
        _set_secrets(folder, make=False)
        yield None
        return
    _set_secrets(folder, make=True)
    database = EmbeddedPostgres(folder / "postgres")
    try:
        urls = database.start()
    except EmbeddedPostgresError as error:
        raise WrongUseError(str(error)) from None
    os.environ[DATABASE], os.environ[OWNER_DATABASE] = urls.app, urls.owner
    try:
        yield database
    finally:
        database.stop()


def check_settings() -> Environment:
    """The settings as they stand now. Raises WrongUseError that tells everything wrong with them."""
    try:
        return environment.read()
    except environment.FaultyEnvironmentError as fault:
        raise WrongUseError(f"Homeroom cannot start with these settings:\n{fault}") from None


def _set_secrets(folder: Path, *, make: bool) -> None:
    for variable, (name, made_up) in SECRETS.items():
        path = folder / name
        if os.environ.get(variable):
            continue
        if make and not path.exists():
            write_once(path, f"{made_up()}\n".encode())
        if path.exists():
            os.environ[variable] = path.read_text(encoding="utf-8").strip()
