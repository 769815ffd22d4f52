"""The Notices page and those of webhooks, as each who may see them sees them."""

from __future__ import annotations

import re

import pytest
from django.core import mail

from homeroom.audit.models import Event
from homeroom.districts import actions as districts
from homeroom.districts import scope, trials
from homeroom.districts.models import Method
from homeroom.notices import tasks
from homeroom.notices.announcing import announce
from homeroom.notices.models import Errors, Webhook, Wish
from tests.notices.conftest import Receiver
from tests.notices.made import a_failure
from tests.people import Cast, set_method, signed_in

NOTICES = "/d/ferndale/notices/"
SECRET = re.compile(r"<code>([\w-]{43})</code>")


def events(cast: Cast) -> list[str]:
    with scope.within(cast.ferndale.pk):
        return list(Event.objects.filter(what__regex="notices|webhook|expectation").values_list("what", flat=True))


def test_a_member_chooses_of_what_it_hears(cast: Cast) -> None:
    said = {"held": "on", "with_errors": "new"}
    page = signed_in(cast.district_admin).post(NOTICES, said, follow=True)

    assert "Saved: of what you hear by e-mail." in page.text
    with scope.within(cast.ferndale.pk):
        wish = Wish.objects.get(user=cast.district_admin)
    assert (wish.failed, wish.held, wish.with_errors, wish.nothing_came) == (False, True, Errors.NEW, False)
    assert events(cast) == ["notices.chosen"]


def test_before_one_chooses_failed_and_held_are_ticked(cast: Cast) -> None:
    form = signed_in(cast.district_admin).get(NOTICES).context["form"]

    assert form.initial == {"failed": True, "held": True, "nothing_came": False, "with_errors": Errors.NONE}


def test_an_operator_is_told_of_the_digest_and_chooses_nothing(cast: Cast) -> None:
    browser = signed_in(cast.operator)

    assert "Operators get one digest a day" in browser.get(NOTICES).text
    assert "Only members of the district" in browser.post(NOTICES, {"with_errors": "all"}).context["form"].refusal


def test_one_sees_what_was_sent_to_oneself_and_not_what_others_got(cast: Cast) -> None:
    announce(cast.ferndale.pk, a_failure(7))
    tasks.send_notices_by_email(district_id=cast.ferndale.pk, user_id=cast.district_admin.pk)

    assert len(signed_in(cast.district_admin).get(NOTICES).context["sendings"]) == 1
    assert signed_in(cast.operator).get(NOTICES).context["sendings"] == []
    assert len(mail.outbox) == 1


def test_manage_leads_to_notices_in_automated_districts_only(cast: Cast) -> None:
    browser = signed_in(cast.district_admin)
    assert NOTICES in browser.get("/d/ferndale/").text
    assert NOTICES not in signed_in(cast.oak_admin).get("/d/ferndale/").text

    set_method(by=cast.operator, district=cast.ferndale, method=Method.SELF_SERVE)
    assert NOTICES not in browser.get("/d/ferndale/").text
    assert browser.get(NOTICES).status_code == 404


def test_a_webhook_is_added_tested_changed_and_removed(cast: Cast, receiver: Receiver) -> None:
    browser = signed_in(cast.district_admin)
    page = browser.post(NOTICES + "webhooks/new/", {"url": receiver.url, "occasions": ["failed"]})
    (secret,) = SECRET.findall(page.text)
    assert "no-store" in page.headers["Cache-Control"]
    with scope.within(cast.ferndale.pk):
        webhook = Webhook.objects.get()
    one = f"{NOTICES}webhooks/{webhook.pk}/"

    assert "took the test after" in browser.post(one + "test/", follow=True).text
    assert secret not in browser.get(one).text
    browser.post(one, {"url": receiver.url, "occasions": ["held", "errors"]})
    assert "A sync is held for review; A sync completed with errors" in browser.get(NOTICES).text
    assert SECRET.findall(browser.post(one + "secret/").text) != [secret]
    assert "Removed the webhook to 127.0.0.1." in browser.post(one + "remove/", follow=True).text
    with scope.within(cast.ferndale.pk):
        assert not Webhook.objects.exists()
    assert events(cast)[::-1] == [
        "webhook.added", "webhook.tested", "webhook.changed", "webhook.secret-renewed", "webhook.removed",
    ]  # fmt: skip


def test_a_test_that_fails_stands_on_the_page_with_its_reason(cast: Cast, receiver: Receiver) -> None:
    receiver.status = 500
    browser = signed_in(cast.district_admin)
    browser.post(NOTICES + "webhooks/new/", {"url": receiver.url, "occasions": ["failed"]})
    with scope.within(cast.ferndale.pk):
        webhook = Webhook.objects.get()

    page = browser.post(f"{NOTICES}webhooks/{webhook.pk}/test/", follow=True)
    assert "The test did not arrive. 127.0.0.1 answered with status 500." in page.text


def test_no_more_tests_run_at_once_than_leave_room_for_pages(cast: Cast, receiver: Receiver) -> None:
    browser = signed_in(cast.district_admin)
    browser.post(NOTICES + "webhooks/new/", {"url": receiver.url, "occasions": ["failed"]})
    with scope.within(cast.ferndale.pk):
        webhook = Webhook.objects.get()

    with trials.one_of_few(), trials.one_of_few():
        page = browser.post(f"{NOTICES}webhooks/{webhook.pk}/test/", follow=True)

    assert "Other connections are being tested at this moment. Please try again in a minute." in page.text
    assert receiver.got == []


def test_what_stands_behind_the_host_of_a_webhook_is_not_in_the_audit(cast: Cast) -> None:
    said = {"url": "https://hooks.example.org/T0/B1/secret-path", "occasions": ["failed"]}
    browser = signed_in(cast.district_admin)
    browser.post(NOTICES + "webhooks/new/", said)

    audit = browser.get("/d/ferndale/audit/").text
    assert "added the webhook to: hooks.example.org" in audit
    assert "secret-path" not in audit


@pytest.mark.parametrize(("said", "every_days"), [("3", 3), ("", None)])
def test_how_often_a_delivery_is_expected_is_set_and_ended(cast: Cast, said: str, every_days: int | None) -> None:
    signed_in(cast.district_admin).post(NOTICES + "expected/", {"every_days": said})

    cast.ferndale.refresh_from_db()
    assert cast.ferndale.expected_every_days == every_days
    assert (cast.ferndale.expected_since is None) == (every_days is None)
    assert events(cast) == ["district.expectation-changed"]


def test_deliveries_are_expected_only_where_somebody_brings_them(cast: Cast) -> None:
    districts.change_method(by=cast.operator, district=cast.ferndale, method=Method.CLASSLINK)
    browser = signed_in(cast.district_admin)

    assert browser.get(NOTICES + "expected/").status_code == 404
    assert "When no delivery comes" not in browser.get(NOTICES).text


@pytest.mark.parametrize("who", ["oak_admin", "oak_and_elm_admin", "outsider"])
def test_nobody_else_finds_the_pages(cast: Cast, who: str) -> None:
    browser = signed_in(getattr(cast, who))

    for page in ("", "expected/", "webhooks/new/"):
        assert browser.get(NOTICES + page).status_code == 404
