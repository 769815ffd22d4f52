"""The banner of an upload, closed by the person who uploaded. Nothing of the district changes: there is no event."""

from __future__ import annotations

from django.utils import timezone

from homeroom.accounts.models import User
from homeroom.syncs.models import Upload


def dismiss(*, by: User, upload: Upload) -> bool:
    """Whether the banner is closed now; false where it is another person's."""
    own = Upload.objects.filter(pk=upload.pk, sync__started_by=by)
    own.filter(dismissed_at=None).update(dismissed_at=timezone.now())
    return own.exists()
