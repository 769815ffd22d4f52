"""One attempt to bring a district's roster up to date: how far it is, what it found, and who decided what."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from homeroom.accounts.models import User
from homeroom.districts.models import Method, OfDistrict, School, SchoolYear
from homeroom.districts.scope import TenantManager
from homeroom.engine import Status


class State(models.TextChoices):
    """How a sync is doing, in the words of the Sync Reports page (product.md 4.1)."""

    QUEUED = "queued", "Queued"
    PROCESSING = "processing", "Processing"
    HELD = "held", "Held for Review"
    COMPLETED = "completed", "Completed"
    WITH_ERRORS = "completed-with-errors", "Completed with Errors"
    FAILED = "failed", "Failed"
    DISCARDED = "discarded", "Discarded"
    UNDOING = "undoing", "Undoing"
    UNDONE = "undone", "Undone"


UNDER_WAY = (State.QUEUED, State.PROCESSING)
SUCCEEDED = (State.COMPLETED, State.WITH_ERRORS)
FINAL = (*SUCCEEDED, State.FAILED, State.DISCARDED, State.UNDONE)
#: The sync itself is over. While it is undone the roster is still as it left it.
FINISHED = (*FINAL, State.UNDOING)
#: As far as it goes by itself: only then it is known what was refused.
ENDED = (State.HELD, *FINISHED)


class RosterSyncManager(TenantManager["Sync"]):
    """Syncs of whole rosters: without the uploads of the time when a district was self-serve."""

    def get_queryset(self) -> models.QuerySet[Sync]:
        return super().get_queryset().exclude(method=Method.SELF_SERVE)


class Sync(OfDistrict):
    """A sync. Its files are in ``storage``; what it changed is in the roster, or, held, would be.

    run: counts how often a worker began it; a worker that has lost it to another one finds another number here.
    deaths: how often a worker began it and was not heard of again. stage: what is being done, in words; steps_done of
    steps are done. reason: why it failed, is held, or was not undone, in words. counts: by kind of record how many were
    created, updated, unchanged, deactivated, refused and left_out. report: ``engine.Report`` as JSON; no pupil's data.
    generation: the roster's after it was applied; null if nothing was. changes_digest: of all that it changes.
    undone_by: who asked for it to be undone.

    standing: how many of its errors are new, open and mended since the sync before; empty if it was not compared.

    is_collected: its delivery is not sent, but collected from the district's feed: pages of a provider (``has_pages``)
    or files from an SFTP server. since: then only changes after that are asked for; null: everything. collected_at:
    when its collecting began.
    """

    state = models.CharField(max_length=30, choices=State, default=State.QUEUED)
    method = models.CharField(max_length=20, choices=Method)
    started_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    run = models.PositiveIntegerField(default=0)
    deaths = models.PositiveSmallIntegerField(default=0)
    stage = models.CharField(max_length=250, blank=True)
    steps_done = models.PositiveIntegerField(default=0)
    steps = models.PositiveIntegerField(default=0)

    delivery_name = models.CharField(max_length=250)
    delivery_digest = models.CharField(max_length=64)
    delivery_bytes = models.BigIntegerField()
    is_collected = models.BooleanField(default=False)
    since = models.DateTimeField(null=True)
    collected_at = models.DateTimeField(null=True)
    format = models.CharField(max_length=20, blank=True)
    version = models.CharField(max_length=20, blank=True)

    reason = models.TextField(blank=True)
    report = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    standing = models.JSONField(default=dict)
    breaches = models.JSONField(default=list)
    changes_digest = models.CharField(max_length=64, blank=True)
    generation = models.BigIntegerField(null=True)

    approved_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    approved_digest = models.CharField(max_length=64, blank=True)
    discarded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    undone_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True)
    files_expired_at = models.DateTimeField(null=True)

    objects: ClassVar = TenantManager()
    of_rosters: ClassVar = RosterSyncManager()

    PERSONAL: ClassVar = ("started_by", "approved_by", "discarded_by", "undone_by", "delivery_name")
    NOT_PERSONAL: ClassVar = (
        "district", "state", "method", "created_at", "started_at", "heartbeat_at", "finished_at", "run", "deaths",
        "stage", "steps_done", "steps", "delivery_digest", "delivery_bytes", "format", "version", "reason", "report",
        "counts", "breaches", "changes_digest", "generation", "approved_digest", "undone_at", "files_expired_at",
        "is_collected", "since", "collected_at", "standing",
    )  # fmt: skip

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["district", "-created_at", "-id"], name="sync_of_district_by_time"),
            models.Index(fields=["district", "delivery_digest"], name="sync_by_delivery"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="sync_state_is_known"),
            models.CheckConstraint(condition=Q(method__in=Method.values), name="sync_method_is_known"),
            models.CheckConstraint(
                condition=Q(state__in=FINISHED, finished_at__isnull=False)
                | (~Q(state__in=FINISHED) & Q(finished_at__isnull=True)),
                name="sync_is_finished_in_final_states_only",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.FAILED, State.HELD]) | ~Q(reason=""), name="sync_says_why"
            ),
            models.CheckConstraint(
                condition=~Q(state=State.HELD) | ~Q(changes_digest=""), name="sync_held_for_its_digest"
            ),
            models.CheckConstraint(
                condition=Q(state=State.UNDONE, undone_at__isnull=False)
                | (~Q(state=State.UNDONE) & Q(undone_at__isnull=True)),
                name="sync_undone_at_some_time",
            ),
            models.UniqueConstraint(fields=["district", "id"], name="sync_and_district"),
            models.UniqueConstraint(
                fields=["district"],
                condition=Q(state=State.PROCESSING) & ~Q(method=Method.SELF_SERVE),
                name="sync_one_at_a_time_in_district",
            ),
        ]

    def __str__(self) -> str:
        return f"sync {self.pk} of {self.district_id}"

    @property
    def has_pages(self) -> bool:
        """Whether its delivery is a provider's pages, and not files of which a person can look up a row."""
        return self.is_collected and self.method != Method.ONEROSTER_CSV

    @property
    def is_under_way(self) -> bool:
        """Whether a worker is at it or will be."""
        return self.state in (*UNDER_WAY, State.UNDOING)

    @property
    def is_applied(self) -> bool:
        return self.state in SUCCEEDED

    @property
    def outcome(self) -> State:
        """The state in which a sync that was applied ended, whatever became of it since."""
        return State.WITH_ERRORS if self.report["status"] == Status.WITH_ERRORS else State.COMPLETED

    @property
    def is_final(self) -> bool:
        return self.state in FINAL

    @property
    def has_files(self) -> bool:
        """Whether delivery, reports and the list of changes can still be had."""
        return self.files_expired_at is None


