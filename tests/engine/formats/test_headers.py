"""Which table is this, and which column is which? Told by the header row."""

from __future__ import annotations

import pytest

from homeroom.engine.formats.headers import closest, likeness, match_columns, recognise
from homeroom.engine.oneroster import VERSIONS, tables_of

COURSES = tables_of("1.1")["courses"]
ORGS = tables_of("1.1")["orgs"]
USERS_1_2 = tables_of("1.2")["users"]
ORGS_HEADER = ("sourcedId", "status", "dateLastModified", "name", "type", "identifier", "parentSourcedId")

Header = tuple[str, ...]


def recognised(header: Header, *, file_name: str = "export.csv", version: str = "1.1") -> str | None:
    table = recognise(header, tables_of(version).values(), file_name=file_name)
    return table.name if table else None


def remarks(header: Header, *, delta: bool = False) -> list[tuple[str, str | None]]:
    """What is remarked on an orgs.csv with this header: rule and column."""
    matched = match_columns(header, ORGS, file_name="orgs.csv", delta=delta)
    return [(remark.rule, remark.column) for remark in matched.remarks]


@pytest.mark.parametrize("version", VERSIONS)
def test_every_table_is_recognised_by_its_own_header_whatever_the_file_is_called(version: str) -> None:
    for table in tables_of(version).values():
        assert recognised(table.names, version=version) == table.name


@pytest.mark.parametrize("version", VERSIONS)
def test_every_table_is_recognised_by_its_required_columns_alone_if_the_file_has_its_name(version: str) -> None:
    for table in tables_of(version).values():
        required = tuple(column.name for column in table.columns if column.required)
        if required != ("sourcedId",):
            assert recognised(required, version=version, file_name=table.file_name) == table.name


def test_optional_columns_that_are_left_out_do_not_turn_courses_into_categories() -> None:
    assert recognised(("sourcedId", "title", "orgSourcedId")) == "courses"
    assert recognised(("sourcedId", "title")) == "categories"
    assert recognised(("sourcedId", "title"), file_name="courses.csv") == "courses"


def test_capitals_spaces_and_order_do_not_matter_for_recognising() -> None:
    assert recognised(("Parent SourcedID", "NAME", " type ", "Identifier")) == "orgs"


def test_columns_of_metadata_do_not_matter_for_recognising() -> None:
    assert recognised((*ORGS_HEADER, *(f"metadata.{number}" for number in range(50)))) == "orgs"


def test_the_columns_that_all_tables_share_tell_nothing() -> None:
    assert recognised(("sourcedId", "status", "dateLastModified")) is None
    assert recognised(("sourcedId", "status", "dateLastModified"), file_name="orgs.csv") is None
    assert likeness(("sourcedId",), ORGS) == 0


def test_name_of_the_file_decides_where_the_header_fits_nothing_well() -> None:
    poor = ("sourcedId", "name", "street", "city", "fax")

    assert recognised(poor) is None
    assert recognised(poor, file_name="Orgs.csv") == "orgs"
    assert recognised(poor, file_name="users.csv") is None


def test_name_of_the_file_does_not_decide_against_the_header() -> None:
    assert recognised(ORGS_HEADER, file_name="users.csv") == "orgs"


def test_file_that_the_standard_misspells_is_known() -> None:
    poor = ("courseSourcedId", "a", "b", "c", "d")

    assert recognised(poor, file_name="courseResourses.csv") == "courseResources"


def test_header_of_something_else_is_not_recognised() -> None:
    assert recognised(("day", "dish")) is None
    assert recognised(()) is None
    assert recognised(("", "")) is None


def test_header_of_the_standard_is_not_remarked_on() -> None:
    assert remarks(ORGS_HEADER) == []
    assert remarks((*ORGS_HEADER, "metadata.color")) == []


def test_columns_are_called_by_their_right_names_in_the_order_of_the_file() -> None:
    header = ("Name", "sourcedID", "metadata.color", "TYPE", "extra", "parentSourcedIds")

    matched = match_columns(header, ORGS, file_name="orgs.csv", delta=False)

    assert matched.names == ("name", "sourcedId", "metadata.color", "type", "column 5: extra", "parentSourcedId")


@pytest.mark.parametrize("given", ["Name", "NAME", " name", "name ", "na_me", "names"])
def test_misspelt_header_is_read_as_meant(given: str) -> None:
    header = tuple(given if name == "name" else name for name in ORGS_HEADER)

    assert remarks(header) == [("column-misspelt", "name")]


def test_plural_slip_is_read_as_meant_in_both_directions() -> None:
    header = tuple({"grades": "grade", "orgSourcedId": "orgSourcedIds"}.get(name, name) for name in COURSES.names)

    matched = match_columns(header, COURSES, file_name="courses.csv", delta=False)

    assert matched.names == COURSES.names


