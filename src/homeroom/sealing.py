"""How are secrets kept? Encrypted, by the keys in HOMEROOM_FIELD_KEYS: the first seals, all of them open.

A new key goes in front of the others and seals from then on.
"""

from __future__ import annotations

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def keys() -> MultiFernet:
    """What seals and opens. Its ``decrypt`` raises cryptography.fernet.InvalidToken where none of the keys opens it."""
    return MultiFernet([Fernet(key) for key in settings.HOMEROOM_FIELD_KEYS])
