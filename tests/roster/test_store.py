"""The stored roster: what is applied is what is loaded, what is undone is as it was."""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from django.conf import settings
from django.db import connection, transaction
from polars.testing import assert_frame_equal

from homeroom import engine
from homeroom.districts import scope
from homeroom.districts.models import SchoolYear
from homeroom.engine.oneroster import VERSIONS, tables_of
from homeroom.engine.snapshot import NOT_CONTENT
from homeroom.roster import store
from homeroom.roster.models import KINDS, Class, Enrollment, Person
from homeroom.roster.store.columns import field_of, own_fields
from homeroom.roster.store.undo import NothingToUndoError
from tests.people import Cast
from tests.roster.rosters import Files, bring, indexes, make, told

pytestmark = pytest.mark.django_db


@pytest.fixture(params=VERSIONS)
def files(request: pytest.FixtureRequest, tmp_path: Path) -> Files:
    return make(tmp_path, version=request.param)


@pytest.fixture
def version(request: pytest.FixtureRequest) -> str:
    return str(request.node.callspec.params["files"])


def loaded(cast: Cast, work: Path) -> engine.Roster:
    return store.load(cast.ferndale, work=work)


@pytest.mark.parametrize("kind", KINDS)
def test_every_column_of_a_kind_has_its_place(kind: str) -> None:
    declared = {
        field_of(column.name)
        for version in VERSIONS
        if kind in tables_of(version)
        for column in tables_of(version)[kind].columns
        if column.name not in NOT_CONTENT and column.name != "sourcedId"
    }

    assert declared == set(own_fields(KINDS[kind]))


def test_a_district_without_syncs_has_an_empty_roster(cast: Cast, tmp_path: Path) -> None:
    with scope.within(cast.ferndale.pk):
        assert loaded(cast, tmp_path).tables == {}
        assert store.generation(cast.ferndale) == 0


def test_what_is_applied_is_what_is_loaded(cast: Cast, files: Files, version: str) -> None:
    roster = files.roster()
    bring(cast.ferndale, roster, files.work, sync_id=1, version=version)

    with scope.within(cast.ferndale.pk):
        assert told(loaded(cast, files.work)) == told(roster)
        assert store.generation(cast.ferndale) == 1


def test_what_a_first_load_has_alike_is_of_that_sync_and_of_no_later_row(
    cast: Cast, files: Files, version: str
) -> None:
    bring(cast.ferndale, files.roster(), files.work, sync_id=7, version=version)

    alike = ("district_id", "is_active", "origin", "first_sync_id", "last_sync_id")
    with scope.within(cast.ferndale.pk), connection.cursor() as cursor:
        assert set(Enrollment.objects.values_list(*alike)) == {(cast.ferndale.pk, True, "sync", 7, 7)}
        cursor.execute(
            "select count(*), count(*) filter (where atthasdef) from pg_attribute where attrelid = %s::regclass"
            " and attname in ('district_id', 'first_sync_id', 'last_sync_id')",
            [f"roster_enrollment_of_{cast.ferndale.pk}"],
        )
        assert cursor.fetchone() == (3, 0)


def test_an_index_made_anew_is_the_one_that_was_kept(cast: Cast, files: Files, version: str) -> None:
    bring(cast.ferndale, files.roster(), files.work, sync_id=1, version=version)
    with scope.within(cast.ferndale.pk):
        kept = loaded(cast, files.work)
        shutil.rmtree(Path(settings.HOMEROOM_DATA) / "rosters" / str(cast.ferndale.pk))
        anew = loaded(cast, files.work)

    for name, index in indexes(kept).items():
        assert_frame_equal(indexes(anew)[name], index)


def test_an_index_is_kept_only_when_its_roster_is_the_current_one(cast: Cast, files: Files, version: str) -> None:
    bring(cast.ferndale, files.roster(), files.work, sync_id=1, version=version)
    rosters = Path(settings.HOMEROOM_DATA) / "rosters" / str(cast.ferndale.pk)

    def kept() -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in rosters.rglob("*.arrow")}

    before = kept()

    with (
        pytest.raises(ZeroDivisionError),
        scope.within(cast.ferndale.pk),
        store.snapshot_beside(cast.ferndale, files.roster(orgs=lambda table: table.head(1)), work=files.work),
    ):
        raise ZeroDivisionError  # the changes are not applied

    assert before
    assert kept() == before


def test_a_part_has_the_key_of_the_whole_and_no_second_one(cast: Cast, files: Files, version: str) -> None:
    bring(cast.ferndale, files.roster(), files.work, sync_id=1, version=version)

    with connection.cursor() as sql:
        sql.execute(
            "select c.relname, pg_get_indexdef(i.indexrelid) from pg_index i join pg_class c on c.oid = i.indrelid"
            " where i.indisunique and c.relname in ('roster_org', %s)",
            [f"roster_org_of_{cast.ferndale.pk}"],
        )
        keys = dict(sql.fetchall())
        assert sql.rowcount == 2

    assert [definition.partition("USING ")[2] for definition in keys.values()] == ["btree (key, district_id)"] * 2


