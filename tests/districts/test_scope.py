"""The one door, against a real PostgreSQL: what is seen inside a scope, outside, and after all that can go wrong."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.backends.postgresql.base import DatabaseWrapper

from homeroom.audit.models import Event
from homeroom.districts import scope
from homeroom.districts.models import District, MembershipSchool, School
from tests.people import Cast


def seen() -> list[str]:
    """The schools that the connection sees, whatever our own querysets would filter."""
    with connection.cursor() as cursor:
        cursor.execute("select name from districts_school order by name")
        return [row[0] for row in cursor.fetchall()]


FERNDALE = ["Birch High", "Elm Middle", "Oak Elementary"]
LAKESIDE = ["Lakeside High"]


class MishapError(Exception): ...


def test_connection_sees_the_rows_of_the_scopes_district_only(cast: Cast) -> None:
    with scope.within(cast.ferndale.pk):
        assert seen() == FERNDALE
    with scope.within(cast.lakeside.pk):
        assert seen() == LAKESIDE
    assert seen() == []


def test_querysets_are_those_of_the_scope(cast: Cast) -> None:
    with scope.within(cast.lakeside.pk):
        assert [school.name for school in School.objects.all()] == LAKESIDE


def test_outside_every_scope_district_data_cannot_be_asked_for(cast: Cast) -> None:
    with pytest.raises(scope.NoScopeError):
        School.objects.all()
    with pytest.raises(scope.NoScopeError):
        scope.current()


def test_queryset_made_in_one_scope_finds_nothing_in_another(cast: Cast) -> None:
    with scope.within(cast.ferndale.pk):
        schools = School.objects.all()

    assert list(schools) == []
    with scope.within(cast.lakeside.pk):
        assert list(schools.all()) == []


def test_scopes_nest(cast: Cast) -> None:
    with scope.within(cast.ferndale.pk):
        with scope.within(cast.lakeside.pk):
            assert (scope.current(), seen()) == (cast.lakeside.pk, LAKESIDE)
        assert (scope.current(), seen()) == (cast.ferndale.pk, FERNDALE)


def test_scope_ends_with_an_exception(cast: Cast) -> None:
    with pytest.raises(MishapError), scope.within(cast.ferndale.pk), scope.within(cast.lakeside.pk):
        raise MishapError

    assert seen() == []


def test_row_of_another_district_cannot_be_made(cast: Cast) -> None:
    foreign = School(district=cast.lakeside, name="Trojan Horse Academy")

    with scope.within(cast.ferndale.pk), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        foreign.save()
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        School._base_manager.create(district=cast.lakeside, name="Nowhere School")


def test_row_cannot_be_moved_to_another_district(cast: Cast) -> None:
    with scope.within(cast.ferndale.pk), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        School.objects.filter(pk=cast.oak.pk).update(district=cast.lakeside)


def test_rows_of_another_district_are_neither_changed_nor_deleted(cast: Cast) -> None:
    with scope.within(cast.ferndale.pk), connection.cursor() as cursor:
        cursor.execute("update districts_school set name = 'Mine now' where id = %s", [cast.lakeside_school.pk])
        assert cursor.rowcount == 0
        cursor.execute("delete from districts_school where id = %s", [cast.lakeside_school.pk])
        assert cursor.rowcount == 0


def test_row_cannot_point_into_another_district(cast: Cast) -> None:
    """A foreign key looks past row-level security, so a constraint of its own says no."""
    member = cast.membership(cast.oak_admin)

    with scope.within(cast.ferndale.pk), transaction.atomic():
        MembershipSchool.objects.create(district=cast.ferndale, membership=member, school_id=cast.lakeside_school.pk)
        with pytest.raises(IntegrityError, match="same_district"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")
        transaction.set_rollback(True)


def test_own_memberships_are_seen_in_every_district_and_nobody_elses(cast: Cast) -> None:
    with scope.own_rows_of(cast.outsider.pk), connection.cursor() as cursor:
        cursor.execute("select user_id, district_id from districts_membership")
        assert cursor.fetchall() == [(cast.outsider.pk, cast.lakeside.pk)]
        cursor.execute("delete from districts_membership")
        assert cursor.rowcount == 0
        assert seen() == []


def test_events_of_a_district_are_seen_in_its_scope_only(cast: Cast) -> None:
    with scope.within(cast.ferndale.pk):
        assert set(Event.objects.values_list("district_id", flat=True)) == {cast.ferndale.pk}
    assert set(Event.objects.values_list("district_id", flat=True)) == {None}


def test_event_can_neither_be_altered_nor_deleted(cast: Cast) -> None:
    with scope.within(cast.ferndale.pk):
        before = list(Event.objects.values_list())
        assert Event.objects.update(what="nothing at all") == 0
        assert Event.objects.all()._raw_delete("default") == 0
        assert list(Event.objects.values_list()) == before


# What follows commits, and so has no test's own transaction around it.


@pytest.fixture
def ferndale(transactional_db: None) -> Iterator[District]:
    district = District.objects.create(name="Ferndale", slug="ferndale", method="self-serve", time_zone="UTC")
    with scope.within(district.pk):
        School.objects.create(district=district, name="Oak Elementary")
    return district


OAK = ["Oak Elementary"]


def test_scope_outlives_the_transactions_in_it(ferndale: District) -> None:
    with scope.within(ferndale.pk):
        with transaction.atomic():
            assert seen() == OAK
        assert seen() == OAK
        with pytest.raises(MishapError), transaction.atomic():
            raise MishapError
        assert seen() == OAK
    assert seen() == []


def test_scope_ends_inside_a_transaction_that_goes_on(ferndale: District) -> None:
    with transaction.atomic():
        with scope.within(ferndale.pk):
            assert seen() == OAK
        assert seen() == []
    assert seen() == []


def test_scope_entered_in_a_transaction_that_is_rolled_back(ferndale: District) -> None:
    with pytest.raises(MishapError), transaction.atomic(), scope.within(ferndale.pk):
        raise MishapError
    assert seen() == []


def test_scope_around_a_savepoint_that_is_rolled_back(ferndale: District) -> None:
    with transaction.atomic(), scope.within(ferndale.pk):
        with pytest.raises(MishapError), transaction.atomic(), scope.within(0):
            raise MishapError
        assert seen() == OAK
    assert seen() == []


def test_scope_ends_after_the_database_refused_a_statement(ferndale: District) -> None:
    """The transaction is lost and cannot be told anything; its rollback takes the scope back."""
    with pytest.raises(DatabaseError), transaction.atomic(), scope.within(ferndale.pk), connection.cursor() as cursor:
        cursor.execute("select 1 / 0")
    assert seen() == []


def test_scope_ends_after_a_refused_statement_in_a_scope_around_the_transaction(ferndale: District) -> None:
    with scope.within(ferndale.pk):
        with pytest.raises(DatabaseError), transaction.atomic(), scope.within(0), connection.cursor() as cursor:
            cursor.execute("select 1 / 0")
        assert seen() == OAK
    assert seen() == []


def test_connection_that_is_made_anew_inside_a_scope_is_in_it(ferndale: District) -> None:
    with scope.within(ferndale.pk):
        connection.close()
        assert seen() == OAK
    assert seen() == []


def test_connection_lost_inside_a_scope_is_not_used_again(ferndale: District) -> None:
    with scope.within(ferndale.pk):
        connection.connection.close()
    assert seen() == []


@pytest.fixture
def pooled() -> Iterator[DatabaseWrapper]:
    """The one connection of a pool, as the server has twelve."""
    settings = connection.settings_dict
    options = settings["OPTIONS"] | {"pool": {"min_size": 1, "max_size": 1, "timeout": 5}}
    wrapper = DatabaseWrapper(settings | {"OPTIONS": options}, alias="default")
    yield wrapper
    wrapper.close()
    wrapper.close_pool()


def test_connection_from_a_pool_forgets_whose_it_was(ferndale: District, pooled: DatabaseWrapper) -> None:
    """Even if nobody told it so, before it went back."""
    with pooled.cursor() as cursor:
        cursor.execute("select set_config('homeroom.district', %s, false)", [str(ferndale.pk)])
        cursor.execute("select name from districts_school")
        assert cursor.fetchall() == [("Oak Elementary",)]
    pooled.close()

    with pooled.cursor() as cursor:
        cursor.execute("select name from districts_school")
        assert cursor.fetchall() == []


def test_connection_from_a_pool_is_in_the_scope_of_whoever_takes_it(
    ferndale: District, pooled: DatabaseWrapper
) -> None:
    with scope.within(ferndale.pk), pooled.cursor() as cursor:
        cursor.execute("select name from districts_school")
        assert cursor.fetchall() == [("Oak Elementary",)]


def test_thread_starts_without_a_scope(ferndale: District) -> None:
    def elsewhere() -> list[str]:
        try:
            return seen()
        finally:
            connection.close()

    with scope.within(ferndale.pk), ThreadPoolExecutor(1) as pool:
        assert pool.submit(elsewhere).result() == []
        assert pool.submit(copy_context().run, elsewhere).result() == OAK


def test_two_threads_are_in_two_scopes(ferndale: District) -> None:
    def look(district_id: int) -> list[str]:
        try:
            with scope.within(district_id):
                return seen()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(look, [ferndale.pk, 0] * 20))

    assert found == [OAK, []] * 20
