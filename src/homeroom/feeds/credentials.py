"""Credentials, sealed while they are stored and opened only to ask the provider."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from cryptography.fernet import InvalidToken

from homeroom.sealing import keys
from homeroom.sources import SettingsError


@dataclass(frozen=True)
class Credentials:
    """key: the client's id; empty for a bearer token, which is the secret."""

    key: str
    secret: str = field(repr=False)


def seal(credentials: Credentials) -> bytes:
    return keys().encrypt(json.dumps([credentials.key, credentials.secret]).encode())


def unseal(sealed: bytes | memoryview) -> Credentials:
    """Raises SettingsError where none of the server's keys opens them."""
    try:
        key, secret = json.loads(keys().decrypt(bytes(sealed)))
    except InvalidToken:
        raise SettingsError("The stored credentials cannot be opened any more. Please enter them anew.") from None
    return Credentials(key, secret)
