"""How long does the server take for each page of a district whose roster is in the database of DATABASE_URL, and after
two years of nights?

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

import homeroom.cli.allocation  # noqa: F401 — as every web server has it

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()

from django.test import Client  # noqa: E402 — Django must be set up first

from homeroom.accounts.models import User  # noqa: E402
from homeroom.districts import scope  # noqa: E402
from homeroom.districts.models import District, School  # noqa: E402
from homeroom.roster import belonging  # noqa: E402
from homeroom.roster.models import Class  # noqa: E402
from homeroom.syncs.models import Sync  # noqa: E402
from tests.benches import two_years  # noqa: E402
from tests.benches.publisher import SLUG  # noqa: E402

_REQUESTS = 40


def main() -> None:
    district, operator = District.objects.get(slug=SLUG), User.objects.get(is_operator=True)
    with scope.within(district.pk):
        night = Sync.objects.order_by("-pk")[1]  # the one that changed something
        of_a_school = Class.objects.filter(is_active=True)[0]
        school = School.objects.get(source_id=of_a_school.school_sourced_id)
        a_student = belonging.students_of(school)[0]
    client = Client(SERVER_NAME="localhost")
    client.force_login(operator, backend="allauth.account.auth_backends.AuthenticationBackend")
    pages = _of_the_district(night, school, a_student.key, of_a_school.key)
    found = {name: _milliseconds(client, path) for name, path in pages.items()}
    by_hand, its_school, upload = two_years.an_upload_with_errors(operator)
    found |= {name: _milliseconds(client, path) for name, path in _by_hand(by_hand, its_school, upload).items()}
    oldest = two_years.tell_of_two_years(district, night)
    found |= {name: _milliseconds(client, path) for name, path in _after_two_years(oldest).items()}
    sys.stdout.write(json.dumps(found))


def _of_the_district(night: Sync, school: School, student: int, of_a_school: int) -> dict[str, str]:
    at, reports = f"/d/{SLUG}/", f"/d/{SLUG}/sync-reports/"
    here = f"{at}schools/{school.pk}/"
    return {
        "Manage": at,
        "Schools": f"{at}schools/",
        "Schools, searched": f"{at}schools/?q=oak",
        "one school": here,
        "Students": f"{here}students/",
        "Students, searched": f"{here}students/?q=an",
        "Students of a grade, by grade": f"{here}students/?grade=05&sort=grade",
        "Students, the last page": f"{here}students/?status=all&page=99999",
        "one student": f"{here}students/{student}/",
        "Staff": f"{here}staff/",
        "Staff, teachers searched": f"{here}staff/?role=teacher&q=an",
        "Classes": f"{here}classes/",
        "Classes, searched": f"{here}classes/?q=math",
        "one class": f"{here}classes/{of_a_school}/",
        "People": f"{at}people/",
        "People, searched": f"{at}people/?q=olive",
        "Audit": f"{at}audit/",
        "Settings": f"{at}settings/",
        "Notices": f"{at}notices/",
        "Sync Reports": reports,
        "one sync": f"{reports}{night.pk}/",
        "its errors": f"{reports}{night.pk}/errors/",
        "its errors, searched": f"{reports}{night.pk}/errors/?q=ab12",
        "its changes": f"{reports}{night.pk}/changes/",
        "its changes, searched": f"{reports}{night.pk}/changes/?q=ab12",
        "undo it?": f"{reports}{night.pk}/undo/",
        "upload a roster": f"{reports}upload/",
        "what an error means": "/help/errors/school-not-onboarded/",
        "the operator's districts": "/operator/districts/",
        "the operator's one district": f"/operator/districts/{SLUG}/",
    }


def _by_hand(district: District, school: School, upload: Sync) -> dict[str, str]:
    here = f"/d/{district.slug}/schools/{school.pk}/"
    return {
        "by hand, Students": f"{here}students/",
        "by hand, Upload Students": f"{here}uploads/students/new/",
        "by hand, File Upload Status": f"{here}uploads/students/",
        "by hand, an upload with 100 errors": f"{here}uploads/students/{upload.pk}/",
    }


def _after_two_years(oldest: Sync) -> dict[str, str]:
    at, reports = f"/d/{SLUG}/", f"/d/{SLUG}/sync-reports/"
    return {
        "two years of nights, Manage": at,
        "two years of nights, Sync Reports": reports,
        "two years of nights, all of them, the last page": f"{reports}?quick=all&page=99999",
        "two years of nights, the oldest sync": f"{reports}{oldest.pk}/",
        "two years of nights, its errors": f"{reports}{oldest.pk}/errors/",
        "two years of nights, Audit": f"{at}audit/",
    }


def _milliseconds(client: Client, path: str) -> float:
    times = []
    for _ in range(_REQUESTS):
        begin = time.perf_counter()
        answer = client.get(path)
        b"".join(answer) if answer.streaming else answer.content
        times.append(time.perf_counter() - begin)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code}")
    return 1000 * statistics.quantiles(times[1:], n=20)[-1]


if __name__ == "__main__":
    main()
