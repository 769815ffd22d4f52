"""A command that cannot be carried out as it was written: exit status 64, and a sentence that says what would do."""

import io
import shutil
from pathlib import Path

import pytest

from tests.cli.ferndale import TABLES, deliver
from tests.cli.running import Command

REJECT = Path(__file__).parents[1] / "sources" / "zips" / "reject"


@pytest.fixture
def given(homeroom: Command, home: Path) -> Path:
    """The current folder with things in it that are no roster."""
    deliver(home / "roster")
    deliver(home / "semicolons", users=TABLES["users"].replace(",", ";"))
    shutil.copy(REJECT / "traversal.zip", home / "hostile.zip")
    (home / "students.csv").write_text("studentId,firstName,middleName,lastName,email,grade,username,password\n")
    (home / "letter.txt").write_text("Dear Jane, here are the schools.")
    (home / "latin.txt").write_bytes("Schule Süd".encode("latin-1"))
    (home / "broken.toml").write_text('name = "ours\n')
    (home / "nameless.toml").write_text("[requirements]\nstaff_email = false\n")
    (home / "misspelt.toml").write_text('name = "ours"\n[consequences]\n"username-repeted" = "notes"\n')
    (home / "latin.toml").write_bytes('name = "Süd"\n'.encode("latin-1"))
    return home


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        ("", "Usage: homeroom [OPTIONS] COMMAND [ARGS]..."),
        ("chekc roster", "No such command 'chekc'. Did you mean 'check'?"),
        ("check", "Missing argument 'PATH…'."),
        ("check roster --onborded s1", "No such option: --onborded"),
        ("check roster --out", "Option '--out' requires an argument."),
        ("check nothing.zip", "nothing.zip is not there. Check the spelling and the folder."),
        ("check roster nothing.csv", "nothing.csv is not there."),
        ("check roster students.csv", "roster is a folder and cannot be given together with other files."),
        ("check roster --profile strict", "There is no profile strict: give publisher, standard, or a TOML file."),
        ("check roster --profile roster", "There is no profile roster: give publisher, standard, or a TOML file."),
        ("check roster --profile broken.toml", "broken.toml: The profile is not valid TOML: "),
        ("check roster --profile nameless.toml", "nameless.toml: The profile has no name."),
        ("check roster --profile misspelt.toml", "Did you mean 'username-repeated'?"),
        ("check roster --profile latin.toml", "latin.toml cannot be read as a profile: it must be UTF-8 text."),
        ("check roster --onboarded schools.txt", "--onboarded schools.txt is not there."),
        ("check roster --onboarded latin.txt", "latin.txt cannot be read as a list of source ids, one on each line"),
        ("check roster --known nothing.zip", "--known nothing.zip: nothing.zip is not there."),
        ("check roster --known letter.txt", "--known letter.txt is not a OneRoster folder or zip that can be read."),
        ("check roster --known students.csv", "--known students.csv is not a OneRoster folder or zip"),
        ("check roster --known hostile.zip", "--known hostile.zip: The entry “../users.csv” in hostile.zip points to"),
        ("check roster --known semicolons", "--known semicolons cannot be compared with: The cells of users.csv are"),
        ("check roster --out letter.txt", "The sync reports cannot be written to letter.txt: it is a file"),
        ("check roster --out letter.txt/reports", "The sync reports cannot be written to letter.txt/reports: "),
        ("check roster --findings roster", "--findings roster is a folder; name a file in it"),
        ("check roster --findings letter.txt/f.csv", "The findings cannot be written to letter.txt: it is a file"),
        ("check roster --findings roster/users.csv", "--findings roster/users.csv is one of the files to be checked"),
        ("check students.csv --findings ./students.csv", "--findings students.csv is one of the files to be checked"),
        ("rules usernam-repeated", "There is no rule usernam-repeated. Did you mean username-repeated?"),
        ("rules zzz", "There is no rule zzz. The command homeroom rules lists them."),
    ],
)
def test_wrong_use_is_told_on_standard_error_alone(homeroom: Command, given: Path, command: str, sentence: str) -> None:
    ran = homeroom(*command.split())

    assert (ran.status, ran.out) == (64, "")
    assert sentence in ran.err
    assert TABLES["users"].replace("\n", "\r\n").encode() == (given / "roster" / "users.csv").read_bytes()


@pytest.mark.parametrize("command", ["check", "rules"])
def test_misspelt_option_names_the_help_of_its_command(homeroom: Command, command: str) -> None:
    ran = homeroom(command, "--all")

    assert ran.err.endswith(f"homeroom {command} --help tells what can be asked for.\n")


@pytest.mark.parametrize("option", ["--profile", "--onboarded"])
def test_file_that_may_not_be_read_is_told(
    homeroom: Command, given: Path, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    read_text = Path.read_text

    def denied(path: Path, encoding: str) -> str:  # the tests may run as root, whom no file refuses
        if path.name == "letter.txt":
            raise PermissionError(13, "Permission denied")
        return read_text(path, encoding)

    monkeypatch.setattr(Path, "read_text", denied)

    ran = homeroom("check", "roster", option, "letter.txt")

    assert ran.status == 64
    assert "letter.txt cannot be read" in ran.err
    assert "Permission denied" in ran.err


@pytest.mark.parametrize(
    ("option", "place", "sentence"),
    [
        ("--out", "locked", "The sync reports cannot be written to locked: Permission denied. Name another place"),
        (
            "--findings",
            "locked/f.csv",
            "The findings cannot be written to locked: Permission denied. Name another place",
        ),
    ],
)
def test_folder_that_may_not_be_written_to_is_told(
    homeroom: Command, given: Path, monkeypatch: pytest.MonkeyPatch, option: str, place: str, sentence: str
) -> None:
    def denied(dir: Path) -> io.BytesIO:  # noqa: A002
        if dir.name == "locked":
            raise PermissionError(13, "Permission denied")
        return io.BytesIO()

    monkeypatch.setattr("homeroom.cli.places.TemporaryFile", denied)

    ran = homeroom("check", "roster", option, place)

    assert (ran.status, ran.out) == (64, "")
    assert sentence in ran.err
