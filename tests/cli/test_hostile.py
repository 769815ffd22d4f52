"""Whatever is delivered, a person gets an answer: never a traceback, never markup carried out, never a lost screen."""

import json
import random
import re
import shutil
import zipfile
from pathlib import Path

import pytest

from tests.cli.ferndale import FAULTY_STUDENT, TABLES, deliver, with_rows
from tests.cli.running import Command

REJECT = Path(__file__).parents[1] / "sources" / "zips" / "reject"
ESCAPE = "\x1b"


@pytest.mark.parametrize(
    ("archive", "reason"),
    [
        ("traversal.zip", "“../users.csv” in traversal.zip points to a place outside of it"),
        ("absolute-path.zip", "in absolute-path.zip points to a place outside of it"),
        ("password.zip", "password"),
        ("bomb-by-ratio.zip", "bomb-by-ratio.zip"),
        ("nested-zip.zip", "nested-zip.zip"),
        ("symbolic-link.zip", "symbolic-link.zip"),
        ("truncated.zip", "truncated.zip"),
        ("excel-workbook.zip", "excel-workbook.zip"),
        ("no-bytes.zip", "no-bytes.zip"),
    ],
)
def test_archive_that_is_refused_is_failed_with_a_sentence(homeroom: Command, archive: str, reason: str) -> None:
    ran = homeroom("check", REJECT / archive)

    assert (ran.status, ran.err) == (2, "")
    assert re.fullmatch(rf"Failed: .*{re.escape(reason)}.*\.\n", ran.out)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(random.Random(41).randbytes(5_000), "users.csv is ", id="random bytes"),
        pytest.param(b"", "users.csv is empty", id="nothing"),
        pytest.param(b"\0" * 500, "users.csv", id="NULs"),
        pytest.param(b"PK\3\4" + b"\0" * 100, "users.csv is not a CSV file", id="a renamed workbook"),
        pytest.param(b"\n\n\n", "users.csv", id="blank lines"),
        pytest.param(b'"', "users.csv", id="one quote"),
        pytest.param(TABLES["users"].encode("utf-16"), "users.csv is UTF-16", id="UTF-16"),
    ],
)
def test_file_that_is_no_table_is_failed_with_a_sentence(
    homeroom: Command, roster: Path, content: bytes, reason: str
) -> None:
    (roster / "users.csv").write_bytes(content)

    ran = homeroom("check", roster)

    assert ran.status == 2
    assert re.match(rf"Failed: .*{re.escape(reason)}", ran.out)


def test_folder_called_as_a_file_is_failed_with_a_sentence(homeroom: Command, roster: Path) -> None:
    (roster / "users.csv").unlink()
    (roster / "users.csv").mkdir()

    ran = homeroom("check", roster)

    assert ran.status == 2
    assert re.match(r"Failed: .*users\.csv", ran.out)


@pytest.mark.parametrize("name", ["users.csv", "manifest.csv", "enrollments.csv", "orgs.csv"])
def test_random_bytes_in_a_table_end_in_an_answer(homeroom: Command, roster: Path, name: str) -> None:
    chance = random.Random(name)
    content = bytearray((roster / name).read_bytes())
    for place in chance.sample(range(20, len(content)), 12):
        content[place] = chance.randrange(256)
    (roster / name).write_bytes(content)

    assert homeroom("check", roster).status in (0, 1, 2)


NAMES = [
    "[bold]users.csv",
    "[link=example.org]users.csv",
    "[@click=bell]users[red].csv",
    "[red]Schüler “5b”.csv",
    "users 🏫🙂.csv",
    "-users.csv",
]