def test_header_that_is_only_alike_is_not_guessed_but_named() -> None:
    header = tuple("orgName" if name == "name" else name for name in ORGS_HEADER)

    matched = match_columns(header, ORGS, file_name="orgs.csv", delta=False)

    told = [(remark.rule, remark.column, remark.value, remark.detail) for remark in matched.remarks]
    assert told == [
        ("column-unknown", None, "“orgName”", " Did you mean “name”?"),
        ("required-column-missing", "name", "", " Is it the one with the header “orgName”?"),
    ]


def test_key_of_the_old_demographics_is_named() -> None:
    demographics = tables_of("1.1")["demographics"]
    old = {"sourcedId": "userSourcedId", "birthDate": "birthdate"}
    header = tuple(old.get(name, name) for name in demographics.names)

    matched = match_columns(header, demographics, file_name="demographics.csv", delta=False)

    told = [(remark.rule, remark.column, remark.detail) for remark in matched.remarks]
    assert told == [
        ("column-unknown", None, " Did you mean “sourcedId”?"),
        ("column-misspelt", "birthDate", ""),
        ("required-column-missing", "sourcedId", " Is it the one with the header “userSourcedId”?"),
    ]


def test_missing_columns_are_remarked_each_by_what_follows() -> None:
    assert remarks(("sourcedId", "status", "dateLastModified", "type", "identifier")) == [
        ("required-column-missing", "name"),
        ("column-missing", "parentSourcedId"),
    ]


def test_status_and_date_may_be_missing_in_a_complete_file_and_not_in_a_set_of_changes() -> None:
    header = ("sourcedId", *ORGS_HEADER[3:])

    assert remarks(header) == [("column-missing", "status"), ("column-missing", "dateLastModified")]
    assert remarks(header, delta=True) == [
        ("required-column-missing", "status"),
        ("required-column-missing", "dateLastModified"),
    ]


@pytest.mark.parametrize(
    ("header", "first"),
    [
        (("status", "sourcedId", *ORGS_HEADER[2:]), "status"),
        ((*ORGS_HEADER[:5], "parentSourcedId", "identifier"), "parentSourcedId"),
        (("metadata.color", *ORGS_HEADER), "metadata.color"),
        ((*ORGS_HEADER[:6], "metadata.color", "parentSourcedId"), "metadata.color"),
    ],
)
def test_first_column_out_of_order_is_remarked_and_only_it(header: Header, first: str) -> None:
    assert remarks(header) == [("column-moved", first)]


def test_unknown_column_between_the_others_moves_none_of_them() -> None:
    assert remarks((*ORGS_HEADER[:4], "color", *ORGS_HEADER[4:])) == [("column-unknown", None)]


def test_header_that_stands_twice_is_remarked_and_the_first_keeps_the_name() -> None:
    matched = match_columns((*ORGS_HEADER, "name"), ORGS, file_name="orgs.csv", delta=False)

    assert [(remark.rule, remark.column) for remark in matched.remarks] == [("column-twice", "name")]
    assert matched.names == (*ORGS_HEADER, "column 8: name")


def test_column_of_metadata_that_stands_twice_is_remarked() -> None:
    assert remarks((*ORGS_HEADER, "metadata.color", "metadata.color")) == [("column-twice", "metadata.color")]


def test_header_spelt_right_keeps_its_column_wherever_a_misspelt_one_stands() -> None:
    header = ("sourcedId", "status", "dateLastModified", "Name", "name", "type", "identifier", "parentSourcedId")

    matched = match_columns(header, ORGS, file_name="orgs.csv", delta=False)

    assert matched.names[3:5] == ("column 4: Name", "name")
    assert [(remark.rule, remark.value) for remark in matched.remarks] == [("column-unknown", "“Name”")]


def test_blank_headers_are_told_by_their_number() -> None:
    matched = match_columns((*ORGS_HEADER, "", " "), ORGS, file_name="orgs.csv", delta=False)

    assert [remark.value for remark in matched.remarks] == [
        "number 8, which has no header,",
        "number 9, which has no header,",
    ]


def test_remarks_are_about_the_header_row() -> None:
    matched = match_columns(("sourcedId",), ORGS, file_name="schools.csv", delta=False)

    assert {(remark.file, remark.table, remark.line) for remark in matched.remarks} == {("schools.csv", "orgs", 1)}


def test_long_header_is_shown_in_part() -> None:
    matched = match_columns((*ORGS_HEADER, "x" * 5000), ORGS, file_name="orgs.csv", delta=False)

    assert [remark.value for remark in matched.remarks] == [f"“{'x' * 60}”"]


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        (USERS_1_2.names, 23),
        (tuple(name for name in USERS_1_2.names if name != "resourceSourcedIds"), 22),
    ],
)
def test_both_layouts_of_users_in_1_2_are_right(header: Header, columns: int) -> None:
    matched = match_columns(header, USERS_1_2, file_name="users.csv", delta=False)

    assert matched.remarks == ()
    assert len(matched.table.columns) == columns
    assert matched.names == header


def test_closest_word_is_found_without_regard_to_capitals_and_spaces() -> None:
    assert closest("GIVENNAME ", ["familyName", "givenName"]) == "givenName"
    assert closest("color", ["familyName", "givenName"]) is None
    assert closest("name", []) is None
