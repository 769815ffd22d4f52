"""What every action does first: enters the scope, opens the transaction, and looks whether the person may."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from homeroom.accounts.models import User
from homeroom.districts import Refused, scope
from homeroom.districts.models import District
from homeroom.districts.permissions import Rights, rights_of


@contextmanager
def acting(by: User, district: District, permission: str) -> Iterator[Rights]:
    """Inside: the district's scope, a transaction, and what the person may. Raises Refused for who may not.

    The district is read anew and locked, so that of two actions in one district the second sees what the first did. The
    lock lets rows that point at the district be written meanwhile: a sync is not held up.
    """
    with scope.within(district.pk), transaction.atomic():
        district.refresh_from_db(from_queryset=District.objects.select_for_update(no_key=True))
        rights = rights_of(by, district)
        if rights is None:
            raise Refused("You have no part in this district.")
        rights.require(permission)
        yield rights
