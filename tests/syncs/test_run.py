"""A sync from end to end: what each kind of delivery comes to."""

from __future__ import annotations

from collections.abc import Callable
from errno import ENOSPC
from pathlib import Path
from zipfile import ZipFile

import polars as pl
import pytest
from pytest_django import Settings

from homeroom.districts import Refused, scope
from homeroom.districts import actions as districts
from homeroom.districts.models import District, Method, School, SchoolYear
from homeroom.engine.guard import Limits
from homeroom.roster.models import KINDS
from homeroom.syncs import actions, changes, storage
from homeroom.syncs.models import State, Sync
from tests.people import Cast
from tests.syncs.sending import (
    PASSWORD,
    Given,
    Rows,
    changed,
    files_of,
    onboard,
    roster,
    send,
    synced,
    with_passwords,
    work,
    zipped,
)

Files = dict[str, bytes]
TEMPLATE = b"studentId,firstName,middleName,lastName,email,grade,username,password\r\n"


@pytest.fixture
def files(cast: Cast, data: Path, tmp_path: Path) -> Files:
    """A roster without mistakes, whose schools Ferndale has onboarded."""
    made = roster(tmp_path)
    onboard(cast.ferndale, made)
    return files_of(made.roster)


def active(cast: Cast, kind: str) -> int:
    with scope.within(cast.ferndale.pk):
        return int(KINDS[kind].objects.filter(is_active=True).count())


