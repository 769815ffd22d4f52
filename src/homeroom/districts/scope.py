"""The one door to districts' data: whose rows may the code that runs now touch?

Two locks. Querysets are filtered by the scope (``TenantManager``), and so that no forgotten filter, raw statement or
mistake of ours can show a district another one's rows, PostgreSQL filters them once more (``row_security``), by two
settings of the connection that this module keeps equal to the scope. Without a scope there is nothing to see.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import psycopg
from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

DISTRICT_SETTING = "homeroom.district"
PERSON_SETTING = "homeroom.person"


@dataclass(frozen=True)
class _Scope:
    district_id: int | None = None
    person_id: int | None = None


_NONE = _Scope()
_scope: ContextVar[_Scope] = ContextVar("scope", default=_NONE)


class NoScopeError(RuntimeError):
    """District data was asked for outside any district's scope. A mistake of ours: wrap it in ``scope.within``."""


def current() -> int:
    """The id of the district whose scope this is. Raises NoScopeError where there is none."""
    district_id = _scope.get().district_id
    if district_id is None:
        raise NoScopeError("Not in the scope of a district.")
    return district_id


@contextmanager
def within(district_id: int) -> Iterator[None]:
    """Inside, this district's data and no other's. Nests: the inner scope counts, then the outer one again.

    Not inherited by threads: whoever starts one enters the scope there. What is read lazily (an iterator, a streamed
    response) must be read inside.
    """
    with _entered(replace(_scope.get(), district_id=district_id)):
        yield


@contextmanager
def own_rows_of(person_id: int) -> Iterator[None]:
    """Inside, this person's own memberships can be read in every district, and nothing else of any."""
    with _entered(_Scope(person_id=person_id)):
        yield


@contextmanager
def _entered(scope: _Scope) -> Iterator[None]:
    token = _scope.set(scope)
    try:
        for connection in connections.all(initialized_only=True):
            _tell(connection)
        yield
    finally:
        _scope.reset(token)
        for connection in connections.all(initialized_only=True):
            _tell_or_close(connection)


def _tell(connection: BaseDatabaseWrapper) -> None:
    """Makes the connection's settings equal to the scope.

    For the session, not for the transaction (the third argument): a scope lives longer than the transactions in it. If
    a transaction is rolled back, PostgreSQL takes back the settings that were made in it, which is right, too: since
    scopes and transactions nest, the scope at its end is the one at its beginning.

    By the driver's own cursor, since Django's refuses to speak once a transaction is lost.
    """
    if connection.connection is None or connection.vendor != "postgresql":
        return  # a connection that is made later is told when it is made
    scope = _scope.get()
    with connection.connection.cursor() as cursor:
        cursor.execute(
            "select set_config(%s, %s, false), set_config(%s, %s, false)",
            [DISTRICT_SETTING, _text(scope.district_id), PERSON_SETTING, _text(scope.person_id)],
        )


def _text(row_id: int | None) -> str:
    return "" if row_id is None else str(row_id)


def _tell_or_close(connection: BaseDatabaseWrapper) -> None:
    """What happens at the end of a scope: a connection that cannot be told to forget it is not used again."""
    try:
        _tell(connection)
    except psycopg.Error:
        if not connection.in_atomic_block:  # else the transaction is lost, and its rollback takes the setting back
            connection.close()


def _tell_new(*, connection: BaseDatabaseWrapper, **_: Any) -> None:
    _tell(connection)


# Also called for each connection that comes from a pool, whoever had it before.
connection_created.connect(_tell_new, dispatch_uid="homeroom.districts.scope")

Row = TypeVar("Row", bound=models.Model)


class TenantManager(models.Manager[Row]):
    """Rows of the scope's district only. Outside a scope the first question raises NoScopeError."""

    def get_queryset(self) -> models.QuerySet[Row]:
        return super().get_queryset().filter(district_id=current())


class OwnRowsManager(models.Manager[Row]):
    """The rows of the person in ``own_rows_of``, in every district; none outside it."""

    def get_queryset(self) -> models.QuerySet[Row]:
        return super().get_queryset().filter(user_id=_scope.get().person_id)
