"""Every table with districts' rows, asked by the application's own role in no scope and in the wrong one.

One test asks all tables in turn; each is a subtest with a name of its own.
"""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from homeroom.districts import scope
from homeroom.districts.models import District
from homeroom.roster.models import KINDS
from tests.people import Cast

TENANT_TABLES = sorted(
    model._meta.db_table
    for model in apps.get_models(include_auto_created=True)
    if model.__module__.startswith("homeroom.")
    and any(field.column == "district_id" for field in model._meta.local_fields)
)
KNOWN_WITHOUT_DISTRICT = {"accounts_user", "districts_district", "notices_digest"}
"""People, who may be in several districts, the list of districts itself (docs/adr/0009), and which operators were sent
the digest of a day.
"""

SECURED = """
    select c.relname
    from pg_class c
    where c.relkind in ('r', 'p') and not c.relispartition and c.relrowsecurity and c.relforcerowsecurity
      and exists (select from pg_policy p where p.polrelid = c.oid)
    order by c.relname
"""


@pytest.fixture
def parts(cast: Cast) -> Cast:
    """The cast, and both districts have parts of all tables that are stored district by district."""
    for district in (cast.ferndale, cast.lakeside):
        with scope.within(district.pk), connection.cursor() as cursor:
            for model in KINDS.values():
                cursor.execute("select roster_begin_load(%s)", [model._meta.db_table])
                cursor.execute("select roster_end_load(%s)", [model._meta.db_table])
    return cast


def rows(statement: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return [row[0] for row in cursor.fetchall()]


def test_every_table_with_a_district_is_row_secured(db: None) -> None:
    in_database = rows("select table_name from information_schema.columns where column_name = 'district_id'")

    assert TENANT_TABLES
    assert sorted(set(TENANT_TABLES) | set(in_database)) == rows(SECURED)


def test_every_model_of_ours_is_of_a_district_or_has_a_reason_not_to_be() -> None:
    ours = {model._meta.db_table for model in apps.get_models() if model.__module__.startswith("homeroom.")}

    assert ours - set(TENANT_TABLES) == KNOWN_WITHOUT_DISTRICT


def test_policies_ask_for_the_district_and_compare_nothing_else(db: None) -> None:
    """A policy that was written by hand could let everything through."""
    texts = rows("select distinct coalesce(qual, with_check) from pg_policies where schemaname = 'public'")

    assert [text for text in texts if "homeroom.district" not in text and "homeroom.person" not in text] == []


def test_role_of_the_application_has_no_way_around_row_security(db: None) -> None:
    assert (
        rows(
            "select rolname from pg_roles where rolname in (current_user, 'homeroom_owner')"
            " and (rolsuper or rolbypassrls or rolcreaterole)"
        )
        == []
    )
    assert rows("select tablename from pg_tables where tableowner = current_user") == []


def test_without_a_scope_no_district_row_is_seen(cast: Cast, subtests: pytest.Subtests) -> None:
    for table in TENANT_TABLES:
        with subtests.test(table):
            assert rows(f"select count(district_id) from {table}") == [0]


def test_without_a_scope_no_district_row_can_be_made(parts: Cast, subtests: pytest.Subtests) -> None:
    for table in TENANT_TABLES:
        with subtests.test(table):
            refuses_row_of(parts.ferndale, table)


def test_in_a_scope_no_row_of_another_district_is_seen(cast: Cast, subtests: pytest.Subtests) -> None:
    with scope.within(cast.ferndale.pk):
        for table in TENANT_TABLES:
            with subtests.test(table):
                assert rows(f"select distinct district_id from {table}") in ([], [cast.ferndale.pk])


def test_in_a_scope_no_row_of_another_district_can_be_made(parts: Cast, subtests: pytest.Subtests) -> None:
    with scope.within(parts.lakeside.pk):
        for table in TENANT_TABLES:
            with subtests.test(table):
                refuses_row_of(parts.ferndale, table)


def refuses_row_of(district: District, table: str) -> None:
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"insert into {table} (district_id) values (%s)", [district.pk])


def test_a_district_s_part_of_a_table_is_not_reached_but_through_the_table(parts: Cast) -> None:
    """The part is protected by itself, too, but nobody has a reason to name it."""
    of_ferndale = rows(
        f"select c.oid::regclass::text from pg_class c where relname like 'roster%_of_{parts.ferndale.pk}'"
    )

    assert len(of_ferndale) == len(KINDS)
    for part in of_ferndale:
        assert rows(f"select has_any_column_privilege('{part}', 'select, insert, update')") == [False]
        assert rows(f"select relforcerowsecurity and relrowsecurity from pg_class where oid = '{part}'::regclass") == [
            True
        ]


def test_no_district_s_part_is_made_outside_its_scope(cast: Cast) -> None:
    with pytest.raises(DatabaseError, match="no district"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select roster_begin_load('roster_person')")
