"""What webhooks are sent, how it is signed, and what happens when it does not arrive."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from homeroom.districts import Refused, scope
from homeroom.notices import actions, tasks
from homeroom.notices.announcing import announce
from homeroom.notices.models import Occasion, Sending, State, Webhook
from homeroom.notices.sending import WAITS
from tests.notices.conftest import Receiver
from tests.notices.made import a_failure, completed, errors
from tests.people import Cast


@pytest.fixture
def made(cast: Cast, receiver: Receiver) -> tuple[Webhook, str]:
    """A webhook of Ferndale and its secret."""
    return actions.add_webhook(
        by=cast.district_admin, district=cast.ferndale, url=receiver.url, occasions=[Occasion.FAILED, Occasion.ERRORS]
    )


def worked(cast: Cast) -> list[Sending]:
    """All sendings to webhooks, after their jobs were done once."""
    with scope.within(cast.ferndale.pk):
        waiting = list(Sending.objects.exclude(webhook=None).order_by("pk").values_list("pk", flat=True))
    for number in waiting:
        tasks.post_notice(district_id=cast.ferndale.pk, sending_id=number)
    with scope.within(cast.ferndale.pk):
        return list(Sending.objects.exclude(webhook=None).order_by("pk"))


def test_a_notice_arrives_signed_over_timestamp_and_body(
    cast: Cast, receiver: Receiver, made: tuple[Webhook, str]
) -> None:
    announce(cast.ferndale.pk, a_failure(7))
    (sending,) = worked(cast)

    assert sending.state == State.SENT
    ((headers, body),) = receiver.got
    signed = headers["Homeroom-Timestamp"].encode() + b"." + body
    assert headers["Homeroom-Signature"] == "v1=" + hmac.new(made[1].encode(), signed, hashlib.sha256).hexdigest()
    assert abs(int(headers["Homeroom-Timestamp"]) - timezone.now().timestamp()) < 60
    assert json.loads(body) == {
        "notice": sending.notice_id,
        "occasion": "failed",
        "at": json.loads(body)["at"],
        "district": {"name": "Ferndale", "slug": "ferndale"},
        "sync": {"number": 7, "status": "Failed", "counts": {}},
        "reason": "The provider answers with status 500.",
        "new_errors": None,
        "href": "http://localhost:8000/d/ferndale/sync-reports/7/",
    }


def test_only_what_it_was_set_up_for_arrives(cast: Cast, receiver: Receiver, made: tuple[Webhook, str]) -> None:
    for news in (a_failure(1), completed(2), errors(3, new=0)):
        announce(cast.ferndale.pk, news)
    worked(cast)

    assert [json.loads(body)["occasion"] for _, body in receiver.got] == ["failed", "errors"]


def test_what_has_arrived_is_not_sent_again(cast: Cast, receiver: Receiver, made: tuple[Webhook, str]) -> None:
    announce(cast.ferndale.pk, a_failure(1))
    worked(cast)
    worked(cast)

    assert len(receiver.got) == 1


@pytest.mark.parametrize("status", [500, 404, 301, 302])
def test_what_is_not_taken_is_tried_again_with_growing_waits_then_given_up(
    cast: Cast, receiver: Receiver, made: tuple[Webhook, str], status: int
) -> None:
    receiver.status = status
    announce(cast.ferndale.pk, a_failure(1))
    for wait in WAITS:
        begun = timezone.now()
        (sending,) = worked(cast)
        assert sending.state == State.WAITING
        assert begun + wait <= sending.due_at <= timezone.now() + wait
    (sending,) = worked(cast)

    assert (sending.state, sending.tries) == (State.FAILED, len(WAITS) + 1)
    assert len(receiver.got) == len(WAITS) + 1  # no redirect was followed


def test_the_next_try_waits_for_its_time(cast: Cast, receiver: Receiver, made: tuple[Webhook, str]) -> None:
    receiver.status = 503
    announce(cast.ferndale.pk, a_failure(1))
    jobs = ProcrastinateJob.objects.filter(task_name=tasks.post_notice.name).order_by("pk")
    app.job_manager.cancel_job_by_id(jobs[0].pk)  # as if a worker had taken it
    (sending,) = worked(cast)

    assert jobs[1].scheduled_at == sending.due_at > timezone.now()


def test_a_new_secret_signs_from_now_on(cast: Cast, receiver: Receiver, made: tuple[Webhook, str]) -> None:
    secret = actions.renew_secret(by=cast.district_admin, webhook=made[0])
    actions.send_test(by=cast.district_admin, webhook=made[0])

    ((headers, body),) = receiver.got
    signed = headers["Homeroom-Timestamp"].encode() + b"." + body
    assert secret != made[1]
    assert headers["Homeroom-Signature"] == "v1=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def test_a_test_says_that_it_is_one(cast: Cast, receiver: Receiver, made: tuple[Webhook, str]) -> None:
    actions.send_test(by=cast.district_admin, webhook=made[0])

    assert json.loads(receiver.got[0][1])["is_test"] is True


def test_a_test_that_does_not_arrive_says_why(cast: Cast, receiver: Receiver, made: tuple[Webhook, str]) -> None:
    receiver.status = 418

    with pytest.raises(Refused, match=r"127\.0\.0\.1 answered with status 418"):
        actions.send_test(by=cast.district_admin, webhook=made[0])


@pytest.mark.parametrize(
    "url",
    ["https://localhost/", "https://10.0.0.1/", "https://169.254.169.254/", "https://[::1]/"],
)
def test_no_address_of_the_publishers_own_network_is_asked(cast: Cast, settings: object, url: str) -> None:
    """Whatever sources are allowed: only operators enter those."""
    settings.HOMEROOM_PRIVATE_SOURCES = True  # type: ignore[attr-defined]
    webhook, _ = actions.add_webhook(by=cast.district_admin, district=cast.ferndale, url=url, occasions=["failed"])

    with pytest.raises(Refused, match="A webhook leads to a public address"):
        actions.send_test(by=cast.district_admin, webhook=webhook)


@pytest.mark.parametrize(
    ("url", "occasions", "why"),
    [
        ("ftp://example.org", ["failed"], "A web address begins with https://"),
        ("https://user:secret@example.org", ["failed"], "no user name"),
        ("https://[", ["failed"], "A web address begins with https://"),
        ("http://example.org/", ["failed"], "must be asked over https://"),
        ("http://127.0.0.1:9/", ["failed"], "must be asked over https://"),
        ("https://example.org/" + "x" * 500, ["failed"], "longer than 500 characters"),
        ("https://example.org", [], "of what it is told"),
    ],
)
def test_a_webhook_that_cannot_be_is_refused(cast: Cast, url: str, occasions: list[str], why: str) -> None:
    with pytest.raises(Refused, match=why):
        actions.add_webhook(by=cast.district_admin, district=cast.ferndale, url=url, occasions=occasions)


def test_the_secret_is_stored_sealed(cast: Cast, made: tuple[Webhook, str]) -> None:
    with scope.within(cast.ferndale.pk):
        assert made[1].encode() not in bytes(Webhook.objects.get().sealed)


def test_nobody_but_district_administrators_changes_webhooks(cast: Cast, made: tuple[Webhook, str]) -> None:
    for by in (cast.oak_admin, cast.outsider):
        with pytest.raises(Refused):
            actions.remove_webhook(by=by, webhook=made[0])
    actions.remove_webhook(by=cast.operator, webhook=made[0])


def test_removing_a_webhook_drops_what_waits_for_it(cast: Cast, receiver: Receiver, made: tuple[Webhook, str]) -> None:
    announce(cast.ferndale.pk, a_failure(1))
    actions.remove_webhook(by=cast.district_admin, webhook=made[0])

    assert worked(cast) == []
    assert receiver.got == []
