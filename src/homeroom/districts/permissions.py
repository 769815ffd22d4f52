"""Who may do what: permissions by name, and the fixed roles as named sets of them (product.md, section 1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase

from homeroom.accounts.models import User
from homeroom.districts import Refused, scope
from homeroom.districts.models import District, Invitation, Membership, MembershipSchool, Method, Role, School

PERMISSIONS = {
    "district.read": "see the district's Manage page and its schools",
    "roster.read": "see the users and classes",
    "roster.change": "create and change users and classes by hand",
    "passwords.reset": "reset passwords",
    "uploads.send": "upload files for schools",
    "uploads.read": "read the reports of those uploads",
    "deliveries.upload": "upload a delivery of the whole district",
    "syncs.read": "read the reports of automated syncs",
    "syncs.decide": "approve or discard a held sync, and undo the last one",
    "syncs.start": "start, pause and retry a sync",
    "notices.read": "choose of what they hear by e-mail",
    "webhooks.change": "have other systems told",
    "deliveries.expect": "say how often a delivery is expected",
    "people.read": "see who administers the district or its schools",
    "people.invite_school_admins": "make others school administrators",
    "people.invite_district_admins": "make others district administrators",
    "people.change": "change the role of administrators, or end it",
    "audit.read": "see what was done in the district, and by whom",
    "settings.read": "see the district's settings",
    "years.change": "add and change school years",
    "time-zone.change": "change the district's time zone",
    "schools.onboard": "add and onboard schools",
    "sources.connect": "connect a source",
    "source-ids.change": "change or reuse a source id",
    "district.change": "choose the rostering method and the limits, and close the district",
}
"""Each with the words that follow "may". In a role that has only some schools, all of them are about those schools."""

SCHOOL_ADMIN = frozenset(
    {
        "district.read", "roster.read", "roster.change", "passwords.reset", "uploads.send", "uploads.read",
        "people.read", "people.invite_school_admins",
    }
)  # fmt: skip
DISTRICT_ADMIN = SCHOOL_ADMIN | {
    "deliveries.upload", "syncs.read", "syncs.decide", "people.invite_district_admins", "people.change", "audit.read",
    "settings.read", "years.change", "time-zone.change", "notices.read", "webhooks.change", "deliveries.expect",
}  # fmt: skip
OPERATOR = frozenset(PERMISSIONS)
ROLES = {Role.SCHOOL_ADMIN: SCHOOL_ADMIN, Role.DISTRICT_ADMIN: DISTRICT_ADMIN}

AUTOMATED = frozenset(Method) - {Method.SELF_SERVE}
COLLECTED = frozenset({Method.CLASSLINK, Method.ONEROSTER_REST})
"""Whose rosters come in no other way."""
COLLECTABLE = COLLECTED | {Method.ONEROSTER_CSV}
ONLY_WITH = {
    "roster.change": frozenset({Method.SELF_SERVE}),
    "uploads.send": frozenset({Method.SELF_SERVE}),
    "uploads.read": frozenset({Method.SELF_SERVE}),
    "deliveries.upload": frozenset({Method.ONEROSTER_CSV}),
    "deliveries.expect": frozenset({Method.ONEROSTER_CSV}),
    "notices.read": AUTOMATED,
    "webhooks.change": AUTOMATED,
    "syncs.read": AUTOMATED,
    "syncs.decide": AUTOMATED,
    "syncs.start": AUTOMATED,
    "sources.connect": COLLECTABLE,
}
"""What exists in districts of some rostering methods only. In the others nobody may, not even an operator."""


@dataclass(frozen=True)
class Rights:
    """What one person may do in one district. school_ids: to which schools it is restricted; None: to none."""

    district: District
    permissions: frozenset[str]
    school_ids: frozenset[int] | None

    def may(self, permission: str) -> bool:
        """Whether the person may. Raises KeyError for a permission that does not exist."""
        methods = ONLY_WITH.get(permission, frozenset(Method))
        return bool(PERMISSIONS[permission]) and permission in self.permissions and self.district.method in methods

    def require(self, permission: str) -> None:
        """Raises Refused, for actions. Pages answer 404 before it comes to that."""
        if not self.may(permission):
            raise Refused(f"You may not {PERMISSIONS[permission]} in {self.district}.")

    def schools(self) -> QuerySet[School]:
        """The schools that the person sees."""
        schools = School.objects.filter(district=self.district)
        return schools if self.school_ids is None else schools.filter(pk__in=self.school_ids)

    def members(self) -> QuerySet[Membership]:
        """The memberships that the person sees: for a school administrator, those of the own schools."""
        members = Membership.objects.filter(district=self.district).select_related("user")
        return members if self.school_ids is None else members.filter(schools__in=self.school_ids).distinct()

    def invitations(self) -> QuerySet[Invitation]:
        """The invitations not yet accepted that the person sees; those that have expired, too."""
        invitations = Invitation.objects.filter(district=self.district, accepted_at=None)
        return invitations if self.school_ids is None else invitations.filter(schools__in=self.school_ids).distinct()


def rights_of(user: User, district: District) -> Rights | None:
    """What the person may do in the district, whose scope this is; None for an outsider.

    In a closed district nobody has rights but operators.
    """
    if user.is_operator:
        return Rights(district, OPERATOR, school_ids=None)
    memberships = list(Membership.objects.filter(district=district, user=user))
    if district.is_closed or not memberships:
        return None
    permissions = frozenset[str]().union(*(ROLES[Role(membership.role)] for membership in memberships))
    if any(membership.role == Role.DISTRICT_ADMIN for membership in memberships):
        return Rights(district, permissions, school_ids=None)
    schools = MembershipSchool.objects.filter(membership__in=memberships)
    return Rights(district, permissions, frozenset(schools.values_list("school_id", flat=True)))


def districts_of(user: User) -> list[District]:
    """The open districts in which the person is somebody, by name. Asked after sign-in, when there is no scope yet.

    An operator belongs to none, and sees all on pages of their own.
    """
    with scope.own_rows_of(user.pk):
        own = list(Membership.own.values_list("district_id", flat=True))
    return list(District.objects.filter(pk__in=own, is_closed=False))


class DistrictRequest(HttpRequest):
    """A request for a page under /d/<district>/, as ``DistrictMiddleware`` hands it to the view.

    school: of pages under …/schools/<school>/, and None on others.
    """

    user: User
    district: District
    school: School | None
    rights: Rights

    def may(self, permission: str) -> bool:
        return self.rights.may(permission)


View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def allowed(permission: str) -> Callable[[View], View]:
    """The view is there for those who may; for everybody else it is not (404). It goes outside all other decorators."""
    if permission not in PERMISSIONS:
        raise KeyError(permission)

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: DistrictRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.rights.may(permission):
                raise Http404
            return view(request, *args, **kwargs)

        checked.permission = permission  # type: ignore[attr-defined]  # for the tests that look at every page
        return checked  # type: ignore[return-value]

    return decorate


def operators_only(view: View) -> View:
    """The view is there for operators; for everybody else it is not (404)."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not (request.user.is_authenticated and request.user.is_operator):
            raise Http404
        return view(request, *args, **kwargs)

    checked.permission = "operator"  # type: ignore[attr-defined]
    return checked  # type: ignore[return-value]
