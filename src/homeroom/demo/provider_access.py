"""Who may ask the made-up provider? By OAuth 1.0a, OAuth 2 client credentials, or a fixed token, as it is told."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, parse_qsl, quote, unquote, unquote_plus, urlsplit

KEY, SECRET, TOKEN = "demo-key", "demo secret & more", "demo-token"
TOKEN_PATH = "/token"
_PARAMETER = re.compile(r'(\w+)="([^"]*)"')
_DIGESTS = {"HMAC-SHA1": hashlib.sha1, "HMAC-SHA256": hashlib.sha256}


@dataclass
class Access:
    """kind: "oauth1", "oauth2" or "bearer". Tokens are good until somebody lets them expire."""

    kind: str
    in_body: bool = False
    _issued: int = 0
    _valid: str | None = None
    _nonces: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def token(self, authorization: str, form: str) -> str | None:
        """A new token for whoever shows id and secret; null for others."""
        asked = {name: values[0] for name, values in parse_qs(form).items()}
        if self.in_body:
            shown = (asked.get("client_id"), asked.get("client_secret"))
        else:
            pair = base64.b64decode(authorization.removeprefix("Basic ")).decode() if authorization else ":"
            key, _, secret = pair.partition(":")
            shown = (unquote_plus(key), unquote_plus(secret))
        if self.kind != "oauth2" or shown != (KEY, SECRET) or asked.get("grant_type") != "client_credentials":
            return None
        with self._lock:
            self._issued += 1
            self._valid = f"{TOKEN}-{self._issued}"
            return self._valid

    def expire(self) -> None:
        """From now on the last token counts for nothing."""
        with self._lock:
            self._valid = None

    def lets_in(self, authorization: str, url: str) -> bool:
        """Whether a GET of this URL may be answered."""
        if self.kind == "oauth1":
            return self._is_signed(authorization, url)
        valid = TOKEN if self.kind == "bearer" else self._valid
        return valid is not None and hmac.compare_digest(authorization, f"Bearer {valid}")

    def _is_signed(self, authorization: str, url: str) -> bool:
        if not authorization.startswith("OAuth "):
            return False
        given = {name: unquote(value) for name, value in _PARAMETER.findall(authorization)}
        signature, digest = given.pop("oauth_signature", ""), _DIGESTS.get(given.get("oauth_signature_method", ""))
        with self._lock:
            fresh = given.get("oauth_nonce", "") not in self._nonces
            self._nonces.add(given.get("oauth_nonce", ""))
        if digest is None or given.get("oauth_consumer_key") != KEY or not fresh:
            return False
        base = _base_string(given, url)
        expected = hmac.new(f"{_encoded(SECRET)}&".encode(), base.encode(), digest).digest()
        return hmac.compare_digest(signature, base64.b64encode(expected).decode())


def _base_string(given: Mapping[str, str], url: str) -> str:
    """RFC 5849, 3.4.1."""
    parts = urlsplit(url)
    pairs = [*parse_qsl(parts.query, keep_blank_values=True), *given.items()]
    normal = "&".join(f"{name}={value}" for name, value in sorted((_encoded(n), _encoded(v)) for n, v in pairs))
    bare = f"{parts.scheme}://{parts.netloc.lower()}{parts.path}"
    return f"GET&{_encoded(bare)}&{_encoded(normal)}"


def _encoded(text: str) -> str:
    return quote(text, safe="-._~")
