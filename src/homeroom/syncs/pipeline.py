"""The story of a sync: from a delivery to a roster that is up to date, to a question, or to a reason why not.

Fetches, calls the engine, stores and tells; judges nothing. It is safe to begin anew at any point: until ``_hold`` or
``_apply`` nothing is changed but files, and there the roster and the sync change in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from django.db import transaction
from django.utils import timezone

from homeroom import engine
from homeroom.audit.recording import Target, record
from homeroom.districts import Refused
from homeroom.districts.actions import schools
from homeroom.districts.models import District, SchoolYear
from homeroom.districts.requirements import requirements_of
from homeroom.engine import standing
from homeroom.engine.diff import TableChanges
from homeroom.engine.formats import selfserve
from homeroom.engine.ledger import NO_IDS
from homeroom.engine.rules import onboarding
from homeroom.feeds import actions as feeds
from homeroom.roster import store
from homeroom.sources import RefusedError, SourceError, TryAgainLaterError
from homeroom.syncs import changes as list_of_changes
from homeroom.syncs import collecting, storage, taking, telling
from homeroom.syncs.claims import Claim, LostError
from homeroom.syncs.models import State, Sync
from homeroom.syncs.reasons import IS_TEMPLATE, NO_SCHOOL_YEAR, NO_SCHOOL_YEAR_TO_SEND_IN

_STEPS_BESIDE_FILES = 5
_STEPS_OF_A_FILE = 3
OTHER_DIGEST = (
    "The roster or the rules have changed since the changes were approved, so other records would change now. "
    "Please look at them and decide once more."
)
_STATES = {
    engine.Status.COMPLETED: State.COMPLETED,
    engine.Status.WITH_ERRORS: State.WITH_ERRORS,
    engine.Status.FAILED: State.FAILED,
}


class CannotError(Exception):
    """The sync fails; the text says why, for a person."""


def run(sync: Sync) -> None:
    """Takes a sync that was begun as far as it goes by itself: completed, held for a person, or failed.

    In the district's scope, with the district locked. Raises LostError if the sync is no longer ours.
    """
    claim = Claim.of(sync)
    with storage.work_folder(sync) as work, claim.heartbeat():
        try:
            _run(sync, claim, work)
        except TryAgainLaterError as error:
            with transaction.atomic():
                is_tried_again = sync.is_collected and feeds.plan_next_try(sync.district)
                fail(claim, str(error), is_tried_again=is_tried_again)
                if sync.is_collected and not is_tried_again:
                    storage.drop_incoming(sync)  # what was fetched of a drop is not continued
        except RefusedError as error:
            storage.drop_incoming(sync)  # only other bytes will do
            fail(claim, str(error), is_judged=True)
        except taking.NothingNewError as nothing:
            taking.end_without_delivery(sync, claim, str(nothing))
        except (SourceError, Refused, CannotError) as error:
            fail(claim, str(error))


def _run(sync: Sync, claim: Claim, work: Path) -> None:
    results = _sub(work, "results")
    snapshot = _read(sync, claim, work)
    generation = store.generation(sync.district)
    current = store.load(sync.district, work=_sub(work, "current"))
    checked = _judge(snapshot, current, sync.district, claim, work)
    storage.keep_findings(checked, results, format=snapshot.format)
    if checked.stopped:
        storage.keep_results(sync, results)
        report = engine.summarise(checked)
        return fail(claim, " ".join(report.reasons), is_judged=True, report=report.as_json())
    claim.tell("Comparing with the roster")
    _keep_standing(sync, checked, claim, results)
    with ThreadPoolExecutor(1) as beside:
        proposal = _compare(checked, current, sync.district, beside)
        claim.tell("Writing down what changes")
        if current.tables or list_of_changes.is_short(proposal.changes):
            list_of_changes.write(proposal.changes, results / storage.CHANGES)
        storage.keep_results(sync, results)
        if reason := _reason_to_hold(sync, proposal):
            return _hold(sync, claim, proposal, reason)
        claim.tell("Applying the changes")
        return _apply(sync, claim, proposal, work, generation=generation)


def _keep_standing(sync: Sync, checked: engine.Checked, claim: Claim, results: Path) -> None:
    """How the errors stand against those of the last sync that was judged to its end, and still is kept."""
    earlier = Sync.objects.filter(pk__lt=sync.pk).exclude(standing={}).order_by("-pk").first()
    path = storage.standing_file(earlier) if earlier is not None else None
    found = standing.compare(checked, None if path is None else pl.read_parquet(path), at=sync.created_at)
    found.write_parquet(results / storage.STANDING)
    claim.write(standing=standing.counts(found))


@dataclass(frozen=True)
class _Proposal:
    """What would be done with the delivery. roster: as it would be; digesting: the digest of the changes that lead
    there, which takes a while.
    """

    checked: engine.Checked
    roster: engine.Roster
    changes: engine.Changes
    report: engine.Report
    digesting: Future[str]

    @property
    def digest(self) -> str:
        return self.digesting.result()

    @property
    def outcome(self) -> dict[str, object]:
        """What the sync keeps of it, by column."""
        return {
            "report": self.report.as_json(),
            "counts": _counts(self.report, self.changes),
            "breaches": list(self.report.breaches),
            "changes_digest": self.digest,
        }


def _read(sync: Sync, claim: Claim, work: Path) -> engine.Snapshot:
    """What the delivery says. Raises CannotError where it is not to be synced."""
    _refuse_to_sync(sync)
    if sync.is_collected:
        claim.tell("Collecting the roster from its provider")
        collecting.collect(sync, claim)
    claim.tell("Opening the delivery")
    snapshot = engine.read(storage.delivery(sync, work=work))
    if snapshot.format == selfserve.NAME:
        raise CannotError(IS_TEMPLATE)
    claim.write(
        format=snapshot.format,
        version=snapshot.version,
        steps=_STEPS_BESIDE_FILES + _STEPS_OF_A_FILE * len(snapshot.parts),
    )
    return snapshot


def _judge(
    snapshot: engine.Snapshot, current: engine.Roster, district: District, claim: Claim, work: Path
) -> engine.Checked:
    return engine.validate(
        snapshot,
        profile=requirements_of(district),
        onboarded=schools.onboarded_source_ids(district),
        known=current,
        work=_sub(work, "judgement"),
        progress=claim.tell,
    )


def _compare(
    checked: engine.Checked, current: engine.Roster, district: District, beside: ThreadPoolExecutor
) -> _Proposal:
    proposed = store.keeping(engine.propose(current, checked))
    changes = engine.diff(current, proposed)
    digesting = beside.submit(changes.digest)
    verdict = engine.guard(changes, current, district.guard_limits)
    report = engine.summarise(checked, _with_all_kinds(changes, checked), verdict)
    return _Proposal(checked, proposed, changes, report, digesting)


def _reason_to_hold(sync: Sync, proposal: _Proposal) -> str:
    """Why a person must look before these changes are applied; empty if nobody must."""
    if sync.approved_digest:
        return "" if sync.approved_digest == proposal.digest else OTHER_DIGEST
    return " ".join(proposal.report.breaches)


def _hold(sync: Sync, claim: Claim, proposal: _Proposal, reason: str) -> None:
    with transaction.atomic():
        schools.found(sync.district, _schools(proposal.checked), renames=False)
        claim.write(state=State.HELD, reason=reason, approved_by=None, approved_digest="", stage="", **proposal.outcome)
        telling.tell(sync.pk)


def _apply(sync: Sync, claim: Claim, proposal: _Proposal, work: Path, *, generation: int) -> None:
    """The proposed roster becomes the current one, and the sync ends. generation: of the one it was compared with."""
    if proposal.changes.is_empty:
        _change(sync, claim, proposal, generation=generation)
    else:
        with store.snapshot_beside(sync.district, proposal.roster, work=work) as keep_snapshot:
            _change(sync, claim, proposal, generation=generation)
            keep_snapshot()


@transaction.atomic
def _change(sync: Sync, claim: Claim, proposal: _Proposal, *, generation: int) -> None:
    district, changes = sync.district, proposal.changes
    if store.generation(district) != generation:
        raise LostError  # whoever changed the roster did not ask for the district's lock
    if not changes.is_empty:
        store.apply(
            changes,
            district=district,
            sync_id=sync.pk,
            roster=proposal.roster,
            version=proposal.checked.snapshot.version,
        )
    schools.found(district, _schools(proposal.checked))
    _complete(sync, claim, proposal)


def _complete(sync: Sync, claim: Claim, proposal: _Proposal) -> None:
    """The sync's end, in the transaction that changes the roster."""
    applied, outcome = not proposal.changes.is_empty, proposal.outcome
    collecting.note_applied(sync)
    claim.write(
        state=_STATES[proposal.report.status],
        finished_at=timezone.now(),
        reason="",
        stage="",
        generation=store.generation(sync.district) if applied else None,
        **outcome,
    )
    if applied:
        target = Target("sync", sync.pk, sync.delivery_name)
        detail = {"counts": outcome["counts"], "digest": proposal.digest}
        record(by=None, what="sync.applied", district_id=sync.district_id, target=target, detail=detail)
    telling.tell(sync.pk)


