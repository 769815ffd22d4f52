"""What other apps show on the pages of this one, which may not know them: they put it here when the server starts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString

from homeroom.districts.models import School
from homeroom.districts.permissions import DistrictRequest


@dataclass(frozen=True)
class Made:
    """What a record came by. label: such as "Upload students.csv". href: "" where this person may not see it."""

    label: str
    href: str
    at: datetime


BANNERS: list[Callable[[DistrictRequest, School, str], list[SafeString]]] = []
"""Each gives what stands above the list of a school: of "students", "staff" or "classes"."""

SYNCS: list[Callable[[DistrictRequest, int], Made | None]] = []
"""Each gives what is to be said of a sync by its id, or None if it knows none."""


def banners(request: DistrictRequest, school: School, kind: str) -> list[SafeString]:
    return [banner for shown in BANNERS for banner in shown(request, school, kind)]


def sync(request: DistrictRequest, sync_id: int) -> Made | None:
    return next(filter(None, (told(request, sync_id) for told in SYNCS)), None)
