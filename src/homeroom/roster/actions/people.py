"""Students and staff users, one at a time: create, change, archive, restore."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError

from homeroom.accounts.actions import create_account_with_hash
from homeroom.accounts.models import User
from homeroom.audit.recording import record as record_event
from homeroom.districts import Refused
from homeroom.districts.actions.members import join_as_school_admin
from homeroom.districts.models import Membership, Role, School
from homeroom.engine.hashes import hashed
from homeroom.engine.rules.selfserve import Taken
from homeroom.engine.templates import PASSWORD
from homeroom.roster import words
from homeroom.roster.actions.as_shown import require_as_shown
from homeroom.roster.actions.at_school import acting_at, active_person_at, person_at, target_of
from homeroom.roster.actions.ending import end_with, return_with
from homeroom.roster.belonging import STUDENT, keys_of
from homeroom.roster.models import Credential, Enrollment, Origin, Person
from homeroom.roster.selfserve import addresses
from homeroom.roster.selfserve.creating import ROLES, create_people
from homeroom.roster.selfserve.judging import judge
from homeroom.roster.selfserve.taken import Asking, Place

SCHOOL_ADMIN = "school_admin"
#: By field of a person, the column of the templates.
_COLUMNS = {
    "given_name": "firstName",
    "middle_name": "middleName",
    "family_name": "lastName",
    "email": "email",
    "username": "username",
}
TEMPLATE_ROLES = {theirs: ours for ours, theirs in ROLES.items()}
_TAKEN_MEANWHILE = "Somebody else took this ID or this username at this moment. Look for the person in the list first."
_SIGNS_IN = (
    "{name} signs in here as School Administrator. Ask a District Administrator to end that under People before the "
    "role is changed."
)


def create_person(*, by: User, school: School, kind: str, record: Mapping[str, str]) -> Person:
    """A new student or staff user. kind: "students" or "staff"; record: as ``judging.judge`` has it, the password
    among it. A school administrator signs in here from now on. Raises FaultyRecordError.
    """
    with acting_at(by, school, "roster.change"):
        place = Place(school.district, school)
        asking = Asking(place)
        row = judge(kind, record, place, ask=asking)
        asking.keep(row["email"])
        password = make_password(record[PASSWORD])
        hashes = row.select("line", password=pl.lit(password))
        try:
            create_people(row, hashes, place, origin=Origin.HAND, sync_id=None)
        except IntegrityError:
            raise Refused(_TAKEN_MEANWHILE) from None
        created = Person.objects.get(key=keys_of([row["sourcedId"][0]])[0])
        if record.get("role") == SCHOOL_ADMIN:
            _give_sign_in(by, school, created, password)
        _tell(by, "created", created)
    return created


def record_of(person: Person) -> dict[str, str]:
    """By column of the template what the person has now, as ``change_person`` takes it."""
    record = {column: getattr(person, field) or "" for field, column in _COLUMNS.items()}
    return record | {"grade": person.grades or "", "role": TEMPLATE_ROLES.get(person.role or "", "")}


def change_person(*, by: User, school: School, person: Person, record: Mapping[str, str], shown: str = "") -> Person:
    """The person with what the record says, by column of the template; id and password stay as they are. Without a
    change nothing is recorded. shown: the stamp of the record that was filled in. Raises FaultyRecordError, and
    ChangedMeanwhileError.
    """
    kind = "students" if person.role == STUDENT else "staff"
    with acting_at(by, school, "roster.change") as rights:
        changed = active_person_at(school, person, rights)
        before = record_of(changed)
        require_as_shown(shown, now=before, sent=record)
        place = Place(school.district, school)
        asking = _AskingButOwn(Asking(place), changed)
        row = judge(kind, {**record, "sourcedId": changed.source_id}, place, ask=asking, keeps_id=True)
        role = _role_to_take(changed, record.get("role", ""))
        _take_address(changed, row["email"][0])
        for field, column in _COLUMNS.items():
            setattr(changed, field, row[column][0])
        if role == SCHOOL_ADMIN:
            _give_sign_in(by, school, changed, _password_of(changed))
        changed.role = ROLES.get(role, changed.role)
        if kind == "students":
            changed.grades = row["grade"][0]
        if record_of(changed) == before:
            return changed
        changed.last_sync_id = None
        try:
            changed.save()
        except IntegrityError:
            raise Refused(_TAKEN_MEANWHILE) from None
        _tell(by, "changed", changed)
    return changed


def archive_person(*, by: User, school: School, person: Person) -> None:
    """The person is no longer current, and in no class, until restored."""
    with acting_at(by, school, "roster.change") as rights:
        archived = person_at(school, person, rights)
        if not Person.objects.filter(key=archived.key, is_active=True).update(is_active=False, last_sync_id=None):
            raise Refused(f"{words.full_name(archived)} is archived already.")
        ended = end_with(Enrollment.objects.filter(user_sourced_id=archived.source_id), "person")
        _tell(by, "archived", archived, enrollments=ended)


def restore_person(*, by: User, school: School, person: Person) -> None:
    """The person is current again, and back in the classes that ended by the archiving."""
    with acting_at(by, school, "roster.change") as rights:
        restored = person_at(school, person, rights)
        if not Person.objects.filter(key=restored.key, is_active=False).update(is_active=True, last_sync_id=None):
            raise Refused(f"{words.full_name(restored)} is not archived.")
        returned = return_with(Enrollment.objects.filter(user_sourced_id=restored.source_id), "person")
        _tell(by, "restored", restored, enrollments=returned)


class _AskingButOwn:
    """What is there already, without what is the person's own."""

    def __init__(self, asking: Asking, person: Person) -> None:
        self._asking, self._person = asking, person

    def __call__(self, rows: pl.DataFrame) -> Taken:
        taken = self._asking(rows)
        return Taken(
            usernames=_but(taken.usernames, self._person.username), emails=_but(taken.emails, self._person.email)
        )