class Kind(models.TextChoices):
    """What an upload brings: the name of its template in the engine, and in words."""

    STUDENTS = "students", "Students"
    STAFF = "staff", "Staff"
    CLASSES = "classes", "Classes"


class Upload(OfDistrict):
    """What a sync of a self-serve district has beside: a file of students, staff or classes for one school.

    school_year: of classes; null for people. rows: of the file, without header and blank lines. corrects: the upload
    whose file to correct this is; null if it is none. open_errors: how many errors of that one are still open after
    this one; null until it has ended, and where it corrects none. dismissed_at: when the person who uploaded closed its
    banner.
    """

    sync = models.OneToOneField(Sync, on_delete=models.CASCADE, related_name="upload")
    kind = models.CharField(max_length=20, choices=Kind)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    school_year = models.ForeignKey(SchoolYear, null=True, on_delete=models.PROTECT, related_name="+")
    rows = models.PositiveIntegerField()
    corrects = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="corrections")
    open_errors = models.PositiveIntegerField(null=True)
    dismissed_at = models.DateTimeField(null=True)

    PERSONAL: ClassVar = ()
    NOT_PERSONAL: ClassVar = (
        "district", "sync", "kind", "school", "school_year", "rows", "corrects", "open_errors", "dismissed_at",
    )  # fmt: skip

    class Meta:
        indexes = [models.Index(fields=["school", "kind", "-sync"], name="upload_of_school_by_time")]
        constraints = [
            models.UniqueConstraint(fields=["district", "id"], name="upload_and_district"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="upload_kind_is_known"),
            models.CheckConstraint(
                condition=Q(kind=Kind.CLASSES, school_year__isnull=False)
                | (~Q(kind=Kind.CLASSES) & Q(school_year__isnull=True)),
                name="upload_of_classes_has_a_school_year",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of upload {self.sync_id}"


class WaitingPassword(OfDistrict):
    """A password between the request that brought it and the worker that hashes it, encrypted (``syncs.uploads``).
    line: of the file.
    """

    sync = models.ForeignKey(Sync, on_delete=models.CASCADE, related_name="+")
    line = models.PositiveIntegerField()
    sealed = models.BinaryField()

    PERSONAL: ClassVar = ("sealed",)
    NOT_PERSONAL: ClassVar = ("district", "sync", "line")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sync", "line"], name="waiting_password_of_a_line")]

    def __str__(self) -> str:
        return f"Line {self.line} of {self.sync_id}"


class HashedPassword(OfDistrict):
    """A password of an upload that is hashed, until the upload has ended. line: of the file."""

    sync = models.ForeignKey(Sync, on_delete=models.CASCADE, related_name="+")
    line = models.PositiveIntegerField()
    password = models.CharField(max_length=250)

    PERSONAL: ClassVar = ("password",)
    NOT_PERSONAL: ClassVar = ("district", "sync", "line")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sync", "line"], name="hashed_password_of_a_line")]

    def __str__(self) -> str:
        return f"Line {self.line} of {self.sync_id}"
