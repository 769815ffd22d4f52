"""The tests' database: one embedded server for a run, migrated once by the role that owns it, used by the role that
may only change rows. It starts when the first test asks for it.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations

from homeroom.embedded_postgres import EmbeddedPostgres, Urls
from homeroom.settings import connection_settings

if TYPE_CHECKING:
    from pytest_django.plugin import DjangoDbBlocker


@pytest.fixture(scope="session")
def database(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Urls]:
    """The addresses of the tests' database, with every table in it."""
    folder = Path(tempfile.mkdtemp(prefix="homeroom-tests-", dir="/tmp"))
    folder.chmod(0o711)  # as root the server is somebody else, who must get to it
    with EmbeddedPostgres(folder / "postgres") as server:
        urls = server.create_database("tests")
        with django_db_blocker.unblock():
            _connect_as(urls.owner)
            call_command("migrate", verbosity=0)
            call_command("createcachetable", verbosity=0)
            _connect_as(urls.app)
        yield urls
        connection.close()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def django_db_setup(database: Urls) -> Iterator[None]:
    """In place of pytest-django's, which would have the tests make and own their database."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", _flush_as_owner(database.owner))
        yield


def _connect_as(url: str) -> None:
    connection.close()
    settings.DATABASES["default"].update(connection_settings(url, pooled=False))


def _flush_as_owner(url: str) -> Any:
    """What clears up after tests that commit: the application's own role may not truncate."""

    def flush(_operations: DatabaseOperations, sql_list: list[str]) -> None:
        with psycopg.connect(url) as owner:
            for statement in sql_list:
                owner.execute(statement.encode())

    return flush
