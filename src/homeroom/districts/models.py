"""A district as this server knows it: its schools, its school years, and the people who may act for it."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils import timezone

from homeroom.accounts.models import User
from homeroom.districts.scope import OwnRowsManager, TenantManager
from homeroom.engine.guard import Limits


class Method(models.TextChoices):
    """The rostering method: who owns a district's data, and how records arrive."""

    SELF_SERVE = "self-serve", "Self-serve: by hand and by uploads"
    CLASSLINK = "classlink", "ClassLink Roster Server"
    ONEROSTER_REST = "oneroster-rest", "OneRoster REST"
    ONEROSTER_CSV = "oneroster-csv", "OneRoster CSV"

    @property
    def is_automated(self) -> bool:
        """The source is the truth, and people read what came from it."""
        return self is not Method.SELF_SERVE


class Role(models.TextChoices):
    """What a person is in a district. Nobody customises roles; what each may do stands in ``permissions``."""

    DISTRICT_ADMIN = "district_admin", "District Administrator"
    SCHOOL_ADMIN = "school_admin", "School Administrator"


class Profile(models.TextChoices):
    """By whose requirements a district's rosters are checked (homeroom.engine.profile)."""

    PUBLISHER = "publisher", "The publisher's"
    STANDARD = "standard", "The standard's"


def standing_limits() -> dict[str, float]:
    """The guard's own limits, for a district whose operator set none."""
    limits = Limits()
    return {
        "removed_share": limits.removed_share,
        "removed_at_least": limits.removed_at_least,
        "updated_share_of_users": limits.updated_share_of_users,
    }


class District(models.Model):
    """Whoever sends rosters. Never deleted: one that ends is closed.

    Not row-secured, unlike all that hangs on it: the server must know which districts there are before it can enter the
    scope of one. It holds nothing about a person. Web pages reach it through ``DistrictMiddleware`` only.

    due_at: when its next sync is to begin by itself; null: never. It stands here so that one question tells which of
    all districts are due.

    is_becoming_self_serve: a worker is at it or will be, and until then nothing is synced. method_tries: how often one
    began with it. method_problem: why the last change did not come about, in words for the operator; empty if it did.

    expected_every_days: who brings its rosters itself is told when none came for so many days; null: never.
    expected_since: from when these days count at the earliest.
    """

    name = models.CharField(max_length=250)
    slug = models.SlugField(max_length=60, unique=True)
    method = models.CharField(max_length=20, choices=Method)
    is_becoming_self_serve = models.BooleanField(default=False)
    method_tries = models.PositiveSmallIntegerField(default=0)
    method_problem = models.CharField(max_length=500, blank=True, default="")
    profile = models.CharField(max_length=20, choices=Profile, default=Profile.PUBLISHER)
    time_zone = models.CharField(max_length=60)
    limits = models.JSONField(default=standing_limits)
    is_closed = models.BooleanField(default=False)
    due_at = models.DateTimeField(null=True, db_index=True)
    expected_every_days = models.PositiveSmallIntegerField(null=True)
    expected_since = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    PERSONAL: ClassVar = ()
    NOT_PERSONAL: ClassVar = (
        "name", "slug", "method", "is_becoming_self_serve", "method_tries", "method_problem", "profile", "time_zone",
        "limits", "is_closed", "due_at", "expected_every_days", "expected_since", "created_at",
    )  # fmt: skip

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(method__in=Method.values), name="district_method_is_known"),
            models.CheckConstraint(condition=Q(profile__in=Profile.values), name="district_profile_is_known"),
            models.CheckConstraint(
                condition=Q(expected_every_days__isnull=True, expected_since__isnull=True)
                | Q(expected_every_days__gt=0, expected_since__isnull=False),
                name="district_expects_since_some_time",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_automated(self) -> bool:
        return Method(self.method).is_automated

    @property
    def guard_limits(self) -> Limits:
        return Limits(**self.limits)

    def today(self) -> date:
        """The date that it is in the district now."""
        return timezone.now().astimezone(ZoneInfo(self.time_zone)).date()


class OfDistrict(models.Model):
    """A row that belongs to one district. Its table is given ``row_security.Protect``."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")

    objects = TenantManager()

    class Meta:
        abstract = True


def own_source_id() -> str:
    """A source id for what was made here, and that no source names."""
    return str(uuid4())


class School(OfDistrict):
    """A school as the publisher sees it. The district's own record of it is an ``orgs`` record of the roster.

    source_id: as records name the school; one that was added by hand without any has one of ours.
    """

    name = models.CharField(max_length=250)
    source_id = models.CharField(max_length=250, default=own_source_id)
    is_onboarded = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    PERSONAL: ClassVar = ()
    NOT_PERSONAL: ClassVar = ("district", "name", "source_id", "is_onboarded", "created_at")

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["district", "source_id"], name="school_source_id_is_unique_in_district"),
            models.UniqueConstraint(fields=["district", "id"], name="school_and_district"),
            models.CheckConstraint(condition=~Q(source_id=""), name="school_source_id_is_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name


class SchoolYear(OfDistrict):
    """A year of classes, from its first to its last day. Two of a district never overlap."""

    name = models.CharField(max_length=60)
    first_day = models.DateField()
    last_day = models.DateField()

    PERSONAL: ClassVar = ()
    NOT_PERSONAL: ClassVar = ("district", "name", "first_day", "last_day")

    class Meta:
        ordering = ["-first_day"]
        constraints = [
            models.UniqueConstraint(fields=["district", "id"], name="school_year_and_district"),
            models.CheckConstraint(condition=Q(last_day__gt=F("first_day")), name="school_year_ends_after_it_begins"),
            ExclusionConstraint(
                name="school_years_do_not_overlap",
                expressions=[
                    # A range of one: PostgreSQL can index ranges this way without an extension, and numbers not.
                    (Func(F("district_id"), F("district_id"), Value("[]"), function="int8range"), "&&"),
                    (Func(F("first_day"), F("last_day"), Value("[]"), function="daterange"), "&&"),
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def current(cls, district: District, today: date) -> SchoolYear | None:
        """The school year that contains the day, or None."""
        return cls.objects.filter(district=district, first_day__lte=today, last_day__gte=today).first()


class Membership(OfDistrict):
    """What one person is in one district. schools: those of a school administrator; a district administrator has all,
    and none stand here.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=Role)
    schools: models.ManyToManyField[School, MembershipSchool] = models.ManyToManyField(
        School, through="MembershipSchool", related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar = TenantManager()
    own: ClassVar = OwnRowsManager()

    PERSONAL: ClassVar = ("user", "role")
    NOT_PERSONAL: ClassVar = ("district", "created_at")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["district", "user", "role"], name="membership_once_for_each_role"),
            models.UniqueConstraint(fields=["district", "id"], name="membership_and_district"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} as {self.role} of {self.district_id}"


