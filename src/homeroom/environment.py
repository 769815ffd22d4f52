"""What the environment says Homeroom shall be: every setting, its default, and a sentence for each that is wrong."""

from __future__ import annotations

import os
from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from platformdirs import user_data_path
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, ValidationInfo
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from homeroom.engine.templates import STAFF_ID, STUDENT_ID, fault_of_id_name

PREFIX = "HOMEROOM_"
#: What a command reads, and what stands beside our settings in the file of compose.yaml.
OF_OTHERS = ("HOMEROOM_OPERATOR_PASSWORD", "HOMEROOM_OWNER_PASSWORD", "HOMEROOM_APP_PASSWORD")
GIBIBYTE = 1024**3
SHORTEST_SECRET = 32
THIS_MACHINE = ("localhost", "127.0.0.1", "[::1]")


class FaultyEnvironmentError(Exception):
    """The environment cannot be used; the text has one line for each setting that is missing or wrong."""


def _split(text: object) -> object:
    return [part.strip() for part in text.split(",") if part.strip()] if isinstance(text, str) else text


def _connects(url: str) -> str:
    try:
        parts = conninfo_to_dict(url)
    except ProgrammingError:
        parts = {}
    if not url.startswith(("postgres://", "postgresql://")) or not parts.get("dbname"):
        raise ValueError("must be an address like postgresql://role:password@host:5432/database")
    return url


def _sends(url: str) -> str:
    if url not in ("", "console:") and not _is_mail_server(url):
        raise ValueError(
            "must be smtp:// or smtps:// with a host, or console:; in user and password, / is written as %2F, "
            "? as %3F, # as %23, @ as %40 and % as %25"
        )
    return url


