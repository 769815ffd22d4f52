"""What must be known to ask a OneRoster provider for a roster?"""

from __future__ import annotations

from dataclasses import dataclass, field

#: What a roster is made of, in the order in which it is asked for. Demographics only where they are wanted.
COLLECTIONS = ("orgs", "academicSessions", "courses", "classes", "users", "enrollments")
DEMOGRAPHICS = "demographics"

_SCOPES = ("roster-core.readonly", "roster.readonly")
_SCOPE_PREFIX = {
    "1.1": "https://purl.imsglobal.org/spec/or/v1p1/scope/",
    "1.2": "https://purl.imsglobal.org/spec/or/v1p2/scope/",
}


@dataclass(frozen=True)
class OAuth1:
    """Requests signed one by one (OneRoster 1.1 only): ClassLink's servers, and older ones."""

    key: str
    secret: str = field(repr=False)
    digest: str = "SHA256"
    """SHA256 or SHA1."""


@dataclass(frozen=True)
class ClientCredentials:
    """OAuth 2: a token fetched with id and secret, and fetched anew when it expires."""

    token_url: str
    client_id: str
    secret: str = field(repr=False)
    scopes: tuple[str, ...] | None = None
    """Null: those of the standard. Empty: none is sent, as Synergy wants it."""
    in_body: bool = False
    """Id and secret in the form instead of the header, as PowerSchool wants it."""


@dataclass(frozen=True)
class Bearer:
    """A fixed token, such as those of ClassLink's proxy."""

    token: str = field(repr=False)


@dataclass(frozen=True)
class ClassLinkPartner:
    """ClassLink's proxy, asked with the publisher's own key for the token of the district whose base URL it is.

    proxy: its address, with https:// and without a slash at the end.
    """

    proxy: str
    key: str = field(repr=False)


Authentication = OAuth1 | ClientCredentials | Bearer | ClassLinkPartner


@dataclass(frozen=True)
class Connection:
    """Where and how to ask.

    base_url: up to the version, as in https://example.org/ims/oneroster/v1p1; taken as it is, so that a proxy's host
    and path, percent signs included, may be anything. page_size: so many records are asked for at a time; whoever gives
    fewer is taken at that. at_once: so many collections are fetched at the same time. sorts: ask for the order of
    source ids. trusts_totals: fewer records than X-Total-Count says make the pull incomplete; false for providers that
    are known to count wrongly. allows_loopback: 127.0.0.1 and ::1 may be asked, and without TLS. allows_private:
    addresses of a private network may be asked; link-local ones, where clouds keep their secrets, never.
    longest_wait_seconds: who asks to be left alone for longer gets its way, and is not asked again. most_seconds: after
    so long no further request is made; null: it may take as long as it takes.
    """

    base_url: str
    version: str
    authentication: Authentication = field(repr=False)
    page_size: int = 10_000
    at_once: int = 3
    timeout_seconds: float = 120
    attempts: int = 5
    wants_demographics: bool = False
    sorts: bool = True
    trusts_totals: bool = True
    allows_loopback: bool = False
    allows_private: bool = False
    longest_wait_seconds: float = 600
    most_seconds: float | None = None

    @property
    def collections(self) -> tuple[str, ...]:
        return (*COLLECTIONS, DEMOGRAPHICS) if self.wants_demographics else COLLECTIONS

    @property
    def scopes(self) -> tuple[str, ...]:
        """What to ask a token for."""
        asked = self.authentication.scopes if isinstance(self.authentication, ClientCredentials) else ()
        if asked is not None:
            return asked
        names = (*_SCOPES, "roster-demographics.readonly") if self.wants_demographics else _SCOPES
        return tuple(_SCOPE_PREFIX[self.version] + name for name in names)
