"""Who gets which e-mail, when, and how often."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from homeroom.accounts.models import User
from homeroom.districts import actions as districts
from homeroom.districts import scope
from homeroom.districts.models import Role
from homeroom.notices import actions, tasks
from homeroom.notices.announcing import QUIET, News, announce
from homeroom.notices.models import Errors, Notice, Occasion, Sending, State
from homeroom.notices.sending import INTERRUPTED, WAITS
from tests.notices.made import a_failure, completed, errors
from tests.people import Cast, member

HELD = News("sync 5 abc", Occasion.HELD, sync_id=5, reason="37 students would be deactivated.")
NOTHING_CAME = News("nothing since Monday", Occasion.NOTHING_CAME)


def worked(cast: Cast, user: User | None = None) -> list[EmailMessage]:
    """What has left after the member's job was done."""
    tasks.send_notices_by_email(district_id=cast.ferndale.pk, user_id=(user or cast.district_admin).pk)
    return mail.outbox


def wish(cast: Cast, **wanted: object) -> None:
    said = {"failed": False, "held": False, "with_errors": Errors.NONE, "nothing_came": False} | wanted
    actions.choose(by=cast.district_admin, district=cast.ferndale, **said)  # type: ignore[arg-type]


def planned() -> list[ProcrastinateJob]:
    return list(ProcrastinateJob.objects.filter(task_name=tasks.send_notices_by_email.name).order_by("pk"))


def states(cast: Cast) -> list[str]:
    with scope.within(cast.ferndale.pk):
        return list(Sending.objects.order_by("pk").values_list("state", flat=True))


def test_a_district_administrator_hears_of_a_failure_without_having_asked(cast: Cast) -> None:
    announce(cast.ferndale.pk, a_failure(7))
    (sent,) = worked(cast)

    assert sent.to == ["dana.district@ferndale.example"]
    assert sent.subject == "Ferndale: a sync failed"
    assert "The provider answers with status 500." in str(sent.body)
    assert "http://localhost:8000/d/ferndale/sync-reports/7/" in str(sent.body)
    assert "http://localhost:8000/d/ferndale/notices/" in str(sent.body)


def test_a_school_administrator_and_other_districts_hear_of_nothing(cast: Cast) -> None:
    announce(cast.ferndale.pk, a_failure(7))

    assert [job.args["user_id"] for job in planned()] == [cast.district_admin.pk]
    assert worked(cast, cast.oak_admin) == []
    assert worked(cast, cast.outsider) == []


@pytest.mark.parametrize(
    ("wanted", "news", "is_told"),
    [
        ({"failed": True}, a_failure(1), True),
        ({"held": True}, a_failure(1), False),
        ({"held": True}, HELD, True),
        ({"failed": True}, HELD, False),
        ({"nothing_came": True}, NOTHING_CAME, True),
        ({"failed": True, "held": True}, NOTHING_CAME, False),
        ({"with_errors": Errors.ALL}, errors(1, new=0), True),
        ({"with_errors": Errors.NEW}, errors(1, new=0), False),
        ({"with_errors": Errors.NEW}, errors(1, new=2), True),
        ({"with_errors": Errors.NEW}, errors(1, new=None), True),
        ({"failed": True, "held": True, "nothing_came": True}, errors(1, new=2), False),
        ({"failed": True, "held": True, "nothing_came": True, "with_errors": Errors.ALL}, completed(1), False),
    ],
)
def test_a_member_hears_of_what_it_wants_and_of_nothing_else(
    cast: Cast, wanted: dict[str, object], news: News, is_told: bool
) -> None:
    wish(cast, **wanted)
    announce(cast.ferndale.pk, news)

    assert len(worked(cast)) == is_told


def test_all_that_comes_in_a_quiet_period_is_one_email(cast: Cast) -> None:
    before = timezone.now()
    announce(cast.ferndale.pk, a_failure(7))
    announce(cast.ferndale.pk, HELD)
    announce(cast.ferndale.pk, a_failure(8))

    (job,) = planned()
    assert job.scheduled_at >= before + QUIET
    with scope.within(cast.ferndale.pk):
        assert min(Sending.objects.values_list("due_at", flat=True)) >= before + QUIET
    (sent,) = worked(cast)
    assert sent.subject == "Ferndale: a sync failed (and 2 earlier notices)"
    assert [number in str(sent.body) for number in ("(sync 7)", "(sync 5)", "(sync 8)")] == [True] * 3


def test_the_same_is_announced_once_and_sent_once_whatever_runs_again(cast: Cast) -> None:
    for _ in range(2):
        announce(cast.ferndale.pk, a_failure(7))
        worked(cast)

    assert len(mail.outbox) == 1
    assert states(cast) == [State.SENT]


def test_what_is_rolled_back_was_not_announced(cast: Cast) -> None:
    with transaction.atomic():
        announce(cast.ferndale.pk, a_failure(7))
        transaction.set_rollback(True)

    assert planned() == []
    assert worked(cast) == []


