"""A district's source that is asked by itself, night after night."""

from __future__ import annotations

from datetime import time
from typing import ClassVar

from django.db import models
from django.db.models import Q

from homeroom.accounts.models import User
from homeroom.districts.models import District, Method, OfDistrict
from homeroom.districts.permissions import COLLECTED

ADDRESS_LENGTH = 500
SETTLED_AFTER_MINUTES = 2


class Authentication(models.TextChoices):
    """How it is shown who asks: to a provider (OneRoster 1.1 and 1.2, and ClassLink's proxy), or to an SFTP server."""

    OAUTH1_SHA256 = "oauth1-sha256", "OAuth 1.0a, HMAC-SHA256"
    OAUTH1_SHA1 = "oauth1-sha1", "OAuth 1.0a, HMAC-SHA1"
    OAUTH2_BASIC = "oauth2-basic", "OAuth 2, client credentials in the header"
    OAUTH2_FORM = "oauth2-form", "OAuth 2, client credentials in the form"
    BEARER = "bearer", "A fixed bearer token"
    CLASSLINK = "classlink-partner", "Chosen from ClassLink's list, with the publisher's partner key"
    SFTP_PASSWORD = "sftp-password", "SFTP, with a password"
    SFTP_KEY = "sftp-key", "SFTP, with a private key"
    DROP_BOX = "drop-box", "Homeroom's own SFTP server: the district signs in"


SFTP = (Authentication.SFTP_PASSWORD, Authentication.SFTP_KEY)
OF_FILES = (*SFTP, Authentication.DROP_BOX)
#: Ways for which an operator enters address and credentials.
REST = tuple(way for way in Authentication if way not in (*OF_FILES, Authentication.CLASSLINK))


class Version(models.TextChoices):
    """Of OneRoster."""

    V1_1 = "1.1", "OneRoster 1.1"
    V1_2 = "1.2", "OneRoster 1.2"


class Feed(OfDistrict):
    """The connection to a district's provider and the timetable of its nights. One for each district, at most.

    sealed: the credentials, encrypted (``credentials``), since sealed_at; they are never shown again. scopes: for a
    token, separated by spaces; empty: the standard's. page_size: records asked for at a time. night: when the sync
    begins, in the district's time zone; ``timetable`` spreads districts over the hour. no_syncs_on: days without a
    night, as 2026-12-24. tells_changes: the provider is known to honour dateLastModified, so nights ask for changes
    only, and for everything once in complete_every_days. paused_by: who paused it, at paused_at; null while it runs.
    pulled_at: when the last pull that was applied began; changes since then are asked for. complete_at: the same of the
    last complete one. onboarded_digest: of the schools that were onboarded at the last one that was applied; empty
    before. tries: how often this night's sync has failed to reach the provider.

    A district that sends files has no provider but an SFTP server, and base_url says where its folder is
    (``connections``). host_key: by which the server is known, as one line; empty until a person has confirmed it.
    settled_after_minutes: a file that was changed later than that ago is left alone. taken: tells the drop that was
    collected last, and for which schools; empty before. taken_modified_at: when that was changed; older ones are not
    collected. looked_at: when a sync looked for a drop last; looked: what it saw, as a sentence for the district.

    Or it has a drop box on our own SFTP server, where it signs in (``drop_boxes``). box_password: hashed; empty: by key
    only. box_keys: public keys that let in, one a line. takes_at_once: a drop is collected as soon as it is finished.
    """

    base_url = models.CharField(max_length=ADDRESS_LENGTH)
    version = models.CharField(max_length=10, choices=Version, default=Version.V1_1)
    authentication = models.CharField(max_length=20, choices=Authentication)
    token_url = models.CharField(max_length=ADDRESS_LENGTH, blank=True)
    scopes = models.CharField(max_length=500, blank=True)
    sealed = models.BinaryField()
    sealed_at = models.DateTimeField(null=True)
    page_size = models.PositiveIntegerField(default=10_000)
    wants_demographics = models.BooleanField(default=False)
    tells_changes = models.BooleanField(default=False)
    complete_every_days = models.PositiveSmallIntegerField(default=7)
    night = models.TimeField(default=time(2, 0))
    no_syncs_on = models.JSONField(default=list)
    is_paused = models.BooleanField(default=False)
    paused_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    paused_at = models.DateTimeField(null=True)
    pulled_at = models.DateTimeField(null=True)
    complete_at = models.DateTimeField(null=True)
    onboarded_digest = models.CharField(max_length=64, blank=True, default="")
    tries = models.PositiveSmallIntegerField(default=0)
    host_key = models.CharField(max_length=2_000, blank=True, default="")
    settled_after_minutes = models.PositiveSmallIntegerField(default=SETTLED_AFTER_MINUTES)
    taken = models.CharField(max_length=64, blank=True, default="")
    taken_modified_at = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)
    looked = models.CharField(max_length=500, blank=True, default="")
    box_password = models.CharField(max_length=250, blank=True, default="")
    box_keys = models.TextField(blank=True, default="")
    takes_at_once = models.BooleanField(default=False)

    PERSONAL: ClassVar = ("sealed", "paused_by", "looked", "box_password", "box_keys")
    NOT_PERSONAL: ClassVar = (
        "district", "base_url", "version", "authentication", "token_url", "scopes", "page_size", "wants_demographics",
        "tells_changes", "complete_every_days", "night", "no_syncs_on", "is_paused", "pulled_at", "complete_at",
        "onboarded_digest", "tries", "sealed_at", "paused_at", "host_key", "settled_after_minutes", "taken",
        "taken_modified_at", "looked_at", "takes_at_once",
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district"], name="one_feed_of_a_district"),
            models.CheckConstraint(condition=Q(authentication__in=Authentication.values), name="feed_way_is_known"),
            models.CheckConstraint(condition=Q(version__in=Version.values), name="feed_version_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.base_url} of {self.district_id}"

    @classmethod
    def of(cls, district: District) -> Feed | None:
        """The district's feed, in its scope; null if none is connected, or only one of another rostering method."""
        feed = cls.objects.select_related("district", "paused_by").filter(district=district).first()
        return feed if feed is not None and feed.fits(district) else None

    @classmethod
    def waiting_of(cls, district: District) -> Feed | None:
        """The district's feed, if it is one of another rostering method: a new one takes its place."""
        feed = cls.objects.filter(district=district).first()
        return None if feed is None or feed.fits(district) else feed

    def fits(self, district: District) -> bool:
        """Whether the district's rosters come in this way. The feed of another method waits for its return,
        unless a new one takes its place.
        """
        return district.method == Method.ONEROSTER_CSV if self.brings_files else district.method in COLLECTED

    @property
    def brings_files(self) -> bool:
        return self.authentication in OF_FILES

    @property
    def is_sftp(self) -> bool:
        """The district's own server, not ours."""
        return self.authentication in SFTP

    @property
    def is_drop_box(self) -> bool:
        return self.authentication == Authentication.DROP_BOX

    @property
    def is_chosen(self) -> bool:
        """Whether no credentials are stored: each sync asks ClassLink for the token of the day."""
        return self.authentication == Authentication.CLASSLINK

    @property
    def needs_token_url(self) -> bool:
        return self.authentication in (Authentication.OAUTH2_BASIC, Authentication.OAUTH2_FORM)
