"""What people do with feeds: each one transaction and one event, refused with a sentence to who may not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from homeroom.accounts.models import User
from homeroom.audit.recording import Target, record
from homeroom.districts import Refused
from homeroom.districts.actions.acting import acting
from homeroom.districts.models import District
from homeroom.districts.permissions import COLLECTED
from homeroom.feeds.connections import addresses_allowed, box_of, host_of, place_of, sftp_address
from homeroom.feeds.credentials import Credentials, seal
from homeroom.feeds.models import ADDRESS_LENGTH, Authentication, Feed, Version
from homeroom.feeds.timetable import next_night, next_try
from homeroom.sources import SettingsError
from homeroom.sources.addresses import askable
from homeroom.sources.sftp_connection import fingerprint, is_private_key, is_user

#: What can be changed of a feed, beside its credentials: of one that asks a provider, and of one that is SFTP.
CONNECTION = ("base_url", "version", "authentication", "token_url", "scopes", "page_size", "wants_demographics")
SFTP_CONNECTION = ("base_url", "authentication", "settled_after_minutes")
TIMETABLE = ("night", "no_syncs_on", "tells_changes", "complete_every_days")
MOST_PAGE_SIZE = 100_000
MOST_MINUTES = 24 * 60
#: Printable ASCII without spaces: what can stand in a header as it is.
_PLAIN = re.compile(r"[!-~]+")
#: A name or an address, without anything before or behind it.
_HOST = re.compile(r"[\w.:-]+")


def connect(*, by: User, district: District, credentials: Credentials | None, **connection: Any) -> Feed:
    """The district's feed with this connection; its timetable stays, and a new one begins tonight.

    connection: some of ``CONNECTION``, or of ``SFTP_CONNECTION``. credentials: null keeps those that are stored. An
    SFTP server that is another has to be confirmed anew. A drop box is closed, and what lies in it is removed.
    """
    with acting(by, district, "sources.connect"):
        feed = Feed.objects.filter(district=district).first() or Feed(district=district)
        is_new = feed.pk is None
        if credentials is None and is_new:
            raise Refused("Please enter the credentials.")
        before, left_box = _shown_to(feed), feed.is_drop_box
        _set(feed, connection, (*CONNECTION, *SFTP_CONNECTION))
        _check_connection(feed)
        if credentials is not None:
            _seal(feed, credentials)
        elif not _shown_to(feed) <= before:
            raise Refused("The stored credentials do not belong to this. Please enter those that do.")
        if _machines(before) != _machines(_shown_to(feed)):
            feed.host_key = ""
        feed.box_password = feed.box_keys = ""
        feed.pulled_at = feed.complete_at = None  # another provider knows nothing of what this one has told
        feed.taken, feed.taken_modified_at, feed.looked_at, feed.looked = "", None, None, ""
        feed.tries = 0
        feed.save()
        plan(feed)
        if left_box:
            transaction.on_commit(box_of(district.pk).empty)
        _record(by, "feed.connected" if is_new else "feed.changed", feed, changed=sorted(connection))
    return feed


def confirm_host_key(*, by: User, district: District, host_key: str) -> Feed:
    """The feed, whose SFTP server is known by this host key from now on. host_key: as one line."""
    with _changing(by, district) as feed:
        if not feed.is_sftp:
            raise Refused("Only SFTP servers have a host key.")
        try:
            told = fingerprint(host_key)
        except ValueError as error:
            raise Refused(str(error)) from None
        feed.host_key, feed.tries = host_key, 0
        _record(by, "feed.host-key-confirmed", feed, fingerprint=told)
    return feed


def rotate_credentials(*, by: User, district: District, credentials: Credentials) -> Feed:
    """The feed with other credentials; the next request shows them. Nothing else changes."""
    with _changing(by, district) as feed:
        _seal(feed, credentials)
        _record(by, "feed.credentials-changed", feed)
    return feed


def change_timetable(*, by: User, district: District, **timetable: Any) -> Feed:
    """The feed with other nights. timetable: some of ``TIMETABLE``."""
    with _changing(by, district) as feed:
        _set(feed, timetable, TIMETABLE)
        for day in feed.no_syncs_on:
            _check_day(day)
        if feed.complete_every_days < 1:
            raise Refused("Everything must be asked for from time to time: please write 1 day or more.")
        feed.tries = 0
        plan(feed)
        _record(by, "feed.timetable-changed", feed, **{name: str(getattr(feed, name)) for name in TIMETABLE})
    return feed


def pause(*, by: User, district: District) -> Feed:
    """No night begins by itself until ``resume``."""
    return _pause(by, district, is_paused=True)


def resume(*, by: User, district: District) -> Feed:
    return _pause(by, district, is_paused=False)


def _pause(by: User, district: District, *, is_paused: bool) -> Feed:
    with _changing(by, district) as feed:
        if feed.is_paused == is_paused:
            raise Refused(f"The nightly sync is {'paused' if is_paused else 'running'} already.")
        feed.is_paused = is_paused
        feed.paused_by, feed.paused_at = (by, timezone.now()) if is_paused else (None, None)
        feed.tries = 0
        plan(feed)
        _record(by, "feed.paused" if is_paused else "feed.resumed", feed)
    return feed


def plan(feed: Feed, *, after: datetime | None = None) -> datetime | None:
    """Notes when the feed is due next, and says it: null while it is paused, or waits for another rostering method."""
    at = None
    if not feed.is_paused and feed.fits(feed.district):
        at = next_night(
            night=feed.night,
            zone=feed.district.time_zone,
            no_syncs_on=feed.no_syncs_on,
            spread_by=feed.district.slug,
            after=after or timezone.now(),
        )
    District.objects.filter(pk=feed.district_id).update(due_at=at)
    return at


def plan_by_method(district: District, before: str) -> dict[str, int]:
    """With another rostering method a feed that waited for it is due again, and one that waits from now on is not."""
    feed = Feed.objects.filter(district=district).first()
    # In a district that becomes self-serve, what is due finds out by itself: nobody could act there meanwhile.
    if feed is None or not district.is_automated or {before, district.method} <= COLLECTED:
        return {}
    feed.district, feed.tries = district, 0
    feed.save(update_fields=["tries"])
    plan(feed)
    return {}


def plan_next_try(district: District) -> bool:
    """After a sync that failed for something that may pass: it is due again, if the night is long enough, and then this
    is true. If not, the next night is one of its own.
    """
    feed = Feed.objects.filter(district=district).first()
    if feed is None or feed.is_paused:
        return False
    again = next_try(tries=feed.tries + 1, now=timezone.now(), night=plan(feed))
    feed.tries = 0 if again is None else feed.tries + 1
    feed.save(update_fields=["tries"])
    if again is not None:
        District.objects.filter(pk=district.pk).update(due_at=again)
    return again is not None


def plan_no_further_try(district: District, *, takes_again: bool) -> None:
    """After a sync that failed for good: the next night is one of its own. takes_again: nobody has judged the drop that
    was taken, so that night takes it once more.
    """
    Feed.objects.filter(district=district).update(tries=0)
    if takes_again:
        forget_taken(district)


def forget_taken(district: District) -> None:
    """The drop that was collected last is collected again, if it still is the newest."""
    Feed.objects.filter(district=district).update(taken="", taken_modified_at=None)


@contextmanager
def _changing(by: User, district: District) -> Iterator[Feed]:
    """The feed, nobody else's meanwhile, and saved at the end."""
    with acting(by, district, "sources.connect"):
        feed = Feed.of(district)
        if feed is None:
            raise Refused("No source is connected yet.")
        yield feed
        feed.save()


