"""The nights that the made-up districts have behind them: the last ones really synced, the year before told by its
outcomes alone, since files are not kept so long. Before them the uploads of the one that rosters by hand.

Run as a process once the server is up; what is there already stays. The syncs are ordinary ones, done by the worker,
and afterwards dated back to the night whose they are.
"""

from __future__ import annotations

import hashlib
import io
import time
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from random import Random
from zoneinfo import ZoneInfo

import polars as pl
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from homeroom.accounts.models import User
from homeroom.demo import uploads
from homeroom.demo.publisher import FAILING, NIGHTLY, OPERATOR, MadeUp, roster_folder
from homeroom.districts import scope
from homeroom.districts.models import District
from homeroom.syncs import actions, storage
from homeroom.syncs.models import State, Sync

REAL_NIGHTS = 10
TOLD_NIGHTS = 365
_POLL_SECONDS = 0.5
_NIGHT = time_of_day(2, 10)
_CUT_OFF = "{} is incomplete: its end is missing. Send it again, and wait until all of it is sent."


@dataclass(frozen=True)
class Packed:
    """A zip on its way in, as an upload is one."""

    name: str
    content: bytes

    def chunks(self) -> Iterable[bytes]:
        yield self.content


def main() -> None:
    uploads.make()
    operator = User.objects.get(email=OPERATOR)
    for made, nights in ((NIGHTLY, (TOLD_NIGHTS + 1, *range(REAL_NIGHTS, 0, -1))), (FAILING, (1,))):
        district = District.objects.get(slug=made.slug)
        with scope.within(district.pk):
            if made is NIGHTLY:
                _tell_of_the_year(district)
            for ago in nights:
                night = district.today() - timedelta(days=ago)
                if not Sync.objects.filter(created_at__range=_hours(district, night)).exists():
                    _sync(operator, district, night, _delivery(made, ago))


def _sync(operator: User, district: District, night: date, files: dict[str, bytes]) -> None:
    received = storage.receive(district, [Packed(f"{district.slug}-{night}.zip", _zipped(files))])
    begins = _at(district, night)
    with transaction.atomic():  # before a worker has it, because errors are open since the night that found them
        sync = actions.start(by=operator, district=district, received=received, confirm=True)
        Sync.objects.filter(pk=sync.pk).update(created_at=begins)
    while sync.is_under_way:
        time.sleep(_POLL_SECONDS)
        sync.refresh_from_db()
    times = {"started_at": begins + timedelta(seconds=2), "started_by": None}
    if sync.finished_at is not None:
        times["finished_at"] = begins + timedelta(seconds=48)
    Sync.objects.filter(pk=sync.pk).update(**times)


def _delivery(made: MadeUp, ago: int) -> dict[str, bytes]:
    """The files as the district's system sends them on the night so many days ago."""
    tables = {path.stem: pl.read_csv(path, infer_schema=False) for path in sorted(roster_folder(made).glob("*.csv"))}
    manifest = tables.pop("manifest")
    if made is FAILING:
        tables.pop("users")
    else:
        tables["users"] = _users(tables["users"], ago)
        tables["enrollments"] = _enrollments(tables["enrollments"], ago)
    return {f"{name}.csv": table.write_csv().encode() for name, table in ({"manifest": manifest} | tables).items()}


def _users(users: pl.DataFrame, ago: int) -> pl.DataFrame:
    """Some pupils have another middle name every night; every third night some teachers have no e-mail."""
    row = pl.int_range(pl.len())
    renamed = pl.when(row % 40 == ago % 40).then(pl.lit(f"N{ago}")).otherwise("middleName")
    nameless = (pl.col("role") == "teacher") & (row % 7 == 0) & pl.lit(ago % 3 == 1)
    return users.with_columns(middleName=renamed, email=pl.when(~nameless).then("email"))


def _enrollments(enrollments: pl.DataFrame, ago: int) -> pl.DataFrame:
    """Every night some pupils leave a class; every third night some enrollments name a user who is not there."""
    row = pl.int_range(pl.len())
    stays = enrollments.filter((row % 211 != ago) | (pl.col("role") != "student"))
    unknown = (row % 173 == 0) & (pl.col("role") == "student") & pl.lit(ago % 3 == 1)
    return stays.with_columns(userSourcedId=pl.when(unknown).then(pl.lit("left-last-year")).otherwise("userSourcedId"))


def _zipped(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def _tell_of_the_year(district: District) -> None:
    if not Sync.objects.exists():
        Sync.objects.bulk_create(_told(district))


def _told(district: District) -> Iterator[Sync]:
    """Nights of which only the outcome is left."""
    chance = Random(district.slug)
    for ago in range(TOLD_NIGHTS, REAL_NIGHTS, -1):
        night = district.today() - timedelta(days=ago)
        begins = _at(district, night)
        state = chance.choices([State.COMPLETED, State.WITH_ERRORS, State.FAILED], [60, 37, 3])[0]
        refused = chance.randint(1, 30) if state is State.WITH_ERRORS else 0
        name = f"{district.slug}-{night}.zip"
        yield Sync(
            district=district,
            state=state,
            method=district.method,
            created_at=begins,
            started_at=begins + timedelta(seconds=2),
            finished_at=begins + timedelta(seconds=chance.randint(30, 90)),
            run=1,
            delivery_name=name,
            delivery_digest=hashlib.sha256(f"{district.slug} {night}".encode()).hexdigest(),
            delivery_bytes=chance.randint(90_000, 99_000),
            format="oneroster",
            version="1.1",
            reason=_CUT_OFF.format(name) if state is State.FAILED else "",
            counts={} if state is State.FAILED else _counts(chance, refused),
            files_expired_at=min(begins + timedelta(days=settings.HOMEROOM_DELIVERY_DAYS), timezone.now()),
        )


def _counts(chance: Random, refused: int) -> dict[str, dict[str, int]]:
    nothing = {"created": 0, "updated": 0, "deactivated": 0, "refused": 0, "left_out": 0}
    return {
        "orgs": nothing | {"unchanged": 4},
        "users": nothing | {"created": chance.randint(0, 4), "updated": chance.randint(0, 20), "unchanged": 560},
        "classes": nothing | {"updated": chance.randint(0, 2), "unchanged": 120},
        "enrollments": nothing
        | {
            "created": chance.randint(0, 20),
            "deactivated": chance.randint(0, 12),
            "unchanged": 2100,
            "refused": refused,
        },
    }


def _at(district: District, night: date) -> datetime:
    return datetime.combine(night, _NIGHT, ZoneInfo(district.time_zone))


def _hours(district: District, night: date) -> tuple[datetime, datetime]:
    return _at(district, night) - timedelta(hours=3), _at(district, night) + timedelta(hours=3)
