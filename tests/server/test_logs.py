"""The log says what happened, and nothing about a person."""

from __future__ import annotations

import io
import json
import logging
import logging.config
from collections.abc import Iterator

import pytest
import structlog

from homeroom import logs


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    settings = logs.configuration(debug=False)
    settings["handlers"]["line"]["stream"] = stream
    settings["loggers"]["tests"] = {"level": "INFO"}
    before = structlog.get_config()
    logs.configure(settings)
    yield stream
    structlog.configure(**before)
    logging.getLogger().handlers.clear()


def lines(written: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_line_is_json_with_our_numbers(written: io.StringIO) -> None:
    structlog.get_logger("tests").info("sync_completed", sync=7, rows=420)

    assert [(line["event"], line["sync"], line["rows"]) for line in lines(written)] == [("sync_completed", 7, 420)]


@pytest.mark.parametrize("key", ["name", "email", "source_id", "sourcedId", "given-name", "password"])
def test_value_about_a_person_is_taken_out(written: io.StringIO, key: str) -> None:
    structlog.get_logger("tests").info("noted", **{key: "Ana"}, about={key: "Ana"})

    assert "Ana" not in written.getvalue()
    assert logs.REDACTED in written.getvalue()


def test_what_was_searched_for_is_no_part_of_the_address(written: io.StringIO) -> None:
    structlog.get_logger("tests").info("request_finished", request="GET /d/ferndale/people/?q=Ana", code=200)

    assert [line["request"] for line in lines(written)] == ["GET /d/ferndale/people/"]


ROW = "Key (email)=(ana@example.org) already exists"


def broken(row: str) -> None:
    try:
        int(row)
    except ValueError as error:
        raise LookupError(row) from error


def test_exception_is_told_without_its_text(written: io.StringIO) -> None:
    try:
        broken(ROW)
    except LookupError:
        logging.getLogger("tests").exception("failed")

    (line,) = lines(written)
    assert "builtins.LookupError" in str(line["exception"])
    assert "builtins.ValueError" in str(line["exception"])
    assert "test_logs.py" in str(line["exception"])
    assert "ana@example.org" not in str(line["exception"])


def test_healthy_probe_leaves_no_line(written: io.StringIO) -> None:
    logger = structlog.get_logger("tests")

    logger.info("request_started", request="GET /readyz")
    logger.info("request_finished", request="GET /readyz", code=200)
    logger.info("request_finished", request="GET /readyz", code=503)

    assert [line["code"] for line in lines(written)] == [503]
