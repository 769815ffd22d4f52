"""Operators, the first and every other one: who may run commands on the server makes them, and nobody else can."""

from __future__ import annotations

import os

import typer

from homeroom.cli import installation, preparation
from homeroom.cli.wrong_use import WrongUseError

PASSWORD = "HOMEROOM_OPERATOR_PASSWORD"


def make(*, email: str | None, name: str | None) -> int:
    """Asks for what is not given. A password never stands in the command, where others on the machine could see it."""
    with installation.opened():
        preparation.set_up()
        from homeroom.accounts.actions import AccountRefused, create_operator  # noqa: PLC0415 — after set_up

        email = email or typer.prompt("E-mail", err=True)
        name = name or typer.prompt("Name", err=True)
        password = os.environ.get(PASSWORD) or typer.prompt(
            "Password", hide_input=True, confirmation_prompt=True, err=True
        )
        try:
            create_operator(email=email, name=name, password=password)
        except AccountRefused as refused:
            raise WrongUseError(str(refused)) from None
    typer.echo(f"{email} is an operator now.", err=True)
    return 0
