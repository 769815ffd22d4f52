"""The files that a district downloads, byte for byte (product.md 3.5, 4.2 and 5)."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import polars as pl
import pytest

from homeroom.engine.findings import SCHEMA, Findings
from homeroom.engine.sync_reports import write, write_findings
from tests.spec.example import Example
from tests.spec.judging import judge

BOM = b"\xef\xbb\xbf"
HEADER = "Row Number,SourcedId,Field,Status,Error Message\r\n"
NEEDED = "email is required for users with “teacher” or “administrator” roles"


def found(**cells: object) -> dict[str, object]:
    """One finding that refuses a row of users.csv, but for the cells that are given."""
    usual = {
        "file": "users.csv",
        "line": 2,
        "table": "users",
        "sourcedId": "ana",
        "field": "email",
        "rule": "email-form",
        "consequence": "refuses the row",
        "message": "email is wrong",
        "count": 1,
        "place": 0,
    }
    return usual | cells


def findings(*rows: dict[str, object]) -> Findings:
    return Findings(pl.LazyFrame(list(rows), schema=SCHEMA))


def text_of(path: Path) -> str:
    content = path.read_bytes()
    assert content.startswith(BOM)
    return content.removeprefix(BOM).decode()


def written(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_report_of_a_delivery_is_what_the_help_pages_print(tmp_path: Path) -> None:
    example = Example(
        "staff-email-missing",
        "",
        {
            "users": """
                sourcedId | role          | email | familyName
                dora      | administrator |       | Rue
                emil      | teacher       |       |
            """
        },
    )
    outcome = judge(example, "1.1", tmp_path / "example")

    paths = write(outcome.checked.findings, tmp_path / "reports", format="oneroster")

    assert paths == [tmp_path / "reports" / "users_sync_report.csv"]
    assert written(tmp_path / "reports") == ["users_sync_report.csv"]
    assert (
        paths[0].read_bytes()
        == BOM
        + (
            f"{HEADER}"
            f"2,dora,email,Failure,{NEEDED}\r\n"
            "3,emil,familyName,Failure,familyName is empty; every user needs one.\r\n"
            f"3,emil,email,Failure,{NEEDED}\r\n"
        ).encode()
    )


def test_report_of_an_upload_has_its_own_columns(tmp_path: Path) -> None:
    example = Example(
        "upload-grade-unknown",
        "",
        {
            "class-upload": """
                className | primaryTeacher       | grade
                Algebra   | tess@lantern.example | 14
                Logic     |                      | 05
            """
        },
    )
    outcome = judge(example, "1.1", tmp_path / "example")

    (path,) = write(outcome.checked.findings, tmp_path / "reports", format="selfserve")

    grades = "IT, PR, PK, TK, KG, 01, 02, 03, 04, 05, 06, 07, 08, 09, 10, 11, 12, PS, UG, Other, 13"
    assert path.name == "classes_sync_report.csv"
    assert text_of(path) == (
        "Row Number,sourcedId,Column Name,Error\r\n"
        f'2,,grade,"grade is “14”; it must be one of: {grades}."\r\n'
        "3,,primaryTeacher,primaryTeacher is empty; every class needs one.\r\n"
    )


@pytest.mark.parametrize(("template", "report"), [("student", "students"), ("staff", "staff")])
def test_report_of_people_names_them_by_the_id_of_the_template(tmp_path: Path, template: str, report: str) -> None:
    given = {f"{template}-upload": "username\nx y"}
    outcome = judge(Example("username-length", "", given), "1.1", tmp_path / "example")

    (path,) = write(outcome.checked.findings, tmp_path / "reports", format="selfserve")

    assert path.name == f"{report}_sync_report.csv"
    assert list(csv.reader(io.StringIO(text_of(path))))[1][:3] == [
        "2",
        "S2" if template == "student" else "T2",
        "username",
    ]


def test_lines_are_in_the_order_of_rows_and_then_of_columns(tmp_path: Path) -> None:
    rows = [(10, 3), (2, 5), (2, 1), (9, 0)]
    errors = findings(*(found(line=line, place=place, message=f"{line}/{place}") for line, place in rows))

    (path,) = write(errors, tmp_path, format="oneroster")

    assert [line.rsplit(",", 1)[1] for line in text_of(path).split("\r\n")[1:-1]] == ["2/1", "2/5", "9/0", "10/3"]


def test_each_kind_of_record_with_an_error_has_its_file_and_the_others_have_none(tmp_path: Path) -> None:
    errors = findings(
        found(table="orgs"),
        found(table="users", consequence="clears the value"),
        found(table="classes", consequence="notes"),
        found(table="enrollments"),
        found(table="enrollments", line=3),
    )

    write(errors, tmp_path, format="oneroster")

    assert written(tmp_path) == ["enrollments_sync_report.csv", "orgs_sync_report.csv"]
    assert text_of(tmp_path / "enrollments_sync_report.csv").count("\r\n") == 3


def test_no_error_makes_no_report(tmp_path: Path) -> None:
    nothing_but_notes = findings(found(consequence="notes"), found(consequence="clears the value"))

    assert write(nothing_but_notes, tmp_path / "reports", format="oneroster") == []
    assert written(tmp_path / "reports") == []


def test_what_is_wrong_with_a_file_as_a_whole_is_no_line_of_a_report(tmp_path: Path) -> None:
    about_a_file = found(line=None, consequence="stops the sync", rule="file-empty", sourcedId=None, field=None)

    assert write(findings(about_a_file), tmp_path, format="oneroster") == []


def test_reports_of_an_earlier_check_are_removed_and_other_files_stay(tmp_path: Path) -> None:
    for name in ("classes_sync_report.csv", "users_sync_report.csv", "notes.txt", "classes.csv"):
        (tmp_path / name).write_text("from before")

    write(findings(found()), tmp_path, format="oneroster")

    assert written(tmp_path) == ["classes.csv", "notes.txt", "users_sync_report.csv"]
    assert (tmp_path / "notes.txt").read_text() == "from before"
    assert "from before" not in text_of(tmp_path / "users_sync_report.csv")


def test_folder_is_made_if_it_is_not_there(tmp_path: Path) -> None:
    write(findings(found()), tmp_path / "new" / "reports", format="oneroster")

    assert written(tmp_path / "new" / "reports") == ["users_sync_report.csv"]


@pytest.mark.parametrize("beginning", ["=", "+", "-", "@", "\t", "\r"])
def test_cell_that_a_spreadsheet_would_run_gets_an_apostrophe(tmp_path: Path, beginning: str) -> None:
    dangerous = f"{beginning}1+1"

    (path,) = write(findings(found(sourcedId=dangerous, message=dangerous)), tmp_path, format="oneroster")

    (_, row) = csv.reader(io.StringIO(text_of(path), newline=""))
    assert row == ["2", f"'{dangerous}", "email", "Failure", f"'{dangerous}"]


@pytest.mark.parametrize("harmless", ["1+1", "a=b", "'quoted", " =1", "ana@lantern.example", ""])
def test_cell_that_begins_otherwise_is_left_as_it_is(tmp_path: Path, harmless: str) -> None:
    (path,) = write(findings(found(sourcedId=harmless)), tmp_path, format="oneroster")

    (_, row) = csv.reader(io.StringIO(text_of(path)))
    assert row[1] == harmless


def test_commas_quotes_and_line_breaks_stay_inside_their_cell(tmp_path: Path) -> None:
    (path,) = write(findings(found(message='one, "two"\nthree')), tmp_path, format="oneroster")

    assert text_of(path) == HEADER + '2,ana,email,Failure,"one, ""two""\nthree"\r\n'


def test_row_that_does_not_tell_whose_it_is_has_an_empty_cell(tmp_path: Path) -> None:
    (path,) = write(findings(found(sourcedId=None, field="row")), tmp_path, format="oneroster")

    assert text_of(path) == HEADER + "2,,row,Failure,email is wrong\r\n"


def test_findings_are_written_with_their_notes_and_in_their_order(tmp_path: Path) -> None:
    everything = findings(
        found(file="orgs.csv", line=None, table="orgs", sourcedId=None, field=None, consequence="notes", message="-"),
        found(sourcedId="=ana", consequence="clears the value", message="a, b"),
    )

    write_findings(everything, tmp_path / "new" / "findings.csv")

    assert text_of(tmp_path / "new" / "findings.csv") == (
        "file,line,table,sourcedId,field,rule,consequence,message\r\n"
        "orgs.csv,,orgs,,,email-form,notes,'-\r\n"
        'users.csv,2,users,\'=ana,email,email-form,clears the value,"a, b"\r\n'
    )


def test_findings_come_table_by_table_as_judged_then_by_row_and_column(tmp_path: Path) -> None:
    example = Example(
        "value-missing",
        "",
        {
            "enrollments": "sourcedId | userSourcedId | role | beginDate\ne1 | zoe | | never\ne2 | ana | |",
            "orgs": "sourcedId | name | type\neast | | castle\nwest | |",
            "users": "sourcedId | familyName | givenName\nana | | ",
        },
    )
    checked = judge(example, "1.1", tmp_path / "example").checked

    rows = checked.findings.rows.filter(pl.col("line").is_not_null()).select("table", "line", "field").collect().rows()

    assert rows == [
        ("orgs", 2, "name"),
        ("orgs", 2, "type"),
        ("orgs", 3, "name"),
        ("orgs", 3, "type"),
        ("users", 2, "givenName"),
        ("users", 2, "familyName"),
        ("enrollments", 2, "userSourcedId"),
        ("enrollments", 2, "role"),
        ("enrollments", 2, "beginDate"),
        ("enrollments", 3, "userSourcedId"),
        ("enrollments", 3, "role"),
        ("enrollments", 5, "userSourcedId"),
    ]


def test_password_stands_in_no_report_and_no_finding(tmp_path: Path) -> None:
    header = "studentId,firstName,middleName,lastName,email,grade,username,password\n"
    rows = (
        "S1,Ana,,Lee,,05,ana.lee,hush\n"
        "S2,Ben,,Moss,,05,ben.moss,hush\u200b1234\n"
        "S3,Cleo,,Rue,,05,hush-cleo\n"
        "S4,Dora,,Fox,,05,dora.fox,hush,1234\n"
        'S5,"Emil,,Ash,,05,emil.ash,hush1234\n'
    )
    example = Example("password-weak", "", {"student-upload.csv": header + rows}, alone=True)
    checked = judge(example, "1.1", tmp_path / "example").checked

    (report,) = write(checked.findings, tmp_path / "reports", format="selfserve")
    write_findings(checked.findings, tmp_path / "findings.csv")

    assert text_of(report).count("\r\n") == 1 + 4
    assert "hush" not in text_of(report)
    assert "hush" not in text_of(tmp_path / "findings.csv")
    assert not checked.findings.rows.filter(pl.any_horizontal(pl.col(pl.String).str.contains("hush"))).collect().height
