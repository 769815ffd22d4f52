"""Changes to who administers a district and its schools."""

from __future__ import annotations

from collections.abc import Collection

from homeroom.accounts.models import User
from homeroom.audit.recording import Target, record
from homeroom.districts import Refused
from homeroom.districts.actions.acting import acting
from homeroom.districts.actions.invitations import check_schools
from homeroom.districts.models import District, Membership, MembershipSchool, Role, School


def change_role(
    *, by: User, district: District, member: Membership, role: str, schools: Collection[School] = ()
) -> Membership:
    """The membership with another role, or a school administrator's with other schools."""
    with acting(by, district, "people.change") as rights:
        if role not in Role.values:
            raise Refused("Please choose one of the roles.")
        check_schools(rights, role, schools)
        changed = _still_there(member)
        others = Membership.objects.filter(user=changed.user, role=role).exclude(pk=changed.pk)
        if others.exists():
            raise Refused(f"{changed.user} has that role already.")
        if role != Role.DISTRICT_ADMIN:
            _check_one_remains(by, changed)
        before, changed.role = changed.role, role
        changed.save(update_fields=["role"])
        MembershipSchool.objects.filter(membership=changed).delete()
        MembershipSchool.objects.bulk_create(
            MembershipSchool(district=district, membership=changed, school=school) for school in schools
        )
        detail = {"before": before, "after": role, "school_ids": sorted(school.pk for school in schools)}
        record(by=by, what="member.changed", district_id=district.pk, target=_target(changed), detail=detail)
    return changed


def join_as_school_admin(*, by: User, district: District, school: School, user: User) -> Membership:
    """A new person becomes administrator of the school. Part of actions that create staff users."""
    membership = Membership.objects.create(district=district, user=user, role=Role.SCHOOL_ADMIN)
    MembershipSchool.objects.create(district=district, membership=membership, school=school)
    detail = {"role": Role.SCHOOL_ADMIN, "school_ids": [school.pk]}
    record(by=by, what="member.created", district_id=district.pk, target=_target(membership), detail=detail)
    return membership


def remove_member(*, by: User, district: District, member: Membership) -> None:
    """The person is no longer that in the district. The account stays, and what the audit says of it."""
    with acting(by, district, "people.change"):
        ended = _still_there(member)
        _check_one_remains(by, ended)
        target = _target(ended)
        detail = {"role": ended.role}
        ended.delete()
        record(by=by, what="member.removed", district_id=district.pk, target=target, detail=detail)


def _still_there(member: Membership) -> Membership:
    found = Membership.objects.select_related("user").filter(pk=member.pk).first()
    if found is None:
        raise Refused("The membership was ended meanwhile.")
    return found


def _check_one_remains(by: User, member: Membership) -> None:
    """A district does not lock itself out. An operator may take the last one, and can invite another."""
    if member.role != Role.DISTRICT_ADMIN or by.is_operator:
        return
    others = Membership.objects.filter(role=Role.DISTRICT_ADMIN, user__is_active=True).exclude(pk=member.pk)
    if not others.exists():
        raise Refused(f"{member.user} is the last District Administrator. Please invite another one first.")


def _target(member: Membership) -> Target:
    return Target("member", member.pk, member.user.name)
