"""How does each request show who asks?"""

from __future__ import annotations

import base64
import json
import threading
import time
from typing import Protocol
from urllib.parse import quote_plus, urlencode

from oauthlib import oauth1

from homeroom.sources import RefusedError, SettingsError
from homeroom.sources.oneroster_rest.classlink import OfPartner
from homeroom.sources.oneroster_rest.connection import (
    Bearer,
    ClassLinkPartner,
    ClientCredentials,
    Connection,
    OAuth1,
)
from homeroom.sources.oneroster_rest.wire import BUSY, Answer, PassingError, Wire, retry_after

#: A token is fetched anew so long before it expires.
_EARLY_SECONDS = 30
_SIGNATURES = {"SHA256": oauth1.SIGNATURE_HMAC_SHA256, "SHA1": oauth1.SIGNATURE_HMAC_SHA1}
_OK = 200


class Signer(Protocol):
    """Says who asks."""

    def header(self, url: str) -> str:
        """What goes into Authorization for a GET of this URL."""
        ...

    def renew(self, header: str) -> bool:
        """After this header was turned down: whether there is another one to try."""
        ...


def signer(connection: Connection, wire: Wire) -> Signer:
    match connection.authentication:
        case OAuth1():
            return _Signed(connection.authentication)
        case ClientCredentials():
            return _Tokens(connection.authentication, connection.scopes, wire)
        case Bearer():
            return _Fixed(connection.authentication)
        case ClassLinkPartner():
            return OfPartner(connection.authentication, connection, wire)


class _Fixed:
    def __init__(self, bearer: Bearer) -> None:
        self._header = f"Bearer {bearer.token}"

    def header(self, _: str) -> str:
        return self._header

    def renew(self, _: str) -> bool:
        return False


class _Signed:
    def __init__(self, own: OAuth1) -> None:
        if own.digest not in _SIGNATURES:
            raise SettingsError(f"OAuth 1.0a signs with {' or '.join(_SIGNATURES)}, not with {own.digest}.")
        self._own = own

    def header(self, url: str) -> str:
        client = oauth1.Client(
            self._own.key, client_secret=self._own.secret, signature_method=_SIGNATURES[self._own.digest]
        )
        _, headers, _ = client.sign(url)
        return str(headers["Authorization"])

    def renew(self, _: str) -> bool:
        return False


class _Tokens:
    """A token for all who ask; whoever finds it expired fetches the next one, and the others wait for that."""

    def __init__(self, own: ClientCredentials, scopes: tuple[str, ...], wire: Wire) -> None:
        self._own, self._scopes, self._wire = own, scopes, wire
        self._lock = threading.Lock()
        self._header = ""
        self._until = 0.0

    def header(self, _: str) -> str:
        with self._lock:
            if not self._header or time.monotonic() > self._until:
                self._fetch()
            return self._header

    def renew(self, header: str) -> bool:
        with self._lock:
            if header == self._header:  # otherwise somebody else was faster
                self._fetch()
        return True

    def _fetch(self) -> None:
        form = {"grant_type": "client_credentials"}
        if self._scopes:
            form["scope"] = " ".join(self._scopes)
        headers = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
        if self._own.in_body:
            form |= {"client_id": self._own.client_id, "client_secret": self._own.secret}
        else:
            # RFC 6749, 2.3.1: both are form-encoded first
            pair = f"{quote_plus(self._own.client_id)}:{quote_plus(self._own.secret)}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        answer = self._wire.send("POST", self._own.token_url, headers, urlencode(form).encode())
        token, seconds = _token(answer, self._own.token_url)
        self._header = f"Bearer {token}"
        self._until = time.monotonic() + max(seconds - _EARLY_SECONDS, seconds / 2)


def _token(answer: Answer, url: str) -> tuple[str, float]:
    if answer.status in BUSY:
        raise PassingError(
            f"{url} gives no token at the moment: it answers with status {answer.status}.", retry_after(answer)
        )
    if answer.status != _OK:
        raise SettingsError(
            f"{url} gives no token: it answers with status {answer.status}{answer.reason}. "
            "Check the token URL, the client id and secret, and the scopes; some providers want no scope at all, "
            "some want id and secret in the form."
        )
    try:
        told = json.loads(answer.body)
        return str(told["access_token"]), float(told.get("expires_in") or 3600)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RefusedError(
            f"{url} answered, but with {answer.kind}, and no token is in it. Check that this is the token URL."
        ) from error
