"""The fixed roles of the product, permission by permission."""

from __future__ import annotations

import pytest

from homeroom.accounts.models import User
from homeroom.districts import actions, scope
from homeroom.districts.models import Method, Role
from homeroom.districts.permissions import ONLY_WITH, PERMISSIONS, ROLES, Rights, allowed, rights_of
from tests.people import Cast, set_method


def rights(cast: Cast, user: User) -> Rights:
    with scope.within(cast.ferndale.pk):
        found = rights_of(user, cast.ferndale)
    assert found is not None
    return found


def test_every_permission_of_a_role_exists() -> None:
    assert set().union(*ROLES.values()) | set(ONLY_WITH) <= set(PERMISSIONS)


@pytest.mark.parametrize("permission", ["syncs.read", "syncs.decide", "people.invite_district_admins", "audit.read"])
def test_school_administrator_never_gets_what_is_the_districts(permission: str) -> None:
    assert permission not in ROLES[Role.SCHOOL_ADMIN]
    assert permission in ROLES[Role.DISTRICT_ADMIN]


@pytest.mark.parametrize("permission", ["schools.onboard", "district.change", "sources.connect", "syncs.start"])
def test_some_things_are_the_publishers_alone(permission: str) -> None:
    assert not any(permission in role for role in ROLES.values())


TOLD = {"syncs.read", "syncs.decide", "notices.read", "webhooks.change"}


@pytest.mark.parametrize(
    ("method", "there"),
    [
        (Method.SELF_SERVE, {"uploads.send", "uploads.read", "roster.change"}),
        (Method.CLASSLINK, TOLD),
        (Method.ONEROSTER_REST, TOLD),
        (Method.ONEROSTER_CSV, TOLD | {"deliveries.upload", "deliveries.expect"}),
    ],
)
def test_rostering_method_decides_what_there_is(cast: Cast, method: Method, there: set[str]) -> None:
    if method != cast.ferndale.method:
        set_method(by=cast.operator, district=cast.ferndale, method=method)

    dana = rights(cast, cast.district_admin)

    assert {permission for permission in ONLY_WITH if dana.may(permission)} == there


def test_outsider_has_no_rights(cast: Cast) -> None:
    with scope.within(cast.ferndale.pk):
        assert rights_of(cast.outsider, cast.ferndale) is None


def test_who_is_both_has_the_wider_role(cast: Cast) -> None:
    invited = actions.invite(
        by=cast.operator, district=cast.ferndale, email=cast.oak_admin.email, role=Role.DISTRICT_ADMIN
    )
    actions.accept_invitation(by=cast.oak_admin, district=cast.ferndale, token=invited.token)

    both = rights(cast, cast.oak_admin)

    assert both.may("syncs.read")
    assert both.school_ids is None


def test_school_administrator_sees_colleagues_of_the_own_schools_only(cast: Cast) -> None:
    with scope.within(cast.ferndale.pk):
        seen = {member.user.name for member in rights(cast, cast.oak_admin).members()}

    assert seen == {"Sam School", "Toni Two"}


def test_permission_that_does_not_exist_is_noticed(cast: Cast) -> None:
    with pytest.raises(KeyError):
        rights(cast, cast.operator).may("roster.raed")
    with pytest.raises(KeyError):
        allowed("roster.raed")
