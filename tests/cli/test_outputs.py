"""What `homeroom check` writes: sync reports, the file of findings, and JSON."""

import csv
import json
import shutil
from pathlib import Path

import pytest

from tests.cli.ferndale import SECRET, STUDENTS, TABLES, deliver, with_error, with_rows
from tests.cli.running import Command

REJECT = Path(__file__).parents[1] / "sources" / "zips" / "reject"
HEADER = "file,line,table,sourcedId,field,rule,consequence,message"
ROLE = (
    "role is “Student”; it must be one of: administrator, aide, guardian, parent, proctor, relative, student, teacher. "
    "Did you mean “student”?"
)
EMAIL = "email is “dana at home”; write one e-mail address, such as ana.lopez@district.example."
KEYS = [
    "status",
    "format",
    "version",
    "profile",
    "reasons",
    "remedies",
    "tables",
    "causes",
    "notes",
    "breaches",
    "reports",
]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_without_errors_there_is_no_report(homeroom: Command, roster: Path, home: Path) -> None:
    homeroom("check", roster)

    assert names(home) == ["sync-reports"]
    assert names(home / "sync-reports") == []


def test_report_of_a_table_with_an_error_has_its_rows(homeroom: Command, home: Path, tmp_path: Path) -> None:
    homeroom("check", with_error(tmp_path / "roster"))

    assert names(home / "sync-reports") == ["users_sync_report.csv"]
    assert (home / "sync-reports" / "users_sync_report.csv").read_bytes().decode() == (
        f'\ufeffRow Number,SourcedId,Field,Status,Error Message\r\n6,p3,role,Failure,"{ROLE}"\r\n'
    )


def test_cleared_values_and_notes_make_no_report(homeroom: Command, home: Path, tmp_path: Path) -> None:
    odd = "p3,,,true,s1,student,cem,,Cem,Aydin,,,cem at home,,,,99,\n"

    homeroom("check", deliver(tmp_path / "roster", **with_rows("users", odd)))

    assert names(home / "sync-reports") == []


def test_reports_go_where_they_are_asked_for(homeroom: Command, home: Path, tmp_path: Path) -> None:
    ran = homeroom("check", with_error(tmp_path / "roster"), "--out", tmp_path / "reports" / "of today")

    assert names(tmp_path / "reports" / "of today") == ["users_sync_report.csv"]
    assert ran.out.endswith(f"Written: {tmp_path}/reports/of today/users_sync_report.csv\n")
    assert names(home) == []


@pytest.fixture
def earlier(home: Path) -> Path:
    """The folder of reports with one of yesterday in it, and with a file of somebody's own."""
    folder = home / "sync-reports"
    folder.mkdir()
    (folder / "courses_sync_report.csv").write_text("of yesterday")
    (folder / "to do.txt").write_text("Call the school.")
    return folder


def test_reports_of_an_earlier_check_are_removed_and_nothing_else(
    homeroom: Command, earlier: Path, tmp_path: Path
) -> None:
    homeroom("check", with_error(tmp_path / "roster"))

    assert names(earlier) == ["to do.txt", "users_sync_report.csv"]


def test_reports_of_an_earlier_check_are_removed_when_the_delivery_fails(
    homeroom: Command, earlier: Path, tmp_path: Path
) -> None:
    delivered = deliver(tmp_path / "roster", users=TABLES["users"].replace(",", ";"))

    assert homeroom("check", delivered).status == 2
    assert names(earlier) == ["to do.txt"]


def test_reports_of_an_earlier_check_are_removed_when_the_archive_cannot_be_opened(
    homeroom: Command, earlier: Path
) -> None:
    assert homeroom("check", REJECT / "traversal.zip").status == 2
    assert names(earlier) == ["to do.txt"]


def test_reports_of_an_earlier_check_stay_when_the_command_was_wrong(homeroom: Command, earlier: Path) -> None:
    assert homeroom("check", "nothing.zip").status == 64
    assert names(earlier) == ["courses_sync_report.csv", "to do.txt"]


