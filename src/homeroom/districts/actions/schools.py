"""Changes to the schools of a district. ``found`` is for syncs; the others are for operators."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from hashlib import sha256

from django.db import transaction

from homeroom.accounts.models import User
from homeroom.audit.recording import Target, record
from homeroom.districts import Refused, scope
from homeroom.districts.actions.acting import acting
from homeroom.districts.models import District, School, own_source_id
from homeroom.engine.words import some_of


def add_school(*, by: User, district: District, name: str, source_id: str | None = None) -> School:
    """A school added by hand, onboarded. source_id: as the district's own system will name it; without, it has one of
    ours.
    """
    with acting(by, district, "schools.onboard"):
        source_id = (source_id or "").strip() or own_source_id()
        if not name.strip():
            raise Refused("Please write the school's name.")
        known = School.objects.filter(source_id=source_id).first()
        if known:
            raise Refused(f"{known} has the source id {source_id} already.")
        school = School.objects.create(district=district, name=name.strip(), source_id=source_id, is_onboarded=True)
        record(by=by, what="school.added", district_id=district.pk, target=_target(school))
    return school


def onboard_schools(*, by: User, district: District, schools: Collection[School]) -> None:
    """From the next sync on, the schools' records are synced. Those that are onboarded already stay so."""
    with acting(by, district, "schools.onboard"):
        ours = School.objects.filter(pk__in=[school.pk for school in schools], is_onboarded=False)
        names = {school.pk: school.name for school in ours}
        if not names:
            raise Refused("All these schools are onboarded already." if schools else "Please choose a school.")
        School.objects.filter(pk__in=names).update(is_onboarded=True)
        target = Target("school", ", ".join(map(str, names))[:60], some_of(list(names.values())))
        detail = {"schools": [{"id": pk, "name": name} for pk, name in names.items()]}
        record(by=by, what="schools.onboarded", district_id=district.pk, target=target, detail=detail)


def take_off_board(*, by: User, district: District, school: School) -> None:
    """From the next sync on, the school's records are left out. Those accepted before stay as they are."""
    with acting(by, district, "schools.onboard"):
        if not School.objects.filter(pk=school.pk, is_onboarded=True).update(is_onboarded=False):
            raise Refused(f"{school} is not onboarded.")
        record(by=by, what="school.taken-off-board", district_id=district.pk, target=_target(school))


def found(district: District, schools: Iterable[tuple[str, str]], *, renames: bool = True) -> int:
    """How many schools were not known before: they are now, not onboarded, so that an operator can onboard them.

    schools: source id and name of each that a sync found. renames: one that is known takes the name it has
    now; not where nothing of the sync is applied. Runs in the transaction of the sync, if there is one; what is known
    already leaves no event.
    """
    names = {source_id: name[:250] for source_id, name in schools if source_id}
    with scope.within(district.pk), transaction.atomic():
        known = {school.source_id: school for school in School.objects.filter(source_id__in=names)}
        renamed = [school for source_id, school in known.items() if renames and school.name != names[source_id]]
        for school in renamed:
            school.name = names[school.source_id]
        School.objects.bulk_update(renamed, ["name"], batch_size=500)
        new = [
            School(district=district, source_id=source_id, name=name)
            for source_id, name in names.items()
            if source_id not in known
        ]
        # Somebody may have added one by hand since we looked.
        School.objects.bulk_create(new, batch_size=500, ignore_conflicts=True)
        if new:
            detail = {"count": len(new)}
            target = Target("school", "", some_of([school.name for school in new]))
            record(by=None, what="schools.found", district_id=district.pk, target=target, detail=detail)
    return len(new)


def onboarded_source_ids(district: District) -> frozenset[str]:
    """The source ids of the schools whose records are synced."""
    with scope.within(district.pk):
        return frozenset(School.objects.filter(is_onboarded=True).values_list("source_id", flat=True))


def onboarded_digest(district: District) -> str:
    """Tells these schools from every other set of them."""
    return sha256("\n".join(sorted(onboarded_source_ids(district))).encode()).hexdigest()


def _target(school: School) -> Target:
    return Target("school", school.pk, school.name)
