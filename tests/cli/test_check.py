"""What a person gets from `homeroom check`: exit statuses, ways to deliver a roster, and the screen."""

import re
from pathlib import Path

import pytest

from tests.cli.ferndale import STUDENTS, TABLES, deliver, with_error, with_rows, without, zipped
from tests.cli.running import Command

ESCAPE = "\x1b"
COLOUR = re.compile(r"\x1b\[[\d;]*3\dm")

CLEAN = """\
Completed

                  rows  accepted  refused  left out
orgs                 3         3        0         0
academicSessions     1         1        0         0
courses              1         1        0         0
users                4         4        0         0
classes              2         2        0         0
enrollments          4         4        0         0
"""
ONE_ERROR = """\
Completed with Errors

                  rows  accepted  refused  left out
orgs                 3         3        0         0
academicSessions     1         1        0         0
courses              1         1        0         0
users                5         4        1         0
classes              2         2        0         0
enrollments          4         4        0         0

What to mend, the costliest first

● 1 record  users · role  (token-unknown)
  users.csv, row 6: role is “Student”; it must be one of: administrator, aide, guardian, parent, proctor, relative,
  student, teacher. Did you mean “student”?
  Refused: 1 user
  What to do: Map the values in the source system's export to the words of the list; small and capital letters count.

Written: sync-reports/users_sync_report.csv
"""


def without_padding(text: str) -> str:
    return re.sub(r" +$", "", text, flags=re.MULTILINE)


def test_roster_without_errors_is_completed(homeroom: Command, roster: Path) -> None:
    ran = homeroom("check", roster)

    assert (ran.status, without_padding(ran.out), ran.err) == (0, CLEAN, "")


def test_roster_with_an_error_is_completed_with_errors_and_says_what_to_do(homeroom: Command, tmp_path: Path) -> None:
    ran = homeroom("check", with_error(tmp_path / "roster"))

    assert (ran.status, without_padding(ran.out), ran.err) == (1, ONE_ERROR, "")


def test_values_that_are_cleared_and_notes_are_no_errors(homeroom: Command, tmp_path: Path) -> None:
    odd = "p3,,,true,s1,student,cem,,Cem,Aydin,,,cem at home,,,,99,\n"

    ran = homeroom("check", deliver(tmp_path / "roster", **with_rows("users", odd)))

    assert ran.status == 0
    assert "1 cleared  users · email  (email-form)" in ran.out
    assert "1 noted  users · sourcedId  (students-without-enrollment)" in ran.out


def test_delivery_that_cannot_be_taken_is_failed_with_every_reason_on_one_line(
    homeroom: Command, tmp_path: Path
) -> None:
    tables = {name: TABLES[name].replace(",", ";") for name in ("orgs", "users")}

    ran = homeroom("check", deliver(tmp_path / "roster", **tables))

    first = ran.out.splitlines()[0]
    assert ran.status == 2
    assert first.startswith("Failed: ")
    assert re.search(r"orgs\.csv.*semicolons", first)
    assert re.search(r"users\.csv.*semicolons", first)


def test_reason_is_on_one_line_also_on_a_narrow_terminal(
    homeroom: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "30")
    tables = {"users": TABLES["users"].replace(",", ";")}

    ran = homeroom("check", deliver(tmp_path / "roster", **tables))

    assert re.search(r"Failed.*users\.csv.*semicolons", ran.out.splitlines()[0])


def test_archive_is_checked_as_its_folder_is(homeroom: Command, roster: Path, tmp_path: Path) -> None:
    ran = homeroom("check", zipped(roster, tmp_path / "roster.zip"))

    assert (ran.status, without_padding(ran.out)) == (0, CLEAN)


def test_loose_files_are_checked_as_their_folder_is(homeroom: Command, roster: Path) -> None:
    ran = homeroom("check", *sorted(roster.iterdir()))

    assert (ran.status, without_padding(ran.out)) == (0, CLEAN)


def test_upload_template_is_told_by_its_headers(homeroom: Command, home: Path) -> None:
    upload = home / "Students of 5b (1).csv"
    upload.write_text(STUDENTS + "1001,Ana,,Lopez,,5,ana.lopez,Otter-Beach-41\n")

    ran = homeroom("check", upload)

    assert ran.status == 1
    assert "Students of 5b (1).csv, row 2: grade is “5”" in ran.out
    assert (home / "sync-reports" / "students_sync_report.csv").read_text("utf-8-sig").splitlines()[0] == (
        "Row Number,sourcedId,Column Name,Error"
    )


def test_profile_decides_what_is_an_error(homeroom: Command, roster: Path) -> None:
    (roster / "notes.txt").write_text("Sent on Monday.")

    publisher = homeroom("check", roster, "--profile", "publisher")
    standard = homeroom("check", roster, "--profile", "standard")

    assert (publisher.status, standard.status) == (0, 2)
    assert "notes.txt" in standard.out.splitlines()[0]


def test_profile_of_a_publisher_is_a_file(homeroom: Command, home: Path, tmp_path: Path) -> None:
    profile = home / "ours.toml"
    profile.write_text('name = "ours"\n[tokens]\n"users.role" = ["Student"]\n')

    ran = homeroom("check", with_error(tmp_path / "roster"), "--profile", profile)

    assert ran.status == 0