def test_a_worker_killed_while_it_sends_leaves_no_second_email(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    announce(cast.ferndale.pk, a_failure(7))
    send = EmailMessage.send

    def killed(message: EmailMessage, fail_silently: bool = False) -> int:
        send(message, fail_silently)
        raise KeyboardInterrupt

    monkeypatch.setattr(EmailMessage, "send", killed)
    with pytest.raises(KeyboardInterrupt):
        worked(cast)
    monkeypatch.undo()
    worked(cast)

    assert len(mail.outbox) == 1
    with scope.within(cast.ferndale.pk):
        assert list(Sending.objects.values_list("state", "problem")) == [(State.FAILED, INTERRUPTED)]


def test_a_mail_server_that_is_down_is_tried_again_with_growing_waits_then_given_up(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object, **__: object) -> int:
        raise SMTPServerDisconnected("Connection unexpectedly closed")

    monkeypatch.setattr(EmailMessage, "send", down)
    announce(cast.ferndale.pk, a_failure(7))
    for wait in WAITS:
        begun = timezone.now()
        worked(cast)
        with scope.within(cast.ferndale.pk):
            waiting = Sending.objects.get()
        assert waiting.state == State.WAITING
        assert begun + wait <= waiting.due_at <= timezone.now() + wait
    worked(cast)

    with scope.within(cast.ferndale.pk):
        assert Sending.objects.get().problem == "The mail server did not take it."
    assert states(cast) == [State.FAILED]


def test_who_is_no_longer_a_member_is_told_no_more(cast: Cast) -> None:
    member(cast.operator, cast.ferndale, "Another Admin", Role.DISTRICT_ADMIN)
    announce(cast.ferndale.pk, a_failure(7))
    districts.remove_member(by=cast.operator, district=cast.ferndale, member=cast.membership(cast.district_admin))

    assert worked(cast) == []


def test_after_a_failure_the_next_sync_that_completes_is_told_once(cast: Cast) -> None:
    for news in (completed(1), a_failure(2), completed(3), completed(4)):
        announce(cast.ferndale.pk, news)

    (sent,) = worked(cast)
    assert sent.subject == "Ferndale: the roster is up to date again (and 1 earlier notice)"
    with scope.within(cast.ferndale.pk):
        told = Notice.objects.order_by("pk").values_list("occasion", "sync_id")
        assert list(told) == [(Occasion.FAILED, 2), (Occasion.WELL, 3)]


def test_the_same_sync_that_failed_and_completes_on_a_later_try_is_told_too(cast: Cast) -> None:
    announce(cast.ferndale.pk, a_failure(2))
    announce(cast.ferndale.pk, completed(2))

    assert worked(cast)[0].subject == "Ferndale: the roster is up to date again (and 1 earlier notice)"


def test_a_held_sync_is_no_trouble_that_is_over_later(cast: Cast) -> None:
    announce(cast.ferndale.pk, HELD)
    announce(cast.ferndale.pk, completed(5))

    assert worked(cast)[0].subject == "Ferndale: a sync is held for review"


def test_a_held_sync_does_not_make_well(cast: Cast) -> None:
    announce(cast.ferndale.pk, a_failure(2))
    announce(cast.ferndale.pk, HELD)

    with scope.within(cast.ferndale.pk):
        assert not Notice.objects.filter(occasion=Occasion.WELL).exists()


def test_who_heard_of_no_failure_does_not_hear_that_it_is_over(cast: Cast) -> None:
    wish(cast, nothing_came=True)
    announce(cast.ferndale.pk, a_failure(2))
    announce(cast.ferndale.pk, completed(3))

    assert worked(cast) == []


def test_a_line_break_in_a_name_makes_no_second_header(cast: Cast) -> None:
    cast.ferndale.name = "Fern\r\nBcc: all@example.org"
    cast.ferndale.save()
    announce(cast.ferndale.pk, a_failure(7))

    assert worked(cast)[0].subject == "Fern Bcc: all@example.org: a sync failed"


def test_a_sending_whose_job_is_lost_gets_a_new_one(cast: Cast) -> None:
    announce(cast.ferndale.pk, a_failure(7))
    (lost,) = planned()
    app.job_manager.cancel_job_by_id(lost.pk)
    with scope.within(cast.ferndale.pk):
        Sending.objects.update(due_at=timezone.now() - 6 * QUIET)
    tasks.look_after_notices(timestamp=0)

    assert [job.status for job in planned()] == ["cancelled", "todo"]


@pytest.mark.parametrize(("days", "is_kept"), [(364, True), (366, False)])
def test_a_notice_is_kept_for_a_year(cast: Cast, days: int, is_kept: bool) -> None:
    announce(cast.ferndale.pk, a_failure(7))
    with scope.within(cast.ferndale.pk):
        Notice.objects.update(at=timezone.now() - timedelta(days=days))
    tasks.look_after_notices(timestamp=0)

    assert bool(states(cast)) == is_kept


def test_a_reason_of_any_length_is_kept_short(cast: Cast) -> None:
    announce(cast.ferndale.pk, replace(a_failure(7), reason="x" * 5_000))

    with scope.within(cast.ferndale.pk):
        assert len(Notice.objects.get().reason) == 1_000
