"""Nights that begin by themselves: a made-up provider is asked, and what it has becomes the roster, or nothing does."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import OperationalError
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from homeroom import engine
from homeroom.demo.provider import Provider
from homeroom.demo.provider_access import KEY, TOKEN, Access
from homeroom.demo.provider_faults import Fault, Kind
from homeroom.districts import Refused, scope
from homeroom.districts import actions as districts
from homeroom.districts.models import District, Method, School
from homeroom.feeds import actions as feeds
from homeroom.feeds.credentials import Credentials
from homeroom.feeds.models import Authentication, Feed
from homeroom.feeds.timetable import WAITS
from homeroom.roster.models import Person
from homeroom.syncs import actions, claims, nights, tasks
from homeroom.syncs.models import State, Sync
from tests.people import Cast, set_method
from tests.syncs.collected import CREDENTIALS, address, feed, impatient, let_it_be_due, night, provider
from tests.syncs.sending import work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("impatient")]

__all__ = ["address", "feed", "impatient", "provider"]  # fixtures are found where they are imported


def people(cast: Cast) -> set[str]:
    with scope.within(cast.ferndale.pk):
        return set(Person.objects.filter(is_active=True).values_list("source_id", flat=True))


def given(provider: Provider, collection: str = "users") -> set[str]:
    return {source_id for source_id, _ in provider.written(collection)}


def rename_a_pupil(provider: Provider) -> str:
    """Whose source id it is."""
    written = provider.written("users")
    place, record = next((i, json.loads(text)) for i, (_, text) in enumerate(written) if b'"student"' in text)
    now = timezone.now().strftime("%Y-%m-%dT%H:%M:%S.000Z")
    changed = json.dumps(record | {"givenName": "Zoë", "dateLastModified": now}).encode()
    provider.rewrite("users", [*written[:place], (record["sourcedId"], changed), *written[place + 1 :]])
    return str(record["sourcedId"])


def due_at(cast: Cast) -> Any:
    return District.objects.get(pk=cast.ferndale.pk).due_at


def test_a_night_brings_what_the_provider_has(cast: Cast, feed: Feed, provider: Provider) -> None:
    sync = night(cast)

    assert (sync.state, sync.started_by, sync.format) == (State.COMPLETED, None, "oneroster-rest"), sync.reason
    assert people(cast) == given(provider)


def test_the_same_night_again_changes_nothing(cast: Cast, feed: Feed) -> None:
    night(cast)
    again = night(cast)

    assert again.state == State.COMPLETED
    assert {name: counts["created"] + counts["updated"] for name, counts in again.counts.items()} == dict.fromkeys(
        again.counts, 0
    )


def test_a_district_is_begun_once_and_due_again_the_next_night(cast: Cast, feed: Feed) -> None:
    let_it_be_due(cast.ferndale)

    assert (nights.begin_due(), nights.begin_due()) == (1, 0)
    assert due_at(cast) is not None
    assert due_at(cast) > timezone.now()


@pytest.mark.parametrize("why", ["paused", "closed", "self-serve", "not due"])
def test_no_night_begins(cast: Cast, feed: Feed, why: str) -> None:
    if why == "paused":
        feeds.pause(by=cast.operator, district=cast.ferndale)
    else:
        let_it_be_due(cast.ferndale)
    if why == "closed":
        districts.close_district(by=cast.operator, district=cast.ferndale)
    if why == "self-serve":
        set_method(by=cast.operator, district=cast.ferndale, method=Method.SELF_SERVE)
    if why == "not due":
        feeds.change_timetable(by=cast.operator, district=cast.ferndale)

    assert nights.begin_due() == 0


def test_a_provider_that_is_down_fails_the_night_and_changes_nothing(
    cast: Cast, feed: Feed, provider: Provider
) -> None:
    night(cast)
    before = people(cast)
    provider.fail(Fault(Kind.FAILING, "users", 0, None))
    sync = night(cast)

    assert sync.state == State.FAILED
    assert "users" in sync.reason
    assert people(cast) == before


def test_a_night_that_failed_is_tried_again_with_growing_waits_and_stays_one_sync(
    cast: Cast, feed: Feed, provider: Provider
) -> None:
    provider.fail(Fault(Kind.FAILING, "orgs", 0, None))
    for wait in WAITS:
        begun = timezone.now()
        sync = night(cast)
        assert sync.state == State.FAILED
        assert begun + wait <= due_at(cast) <= timezone.now() + wait
    provider.fail()

    sync = night(cast)
    assert sync.state == State.COMPLETED
    with scope.within(cast.ferndale.pk):
        assert Sync.objects.count() == 1
        assert Feed.objects.get().tries == 0


@pytest.mark.parametrize("end", ["another reason", "a mistake of ours", "a worker that died", "wrong credentials"])
def test_a_try_that_fails_for_good_is_the_last_of_its_night(
    cast: Cast, feed: Feed, provider: Provider, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    provider.fail(Fault(Kind.FAILING, "orgs", 0, None))
    first = night(cast)
    provider.fail()
    with monkeypatch.context() as failing:
        if end == "another reason":
            failing.setattr(engine, "summarise", stopped)
        if end == "a mistake of ours":
            failing.setattr(engine, "validate", None)
        if end == "a worker that died":
            failing.setattr(claims, "MOST_DEATHS", 0)
        if end == "wrong credentials":
            feeds.rotate_credentials(by=cast.operator, district=cast.ferndale, credentials=Credentials(KEY, "another"))
        second = night(cast)
    feeds.rotate_credentials(by=cast.operator, district=cast.ferndale, credentials=CREDENTIALS)
    assert (second.pk, second.state) == (first.pk, State.FAILED)

    third = night(cast)

    assert (third.pk != first.pk, third.state) == (True, State.COMPLETED)
    with scope.within(cast.ferndale.pk):
        assert Sync.objects.get(pk=first.pk).state == State.FAILED


def stopped(*_: object, **__: object) -> None:
    raise Refused("It cannot be judged.")


def test_night_after_one_that_was_tried_in_vain_is_one_of_its_own(cast: Cast, feed: Feed, provider: Provider) -> None:
    provider.fail(Fault(Kind.FAILING, "orgs", 0, None))
    for _ in range(len(WAITS) + 1):
        night(cast)
    night(cast)

    with scope.within(cast.ferndale.pk):
        assert [sync.state for sync in Sync.objects.all()] == [State.FAILED, State.FAILED]


def test_district_that_has_its_method_again_is_due_again(cast: Cast, feed: Feed) -> None:
    set_method(by=cast.operator, district=cast.ferndale, method=Method.SELF_SERVE)
    let_it_be_due(cast.ferndale)
    nights.begin_due()

    districts.change_method(by=cast.operator, district=cast.ferndale, method=Method.CLASSLINK)

    assert due_at(cast) is not None
    assert due_at(cast) > timezone.now()


@pytest.mark.parametrize("zone", ["Pacific/Honolulu", "Asia/Tokyo"])
def test_next_night_is_at_the_clock_of_the_new_time_zone(cast: Cast, feed: Feed, zone: str) -> None:
    before = due_at(cast)
    districts.change_time_zone(by=cast.operator, district=cast.ferndale, time_zone=zone)
    after = due_at(cast)

    clock = before.astimezone(ZoneInfo("America/Chicago")).time()
    assert after.astimezone(ZoneInfo(zone)).time() == clock
    assert timezone.now() < after < timezone.now() + timedelta(days=2)


def test_sync_says_from_where_it_was_collected(cast: Cast, feed: Feed) -> None:
    assert night(cast).delivery_name == "127.0.0.1"


def test_wrong_credentials_are_told_and_not_tried_again(cast: Cast, feed: Feed) -> None:
    feeds.rotate_credentials(by=cast.operator, district=cast.ferndale, credentials=Credentials(KEY, "another"))
    sync = night(cast)

    assert sync.state == State.FAILED
    assert "credentials" in sync.reason or "key" in sync.reason
    with scope.within(cast.ferndale.pk):
        assert Feed.objects.get().tries == 0


def test_only_changes_are_asked_for_where_the_provider_tells_them_and_everything_in_between(
    cast: Cast, feed: Feed, provider: Provider
) -> None:
    feeds.change_timetable(by=cast.operator, district=cast.ferndale, tells_changes=True, complete_every_days=7)
    assert night(cast).since is None
    assert night(cast).since is not None
    assert people(cast) == given(provider)
    with scope.within(cast.ferndale.pk):
        Feed.objects.update(complete_at=timezone.now() - timedelta(days=8))
    assert night(cast).since is None


def test_a_changed_record_comes_with_the_changes(cast: Cast, feed: Feed, provider: Provider) -> None:
    feeds.change_timetable(by=cast.operator, district=cast.ferndale, tells_changes=True)
    night(cast)
    pupil = rename_a_pupil(provider)

    sync = night(cast)

    assert (sync.state, sync.counts["users"]["updated"]) == (State.COMPLETED, 1)
    with scope.within(cast.ferndale.pk):
        assert Person.objects.get(source_id=pupil).given_name == "Zoë"
    assert people(cast) == given(provider)


def test_what_vanishes_from_a_complete_pull_is_deactivated(cast: Cast, feed: Feed, provider: Provider) -> None:
    night(cast)
    pupil = next(source_id for source_id, text in provider.written("users") if b'"student"' in text)
    for collection in ("users", "demographics", "enrollments"):
        rows = provider.written(collection)
        provider.rewrite(collection, [row for row in rows if pupil.encode() not in row[1]])

    sync = night(cast)

    assert (sync.state, sync.counts["users"]["deactivated"]) == (State.COMPLETED, 1)
    assert people(cast) == given(provider)


def test_run_now_begins_at_once_and_leaves_the_timetable(cast: Cast, feed: Feed, provider: Provider) -> None:
    before = due_at(cast)
    sync = nights.run_now(by=cast.operator, district=cast.ferndale)
    tasks.run_sync(district_id=cast.ferndale.pk, sync_id=sync.pk)

    assert due_at(cast) == before
    assert people(cast) == given(provider)


def test_run_now_is_refused_while_a_night_is_under_way(cast: Cast, feed: Feed) -> None:
    nights.run_now(by=cast.operator, district=cast.ferndale)

    with pytest.raises(Refused, match="under way already"):
        nights.run_now(by=cast.operator, district=cast.ferndale)


def test_a_thousand_districts_are_due_at_the_same_minute_and_each_begins_once(cast: Cast, feed: Feed) -> None:
    """Each begins in a transaction of its own; here twenty stand for them."""
    others = []
    for number in range(20):
        district = districts.create_district(
            by=cast.operator, name=f"District {number}", method=Method.ONEROSTER_REST, time_zone="America/Chicago"
        )
        feeds.connect(
            by=cast.operator, district=district, credentials=Credentials("", TOKEN),
            base_url=feed.base_url, version="1.1", authentication=Authentication.BEARER,
        )  # fmt: skip
        let_it_be_due(district)
        others.append(district)

    assert nights.begin_due() == len(others)
    assert nights.begin_due() == 0
    assert ProcrastinateJob.objects.filter(task_name="run_sync").count() == len(others)


def test_a_district_that_cannot_be_begun_holds_up_no_other(cast: Cast, feed: Feed) -> None:
    let_it_be_due(cast.ferndale)
    let_it_be_due(cast.lakeside)
    District.objects.filter(pk=cast.lakeside.pk).update(
        method=Method.CLASSLINK, time_zone="Mars/Olympus_Mons", due_at=timezone.now() - timedelta(hours=1)
    )
    with scope.within(cast.lakeside.pk):
        Feed.objects.create(
            district=cast.lakeside, base_url="https://sis.example", authentication="bearer", sealed=b"-"
        )

    assert nights.begin_due() == 1


def test_a_failure_and_its_next_try_are_noted_together_or_not_at_all(
    cast: Cast, feed: Feed, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.fail(Fault(Kind.FAILING, "orgs", 0, None))
    monkeypatch.setattr("homeroom.feeds.actions.plan_next_try", lost)
    with pytest.raises(OperationalError):
        night(cast)

    with scope.within(cast.ferndale.pk):
        assert Sync.objects.get().state == State.PROCESSING


def lost(*_: object) -> None:
    """The database, in that very moment."""
    raise OperationalError


def test_a_collected_sync_that_is_tried_again_is_collected_again(
    cast: Cast, feed: Feed, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as mistaken:
        mistaken.setattr("homeroom.engine.validate", None)
        failed = night(cast)
    assert failed.state == State.FAILED
    pupil = rename_a_pupil(provider)

    actions.retry(by=cast.operator, sync=failed)
    tasks.run_sync(district_id=cast.ferndale.pk, sync_id=failed.pk)

    with scope.within(cast.ferndale.pk):
        assert Person.objects.get(source_id=pupil).given_name == "Zoë"


@pytest.mark.django_db(transaction=True)
def test_undone_changes_come_again_though_the_provider_tells_changes_only(
    cast: Cast, feed: Feed, provider: Provider
) -> None:
    feeds.change_timetable(by=cast.operator, district=cast.ferndale, tells_changes=True)
    night(cast)
    pupil = rename_a_pupil(provider)
    work(actions.undo(by=cast.operator, sync=night(cast)))
    with scope.within(cast.ferndale.pk):
        assert Person.objects.get(source_id=pupil).given_name != "Zoë"

    assert night(cast).since is None
    with scope.within(cast.ferndale.pk):
        assert Person.objects.get(source_id=pupil).given_name == "Zoë"


def test_a_school_that_is_onboarded_brings_its_records_though_they_have_not_changed(
    cast: Cast, feed: Feed, provider: Provider
) -> None:
    feeds.change_timetable(by=cast.operator, district=cast.ferndale, tells_changes=True)
    with scope.within(cast.ferndale.pk):
        found = School.objects.filter(is_onboarded=True, source_id__in=given(provider, "orgs"))
        late = found.first()
        assert late is not None
        School.objects.filter(pk=late.pk).update(is_onboarded=False)
    night(cast)
    assert people(cast) < given(provider)
    with scope.within(cast.ferndale.pk):
        School.objects.filter(pk=late.pk).update(is_onboarded=True)

    assert night(cast).since is None
    assert people(cast) == given(provider)
    assert night(cast).since is not None


@pytest.mark.parametrize(
    ("authentication", "access", "credentials"),
    [
        (Authentication.OAUTH1_SHA1, Access("oauth1"), CREDENTIALS),
        (Authentication.OAUTH2_BASIC, Access("oauth2"), CREDENTIALS),
        (Authentication.OAUTH2_FORM, Access("oauth2", in_body=True), CREDENTIALS),
        (Authentication.BEARER, Access("bearer"), Credentials("", TOKEN)),
    ],
)
def test_every_way_of_showing_who_asks(
    cast: Cast, feed: Feed, provider: Provider, authentication: str, access: Access, credentials: Credentials
) -> None:
    provider.access = access
    token_url = feed.base_url.split("/ims")[0] + "/token"
    feeds.connect(
        by=cast.operator, district=cast.ferndale, credentials=credentials,
        authentication=authentication, token_url=token_url,
    )  # fmt: skip

    sync = night(cast)

    assert sync.state == State.COMPLETED, sync.reason
