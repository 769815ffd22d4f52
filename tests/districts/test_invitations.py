"""Who may invite whom, and how an invitation is accepted: once, in time, by the person it is for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from homeroom.accounts.models import User
from homeroom.districts import Refused, actions, scope
from homeroom.districts.actions import Invited
from homeroom.districts.models import Invitation, Membership, MembershipSchool, Role, School
from homeroom.districts.permissions import districts_of
from tests.districts.events import last_event
from tests.people import PASSWORD, Cast, an_account, signed_in

NEW = "nina.new@ferndale.example"


def invite(cast: Cast, by: User, role: Role, *schools: School, email: str = NEW) -> Invited:
    return actions.invite(by=by, district=cast.ferndale, email=email, role=role, schools=schools)


def accept(cast: Cast, invited: Invited) -> Membership:
    return actions.accept_invitation_as_new_person(
        district=cast.ferndale, token=invited.token, name="Nina New", password=PASSWORD
    )


def schools_of(cast: Cast, member: Membership) -> set[str]:
    with scope.within(cast.ferndale.pk):
        found = MembershipSchool.objects.filter(membership=member)
        return set(found.values_list("school__name", flat=True))


@pytest.mark.parametrize(
    ("who", "role", "schools", "sentence"),
    [
        ("operator", Role.DISTRICT_ADMIN, [], None),
        ("operator", Role.SCHOOL_ADMIN, ["oak"], None),
        ("district_admin", Role.DISTRICT_ADMIN, [], None),
        ("district_admin", Role.SCHOOL_ADMIN, ["oak", "elm", "birch"], None),
        ("oak_admin", Role.SCHOOL_ADMIN, ["oak"], None),
        ("oak_and_elm_admin", Role.SCHOOL_ADMIN, ["elm"], None),
        ("oak_and_elm_admin", Role.SCHOOL_ADMIN, ["oak", "elm"], None),
        ("oak_admin", Role.DISTRICT_ADMIN, [], "may not make others district administrators"),
        ("oak_admin", Role.SCHOOL_ADMIN, ["elm"], "your own schools only"),
        ("oak_admin", Role.SCHOOL_ADMIN, ["oak", "elm"], "your own schools only"),
        ("district_admin", Role.SCHOOL_ADMIN, ["lakeside_school"], "your own schools only"),
        ("operator", Role.SCHOOL_ADMIN, ["lakeside_school"], "your own schools only"),
        ("district_admin", Role.SCHOOL_ADMIN, [], "choose the schools"),
        ("district_admin", Role.DISTRICT_ADMIN, ["oak"], "has all schools"),
        ("outsider", Role.SCHOOL_ADMIN, ["oak"], "no part in this district"),
    ],
)
def test_who_may_invite_whom(cast: Cast, who: str, role: Role, schools: list[str], sentence: str | None) -> None:
    by, of = getattr(cast, who), [getattr(cast, school) for school in schools]

    if sentence is None:
        member = accept(cast, invite(cast, by, role, *of))
        assert (member.role, schools_of(cast, member)) == (role, {school.name for school in of})
    else:
        with pytest.raises(Refused, match=sentence):
            invite(cast, by, role, *of)


def test_accepting_makes_the_person_and_the_membership(cast: Cast) -> None:
    invited = invite(cast, cast.district_admin, Role.SCHOOL_ADMIN, cast.oak, email="  Nina.New@Ferndale.example ")
    assert last_event(cast.ferndale) == ("Dana District", "member.invited", NEW)

    member = accept(cast, invited)

    assert (member.user.email, member.user.name, member.user.is_operator) == (NEW, "Nina New", False)
    assert member.user.check_password(PASSWORD)
    assert districts_of(member.user) == [cast.ferndale]
    assert last_event(cast.ferndale) == ("Nina New", "invitation.accepted", "Ferndale")


def test_invitation_is_accepted_once(cast: Cast) -> None:
    invited = invite(cast, cast.district_admin, Role.DISTRICT_ADMIN)
    accept(cast, invited)

    with pytest.raises(Refused, match="was used"):
        accept(cast, invited)


def test_invitation_runs_out(cast: Cast) -> None:
    invited = invite(cast, cast.district_admin, Role.DISTRICT_ADMIN)
    with scope.within(cast.ferndale.pk):
        Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    with pytest.raises(Refused, match="has run out"):
        accept(cast, invited)


def test_invitation_is_of_one_district(cast: Cast) -> None:
    invited = invite(cast, cast.district_admin, Role.DISTRICT_ADMIN)

    with pytest.raises(Refused, match="does not exist"):
        actions.accept_invitation_as_new_person(
            district=cast.lakeside, token=invited.token, name="Nina New", password=PASSWORD
        )


def test_withdrawn_invitation_is_gone(cast: Cast) -> None:
    invited = invite(cast, cast.oak_admin, Role.SCHOOL_ADMIN, cast.oak)
    actions.withdraw_invitation(by=cast.oak_admin, district=cast.ferndale, invitation=invited.invitation)

    with pytest.raises(Refused):
        accept(cast, invited)
    assert last_event(cast.ferndale) == ("Sam School", "invitation.withdrawn", NEW)


def test_school_administrator_does_not_withdraw_for_other_schools(cast: Cast) -> None:
    invited = invite(cast, cast.district_admin, Role.SCHOOL_ADMIN, cast.oak, cast.elm)

    with pytest.raises(Refused, match="for other schools, too"):
        actions.withdraw_invitation(by=cast.oak_admin, district=cast.ferndale, invitation=invited.invitation)


def test_second_invitation_replaces_the_first_and_keeps_its_schools(cast: Cast) -> None:
    first = invite(cast, cast.oak_admin, Role.SCHOOL_ADMIN, cast.oak)
    second = invite(cast, cast.oak_and_elm_admin, Role.SCHOOL_ADMIN, cast.elm)

    with pytest.raises(Refused):
        accept(cast, first)
    assert schools_of(cast, accept(cast, second)) == {"Oak Elementary", "Elm Middle"}


def test_school_administrator_is_invited_to_one_more_school(cast: Cast) -> None:
    invited = invite(cast, cast.oak_and_elm_admin, Role.SCHOOL_ADMIN, cast.elm, email=cast.oak_admin.email)

    actions.accept_invitation(by=cast.oak_admin, district=cast.ferndale, token=invited.token)

    assert schools_of(cast, cast.membership(cast.oak_admin)) == {"Oak Elementary", "Elm Middle"}


def test_person_who_is_that_already_is_not_invited(cast: Cast) -> None:
    with pytest.raises(Refused, match="Dana District is that already"):
        invite(cast, cast.operator, Role.DISTRICT_ADMIN, email=cast.district_admin.email)
    with pytest.raises(Refused, match="Sam School is that already"):
        invite(cast, cast.operator, Role.SCHOOL_ADMIN, cast.oak, email=cast.oak_admin.email)


def test_inviting_does_not_tell_whether_somebody_is_here_already(cast: Cast) -> None:
    """The outsider has an account, in another district: that is nobody's business here."""
    invited = invite(cast, cast.district_admin, Role.DISTRICT_ADMIN, email=cast.outsider.email)

    actions.accept_invitation(by=cast.outsider, district=cast.ferndale, token=invited.token)

    assert districts_of(cast.outsider) == [cast.ferndale, cast.lakeside]


