"""The story of an undo: the roster becomes what it was before the last sync, in one transaction, or stays as it is.

It is a job like a sync, since in a large district it takes minutes. A worker that dies in it has changed nothing, and
the next one begins anew.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction
from django.utils import timezone

from homeroom.audit.recording import Target, record
from homeroom.districts.actions import schools
from homeroom.engine.rules.onboarding import is_school
from homeroom.roster import store
from homeroom.roster.models import Org
from homeroom.roster.store.undo import NothingToUndoError
from homeroom.syncs import collecting
from homeroom.syncs.claims import Claim
from homeroom.syncs.models import State, Sync

ONLY_THE_LAST = "Only the last applied sync can be undone, and only while no other one is under way."


def run(sync: Sync) -> None:
    """Undoes a sync whose undoing was begun: it is undone then, or says why not.

    In the district's scope, with the district locked. Raises LostError if the sync is no longer ours.
    """
    claim = Claim.of(sync)
    with claim.heartbeat(), claim.telling() as tell:
        try:
            with transaction.atomic():
                done = store.undo(sync.district, sync_id=sync.pk, tell=tell)
                schools.found(sync.district, _schools_of_the_roster())
                collecting.forget_applied(sync.district)
                claim.write(state=State.UNDONE, undone_at=timezone.now(), stage="")
                _record(sync, done)
        except NothingToUndoError:
            fail(claim, ONLY_THE_LAST)


def fail(claim: Claim, reason: str) -> None:
    """The sync stays applied, and says why."""
    outcome = Sync.objects.only("report").get(pk=claim.sync_id).outcome
    claim.write(state=outcome, reason=reason, undone_by=None, stage="")


def _record(sync: Sync, done: store.Undo) -> None:
    target = Target("sync", sync.pk, sync.delivery_name)
    detail = {"restored": done.restored, "ended": done.ended}
    record(by=sync.undone_by, what="sync.undone", district_id=sync.district_id, target=target, detail=detail)


def _schools_of_the_roster() -> Iterator[tuple[str, str]]:
    """Source id and name of each school of the roster, in whose scope this is."""
    for source_id, name, type_ in Org.objects.filter(is_active=True).values_list("source_id", "name", "type"):
        if is_school(type_ or ""):
            yield source_id, name or source_id
