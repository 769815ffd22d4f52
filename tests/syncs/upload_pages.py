"""The pages of uploads as people get them, for the tests that read them."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from homeroom.accounts.models import User
from homeroom.districts import scope
from homeroom.districts.models import School
from homeroom.syncs.models import Sync
from tests.people import Cast, signed_in

HTMX = {"HX-Request": "true"}


def address(page: str, school: School, kind: str = "students", *of: object) -> str:
    return reverse(page, args=["ferndale", school.pk, *([] if page == kind else [kind]), *of])


def of_upload(page: str, cast: Cast, sync: Sync, kind: str = "students") -> str:
    return address(page, cast.oak, kind, sync.pk)


def look(who: User, at: str, **headers: str) -> str:
    answer = signed_in(who).get(at, headers=headers)
    assert answer.status_code == 200
    return str(answer.text)


def told(page: str) -> str:
    """The page's text without what is between the words."""
    return " ".join(page.split())


def banners(cast: Cast, who: User | None = None, kind: str = "students", **query: str) -> str:
    return look(who or cast.oak_admin, address(kind, cast.oak, kind))


def rows(page: str) -> list[str]:
    return [told(row.split("</tr>")[0]) for row in page.split('<tr id="upload-')[1:]]


def set_to(sync: Sync, **columns: Any) -> None:
    with scope.within(sync.district_id):
        Sync.objects.filter(pk=sync.pk).update(**columns)


def syncs(cast: Cast) -> list[Sync]:
    with scope.within(cast.ferndale.pk):
        return list(Sync.objects.order_by("pk"))
