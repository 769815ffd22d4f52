"""One night of the district of ``publisher``, as its worker works on it: run with the delivery.

The database is that of DATABASE_URL, of the application's own role. Says, as JSON, how it ended, and how long each
stage took; the files are received before the clock starts.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django

import homeroom.cli.allocation  # noqa: F401 — before polars is loaded, as a worker does

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()

from homeroom.accounts.models import User  # noqa: E402 — Django must be set up first
from homeroom.districts import scope  # noqa: E402
from homeroom.districts.models import District  # noqa: E402
from homeroom.syncs import actions, storage, tasks  # noqa: E402
from homeroom.syncs.claims import Claim  # noqa: E402
from homeroom.syncs.models import Sync  # noqa: E402
from tests.benches.measure import PEAK_UNIT_BYTES  # noqa: E402
from tests.benches.publisher import SLUG  # noqa: E402

_BLOCK = 1 << 20


@dataclass(frozen=True)
class Upload:
    """A file on its way in."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.name

    def chunks(self) -> Iterable[bytes]:
        with self.path.open("rb") as file:
            while block := file.read(_BLOCK):
                yield block


def main(delivery: Path) -> None:
    district = District.objects.get(slug=SLUG)
    operator = User.objects.get(is_operator=True)
    received = storage.receive(district, [Upload(delivery)])
    moments: list[tuple[str, float]] = []
    peaks: dict[str, int] = {}
    tell = Claim.tell

    def listened(claim: Claim, stage: str, *rest: Any, **more: Any) -> None:
        peaks[moments[-1][0] if moments else "start"] = peak_bytes()
        moments.append((stage, time.perf_counter()))
        tell(claim, stage, *rest, **more)

    Claim.tell = listened  # type: ignore[method-assign]
    with scope.within(district.pk):
        sync = actions.start(by=operator, district=district, received=received, confirm=True)
    begin, begin_cpu = time.perf_counter(), time.process_time()
    tasks.run_sync(district_id=district.pk, sync_id=sync.pk)
    end = time.perf_counter()
    with scope.within(district.pk):
        sync = Sync.objects.get(pk=sync.pk)
    ends = [moment for _, moment in moments[1:]] + [end]
    stages = {stage: after - at for (stage, at), after in zip(moments, ends, strict=True)}
    told = {
        "state": sync.state,
        "reason": sync.reason,
        "counts": sync.counts,
        "wall_seconds": end - begin,
        "cpu_seconds": time.process_time() - begin_cpu,
        "stages": stages,
        "peaks": peaks | {"end": peak_bytes()},
    }
    sys.stdout.write(json.dumps(told))


def peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * PEAK_UNIT_BYTES


if __name__ == "__main__":
    main(Path(sys.argv[1]))