class MembershipSchool(OfDistrict):
    """One school of a school administrator."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")

    PERSONAL: ClassVar = ("membership", "school")
    NOT_PERSONAL: ClassVar = ("district",)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["membership", "school"], name="membership_school_once")]

    def __str__(self) -> str:
        return f"{self.membership_id} in {self.school_id}"


class Invitation(OfDistrict):
    """An offer of a membership, sent by e-mail. The token itself is in the e-mail only; here is its SHA-256, in hex."""

    email = models.EmailField()
    role = models.CharField(max_length=20, choices=Role)
    schools: models.ManyToManyField[School, InvitationSchool] = models.ManyToManyField(
        School, through="InvitationSchool", related_name="+"
    )
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)

    PERSONAL: ClassVar = ("email", "role", "token_hash", "invited_by")
    NOT_PERSONAL: ClassVar = ("district", "created_at", "expires_at", "accepted_at")

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["district", "id"], name="invitation_and_district"),
            models.UniqueConstraint(
                fields=["district", "email", "role"],
                condition=Q(accepted_at=None),
                name="invitation_once_for_each_role",
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="invitation_role_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.district_id}"

    @property
    def is_open(self) -> bool:
        return self.accepted_at is None and self.expires_at > timezone.now()


class InvitationSchool(OfDistrict):
    """One school for which somebody is invited."""

    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="+")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")

    PERSONAL: ClassVar = ("invitation", "school")
    NOT_PERSONAL: ClassVar = ("district",)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["invitation", "school"], name="invitation_school_once")]

    def __str__(self) -> str:
        return f"{self.invitation_id} in {self.school_id}"
