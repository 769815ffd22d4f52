"""How long does the server take for each page of a district whose roster is in the database of DATABASE_URL?

Says, as JSON, by page the 95th percentile in milliseconds. Without network and browser: the request, all middleware,
the queries, the template.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()

from django.test import Client  # noqa: E402 — Django must be set up first

from homeroom.accounts.models import User  # noqa: E402
from homeroom.districts import scope  # noqa: E402
from homeroom.districts.models import District, School  # noqa: E402
from homeroom.syncs.models import Sync  # noqa: E402
from tests.benches.publisher import SLUG  # noqa: E402

_REQUESTS = 40


def main() -> None:
    district = District.objects.get(slug=SLUG)
    with scope.within(district.pk):
        sync = Sync.objects.order_by("-pk").values_list("pk", flat=True)[1]  # the night that changed something
        school = School.objects.values_list("pk", flat=True)[0]
    at = f"/d/{SLUG}/"
    pages = {
        "Manage": at,
        "Schools": f"{at}schools/",
        "Schools, searched": f"{at}schools/?search=oak",
        "one school": f"{at}schools/{school}/",
        "People": f"{at}people/",
        "People, searched": f"{at}people/?search=olive",
        "Audit": f"{at}audit/",
        "Settings": f"{at}settings/",
        "Sync Reports": f"{at}sync-reports/",
        "one sync": f"{at}sync-reports/{sync}/",
        "its changes": f"{at}sync-reports/{sync}/changes/",
        "its changes, searched": f"{at}sync-reports/{sync}/changes/?search=ab12",
        "upload": f"{at}sync-reports/upload/",
        "the operator's districts": "/operator/districts/",
        "the operator's one district": f"/operator/districts/{SLUG}/",
    }
    client = Client(SERVER_NAME="localhost")
    client.force_login(
        User.objects.get(is_operator=True), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    sys.stdout.write(json.dumps({name: _milliseconds(client, path) for name, path in pages.items()}))


def _milliseconds(client: Client, path: str) -> float:
    times = []
    for _ in range(_REQUESTS):
        begin = time.perf_counter()
        answer = client.get(path)
        b"".join(answer) if answer.streaming else answer.content  # type: ignore[attr-defined]
        times.append(time.perf_counter() - begin)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code}")
    return 1000 * statistics.quantiles(times[1:], n=20)[-1]


if __name__ == "__main__":
    main()
