"""What people do with notices: each one transaction and one event, refused with a sentence to who may not."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from django.utils import timezone

from homeroom.accounts.models import User
from homeroom.audit.recording import Target, record
from homeroom.districts import Refused
from homeroom.districts.actions.acting import acting
from homeroom.districts.models import District, Membership
from homeroom.notices import sending
from homeroom.notices.channels import NotSentError, addresses_allowed
from homeroom.notices.models import ADDRESS_LENGTH, Errors, Occasion, Webhook, Wish
from homeroom.sealing import keys
from homeroom.sources import SettingsError
from homeroom.sources.addresses import askable

MOST_WEBHOOKS = 20
MOST_DAYS = 366


def choose(*, by: User, district: District, failed: bool, held: bool, with_errors: str, nothing_came: bool) -> Wish:
    """Of what the member wants e-mails from now on."""
    with acting(by, district, "notices.read"):
        if not Membership.objects.filter(user=by).exists():
            raise Refused("Only members of the district get its notices. Operators get a digest of all districts.")
        if with_errors not in Errors.values:
            raise Refused("Please choose one of the answers.")
        chosen = {"failed": failed, "held": held, "with_errors": with_errors, "nothing_came": nothing_came}
        wish, _ = Wish.objects.update_or_create(district=district, user=by, defaults=chosen)
        target = Target("district", district.pk, district.name)
        record(by=by, what="notices.chosen", district_id=district.pk, target=target, detail=chosen)
    return wish


def add_webhook(*, by: User, district: District, url: str, occasions: Collection[str]) -> tuple[Webhook, str]:
    """The webhook, and the secret that signs what it gets: it is told here and never again."""
    with acting(by, district, "webhooks.change"):
        if Webhook.objects.count() >= MOST_WEBHOOKS:
            raise Refused(f"A district has at most {MOST_WEBHOOKS} webhooks. Please remove one first.")
        secret = secrets.token_urlsafe(32)
        webhook = Webhook(district=district, sealed=keys().encrypt(secret.encode()))
        _set(webhook, url, occasions)
        webhook.save()
        _record(by, "webhook.added", webhook, occasions=webhook.occasions)
    return webhook, secret


def change_webhook(*, by: User, webhook: Webhook, url: str, occasions: Collection[str]) -> Webhook:
    with _changing(by, webhook) as changed:
        _set(changed, url, occasions)
        changed.save()
        _record(by, "webhook.changed", changed, occasions=changed.occasions)
    return changed


def renew_secret(*, by: User, webhook: Webhook) -> str:
    """A new secret, told here and never again. The old one signs nothing from now on."""
    with _changing(by, webhook) as changed:
        secret = secrets.token_urlsafe(32)
        changed.sealed = keys().encrypt(secret.encode())
        changed.save()
        _record(by, "webhook.secret-renewed", changed)
    return secret


def remove_webhook(*, by: User, webhook: Webhook) -> None:
    """Nothing is sent there any more, and what was sent is no longer listed."""
    with _changing(by, webhook) as removed:
        _record(by, "webhook.removed", removed)
        removed.delete()


def send_test(*, by: User, webhook: Webhook) -> float:
    """Sends an example, and says after how many seconds it was taken. Raises Refused with the reason if it was not."""
    with _changing(by, webhook) as tested:
        _record(by, "webhook.tested", tested)
    try:
        return sending.post_test(tested)
    except NotSentError as error:
        raise Refused(f"The test did not arrive. {error}") from error


def expect_deliveries(*, by: User, district: District, every_days: int | None) -> District:
    """Members hear of it if no delivery comes for so many days, counted from now at the earliest; null: never."""
    with acting(by, district, "deliveries.expect"):
        if every_days is not None and not 1 <= every_days <= MOST_DAYS:
            raise Refused(f"A delivery is expected every 1 to {MOST_DAYS} days, or not at all.")
        before, district.expected_every_days = district.expected_every_days, every_days
        district.expected_since = None if every_days is None else timezone.now()
        district.save(update_fields=["expected_every_days", "expected_since"])
        target, detail = Target("district", district.pk, district.name), {"before": before, "after": every_days}
        record(by=by, what="district.expectation-changed", district_id=district.pk, target=target, detail=detail)
    return district


@contextmanager
def _changing(by: User, webhook: Webhook) -> Iterator[Webhook]:
    """As ``acting``; inside, the webhook as it is now, which nobody else changes meanwhile."""
    with acting(by, webhook.district, "webhooks.change"):
        found = Webhook.objects.select_for_update().filter(pk=webhook.pk).first()
        if found is None:
            raise Refused("The webhook was removed meanwhile.")
        yield found


def _set(webhook: Webhook, url: str, occasions: Collection[str]) -> None:
    url = url.strip()
    try:
        askable(url, addresses_allowed())
    except SettingsError as error:
        raise Refused(str(error)) from None
    if len(url) > ADDRESS_LENGTH:
        raise Refused(f"The address is longer than {ADDRESS_LENGTH} characters. Please use a shorter one.")
    if not occasions:
        raise Refused("Please choose of what it is told.")
    webhook.url, webhook.occasions = url, [each.value for each in Occasion if each in occasions]


def _record(by: User, what: str, webhook: Webhook, **detail: object) -> None:
    target = Target("webhook", webhook.pk, webhook.host)
    record(by=by, what=what, district_id=webhook.district_id, target=target, detail=detail)
