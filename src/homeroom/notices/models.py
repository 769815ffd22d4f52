"""Notices, who wants which of them, and how far each is on its way. Nothing here is about a pupil."""

from __future__ import annotations

from typing import ClassVar
from urllib.parse import urlsplit

from django.db import models
from django.db.models import Q
from django.utils import timezone

from homeroom.accounts.models import User
from homeroom.districts.models import OfDistrict

ADDRESS_LENGTH = 500


class Occasion(models.TextChoices):
    """What a notice is about."""

    FAILED = "failed", "A sync failed"
    HELD = "held", "A sync is held for review"
    ERRORS = "errors", "A sync completed with errors"
    NOTHING_CAME = "nothing-came", "No delivery came"
    WELL = "well", "The roster is up to date again after a failure"


class Errors(models.TextChoices):
    """Of which syncs with errors a member wants to hear."""

    NONE = "none", "Never"
    NEW = "new", "Only if there are errors that the sync before did not have"
    ALL = "all", "After each sync that has errors"


class State(models.TextChoices):
    """How far a sending is."""

    WAITING = "waiting", "Waiting"
    UNDER_WAY = "under-way", "Being sent"
    SENT = "sent", "Sent"
    FAILED = "failed", "Not sent"


class Wish(OfDistrict):
    """Of what a member wants e-mails. Who has said nothing gets what the defaults say."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    failed = models.BooleanField(default=True)
    held = models.BooleanField(default=True)
    with_errors = models.CharField(max_length=10, choices=Errors, default=Errors.NONE)
    nothing_came = models.BooleanField(default=False)

    PERSONAL: ClassVar = ("user",)
    NOT_PERSONAL: ClassVar = ("district", "failed", "held", "with_errors", "nothing_came")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district", "user"], name="wish_of_a_member"),
            models.CheckConstraint(condition=Q(with_errors__in=Errors.values), name="wish_for_errors_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.district_id}"


class Webhook(OfDistrict):
    """Another system that is told. sealed: the secret that signs what it gets, encrypted; shown once, when it is made.
    occasions: of which it wants to hear.
    """

    url = models.CharField(max_length=ADDRESS_LENGTH)
    sealed = models.BinaryField()
    occasions = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    PERSONAL: ClassVar = ("sealed",)
    NOT_PERSONAL: ClassVar = ("district", "url", "occasions", "created_at")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["district", "id"], name="webhook_and_district")]

    def __str__(self) -> str:
        return self.host

    @property
    def host(self) -> str:
        """The machine by its name: what stands behind it in the address may let somebody in."""
        return urlsplit(self.url).hostname or ""

    @property
    def labels(self) -> list[str]:
        """The occasions in words."""
        return [Occasion(occasion).label for occasion in self.occasions]


class Notice(OfDistrict):
    """One thing that was announced. key: what it is about, so that it is announced once.

    sync_id: the number of the sync; null where none is meant. counts: by kind of record, as the sync has them.
    new_errors: how many errors the sync before did not have; null where they were not compared.
    """

    key = models.CharField(max_length=120)
    occasion = models.CharField(max_length=20, choices=Occasion)
    at = models.DateTimeField(default=timezone.now, editable=False)
    sync_id = models.BigIntegerField(null=True)
    reason = models.TextField(blank=True)
    counts = models.JSONField(default=dict)
    new_errors = models.PositiveIntegerField(null=True)

    PERSONAL: ClassVar = ()
    NOT_PERSONAL: ClassVar = ("district", "key", "occasion", "at", "sync_id", "reason", "counts", "new_errors")

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["district", "-at", "-id"], name="notice_of_district_by_time")]
        constraints = [
            models.UniqueConstraint(fields=["district", "key"], name="notice_once"),
            models.UniqueConstraint(fields=["district", "id"], name="notice_and_district"),
            models.CheckConstraint(condition=Q(occasion__in=Occasion.values), name="notice_occasion_is_known"),
        ]

    def __str__(self) -> str:
        return self.key


class Sending(OfDistrict):
    """One notice on its way to one member by e-mail, or to one webhook. problem: why the last try did not succeed."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    webhook = models.ForeignKey(Webhook, null=True, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=20, choices=State, default=State.WAITING)
    due_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    problem = models.TextField(blank=True)

    PERSONAL: ClassVar = ("user",)
    NOT_PERSONAL: ClassVar = ("district", "notice", "webhook", "state", "due_at", "tries", "sent_at", "problem")

    class Meta:
        ordering = ["-notice__at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "user"], name="sending_once_to_a_member"),
            models.UniqueConstraint(fields=["notice", "webhook"], name="sending_once_to_a_webhook"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="sending_state_is_known"),
            models.CheckConstraint(
                condition=Q(user__isnull=False, webhook__isnull=True) | Q(user__isnull=True, webhook__isnull=False),
                name="sending_has_one_recipient",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} to {self.user_id or self.webhook_id}"

    @property
    def is_final(self) -> bool:
        return self.state in (State.SENT, State.FAILED)


class Digest(models.Model):
    """That an operator was sent the digest of a day. It holds nothing of any district, so it belongs to none."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()

    PERSONAL: ClassVar = ("user",)
    NOT_PERSONAL: ClassVar = ("day",)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "day"], name="digest_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day} to {self.user_id}"
