"""Uploads of Ferndale as a self-serve district, and the worker's part done at once, in the test's own process."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from homeroom.accounts.models import User
from homeroom.districts import scope
from homeroom.districts.models import District, Method, School, SchoolYear
from homeroom.syncs import tasks
from homeroom.syncs.models import Kind, State, Sync, Upload
from homeroom.syncs.uploads import receiving
from tests.people import Cast, set_method

STUDENTS = "studentId,firstName,middleName,lastName,email,grade,username,password\n"
STAFF = "staffId,firstName,middleName,lastName,email,role,username,password\n"
CLASSES = "className,primaryTeacher,grade,subject\n"
ANA = "S1,Ana,,Lee,ana@ferndale.example,05,ana.lee,secret-word-1\n"
BEN = "S2,Ben,,Moss,,05,ben.moss,secret-word-2\n"
CLEO = "S3,Cleo,,Rue,,5,cleo.rue,secret-word-3\n"
"""With a fault: the grade."""
DAN = "S4,Dan,,,,99,dan,secret-word-4\n"
"""With three: lastName, grade and username."""
TESS = "T1,Tess,,Day,tess@ferndale.example,teacher,tess.day,secret-word-5\n"


@dataclass(frozen=True)
class Uploads:
    """Makes uploads for one school as one person."""

    by: User
    school: School

    def queued(
        self, content: str | bytes = STUDENTS + ANA, kind: Kind = Kind.STUDENTS, name: str = "students.csv"
    ) -> Sync:
        with scope.within(self.school.district_id):
            year = SchoolYear.objects.first() if kind == Kind.CLASSES else None
        return receiving.start(
            by=self.by,
            district=self.school.district,
            school=self.school,
            kind=kind,
            school_year=year,
            name=name,
            content=content.encode() if isinstance(content, str) else content,
            confirm=True,
        )

    def done(
        self, content: str | bytes = STUDENTS + ANA, kind: Kind = Kind.STUDENTS, name: str = "students.csv"
    ) -> Sync:
        return work(self.queued(content, kind, name))


def work(sync: Sync) -> Sync:
    """What a worker does with the upload's job."""
    tasks.run_sync(district_id=sync.district_id, sync_id=sync.pk)
    with scope.within(sync.district_id):
        return Sync.objects.get(pk=sync.pk)


@pytest.fixture
def self_serve(cast: Cast, data: Path) -> Cast:
    """The cast, in self-serve districts."""
    for district in (cast.ferndale, cast.lakeside):
        set_method(by=cast.operator, district=district, method=Method.SELF_SERVE)
        district.refresh_from_db()
    for school in (cast.oak, cast.elm, cast.birch):
        school.district = cast.ferndale
    return cast


@pytest.fixture
def uploads(self_serve: Cast) -> Uploads:
    """Of Oak Elementary, by its administrator."""
    return Uploads(self_serve.oak_admin, self_serve.oak)


def records_of_uploads(by: User, district: District, school: School) -> dict[str, object]:
    """What the addresses of the pages of uploads name: an upload of students with errors, and its files.

    Made without a worker, so that a test of every address has it at once.
    """
    with scope.within(district.pk):
        sync = Sync.objects.create(
            district=district, method=Method.SELF_SERVE, started_by=by, state=State.WITH_ERRORS,
            finished_at=timezone.now(), delivery_name="students.csv", delivery_digest="2" * 64, delivery_bytes=10,
        )  # fmt: skip
        Upload.objects.create(district=district, sync=sync, kind=Kind.STUDENTS, school=school, rows=1)
    folder = Path(settings.HOMEROOM_DATA) / "syncs" / str(district.pk) / str(sync.pk)
    for path in ("delivery/00.csv", "results/corrections.csv", "results/reports/students_sync_report.csv"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("one line\r\n")
    return {"upload": sync.pk, "kind": "students"}
