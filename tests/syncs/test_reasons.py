"""Which reasons may leave the district's pages?"""

from __future__ import annotations

import pytest

from homeroom.syncs.reasons import of_judgement


@pytest.mark.parametrize(
    "reason",
    [
        "users.csv is missing: enrollments.csv, classes.csv cannot be checked without it.",
        "The manifest announces users.csv as bulk, but the file is not in the delivery.",
        "classes.csv is empty: not even a header row is in it.",
        "users.csv is not a CSV file but an Excel workbook (.xlsx).",
        "None of the files holds a record: the export has probably failed.",
        "The column sourcedId is missing.",
    ],
)
def test_what_names_the_standards_files_and_columns_is_told_as_it_is(reason: str) -> None:
    assert of_judgement(reason) == reason


def test_a_header_that_was_delivered_is_not_told() -> None:
    reason = "The column sourcedId is missing. Is it the one with the header “Ana Lopez”?"

    assert of_judgement(reason) == "The column sourcedId is missing."


@pytest.mark.parametrize(
    "reason",
    [
        "users of Ana Lopez.csv is empty: not even a header row is in it.",
        "users.csv is missing: Ana Lopez.csv cannot be checked without it.",
        "users.csv is not a CSV file but Ana Lopez.csv is not a CSV file but a PDF.",
        "“Ana Lopez” stands for file.users in the manifest; it must be absent, bulk or delta.",
        "The column Ana Lopez is missing.",
        "No file of Ana Lopez.zip is a roster file that we know.",
    ],
)
def test_what_names_anything_else_is_not_told(reason: str) -> None:
    assert of_judgement(reason) == ""
