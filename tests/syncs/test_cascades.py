"""One fault costs many records: every tenth school is not onboarded, every fiftieth class has no teacher, and every
hundredth user is refused. The reports are exact, the counts add up, and nothing of an earlier night is lost.

What must come of it is reckoned here once more, record by record, from product.md 4.3.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

from homeroom.districts import scope
from homeroom.districts.models import School
from homeroom.roster.models import KINDS
from homeroom.syncs import storage
from homeroom.syncs.models import State, Sync
from tests.people import Cast
from tests.syncs.sending import Rows, changed, files_of, onboard, roster, synced

Lines = Counter[tuple[str, str, str]]
USERS = 1_500


def rows_of(files: Mapping[str, bytes], table: str) -> Rows:
    return list(csv.DictReader(io.StringIO(files[f"{table}.csv"].decode(), newline="")))


@dataclass(frozen=True)
class Cascade:
    """A roster with the three faults, and what must come of each record."""

    before: Mapping[str, bytes]

    @cached_property
    def closed(self) -> set[str]:
        """The schools that are not onboarded."""
        schools = [org["sourcedId"] for org in rows_of(self.before, "orgs") if org["type"] == "school"]
        return set(sorted(schools)[::10])

    @cached_property
    def files(self) -> Mapping[str, bytes]:
        untaught = {one["sourcedId"] for one in rows_of(self.before, "classes")[::50]}

        def without_teachers(rows: Rows) -> Rows:
            return [row for row in rows if row["role"] != "teacher" or row["classSourcedId"] not in untaught]

        def without_names(rows: Rows) -> Rows:
            return [
                row | {"familyName": "" if place % 100 == 0 else row["familyName"]} for place, row in enumerate(rows)
            ]

        files = changed(self.before, "enrollments", without_teachers)
        return changed(files, "users", without_names)

    @cached_property
    def left_out(self) -> dict[str, set[str]]:
        users = {
            row["sourcedId"]
            for row in rows_of(self.files, "users")
            if set(row["orgSourcedIds"].split(",")) <= self.closed
        }
        classes = {row["sourcedId"] for row in rows_of(self.files, "classes") if row["schoolSourcedId"] in self.closed}
        enrollments = {
            row["sourcedId"]
            for row in rows_of(self.files, "enrollments")
            if row["schoolSourcedId"] in self.closed
            or row["userSourcedId"] in users
            or row["classSourcedId"] in classes
        }
        return {"users": users, "classes": classes, "enrollments": enrollments}

    @cached_property
    def report(self) -> dict[str, Lines]:
        """The lines of each report: source id, field, message."""
        users = self._users()
        refused_users = {source_id for source_id, _, _ in users}
        taught = {
            row["classSourcedId"]
            for row in rows_of(self.files, "enrollments")
            if row["role"] == "teacher" and row["userSourcedId"] not in refused_users | self.left_out["users"]
        }
        refused_classes = {
            row["sourcedId"]
            for row in rows_of(self.files, "classes")
            if row["sourcedId"] not in taught | self.left_out["classes"]
        }
        enrollments = Lines()
        for row in rows_of(self.files, "enrollments"):
            if row["sourcedId"] in self.left_out["enrollments"]:
                continue
            if row["userSourcedId"] in refused_users:
                enrollments[row["sourcedId"], "userSourcedId", "userSourcedId not found in our system"] += 1
                if row["role"] == "teacher":
                    continue  # it need not say, too, what the class lost by it
            if row["classSourcedId"] in refused_classes:
                enrollments[row["sourcedId"], "classSourcedId", "classSourcedId not found in our system"] += 1
        closed = "school is not onboarded in Homeroom, school and all associated records will not be synced"
        return {
            "orgs": Lines((school, "school", closed) for school in self.closed),
            "users": users,
            "classes": Lines((one, "subject", "primary teacher is required") for one in refused_classes),
            "enrollments": enrollments,
        }

    def _users(self) -> Lines:
        rows = [row for row in rows_of(self.files, "users") if row["sourcedId"] not in self.left_out["users"]]
        nameless = [row["sourcedId"] for row in rows if not row["familyName"]]
        lines = Lines((source_id, "familyName", "familyName is empty; every user needs one.") for source_id in nameless)
        gone, more = set(nameless), True  # a guardian who is left out costs the pupil nothing
        while more:
            more = False
            for row in rows:
                if row["sourcedId"] not in gone and gone & set(row["agentSourcedIds"].split(",")):
                    lines[row["sourcedId"], "agentSourcedIds", "agentSourcedIds not found in our system"] += 1
                    gone.add(row["sourcedId"])
                    more = True
        return lines


def reported(sync: Sync) -> dict[str, Lines]:
    found = {}
    for path in storage.report_files(sync):
        rows = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""))
        table = path.name.removesuffix("_sync_report.csv")
        found[table] = Lines((row["SourcedId"], row["Field"], row["Error Message"]) for row in rows)
    return found


@pytest.fixture
def cascade(cast: Cast, data: Path, tmp_path: Path) -> Cascade:
    made = roster(tmp_path, users=USERS)
    onboard(cast.ferndale, made)
    return Cascade(files_of(made.roster))


def active(cast: Cast) -> dict[str, set[str]]:
    with scope.within(cast.ferndale.pk):
        return {
            name: set(kind.objects.filter(is_active=True).values_list("source_id", flat=True))
            for name, kind in KINDS.items()
        }


def test_one_fault_costs_what_hangs_on_it_and_no_more(cast: Cast, cascade: Cascade) -> None:
    synced(cast.district_admin, cast.ferndale, cascade.before)
    before = active(cast)
    with scope.within(cast.ferndale.pk):
        School.objects.filter(source_id__in=cascade.closed).update(is_onboarded=False)

    sync = synced(cast.district_admin, cast.ferndale, cascade.files)

    assert sync.state == State.WITH_ERRORS, sync.reason
    found = reported(sync)
    for table, lines in cascade.report.items():
        assert found[table] == lines
    for table, left_out in cascade.left_out.items():
        assert sync.counts[table]["left_out"] == len(left_out)
    for table, counts in sync.counts.items():
        received = sum(counts.values()) - counts["deactivated"]
        assert received == len(rows_of(cascade.files, table))
    assert {name: before[name] - now for name, now in active(cast).items() if before[name] - now} == {
        "enrollments": {row["sourcedId"] for row in rows_of(cascade.before, "enrollments")}
        - {row["sourcedId"] for row in rows_of(cascade.files, "enrollments")}
    }
