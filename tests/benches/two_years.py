"""Two years of nights behind a district: what becomes of its pages? And an upload in a district that rosters by hand.

What a night leaves after its files have expired, as the demo tells it, but with the report of a night that really was:
causes and remedies, as long as they were then.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from homeroom.accounts.models import User
from homeroom.audit.recording import Target, record
from homeroom.districts import actions, scope
from homeroom.districts.models import District, Method, School
from homeroom.syncs import tasks
from homeroom.syncs.models import Kind, State, Sync
from homeroom.syncs.uploads import receiving
from tests.people import a_district

NIGHTS = 730
_HEADER = "studentId,firstName,middleName,lastName,email,grade,username,password\n"
_ROWS = 1_000


def tell_of_two_years(district: District, night: Sync) -> Sync:
    """A sync for each night, each like this one, and its event in the audit; the oldest of them."""
    begin = timezone.now() - timedelta(days=NIGHTS)
    with scope.within(district.pk):
        made = Sync.objects.bulk_create(_night(night, begin + timedelta(days=ago)) for ago in range(NIGHTS))
        for sync in made:
            target = Target("sync", sync.pk, sync.delivery_name)
            record(by=None, what="sync.applied", district_id=district.pk, target=target, detail={"counts": sync.counts})
    return made[0]


def _night(like: Sync, at: datetime) -> Sync:
    return Sync(
        district_id=like.district_id, method=like.method, state=State.WITH_ERRORS, created_at=at, started_at=at,
        finished_at=at, run=1, delivery_name=like.delivery_name, delivery_digest=f"{at}"[:64], delivery_bytes=1 << 30,
        format=like.format, version=like.version, report=like.report, counts=like.counts, standing=like.standing,
        files_expired_at=at,
    )  # fmt: skip


def an_upload_with_errors(operator: User) -> tuple[District, School, Sync]:
    """A self-serve district, one of its schools, and an upload there of a thousand students, each tenth refused."""
    district = a_district(operator, "By Hand", Method.SELF_SERVE)
    school = actions.add_school(by=operator, district=district, name="Oak Elementary")
    students = "".join(
        f"S{number},Ana,,Lee,{'' if number % 10 else 'no address'},05,pupil.{number},secret-word-{number}\n"
        for number in range(_ROWS)
    )
    sync = receiving.start(
        by=operator, district=district, school=school, kind=Kind.STUDENTS, school_year=None, name="u.csv",
        content=(_HEADER + students).encode(),
    )  # fmt: skip
    tasks.run_sync(district_id=district.pk, sync_id=sync.pk)
    return district, school, sync