def _is_mail_server(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:  # it would repeat what it takes for the port, which may be the beginning of a password
        return False
    # What follows the host was meant to be in the password: a slash there ends the host.
    rest = (parts.path.removeprefix("/"), parts.query, parts.fragment)
    return parts.scheme in ("smtp", "smtps") and bool(host) and port != 0 and not any(rest)


def _is_long(secret: SecretStr) -> SecretStr:
    if len(secret.get_secret_value()) < SHORTEST_SECRET:
        raise ValueError(f"must have at least {SHORTEST_SECRET} characters")
    return secret


def _is_long_or_empty(secret: SecretStr) -> SecretStr:
    return _is_long(secret) if secret.get_secret_value() else secret


def _are_field_keys(keys: list[SecretStr]) -> list[SecretStr]:
    try:
        for key in keys:
            Fernet(key.get_secret_value())
    except ValueError:
        keys = []
    if not keys:
        raise ValueError("must be one key or several with commas between them, each 32 bytes in URL-safe base64")
    return keys


def _is_known(url: str, info: ValidationInfo) -> str:
    if not url and set(info.data["hosts"]) <= {"*"}:
        raise ValueError("must be set where HOMEROOM_HOSTS names no host: links in e-mails would lead nowhere")
    return url


def _names_ids(template: str) -> Callable[[str], str]:
    def named(column: str) -> str:
        if fault := fault_of_id_name(template, column):
            raise ValueError(fault)
        return column

    return named


CommaList = Annotated[list[str], NoDecode, BeforeValidator(_split)]
DatabaseUrl = Annotated[str, AfterValidator(_connects)]


class Environment(BaseSettings):
    """The settings as they stand in the environment, checked. `docs/how-to/deploy.md` explains each."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="ignore", frozen=True)

    database_url: DatabaseUrl = Field(
        validation_alias="DATABASE_URL", description="PostgreSQL, as the role that serves and works."
    )
    owner_database_url: DatabaseUrl | None = Field(
        None, description="The same database, as the role that owns the tables. Only migrations need it."
    )
    secret_key: Annotated[SecretStr, AfterValidator(_is_long)] = Field(
        description="Signs sessions and links. A new one signs everybody out."
    )
    field_keys: Annotated[list[SecretStr], NoDecode, BeforeValidator(_split), AfterValidator(_are_field_keys)] = Field(
        description="Encrypt stored credentials: the first writes, all read. Lose them and every credential is lost."
    )
    data: Path = Field(
        default_factory=lambda: user_data_path("homeroom"),
        description="The folder for deliveries, reports, snapshots and the embedded database.",
    )
    hosts: CommaList = Field(list(THIS_MACHINE), description="The names under which browsers reach this server.")
    address: str = Field("127.0.0.1", description="The network address to listen on.")
    port: int = Field(8000, ge=1, le=65_535, description="The port to listen on.")
    sftp_port: int | None = Field(
        None,
        ge=1,
        le=65_535,
        description="The port of the SFTP server for the districts' drop boxes. If not set: there is none.",
    )
    sftp_address: str = Field(
        "0.0.0.0",  # noqa: S104 — a proxy stands before the web server, and nothing before this one
        description="The network address on which the SFTP server listens, if there is one: by itself on all.",
    )
    url: Annotated[str, AfterValidator(_is_known)] = Field(
        "",
        validate_default=True,
        pattern=r"^(https?://[^/]+)?$",
        description="The address by which browsers reach this server, for links in e-mails: https://host. "
        "If not set: made of the first of HOMEROOM_HOSTS.",
    )
    https: bool | None = Field(
        None, description="Browsers come by HTTPS. If not set: true as soon as HOMEROOM_HOSTS names another machine."
    )
    proxies: int = Field(0, ge=0, description="How many proxies of yours stand in front of this server.")
    debug: bool = Field(False, description="For developers: error pages with details. Never with real pupils.")
    product: str = Field("Homeroom", min_length=1, description="What your product is called on pages and in reports.")
    support_text: str = Field("", description="The support contact, beside every report and every failure.")
    support_link: str = Field(
        "",
        pattern=r"^((https?://|mailto:).+)?$",
        description="Where the support contact leads: https://… or mailto:…",
    )
    delivery_days: int = Field(30, ge=1, description="Days for which deliveries are kept.")
    upload_limit_bytes: int = Field(2 * GIBIBYTE, ge=1, description="The largest upload, in bytes.")
    self_serve_rows: int = Field(1_000, ge=1, description="The most rows of one self-serve upload.")
    self_serve_bytes: int = Field(2_000_000, ge=1, description="The most bytes of one self-serve upload.")
    student_id_column: Annotated[str, AfterValidator(_names_ids("students"))] = Field(
        STUDENT_ID, description="What the template for students calls the ID, also in reports and, spelt out, on pages."
    )
    staff_id_column: Annotated[str, AfterValidator(_names_ids("staff"))] = Field(
        STAFF_ID, description="What the template for staff calls the ID, also in reports and, spelt out, on pages."
    )
    extra_grades: CommaList = Field([], description="Grades that districts may use beside the standard's.")
    extra_subjects: CommaList = Field([], description="Subjects that self-serve classes may have beside the usual.")
    private_sources: bool = Field(False, description="Rosters may be collected from addresses of a private network.")
    loopback_sources: bool = Field(False, description="Rosters may be collected from this very machine: for trying.")
    email_url: Annotated[str, AfterValidator(_sends)] = Field(
        "",
        description="smtp://user:password@host:587 (STARTTLS), smtps://… (TLS), or console:. "
        "If not set: e-mails become files in the folder mail of HOMEROOM_DATA, each kept until one is written 30 days "
        "later.",
    )
    email_from: str = Field("homeroom@localhost", description="The sender of e-mails.")
    digest_hour: int = Field(
        12, ge=0, le=23, description="The hour, by UTC, at which operators are sent the digest of all districts."
    )
    metrics_token: Annotated[SecretStr, AfterValidator(_is_long_or_empty)] = Field(
        SecretStr(""),
        description="Who sends it as a bearer token reads /metrics. If not set: there is no such page.",
    )
    classlink_partner_key: SecretStr = Field(
        SecretStr(""),
        description="The API key of your partner account at ClassLink, whose proxy lists your districts.",
    )
    classlink_proxy: str = Field(
        "https://oneroster-proxy.apis.classlink.com",
        pattern=r"^https?://[^/]+$",
        description="The address of ClassLink's proxy, as https://host.",
    )
    classlink_client_id: str = Field("", description="Sign-in with ClassLink: the client's id.")
    classlink_client_secret: SecretStr = Field(SecretStr(""), description="Sign-in with ClassLink: its secret.")
    google_client_id: str = Field("", description="Sign-in with Google: the client's id.")
    google_client_secret: SecretStr = Field(SecretStr(""), description="Sign-in with Google: its secret.")
    microsoft_client_id: str = Field("", description="Sign-in with Microsoft: the application's id.")
    microsoft_client_secret: SecretStr = Field(SecretStr(""), description="Sign-in with Microsoft: its secret.")
    microsoft_tenant: str = Field("organizations", description="Sign-in with Microsoft: whose accounts may come.")

    @property
    def is_https(self) -> bool:
        return self.https if self.https is not None else not set(self.hosts) <= set(THIS_MACHINE)

    @property
    def own_url(self) -> str:
        """Where browsers reach this server, without a slash at the end."""
        if self.url:
            return self.url
        host = next(host.lstrip(".") for host in self.hosts if host != "*")
        if host in THIS_MACHINE:
            host = f"{host}:{self.port}"
        return f"{'https' if self.is_https else 'http'}://{host}"


def variable(field: str) -> str:
    """The environment's name for a field of Environment."""
    alias = Environment.model_fields[field].validation_alias
    return alias if isinstance(alias, str) else f"{PREFIX}{field}".upper()


def read() -> Environment:
    """The settings. Raises FaultyEnvironmentError that tells every fault at once; no value is repeated in it."""
    misspelt = _misspelt()
    try:
        settings = Environment()  # type: ignore[call-arg]  # pydantic-settings reads them from the environment
    except ValidationError as error:
        wrong = (_sentence(fault) for fault in error.errors(include_input=False))
        raise FaultyEnvironmentError("\n".join((*misspelt, *wrong))) from None
    if misspelt:
        raise FaultyEnvironmentError("\n".join(misspelt))
    return settings


def _misspelt() -> list[str]:
    """A sentence for each name of ours that stands for nothing: what was meant would silently stay as it is."""
    known = [variable(field) for field in Environment.model_fields]
    given = sorted(name.upper() for name, text in os.environ.items() if text and name.upper().startswith(PREFIX))
    return [_no_setting(name, known) for name in given if name not in (*known, *OF_OTHERS)]


def _no_setting(name: str, known: list[str]) -> str:
    by_end = {variable.removeprefix(PREFIX): variable for variable in known}
    near = get_close_matches(name.removeprefix(PREFIX), by_end, n=1, cutoff=0.8)
    remedy = f"Did you mean {by_end[near[0]]}?" if near else "Take it out, or look it up in docs/how-to/deploy.md."
    return f"{name} is no setting. {remedy}"


def _sentence(fault: object) -> str:
    assert isinstance(fault, dict)
    location = str(fault["loc"][0])
    field = next(name for name in Environment.model_fields if location in (name, variable(name)))
    about = Environment.model_fields[field].description
    if fault["type"] == "missing":
        return f"{variable(field)} is not set. {about}"
    if fault["type"] == "string_pattern_mismatch":
        return f"{variable(field)} is not one of the forms that are known. {about}"
    reason = str(fault["msg"]).removeprefix("Value error, ").removeprefix("Input ")
    return f"{variable(field)} {reason.replace('should', 'must', 1)}. {about}"
