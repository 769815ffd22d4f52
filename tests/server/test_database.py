"""The database as the application meets it: the tests have the rights of the product, and no more."""

from __future__ import annotations

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import ProgrammingError, connection
from procrastinate.contrib.django import app


@pytest.mark.django_db
def test_tests_are_the_application_and_not_the_owner() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select current_user, session_user")
        assert cursor.fetchone() == ("homeroom_app", "homeroom_app")
        with pytest.raises(ProgrammingError, match="permission denied"):
            cursor.execute("create table mine ()")


@pytest.mark.django_db
def test_job_is_queued_in_the_transaction_that_wants_it() -> None:
    number = app.configure_task("nothing", allow_unknown=True, queue="none").defer()

    with connection.cursor() as cursor:
        cursor.execute("select status::text from procrastinate_jobs where id = %s", [number])
        assert cursor.fetchone() == ("todo",)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_time", ["first", "second"])
def test_tests_that_commit_find_the_database_clean(_time: str) -> None:
    assert not ContentType.objects.filter(model="left behind").exists()
    ContentType.objects.create(app_label="tests", model="left behind")