def test_the_next_night_creates_updates_and_ends_what_differs(cast: Cast, files: Files, version: str) -> None:
    bring(cast.ferndale, files.roster(), files.work, sync_id=1, version=version)
    tonight = files.roster(
        users=lambda users: users.with_columns(givenName=pl.lit('Zoë "Z", it\'s')),
        enrollments=lambda enrollments: enrollments.tail(-5),
        demographics=lambda demographics: demographics.head(3),
    )
    changes = bring(cast.ferndale, tonight, files.work, sync_id=2, version=version)

    with scope.within(cast.ferndale.pk):
        assert told(loaded(cast, files.work)) == told(tonight)
        assert Enrollment.objects.filter(is_active=False, last_sync_id=2).count() == 5
        assert set(Person.objects.values_list("first_sync_id", "last_sync_id")) == {(1, 2)}
    assert len(changes.tables["users"].updated) == len(tonight.tables["users"])


def test_a_record_that_comes_back_is_the_same_record(cast: Cast, files: Files, version: str) -> None:
    everybody = files.roster()
    bring(cast.ferndale, everybody, files.work, sync_id=1, version=version)
    bring(cast.ferndale, files.roster(users=lambda users: users.tail(-3)), files.work, sync_id=2, version=version)
    bring(cast.ferndale, everybody, files.work, sync_id=3, version=version)

    with scope.within(cast.ferndale.pk):
        assert told(loaded(cast, files.work)) == told(everybody)
        assert Person.objects.filter(first_sync_id=1, last_sync_id=3, is_active=True).count() == 3
        assert Person.objects.count() == len(everybody.tables["users"])


@pytest.mark.parametrize("has_snapshot", [True, False])
def test_undo_returns_to_what_was(cast: Cast, files: Files, version: str, has_snapshot: bool) -> None:
    before = files.roster(users=lambda users: users.tail(-2))
    bring(cast.ferndale, before, files.work, sync_id=1, version=version)
    tonight = files.roster(
        users=lambda users: users.with_columns(familyName=pl.lit("Changed")),
        classes=lambda classes: classes.head(2),
    )
    bring(cast.ferndale, tonight, files.work, sync_id=2, version=version)
    if not has_snapshot:
        shutil.rmtree(Path(settings.HOMEROOM_DATA) / "rosters" / str(cast.ferndale.pk))

    with scope.within(cast.ferndale.pk):
        assert store.changed_since(cast.ferndale, sync_id=2) == {}
        with transaction.atomic():
            done = store.undo(cast.ferndale, sync_id=2)
        assert done.conflicts == {}
        assert (done.ended["users"], done.restored["users"]) == (2, len(before.tables["users"]))
        assert told(loaded(cast, files.work)) == told(before)


def test_what_somebody_changed_since_is_not_undone_but_told(cast: Cast, files: Files, version: str) -> None:
    bring(cast.ferndale, files.roster(), files.work, sync_id=1, version=version)
    renamed = files.roster(users=lambda users: users.with_columns(familyName=pl.lit("Changed")))
    bring(cast.ferndale, renamed, files.work, sync_id=2, version=version)
    with scope.within(cast.ferndale.pk):
        person = Person.objects.order_by("source_id").first()
        assert person is not None
        Person.objects.filter(key=person.key).update(family_name="By hand", last_sync_id=None)
        assert store.changed_since(cast.ferndale, sync_id=2) == {"users": [person.source_id]}
        with transaction.atomic():
            done = store.undo(cast.ferndale, sync_id=2)

        assert done.conflicts == {"users": [person.source_id]}
        assert Person.objects.get(key=person.key).family_name == "By hand"
        assert not Person.objects.filter(family_name="Changed").exists()


def test_what_somebody_changed_since_is_found_without_reading_the_others(
    cast: Cast, files: Files, version: str, subtests: pytest.Subtests
) -> None:
    """Row-level security keeps PostgreSQL from some indexes, and to read ten million records takes seconds."""
    roster = files.roster()
    bring(cast.ferndale, roster, files.work, sync_id=1, version=version)
    with scope.within(cast.ferndale.pk), connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")  # of few records it reads all in any case
        for kind in roster.tables:
            with subtests.test(kind):
                table = KINDS[kind]._meta.db_table
                cursor.execute(
                    f"explain select source_id from {table} where district_id = %s and last_sync_id is null",
                    [cast.ferndale.pk],
                )
                plan = "\n".join(line for (line,) in cursor.fetchall())
                assert "Index" in plan
                assert "last_sync_id" not in plan  # no record is asked for it: all in this index have none