def test_invitation_is_for_the_person_it_was_sent_to(cast: Cast) -> None:
    invited = invite(cast, cast.district_admin, Role.DISTRICT_ADMIN)

    with pytest.raises(Refused, match="another e-mail than yours"):
        actions.accept_invitation(by=cast.oak_admin, district=cast.ferndale, token=invited.token)
    assert accept(cast, invited).user.email == NEW


def test_existing_account_is_not_taken_over_by_an_invitation(cast: Cast) -> None:
    invited = invite(cast, cast.district_admin, Role.DISTRICT_ADMIN, email=cast.outsider.email)

    with pytest.raises(Refused, match="already in use"):
        accept(cast, invited)
    assert cast.outsider.check_password(PASSWORD)


@pytest.mark.parametrize("password", ["short", "123456789012345", "password1234", "nina.new@ferndale"])
def test_weak_password_is_refused_and_the_invitation_stays_open(cast: Cast, password: str) -> None:
    invited = invite(cast, cast.district_admin, Role.DISTRICT_ADMIN)

    with pytest.raises(Refused, match="password"):
        actions.accept_invitation_as_new_person(
            district=cast.ferndale, token=invited.token, name="Nina New", password=password
        )
    assert accept(cast, invited).user.name == "Nina New"


@pytest.mark.parametrize("email", ["", "nina", "nina@", "nina new@ferndale.example"])
def test_invitation_needs_an_e_mail(cast: Cast, email: str) -> None:
    with pytest.raises(Refused, match="name@domain"):
        invite(cast, cast.district_admin, Role.DISTRICT_ADMIN, email=email)


