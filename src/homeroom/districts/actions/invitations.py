"""How people come into a district: somebody who is there invites them by e-mail, and they accept."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from homeroom.accounts.actions import AccountRefused, create_account
from homeroom.accounts.models import User
from homeroom.audit.recording import Target, record
from homeroom.districts import Refused, scope
from homeroom.districts.actions.acting import acting
from homeroom.districts.models import (
    District,
    Invitation,
    InvitationSchool,
    Membership,
    MembershipSchool,
    Role,
    School,
)
from homeroom.districts.permissions import Rights

VALID_FOR = timedelta(days=14)
GONE = "This invitation does not exist, was used, or has run out. Please ask whoever invited you for a new one."
TO_INVITE = {
    Role.DISTRICT_ADMIN: "people.invite_district_admins",
    Role.SCHOOL_ADMIN: "people.invite_school_admins",
}


@dataclass(frozen=True)
class Invited:
    """A new invitation and its token, which is told this once: it goes into the link and is stored nowhere."""

    invitation: Invitation
    token: str


def invite(*, by: User, district: District, email: str, role: str, schools: Collection[School] = ()) -> Invited:
    """An invitation to sign in for the district. It replaces an open one of the same person for the same role, and
    keeps that one's schools. Whoever calls this sends the link (``invitation_mail``).
    """
    email = email.strip().lower()
    if role not in Role.values:
        raise Refused("Please choose one of the roles.")
    with acting(by, district, TO_INVITE[Role(role)]) as rights:
        _check_email(email)
        check_schools(rights, role, schools)
        _check_is_new(email, role, schools)
        replaced = Invitation.objects.filter(email=email, role=role, accepted_at=None)
        school_ids = {school.pk for school in schools} | {
            row.school_id for row in InvitationSchool.objects.filter(invitation__in=replaced)
        }
        replaced.delete()
        token = secrets.token_urlsafe(32)
        invitation = Invitation.objects.create(
            district=district,
            email=email,
            role=role,
            token_hash=_hash(token),
            invited_by=by,
            expires_at=timezone.now() + VALID_FOR,
        )
        InvitationSchool.objects.bulk_create(
            InvitationSchool(district=district, invitation=invitation, school_id=pk) for pk in school_ids
        )
        detail = {"role": role, "school_ids": sorted(school_ids)}
        target = Target("invitation", invitation.pk, email)
        record(by=by, what="member.invited", district_id=district.pk, target=target, detail=detail)
    return Invited(invitation, token)


def check_schools(rights: Rights, role: str, schools: Collection[School]) -> None:
    """Raises Refused if the role does not go with these schools, or the person has no say in one of them."""
    if role == Role.DISTRICT_ADMIN and schools:
        raise Refused("A District Administrator has all schools: please choose none.")
    if role == Role.SCHOOL_ADMIN and not schools:
        raise Refused("Please choose the schools that the School Administrator is to have.")
    ids = {school.pk for school in schools}
    if rights.schools().filter(pk__in=ids).count() < len(ids):
        raise Refused("You can choose from your own schools only.")


def _check_email(email: str) -> None:
    try:
        validate_email(email)
    except ValidationError:
        raise Refused("Please write an e-mail address of the form name@domain.") from None


def _check_is_new(email: str, role: str, schools: Collection[School]) -> None:
    membership = Membership.objects.filter(user__email=email, role=role).first()
    if membership is None:
        return
    has = MembershipSchool.objects.filter(membership=membership, school__in=schools).count()
    if role == Role.DISTRICT_ADMIN or has == len(schools):
        raise Refused(f"{membership.user.name} is that already.")


def withdraw_invitation(*, by: User, district: District, invitation: Invitation) -> None:
    """The invitation's link works no longer."""
    with acting(by, district, TO_INVITE[Role(invitation.role)]) as rights:
        theirs = InvitationSchool.objects.filter(invitation=invitation).exclude(school__in=rights.schools())
        if theirs.exists():
            raise Refused("The invitation is for other schools, too. Please ask a District Administrator.")
        deleted, _ = Invitation.objects.filter(pk=invitation.pk, accepted_at=None).delete()
        if not deleted:
            raise Refused("The invitation was accepted or withdrawn meanwhile.")
        target = Target("invitation", invitation.pk, invitation.email)
        record(by=by, what="invitation.withdrawn", district_id=district.pk, target=target)


def open_invitation(district: District, token: str) -> Invitation | None:
    """The invitation that the token opens, in the district's scope; None if there is none, or no longer."""
    if district.is_closed:
        return None
    return Invitation.objects.filter(
        district=district, token_hash=_hash(token), accepted_at=None, expires_at__gt=timezone.now()
    ).first()


def accept_invitation(*, by: User, district: District, token: str) -> Membership:
    """The membership of a person who had an account before, under the invitation's e-mail."""
    with _claimed(district, token) as invitation:
        if by.email != invitation.email:
            raise Refused("The invitation is for another e-mail than yours. Sign out, and open the link once more.")
        return _join(by, invitation)


def accept_invitation_as_new_person(*, district: District, token: str, name: str, password: str) -> Membership:
    """The membership of a person who had no account: it is made, for the invitation's e-mail."""
    with _claimed(district, token) as invitation:
        try:
            person = create_account(email=invitation.email, name=name, password=password)
        except AccountRefused as refusal:
            raise Refused(str(refusal)) from None
        return _join(person, invitation)


@contextmanager
def _claimed(district: District, token: str) -> Iterator[Invitation]:
    """The invitation, accepted by nobody else: of two who try at once, one finds it gone."""
    with scope.within(district.pk), transaction.atomic():
        invitation = open_invitation(district, token)
        now = timezone.now()
        claimed = invitation and Invitation.objects.filter(pk=invitation.pk, accepted_at=None).update(accepted_at=now)
        if not invitation or not claimed:
            raise Refused(GONE)
        yield invitation


def _join(person: User, invitation: Invitation) -> Membership:
    membership, _ = Membership.objects.get_or_create(
        district_id=invitation.district_id, user=person, role=invitation.role
    )
    MembershipSchool.objects.bulk_create(
        (
            MembershipSchool(district_id=invitation.district_id, membership=membership, school_id=row.school_id)
            for row in InvitationSchool.objects.filter(invitation=invitation)
        ),
        ignore_conflicts=True,
    )
    record(
        by=person,
        what="invitation.accepted",
        district_id=invitation.district_id,
        target=Target("member", membership.pk, str(membership.district)),
        detail={"role": invitation.role, "invitation_id": invitation.pk},
    )
    return membership


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
