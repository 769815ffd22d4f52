"""By whose requirements is what a district sends judged, and what do they call things?"""

from __future__ import annotations

from dataclasses import replace

from django.conf import settings

from homeroom.districts.models import District
from homeroom.engine.profile import Profile, shipped
from homeroom.engine.words import spelt_out


def id_label(kind: str) -> str:
    """What pages call the ID of "students" or "staff": as the operator has named its column, spelt out."""
    columns = {"students": settings.HOMEROOM_STUDENT_ID_COLUMN, "staff": settings.HOMEROOM_STAFF_ID_COLUMN}
    return spelt_out(columns[kind])


def requirements_of(district: District) -> Profile:
    """The district's profile, with what the operator has set for all districts."""
    profile = shipped(district.profile)
    return replace(
        profile,
        product=settings.HOMEROOM_PRODUCT,
        max_rows=settings.HOMEROOM_SELF_SERVE_ROWS,
        max_bytes=settings.HOMEROOM_SELF_SERVE_BYTES,
        student_id_column=settings.HOMEROOM_STUDENT_ID_COLUMN,
        staff_id_column=settings.HOMEROOM_STAFF_ID_COLUMN,
        grades=(*profile.grades, *settings.HOMEROOM_EXTRA_GRADES),
        subjects=(*profile.subjects, *settings.HOMEROOM_EXTRA_SUBJECTS),
    )
