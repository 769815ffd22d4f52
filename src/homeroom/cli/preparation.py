"""Django as the command line uses it: its settings checked, its commands run, the database brought up to date."""

from __future__ import annotations

import os

import django
import psycopg
import typer
from django.core.management import call_command, execute_from_command_line
from django.core.management.base import CommandError

from homeroom.cli import installation
from homeroom.cli.wrong_use import WrongUseError

AS_OWNER = {"createcachetable", "migrate", "sqlflush", "sqlmigrate"}
"""Django's commands that alter tables; all others have the rights of the application."""

ONE_AT_A_TIME = 7_230_911_002
"""The advisory lock of migrations: of several servers that start at once, one migrates and the others wait."""


def set_up() -> None:
    """Django, with the settings of the environment. Raises WrongUseError that tells everything wrong with them."""
    installation.check_settings()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "homeroom.settings")
    django.setup()


def manage(arguments: list[str]) -> int:
    with installation.opened():
        if arguments and arguments[0] in AS_OWNER:
            become_owner()
        set_up()
        execute_from_command_line(["homeroom manage", *arguments])
    return 0


def prepare(*, hint: bool) -> int:
    """Migrates, if the owner's address is known, and collects the static files."""
    with installation.opened():
        owner = become_owner(required=False)
        set_up()
        try:
            if owner:
                _migrate(owner)
            call_command("collectstatic", verbosity=0, interactive=False)
            if hint and owner:
                _hint()
        except CommandError as error:
            raise WrongUseError(str(error)) from None
    return 0


def become_owner(*, required: bool = True) -> str | None:
    """Has this process connect as the owner of the tables, and returns that address; None if it is not known."""
    owner = os.environ.get(installation.OWNER_DATABASE)
    if owner:
        os.environ[installation.DATABASE] = owner
    elif required:
        raise WrongUseError(
            f"{installation.OWNER_DATABASE} is not set. Tables are changed by the role that owns them, homeroom_owner."
        )
    return owner


def _migrate(owner: str) -> None:
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(%s)", [ONE_AT_A_TIME])
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)


def _hint() -> None:
    from homeroom.accounts.models import User  # noqa: PLC0415 — after set_up

    if not User.objects.filter(is_operator=True).exists():
        typer.echo("There is no operator yet. To make one, in another terminal: homeroom operator", err=True)