def fail(
    claim: Claim, reason: str, *, is_tried_again: bool = False, is_judged: bool = False, **outcome: object
) -> None:
    """The sync ends as failed; nothing of it was applied. is_tried_again: the night goes on with it later. is_judged:
    it was for what was delivered; if not, the next night collects the same once more.
    """
    with transaction.atomic():
        sync = Sync.objects.select_related("district").get(pk=claim.sync_id)
        if sync.is_collected and not is_tried_again:
            feeds.plan_no_further_try(sync.district, takes_again=bool(sync.delivery_digest) and not is_judged)
            storage.drop_unfinished(sync)
        claim.write(state=State.FAILED, finished_at=timezone.now(), reason=reason, stage="", **outcome)
        telling.tell(claim.sync_id)


def _refuse_to_sync(sync: Sync) -> None:
    district = sync.district
    if district.is_closed:
        raise CannotError(f"{district} is closed: nothing is synced.")
    if not district.is_automated:
        raise CannotError(f"{district} is a self-serve district: its records are not synced.")
    if SchoolYear.current(district, district.today()) is None:
        raise CannotError(NO_SCHOOL_YEAR if sync.is_collected else NO_SCHOOL_YEAR_TO_SEND_IN)


def _with_all_kinds(changes: engine.Changes, checked: engine.Checked) -> engine.Changes:
    """The changes, with none for the tables that were delivered and are not kept."""
    nothing = TableChanges(None, None, created=NO_IDS, updated=NO_IDS, removed=NO_IDS, unchanged=0)
    return engine.Changes(dict.fromkeys(checked.pages, nothing) | dict(changes.tables))


