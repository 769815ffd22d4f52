"""What all tests share: the database, which starts when a test asks for it, and how the generated tests run.

"ci", the default: the same examples every time, so that a failure is the change's own. The laws of the engine take a
share of them (``tests.properties.runs``), which comes to about a minute and a half on two shared cores. "deep", for the
nightly run: HYPOTHESIS_PROFILE=deep makes other examples every time, and many more.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from hypothesis import HealthCheck, settings

from tests.database import cast, database, databases, django_db_setup, is_committed

if TYPE_CHECKING:
    from pytest_django.plugin import DjangoDbBlocker

__all__ = ["cast", "database", "databases", "django_db_setup"]  # fixtures are found where they are imported

SLOW_IS_FINE = [HealthCheck.too_slow]
settings.register_profile(
    "ci", derandomize=True, deadline=None, max_examples=64, suppress_health_check=SLOW_IS_FINE, print_blob=False
)
settings.register_profile(
    "deep", deadline=None, max_examples=3_000, suppress_health_check=SLOW_IS_FINE, print_blob=True
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

#: The files that take longest, in that order. Several processes run the tests: who begins with one of these last is
#: waited for.
LONG = (
    "test_workers.py", "test_serving.py", "test_ending.py", "test_laws.py", "test_self_serve.py", "test_every_page.py",
    "test_uploads_killed.py", "test_sync_pages.py", "test_change_pages.py", "test_uploading.py", "test_every_url.py",
    "test_roster_pages.py", "test_nights.py", "test_server.py", "test_reference.py",
)  # fmt: skip


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: LONG.index(item.path.name) if item.path.name in LONG else len(LONG))


@pytest.fixture(autouse=True)
def no_job_stays(request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """After a test with transactions of its own the jobs are gone like everything else: their tables are not ours, so
    they are not emptied with the others.
    """
    yield
    if is_committed(request):
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("delete from procrastinate_jobs")
        connection.close()
