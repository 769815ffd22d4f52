"""Days without a sync: written as people write them, kept as days."""

from __future__ import annotations

import pytest

from homeroom.feeds.forms import TimetableForm, in_lines

NIGHT = {"night": "02:00", "complete_every_days": "7"}


def days(text: str) -> list[str]:
    form = TimetableForm(NIGHT | {"no_syncs_on": text})
    assert form.is_valid(), form.errors
    found: list[str] = form.cleaned_data["no_syncs_on"]
    return found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("2026-12-24\r\n\r\n 2026-11-26 ", ["2026-11-26", "2026-12-24"]),
        ("2026-12-30 TO 2027-01-01", ["2026-12-30", "2026-12-31", "2027-01-01"]),
        ("2026-12-30 to 2026-12-30\n2026-12-30", ["2026-12-30"]),
    ],
)
def test_days_and_breaks_are_read(text: str, found: list[str]) -> None:
    assert days(text) == found


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Christmas", "“christmas” is no day."),
        ("12/24/2026", "is no day."),
        ("2026-12-30 to", "is no day."),
        ("2027-01-01 to 2026-12-30", "the last day is before the first"),
        ("2026-01-01 to 9999-12-31", "These are more than 400 days."),
        ("2026-01-01 to 2026-10-31\n2027-01-01 to 2027-10-31", "These are more than 400 days."),
    ],
)
def test_what_is_no_day_is_said(text: str, sentence: str) -> None:
    form = TimetableForm(NIGHT | {"no_syncs_on": text})

    assert sentence in " ".join(form.errors["no_syncs_on"])


@pytest.mark.parametrize(
    "text",
    ["2026-05-31 to 2026-12-31", "2026-06-01 to 2026-11-30\n2026-12-01 to 2027-05-31", "2026-01-01 to 2027-02-04"],
)
def test_long_break_is_stored_and_stored_again_as_it_is_shown(text: str) -> None:
    once = days(text)

    assert days("\n".join(in_lines(once))) == once


def test_days_are_shown_as_they_are_written() -> None:
    text = ["2026-11-26", "2026-12-30 to 2027-01-01"]

    assert in_lines(days("\n".join(text))) == text