def test_what_an_undo_ended_was_changed_by_nobody(cast: Cast, files: Files, version: str) -> None:
    """Else all of a large first sync would be looked through for the undoing of the next one."""
    bring(cast.ferndale, files.roster(), files.work, sync_id=1, version=version)
    with scope.within(cast.ferndale.pk):
        with transaction.atomic():
            store.undo(cast.ferndale, sync_id=1)
        assert not Enrollment.objects.filter(is_active=True).exists()
        assert not Enrollment.objects.filter(last_sync_id=None).exists()


def test_only_the_last_sync_can_be_undone_and_only_once(cast: Cast, files: Files, version: str) -> None:
    bring(cast.ferndale, files.roster(), files.work, sync_id=1, version=version)
    bring(cast.ferndale, files.roster(users=lambda users: users.head(9)), files.work, sync_id=2, version=version)
    with scope.within(cast.ferndale.pk), transaction.atomic():
        with pytest.raises(NothingToUndoError):
            store.undo(cast.ferndale, sync_id=1)
        store.undo(cast.ferndale, sync_id=2)
        with pytest.raises(NothingToUndoError):
            store.undo(cast.ferndale, sync_id=2)


def test_a_roster_is_its_districts_alone(cast: Cast, files: Files, version: str) -> None:
    bring(cast.ferndale, files.roster(), files.work, sync_id=1, version=version)
    bring(cast.lakeside, files.roster(users=lambda users: users.head(9)), files.work, sync_id=2, version=version)

    with scope.within(cast.ferndale.pk):
        assert told(loaded(cast, files.work)) == told(files.roster())
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from roster_person")
        assert cursor.fetchone() == (0,)


def test_metadata_is_kept_beside_the_standards_columns(cast: Cast, files: Files, version: str) -> None:
    def with_metadata(users: pl.DataFrame) -> pl.DataFrame:
        odd = pl.lit('50 % "of", it\'s').alias("metadata.it's 100%")
        return users.with_columns(odd, pl.lit(None, dtype=pl.String).alias("metadata.empty"))

    roster = files.roster(users=with_metadata)
    bring(cast.ferndale, roster, files.work, sync_id=1, version=version)

    with scope.within(cast.ferndale.pk):
        assert told(loaded(cast, files.work)) == told(roster)
        assert Person.objects.filter(metadata__contains={"it's 100%": '50 % "of", it\'s'}).count() == len(
            roster.tables["users"]
        )


def test_undo_returns_to_the_version_that_was_there(cast: Cast, tmp_path: Path) -> None:
    before, after = make(tmp_path / "before", version="1.1"), make(tmp_path / "after", version="1.2")
    bring(cast.ferndale, before.roster(), before.work, sync_id=1, version="1.1")
    bring(cast.ferndale, after.roster(), after.work, sync_id=2, version="1.2")

    with scope.within(cast.ferndale.pk):
        with transaction.atomic():
            store.undo(cast.ferndale, sync_id=2)
        assert told(loaded(cast, before.work)) == told(before.roster())


def test_a_snapshot_that_was_damaged_is_made_anew(cast: Cast, files: Files, version: str) -> None:
    roster = files.roster()
    bring(cast.ferndale, roster, files.work, sync_id=1, version=version)
    for path in (Path(settings.HOMEROOM_DATA) / "rosters" / str(cast.ferndale.pk)).rglob("*.arrow"):
        path.write_bytes(path.read_bytes()[:100])

    with scope.within(cast.ferndale.pk):
        assert told(loaded(cast, files.work)) == told(roster)


def test_a_column_of_any_name_survives_the_loss_of_the_snapshot(cast: Cast, files: Files, version: str) -> None:
    odd = 'metadata.a,"b"\nand c'
    roster = files.roster(users=lambda users: users.with_columns(pl.lit("x").alias(odd)))
    bring(cast.ferndale, roster, files.work, sync_id=1, version=version)
    shutil.rmtree(Path(settings.HOMEROOM_DATA) / "rosters" / str(cast.ferndale.pk))

    with scope.within(cast.ferndale.pk):
        assert told(loaded(cast, files.work)) == told(roster)


def test_a_new_class_belongs_to_the_current_school_year_and_stays_there(cast: Cast, files: Files, version: str) -> None:
    district, day = cast.ferndale, timedelta(days=1)
    with scope.within(district.pk):
        first_year = SchoolYear.objects.get()
    whole = files.roster()
    but_one = files.roster(classes=lambda classes: classes.head(-1))
    renamed = files.roster(classes=lambda classes: classes.with_columns(title=pl.lit("Renamed")))
    bring(district, but_one, files.work, sync_id=1, version=version)

    with scope.within(district.pk):
        today = district.today()
        SchoolYear.objects.update(last_day=today - day)
        second_year = SchoolYear.objects.create(
            district=district, name="Next year", first_day=today, last_day=today + 99 * day
        )
    bring(district, renamed, files.work, sync_id=2, version=version)

    with scope.within(district.pk):
        years = Class.objects.values_list("school_year_id", flat=True)
        assert Counter(years) == {first_year.pk: len(whole.tables["classes"]) - 1, second_year.pk: 1}
