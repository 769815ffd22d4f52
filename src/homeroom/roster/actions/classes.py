"""Classes, one at a time: create, change, archive, restore."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
from django.db.models import QuerySet

from homeroom.accounts.models import User
from homeroom.audit.recording import Target
from homeroom.audit.recording import record as record_event
from homeroom.districts import Refused
from homeroom.districts.models import School, SchoolYear
from homeroom.engine.rules.selfserve import Taken, class_of
from homeroom.roster import words
from homeroom.roster.actions.as_shown import require_as_shown
from homeroom.roster.actions.at_school import acting_at, active_class_at, class_at
from homeroom.roster.actions.ending import end_with, return_with
from homeroom.roster.actions.enrollments import bring_in
from homeroom.roster.belonging import classes_of, keys_of, staff_of
from homeroom.roster.enrolled import TEACHER
from homeroom.roster.models import AddressInUse, Class, Enrollment, Origin, Person
from homeroom.roster.selfserve.creating import create_classes
from homeroom.roster.selfserve.judging import judge
from homeroom.roster.selfserve.taken import Asking, Place

_TWIN = (
    "There is another class {name} with the same primary teacher in this school year. Rename that one or archive it "
    "before you restore this one."
)


def create_class(*, by: User, school: School, year: SchoolYear, record: Mapping[str, str]) -> Class:
    """A new class of a school year, with its primary teacher. record: by column of the template. Raises
    FaultyRecordError.
    """
    with acting_at(by, school, "roster.change"):
        place = Place(school.district, school, year)
        row = judge("classes", record, place, ask=Asking(place))
        by_hand = classes_of(school).filter(origin=Origin.HAND)  # of others an upload may make some meanwhile
        before = list(by_hand.values_list("key", flat=True))
        create_classes(row, place, origin=Origin.HAND, sync_id=None)
        created = by_hand.exclude(key__in=before).get()
        _tell(by, "class.created", created)
    return created


def record_of_class(one: Class) -> dict[str, str]:
    """By column of the template what the class has now, as ``change_class`` takes it."""
    teacher = primary_teacher(one)
    return {
        "className": one.title or "",
        "primaryTeacher": (teacher.email or "") if teacher else "",
        "grade": one.grades or "",
        "subject": one.subjects or "",
    }


def change_class(*, by: User, school: School, of_class: Class, record: Mapping[str, str], shown: str = "") -> Class:
    """The class with what the record says, by column of the template. It stays in its school year; the primary teacher
    of before, if another one is named, is not in it any more; one who is archived comes back beside the new one.
    Without a change nothing is recorded. shown: the stamp of the record that was filled in. Raises FaultyRecordError,
    and ChangedMeanwhileError.
    """
    with acting_at(by, school, "roster.change"):
        changed = active_class_at(school, of_class)
        before = record_of_class(changed)
        require_as_shown(shown, now=before, sent=record)
        place = Place(school.district, school, _year_of(changed))
        primary = primary_teacher(changed)
        row = judge("classes", record, place, ask=_AskingButOwn(Asking(place), changed, primary))
        changed.title, changed.grades, changed.subjects = row["className"][0], row["grade"][0], row["subject"][0]
        changed.last_sync_id = None
        changed.save()
        teacher = _teacher(school, row["primaryTeacher"][0])
        # Also of who is archived: restored, they would be a second primary teacher.
        others = _primary_enrollments(changed).exclude(user_sourced_id=teacher.source_id)
        left = others.update(is_active=False, primary="false")
        came = bring_in(changed, [teacher], role=TEACHER, primary=True)
        if left or came or record_of_class(changed) != before:
            _tell(by, "class.changed", changed)
    return changed


def archive_class(*, by: User, school: School, of_class: Class) -> None:
    """The class is no longer current, and nobody is in it, until it is restored."""
    with acting_at(by, school, "roster.change"):
        archived = class_at(school, of_class)
        if not Class.objects.filter(key=archived.key, is_active=True).update(is_active=False, last_sync_id=None):
            raise Refused(f"{words.name_of_class(archived)} is archived already.")
        ended = end_with(Enrollment.objects.filter(class_sourced_id=archived.source_id), "class")
        _tell(by, "class.archived", archived, enrollments=ended)


def restore_class(*, by: User, school: School, of_class: Class) -> None:
    """The class is current again, with those who were in it."""
    with acting_at(by, school, "roster.change"):
        restored = class_at(school, of_class)
        if not Class.objects.filter(key=restored.key, is_active=False).update(is_active=True, last_sync_id=None):
            raise Refused(f"{words.name_of_class(restored)} is not archived.")
        if _has_twin(restored, school):
            raise Refused(_TWIN.format(name=words.name_of_class(restored)))
        returned = return_with(Enrollment.objects.filter(class_sourced_id=restored.source_id), "class")
        _tell(by, "class.restored", restored, enrollments=returned)


def primary_teacher(one: Class) -> Person | None:
    """Who is marked as the primary teacher of a class that was made here."""
    enrollment = _primary_enrollments(one).filter(is_active=True).first()
    if enrollment is None:
        return None
    return Person.objects.filter(key=keys_of([str(enrollment.user_sourced_id)])[0]).first()


class _AskingButOwn:
    """What is there already, without the class itself."""

    def __init__(self, asking: Asking, one: Class, primary: Person | None) -> None:
        self._asking, self._one, self._primary = asking, one, primary

    def __call__(self, rows: pl.DataFrame) -> Taken:
        taken = self._asking(rows)
        own = pl.select(name=pl.lit(self._one.title or ""), teacher=pl.lit(self._email)).select(
            class_of("name", "teacher")
        )
        return Taken(
            teachers=taken.teachers, classes=taken.classes.filter(~taken.classes.is_in(own.to_series().implode()))
        )

    @property
    def _email(self) -> str:
        return (self._primary.email or "") if self._primary else ""


def _primary_enrollments(one: Class) -> QuerySet[Enrollment]:
    ours = Enrollment.objects.exclude(origin=Origin.SYNC)
    return ours.filter(class_sourced_id=one.source_id, role=TEACHER, primary="true")


def _has_twin(one: Class, school: School) -> bool:
    """Whether an active class of the school has its name, school year and primary teacher; also one whose teacher is
    archived. Those that came with a sync may be told apart by their codes alone.
    """
    same = {"title": one.title, "class_code": one.class_code, "school_year_id": one.school_year_id}
    others = classes_of(school).filter(is_active=True, **same).exclude(key=one.key)
    teachers = list(_primary_enrollments(one).values_list("user_sourced_id", flat=True))
    return any(_primary_enrollments(other).filter(user_sourced_id__in=teachers).exists() for other in others)


def _year_of(one: Class) -> SchoolYear:
    year = next((year for year in SchoolYear.objects.all() if year.pk == one.school_year_id), None)
    if year is None:
        raise Refused(f"{words.name_of_class(one)} belongs to no school year and cannot be changed here.")
    return year


def _teacher(school: School, email: str) -> Person:
    """Whom the judgement has found by this e-mail."""
    keys = AddressInUse.objects.filter(address=email.lower()).values_list("key", flat=True)
    return staff_of(school, TEACHER).get(key__in=list(keys))


def _tell(by: User, what: str, one: Class, **detail: int) -> None:
    target = Target("class", one.key, words.name_of_class(one))
    record_event(by=by, what=what, district_id=one.district_id, target=target, detail=detail)