def half(rows: Rows) -> Rows:
    return rows[: len(rows) // 2]


def one_renamed(rows: Rows) -> Rows:
    return [{**rows[0], "givenName": "Renamed"}, *rows[1:]]


def test_first_sync_creates_every_record(cast: Cast, files: Files) -> None:
    sync = synced(cast.district_admin, cast.ferndale, files)

    assert (sync.state, sync.reason) == (State.COMPLETED, "")
    assert sync.counts["users"]["created"] == active(cast, "users") > 50
    assert sync.counts["enrollments"]["created"] == active(cast, "enrollments")
    assert (sync.generation, sync.format, sync.version) == (1, "oneroster", "1.1")
    assert sync.finished_at is not None
    assert storage.report_files(sync) == []


def test_same_delivery_once_more_changes_nothing(cast: Cast, files: Files) -> None:
    synced(cast.district_admin, cast.ferndale, files)

    again = synced(cast.district_admin, cast.ferndale, files, confirm=True)

    assert again.state == State.COMPLETED
    assert again.generation is None
    assert all(
        (count["created"], count["updated"], count["deactivated"]) == (0, 0, 0) for count in again.counts.values()
    )
    assert again.counts["users"]["unchanged"] == active(cast, "users")
    assert changes.page(again).total == 0


def test_change_of_one_record_is_that_change(cast: Cast, files: Files) -> None:
    synced(cast.district_admin, cast.ferndale, files)

    sync = synced(cast.district_admin, cast.ferndale, changed(files, "users", one_renamed))

    assert sync.state == State.COMPLETED
    assert sync.counts["users"]["updated"] == 1
    (change,) = changes.page(sync).rows
    assert (change.table, change.change, change.column, change.after) == ("users", "updated", "givenName", "Renamed")
    with scope.within(cast.ferndale.pk):
        assert KINDS["users"].objects.get(source_id=change.source_id).given_name == "Renamed"  # type: ignore[attr-defined]


def test_record_that_vanished_is_deactivated_and_comes_back(cast: Cast, files: Files) -> None:
    synced(cast.district_admin, cast.ferndale, files)
    without_one = changed(files, "enrollments", lambda rows: rows[:-1])

    gone = synced(cast.district_admin, cast.ferndale, without_one)
    back = synced(cast.district_admin, cast.ferndale, files, confirm=True)

    assert gone.counts["enrollments"]["deactivated"] == 1
    assert back.counts["enrollments"]["created"] == 1
    assert (gone.state, back.state) == (State.COMPLETED, State.COMPLETED)


def no_room_to_write_it(patch: pytest.MonkeyPatch) -> None:
    def until_the_disk_is_full(_frame: pl.DataFrame, file: Path, **_: object) -> None:
        file.write_bytes(b"ARROW1")
        raise OSError(ENOSPC, "No space left on device")

    patch.setattr(pl.DataFrame, "write_ipc", until_the_disk_is_full)


def no_room_to_copy_it(patch: pytest.MonkeyPatch) -> None:
    """Where the folder lies on another disk it is copied, file by file."""

    def until_the_disk_is_full(_written: Path, folder: Path) -> None:
        folder.mkdir()
        (folder / "users.arrow").write_bytes(b"ARROW1")
        raise OSError(ENOSPC, "No space left on device")

    patch.setattr("shutil.move", until_the_disk_is_full)


@pytest.mark.parametrize("no_room", [no_room_to_write_it, no_room_to_copy_it])
def test_index_that_cannot_be_kept_costs_time_and_nothing_else(
    no_room: Callable[[pytest.MonkeyPatch], None],
    cast: Cast,
    files: Files,
    data: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        no_room(patch)
        first = synced(cast.district_admin, cast.ferndale, files)
        again_without = synced(cast.district_admin, cast.ferndale, changed(files, "users", one_renamed))
        assert list(data.rglob("*.arrow")) == []
    assert "snapshot not kept" in caplog.text

    next_night = synced(cast.district_admin, cast.ferndale, files, confirm=True)

    assert [sync.state for sync in (first, again_without, next_night)] == [State.COMPLETED] * 3
    assert first.counts["users"]["created"] == active(cast, "users") > 50
    assert again_without.counts["users"]["updated"] == next_night.counts["users"]["updated"] == 1
    assert {path.stem for path in data.rglob("*.arrow")} >= {"users", "enrollments"}


def test_errors_are_reported_and_the_rest_is_applied(cast: Cast, data: Path, tmp_path: Path) -> None:
    made = roster(tmp_path, users=300, defects_per_kind=1)
    onboard(cast.ferndale, made)

    sync = synced(cast.district_admin, cast.ferndale, files_of(made.roster))

    assert sync.state == State.WITH_ERRORS
    assert sync.counts["users"]["refused"] > 0
    assert sync.counts["users"]["created"] == active(cast, "users") > 0
    assert {"users_sync_report.csv", "orgs_sync_report.csv"} <= {path.name for path in storage.report_files(sync)}
    assert storage.report_file(sync, "users_sync_report.csv") is not None
    assert storage.report_file(sync, "../examples.json") is None
    assert storage.findings_file(sync) is not None
    assert {cause["rule"] for cause in sync.report["causes"]} == {
        key.rsplit("/", 1)[-1] for key, consequence in storage.examples_of(sync) if consequence == "refuses the row"
    }


def test_schools_of_the_delivery_can_be_onboarded_afterwards(cast: Cast, data: Path, tmp_path: Path) -> None:
    made = roster(tmp_path)

    sync = synced(cast.district_admin, cast.ferndale, files_of(made.roster))

    assert sync.state == State.WITH_ERRORS
    assert sync.counts["users"]["left_out"] > 0
    with scope.within(cast.ferndale.pk):
        found = School.objects.filter(source_id__in=made.onboarded, is_onboarded=False)
        assert found.count() == len(made.onboarded)
        assert all(school.name != school.source_id for school in found)


def test_school_refused_for_its_own_fault_is_not_found(cast: Cast, files: Files) -> None:
    def with_faults(rows: Rows) -> Rows:
        schools = [row for row in rows if row["type"] == "school"]
        unknown = {**schools[0], "sourcedId": "unknown-school", "name": ""}
        return [*({**row, "name": ""} if row == schools[0] else row for row in rows), unknown]

    synced(cast.district_admin, cast.ferndale, files)
    with scope.within(cast.ferndale.pk):
        names = dict(School.objects.values_list("source_id", "name"))

    sync = synced(cast.district_admin, cast.ferndale, changed(files, "orgs", with_faults))

    assert sync.counts["orgs"]["refused"] == 2
    with scope.within(cast.ferndale.pk):
        assert dict(School.objects.values_list("source_id", "name")) == names


def test_loose_files_are_one_delivery(cast: Cast, files: Files) -> None:
    given = [Given(name, content) for name, content in files.items()]

    sync = work(send(cast.district_admin, cast.ferndale, *given))

    assert sync.state == State.COMPLETED
    assert sync.delivery_name == f"{given[0].name} and {len(given) - 1} more"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (Given("roster.zip", b"PK\x03\x04 this is no archive"), "zip"),
        (Given("roster.xlsx", b"PK\x03\x04 nor is this"), "roster.xlsx"),
        (Given("users.csv", b""), "empty"),
        (Given("notes.csv", b"a,b\r\n1,2\r\n"), "notes.csv"),
        (Given("student-upload.csv", TEMPLATE), "self-serve"),
        (zipped({"readme.csv": b"sourcedId,status,dateLastModified\r\n"}), "No file of roster.zip"),
    ],
    ids=lambda case: case.name if isinstance(case, Given) else "",
)  # fmt: skip
def test_delivery_that_cannot_be_taken_fails_and_says_why(cast: Cast, data: Path, given: Given, reason: str) -> None:
    sync = work(send(cast.district_admin, cast.ferndale, given))

    assert sync.state == State.FAILED
    assert reason in sync.reason
    assert active(cast, "users") == 0


def test_without_a_current_school_year_a_sync_fails_and_can_be_tried_again(cast: Cast, files: Files) -> None:
    with scope.within(cast.ferndale.pk):
        years = list(SchoolYear.objects.all())
        SchoolYear.objects.all().delete()
    sync = synced(cast.district_admin, cast.ferndale, files)
    assert sync.state == State.FAILED
    assert "no current school year" in sync.reason
    with scope.within(cast.ferndale.pk):
        SchoolYear.objects.bulk_create(years)

    again = work(actions.retry(by=cast.operator, sync=sync))

    assert (again.state, again.reason) == (State.COMPLETED, "")


