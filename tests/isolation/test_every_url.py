"""Every page of the site, asked for by everybody who may not have it.

One test asks for all pages in turn, as to make what their addresses name takes longer than to ask. Each page is a
subtest with a name of its own, and whatever it changed is undone before the next one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from homeroom.districts import actions, scope
from homeroom.districts.models import District, Role, School, SchoolYear
from homeroom.syncs.views.reports import STOP_POLLING
from tests.isolation.decisions import DECIDED, DECISIONS, EVERYBODY, OF_ONES_OWN_ACCOUNT, ON_THE_WAY_IN, Decision
from tests.isolation.site import Page, pages
from tests.notices.made import records_of_notices
from tests.people import Cast, an_account, set_method, signed_in
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


@contextmanager
def undone() -> Iterator[None]:
    """Whatever the database is told inside, it has forgotten afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def ask(cast: Cast, browser: Client, address: str, decision: Decision) -> HttpResponse:
    """What the page answers in a district of the decision's method. Forgotten at once."""
    with undone():
        if cast.ferndale.method != decision.method:
            set_method(by=cast.operator, district=copy(cast.ferndale), method=decision.method)
        answer = browser.get(address)
        if answer.streaming:
            b"".join(answer)  # only then the file is closed
        return browser.post(address) if answer.status_code == 405 else answer


def leads_to_sign_in(answer: HttpResponse) -> bool:
    return answer.status_code == 302 and answer.headers["Location"].startswith(SIGN_IN)


@pytest.mark.parametrize("who", EVERYBODY)
def test_page_is_there_for_who_may_and_for_nobody_else(
    cast: Cast, elm: Records, who: str, subtests: pytest.Subtests
) -> None:
    browser = browser_of(cast, who)

    for page in OURS:
        with subtests.test(page.name):
            decision = DECISIONS[page.name]

            answer = ask(cast, browser, elm.address(page), decision)

            if who in decision.may:
                assert answer.status_code in {200, STOP_POLLING, 302, 503}
                assert not leads_to_sign_in(answer)
            else:
                assert answer.status_code == 404


def test_signed_out_every_page_leads_to_sign_in(cast: Cast, elm: Records, subtests: pytest.Subtests) -> None:
    for page in OURS:
        with subtests.test(page.name):
            decision = DECISIONS[page.name]

            answer = ask(cast, Client(), elm.address(page), decision)

            assert leads_to_sign_in(answer) is not decision.is_public
            assert answer.status_code in ({200, 302, 503} if decision.may else {404})


def test_signed_out_ones_own_account_leads_to_sign_in(db: None, subtests: pytest.Subtests) -> None:
    for name in sorted(OF_ONES_OWN_ACCOUNT):
        with subtests.test(name):
            assert leads_to_sign_in(Client().get(reverse(name)))


def test_page_on_the_way_in_fails_for_nobody(db: None, subtests: pytest.Subtests) -> None:
    values = {"key": "none", "uidb36": "1", "provider_id": "classlink"}
    for page in [page for page in PAGES if page.name in ON_THE_WAY_IN]:
        with subtests.test(page.name):
            route = re.sub(r"\(\?P<(\w+)>[^)]*\)", lambda variable: values[variable[1]], page.route)
            address = "/" + route.replace("^", "").replace("$", "")

            assert Client().get(address).status_code in {200, 302, 401, 404, 405}


def test_posting_does_not_help_an_outsider(cast: Cast, elm: Records, subtests: pytest.Subtests) -> None:
    browser = signed_in(cast.outsider)

    for page in OF_A_DISTRICT:
        with subtests.test(page.name):
            assert browser.post(elm.address(page)).status_code == 404


@pytest.mark.parametrize("who", ["operator", "district_admin"])
def test_record_of_another_district_is_not_found_through_ones_own(
    cast: Cast, who: str, subtests: pytest.Subtests
) -> None:
    """The address says Ferndale, the number in it is of something in Lakeside."""
    lakeside = Records(cast, cast.lakeside, cast.lakeside_school)
    browser = signed_in(getattr(cast, who))

    for page in OF_ONE_RECORD:
        with subtests.test(page.name):
            address = lakeside.address(page)
            smuggled = re.sub(r"(?<=/)lakeside(?=/)", "ferndale", address)

            assert smuggled != address
            assert browser.get(smuggled).status_code in {404, 405}
            assert browser.post(smuggled).status_code == 404
