"""The command line: ``homeroom check`` and ``homeroom rules``. Arguments in, exit status out; what is decided is
decided in the engine.
"""

from __future__ import annotations

import os

import typer

from homeroom.cli.check import check
from homeroom.cli.rules import rules
from homeroom.cli.wrong_use import WrongUseError

WRONG_USE = 64
OUR_FAULT = 70

app = typer.Typer(
    name="homeroom",
    help="Checks rosters of schools, users, classes and enrollments, and says exactly what is wrong with them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(check)
app.command()(rules)


def _wrong_use(sentence: str) -> int:
    typer.echo(f"{sentence}\nhomeroom check --help tells what can be asked for.", err=True)
    return WRONG_USE


def main() -> None:
    """Runs the command line and ends the process.

    Exit status 0, 1 and 2 are those of ``check``; 64 means that the command was used wrongly, 70 that the fault is
    ours.
    """
    try:
        status = app(standalone_mode=False)
    except WrongUseError as error:
        status = _wrong_use(str(error))
    except typer.TyperException as error:
        status = _wrong_use(error.format_message())
    except (typer.Abort, KeyboardInterrupt):
        status = 130
    except Exception as error:  # the last resort: no person is ever shown a stack trace, unless a developer asks for it
        if "HOMEROOM_DEBUG" in os.environ:
            raise
        typer.echo(
            f"homeroom stopped because of a fault of its own ({type(error).__name__}). Nothing was changed. "
            "Please report it with the command that you ran; do not send the roster.",
            err=True,
        )
        status = OUR_FAULT
    raise SystemExit(status or 0)
