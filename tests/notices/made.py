"""Webhooks and news for the tests of notices."""

from __future__ import annotations

from homeroom.accounts.models import User
from homeroom.districts.models import District
from homeroom.notices import actions
from homeroom.notices.announcing import News, announce
from homeroom.notices.models import Occasion

FAILED = News("sync 7", Occasion.FAILED, sync_id=7, reason="The provider answers with status 500.")


def a_failure(number: int) -> News:
    return News(f"sync {number}", Occasion.FAILED, sync_id=number, reason="The provider answers with status 500.")


def errors(number: int, *, new: int | None) -> News:
    counts = {"users": {"created": 3, "updated": 2, "refused": 4}}
    return News(f"sync {number}", Occasion.ERRORS, True, number, counts=counts, new_errors=new)


def completed(number: int) -> News:
    return News(f"sync {number}", None, ends_trouble=True, sync_id=number)


def records_of_notices(by: User, district: District) -> dict[str, object]:
    """What the addresses of the pages of notices name: a webhook, at which nobody listens."""
    webhook, _ = actions.add_webhook(
        by=by, district=district, url="https://127.0.0.1:9/notices", occasions=[Occasion.FAILED]
    )
    announce(district.pk, FAILED)
    return {"webhook": webhook.pk}