def _set(feed: Feed, values: Mapping[str, Any], names: tuple[str, ...]) -> None:
    for name, value in values.items():
        if name not in names:
            raise KeyError(name)
        setattr(feed, name, value.strip() if isinstance(value, str) else value)


def require_usable(credentials: Credentials, feed: Feed) -> None:
    """Raises Refused for what could not even be sent."""
    if feed.is_chosen:
        return None
    if feed.is_drop_box:
        raise Refused("To a drop box the district signs in, and Homeroom to none.")
    if feed.is_sftp:
        return _require_usable_for_sftp(credentials, feed)
    is_bearer = feed.authentication == Authentication.BEARER
    if not credentials.secret.strip():
        raise Refused(f"Please enter the {'token' if is_bearer else 'secret'}.")
    if is_bearer and not _PLAIN.fullmatch(credentials.secret):
        raise Refused("A token has no spaces and no letters with accents in it. Please copy it once more.")
    if not is_bearer and not credentials.key.strip():
        raise Refused("Please enter the key, or client id, that belongs to the secret.")
    return None


def _require_usable_for_sftp(credentials: Credentials, feed: Feed) -> None:
    if not credentials.key.strip():
        raise Refused("Please enter the user as which Homeroom signs in.")
    if not is_user(credentials.key):
        raise Refused("The user has a character in it that cannot be sent. Please type it, or copy it once more.")
    if feed.authentication == Authentication.SFTP_PASSWORD and not credentials.secret:
        raise Refused("Please enter the password.")
    if feed.authentication == Authentication.SFTP_KEY and not is_private_key(credentials.secret):
        raise Refused(
            "This is no private key that can be opened. Copy all of the file, with its first and last line. A key that "
            "needs a passphrase does not work: have one made without."
        )


