"""From a stored feed to a connection that the client of OneRoster REST understands, or that of SFTP."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from django.conf import settings

from homeroom.feeds.credentials import Credentials, unseal
from homeroom.feeds.models import Authentication, Feed
from homeroom.sources import SettingsError
from homeroom.sources.addresses import Allowed
from homeroom.sources.drop_box import Box
from homeroom.sources.oneroster_rest import Authentication as Way
from homeroom.sources.oneroster_rest import Bearer, ClassLinkPartner, ClientCredentials, Connection, OAuth1
from homeroom.sources.sftp_connection import Password, PrivateKey, Server

SFTP_PORT = 22
BETWEEN_LOOKS_SECONDS = 5.0


def connection_of(feed: Feed, credentials: Credentials | None = None) -> Connection:
    """credentials: to be tried; null: those that are stored. Raises SettingsError where they cannot be opened."""
    return Connection(
        base_url=feed.base_url,
        version=feed.version,
        authentication=_way(feed, credentials or unseal(feed.sealed)),
        page_size=feed.page_size,
        wants_demographics=feed.wants_demographics,
        allows_loopback=settings.HOMEROOM_LOOPBACK_SOURCES,
        allows_private=settings.HOMEROOM_PRIVATE_SOURCES,
    )


def server_of(feed: Feed, credentials: Credentials | None = None) -> Server:
    """As ``connection_of``, for a feed that is SFTP."""
    given = credentials or unseal(feed.sealed)
    host, port, folder = place_of(feed)
    return Server(
        host=host,
        port=port,
        folder=folder,
        user=given.key,
        way=PrivateKey(given.secret) if feed.authentication == Authentication.SFTP_KEY else Password(given.secret),
        host_key=feed.host_key,
        settled_after=timedelta(minutes=feed.settled_after_minutes),
        between_looks_seconds=BETWEEN_LOOKS_SECONDS,
        most_bytes=settings.HOMEROOM_UPLOAD_LIMIT_BYTES,
        allows_loopback=settings.HOMEROOM_LOOPBACK_SOURCES,
        allows_private=settings.HOMEROOM_PRIVATE_SOURCES,
    )


def box_of(district_id: int) -> Box:
    """The district's drop box, whether it has been used or not. Never another one's: the folder is named by our id."""
    folder = Path(settings.HOMEROOM_DATA) / "drops" / str(district_id)
    return Box(folder, most_bytes=settings.HOMEROOM_UPLOAD_LIMIT_BYTES)


def sftp_address(host: str, port: int, folder: str) -> str:
    """Where drops are found, as it is stored: sftp://host:22/folder, and with two slashes an absolute folder."""
    bare = host.strip("[]").lower()
    return f"sftp://{f'[{bare}]' if ':' in bare else bare}:{port}/{quote(folder)}"


def place_of(feed: Feed) -> tuple[str, int, str]:
    """Host, port and folder of a feed that is SFTP."""
    parts = urlsplit(feed.base_url)
    return parts.hostname or "", parts.port or SFTP_PORT, unquote(parts.path.removeprefix("/"))


def partner() -> ClassLinkPartner | None:
    """The publisher as ClassLink knows it; null where the server has no partner key."""
    key = settings.HOMEROOM_CLASSLINK_PARTNER_KEY
    return ClassLinkPartner(settings.HOMEROOM_CLASSLINK_PROXY, key) if key else None


def addresses_allowed() -> Allowed:
    """Which addresses this server asks for rosters."""
    return Allowed(loopback=settings.HOMEROOM_LOOPBACK_SOURCES, private=settings.HOMEROOM_PRIVATE_SOURCES)


def host_of(feed: Feed) -> str:
    """The machine from which the roster is collected, by its name."""
    if feed.is_drop_box:
        return "the drop box"
    return urlsplit(feed.base_url).hostname or ""


def _way(feed: Feed, credentials: Credentials) -> Way:
    key, secret = credentials.key, credentials.secret
    if feed.is_chosen:
        if (publisher := partner()) is None:
            raise SettingsError("This server has no partner key of ClassLink's (HOMEROOM_CLASSLINK_PARTNER_KEY).")
        return publisher
    if feed.authentication == Authentication.BEARER:
        return Bearer(secret)
    if feed.needs_token_url:
        return ClientCredentials(
            token_url=feed.token_url,
            client_id=key,
            secret=secret,
            scopes=tuple(feed.scopes.split()) or None,
            in_body=feed.authentication == Authentication.OAUTH2_FORM,
        )
    return OAuth1(key, secret, digest="SHA1" if feed.authentication == Authentication.OAUTH1_SHA1 else "SHA256")
