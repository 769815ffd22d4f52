"""The system of the made-up district that is synced every few minutes: a provider on this machine, whose roster changes
a little each time, sometimes for the worse, and which is sometimes down.

Run as a process beside the server, for as long as it. Each few minutes stand for a night: the district is made due.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from itertools import count

from django.utils import timezone

from homeroom.accounts.models import User
from homeroom.demo.provider import Provider, serving
from homeroom.demo.provider_access import KEY, SECRET, Access
from homeroom.demo.provider_faults import Fault, Kind
from homeroom.demo.provider_records import Record, records_of
from homeroom.demo.publisher import COLLECTED, OPERATOR, roster_folder
from homeroom.districts import scope
from homeroom.districts.models import District
from homeroom.feeds import actions
from homeroom.feeds.credentials import Credentials
from homeroom.feeds.models import Authentication, Feed

EVERY_SECONDS = 180
_PAGE_SIZE = 250
#: Of so many nights in a row one has mistakes, and in one the provider is down.
_TURN = 6
_MISTAKEN, _DOWN = 1, 4

Rows = list[tuple[str, bytes]]


def main() -> None:
    provider = Provider(records_of(roster_folder(COLLECTED), version="1.1"), access=Access("oauth1"))
    users, enrollments = provider.written("users"), provider.written("enrollments")
    district = District.objects.get(slug=COLLECTED.slug)
    with serving(provider) as address, scope.within(district.pk):
        _connect(district, address + provider.base)
        for night in count():
            is_mistaken = night % _TURN == _MISTAKEN
            provider.rewrite("users", _users(users, night, is_mistaken=is_mistaken))
            provider.rewrite("enrollments", _enrollments(enrollments, night, is_mistaken=is_mistaken))
            provider.fail(*([Fault(Kind.FAILING, "users", 0, None)] if night % _TURN == _DOWN else []))
            _let_it_be_due(district)
            time.sleep(EVERY_SECONDS)


def _connect(district: District, base_url: str) -> None:
    actions.connect(
        by=User.objects.get(email=OPERATOR),
        district=district,
        credentials=Credentials(KEY, SECRET),
        base_url=base_url,
        authentication=Authentication.OAUTH1_SHA256,
        page_size=_PAGE_SIZE,
    )


def _let_it_be_due(district: District) -> None:
    """Unless somebody has paused it. A night that failed stays as it is; this one is another."""
    if Feed.objects.filter(is_paused=False).update(tries=0):
        District.objects.filter(pk=district.pk).update(due_at=timezone.now())


def _users(rows: Rows, night: int, *, is_mistaken: bool) -> Rows:
    """Some have another middle name every night; where there are mistakes, some teachers have no e-mail."""

    def change(place: int, user: Record) -> None:
        if place % 40 == night % 40:
            user["middleName"] = f"N{night}"
        if is_mistaken and user["role"] == "teacher" and place % 7 == 0:
            del user["email"]

    return _changed(rows, change)


def _enrollments(rows: Rows, night: int, *, is_mistaken: bool) -> Rows:
    """Some pupils are not in a class for a night; where there are mistakes, some enrollments name nobody."""

    def change(place: int, enrollment: Record) -> None:
        if is_mistaken and enrollment["role"] == "student" and place % 173 == 0:
            enrollment["user"]["sourcedId"] = "left-last-year"

    stay = [row for place, row in enumerate(rows) if place % 211 != night % 211 or b'"student"' not in row[1]]
    return _changed(stay, change)


def _changed(rows: Rows, change: Callable[[int, Record], None]) -> Rows:
    """The rows, after each record with its place was given to be changed."""
    changed = []
    for place, (source_id, text) in enumerate(rows):
        record: Record = json.loads(text)
        change(place, record)
        changed.append((source_id, json.dumps(record).encode()))
    return changed