def _counts(report: engine.Report, changes: engine.Changes) -> dict[str, dict[str, int]]:
    """By kind of record, what is done with how many. Each of those delivered counts once: what was refused or left out
    and stays as it was is not among the unchanged ones. What did not come counts only where it is deactivated.
    """
    delivered = {table.table: table for table in report.tables}
    return {
        name: {
            "created": len(change.created),
            "updated": len(change.updated),
            "unchanged": (delivered[name].unchanged or 0) if name in delivered else 0,
            "deactivated": len(change.removed),
            "refused": delivered[name].refused if name in delivered else 0,
            "left_out": delivered[name].left_out if name in delivered else 0,
        }
        for name, change in changes.tables.items()
    }


def _schools(checked: engine.Checked) -> Iterator[tuple[str, str]]:
    """Source id and name of each school that comes with the delivery, onboarded or not."""
    page = checked.pages.get("orgs")
    if page is None:
        return
    text = page.measured.scan(onboarding.schools(page).arg_true())
    name = pl.coalesce("name", "sourcedId") if "name" in page.part.present else pl.col("sourcedId").alias("name")
    yield from text.select("sourcedId", name).collect().iter_rows()


def _sub(work: Path, name: str) -> Path:
    folder = work / name
    folder.mkdir(mode=0o700)
    return folder
