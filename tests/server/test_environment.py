"""Settings come from the environment, and all that is wrong with them is told at once, in sentences."""

from __future__ import annotations

import pytest

from homeroom import environment
from homeroom.environment import FaultyEnvironmentError

SOUND = {
    "DATABASE_URL": "postgresql://homeroom_app:secret@db:5432/homeroom",
    "HOMEROOM_SECRET_KEY": "x" * 40,
    "HOMEROOM_FIELD_KEYS": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
}


@pytest.fixture(autouse=True)
def sound(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in environment.Environment.model_fields:
        monkeypatch.delenv(environment.variable(field), raising=False)
    for name, text in SOUND.items():
        monkeypatch.setenv(name, text)


def faults() -> list[str]:
    with pytest.raises(FaultyEnvironmentError) as told:
        environment.read()
    return str(told.value).splitlines()


def test_three_settings_are_enough() -> None:
    read = environment.read()

    assert (read.port, read.address, read.product, read.is_https) == (8000, "127.0.0.1", "Homeroom", False)


def test_every_missing_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SOUND:
        monkeypatch.delenv(name)

    assert [line.partition(" is not set. ")[0] for line in faults()] == list(SOUND)


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("DATABASE_URL", "mysql://db/homeroom", "DATABASE_URL must be an address like postgresql://"),
        ("DATABASE_URL", "postgresql://db:5432", "DATABASE_URL must be an address like postgresql://"),
        ("HOMEROOM_SECRET_KEY", "short", "HOMEROOM_SECRET_KEY must have at least 32 characters."),
        ("HOMEROOM_FIELD_KEYS", "short", "HOMEROOM_FIELD_KEYS must be one key or several"),
        ("HOMEROOM_FIELD_KEYS", " , ", "HOMEROOM_FIELD_KEYS must be one key or several"),
        ("HOMEROOM_PORT", "many", "HOMEROOM_PORT must be a valid integer"),
        ("HOMEROOM_PORT", "70000", "HOMEROOM_PORT must be less than or equal to 65535"),
        ("HOMEROOM_STUDENT_ID_COLUMN", "  ", "HOMEROOM_STUDENT_ID_COLUMN is blank."),
        ("HOMEROOM_STUDENT_ID_COLUMN", "=ID", "HOMEROOM_STUDENT_ID_COLUMN must begin with a letter"),
        ("HOMEROOM_STUDENT_ID_COLUMN", "local,Id", "HOMEROOM_STUDENT_ID_COLUMN must begin with a letter"),
        ("HOMEROOM_STUDENT_ID_COLUMN", "local  Id", "HOMEROOM_STUDENT_ID_COLUMN must begin with a letter"),
        ("HOMEROOM_STUDENT_ID_COLUMN", "i" * 61, "HOMEROOM_STUDENT_ID_COLUMN must have at most 60 characters."),
        ("HOMEROOM_STUDENT_ID_COLUMN", "User Name", "HOMEROOM_STUDENT_ID_COLUMN must not be User Name: another column"),
        ("HOMEROOM_STUDENT_ID_COLUMN", "originalRow", "HOMEROOM_STUDENT_ID_COLUMN must not be originalRow: another"),
        ("HOMEROOM_STUDENT_ID_COLUMN", "line", "HOMEROOM_STUDENT_ID_COLUMN must not be line: another column"),
        ("HOMEROOM_STAFF_ID_COLUMN", "role", "HOMEROOM_STAFF_ID_COLUMN must not be role: another column"),
        ("HOMEROOM_STAFF_ID_COLUMN", "passwort", "HOMEROOM_STAFF_ID_COLUMN must not be passwort: such a column"),
        ("HOMEROOM_SUPPORT_LINK", "help@example.org", "HOMEROOM_SUPPORT_LINK is not one of the forms that are known."),
        ("HOMEROOM_SUPPORT_LINK", "javascript:alert()", "HOMEROOM_SUPPORT_LINK is not one of the forms that are known"),
        ("HOMEROOM_HOSTS", "*", "HOMEROOM_URL must be set where HOMEROOM_HOSTS names no host: links in e-mails"),
        ("HOMEROOM_EMAIL_URL", "mail.example.org", "HOMEROOM_EMAIL_URL must be smtp:// or smtps:// with a host"),
        ("HOMEROOM_EMAIL_URL", "console", "HOMEROOM_EMAIL_URL must be smtp:// or smtps:// with a host"),
        ("HOMEROOM_EMAIL_URL", "smtp://user:secret@", "HOMEROOM_EMAIL_URL must be smtp:// or smtps:// with a host"),
        ("HOMEROOM_EMAIL_URL", "smtp://host:70000", "HOMEROOM_EMAIL_URL must be smtp:// or smtps:// with a host"),
    ],
)
def test_fault_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch, name: str, text: str, sentence: str) -> None:
    monkeypatch.setenv(name, text)

    assert [line.startswith(sentence) for line in faults()] == [True]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("HOMEROOM_DELIVERY_DAY", "HOMEROOM_DELIVERY_DAY is no setting. Did you mean HOMEROOM_DELIVERY_DAYS?"),
        ("HOMEROOM_DATABASE_URL", "HOMEROOM_DATABASE_URL is no setting. Did you mean DATABASE_URL?"),
        ("HOMEROOM_XYZ", "HOMEROOM_XYZ is no setting. Take it out, or look it up in docs/how-to/deploy.md."),
    ],
)
def test_setting_that_is_misspelt_is_told(monkeypatch: pytest.MonkeyPatch, name: str, sentence: str) -> None:
    monkeypatch.setenv(name, "7")

    assert faults() == [sentence]


