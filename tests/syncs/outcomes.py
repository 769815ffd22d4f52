"""Syncs of each outcome, for the pages that show them: made by the worker's own part, in the test's process."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings

from homeroom.accounts.models import User
from homeroom.districts import scope
from homeroom.districts.models import District
from homeroom.syncs import storage
from homeroom.syncs.models import State, Sync
from tests.people import Cast
from tests.syncs.sending import Given, Rows, changed, files_of, onboard, roster, send, synced, work, zipped

Files = Mapping[str, bytes]


@dataclass(frozen=True)
class Outcomes:
    """Makes syncs of one district. good: a roster without a mistake; bad: one with a mistake of each kind."""

    by: User
    district: District
    good: Files
    bad: Files

    def completed(self) -> Sync:
        return synced(self.by, self.district, self.good, confirm=True)

    def with_errors(self) -> Sync:
        return synced(self.by, self.district, self.bad, confirm=True)

    def updated(self) -> Sync:
        """One user renamed, after a sync."""
        return synced(self.by, self.district, changed(self.good, "users", one_renamed))

    def held(self) -> Sync:
        """Half of the enrollments would go, after a sync."""
        self.completed()
        return synced(self.by, self.district, changed(self.good, "enrollments", half))

    def failed(self) -> Sync:
        return work(send(self.by, self.district, Given("roster.zip", b"PK\x03\x04 this is none"), confirm=True))

    def unreadable(self) -> Sync:
        """Failed, with its delivery kept: a file that must be there is not."""
        files = {name: content for name, content in self.good.items() if name != "users.csv"}
        return synced(self.by, self.district, files, confirm=True)

    def queued(self) -> Sync:
        """One that waits, of bytes of its own: the same are not synced twice at a time."""
        return send(self.by, self.district, zipped(self.good, comment=secrets.token_hex(4)), confirm=True)


def one_renamed(rows: Rows) -> Rows:
    return [{**rows[0], "givenName": "Renamed"}, *rows[1:]]


def half(rows: Rows) -> Rows:
    return rows[: len(rows) // 2]


def records_of_syncs(by: User, district: District) -> dict[str, object]:
    """What the addresses of the pages of syncs name: a sync that is held, one of its files, and an upload that waits.

    Made without a worker, so that a test of every address has them at once.
    """
    received = storage.receive(district, [Given("roster.zip", district.slug.encode())])
    with scope.within(district.pk):
        sync = Sync.objects.create(
            district=district, method=district.method, started_by=by, state=State.HELD, reason="Too much would go.",
            delivery_name="roster.zip", delivery_digest=received.digest, delivery_bytes=10, changes_digest="1" * 64,
        )  # fmt: skip
    reports = Path(settings.HOMEROOM_DATA) / "syncs" / str(district.pk) / str(sync.pk) / "results" / "reports"
    reports.mkdir(parents=True)
    (reports / "users_sync_report.csv").write_text("Row Number\r\n")
    return {"sync": sync.pk, "name": "users_sync_report.csv", "ticket": received.ticket}


@pytest.fixture
def outcomes(cast: Cast, data: Path, tmp_path: Path) -> Outcomes:
    """Of Ferndale, whose schools in the made-up rosters are onboarded, as far as they are to be."""
    good, bad = roster(tmp_path / "good"), roster(tmp_path / "bad", users=300, defects_per_kind=1)
    for made in (good, bad):
        onboard(cast.ferndale, made)
    return Outcomes(cast.district_admin, cast.ferndale, files_of(good.roster), files_of(bad.roster))
