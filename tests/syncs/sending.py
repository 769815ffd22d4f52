"""Deliveries as a person sends them, and the worker's part done at once, in the test's own process."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile, ZipInfo

from homeroom.accounts.models import User
from homeroom.demo.district import Made, make
from homeroom.districts import scope
from homeroom.districts.actions import schools
from homeroom.districts.models import District, School
from homeroom.syncs import actions, storage, tasks
from homeroom.syncs.models import Sync

Rows = list[dict[str, str]]
PASSWORD = "Correct-Horse-9"


@dataclass(frozen=True)
class Given:
    """A file on its way in."""

    name: str
    content: bytes

    def chunks(self) -> Iterable[bytes]:
        yield self.content[:10]
        yield self.content[10:]


def zipped(files: Mapping[str, bytes], *, comment: str = "") -> Given:
    """The files as a zip. comment: of the archive, so that the same files make other bytes."""
    packed = io.BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.comment = comment.encode()
        for name, content in files.items():
            archive.writestr(ZipInfo(name), content)  # always of the same date, so always the same bytes
    return Given("roster.zip", packed.getvalue())


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.csv"))}


def changed(files: Mapping[str, bytes], table: str, change: Callable[[Rows], Rows]) -> dict[str, bytes]:
    """The files, with the rows of one table changed."""
    name = f"{table}.csv"
    read = csv.DictReader(io.StringIO(files[name].decode(), newline=""))
    written = io.StringIO(newline="")
    writer = csv.DictWriter(written, fieldnames=list(read.fieldnames or ()))
    writer.writeheader()
    writer.writerows(change(list(read)))
    return {**files, name: written.getvalue().encode()}


def with_passwords(files: Mapping[str, bytes]) -> dict[str, bytes]:
    return changed(files, "users", lambda rows: [{**row, "password": PASSWORD} for row in rows])


def roster(folder: Path, *, users: int = 60, seed: int = 1, defects_per_kind: int = 0) -> Made:
    """A made-up district in ``folder``/roster. Many tests ask for the same one: its files are made up once."""
    made, files = _made(users, seed, defects_per_kind)
    (folder / "roster").mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / "roster" / name).write_bytes(content)
    return replace(made, roster=folder / "roster", onboarded=list(made.onboarded))


@cache
def _made(users: int, seed: int, defects_per_kind: int) -> tuple[Made, dict[str, bytes]]:
    with TemporaryDirectory() as folder:
        made = make(Path(folder), users=users, enrollments_per_user=3, seed=seed, defects_per_kind=defects_per_kind)
        return made, files_of(made.roster)


def onboard(district: District, made: Made) -> None:
    schools.found(district, [(school, school) for school in made.onboarded])
    with scope.within(district.pk):
        School.objects.filter(source_id__in=made.onboarded).update(is_onboarded=True)


def send(by: User, district: District, *files: Given, confirm: bool = False) -> Sync:
    return actions.start(by=by, district=district, received=storage.receive(district, files), confirm=confirm)


def work(sync: Sync) -> Sync:
    """What a worker does with the sync's job."""
    tasks.run_sync(district_id=sync.district_id, sync_id=sync.pk)
    return again(sync)


def again(sync: Sync) -> Sync:
    with scope.within(sync.district_id):
        return Sync.objects.get(pk=sync.pk)


def synced(by: User, district: District, files: Mapping[str, bytes], *, confirm: bool = False) -> Sync:
    return work(send(by, district, zipped(files), confirm=confirm))
