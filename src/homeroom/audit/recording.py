"""Writes what was done to the audit, in the transaction of the action that did it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from homeroom.audit.models import Event
from homeroom.audit.words import WORDS


class Actor(Protocol):
    """A person who does things: an accounts.User, which this module may not import."""

    @property
    def pk(self) -> Any: ...
    @property
    def name(self) -> str: ...


@dataclass(frozen=True)
class Target:
    """What it was done to. kind: a word of the glossary. name: as people know it; never a pupil's."""

    kind: str
    id: object = ""
    name: str = ""


def record(
    *,
    by: Actor | None,
    what: str,
    district_id: int | None,
    target: Target | None = None,
    detail: Mapping[str, Any] | None = None,
) -> Event:
    """The event, stored. by: None where Homeroom did it by itself. detail: our own ids, counts, names of schools and
    of staff, digests; never a pupil's data. The code runs in the district's scope, or the database refuses it.
    """
    if what not in WORDS:
        raise ValueError(f"{what} has no words yet: give it some in homeroom.audit.words")
    target = target or Target("")
    return Event.objects.create(
        actor_id=by.pk if by else None,
        actor_name=by.name if by else "",
        district_id=district_id,
        what=what,
        target_kind=target.kind,
        target_id=str(target.id),
        target_name=target.name[:250],
        detail=dict(detail or {}),
    )
