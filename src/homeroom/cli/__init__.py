"""The command line: arguments in, exit status out.

``homeroom check`` and ``homeroom rules`` need no server: what is decided is decided in the engine. The other commands
are the server's.
"""

from __future__ import annotations

import gc
import io
import os
import signal
import sys
import warnings

import typer

import homeroom.cli.allocation  # noqa: F401 — before polars is loaded

# isort: split
from polars.exceptions import PanicException

from homeroom.cli.check import check
from homeroom.cli.rules import rules
from homeroom.cli.server import ANYTHING, demo, manage, operator, prepare, serve, sftp, work
from homeroom.cli.wrong_use import WrongUseError

WRONG_USE = 64
OUR_FAULT = 70
DEVELOPERS = "HOMEROOM_DEBUG"
INTERRUPTED = 128 + signal.SIGINT
NOBODY_READS = 128 + signal.SIGPIPE

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
app.command()(serve)
app.command()(work)
app.command()(sftp)
app.command()(operator)
app.command()(demo)
app.command()(prepare)
app.command(context_settings=ANYTHING)(manage)


def main() -> None:
    """Runs the command line and ends the process.

    Exit status 0, 1 and 2 are those of ``check``; 64 means that the command was used wrongly, 70 that the fault is
    ours or the machine's, 130 that somebody stopped it, 141 that nobody reads what it prints.
    """
    _print_whatever_comes()
    if not _is_for_developers():
        warnings.simplefilter("ignore")  # Python's own, which tell about our code
    status = _status()
    gc.freeze()  # Python would look for cycles once more, in all that was ever loaded, before it ends
    raise SystemExit(status)


def _status() -> int:
    try:
        status = app(standalone_mode=False, prog_name="homeroom")
        sys.stdout.flush()
    except WrongUseError as error:
        return _say(str(error), WRONG_USE)
    except typer.TyperException as error:
        context = getattr(error, "ctx", None)  # of the command, if it came to that
        command = context.command_path if context else "homeroom"
        return _say(f"{error.format_message()}\n{command} --help tells what can be asked for.", WRONG_USE)
    except (typer.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except (BrokenPipeError, SystemExit) as ended:
        # rich ends the process by itself when nobody reads any more, and Django whenever it has said what was wrong.
        if isinstance(ended, SystemExit) and not isinstance(ended.__context__, BrokenPipeError):
            raise
        # What is still in the buffer must not be tried again when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NOBODY_READS
    except (Exception, PanicException) as error:  # the last resort: no person is ever shown a stack trace …
        if _is_for_developers():  # … unless a developer asks for it
            raise
        return _say(_sorry(error), OUR_FAULT)
    return status or 0


def _is_for_developers() -> bool:
    """As ``Environment`` reads it; what it would refuse is no."""
    return os.environ.get(DEVELOPERS, "").lower() in ("1", "true", "t", "yes", "y", "on")


def _say(sentence: str, status: int) -> int:
    typer.echo(sentence, err=True)
    return status


def _sorry(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        place = f" ({error.filename})" if error.filename else ""
        return f"homeroom could not go on; the system says: {error.strerror}{place}. Nothing was changed."
    return (
        f"homeroom stopped because of a fault of its own ({type(error).__name__}). Nothing was changed. "
        "Please report it with the command that you ran; do not send the roster."
    )


def _print_whatever_comes() -> None:
    """A character that the terminal does not know, or a file name that is no text, is written as a code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
