"""What Homeroom writes about its own work: one line of JSON for each event, and nothing about a pupil in any."""

from __future__ import annotations

import logging.config
import sys
import traceback
from http import HTTPStatus
from typing import Any

import structlog
from structlog.typing import EventDict, ExcInfo, Processor, WrappedLogger

REDACTED = "(not logged)"
PERSONAL = frozenset(
    {
        "name", "firstname", "lastname", "givenname", "familyname", "middlename", "preferredname", "email", "username",
        "login", "password", "phone", "sms", "identifier", "sourceid", "sourcedid", "usersourcedid", "studentid",
        "staffid", "birthdate", "cell", "row", "record", "q", "search", "cookie", "token",
    }
)  # fmt: skip
"""Keys, in small letters alone, whose values are about a person or let somebody in. Log ids of ours and counts."""


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Takes out what could be about a person: by the name of the key, and whatever stands behind a ? in an address."""
    for key, value in event.items():
        if "".join(filter(str.isalpha, key)).lower() in PERSONAL:
            event[key] = REDACTED
        elif key == "request" and isinstance(value, str):
            event[key] = value.partition("?")[0]
        elif isinstance(value, dict):
            event[key] = redact(_logger, _method, dict(value))
    return event


PROBES = ("GET /healthz", "GET /readyz", "GET /metrics", "HEAD /healthz", "HEAD /readyz")


def drop_what_nobody_reads(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """One line for each request, when it is answered, and none for a probe that found all well."""
    is_well = event.get("code") == HTTPStatus.OK
    if event.get("event") == "request_started" or (is_well and event.get("request") in PROBES):
        raise structlog.DropEvent
    event.pop("user_agent", None)
    return event


def trace(exc_info: ExcInfo) -> str:
    """Where it happened and the kind of each exception, without their texts: those may quote a row."""
    lines: list[str] = []
    error: BaseException | None = exc_info[1]
    while error:
        lines = [
            *traceback.format_tb(error.__traceback__),
            f"{type(error).__module__}.{type(error).__qualname__}\n",
            *lines,
        ]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "".join(lines)


_BEFORE: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configuration(*, debug: bool) -> dict[str, Any]:
    """The logging configuration: people's lines for developers, JSON for everybody else, both to standard error."""
    renderer: Any = structlog.dev.ConsoleRenderer() if debug else structlog.processors.JSONRenderer()
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": _BEFORE,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    redact,
                    structlog.processors.format_exc_info if debug else structlog.processors.ExceptionRenderer(trace),
                    renderer,
                ],
            }
        },
        "handlers": {"line": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["line"], "level": "WARNING"},
        "loggers": {
            "homeroom": {"level": "INFO"},
            "procrastinate": {"level": "WARNING"},  # its own lines repeat the arguments of jobs
            # Who sits at a terminal reads what went wrong; a log keeps every request.
            "django_structlog": {"level": "WARNING" if sys.stderr.isatty() else "INFO"},
            "psycopg.pool": {"level": "ERROR"},  # warns of each connection when a database goes
            # The database's messages quote the row that broke a constraint.
            "django.db.backends": {"level": "ERROR"},
        },
    }


def configure(settings: dict[str, Any]) -> None:
    """What Django calls with LOGGING: the standard library's loggers and structlog's, all through one door."""
    logging.config.dictConfig(settings)
    structlog.configure(
        processors=[
            drop_what_nobody_reads,
            *_BEFORE,
            structlog.stdlib.filter_by_level,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
