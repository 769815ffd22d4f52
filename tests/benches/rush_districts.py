"""A publisher with many small districts, each with a source and all due at the same moment, in the database of
DATABASE_URL: run with how many, the provider's address, the file of onboarded schools, and in how many seconds. Says as
JSON: `cookie`, the session of an operator, and `slug`, one of the districts.

Run with nothing it says what became of them, as JSON: by state how many syncs there are (`states`), and how many
districts have more than one (`twice`).
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()

from django.conf import settings  # noqa: E402 — Django must be set up first
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from homeroom.accounts.actions import create_operator  # noqa: E402
from homeroom.demo.provider_access import TOKEN  # noqa: E402
from homeroom.districts import scope  # noqa: E402
from homeroom.districts.models import District, Method, School  # noqa: E402
from homeroom.feeds import actions as feeds  # noqa: E402
from homeroom.feeds.credentials import Credentials  # noqa: E402
from homeroom.feeds.models import Authentication  # noqa: E402
from homeroom.syncs.models import Sync  # noqa: E402
from tests.people import a_district  # noqa: E402


def main(many: int, address: str, onboarded: Path, seconds: int) -> None:
    settings.HOMEROOM_LOOPBACK_SOURCES = True
    operator = create_operator(
        email="o@publisher.example", name="Olive Operator", password="chalk and cheese and a long word"
    )
    schools = onboarded.read_text(encoding="utf-8").split()
    for number in range(many):
        district = a_district(operator, f"District {number:04}", Method.ONEROSTER_REST)
        with scope.within(district.pk):
            School.objects.bulk_create(
                School(district=district, source_id=school, name=school, is_onboarded=True) for school in schools
            )
        feeds.connect(
            by=operator, district=district, credentials=Credentials("", TOKEN), base_url=address, version="1.1",
            authentication=Authentication.BEARER,
        )  # fmt: skip
    District.objects.update(due_at=timezone.now() + timedelta(seconds=seconds))
    client = Client()
    client.force_login(operator, backend="allauth.account.auth_backends.AuthenticationBackend")
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.session.session_key}"
    json.dump({"cookie": cookie, "slug": "district-0000"}, sys.stdout)


def count() -> None:
    states, twice = Counter[str](), 0
    for district in District.objects.all():
        with scope.within(district.pk):
            own = list(Sync.objects.values_list("state", flat=True))
        states.update(own)
        twice += len(own) > 1
    json.dump({"states": states, "twice": twice}, sys.stdout)


if __name__ == "__main__":
    if len(sys.argv) == 1:
        count()
        sys.exit()
    main(int(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))
