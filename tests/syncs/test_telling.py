"""Syncs tell what became of them: once, with the state itself, and nothing about a pupil."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from itertools import chain

import pytest
from django.core import mail
from django.utils import timezone

from homeroom.accounts.actions import create_account
from homeroom.accounts.models import User
from homeroom.districts import actions as districts
from homeroom.districts import scope
from homeroom.districts.models import District, Method
from homeroom.notices import actions as notices
from homeroom.notices import sending
from homeroom.notices import tasks as notice_tasks
from homeroom.notices.models import Digest, Errors, Notice, Occasion
from homeroom.syncs import actions, claims, pipeline, tasks, telling
from homeroom.syncs.models import State, Sync
from homeroom.syncs.reasons import OUR_MISTAKE
from tests.people import Cast
from tests.syncs.outcomes import Outcomes, outcomes
from tests.syncs.sending import synced, work

__all__ = ["outcomes"]  # fixtures are found where they are imported


def told(cast: Cast) -> list[tuple[str, int | None]]:
    with scope.within(cast.ferndale.pk):
        return list(Notice.objects.order_by("pk").values_list("occasion", "sync_id"))


def wanting_all(cast: Cast) -> None:
    notices.choose(
        by=cast.district_admin, district=cast.ferndale,
        failed=True, held=True, with_errors=Errors.ALL, nothing_came=True,
    )  # fmt: skip


def emails(cast: Cast) -> str:
    """All that the District Administrator was written."""
    notice_tasks.send_notices_by_email(district_id=cast.ferndale.pk, user_id=cast.district_admin.pk)
    return "\n".join(f"{sent.subject}\n{sent.body}" for sent in mail.outbox)


def test_a_sync_that_completes_is_nothing_to_tell(cast: Cast, outcomes: Outcomes) -> None:
    assert outcomes.completed().state == State.COMPLETED
    assert told(cast) == []


def test_a_sync_with_errors_is_told_with_its_counts(cast: Cast, outcomes: Outcomes) -> None:
    wanting_all(cast)
    sync = outcomes.with_errors()

    assert told(cast) == [(Occasion.ERRORS, sync.pk)]
    refused = sum(counts["refused"] for counts in sync.counts.values())
    assert f"{refused:,} records were refused; {sync.standing['new']:,} errors are new." in emails(cast)


def test_the_same_errors_once_more_are_told_as_none_new(cast: Cast, outcomes: Outcomes) -> None:
    outcomes.with_errors()
    again = outcomes.with_errors()

    with scope.within(cast.ferndale.pk):
        assert Notice.objects.get(sync_id=again.pk).new_errors == 0


def test_a_sync_that_fails_is_told_and_the_next_good_one_makes_well(cast: Cast, outcomes: Outcomes) -> None:
    failed, good = outcomes.failed(), outcomes.completed()

    assert told(cast) == [(Occasion.FAILED, failed.pk), (Occasion.WELL, good.pk)]


def test_a_held_sync_is_told_with_its_limit_and_again_when_it_is_held_for_something_else(
    cast: Cast, outcomes: Outcomes
) -> None:
    held = outcomes.held()
    assert told(cast) == [(Occasion.HELD, held.pk)]
    assert "enrollments" in emails(cast)

    with scope.within(cast.ferndale.pk):  # as if the roster had been another one when it was held
        Sync.objects.filter(pk=held.pk).update(changes_digest="1" * 64)
        (notice,) = Notice.objects.all()
        notice.key = notice.key.replace(held.changes_digest[:32], "1" * 32)
        notice.save()
    anew = work(actions.approve(by=cast.district_admin, sync=held, digest="1" * 64))
    assert anew.state == State.HELD
    assert told(cast) == [(Occasion.HELD, held.pk)] * 2


def test_the_reason_is_told_in_the_words_of_the_syncs_page(cast: Cast, outcomes: Outcomes) -> None:
    sync = outcomes.unreadable()

    assert "users.csv" in sync.reason
    assert telling.harmless_reason(sync) == f"{sync.reason} {' '.join(sync.report['remedies'])}"
    assert sync.reason in emails(cast)


def test_the_delivery_itself_is_told_without_its_name(cast: Cast, outcomes: Outcomes) -> None:
    sync = outcomes.failed()

    assert sync.reason.startswith("roster.zip is ")
    assert telling.harmless_reason(sync) == sync.reason.replace("roster.zip", "The delivery")


def test_a_reason_of_the_server_itself_is_told(cast: Cast) -> None:
    a_sync(cast, state=State.FAILED, finished_at=timezone.now(), reason=OUR_MISTAKE)

    with scope.within(cast.ferndale.pk):
        assert Notice.objects.get().reason == OUR_MISTAKE


@pytest.mark.parametrize(
    "reason",
    [
        "“Ana Lopez.csv” in roster.zip is locked with a password.",
        "roster.zip is damaged: before “Ana Lopez.csv” there is something that it does not list.",
        "Ana Lopez.xlsx is an Excel workbook. In Excel choose Save As.",
        "The roster's files lie in different folders of roster.zip: “Ana” and “Lopez”.",
    ],
)
def test_a_reason_that_names_what_was_delivered_stays_on_its_page(cast: Cast, reason: str) -> None:
    a_sync(cast, state=State.FAILED, finished_at=timezone.now(), reason=reason)

    with scope.within(cast.ferndale.pk):
        assert Notice.objects.get().reason == telling.NOT_OPENED


def test_a_template_that_is_sent_as_a_roster_fails_with_what_to_send_instead(cast: Cast, outcomes: Outcomes) -> None:
    header = "studentId,firstName,middleName,lastName,email,grade,username,password"

    sync = synced(outcomes.by, outcomes.district, {"student-upload.csv": f"{header}\n".encode()})

    assert sync.state == State.FAILED
    assert "Send the zip that your student information system exports as OneRoster CSV" in sync.reason
    assert "ask the publisher to change the district's rostering method to Self-serve" in sync.reason
    assert telling.harmless_reason(sync) == sync.reason


def test_what_the_provider_itself_says_stays_in_sync_reports(cast: Cast) -> None:
    reason = "users, page 3 (of 9): The provider answers with status 500 (no (such) user Ana Lopez). Ask it."
    a_sync(cast, state=State.FAILED, finished_at=timezone.now(), is_collected=True, reason=reason)

    with scope.within(cast.ferndale.pk):
        assert Notice.objects.get().reason == "users, page 3. Ask it."


def test_uploads_of_self_serve_districts_tell_nothing(cast: Cast) -> None:
    a_sync(cast, state=State.FAILED, finished_at=timezone.now(), method=Method.SELF_SERVE, reason="Closed.")

    assert told(cast) == []


def a_sync(cast: Cast, **columns: object) -> None:
    """One that is told, as it stands."""
    with scope.within(cast.ferndale.pk):
        sync = Sync.objects.create(
            district=cast.ferndale, delivery_name="roster.zip", delivery_digest="1", delivery_bytes=1,
            **{"method": Method.CLASSLINK, **columns},
        )  # fmt: skip
        telling.tell(sync.pk)


def test_a_sync_given_up_after_three_deaths_is_told(cast: Cast, outcomes: Outcomes) -> None:
    sync = outcomes.queued()
    with scope.within(cast.ferndale.pk):
        Sync.objects.filter(pk=sync.pk).update(state=State.PROCESSING, deaths=claims.MOST_DEATHS - 1)
        claims.begin(sync.pk)

    assert told(cast) == [(Occasion.FAILED, sync.pk)]


def test_state_and_notice_come_together_or_not_at_all(
    cast: Cast, outcomes: Outcomes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(_: int) -> None:
        raise KeyboardInterrupt

    sync = outcomes.queued()
    monkeypatch.setattr(pipeline.telling, "tell", killed)
    with pytest.raises(KeyboardInterrupt):
        tasks.run_sync(district_id=cast.ferndale.pk, sync_id=sync.pk)

    with scope.within(cast.ferndale.pk):
        assert Sync.objects.get(pk=sync.pk).state == State.PROCESSING
    monkeypatch.undo()
    assert work(sync).state == State.COMPLETED


def test_nothing_that_is_told_is_about_a_pupil(cast: Cast, outcomes: Outcomes) -> None:
    """Rows with all kinds of mistakes, a table whose first row stands where its header should, one of other signs, a
    file named after a pupil.
    """
    wanting_all(cast)
    users = outcomes.bad["users.csv"]
    headless = users.split(b"\n", 1)[1]
    outcomes.with_errors()
    for files in (
        {**outcomes.good, "users.csv": headless},
        {**outcomes.good, "users.csv": users[:2_000] + b"\x00" + users[2_000:]},
        {
            **outcomes.good,
            "users.csv": users.splitlines(keepends=True)[0] + headless.replace(b'"', b"").replace(b",", b'"'),
        },
        {"users of Ana Lopez.csv": users},
    ):
        synced(outcomes.by, outcomes.district, files, confirm=True)

    text = emails(cast)
    assert "A sync failed" in text
    assert "errors are new" in text
    assert [cell for cell in personal(users) if cell in text] == []
    assert "Ana Lopez" not in text


def personal(users: bytes) -> set[str]:
    """What of people is long enough to be told from other words."""
    columns = ("sourcedId", "username", "givenName", "familyName", "email", "identifier")
    rows = csv.DictReader(io.StringIO(users.decode(errors="replace"), newline=""))
    return {row[column] for row in rows for column in columns if len(row[column] or "") > 5}


@pytest.fixture
def expecting(cast: Cast) -> District:
    return notices.expect_deliveries(by=cast.district_admin, district=cast.ferndale, every_days=2)


def let_days_pass(district: District, days: int) -> None:
    """As if what happened so far had happened so long ago."""
    past = timezone.now() - timedelta(days=days, minutes=1)
    District.objects.filter(pk=district.pk).update(expected_since=past)
    with scope.within(district.pk):
        Sync.objects.update(created_at=past)


@pytest.mark.parametrize(("days", "is_told"), [(1, False), (2, True), (9, True)])
def test_where_no_delivery_came_as_expected_it_is_told(
    cast: Cast, expecting: District, days: int, is_told: bool
) -> None:
    let_days_pass(expecting, days)
    tasks.tell_of_missing_deliveries(timestamp=0)

    assert told(cast) == ([(Occasion.NOTHING_CAME, None)] if is_told else [])


def test_a_delivery_that_came_in_time_is_not_missed(cast: Cast, expecting: District, outcomes: Outcomes) -> None:
    outcomes.completed()
    District.objects.filter(pk=expecting.pk).update(expected_since=timezone.now() - timedelta(days=9))
    tasks.tell_of_missing_deliveries(timestamp=0)

    assert told(cast) == []


def test_that_nothing_came_is_told_once_for_each_time(cast: Cast, expecting: District, outcomes: Outcomes) -> None:
    let_days_pass(expecting, 3)
    for _ in range(3):
        tasks.tell_of_missing_deliveries(timestamp=0)
    assert told(cast) == [(Occasion.NOTHING_CAME, None)]

    good = outcomes.completed()
    tasks.tell_of_missing_deliveries(timestamp=0)
    assert told(cast)[1:] == [(Occasion.WELL, good.pk)]
    let_days_pass(expecting, 3)
    tasks.tell_of_missing_deliveries(timestamp=0)
    assert [occasion for occasion, _ in told(cast)] == [Occasion.NOTHING_CAME, Occasion.WELL, Occasion.NOTHING_CAME]


def test_nothing_is_missed_from_a_district_that_is_closed(cast: Cast, expecting: District) -> None:
    let_days_pass(expecting, 9)
    districts.close_district(by=cast.operator, district=expecting)
    tasks.tell_of_missing_deliveries(timestamp=0)

    assert told(cast) == []


MORNING = int(datetime(2026, 9, 1, 12, tzinfo=UTC).timestamp())


def test_operators_get_one_digest_a_day_of_what_is_wrong_anywhere(
    cast: Cast, expecting: District, outcomes: Outcomes
) -> None:
    other = an_operator(cast)
    failed = outcomes.failed()
    let_days_pass(expecting, 3)
    for _ in range(2):
        tasks.send_digest(timestamp=MORNING)

    assert sorted(chain.from_iterable(sent.to for sent in mail.outbox)) == sorted([cast.operator.email, other.email])
    text = str(mail.outbox[0].body)
    assert mail.outbox[0].subject == "Homeroom: districts: 1 failed, 1 without a delivery"
    assert f"http://localhost:8000/d/ferndale/sync-reports/{failed.pk}/" in text
    assert telling.harmless_reason(failed) in text
    assert "Lakeside" not in text


def test_a_digest_tells_what_is_wrong_now_and_nothing_that_is_over(cast: Cast, outcomes: Outcomes) -> None:
    outcomes.failed()
    outcomes.held()
    assert [one.occasion for one in telling.standings()] == [Occasion.HELD]

    outcomes.completed()
    tasks.send_digest(timestamp=MORNING)
    assert mail.outbox == []


def test_a_failure_is_over_when_a_sync_has_succeeded_since_whichever_was_begun_first(
    cast: Cast, outcomes: Outcomes
) -> None:
    first = outcomes.unreadable()
    outcomes.failed()
    assert [one.occasion for one in telling.standings()] == [Occasion.FAILED]

    with scope.within(cast.ferndale.pk):  # tried once more, and by then all is there
        Sync.objects.filter(pk=first.pk).update(state=State.COMPLETED, reason="", finished_at=timezone.now())
    assert list(telling.standings()) == []


def test_a_failure_does_not_come_back_when_the_sync_that_mended_it_is_undone(cast: Cast, outcomes: Outcomes) -> None:
    outcomes.failed()
    work(actions.undo(by=cast.district_admin, sync=outcomes.completed()))

    assert list(telling.standings()) == []


def test_a_digest_that_could_not_be_sent_is_tried_again(
    cast: Cast, outcomes: Outcomes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object, **__: object) -> None:
        raise sending.channels.NotSentError("The mail server did not take it.")

    outcomes.failed()
    monkeypatch.setattr(sending.channels, "send_email", down)
    with pytest.raises(sending.channels.NotSentError):
        tasks.send_digest(timestamp=MORNING)
    monkeypatch.undo()
    tasks.send_digest(timestamp=MORNING)

    assert len(mail.outbox) == 1
    assert list(Digest.objects.values_list("day", flat=True)) == [date(2026, 9, 1)]


def test_an_operator_whose_address_is_refused_does_not_keep_the_digest_from_the_others(
    cast: Cast, outcomes: Outcomes, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, reached = an_operator(cast), []

    def refuses_the_first(to: str, *_: object, **__: object) -> None:
        if to == cast.operator.email:
            raise sending.channels.NotSentError("The mail server did not take it.")
        reached.append(to)

    outcomes.failed()
    monkeypatch.setattr(sending.channels, "send_email", refuses_the_first)
    for _ in range(2):
        with pytest.raises(sending.channels.NotSentError):
            tasks.send_digest(timestamp=MORNING)

    assert reached == [other.email]


def an_operator(cast: Cast) -> User:
    other = create_account(email="oscar@publisher.example", name="Oscar Operator", password="correct horse battery")
    other.is_operator = True
    other.save()
    return other
