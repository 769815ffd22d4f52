"""The story of an upload: judge, hash the passwords of what is accepted, judge once more, create, tell.

Judged twice, because to hash a thousand passwords takes a minute and the district is locked for the second time only:
what somebody else took meanwhile is refused then. It is safe to begin anew at any point: passwords that are hashed stay
so, and the records, the sync and its end come in one transaction.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
from django.db import IntegrityError, transaction
from django.utils import timezone

from homeroom import engine
from homeroom.accounts.actions import create_account_with_hash
from homeroom.audit.recording import Target, record
from homeroom.districts import Refused
from homeroom.districts.actions.members import join_as_school_admin
from homeroom.districts.models import District
from homeroom.districts.requirements import requirements_of
from homeroom.engine.corrections import original_rows, write_corrections
from homeroom.roster.models import Origin
from homeroom.roster.selfserve.creating import accepted_rows, create_classes, create_people
from homeroom.roster.selfserve.taken import Asking, Place
from homeroom.syncs import claims, storage
from homeroom.syncs.claims import Claim
from homeroom.syncs.models import Kind, State, Sync, Upload
from homeroom.syncs.uploads import correcting, passwords

_MOST_COLLISIONS = 3
PASSWORDS_GONE = "The passwords of this upload are no longer kept. Please upload the file again."
_STATES = {engine.Status.COMPLETED: State.COMPLETED, engine.Status.WITH_ERRORS: State.WITH_ERRORS}


def run(sync: Sync) -> None:
    """Takes an upload that was begun to its end. In the district's scope, with its turn taken.

    Raises LostError if it is no longer ours.
    """
    claim = Claim.of(sync)
    upload = Upload.objects.select_related("school", "school_year", "corrects__sync").get(sync=sync)
    with storage.work_folder(sync) as work, claim.heartbeat():
        try:
            _run(upload, sync, claim, work)
        except Refused as refusal:
            fail(claim, str(refusal))


def _run(upload: Upload, sync: Sync, claim: Claim, work: Path) -> None:
    _refuse_to_create(sync)
    claim.write(steps=upload.rows)
    for _ in range(_MOST_COLLISIONS):
        try:
            return _create(upload, sync, claim, work)
        except IntegrityError:
            continue  # somebody took a value between our question and our answer: it is asked once more
    return _create(upload, sync, claim, work)


def _create(upload: Upload, sync: Sync, claim: Claim, work: Path) -> None:
    while not _created(upload, sync, claim, work):
        accepted = _accepted_lines(upload, sync, work)
        if not passwords.hash_waiting(sync, accepted, lambda done: claim.write(steps_done=done)):
            raise Refused(PASSWORDS_GONE)


def fail(claim: Claim, reason: str) -> None:
    """The upload ends as failed; nothing of it was created."""
    with transaction.atomic():
        claim.write(state=State.FAILED, finished_at=timezone.now(), reason=reason, stage="")
        passwords.forget(Sync.objects.get(pk=claim.sync_id))


def _refuse_to_create(sync: Sync) -> None:
    if sync.district.is_closed:
        raise Refused(f"{sync.district} is closed: nothing is created.")
    if sync.district.is_automated:
        raise Refused(f"{sync.district} is no self-serve district any more: its records come from its own system.")


def _accepted_lines(upload: Upload, sync: Sync, work: Path) -> pl.Series:
    """The lines whose records would be created now. Nothing is: what was asked for is rolled back."""
    with transaction.atomic():
        checked = _judge(sync, Asking(_place(upload)), work)
        transaction.set_rollback(True)
    return accepted_rows(checked)["line"]


def _created(upload: Upload, sync: Sync, claim: Claim, work: Path) -> bool:
    """Creates what is accepted, and ends the upload; false, and nothing is changed, while passwords of it wait."""
    place, results = _place(upload), work / "results"
    with transaction.atomic():
        claims.wait_for_district_until_commit(sync.district_id)
        # Hashing took its time: the method may be another by now, and is not changed until this is done.
        sync.district = District.objects.select_for_update(no_key=True).get(pk=sync.district_id)
        _refuse_to_create(sync)
        asking = Asking(place)
        checked = _judge(sync, asking, work)
        if checked.stopped:
            raise Refused(" ".join(engine.summarise(checked).reasons))
        rows = accepted_rows(checked)
        hashed = passwords.hashed_of(sync)
        if upload.kind == Kind.CLASSES:
            create_classes(rows, place, origin=Origin.UPLOAD, sync_id=sync.pk)
        elif rows["line"].is_in(hashed["line"].implode()).all():
            asking.keep(rows["email"])
            create_people(rows, hashed, place, origin=Origin.UPLOAD, sync_id=sync.pk)
            if upload.kind == Kind.STAFF:
                _give_sign_ins(rows.join(hashed, on="line"), upload, sync)
        else:
            transaction.set_rollback(True)
            return False
        _tell(upload, sync, claim, checked, results)
    return True


def _judge(sync: Sync, asking: Asking, work: Path) -> engine.Checked:
    snapshot = engine.read(storage.delivery(sync, work=work))
    judgement = work / "judgement"
    judgement.mkdir(exist_ok=True)
    return engine.validate(
        snapshot,
        profile=requirements_of(sync.district),
        ask=asking,
        withheld=storage.withheld(sync),
        work=judgement,
    )


def _give_sign_ins(rows: pl.DataFrame, upload: Upload, sync: Sync) -> None:
    """Who is a school administrator signs in here, too."""
    assert sync.started_by is not None
    for row in rows.filter(pl.col("role") == "school_admin").iter_rows(named=True):
        name = f"{row['firstName']} {row['lastName']}"[:250]
        user = create_account_with_hash(email=row["email"], name=name, password_hash=row["password"])
        join_as_school_admin(by=sync.started_by, district=sync.district, school=upload.school, user=user)


def _tell(upload: Upload, sync: Sync, claim: Claim, checked: engine.Checked, results: Path) -> None:
    """The upload's end, in the transaction that creates its records."""
    results.mkdir(mode=0o700, exist_ok=True)
    storage.keep_findings(checked, results, format=checked.snapshot.format)
    write_corrections(checked, results / storage.CORRECTIONS)
    (page,) = checked.pages.values()
    originals = original_rows(page)
    if upload.corrects is not None and originals is not None:
        upload.open_errors = correcting.open_errors(upload.corrects, originals, checked.findings)
        upload.save(update_fields=["open_errors"])
    storage.keep_results(sync, results)
    report = engine.summarise(checked)
    (table,) = report.tables
    counts = {table.table: {"created": table.accepted, "refused": table.refused}}
    claim.write(
        state=_STATES[report.status],
        finished_at=timezone.now(),
        stage="",
        steps_done=upload.rows,
        report=report.as_json(),
        counts=counts,
    )
    passwords.forget(sync)
    target = Target("upload", sync.pk, sync.delivery_name)
    record(by=None, what="upload.applied", district_id=sync.district_id, target=target, detail={"counts": counts})


def _place(upload: Upload) -> Place:
    return Place(upload.district, upload.school, upload.school_year)
