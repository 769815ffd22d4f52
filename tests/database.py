"""The tests' databases, on one embedded server for a run: migrated once by the role that owns them, used by the role
that may only change rows. The server starts when the first test asks for it.

There are two. The one that most tests find is empty. Tests that are rolled back and ask for the cast find another, in
which it is already: to bring everybody together takes a tenth of a second, and there are many such tests.
"""

from __future__ import annotations

import copy
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations

from homeroom.embedded_postgres import EmbeddedPostgres, Urls
from homeroom.embedded_postgres.server import SETTINGS
from homeroom.settings import connection_settings
from tests.people import Cast, bring_together

if TYPE_CHECKING:
    from pytest_django.plugin import DjangoDbBlocker


#: This server is never killed and started again, so it need not wait for the disk.
NOTHING_IS_KEPT = ("fsync", "synchronous_commit", "full_page_writes")


@dataclass(frozen=True)
class Databases:
    """with_cast: the one in which the cast is, which nobody changes for good."""

    empty: Urls
    with_cast: Urls
    cast: Cast


@pytest.fixture(scope="session")
def databases(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Databases]:
    folder = Path(tempfile.mkdtemp(prefix="homeroom-tests-", dir="/tmp"))
    folder.chmod(0o711)  # as root the server is somebody else, who must get to it
    server = EmbeddedPostgres(folder / "postgres")
    with pytest.MonkeyPatch.context() as patch:
        for name in NOTHING_IS_KEPT:
            patch.setitem(SETTINGS, name, "off")
        server.start()
    with server, pytest.MonkeyPatch.context() as patch:
        empty = server.create_database("tests")
        patch.setattr(DatabaseOperations, "execute_sql_flush", _flush_as_owner(empty.owner))
        with django_db_blocker.unblock():
            _connect_as(empty.owner)
            call_command("migrate", verbosity=0)
            call_command("createcachetable", verbosity=0)
            connection.close()
            with_cast = server.create_database("tests_with_cast", template="tests")
            _connect_as(with_cast.app)
            cast = bring_together()
        yield Databases(empty, with_cast, cast)
        connection.close()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def database(databases: Databases) -> Urls:
    """The addresses of the database that is empty when a test begins."""
    return databases.empty


@pytest.fixture
def django_db_setup(request: pytest.FixtureRequest, databases: Databases) -> None:
    """In place of pytest-django's, which would have the tests make and own one database for all of them."""
    finds_cast = "cast" in request.fixturenames and not is_committed(request)
    _connect_as((databases.with_cast if finds_cast else databases.empty).app)


@pytest.fixture
def cast(db: None, request: pytest.FixtureRequest, databases: Databases) -> Cast:
    """Everybody, as tests.people has them."""
    return bring_together() if is_committed(request) else copy.deepcopy(databases.cast)


def is_committed(request: pytest.FixtureRequest) -> bool:
    """Has the test transactions of its own, after which the database is cleared up? Otherwise it is rolled back."""
    marked = request.node.get_closest_marker("django_db")
    if marked is not None and marked.kwargs.get("transaction"):
        return True
    return bool({"transactional_db", "live_server"} & set(request.fixturenames))


def _connect_as(url: str) -> None:
    """Also where a loop has run meanwhile: Django has another connection inside of one, and this one stayed open."""
    wanted = connection_settings(url, pooled=False)
    opened = connection.connection
    if opened is not None and (opened.info.dbname, opened.info.user) != (wanted["NAME"], wanted["USER"]):
        connection.close()
    settings.DATABASES["default"].update(wanted)


def _flush_as_owner(url: str) -> Any:
    """What clears up after tests that commit: the application's own role may not truncate."""

    def flush(_operations: DatabaseOperations, sql_list: list[str]) -> None:
        with psycopg.connect(url) as owner:
            for statement in sql_list:
                owner.execute(statement.encode())

    return flush