def test_role_that_does_not_exist_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused, match="one of the roles"):
        actions.invite(by=cast.operator, district=cast.ferndale, email=NEW, role="superintendent")


def test_accepted_invitation_is_not_withdrawn(cast: Cast) -> None:
    invited = invite(cast, cast.district_admin, Role.DISTRICT_ADMIN)
    accept(cast, invited)

    with pytest.raises(Refused, match="accepted or withdrawn meanwhile"):
        actions.withdraw_invitation(by=cast.district_admin, district=cast.ferndale, invitation=invited.invitation)


def test_nobody_comes_into_a_closed_district(cast: Cast) -> None:
    invited = invite(cast, cast.district_admin, Role.DISTRICT_ADMIN)
    actions.close_district(by=cast.operator, district=cast.ferndale)

    with pytest.raises(Refused, match="does not exist"):
        accept(cast, invited)


def test_token_is_stored_nowhere(cast: Cast) -> None:
    invited = invite(cast, cast.district_admin, Role.DISTRICT_ADMIN)

    with scope.within(cast.ferndale.pk):
        assert invited.token not in str(list(Invitation.objects.values()))


# The way of a person, from the e-mail to the district.


def link_in_the_mail() -> str:
    body = str(mail.outbox[-1].body)
    return next(word for word in body.split() if "/invitations/" in word).removeprefix("http://testserver")


def test_person_is_invited_on_the_page_and_comes_by_the_link(cast: Cast, client: Client) -> None:
    signed_in(cast.district_admin).post("/d/ferndale/people/invite/", {"email": NEW, "role": "district_admin"})
    assert mail.outbox[-1].to == [NEW]

    answer = client.post(link_in_the_mail(), {"name": "Nina New", "password": PASSWORD})
    assert answer.status_code == 302

    client.post("/accounts/login/", {"login": NEW, "password": PASSWORD})
    assert client.get("/d/ferndale/").status_code == 200
    assert client.get("/d/lakeside/").status_code == 404


def test_person_with_an_account_signs_in_and_accepts(cast: Cast) -> None:
    person = an_account(NEW)
    invited = invite(cast, cast.district_admin, Role.DISTRICT_ADMIN)
    link = f"/invitations/ferndale/?token={invited.token}"

    answer = signed_in(person).post(link)

    assert answer.headers["Location"] == "/d/ferndale/"
    assert districts_of(person) == [cast.ferndale]


@pytest.mark.parametrize(
    "link", ["/invitations/ferndale/?token=guessed", "/invitations/ferndale/", "/invitations/nowhere/?token=guessed"]
)
def test_link_that_opens_nothing_says_so_alike(cast: Cast, client: Client, link: str) -> None:
    answer = client.get(link)

    assert answer.status_code == 404
    assert b"invitation" in answer.content


def test_nobody_signs_up_alone(cast: Cast, client: Client) -> None:
    people = User.objects.count()

    client.get("/accounts/signup/")
    client.post("/accounts/signup/", {"email": NEW, "password1": PASSWORD, "password2": PASSWORD, "name": "Nina New"})

    assert User.objects.count() == people
