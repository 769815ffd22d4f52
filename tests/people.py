"""The standard cast of every test with people: who they are, and the two districts between which nothing may pass.

Ferndale has two schools and a third that is not onboarded; Lakeside is somebody else's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.test import Client

from homeroom.accounts.actions import create_account, create_operator
from homeroom.accounts.models import User
from homeroom.districts import actions, scope
from homeroom.districts.actions import methods, schools
from homeroom.districts.models import District, Membership, Method, Role, School

PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class Cast:
    """Everybody and everything that is there when a test begins."""

    ferndale: District
    lakeside: District
    oak: School
    elm: School
    birch: School
    """Not onboarded."""
    lakeside_school: School
    operator: User
    district_admin: User
    oak_admin: User
    oak_and_elm_admin: User
    outsider: User
    """The district administrator of Lakeside."""

    def membership(self, user: User) -> Membership:
        with scope.within(self.ferndale.pk):
            return Membership.objects.get(user=user)


def member(by: User, district: District, name: str, role: Role, *of: School) -> User:
    """A person who was invited and accepted."""
    email = f"{name.lower().replace(' ', '.')}@{district.slug}.example"
    invited = actions.invite(by=by, district=district, email=email, role=role, schools=of)
    return actions.accept_invitation_as_new_person(
        district=district, token=invited.token, name=name, password=PASSWORD
    ).user


def a_district(by: User, name: str, method: Method = Method.ONEROSTER_CSV) -> District:
    """A district with a school year that contains today."""
    district = actions.create_district(by=by, name=name, method=method, time_zone="America/Chicago")
    today = district.today()
    actions.add_school_year(
        by=by,
        district=district,
        name="This year",
        first_day=today - timedelta(days=90),
        last_day=today + timedelta(days=200),
    )
    return district


def set_method(*, by: User, district: District, method: str) -> None:
    """The district has the method: what the operator does, and what a worker does where it becomes self-serve."""
    actions.change_method(by=by, district=district, method=method)
    with scope.within(district.pk):
        if becoming := methods.begin_change(district.pk):
            methods.finish_change(becoming)
    district.refresh_from_db()


def bring_together() -> Cast:
    """Makes them all, in an empty database."""
    operator = create_operator(email="olive@publisher.example", name="Olive Operator", password=PASSWORD)
    ferndale, lakeside = a_district(operator, "Ferndale"), a_district(operator, "Lakeside")
    oak = actions.add_school(by=operator, district=ferndale, name="Oak Elementary", source_id="oak")
    elm = actions.add_school(by=operator, district=ferndale, name="Elm Middle", source_id="elm")
    schools.found(ferndale, [("birch", "Birch High")])
    with scope.within(ferndale.pk):
        birch = School.objects.get(source_id="birch")
    return Cast(
        ferndale=ferndale,
        lakeside=lakeside,
        oak=oak,
        elm=elm,
        birch=birch,
        lakeside_school=actions.add_school(by=operator, district=lakeside, name="Lakeside High", source_id="oak"),
        operator=operator,
        district_admin=member(operator, ferndale, "Dana District", Role.DISTRICT_ADMIN),
        oak_admin=member(operator, ferndale, "Sam School", Role.SCHOOL_ADMIN, oak),
        oak_and_elm_admin=member(operator, ferndale, "Toni Two", Role.SCHOOL_ADMIN, oak, elm),
        outsider=member(operator, lakeside, "Uma Outsider", Role.DISTRICT_ADMIN),
    )


def signed_in(user: User) -> Client:
    """A browser in which the person is signed in."""
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def an_account(email: str, name: str = "Nora Nobody") -> User:
    """A person who can sign in and belongs nowhere."""
    return create_account(email=email, name=name, password=PASSWORD)
