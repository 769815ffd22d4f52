"""Who is told of what? District administrators by what they wish for, webhooks by what they were set up for."""

from __future__ import annotations

from collections.abc import Iterator

from homeroom.accounts.models import User
from homeroom.districts.models import Membership, Role
from homeroom.notices.models import Errors, Notice, Occasion, Webhook, Wish


def may_be_told() -> Iterator[User]:
    """The members of the scope's district who may read its sync reports, and so may hear of them."""
    members = Membership.objects.filter(role=Role.DISTRICT_ADMIN, user__is_active=True).select_related("user")
    for member in members.order_by("pk"):
        yield member.user


def wish_of(user: User) -> Wish:
    """What the member wants, in the scope's district; what everybody gets who has said nothing."""
    return Wish.objects.filter(user=user).first() or Wish(user=user)


def members_for(notice: Notice, *, after: Occasion | None) -> Iterator[User]:
    """after: what is over, where the roster is up to date again: who heard of that hears of its end."""
    for user in may_be_told():
        if _wants(wish_of(user), notice, after=after):
            yield user


def webhooks_for(notice: Notice) -> Iterator[Webhook]:
    for webhook in Webhook.objects.all():
        if notice.occasion in webhook.occasions:
            yield webhook


def _wants(wish: Wish, notice: Notice, *, after: Occasion | None) -> bool:
    match Occasion(notice.occasion):
        case Occasion.FAILED:
            return wish.failed
        case Occasion.HELD:
            return wish.held
        case Occasion.NOTHING_CAME:
            return wish.nothing_came
        case Occasion.ERRORS:
            is_new = notice.new_errors is None or notice.new_errors > 0
            return wish.with_errors == Errors.ALL or (wish.with_errors == Errors.NEW and is_new)
        case Occasion.WELL:
            return wish.nothing_came if after == Occasion.NOTHING_CAME else wish.failed