def _but(hashes: pl.Series, own: str | None) -> pl.Series:
    mine = pl.select(hashed(pl.lit((own or "").lower()))).to_series()
    return hashes.filter(~hashes.is_in(mine.implode()))


def _take_address(person: Person, email: str | None) -> None:
    """The new e-mail was reserved when it was judged; the old one is free again."""
    before, after = (person.email or "").lower(), (email or "").lower()
    if before and before != after:
        addresses.release(person.district, pl.Series("address", [before]), of=person.key)


def _role_to_take(person: Person, role: str) -> str:
    """The role of the template that the person gets; "" where it stays."""
    if person.role == STUDENT or role == TEMPLATE_ROLES.get(person.role or ""):
        return ""
    signs_in = Membership.objects.filter(user__email=(person.email or "").lower(), role=Role.SCHOOL_ADMIN)
    if role != SCHOOL_ADMIN and signs_in.exists():
        raise Refused(_SIGNS_IN.format(name=words.full_name(person)))
    return role


def _password_of(person: Person) -> str:
    """Hashed. Raises Refused for who came with a sync, when the district was not self-serve, and has none yet."""
    credential = Credential.objects.filter(key=person.key).first()
    if credential is None:
        raise Refused(f"{words.full_name(person)} has no password yet: reset it first, then change the role.")
    return credential.password


def _give_sign_in(by: User, school: School, person: Person, password: str) -> None:
    """password: hashed."""
    name = words.full_name(person)[:250]
    email = str(person.email).lower()
    if User.objects.filter(email=email).exists():
        raise Refused(f"{name} has a sign-in already: invite {email} as School Administrator under People.")
    user = create_account_with_hash(email=email, name=name, password_hash=password)
    join_as_school_admin(by=by, district=school.district, school=school, user=user)


def _tell(by: User, what: str, person: Person, **detail: int) -> None:
    name = "student" if person.role == STUDENT else "staff-user"
    record_event(by=by, what=f"{name}.{what}", district_id=person.district_id, target=target_of(person), detail=detail)
