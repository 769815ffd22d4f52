"""Was a record changed after somebody opened its form? Then what they send is not saved over it unseen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from homeroom.districts import Refused

_SAYS = (
    "Somebody changed this record after you opened it, and nothing of yours is saved yet. The form shows what the "
    "record says now. Fill in what is still to be changed, and save again."
)


class ChangedMeanwhileError(Refused):
    """The record is not as it was shown. now: what it says, by column of the template."""

    def __init__(self, now: Mapping[str, str]) -> None:
        self.now = now
        super().__init__(_SAYS)


def stamp_of(record: Mapping[str, str]) -> str:
    """What tells a record from how it was before: a digest of it, by column of the template."""
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()


def require_as_shown(stamp: str, *, now: Mapping[str, str], sent: Mapping[str, str]) -> None:
    """Raises ChangedMeanwhileError if the record is another than the stamped one. stamp: "" where none was shown.

    Who sends what the record says already, such as the same form twice, is in nobody's way.
    """
    differs = any(sent.get(column, value) != value for column, value in now.items())
    if stamp and stamp != stamp_of(now) and differs:
        raise ChangedMeanwhileError(now)