@pytest.mark.django_db(transaction=True)  # the change of method has the district until its transaction ends
def test_district_that_became_self_serve_is_not_synced(cast: Cast, files: Files) -> None:
    sync = send(cast.district_admin, cast.ferndale, zipped(files))
    # Not by its action: that one lets no sync begin before its transaction ends, which here is the test's own.
    District.objects.filter(pk=cast.ferndale.pk).update(method=Method.SELF_SERVE)

    assert "self-serve" in work(sync).reason


def test_mistake_of_ours_fails_the_sync_and_tells_nobody_a_row(
    cast: Cast, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mistaken(*_: object, **__: object) -> None:
        raise ValueError("a row with a pupil in it")

    monkeypatch.setattr("homeroom.engine.validate", mistaken)

    sync = synced(cast.district_admin, cast.ferndale, files)

    assert sync.state == State.FAILED
    assert "Something went wrong in the server itself" in sync.reason
    assert "pupil" not in sync.reason


def test_guard_holds_what_goes_beyond_the_limits(cast: Cast, files: Files) -> None:
    synced(cast.district_admin, cast.ferndale, files)
    before = active(cast, "enrollments")

    held = synced(cast.district_admin, cast.ferndale, changed(files, "enrollments", half))

    assert held.state == State.HELD
    assert "enrollments" in held.reason
    assert held.breaches
    assert held.finished_at is None
    assert held.changes_digest
    assert changes.page(held, table="enrollments", change="deactivated").total > 20
    assert active(cast, "enrollments") == before


def test_limits_of_the_district_are_asked(cast: Cast, files: Files) -> None:
    synced(cast.district_admin, cast.ferndale, files)
    lenient = Limits(removed_share=1.0, removed_at_least=10_000, updated_share_of_users=1.0)
    districts.change_limits(by=cast.operator, district=cast.ferndale, limits=lenient)

    sync = synced(cast.district_admin, cast.ferndale, changed(files, "enrollments", half))

    assert sync.counts["enrollments"]["deactivated"] > 20


def test_no_password_stays_on_the_disk(cast: Cast, files: Files, data: Path) -> None:
    broken = with_passwords(files)
    broken["users.csv"] += f'odd,"row,{PASSWORD},{PASSWORD}\r\n{PASSWORD},short\r\n'.encode()
    sync = send(cast.district_admin, cast.ferndale, zipped(broken))

    work(sync)

    kept = [path for path in data.rglob("*") if path.is_file()]
    assert kept
    assert [path for path in kept if PASSWORD.encode() in path.read_bytes()] == []
    packed = storage.delivery_as_zip(sync)
    assert packed is not None
    assert [path.name for path in kept if path.parent.name == "incoming"] == []


def test_everything_but_passwords_is_kept_byte_for_byte(cast: Cast, files: Files, data: Path) -> None:
    sync = synced(cast.district_admin, cast.ferndale, files)

    packed = storage.delivery_as_zip(sync)
    assert packed is not None
    with ZipFile(packed) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == files


def test_files_are_for_the_server_alone(cast: Cast, files: Files, data: Path) -> None:
    synced(cast.district_admin, cast.ferndale, files)

    folders = [path for path in data.rglob("*") if path.is_dir() and "rosters" not in path.parts]
    assert {oct(path.stat().st_mode & 0o777) for path in folders} == {"0o700"}


def test_upload_beyond_the_limit_is_refused_and_leaves_nothing(
    cast: Cast, data: Path, settings: Settings, files: Files
) -> None:
    settings.HOMEROOM_UPLOAD_LIMIT_BYTES = 1000

    with pytest.raises(Refused, match="at most"):
        send(cast.district_admin, cast.ferndale, zipped(files))

    assert list((data / "syncs").rglob("received-*")) == []


def test_changes_are_found_page_by_page_and_by_search(cast: Cast, files: Files) -> None:
    sync = synced(cast.district_admin, cast.ferndale, files)

    first, second = (changes.page(sync, table="users", number=number, size=20) for number in (1, 2))
    wanted = first.rows[3]
    found = changes.page(sync, table="users", search=(wanted.name or "").upper())

    assert first.total == sync.counts["users"]["created"]
    assert (len(first.rows), first.pages) == (20, -(-first.total // 20))
    assert not set(first.rows) & set(second.rows)
    assert wanted in found.rows
    assert changes.page(sync, table="users", number=10_000, size=20).number == first.pages


def test_changes_are_downloaded_as_a_csv_that_is_safe_to_open(cast: Cast, files: Files) -> None:
    synced(cast.district_admin, cast.ferndale, files)
    formula = changed(files, "users", lambda rows: [{**rows[0], "givenName": "=1+1"}, *rows[1:]])

    path = changes.as_csv(synced(cast.district_admin, cast.ferndale, formula))

    text = path.read_bytes().decode("utf-8-sig")
    header, row, end = text.split("\r\n")
    assert header == "Table,Change,SourcedId,Name,Column,Before,After"
    assert row.endswith(",'=1+1")
    assert row.split(",")[3].startswith("'=1+1 ")
    assert end == ""


def test_districts_see_their_own_syncs_only(cast: Cast, files: Files) -> None:
    synced(cast.district_admin, cast.ferndale, files)

    with scope.within(cast.lakeside.pk):
        assert Sync.objects.count() == 0
