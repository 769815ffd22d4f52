"""How kinds of record, and numbers of them, are said in a sentence."""

import pytest

from homeroom.engine.oneroster import TABLES
from homeroom.engine.tables import Table
from homeroom.engine.templates import TEMPLATES
from homeroom.engine.words import counted, listed, plural_of, some_of, spelt_out


@pytest.mark.parametrize(
    ("count", "table", "said"),
    [
        (1, "users", "1 user"),
        (2_040, "enrollments", "2,040 enrollments"),
        (0, "classes", "0 classes"),
        (2, "orgs", "2 organizations"),
        (2, "academicSessions", "2 academic sessions"),
        (2, "staff", "2 staff"),
        (2, "unheardOf", "2 unheardOf"),
    ],
)
def test_number_of_records_is_said_with_what_they_are_called(count: int, table: str, said: str) -> None:
    assert counted(count, table) == said


def test_several_kinds_are_said_in_the_order_of_judgement_and_none_not_at_all() -> None:
    assert listed({"enrollments": 3, "users": 1, "classes": 0, "orgs": 2}) == "2 organizations, 1 user, 3 enrollments"
    assert listed({}) == ""


@pytest.mark.parametrize("table", [*TEMPLATES.values(), *TABLES], ids=lambda table: table.name)
def test_every_table_says_what_its_records_are_called(table: Table) -> None:
    assert table.singular
    assert plural_of(table.name) not in {table.singular, ""}
    assert plural_of(table.name) == plural_of(table.name).lower()


def test_some_of_many_names() -> None:
    assert some_of(["Oak", "Elm"]) == "Oak, Elm"
    assert some_of(["Oak", "Elm", "Ash", "Birch"]) == "Oak, Elm, Ash and 1 more"


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ("studentId", "Student ID"),
        ("staffId", "Staff ID"),
        ("localId", "Local ID"),
        ("district_student_id", "District student ID"),
        ("ID", "ID"),
        ("Payroll no.", "Payroll no."),
        ("schülernummer", "Schülernummer"),
        ("SISNumber2Old", "SISNumber2 Old"),
    ],
)
def test_name_of_a_column_is_spelt_out_for_people(column: str, said: str) -> None:
    assert spelt_out(column) == said
