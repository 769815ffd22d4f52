"""One self-serve upload of so many students, from the request to its end, in the database of DATABASE_URL: run with the
number of rows and "argon2" or "cheap". Cheap hashes leave what Homeroom itself does.

Says as JSON: seconds of the request, of the worker, and of hashing as many passwords and nothing else.
"""

from __future__ import annotations

import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()

from django.conf import settings  # noqa: E402 — Django must be set up first
from django.contrib.auth.hashers import make_password  # noqa: E402

from homeroom.accounts.actions import create_operator  # noqa: E402
from homeroom.districts import actions, scope  # noqa: E402
from homeroom.districts.models import Method  # noqa: E402
from homeroom.syncs import tasks  # noqa: E402
from homeroom.syncs.models import Kind, State, Sync  # noqa: E402
from homeroom.syncs.uploads import receiving  # noqa: E402
from tests.people import PASSWORD, a_district  # noqa: E402

_HEADER = "studentId,firstName,middleName,lastName,email,grade,username,password\n"
_HASHERS = {
    "argon2": "django.contrib.auth.hashers.Argon2PasswordHasher",
    "cheap": "django.contrib.auth.hashers.MD5PasswordHasher",
}


def main(rows: int, hasher: str) -> None:
    settings.PASSWORD_HASHERS = [_HASHERS[hasher]]
    settings.HOMEROOM_SELF_SERVE_ROWS, settings.HOMEROOM_SELF_SERVE_BYTES = rows, 1 << 30
    operator = create_operator(email="o@publisher.example", name="Olive Operator", password=PASSWORD)
    district = a_district(operator, f"Bench {hasher}", Method.SELF_SERVE)
    school = actions.add_school(by=operator, district=district, name="Oak Elementary")
    passwords = [f"secret-word-{number}" for number in range(rows)]
    students = "".join(
        f"S{number},Ana,,Lee,s{number}@x.example,05,pupil.{number},{password}\n"
        for number, password in enumerate(passwords)
    )
    content = (_HEADER + students).encode()

    begin = time.perf_counter()
    sync = receiving.start(
        by=operator, district=district, school=school, kind=Kind.STUDENTS, school_year=None, name="u.csv",
        content=content,
    )  # fmt: skip
    sent = time.perf_counter()
    tasks.run_sync(district_id=district.pk, sync_id=sync.pk)
    worked = time.perf_counter()
    with scope.within(district.pk):
        done = Sync.objects.get(pk=sync.pk)
    if done.state != State.COMPLETED or done.counts["students"]["created"] != rows:
        raise RuntimeError(f"{done.state} {done.reason} {done.counts}")
    before = time.perf_counter()
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        list(pool.map(make_password, passwords))
    hashed = time.perf_counter()
    json.dump({"request": sent - begin, "worker": worked - sent, "hashing": hashed - before}, sys.stdout)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