def test_findings_are_all_there_with_their_place_and_consequence(homeroom: Command, home: Path, tmp_path: Path) -> None:
    odd = "p4,,,true,s1,student,dana,,Dana,Roth,,,dana at home,,,,05,\n"
    faulty = "p3,,,true,s1,Student,cem,,Cem,Aydin,,,,,,,05,\n"

    ran = homeroom(
        "check", deliver(tmp_path / "roster", **with_rows("users", faulty, odd)), "--findings", "results/f.csv"
    )

    lines = (home / "results" / "f.csv").read_bytes().decode("utf-8-sig").split("\r\n")
    assert lines == [
        HEADER,
        f'users.csv,6,users,p3,role,token-unknown,refuses the row,"{ROLE}"',
        f'users.csv,7,users,p4,email,email-form,clears the value,"{EMAIL}"',
        "users.csv,,users,,sourcedId,students-without-enrollment,notes,Students without any enrollment: 1.",
        "",
    ]
    assert ran.out.endswith("Written: sync-reports/users_sync_report.csv\nWritten: results/f.csv\n")


def test_findings_of_a_roster_with_nothing_to_say_are_a_header(homeroom: Command, roster: Path, home: Path) -> None:
    homeroom("check", roster, "--findings", "f.csv")

    assert (home / "f.csv").read_bytes().decode("utf-8-sig") == f"{HEADER}\r\n"


def test_findings_of_an_earlier_check_are_replaced_when_the_archive_cannot_be_opened(
    homeroom: Command, home: Path
) -> None:
    (home / "f.csv").write_text("of yesterday")

    homeroom("check", REJECT / "traversal.zip", "--findings", "f.csv")

    assert (home / "f.csv").read_bytes().decode("utf-8-sig") == f"{HEADER}\r\n"


def test_findings_may_lie_beside_the_roster_and_be_written_again(homeroom: Command, roster: Path) -> None:
    first = homeroom("check", roster, "--findings", roster / "findings.csv")
    second = homeroom("check", roster, "--findings", roster / "findings.csv")

    assert (first.status, second.status) == (0, 0)
    assert [row["rule"] for row in rows(roster / "findings.csv")] == ["file-unknown"]


def test_json_is_the_summary_and_alone_on_standard_output(homeroom: Command, tmp_path: Path) -> None:
    ran = homeroom("check", with_error(tmp_path / "roster"), "--json")

    whole = json.loads(ran.out)
    assert (ran.status, ran.err) == (1, "")
    assert list(whole) == KEYS
    assert [whole[key] for key in KEYS[:5]] == ["Completed with Errors", "oneroster", "1.1", "publisher", []]
    assert whole["tables"][3] == {
        "table": "users",
        "file": "users.csv",
        "rows": 5,
        "accepted": 4,
        "refused": 1,
        "left_out": 0,
        "created": None,
        "updated": None,
        "unchanged": None,
        "deactivated": None,
        "kept": None,
    }
    assert whole["causes"] == [
        {
            "rule": "token-unknown",
            "table": "users",
            "field": "role",
            "consequence": "refuses the row",
            "findings": 1,
            "records": {"users": 1},
            "left_out": {},
            "remedy": whole["causes"][0]["remedy"],
        }
    ]
    assert whole["causes"][0]["remedy"].startswith("Map the values")
    assert (whole["notes"], whole["breaches"]) == ([], [])
    assert whole["reports"] == ["sync-reports/users_sync_report.csv"]


def test_json_with_a_known_roster_tells_the_changes(homeroom: Command, roster: Path) -> None:
    whole = json.loads(homeroom("check", roster, "--known", roster, "--json").out)

    changes = {key: whole["tables"][0][key] for key in ("created", "updated", "unchanged", "deactivated", "kept")}
    assert changes == {"created": 0, "updated": 0, "unchanged": 3, "deactivated": 0, "kept": 0}


def test_json_of_what_cannot_be_judged_has_the_same_keys(homeroom: Command, tmp_path: Path) -> None:
    archive = homeroom("check", shutil.copy(REJECT / "traversal.zip", tmp_path / "roster.zip"), "--json")
    folder = homeroom("check", deliver(tmp_path / "roster", users=TABLES["users"].replace(",", ";")), "--json")

    assert (archive.status, folder.status) == (2, 2)
    assert list(json.loads(archive.out)) == list(json.loads(folder.out)) == KEYS
    assert json.loads(archive.out)["reasons"][0].startswith("The entry “../users.csv” in roster.zip points to")


