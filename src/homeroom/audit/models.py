"""What was done, by whom, to what: one row for each change of data, never altered.

Names and ids instead of foreign keys: an event outlives what it tells of, and everybody may write one.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from homeroom.audit.words import WORDS


class Event(models.Model):
    """One thing that was done. what: a word of ``audit.words``. actor: null and "" where Homeroom did it by itself.

    district_id: null for what concerns the server. Row-level security shows and takes only events of the scope's
    district, and without a scope only those of no district; there is no policy by which a row could be altered or
    deleted (homeroom.districts.row_security).
    """

    at = models.DateTimeField(default=timezone.now, editable=False)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=250, blank=True)
    district_id = models.BigIntegerField(null=True)
    what = models.CharField(max_length=60)
    target_kind = models.CharField(max_length=30, blank=True)
    target_id = models.CharField(max_length=60, blank=True)
    target_name = models.CharField(max_length=250, blank=True)
    detail = models.JSONField(default=dict, blank=True)

    PERSONAL: ClassVar = ("actor_name", "target_name", "detail")
    NOT_PERSONAL: ClassVar = ("at", "actor_id", "district_id", "what", "target_kind", "target_id")

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["district_id", "-at", "-id"], name="event_of_district_by_time")]

    def __str__(self) -> str:
        return f"{self.what} {self.target_name}".strip()

    @property
    def sentence(self) -> str:
        """What was done, without the actor: "onboarded schools: Oak Elementary"."""
        done = WORDS.get(self.what, self.what)
        return f"{done}: {self.target_name}" if self.target_name else done