def test_school_that_is_not_onboarded_leaves_out_what_belongs_to_it(homeroom: Command, roster: Path) -> None:
    ran = homeroom("check", roster, "--onboarded", "s1")

    assert ran.status == 1
    assert "orgs.csv, row 4: school is not onboarded in Homeroom" in ran.out
    assert "Refused: 1 organization; left out: 2 users, 1 class, 2 enrollments" in ran.out


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("s1\r\ns2\r\n", id="one on each line"),
        pytest.param("s1, s2", id="commas"),
        pytest.param("\ufeffs1\ns2", id="with the mark that Excel puts in front"),
        pytest.param("s1\n\n  s2  \n", id="blank lines and spaces"),
        pytest.param("s1,s2,d1,k1,nobody", id="ids that are no school's"),
    ],
)
def test_onboarded_schools_may_stand_in_a_file(homeroom: Command, roster: Path, home: Path, text: str) -> None:
    (home / "schools.txt").write_text(text, encoding="utf-8")

    assert homeroom("check", roster, "--onboarded", "schools.txt").status == 0


def test_onboarded_ids_that_are_no_schools_are_ignored(homeroom: Command, roster: Path) -> None:
    assert homeroom("check", roster, "--onboarded", "nobody, d1 ,s2,p1, s1").status == 0


def test_list_of_onboarded_schools_may_be_longer_than_any_file_name(homeroom: Command, roster: Path) -> None:
    many = ",".join(f"school-{number}" for number in range(1000))

    assert homeroom("check", roster, "--onboarded", f"s1,{many},s2").status == 0


def test_known_roster_tells_what_would_change(homeroom: Command, tmp_path: Path) -> None:
    renamed = without("users", "p2")["users"].replace("Lopez", "Lopes")
    arrived = "p4,,,true,s2,student,dana,,Dana,Roth,,,,,,,06,\n"
    known = deliver(tmp_path / "known")

    ran = homeroom("check", deliver(tmp_path / "roster", users=renamed + arrived), "--known", known)

    assert ran.status == 1  # p2 is enrolled and not among the users any more
    assert figures(ran.out, "users") == {
        "rows": 4,
        "accepted": 4,
        "refused": 0,
        "left out": 0,
        "created": 1,
        "updated": 1,
        "unchanged": 2,
        "deactivated": 1,
        "kept": 0,
    }


def test_known_roster_may_be_an_archive(homeroom: Command, roster: Path, tmp_path: Path) -> None:
    ran = homeroom("check", roster, "--known", zipped(roster, tmp_path / "last night.zip"))

    assert ran.status == 0
    assert figures(ran.out, "enrollments")["unchanged"] == 4


def test_refused_row_keeps_the_record(homeroom: Command, tmp_path: Path) -> None:
    mistyped = TABLES["users"].replace("s2,student,ben", "s2,Student,ben")
    known = deliver(tmp_path / "known")

    ran = homeroom("check", deliver(tmp_path / "roster", users=mistyped), "--known", known)

    assert ran.status == 1
    assert (figures(ran.out, "users")["kept"], figures(ran.out, "users")["deactivated"]) == (1, 0)
    assert (figures(ran.out, "enrollments")["kept"], figures(ran.out, "enrollments")["deactivated"]) == (1, 0)


def test_change_that_a_server_would_hold_for_review_is_told(homeroom: Command, tmp_path: Path) -> None:
    known = deliver(tmp_path / "known")
    delivered = deliver(tmp_path / "roster", **without("classes", "k2"), **without("enrollments", "e3", "e4"))

    ran = homeroom("check", delivered, "--known", known)

    assert ran.status == 0
    assert "Would be held for review: The school Dale Middle would be left without any classes." in ran.out


def test_piped_output_has_no_escape_codes(homeroom: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")

    ran = homeroom("check", with_error(tmp_path / "roster"))

    assert ESCAPE not in ran.out + ran.err
    assert without_padding(ran.out) == ONE_ERROR  # as wide as ever: what reads it may count on that


def test_terminal_shows_the_status_in_colour(
    homeroom: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")

    assert COLOUR.search(homeroom("check", with_error(tmp_path / "roster")).out)


def test_terminal_shows_no_colours_to_whoever_wants_none(
    homeroom: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")

    assert not COLOUR.search(homeroom("check", with_error(tmp_path / "roster")).out)


def test_narrow_terminal_gets_narrow_lines(homeroom: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "60")

    printed = re.sub(r"\x1b\[\d*m", "", homeroom("check", with_error(tmp_path / "roster")).out)

    assert max(map(len, printed.splitlines())) <= 60
    assert "  What to do: Map the values in the source system's export\n  to the words" in without_padding(printed)


def figures(screen: str, table: str) -> dict[str, int]:
    """The line of a table, by the headings above it."""
    lines = [line for line in screen.splitlines() if line.strip()]
    headings = re.split(r"  +", next(line for line in lines if " rows " in line).strip())
    row = next(line for line in lines if line.startswith(f"{table} "))
    return dict(zip(headings, (int(figure) for figure in row.split()[1:]), strict=True))
