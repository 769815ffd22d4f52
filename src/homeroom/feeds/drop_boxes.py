"""The districts' drop boxes on our own SFTP server: who has one, who is let in, and what lies in it."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils import timezone

from homeroom.accounts.models import User
from homeroom.audit.recording import Target, record
from homeroom.districts import Refused, scope
from homeroom.districts.actions.acting import acting
from homeroom.districts.models import District, Method
from homeroom.feeds.actions import plan
from homeroom.feeds.connections import box_of
from homeroom.feeds.models import SETTLED_AFTER_MINUTES, Authentication, Feed
from homeroom.sources.drops import Drop, is_zip
from homeroom.sources.package import is_roster_file
from homeroom.sources.sftp_connection import fingerprint

MOST_KEYS = 10
_NAME = "its drop box"
_KEY = re.compile(r"\S+ [A-Za-z0-9+/=]+")


def open_box(*, by: User, district: District) -> str:
    """The password of the district's new drop box, or of the old one from now on: shown now, and never again. A drop
    box takes the place of the district's own SFTP server, if one was connected.
    """
    with acting(by, district, "sources.connect"):
        if district.method != Method.ONEROSTER_CSV:
            raise Refused(f"A district of the method {district.get_method_display()} has no drop box.")
        feed = Feed.objects.filter(district=district).first() or Feed(district=district)
        is_new = not feed.is_drop_box
        if is_new:
            feed.authentication, feed.base_url, feed.host_key, feed.sealed = Authentication.DROP_BOX, "", "", b""
            feed.taken, feed.taken_modified_at, feed.looked_at, feed.looked = "", None, None, ""
            feed.tries, feed.settled_after_minutes = 0, SETTLED_AFTER_MINUTES
        password = secrets.token_urlsafe(24)
        feed.box_password, feed.sealed_at = make_password(password), timezone.now()
        feed.save()
        if is_new:
            plan(feed)
        _record(by, "drop-box.opened" if is_new else "drop-box.password-renewed", feed)
    return password


def change_box(*, by: User, district: District, box_keys: str, takes_at_once: bool, needs_key: bool) -> Feed:
    """The drop box with these public keys, one a line. needs_key: the password is gone."""
    with acting(by, district, "sources.connect"):
        feed = Feed.of(district)
        if feed is None or not feed.is_drop_box:
            raise Refused("The district has no drop box.")
        keys = [_checked(line) for line in box_keys.splitlines() if line.strip()]
        if len(keys) > MOST_KEYS:
            raise Refused(f"A drop box has {MOST_KEYS} public keys at most.")
        if needs_key and not keys:
            raise Refused("Enter a public key, or nobody could sign in.")
        if not needs_key and not feed.box_password:
            raise Refused(
                "There is no password any more, so only public keys can let in. For both, make a new password first."
            )
        feed.box_keys, feed.takes_at_once = "\n".join(keys), takes_at_once
        if needs_key:
            feed.box_password = ""
        feed.save()
        _record(by, "drop-box.changed", feed, keys=[fingerprint(key) for key in keys], takes_at_once=takes_at_once)
    return feed


def leave_box(district: District, before: str) -> dict[str, int]:
    """With another rostering method nobody takes what lies in the drop box, so that it is removed."""
    if before == Method.ONEROSTER_CSV != district.method:
        transaction.on_commit(box_of(district.pk).empty)
    return {}


@dataclass(frozen=True)
class SignIn:
    """That somebody was let in to a district's drop box. shown: the password, as it is stored, or the key's line."""

    district_id: int
    shown: str


def lets_in(username: str, *, password: str = "", key: str = "") -> SignIn | None:
    """To the drop box of this district, if the password, or the public key (as one line), is one of its; null if not,
    after as long a time. The name is that of the district in its pages' address. In no district's scope.
    """
    feed = _box_of(District.objects.filter(slug=username).first())
    if password and (feed is None or not feed.box_password):
        make_password(password)  # as long as it takes to look
        return None
    if feed is None:
        return None
    if password:
        return SignIn(feed.district_id, feed.box_password) if check_password(password, feed.box_password) else None
    return SignIn(feed.district_id, key) if key and key in feed.box_keys.splitlines() else None


def still_lets_in(sign_in: SignIn) -> bool:
    """Whether nothing has changed since that would keep out who signed in with it. In no district's scope."""
    feed = _box_of(District.objects.filter(pk=sign_in.district_id).first())
    return feed is not None and sign_in.shown in (feed.box_password, *feed.box_keys.splitlines())


def note_arrival(district_id: int, name: str) -> None:
    """A file has arrived in the district's drop box: if it is to be collected at once, the district is due as soon as
    what has come may be whole. A temporary name brings nothing yet.
    """
    if not is_zip(name) and not is_roster_file(name):
        return
    feed = _box_of(District.objects.filter(pk=district_id).first())
    if feed is not None and feed.takes_at_once and not feed.is_paused:
        at = timezone.now() + (timedelta() if is_zip(name) else _settled_after(feed))
        District.objects.filter(pk=district_id).update(due_at=at)


def _box_of(district: District | None) -> Feed | None:
    """The feed of a district that has a drop box now; null for others. In no district's scope."""
    if district is None or district.is_closed:
        return None
    with scope.within(district.pk):
        feed = Feed.of(district)
    return feed if feed is not None and feed.is_drop_box else None


def drops_in_box(feed: Feed) -> tuple[Drop, ...]:
    """What lies in the feed's drop box, the newest first."""
    return box_of(feed.district_id).drops(at=timezone.now(), settled_after=_settled_after(feed))


def _settled_after(feed: Feed) -> timedelta:
    return timedelta(minutes=feed.settled_after_minutes)


def _checked(line: str) -> str:
    """The public key, without its comment. Raises Refused for what is none."""
    found = _KEY.match(line.strip())
    try:
        fingerprint(found[0] if found else "")
    except ValueError:
        raise Refused(
            f"“{line.strip()[:30]}…” is no public key. It is one line, such as “ssh-ed25519 AAAA… name”."
        ) from None
    assert found is not None
    return found[0]


def _record(by: User, what: str, feed: Feed, **detail: object) -> None:
    record(by=by, what=what, district_id=feed.district_id, target=Target("feed", feed.pk, _NAME), detail=detail)
