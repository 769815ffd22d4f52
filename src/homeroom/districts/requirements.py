"""By whose requirements is what a district sends judged?"""

from __future__ import annotations

from dataclasses import replace

from django.conf import settings

from homeroom.districts.models import District
from homeroom.engine.profile import Profile, shipped


def requirements_of(district: District) -> Profile:
    """The district's profile, with what the operator has set for all districts."""
    profile = shipped(district.profile)
    return replace(
        profile,
        product=settings.HOMEROOM_PRODUCT,
        max_rows=settings.HOMEROOM_SELF_SERVE_ROWS,
        max_bytes=settings.HOMEROOM_SELF_SERVE_BYTES,
        grades=(*profile.grades, *settings.HOMEROOM_EXTRA_GRADES),
        subjects=(*profile.subjects, *settings.HOMEROOM_EXTRA_SUBJECTS),
    )
