"""Every page of the site, asked for by everybody who may not have it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from homeroom.districts import actions, scope
from homeroom.districts.models import District, Role, School, SchoolYear
from homeroom.syncs.views.reports import STOP_POLLING
from tests.isolation.decisions import DECIDED, DECISIONS, EVERYBODY, OF_ONES_OWN_ACCOUNT, ON_THE_WAY_IN, Decision
from tests.isolation.site import Page, pages
from tests.notices.made import records_of_notices
from tests.people import Cast, an_account, signed_in
from tests.roster.records import records_of_a_school
from tests.syncs.conftest import data
from tests.syncs.outcomes import records_of_syncs
from tests.syncs.self_serve import records_of_uploads

__all__ = ["data"]  # fixtures are found where they are imported

PAGES = pages()
OURS = [page for page in PAGES if page.name in DECISIONS]
OF_A_DISTRICT = [page for page in OURS if "district" in page.variables]
OF_ONE_RECORD = [page for page in OF_A_DISTRICT if page.variables != {"district"}]
SIGN_IN = "/accounts/login/"


def named(page: Page) -> str:
    return page.name


def test_every_page_has_a_decision() -> None:
    undecided = sorted({f"{page.name}: /{page.route}" for page in PAGES if page.name not in DECIDED})

    assert undecided == [], "say in tests/isolation/decisions.py who may open these"


def test_every_decision_is_about_a_page() -> None:
    assert sorted(DECIDED - {page.name for page in PAGES}) == []


@pytest.mark.parametrize("page", OF_A_DISTRICT, ids=named)
def test_every_page_of_a_district_asks_for_a_permission(page: Page) -> None:
    """By the outermost decorator, before anything else of the view runs."""
    assert getattr(page.view, "permission", None), f"{page.view} lacks @allowed(…) or @operators_only on top"


class Records:
    """What the variable parts of addresses stand for, in one district."""

    def __init__(self, cast: Cast, district: District, school: School) -> None:
        by = cast.operator
        invited = actions.invite(
            by=by, district=district, email="ivy@invited.example", role=Role.SCHOOL_ADMIN, schools=[school]
        )
        with scope.within(district.pk):
            year = SchoolYear.objects.get()
            member = actions.accept_invitation(
                by=an_account(f"may@{district.slug}.example"),
                district=district,
                token=actions.invite(
                    by=by,
                    district=district,
                    email=f"may@{district.slug}.example",
                    role=Role.SCHOOL_ADMIN,
                    schools=[school],
                ).token,
            )
        self.token = invited.token
        self.values = {
            "district": district.slug,
            "of": district.slug,
            "rule": "value-missing",
            "school": school.pk,
            "membership": member.pk,
            "invitation": invited.invitation.pk,
            "year": year.pk,
            **records_of_notices(by, district),
            **records_of_syncs(by, district),
            **records_of_a_school(district, school),
            **records_of_uploads(by, district, school),
        }

    def address(self, page: Page) -> str:
        """Of this page, for these records. A variable that is not known here wants a record of its own above."""
        values: dict[str, Any] = {variable: self.values[variable] for variable in page.variables}
        query = f"?token={self.token}" if page.name == "accept-invitation" else ""
        return reverse(page.name, kwargs=values) + query


@pytest.fixture(autouse=True)
def own_folder(data: Path) -> None:
    """Files of syncs lie in a folder of the test's own."""


@pytest.fixture
def elm(cast: Cast) -> Records:
    return Records(cast, cast.ferndale, cast.elm)


def browser_of(cast: Cast, who: str) -> Client:
    return signed_in(an_account("nora@nowhere.example") if who == "nobody" else getattr(cast, who))


def ask(cast: Cast, browser: Client, address: str, decision: Decision) -> HttpResponse:
    if cast.ferndale.method != decision.method:
        actions.change_method(by=cast.operator, district=cast.ferndale, method=decision.method)
    answer = browser.get(address)
    if answer.streaming:
        b"".join(answer)  # only then the file is closed
    return browser.post(address) if answer.status_code == 405 else answer


def leads_to_sign_in(answer: HttpResponse) -> bool:
    return answer.status_code == 302 and answer.headers["Location"].startswith(SIGN_IN)


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("page", OURS, ids=named)
def test_page_is_there_for_who_may_and_for_nobody_else(cast: Cast, elm: Records, page: Page, who: str) -> None:
    decision = DECISIONS[page.name]

    answer = ask(cast, browser_of(cast, who), elm.address(page), decision)

    if who in decision.may:
        assert answer.status_code in {200, STOP_POLLING, 302, 503}
        assert not leads_to_sign_in(answer)
    else:
        assert answer.status_code == 404


@pytest.mark.parametrize("page", OURS, ids=named)
def test_signed_out_every_page_leads_to_sign_in(cast: Cast, elm: Records, client: Client, page: Page) -> None:
    decision = DECISIONS[page.name]

    answer = ask(cast, client, elm.address(page), decision)

    assert leads_to_sign_in(answer) is not decision.is_public
    assert answer.status_code in {200, 302, 503}


@pytest.mark.parametrize("name", sorted(OF_ONES_OWN_ACCOUNT))
def test_signed_out_ones_own_account_leads_to_sign_in(db: None, client: Client, name: str) -> None:
    assert leads_to_sign_in(client.get(reverse(name)))


@pytest.mark.parametrize("name", sorted(ON_THE_WAY_IN))
def test_page_on_the_way_in_fails_for_nobody(db: None, client: Client, name: str) -> None:
    page = next(page for page in PAGES if page.name == name)
    values = {"key": "none", "uidb36": "1", "provider_id": "classlink"}
    route = re.sub(r"\(\?P<(\w+)>[^)]*\)", lambda variable: values[variable[1]], page.route)
    address = "/" + route.replace("^", "").replace("$", "")

    assert client.get(address).status_code in {200, 302, 401, 404, 405}


@pytest.mark.parametrize("page", OF_A_DISTRICT, ids=named)
def test_posting_does_not_help_an_outsider(cast: Cast, elm: Records, page: Page) -> None:
    assert signed_in(cast.outsider).post(elm.address(page)).status_code == 404


@pytest.mark.parametrize("who", ["operator", "district_admin"])
@pytest.mark.parametrize("page", OF_ONE_RECORD, ids=named)
def test_record_of_another_district_is_not_found_through_ones_own(cast: Cast, page: Page, who: str) -> None:
    """The address says Ferndale, the number in it is of something in Lakeside."""
    lakeside = Records(cast, cast.lakeside, cast.lakeside_school)
    address = lakeside.address(page)
    smuggled = re.sub(r"(?<=/)lakeside(?=/)", "ferndale", address)

    browser = signed_in(getattr(cast, who))

    assert smuggled != address
    assert browser.get(smuggled).status_code in {404, 405}
    assert browser.post(smuggled).status_code == 404
