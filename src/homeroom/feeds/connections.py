"""From a stored feed to a connection that the client of OneRoster REST understands."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings

from homeroom.feeds.credentials import Credentials, unseal
from homeroom.feeds.models import Authentication, Feed
from homeroom.sources.oneroster_rest import Authentication as Way
from homeroom.sources.oneroster_rest import Bearer, ClientCredentials, Connection, OAuth1


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


def host_of(feed: Feed) -> str:
    """The machine from which the roster is collected, by its name."""
    return urlsplit(feed.base_url).hostname or ""


def _way(feed: Feed, credentials: Credentials) -> Way:
    key, secret = credentials.key, credentials.secret
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
