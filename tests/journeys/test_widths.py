"""No page scrolls sideways as a whole, on a phone, a tablet or a desk, whatever is in it.

The names here are as long as names may be, without a space to break them at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from homeroom.accounts.models import User
from homeroom.districts import actions as districts
from homeroom.districts import scope
from homeroom.districts.models import District, Role, School, SchoolYear
from homeroom.roster.models import Origin
from homeroom.syncs.models import State, Sync
from tests.journeys.browser import SignedIn, axe_violations, keep_picture
from tests.notices.made import records_of_notices
from tests.people import Cast
from tests.roster.records import Records
from tests.syncs.conftest import data
from tests.syncs.outcomes import Outcomes, outcomes
from tests.syncs.self_serve import STUDENTS, Uploads, self_serve, uploads
from tests.syncs.sending import Rows, changed, synced

__all__ = ["data", "outcomes", "self_serve", "uploads"]  # fixtures are found where they are imported

WIDTHS = (320, 390, TABLET := 768, 1024, 1280)
LONG = ("Wolfeschlegelsteinhausenbergerdorff" * 8)[:250]
EMAIL = f"{'wolfeschlegelstein.' * 3}w@{'hausenbergerdorff.' * 9}example"
USERNAME = "wolfeschlegelsteinhausenbergerdorff." * 2
LONGEST = {"name": f"{LONG} {LONG}", "grades": "05", "username": USERNAME, "email": EMAIL}

TOO_WIDE = """() => {
  const screen = document.documentElement.clientWidth;
  const scrolls = (element) => ["auto", "scroll"].includes(getComputedStyle(element).overflowX);
  const inside = ({ parentElement: outer }) => outer && (scrolls(outer) || inside(outer));
  const attributes = (element) => [...element.attributes].map((one) => `${one.name}="${one.value}"`).join(" ");
  const place = (element) => `<${element.localName} ${attributes(element).slice(0, 120)}>`;
  const said = [];
  if (document.documentElement.scrollWidth > screen) {
    const wide = [...document.body.querySelectorAll("*")].filter(
      (element) => element.getBoundingClientRect().right > screen + 1 && !inside(element));
    const innermost = wide.filter((element) => !wide.some((other) => other !== element && element.contains(other)));
    said.push(`the page is ${document.documentElement.scrollWidth} px wide`);
    said.push(...innermost.slice(0, 5).map((element) =>
      `${place(element)} reaches to ${Math.round(element.getBoundingClientRect().right)} px`));
  }
  for (const element of document.body.querySelectorAll("*")) {
    if (!scrolls(element) || element.scrollWidth <= element.clientWidth + 1) continue;
    const named = element.getAttribute("aria-label") || element.getAttribute("aria-labelledby");
    if (element.tabIndex < 0 || !["region", "group"].includes(element.getAttribute("role")) || !named)
      said.push(`${place(element)} scrolls sideways, and nobody reaches it by keyboard`);
  }
  for (const table of document.querySelectorAll(".usa-table--stacked")) {
    const heads = [...table.querySelectorAll("thead th")].map((head) => head.innerText || head.textContent);
    for (const row of table.tBodies[0].rows)
      for (const [at, cell] of [...row.cells].entries())
        if (cell.dataset.label !== undefined && cell.dataset.label.trim() !== heads[at].split(":")[0].trim())
          said.push(`a cell of the column “${heads[at]}” is labelled “${cell.dataset.label}”`);
  }
  return [...new Set(said)];
}"""
"""What is too wide for the screen, in sentences: the innermost elements that reach over its edge, and what scrolls
sideways by itself without being named and reached by keyboard. Cells of a table that can stand in a stack say their
column's own head.
"""


def assert_fits(page: Page, name: str) -> None:
    """As it stands now, in each of the widths."""
    faults = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        keep_picture(page, f"{name}-{width}")
        faults += [f"{name} at {width} px: {fault}" for fault in page.evaluate(TOO_WIDE)]
        if width == TABLET and page.locator(".table--many").count():
            faults += axe_violations(page)  # the cards that its rows are there stand in no other test
    assert not faults, "\n".join(faults)


def assert_all_fit(page: Page, addresses: Mapping[str, str], subtests: pytest.Subtests) -> None:
    for name, address in addresses.items():
        with subtests.test(name):
            answer = page.goto(address)
            assert answer is not None
            assert answer.status == 200
            assert_fits(page, name)


def at_length(cast: Cast, schools: Iterable[School]) -> None:
    """Everything that has a name has one of the longest there may be."""
    District.objects.filter(pk=cast.ferndale.pk).update(name=LONG)
    User.objects.filter(pk=cast.oak_admin.pk).update(email=EMAIL)
    User.objects.filter(pk__in=[cast.district_admin.pk, cast.oak_admin.pk, cast.operator.pk]).update(name=LONG)
    with scope.within(cast.ferndale.pk):
        School.objects.filter(pk__in=[school.pk for school in schools]).update(name=LONG)
        SchoolYear.objects.update(name=LONG[:60])


def invite(by: User, district: District) -> None:
    districts.invite(by=by, district=district, email=f"new.{EMAIL}", role=Role.DISTRICT_ADMIN)


def misnamed(rows: Rows) -> Rows:
    return [{**rows[0], "givenName": LONG, "familyName": LONG}, *rows[1:]]


def nameless(rows: Rows) -> Rows:
    return [{**rows[0], "sourcedId": LONG, "givenName": "", "familyName": ""}, *rows[1:]]


def test_pages_of_an_automated_district(
    cast: Cast, outcomes: Outcomes, signed_in: SignedIn, subtests: pytest.Subtests
) -> None:
    outcomes.completed()
    renamed = synced(outcomes.by, outcomes.district, changed(outcomes.good, "users", misnamed))
    refused = synced(outcomes.by, outcomes.district, changed(outcomes.good, "users", nameless))
    errors = outcomes.with_errors()
    with scope.within(cast.ferndale.pk):
        for state in (State.HELD, State.FAILED, State.QUEUED, State.PROCESSING):
            Sync.objects.create(
                district=cast.ferndale, method=cast.ferndale.method, state=state, reason=LONG, delivery_digest="1" * 64,
                delivery_bytes=10, stage="Reading users.csv", steps=20, steps_done=4,
                finished_at=timezone.now() if state == State.FAILED else None,
                changes_digest="1" * 64 if state == State.HELD else "",
            )  # fmt: skip
        Sync.objects.update(delivery_name=f"{LONG[:240]}.zip")
    ana = Records(cast.ferndale, cast.oak, Origin.SYNC).person("S" * 250, identifier="I" * 250, **LONGEST)
    records_of_notices(cast.district_admin, cast.ferndale)
    invite(cast.district_admin, cast.ferndale)
    at_length(cast, [cast.oak, cast.birch])

    page = signed_in(cast.district_admin)
    of_oak = f"schools/{cast.oak.pk}/"
    of_district = {
        "manage": "", "schools": "schools/", "school": of_oak, "people": "people/",
        "person": f"people/{cast.membership(cast.oak_admin).pk}/", "audit": "audit/", "settings": "settings/",
        "students-synced": f"{of_oak}students/?status=all", "student-synced": f"{of_oak}students/{ana.key}/",
        "notices": "notices/", "sync-reports": "sync-reports/?days=all", "sync": f"sync-reports/{errors.pk}/",
        "sync-errors": f"sync-reports/{refused.pk}/errors/", "sync-changes": f"sync-reports/{renamed.pk}/changes/",
    }  # fmt: skip
    assert_all_fit(page, {name: f"/d/ferndale/{rest}" for name, rest in of_district.items()}, subtests)

    page = signed_in(cast.operator)
    of_operator = {
        "operator-districts": "", "operator-district": "ferndale/", "operator-waiting": "ferndale/schools/",
        "operator-onboarded": "ferndale/schools/?show=onboarded", "operator-method": "ferndale/method/",
    }  # fmt: skip
    assert_all_fit(page, {name: f"/operator/districts/{rest}" for name, rest in of_operator.items()}, subtests)


def test_pages_of_a_self_serve_school(
    self_serve: Cast, uploads: Uploads, signed_in: SignedIn, subtests: pytest.Subtests
) -> None:
    cast, oak = self_serve, Records(self_serve.ferndale, self_serve.oak)
    ana = oak.person("S" * 250, **LONGEST)
    tess = oak.person("T" * 250, "teacher", name=f"{LONG} {LONG}", username=USERNAME[:-1], email=f"t.{EMAIL}")
    oak.person("S2", name="Ben Moss", grades="05", username="ben.moss", email="ben.moss@ferndale.example")
    maths = oak.a_class("C1", title=LONG[:200], grades="05", subjects="Mathematics")
    oak.enroll(tess, maths, "teacher", primary=True)
    oak.enroll(ana, maths)
    wrong = uploads.done(f"{STUDENTS}A1,{LONG},,{LONG}x,,99,{USERNAME},word\n", name=f"{LONG[:240]}.csv")
    uploads.queued(STUDENTS + "B1,Al,,Low,,05,al.lowe,secret-word-1\n", name="students (1).csv")
    at_length(cast, [cast.oak])

    page = signed_in(cast.oak_admin)
    below = {
        "students": "students/?status=all", "student": f"students/{ana.key}/", "staff": "staff/?status=all",
        "student-edit": f"students/{ana.key}/edit/", "staff-user": f"staff/{tess.key}/", "classes": "classes/",
        "staff-user-edit": f"staff/{tess.key}/edit/", "class": f"classes/{maths.key}/",
        "class-edit": f"classes/{maths.key}/edit/", "class-enroll": f"classes/{maths.key}/enroll/",
        "upload-new": "uploads/students/new/", "upload-status": "uploads/students/",
        "upload": f"uploads/students/{wrong.pk}/",
    }  # fmt: skip
    of_school = f"/d/ferndale/schools/{cast.oak.pk}/"
    assert_all_fit(page, {name: of_school + rest for name, rest in below.items()}, subtests)

    with subtests.test("upload-status-modal"):
        page.goto(of_school + "students/")
        page.get_by_text("Options", exact=True).click()
        assert_fits(page, "students-options")
        page.get_by_role("link", name="View File Upload Status").click()
        expect(page.get_by_role("dialog").get_by_role("table")).to_be_visible()
        assert_fits(page, "upload-status-modal")