@pytest.mark.parametrize("name", NAMES)
def test_name_of_a_file_is_shown_as_it_is(
    homeroom: Command, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = deliver(tmp_path / "roster", **with_rows("users", FAULTY_STUDENT))
    (folder / "users.csv").rename(folder / name)
    (folder / "manifest.csv").unlink()
    monkeypatch.setenv("FORCE_COLOR", "1")  # a terminal, which shows the progress, too
    monkeypatch.setenv("COLUMNS", "200")

    ran = homeroom("check", folder, "--findings", "f.csv")

    assert ran.status == 1
    assert f"{name}, row 6: role is “Student”" in re.sub(r"\x1b\[[\d;?]*[a-zA-Z]", "", ran.out)
    assert ESCAPE + "]8" not in ran.out  # no link


UNSHOWABLE = {
    "us\ners.csv": "us\\ners.csv",
    "us\rers.csv": "us\\rers.csv",
    "us\x1b[31mers.csv": "us\\x1b[31mers.csv",
    "us\u202eers.csv": "us\\u202eers.csv",
    "us\udcffers.csv": "us\\udcffers.csv",  # what Python makes of a byte that is no text
}


@pytest.fixture(params=UNSHOWABLE)
def unshowable(roster: Path, request: pytest.FixtureRequest) -> Path:
    """A file whose name would move or hide what stands on the screen, in a roster without a manifest."""
    (roster / "manifest.csv").unlink()
    return (roster / "users.csv").rename(roster / request.param)


def test_name_that_cannot_be_shown_is_spelt_out(homeroom: Command, unshowable: Path) -> None:
    ran = homeroom("check", unshowable.parent)

    assert ran.status == 2
    assert UNSHOWABLE[unshowable.name] in ran.out
    assert unshowable.name not in ran.out


def test_name_of_a_loose_file_that_cannot_be_shown_is_spelt_out(homeroom: Command, unshowable: Path) -> None:
    ran = homeroom("check", *sorted(unshowable.parent.iterdir()))
    as_json = homeroom("check", *sorted(unshowable.parent.iterdir()), "--json")

    assert UNSHOWABLE[unshowable.name] in ran.out
    assert unshowable.name not in ran.out
    assert json.loads(as_json.out)["status"]


def test_name_of_the_reports_folder_is_shown_as_it_is(homeroom: Command, tmp_path: Path) -> None:
    delivered = deliver(tmp_path / "roster", **with_rows("users", FAULTY_STUDENT))

    ran = homeroom("check", delivered, "--out", "[bold]reports")

    assert ran.out.endswith("Written: [bold]reports/users_sync_report.csv\n")


@pytest.mark.parametrize(
    "value", ["[red]teacher[/red]", "[/]", "[bold", "{value}", "%s", "\\[x]", ":smile:", "<b>a</b>"]
)
def test_value_is_shown_as_it_is(
    homeroom: Command, tmp_path: Path, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("FORCE_COLOR", "1")
    row = f"p3,,,true,s1,{value},cem,,Cem,Aydin,,,,,,,05,\n"

    ran = homeroom("check", deliver(tmp_path / "roster", **with_rows("users", row)))

    assert ran.status == 1
    assert f"role is “{value}”" in ran.out


def test_escape_sequence_in_a_value_is_written_out(homeroom: Command, tmp_path: Path) -> None:
    row = "p3,,,true,s1,\x1b[2Jteacher,cem,,Cem,Aydin,,,,,,,05,\n"

    ran = homeroom("check", deliver(tmp_path / "roster", **with_rows("users", row)))

    assert "[U+001B][2Jteacher" in ran.out
    assert ESCAPE not in ran.out


def test_header_that_looks_like_markup_is_shown_as_it_is(homeroom: Command, tmp_path: Path) -> None:
    users = TABLES["users"].replace(",password", ",[/bold]password[red]")

    ran = homeroom("check", deliver(tmp_path / "roster", users=users))

    assert ran.status in (0, 1)
    assert "[/bold]password[red]" in ran.out


@pytest.mark.parametrize("archived", [False, True])
def test_name_of_the_package_is_shown_as_it_is(homeroom: Command, home: Path, archived: bool) -> None:
    folder = home / "[bold]our roster 🙂"
    folder.mkdir()
    (folder / "menu.csv").write_text("day,menu\nMonday,Soup\n")
    given = folder
    if archived:
        given = home / "[bold]our roster 🙂.zip"
        with zipfile.ZipFile(given, "w") as archive:
            archive.write(folder / "menu.csv", "menu.csv")

    ran = homeroom("check", given)

    assert ran.status == 2
    assert "[bold]our roster 🙂" in ran.out


def test_known_roster_of_random_bytes_is_wrong_use(homeroom: Command, roster: Path, home: Path) -> None:
    known = Path(shutil.copytree(roster, home / "known"))
    (known / "users.csv").write_bytes(random.Random(41).randbytes(5_000))

    ran = homeroom("check", roster, "--known", "known")

    assert (ran.status, ran.out) == (64, "")
    assert "--known known" in ran.err
    assert "users.csv" in ran.err
