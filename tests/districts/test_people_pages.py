"""See, invite, change and end: the pages about who can sign in for a district."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from pytest_django import Settings

from homeroom.districts import actions, scope
from homeroom.districts.models import Invitation, Membership, Role
from tests.people import PASSWORD, Cast, an_account, signed_in

PEOPLE = "/d/ferndale/people/"
INVITE = "/d/ferndale/people/invite/"


def names_on(page: object) -> list[str]:
    return [member.user.name for member in page.context["people"]]  # type: ignore[attr-defined]


def link_in_the_mail() -> str:
    found = re.search(r"http://testserver(/\S+)", str(mail.outbox[-1].body))
    assert found is not None
    return found[1]


def invite_as_new_district_admin(cast: Cast) -> str:
    signed_in(cast.district_admin).post(INVITE, {"email": "new@ferndale.example", "role": Role.DISTRICT_ADMIN})
    return link_in_the_mail()


def test_district_administrator_sees_everybody_in_the_order_asked_for(cast: Cast) -> None:
    browser = signed_in(cast.district_admin)

    assert names_on(browser.get(PEOPLE)) == ["Dana District", "Sam School", "Toni Two"]
    assert names_on(browser.get(PEOPLE + "?sort=-name")) == ["Toni Two", "Sam School", "Dana District"]
    assert names_on(browser.get(PEOPLE + "?sort=password")) == ["Dana District", "Sam School", "Toni Two"]


def test_people_are_found_by_part_of_name_or_email_and_by_role(cast: Cast) -> None:
    browser = signed_in(cast.district_admin)

    assert names_on(browser.get(PEOPLE + "?q=SAM")) == ["Sam School"]
    assert names_on(browser.get(PEOPLE + "?q=toni.two@")) == ["Toni Two"]
    assert names_on(browser.get(PEOPLE + "?role=district_admin")) == ["Dana District"]
    assert names_on(browser.get(PEOPLE + "?role=nonsense")) == ["Dana District", "Sam School", "Toni Two"]


def test_school_administrator_sees_colleagues_and_none_of_their_other_schools(cast: Cast) -> None:
    page = signed_in(cast.oak_admin).get(PEOPLE)

    assert names_on(page) == ["Sam School", "Toni Two"]
    assert b"Elm Middle" not in page.content


def test_invitation_goes_to_the_person_and_stands_on_the_page(cast: Cast) -> None:
    browser = signed_in(cast.district_admin)

    page = browser.post(
        INVITE, {"email": "New@Ferndale.example", "role": "school_admin", "schools": [cast.elm.pk]}, follow=True
    )

    assert b"new@ferndale.example" in page.content
    assert mail.outbox[-1].to == ["new@ferndale.example"]


def test_ticks_at_schools_do_not_matter_for_a_district_administrator(cast: Cast) -> None:
    signed_in(cast.district_admin).post(
        INVITE, {"email": "new@ferndale.example", "role": "district_admin", "schools": [cast.elm.pk]}
    )

    assert len(mail.outbox) == 1


def test_school_administrator_without_a_school_is_not_sent_and_said_why(cast: Cast) -> None:
    page = signed_in(cast.district_admin).post(INVITE, {"email": "new@ferndale.example", "role": "school_admin"})

    assert b"Choose at least one school" in page.content
    assert mail.outbox == []


def test_school_administrator_invites_for_own_schools_only(cast: Cast) -> None:
    browser = signed_in(cast.oak_admin)
    said = {"email": "new@ferndale.example", "role": "school_admin"}

    page = browser.post(INVITE, {**said, "schools": [cast.elm.pk]})
    assert page.status_code == 200
    assert mail.outbox == []

    browser.post(INVITE, {**said, "schools": [cast.oak.pk]})
    assert len(mail.outbox) == 1


def test_school_administrator_cannot_slip_in_another_role(cast: Cast) -> None:
    signed_in(cast.oak_admin).post(INVITE, {"email": "new@ferndale.example", "role": "district_admin"})

    assert mail.outbox == []


def test_mail_that_does_not_go_out_is_said(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)

    page = signed_in(cast.district_admin).post(INVITE, {"email": "new@ferndale.example", "role": "district_admin"})

    assert b"could not be sent" in page.content


def test_invitation_that_is_only_a_file_is_not_said_to_be_on_its_way(
    cast: Cast, settings: Settings, tmp_path: Path
) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "django.core.mail.backends.filebased.EmailBackend", tmp_path
    new = {"email": "new@ferndale.example", "role": "district_admin"}

    assert f"is a file in {tmp_path}." in signed_in(cast.operator).post(INVITE, new, follow=True).text
    assert "ask the publisher for the link" in signed_in(cast.district_admin).post(INVITE, new, follow=True).text


def test_new_person_makes_an_account_and_signs_in(cast: Cast, client: Client) -> None:
    link = invite_as_new_district_admin(cast)

    client.post(link, {"name": "Nell New", "password": PASSWORD})
    page = client.post("/accounts/login/", {"login": "new@ferndale.example", "password": PASSWORD}, follow=True)

    assert page.request["PATH_INFO"] == "/d/ferndale/"


def test_weak_password_is_refused_with_the_reason(cast: Cast, client: Client) -> None:
    page = client.post(invite_as_new_district_admin(cast), {"name": "Nell New", "password": "short"})

    assert b"at least 12 characters" in page.content


def test_invitation_works_once(cast: Cast, client: Client) -> None:
    link = invite_as_new_district_admin(cast)
    client.post(link, {"name": "Nell New", "password": PASSWORD})

    page = client.get(link)

    assert page.status_code == 404
    assert b"is not open" in page.content


def test_person_with_an_account_signs_in_to_accept(cast: Cast, client: Client) -> None:
    known = an_account("new@ferndale.example", "Nell New")
    link = invite_as_new_district_admin(cast)
    assert b"Sign in to accept" in client.get(link).content

    page = signed_in(known).post(link, follow=True)

    assert page.request["PATH_INFO"] == "/d/ferndale/"


def test_somebody_else_cannot_accept(cast: Cast) -> None:
    link = invite_as_new_district_admin(cast)
    browser = signed_in(cast.outsider)

    assert b"you are signed in as" in browser.get(link).content
    assert browser.post(link).status_code == 200
    assert browser.get("/d/ferndale/").status_code == 404


def test_withdrawn_invitation_no_longer_works(cast: Cast, client: Client) -> None:
    link = invite_as_new_district_admin(cast)
    with scope.within(cast.ferndale.pk):
        invitation = Invitation.objects.get(email="new@ferndale.example")

    signed_in(cast.district_admin).post(f"/d/ferndale/people/invitations/{invitation.pk}/withdraw/")

    assert client.get(link).status_code == 404


def test_role_and_schools_are_changed(cast: Cast) -> None:
    member = cast.membership(cast.oak_admin)

    signed_in(cast.district_admin).post(f"{PEOPLE}{member.pk}/", {"role": "school_admin", "schools": [cast.elm.pk]})

    assert signed_in(cast.oak_admin).get(f"/d/ferndale/schools/{cast.elm.pk}/").status_code == 200
    assert signed_in(cast.oak_admin).get(f"/d/ferndale/schools/{cast.oak.pk}/").status_code == 404


def test_last_district_administrator_stays(cast: Cast) -> None:
    member = cast.membership(cast.district_admin)

    page = signed_in(cast.district_admin).post(f"{PEOPLE}{member.pk}/remove/")

    assert b"is the last District Administrator" in page.content


def test_ended_membership_closes_the_district(cast: Cast) -> None:
    member = cast.membership(cast.oak_admin)

    signed_in(cast.district_admin).post(f"{PEOPLE}{member.pk}/remove/")

    assert signed_in(cast.oak_admin).get("/d/ferndale/").status_code == 404


def test_asking_to_end_a_membership_ends_nothing(cast: Cast) -> None:
    member = cast.membership(cast.oak_admin)

    signed_in(cast.district_admin).get(f"{PEOPLE}{member.pk}/remove/")

    with scope.within(cast.ferndale.pk):
        assert Membership.objects.filter(pk=member.pk).exists()


def test_whoever_ends_the_own_membership_is_led_to_the_start(cast: Cast) -> None:
    link = invite_as_new_district_admin(cast)
    actions.accept_invitation_as_new_person(
        district=cast.ferndale, token=link.partition("token=")[2], name="Nell New", password=PASSWORD
    )
    member = cast.membership(cast.district_admin)

    answer = signed_in(cast.district_admin).post(f"{PEOPLE}{member.pk}/remove/")

    assert answer.headers["Location"] == "/"
