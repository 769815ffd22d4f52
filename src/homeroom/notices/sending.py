"""Waiting notices are taken, sent, and noted as sent. What fails is tried again with growing waits.

Each is claimed, and the claim committed, before anything leaves. If a worker dies in between, nobody can know whether
it left: an e-mail is then not sent again, so that nobody gets it twice; a webhook is, since its receiver can tell by
the notice's number that it has it already.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import timezone

from homeroom.accounts.models import User
from homeroom.districts import scope
from homeroom.districts.models import District
from homeroom.notices import channels, recipients
from homeroom.notices.messages import Letter, Place, Publisher, Standing, Told, digest, letter, payload
from homeroom.notices.models import Digest, Notice, Occasion, Sending, State, Webhook

#: After a failed try; then it is given up.
WAITS = (
    timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=6),
    timedelta(hours=12),
)  # fmt: skip
INTERRUPTED = "The server was stopped while it was sent. It may have arrived, so it is not sent a second time."
NO_LONGER = "The member no longer looks after this district."


def email_waiting(user_id: int) -> datetime | None:
    """Sends the member one e-mail with all that waits, and says when to try again if that failed. In a district's
    scope.
    """
    user, sendings = User.objects.get(pk=user_id), _claim_for(user_id)
    if not sendings:
        return None
    ours = Sending.objects.filter(pk__in=[one.pk for one in sendings], state=State.UNDER_WAY)
    if user not in recipients.may_be_told():
        ours.update(state=State.FAILED, problem=NO_LONGER)
        return None
    district = District.objects.get(pk=scope.current())
    written = letter([told(one.notice, district) for one in sendings], place_of(district), publisher())
    try:
        channels.send_email(user.email, written, name=f"notice-{sendings[0].pk}-{len(sendings)}")
    except channels.NotSentError as error:
        return _put_off(ours, tries=max(one.tries for one in sendings), problem=str(error))
    _note_sent(ours)
    return None


def _claim_for(user_id: int) -> list[Sending]:
    """Those that waited, ours now."""
    with transaction.atomic():
        mine = Sending.objects.filter(user_id=user_id)
        mine.filter(state=State.UNDER_WAY).update(state=State.FAILED, problem=INTERRUPTED)
        waiting = mine.filter(state=State.WAITING).order_by("pk").select_for_update()
        claimed = list(waiting.values_list("pk", flat=True))
        mine.filter(pk__in=claimed).update(state=State.UNDER_WAY, tries=F("tries") + 1)
    return list(mine.filter(pk__in=claimed).select_related("notice").order_by("pk"))


def post(sending_id: int) -> Sending | None:
    """Posts one notice; the sending once more if it is to be tried again, at its ``due_at``. In a district's scope."""
    ours = Sending.objects.filter(pk=sending_id, state__in=[State.WAITING, State.UNDER_WAY])
    if not ours.update(state=State.UNDER_WAY, tries=F("tries") + 1):
        return None
    sending = Sending.objects.select_related("notice", "webhook", "district").get(pk=sending_id)
    assert sending.webhook is not None
    district = sending.district
    said = payload(told(sending.notice, district), place_of(district), number=sending.notice_id)
    try:
        channels.post(sending.webhook, said)
    except channels.NotSentError as error:
        again_at = _put_off(ours, tries=sending.tries, problem=str(error))
        sending.refresh_from_db()
        return sending if again_at else None
    _note_sent(ours)
    return None


def post_test(webhook: Webhook) -> float:
    """Posts what a failed sync would look like, and says after how many seconds it was taken. Raises NotSentError."""
    district, now = webhook.district, timezone.now()
    example = Told(Occasion.FAILED, now, place_of(district).href, reason="This is a test: no sync failed.")
    return channels.post(webhook, {**payload(example, place_of(district), number=0), "is_test": True})


def send_digest(standings: Iterable[Standing], day: date) -> None:
    """Sends each operator the digest of the day, unless they have it; nothing is sent if all is well.

    Raises NotSentError if somebody could not be sent it, so that it is tried again.
    """
    written = list(standings)
    if not written:
        return
    text = digest(written, publisher())
    failure: channels.NotSentError | None = None
    for operator in User.objects.filter(is_operator=True, is_active=True).order_by("pk"):
        try:
            _send_digest_to(operator, text, day)
        except channels.NotSentError as error:
            failure = error  # one whose address is refused must not keep it from the others
    if failure is not None:
        raise failure


def _send_digest_to(operator: User, text: Letter, day: date) -> None:
    """Noted before it leaves, so that nobody gets it twice; if it did not leave, it is noted no longer."""
    noted, is_new = Digest.objects.get_or_create(user=operator, day=day)
    if not is_new:
        return
    try:
        channels.send_email(operator.email, text, name=f"digest-{noted.pk}")
    except channels.NotSentError:
        noted.delete()
        raise


def told(notice: Notice, district: District) -> Told:
    """The notice as messages know it."""
    page = ("sync-reports", [district.slug]) if notice.sync_id is None else ("sync", [district.slug, notice.sync_id])
    return Told(
        occasion=Occasion(notice.occasion),
        at=notice.at,
        href=address(*page),
        sync_id=notice.sync_id,
        reason=notice.reason,
        counts=notice.counts,
        new_errors=notice.new_errors,
    )


def place_of(district: District) -> Place:
    return Place(district.name, district.slug, district.time_zone, address("notices", [district.slug]))


def publisher() -> Publisher:
    return Publisher(settings.HOMEROOM_PRODUCT, settings.HOMEROOM_SUPPORT_TEXT, settings.HOMEROOM_SUPPORT_LINK)


def address(page: str, of: list[object]) -> str:
    """The full address of a page, for those who do not come from one."""
    return f"{settings.HOMEROOM_URL}{reverse(page, args=of)}"


def _note_sent(ours: QuerySet[Sending]) -> None:
    ours.update(state=State.SENT, sent_at=timezone.now(), problem="")


def _put_off(ours: QuerySet[Sending], *, tries: int, problem: str) -> datetime | None:
    """When it is tried again; null if it is given up."""
    if tries > len(WAITS):
        ours.update(state=State.FAILED, problem=problem)
        return None
    again_at = timezone.now() + WAITS[tries - 1]
    ours.update(state=State.WAITING, due_at=again_at, problem=problem)
    return again_at