@pytest.mark.parametrize("name", ["HOMEROOM_OPERATOR_PASSWORD", "HOMEROOM_APP_PASSWORD", "homeroom_delivery_days"])
def test_what_commands_and_the_database_read_is_no_mistake(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "7")

    environment.read()


def test_wrong_secret_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOMEROOM_SECRET_KEY", "hunter2")
    monkeypatch.setenv("DATABASE_URL", "mysql://homeroom:hunter2@db/homeroom")

    assert "hunter2" not in "\n".join(faults())


@pytest.mark.parametrize("password", ["hunter2/et", "hunter2#et", "hunter2?et", "12/hunter2", "hunter2]["])
def test_mail_password_that_is_not_encoded_is_not_repeated(monkeypatch: pytest.MonkeyPatch, password: str) -> None:
    monkeypatch.setenv("HOMEROOM_EMAIL_URL", f"smtp://user:{password}@mail.example.org:587")

    (told,) = faults()

    assert "in user and password, / is written as %2F" in told
    assert "hunter2" not in told


@pytest.mark.parametrize(
    "url",
    ["", "console:", "smtp://mail.example.org", "smtps://user:p%2F%40w@mail.example.org:465", "smtp://[::1]:25/"],
)
def test_mail_server_is_told_in_one_address(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("HOMEROOM_EMAIL_URL", url)

    assert environment.read().email_url == url


@pytest.mark.parametrize("name", ["localId", "Local ID", "grade", "sis.number-2", "Schülernr."])
def test_ids_may_be_called_as_districts_know_them(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Also by the name of a column that only the other templates have."""
    monkeypatch.setenv("HOMEROOM_STAFF_ID_COLUMN", name)

    assert environment.read().staff_id_column == name


def test_several_keys_and_names_stand_between_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    key = SOUND["HOMEROOM_FIELD_KEYS"]
    monkeypatch.setenv("HOMEROOM_FIELD_KEYS", f"{key}, {key}")
    monkeypatch.setenv("HOMEROOM_HOSTS", "rosters.example.org, localhost")

    read = environment.read()

    assert len(read.field_keys) == 2
    assert read.hosts == ["rosters.example.org", "localhost"]


@pytest.mark.parametrize(
    ("hosts", "https", "expected"),
    [("localhost", "", False), ("rosters.example.org", "", True), ("rosters.example.org", "false", False)],
)
def test_cookies_are_safe_unless_everybody_is_on_this_machine(
    monkeypatch: pytest.MonkeyPatch, hosts: str, https: str, expected: bool
) -> None:
    monkeypatch.setenv("HOMEROOM_HOSTS", hosts)
    monkeypatch.setenv("HOMEROOM_HTTPS", https)

    assert environment.read().is_https is expected


@pytest.mark.parametrize(
    ("said", "url"),
    [
        ({}, "http://localhost:8000"),
        ({"HOMEROOM_PORT": "8123"}, "http://localhost:8123"),
        ({"HOMEROOM_HOSTS": "rosters.example.org"}, "https://rosters.example.org"),
        ({"HOMEROOM_HOSTS": "*,.example.org"}, "https://example.org"),
        ({"HOMEROOM_HOSTS": "rosters.example.org", "HOMEROOM_HTTPS": "false"}, "http://rosters.example.org"),
        ({"HOMEROOM_HOSTS": "*", "HOMEROOM_URL": "https://rosters.example.org"}, "https://rosters.example.org"),
        ({"HOMEROOM_HOSTS": "10.1.2.3", "HOMEROOM_URL": "https://rosters.example.org"}, "https://rosters.example.org"),
    ],
)
def test_links_in_emails_lead_to_where_browsers_come(
    monkeypatch: pytest.MonkeyPatch, said: dict[str, str], url: str
) -> None:
    for name, text in said.items():
        monkeypatch.setenv(name, text)

    assert environment.read().own_url == url
