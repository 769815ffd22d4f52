"""The rostering method of a district. Operators only.

To become self-serve is a job: what syncs had brought becomes the district's own, which in a large one takes minutes.
Until it is done all is as before, and nothing is synced.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

from homeroom.accounts.models import User
from homeroom.audit.recording import Target, record
from homeroom.districts import Refused
from homeroom.districts.actions.acting import acting
from homeroom.districts.models import District, Method

MOST_TRIES = 3
CHANGE_DIED = (
    "The server stopped three times while it changed the method. Nothing was changed. "
    "Somebody must look at the server before you change it once more."
)

METHOD_JOBS: list[Callable[[District], None]] = []
"""What begins when a district is to become self-serve, in the action's transaction: it has a worker do it, or raises
Refused. Apps above put it here, since this one may not know them.
"""
METHOD_CHANGES: list[Callable[[District, str], dict[str, int]]] = []
"""What follows when a district has another method, in the transaction that gives it; called with the district and its
method of before. Each gives what it did, in numbers. Apps above put it here, too.
"""


class NotChangingError(Exception):
    """Another worker has ended the change: whatever this one has done counts for nothing."""


def change_method(*, by: User, district: District, method: str) -> District:
    """The district with another rostering method. If it is to become self-serve, it is becoming so until a worker has
    done it, and has its method of before.
    """
    with acting(by, district, "district.change"):
        if method not in Method.values:
            raise Refused("Please choose one of the rostering methods.")
        if district.is_becoming_self_serve:
            raise Refused(f"{district} is becoming self-serve already. Please wait until that is done.")
        before, district.method_problem = district.method, ""
        if district.is_automated and not Method(method).is_automated:
            district.is_becoming_self_serve, district.method_tries = True, 0
            district.save(update_fields=["is_becoming_self_serve", "method_tries", "method_problem"])
            for begin in METHOD_JOBS:
                begin(district)
            _record(by, "district.method-changing", district, before=before, after=method)
        else:
            district.method = method
            district.save(update_fields=["method", "method_problem"])
            _record(by, "district.method-changed", district, before=before, after=method, **_follow(district, before))
    return district


def begin_change(district_id: int) -> District | None:
    """The district that is becoming self-serve, begun; null if it is not, or is not any more since too many workers
    have died in it. In the district's scope.
    """
    with transaction.atomic():
        district = District.objects.select_for_update(no_key=True).get(pk=district_id)
        if not district.is_becoming_self_serve:
            return None
        if district.method_tries >= MOST_TRIES:
            _give_up(district, CHANGE_DIED)
            return None
        district.method_tries += 1
        district.save(update_fields=["method_tries"])
    return district


def finish_change(district: District) -> None:
    """The district is self-serve, with all that follows. In its scope. Raises NotChangingError, and nothing is changed,
    if it is not becoming so any more.
    """
    with transaction.atomic():
        before, district.method, district.is_becoming_self_serve = district.method, Method.SELF_SERVE, False
        done = _follow(district, before)
        # Last of all, because nobody can act in the district while this transaction has its row.
        becoming = District.objects.filter(pk=district.pk, method=before, is_becoming_self_serve=True)
        if not becoming.update(method=district.method, is_becoming_self_serve=False):
            raise NotChangingError
        _record(None, "district.method-changed", district, before=before, after=district.method, **done)


def give_up_change(district_id: int, problem: str) -> None:
    """The district keeps the method that it has, and its operator's page says why. In its scope."""
    with transaction.atomic():
        district = District.objects.select_for_update(no_key=True).get(pk=district_id)
        if district.is_becoming_self_serve:
            _give_up(district, problem)


def _give_up(district: District, problem: str) -> None:
    district.is_becoming_self_serve, district.method_problem = False, problem
    district.save(update_fields=["is_becoming_self_serve", "method_problem"])
    _record(None, "district.method-kept", district)


def _follow(district: District, before: str) -> dict[str, int]:
    done: dict[str, int] = {}
    for follow in METHOD_CHANGES:
        done |= follow(district, before)
    return done


def _record(by: User | None, what: str, district: District, **detail: object) -> None:
    target = Target("district", district.pk, district.name)
    record(by=by, what=what, district_id=district.pk, target=target, detail=detail)
