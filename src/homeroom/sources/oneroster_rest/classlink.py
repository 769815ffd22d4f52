"""ClassLink's proxy: which districts share their rosters with a publisher, and each one's token of the day.

A publisher has one key, its partner key. With it the proxy lists an application for each district, and the application
has the token with which that district's roster is read (rest.md 8.1).
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from homeroom.sources import RefusedError, SettingsError
from homeroom.sources.addresses import Allowed
from homeroom.sources.oneroster_rest.connection import ClassLinkPartner, Connection
from homeroom.sources.oneroster_rest.wire import BUSY, Answer, PassingError, Wire, retry_after

#: Asked for at a time; what the proxy gives unasked.
_PAGE = 100
#: So many districts no publisher has; a proxy that never ends is not followed for ever.
_MOST_PAGES = 1_000
#: It comes percent-encoded and goes into addresses as it is.
_ID = re.compile(r"(?!\.+$)[A-Za-z0-9%._~=+-]{1,200}")
_TOKEN = re.compile(r"[!-~]+")
_OK, _UNAUTHORIZED, _FORBIDDEN = 200, 401, 403
_TIMEOUT_SECONDS = 30
_ABOUT_THE_KEY = "Check the partner key with ClassLink."


@dataclass(frozen=True)
class Application:
    """A district that shares with the publisher. id: as it stands in addresses, percent signs included. token: null
    where the proxy gives none. is_on: switched on at ClassLink, of a tenant that is active.
    """

    id: str
    tenant_id: str
    tenant: str
    name: str
    is_on: bool
    token: str | None = field(repr=False)

    @property
    def is_usable(self) -> bool:
        return self.is_on and self.token is not None

    def base_url(self, proxy: str) -> str:
        """Where its roster is."""
        return f"{proxy}/{self.id}/ims/oneroster/v1p1"


def list_applications(own: ClassLinkPartner, *, allowed: Allowed) -> list[Application]:
    """All applications of the publisher, by the names of their districts. Asks once; raises SourceError."""
    wire = Wire(allowed=allowed, timeout_seconds=_TIMEOUT_SECONDS, at_once=1)
    try:
        return sorted(applications(own, wire), key=lambda one: (one.tenant.casefold(), one.name.casefold(), one.id))
    finally:
        wire.close()


def applications(own: ClassLinkPartner, wire: Wire) -> Iterator[Application]:
    """All applications of the publisher, as the proxy lists them, page by page. Raises SourceError."""
    seen: set[str] = set()
    for _ in range(_MOST_PAGES):
        url = f"{own.proxy}/applications?limit={_PAGE}&offset={len(seen)}"
        answer = wire.send("GET", url, {"Accept": "application/json", "Authorization": f"Bearer {own.key}"})
        new = [one for one in _listed(answer, own.proxy) if one.id not in seen]
        if not new:
            return
        seen.update(one.id for one in new)
        yield from new
    raise RefusedError(f"{own.proxy} lists applications without an end.")


def _listed(answer: Answer, proxy: str) -> list[Application]:
    if answer.status in BUSY:
        raise PassingError(f"{proxy} does not list the districts at the moment{answer.reason}.", retry_after(answer))
    if answer.status in (_UNAUTHORIZED, _FORBIDDEN):
        raise SettingsError(f"{proxy} does not know the publisher{answer.reason}. {_ABOUT_THE_KEY}")
    try:
        told = json.loads(answer.body) if answer.status == _OK else None
    except ValueError:
        told = None
    given = told.get("applications") if isinstance(told, dict) else told
    if isinstance(given, dict):
        given = [given]
    if not isinstance(given, list):
        raise RefusedError(
            f"{proxy} answers with status {answer.status} and {answer.kind}{answer.reason}, not with a list of "
            f"applications. {_ABOUT_THE_KEY}"
        )
    return [application for one in given if (application := _application(one)) is not None]


def _application(told: object) -> Application | None:
    """Null for what has no id that could stand in an address."""
    if not isinstance(told, dict) or not _ID.fullmatch(_text(told, "oneroster_application_id")):
        return None
    token = _text(told, "bearer")
    return Application(
        id=_text(told, "oneroster_application_id"),
        tenant_id=_text(told, "tenant_id"),
        tenant=_text(told, "tenant_name"),
        name=_text(told, "name"),
        is_on=_text(told, "enabled").lower() == "true" and _text(told, "tenant_status").lower() == "active",
        token=token if _TOKEN.fullmatch(token) else None,
    )


def _text(told: dict[str, object], name: str) -> str:
    """In one line; booleans as the proxy writes them otherwise, numbers in digits, and nothing for null."""
    value = told.get(name)
    return "" if value is None or isinstance(value, dict | list) else " ".join(str(value).split())[:1_000]


class OfPartner:
    """A signer who reads the district's token from the publisher's applications, and once more when it is turned
    down.
    """

    def __init__(self, own: ClassLinkPartner, connection: Connection, wire: Wire) -> None:
        if not connection.base_url.startswith(f"{own.proxy}/"):
            raise SettingsError(f"The base URL is not at ClassLink's proxy, {own.proxy}. Choose the district again.")
        self._own, self._base_url, self._wire = own, connection.base_url, wire
        self._lock = threading.Lock()
        self._header = ""

    def header(self, _: str) -> str:
        with self._lock:
            if not self._header:
                self._header = self._fetched()
            return self._header

    def renew(self, header: str) -> bool:
        with self._lock:
            if header == self._header:  # otherwise somebody else was faster
                self._header = self._fetched()
            return header != self._header

    def _fetched(self) -> str:
        for one in applications(self._own, self._wire):
            if one.base_url(self._own.proxy) == self._base_url:
                return self._of(one)
        raise SettingsError(
            "ClassLink lists no application that belongs to the base URL: the district does not share its roster with "
            "the publisher any more, or the URL is that of another. Choose the district from ClassLink's list again."
        )

    @staticmethod
    def _of(one: Application) -> str:
        district = one.tenant or "the district"
        if not one.is_on:
            raise SettingsError(
                f"ClassLink has switched off the sharing of {district}. The district switches it on in its Roster "
                "Server, under the publisher's application."
            )
        if one.token is None:
            raise SettingsError(f"ClassLink gives no token for {district} yet. Ask ClassLink for it.")
        return f"Bearer {one.token}"