def _seal(feed: Feed, credentials: Credentials) -> None:
    require_usable(credentials, feed)
    feed.sealed, feed.sealed_at = seal(credentials), timezone.now()


def _shown_to(feed: Feed) -> set[tuple[bool, str]]:
    """The machines that are shown the credentials, and whether these are one piece alone: a token, a private key. What
    is stored is shown to no other: who can change the address could read it there.
    """
    if feed.is_chosen:
        return set()  # nothing is stored
    addresses = [feed.base_url, *([feed.token_url] if feed.needs_token_url else [])]
    is_alone = feed.authentication in (Authentication.BEARER, Authentication.SFTP_KEY)
    return {(is_alone, f"{parts.scheme}://{parts.netloc}".lower()) for parts in map(urlsplit, addresses)}


def _machines(shown_to: set[tuple[bool, str]]) -> set[str]:
    return {machine for _, machine in shown_to}


def _check_connection(feed: Feed) -> None:
    if feed.authentication not in Authentication.values or feed.version not in Version.values:
        raise Refused("Please choose from the list.")
    if not feed.fits(feed.district):
        raise Refused(f"A district of the method {feed.district.get_method_display()} has another kind of source.")
    if feed.brings_files:
        return _check_server(feed)
    _check_address("base URL", feed.base_url)
    if feed.is_chosen and not feed.base_url.startswith(f"{settings.HOMEROOM_CLASSLINK_PROXY}/"):
        raise Refused(f"The base URL is not at ClassLink's proxy, {settings.HOMEROOM_CLASSLINK_PROXY}.")
    if feed.needs_token_url:
        _check_address("token URL", feed.token_url)
    if not 1 <= feed.page_size <= MOST_PAGE_SIZE:
        raise Refused(f"A page has 1 to {MOST_PAGE_SIZE:,} records.")
    return None


def _check_server(feed: Feed) -> None:
    try:
        host, port, folder = place_of(feed)
    except ValueError:
        host, port, folder = "", 0, ""
    is_as_written = feed.base_url == sftp_address(host, port, folder)  # nothing hides in the host
    if not is_as_written or not _HOST.fullmatch(host) or not port:
        raise Refused("The host is a name such as sftp.example.org, and the port a number up to 65535.")
    if len(feed.base_url) > ADDRESS_LENGTH:  # a letter beyond ASCII takes six or more there
        raise Refused("Host and folder are too long together. Ask the district for a shorter path, in plain letters.")
    if not 1 <= feed.settled_after_minutes <= MOST_MINUTES:
        raise Refused(f"Write 1 to {MOST_MINUTES:,} minutes.")


def _check_address(name: str, address: str) -> None:
    try:
        askable(address, addresses_allowed())
    except SettingsError as error:
        raise Refused(f"The {name} cannot be used. {error}") from None
    if "?" in address or "#" in address:
        raise Refused(f"The {name} must end before “?” or “#”.")


def _check_day(day: str) -> None:
    try:
        date.fromisoformat(day)
    except ValueError:
        raise Refused(f"“{day}” is no day; write it as 2026-12-24.") from None


def _record(by: User, what: str, feed: Feed, **detail: object) -> None:
    target = Target("feed", feed.pk, host_of(feed))
    record(by=by, what=what, district_id=feed.district_id, target=target, detail=detail)
