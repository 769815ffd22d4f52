"""A first night of a district and then one with half a percent changed, collected from a made-up provider, in the
database of DATABASE_URL: run with the provider's address, the file of onboarded schools, and the district's name.

Says as JSON how many seconds it waited for the provider, how many it took of the worker's processor, how many records
there are, and how many changed.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import django

import homeroom.cli.allocation  # noqa: F401 — as every worker has it

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()

from django.conf import settings  # noqa: E402 — Django must be set up first

from homeroom.accounts.actions import create_operator  # noqa: E402
from homeroom.accounts.models import User  # noqa: E402
from homeroom.demo.provider_access import TOKEN  # noqa: E402
from homeroom.districts import scope  # noqa: E402
from homeroom.districts.models import District, Method, School  # noqa: E402
from homeroom.feeds import actions as feeds  # noqa: E402
from homeroom.feeds.credentials import Credentials  # noqa: E402
from homeroom.feeds.models import Authentication  # noqa: E402
from homeroom.syncs import collecting, nights, tasks  # noqa: E402
from homeroom.syncs.models import State, Sync  # noqa: E402
from tests.people import PASSWORD, a_district  # noqa: E402


def main(address: str, onboarded: Path, name: str) -> None:
    settings.HOMEROOM_LOOPBACK_SOURCES = True
    operator = User.objects.filter(is_operator=True).first() or create_operator(
        email="o@publisher.example", name="Olive Operator", password=PASSWORD
    )
    district = District.objects.filter(name=name).first() or _made(operator, onboarded, name)
    feeds.connect(
        by=operator, district=district, credentials=Credentials("", TOKEN), base_url=address, version="1.1",
        authentication=Authentication.BEARER,
    )  # fmt: skip
    seconds = {"waiting": 0.0}
    collect = collecting.collect

    def timed(*arguments: object) -> None:
        begin, processor = time.perf_counter(), time.process_time()
        collect(*arguments)  # type: ignore[arg-type]
        worked = time.process_time() - processor
        seconds["waiting"] += max(0.0, time.perf_counter() - begin - worked)

    collecting.collect = timed  # type: ignore[assignment]
    sync = nights.run_now(by=operator, district=district)
    processor = time.process_time()
    tasks.run_sync(district_id=district.pk, sync_id=sync.pk)
    seconds["processor"] = time.process_time() - processor
    with scope.within(district.pk):
        done = Sync.objects.get(pk=sync.pk)
    if done.state not in (State.COMPLETED, State.WITH_ERRORS):
        raise RuntimeError(f"{done.state}: {done.reason}")
    records = sum(table["rows"] for table in done.report["tables"])
    changed = sum(kind["updated"] for kind in done.counts.values())  # those that are gone or new come beside it
    json.dump(seconds | {"records": records, "changed": changed}, sys.stdout)


def _made(operator: User, onboarded: Path, name: str) -> District:
    district = a_district(operator, name, Method.ONEROSTER_REST)
    with scope.within(district.pk):
        School.objects.bulk_create(
            School(district=district, source_id=source_id, name=source_id, is_onboarded=True)
            for source_id in onboarded.read_text(encoding="utf-8").split()
        )
    return district


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
