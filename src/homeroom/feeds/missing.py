"""What a district whose roster is collected lacks before it can start."""

from __future__ import annotations

from django.urls import reverse

from homeroom.districts.models import District
from homeroom.districts.permissions import COLLECTED
from homeroom.districts.views.operator import Step
from homeroom.feeds.models import Feed


def source_to_connect(district: District) -> Step | None:
    """The step to its source, as long as none is connected. In the district's scope."""
    if district.method not in COLLECTED or Feed.of(district) is not None:
        return None
    return Step("Connect its source", reverse("source", args=[district.slug]), "no roster can be collected yet.")