def test_json_tells_no_value_of_a_record(homeroom: Command, tmp_path: Path) -> None:
    ran = homeroom("check", with_error(tmp_path / "roster"), "--json")

    assert not [value for value in ("“Student”", "p3", "Aydin", SECRET) if value in ran.out]


def test_cell_that_a_spreadsheet_would_run_is_made_safe(homeroom: Command, home: Path, tmp_path: Path) -> None:
    hostile = "=1+1,,,true,s1,student,cem,,Cem,Aydin,,,,,,,05,\n"

    homeroom("check", deliver(tmp_path / "roster", **with_rows("users", hostile)), "--findings", "f.csv")

    assert rows(home / "sync-reports" / "users_sync_report.csv")[0]["SourcedId"] == "'=1+1"
    assert rows(home / "f.csv")[0]["sourcedId"] == "'=1+1"


FAULTS = {
    "a faulty cell in the row": f"p3,,,true,s1,Student,cem,,Cem,Aydin,,,,,,,05,{SECRET}\n",
    "a cell too many": f"p3,,,true,s1,student,cem,,Cem,Aydin,,,,,,,05,{SECRET},{SECRET}\n",
    "a cell too few": f"p3,,,true,s1,student,cem,,Cem,Aydin,,,,,,05,{SECRET}\n",
    "a quote inside a cell": f'p3,,,true,s1,student,cem,,Cem,"Ay"din,,,,,,,05,{SECRET}\n',
    "a quote that does not close": f'p3,,,true,s1,student,cem,,Cem,"Aydin,,,,,,,05,{SECRET}\n',
    "a NUL": f"p3,,,true,s1,student,cem,,Ce\0m,Aydin,,,,,,,05,{SECRET}\n",
    "an invisible character in the password": f"p3,,,true,s1,student,cem,,Cem,Aydin,,,,,,,05,{SECRET}\u200b\n",
    "a long number in the password": "p3,,,true,s1,student,cem,,Cem,Aydin,,,,,,,05,1.23E+11\n",
    "a line break in the password": f'p3,,,true,s1,student,cem,,Cem,Aydin,,,,,,,05,"{SECRET}\n41"\n',
    "a password that is too long": f"p3,,,true,s1,student,cem,,Cem,Aydin,,,,,,,05,{SECRET * 30}\n",
}


@pytest.mark.parametrize("row", FAULTS.values(), ids=FAULTS)
def test_password_of_a_user_is_told_nowhere(homeroom: Command, home: Path, tmp_path: Path, row: str) -> None:
    delivered = deliver(tmp_path / "roster", **with_rows("users", row))

    ran = homeroom("check", delivered, "--findings", "f.csv")

    told = [ran.out, (home / "f.csv").read_text("utf-8")]
    told += [report.read_text("utf-8") for report in (home / "sync-reports").iterdir()]
    assert not [text for text in told if SECRET in text or "1.23E+11" in text]
    assert (home / "f.csv").read_text("utf-8").count("\n") > 1


@pytest.mark.parametrize(
    "row",
    [
        f"1003,Cem,,Aydin,,05,cem,{SECRET}",
        f"1003,Cem,,Aydin,,05,cem.aydin,{SECRET},{SECRET}",
        f"1003,Cem,Aydin,,05,cem.aydin,{SECRET}",
        f'1003,Cem,,Ay"din,,05,cem.aydin,{SECRET}',
        "1003,Cem,,Aydin,,05,cem.aydin,OTTER",
        f"1003,Cem,,Aydin,,05,{SECRET},{SECRET.upper()}",
    ],
)
def test_password_of_an_upload_is_told_nowhere(homeroom: Command, home: Path, row: str) -> None:
    (home / "upload.csv").write_text(f"{STUDENTS}1001,Ana,,Lopez,,05,ana.lopez,Otter-Beach-40\n{row}\n")

    ran = homeroom("check", "upload.csv", "--findings", "f.csv")

    told = [ran.out, (home / "f.csv").read_text("utf-8")]
    told += [report.read_text("utf-8") for report in (home / "sync-reports").iterdir()]
    assert not [text for text in told if row.rsplit(",", 1)[1] in text]
