"""The commands of the server. They import what they need when they run: ``homeroom check`` starts without Django."""

from __future__ import annotations

from typing import Annotated

import typer

from homeroom.cli import stopping

ANYTHING = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": list[str]()}


def serve(
    workers: Annotated[int, typer.Option(min=0, help="How many workers to run beside the web server.")] = 1,
) -> int:
    """Serve the pages and work on the syncs, until Ctrl-C.

    Without DATABASE_URL it brings its own database. Everything is kept in HOMEROOM_DATA.
    """
    from homeroom.cli import serving  # noqa: PLC0415

    return serving.serve(workers=workers)


def demo() -> int:
    """Serve a made-up publisher with made-up districts, until Ctrl-C."""
    from homeroom.cli import serving  # noqa: PLC0415

    return serving.demo()


def work(
    concurrency: Annotated[int, typer.Option(min=1, help="How many jobs to do at the same time.")] = 1,
) -> int:
    """Be one more worker, on this machine or, with DATABASE_URL, on another one."""
    told = stopping.noted(second_raises=True)
    try:
        from homeroom.cli import working  # noqa: PLC0415

        return working.work(concurrency=concurrency, told=told)
    except KeyboardInterrupt:  # told twice: whoever supervises it must not think that it failed
        return 0


def sftp() -> int:
    """Serve the districts' drop boxes by SFTP, on HOMEROOM_SFTP_PORT, until Ctrl-C. Serve does it by itself."""
    told = stopping.noted()
    from homeroom.cli import receiving  # noqa: PLC0415

    return receiving.receive(told)


def prepare(
    *,
    hint: Annotated[bool, typer.Option(help="Say what to do while there is no operator.")] = True,
) -> int:
    """Bring the database and the static files up to this release. Serve does it by itself."""
    from homeroom.cli import preparation  # noqa: PLC0415

    return preparation.prepare(hint=hint)


def operator(
    email: Annotated[str | None, typer.Option(help="The e-mail to sign in with.")] = None,
    name: Annotated[str | None, typer.Option(help="The person's name.")] = None,
) -> int:
    """Make an operator, the first or one more, who may then onboard districts."""
    from homeroom.cli import operators  # noqa: PLC0415

    return operators.make(email=email, name=name)


def manage(context: typer.Context) -> int:
    """Run one of Django's own commands: homeroom manage shell, homeroom manage help."""
    from homeroom.cli import preparation  # noqa: PLC0415

    return preparation.manage(context.args)
