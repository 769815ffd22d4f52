"""The current truth about a district: its records, by kind, as they were accepted.

A record's ``key`` is the hash of its source id (``engine.hashes``), and with the district its primary key: eight bytes
where a source id has thirty-six, the same that the engine calculates with. Columns are OneRoster's, in snake case, as
text; null where the record has no value. Rows are written by ``store`` and ``actions`` alone.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Index, Q, UniqueConstraint
from django.db.models.functions import Lower
from django.utils import timezone

from homeroom.districts.models import District, OfDistrict


class Origin(models.TextChoices):
    """Where a record came from."""

    SYNC = "sync", "Synced"
    UPLOAD = "upload", "Uploaded"
    HAND = "hand", "Created by hand"


#: Where an enrollment that is kept here remembers whether it ended with its "person" or its "class": with it, it
#: returns. No column of OneRoster's.
ENDED_WITH = "homeroom.endedWith"
_NOT_SYNCED = ~Q(origin=Origin.SYNC)
#: The columns that every kind has, and that hold nothing of the person.
_OF_EVERY_KIND = ("district", "key", "content", "is_active", "origin", "first_sync_id", "last_sync_id")


class Record(OfDistrict):
    """One record. Never deleted: what vanished is not active, and comes back as the same record.

    content: the hash of all that makes up the record. first_sync_id, last_sync_id: the syncs that created it and that
    changed it last; null where a person did. metadata: OneRoster's ``metadata.`` columns, without that beginning.
    """

    # To have PostgreSQL look up the one district for each of a million new records takes as long as storing them. That
    # it is there, row-level security sees to: only in its scope can a row be made.
    district = models.ForeignKey(
        District, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    pk = models.CompositePrimaryKey("district_id", "key")
    key = models.BigIntegerField()
    content = models.BigIntegerField()
    source_id = models.TextField()
    is_active = models.BooleanField(default=True, db_default=True)
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.SYNC, db_default=Origin.SYNC)
    first_sync_id = models.BigIntegerField(null=True)
    last_sync_id = models.BigIntegerField(null=True)
    metadata = models.JSONField(default=dict, db_default={})

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(condition=~Q(source_id=""), name="%(class)s_source_id_is_not_empty"),
            models.CheckConstraint(condition=Q(origin__in=Origin.values), name="%(class)s_origin_is_known"),
        ]
        # What an undo would leave is looked for among these: of millions of synced records hardly any.
        indexes = [Index("district", "key", condition=Q(last_sync_id=None), name="%(class)s_without_sync")]

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.key} of {self.district_id}"


class Org(Record):
    name = models.TextField(null=True)
    type = models.TextField(null=True)
    identifier = models.TextField(null=True)
    parent_sourced_id = models.TextField(null=True)

    PERSONAL: ClassVar = ()
    NOT_PERSONAL: ClassVar = (
        *_OF_EVERY_KIND, "source_id", "metadata", "name", "type", "identifier", "parent_sourced_id",
    )  # fmt: skip


class AcademicSession(Record):
    title = models.TextField(null=True)
    type = models.TextField(null=True)
    start_date = models.TextField(null=True)
    end_date = models.TextField(null=True)
    parent_sourced_id = models.TextField(null=True)
    school_year = models.TextField(null=True)

    PERSONAL: ClassVar = ()
    NOT_PERSONAL: ClassVar = (
        *_OF_EVERY_KIND, "source_id", "metadata", "title", "type", "start_date", "end_date", "parent_sourced_id",
        "school_year",
    )  # fmt: skip


class Course(Record):
    school_year_sourced_id = models.TextField(null=True)
    title = models.TextField(null=True)
    course_code = models.TextField(null=True)
    grades = models.TextField(null=True)
    org_sourced_id = models.TextField(null=True)
    subjects = models.TextField(null=True)
    subject_codes = models.TextField(null=True)

    PERSONAL: ClassVar = ()
    NOT_PERSONAL: ClassVar = (
        *_OF_EVERY_KIND, "source_id", "metadata", "school_year_sourced_id", "title", "course_code", "grades",
        "org_sourced_id", "subjects", "subject_codes",
    )  # fmt: skip


class Person(Record):
    """A rostered human: OneRoster's user. Who signs in here is an ``accounts.User``.

    login: the username in lower case, kept by PostgreSQL. No column of OneRoster's. Under row-level security it looks
    nothing up by a function such as lower(), which could tell of rows that are not to be seen.
    """

    enabled_user = models.TextField(null=True)
    org_sourced_ids = models.TextField(null=True)
    role = models.TextField(null=True)
    username = models.TextField(null=True)
    user_ids = models.TextField(null=True)
    given_name = models.TextField(null=True)
    family_name = models.TextField(null=True)
    middle_name = models.TextField(null=True)
    identifier = models.TextField(null=True)
    email = models.TextField(null=True)
    sms = models.TextField(null=True)
    phone = models.TextField(null=True)
    agent_sourced_ids = models.TextField(null=True)
    grades = models.TextField(null=True)
    user_master_identifier = models.TextField(null=True)
    resource_sourced_ids = models.TextField(null=True)
    preferred_given_name = models.TextField(null=True)
    preferred_middle_name = models.TextField(null=True)
    preferred_family_name = models.TextField(null=True)
    primary_org_sourced_id = models.TextField(null=True)
    pronouns = models.TextField(null=True)
    login = models.GeneratedField(expression=Lower("username"), output_field=models.TextField(), db_persist=True)

    PERSONAL: ClassVar = (
        "source_id", "metadata", "enabled_user", "org_sourced_ids", "role", "username", "user_ids", "given_name",
        "family_name", "middle_name", "identifier", "email", "sms", "phone", "agent_sourced_ids", "grades",
        "user_master_identifier", "resource_sourced_ids", "preferred_given_name", "preferred_middle_name",
        "preferred_family_name", "primary_org_sourced_id", "pronouns", "login",
    )  # fmt: skip
    NOT_PERSONAL: ClassVar = _OF_EVERY_KIND

    class Meta(Record.Meta):
        constraints = [
            *Record.Meta.constraints,
            # Among those whom the district keeps here by itself; of synced people the rules of the sync decide.
            UniqueConstraint("district", "login", condition=_NOT_SYNCED, name="person_login_is_unique"),
        ]
        # Of the list as it is written, not of its items: under row-level security PostgreSQL looks up nothing by an
        # operator of arrays, because that one could tell of rows that are not to be seen (see ``schools``).
        indexes = [*Record.Meta.indexes, Index("district", "org_sourced_ids", name="person_by_school")]


class PersonRole(Record):
    """One role of one person at one org (OneRoster 1.2)."""

    user_sourced_id = models.TextField(null=True)
    role_type = models.TextField(null=True)
    role = models.TextField(null=True)
    begin_date = models.TextField(null=True)
    end_date = models.TextField(null=True)
    org_sourced_id = models.TextField(null=True)
    user_profile_sourced_id = models.TextField(null=True)

    PERSONAL: ClassVar = (
        "source_id", "metadata", "user_sourced_id", "role_type", "role", "begin_date", "end_date", "org_sourced_id",
        "user_profile_sourced_id",
    )  # fmt: skip
    NOT_PERSONAL: ClassVar = _OF_EVERY_KIND

    class Meta(Record.Meta):
        indexes = [*Record.Meta.indexes, Index("district", "org_sourced_id", name="role_by_school")]


class Demographics(Record):
    birth_date = models.TextField(null=True)
    sex = models.TextField(null=True)
    american_indian_or_alaska_native = models.TextField(null=True)
    asian = models.TextField(null=True)
    black_or_african_american = models.TextField(null=True)
    native_hawaiian_or_other_pacific_islander = models.TextField(null=True)
    white = models.TextField(null=True)
    demographic_race_two_or_more_races = models.TextField(null=True)
    hispanic_or_latino_ethnicity = models.TextField(null=True)
    country_of_birth_code = models.TextField(null=True)
    state_of_birth_abbreviation = models.TextField(null=True)
    city_of_birth = models.TextField(null=True)
    public_school_residence_status = models.TextField(null=True)

    PERSONAL: ClassVar = (
        "source_id", "metadata", "birth_date", "sex", "american_indian_or_alaska_native", "asian",
        "black_or_african_american", "native_hawaiian_or_other_pacific_islander", "white",
        "demographic_race_two_or_more_races", "hispanic_or_latino_ethnicity", "country_of_birth_code",
        "state_of_birth_abbreviation", "city_of_birth", "public_school_residence_status",
    )  # fmt: skip
    NOT_PERSONAL: ClassVar = _OF_EVERY_KIND


class Class(Record):
    """school_year_id: of the ``districts.SchoolYear`` in which it was created; it never moves to another one. No column
    of OneRoster's.
    """

    school_year_id = models.BigIntegerField(null=True)
    title = models.TextField(null=True)
    grades = models.TextField(null=True)
    course_sourced_id = models.TextField(null=True)
    class_code = models.TextField(null=True)
    class_type = models.TextField(null=True)
    location = models.TextField(null=True)
    school_sourced_id = models.TextField(null=True)
    term_sourced_ids = models.TextField(null=True)
    subjects = models.TextField(null=True)
    subject_codes = models.TextField(null=True)
    periods = models.TextField(null=True)

    PERSONAL: ClassVar = ()
    NOT_PERSONAL: ClassVar = (
        *_OF_EVERY_KIND, "source_id", "metadata", "title", "grades", "course_sourced_id", "class_code", "class_type",
        "location", "school_sourced_id", "term_sourced_ids", "subjects", "subject_codes", "periods", "school_year_id",
    )  # fmt: skip

    class Meta(Record.Meta):
        indexes = [*Record.Meta.indexes, Index("district", "school_sourced_id", name="class_by_school")]


class Enrollment(Record):
    class_sourced_id = models.TextField(null=True)
    school_sourced_id = models.TextField(null=True)
    user_sourced_id = models.TextField(null=True)
    role = models.TextField(null=True)
    primary = models.TextField(null=True)
    begin_date = models.TextField(null=True)
    end_date = models.TextField(null=True)

    PERSONAL: ClassVar = (
        "source_id", "metadata", "class_sourced_id", "school_sourced_id", "user_sourced_id", "role", "primary",
        "begin_date", "end_date",
    )  # fmt: skip
    NOT_PERSONAL: ClassVar = _OF_EVERY_KIND

    class Meta(Record.Meta):
        # Of millions of synced enrollments they would cost as much as storing them.
        indexes = [
            *Record.Meta.indexes,
            Index("district", "class_sourced_id", condition=_NOT_SYNCED, name="enrollment_by_class"),
            Index("district", "user_sourced_id", condition=_NOT_SYNCED, name="enrollment_by_user"),
        ]


#: The kinds of record that are kept, by OneRoster's name of the table, in the order of judgement.
KINDS: dict[str, type[Record]] = {
    "orgs": Org,
    "academicSessions": AcademicSession,
    "courses": Course,
    "users": Person,
    "roles": PersonRole,
    "demographics": Demographics,
    "classes": Class,
    "enrollments": Enrollment,
}


class RosterState(OfDistrict):
    """Which roster a district has. No row: nothing was ever applied.

    generation: how many times it was changed. stamp: which change was the last; a snapshot that bears another one is
    out of date. sync_id: the last sync that was applied, null once it is undone. version: of OneRoster. columns: by
    kind, the engine's columns of its records; a kind that was never delivered is not there. before_version,
    before_columns: the same before that sync, for its undoing; empty if there was nothing.
    """

    generation = models.BigIntegerField()
    stamp = models.UUIDField()
    sync_id = models.BigIntegerField(null=True)
    version = models.CharField(max_length=10)
    columns = models.JSONField()
    before_version = models.CharField(max_length=10, blank=True, default="")
    before_columns = models.JSONField(default=dict)

    PERSONAL: ClassVar = ()
    NOT_PERSONAL: ClassVar = (
        "district", "generation", "stamp", "sync_id", "version", "columns", "before_version", "before_columns",
    )  # fmt: skip

    class Meta:
        constraints = [models.UniqueConstraint(fields=["district"], name="one_roster_of_a_district")]

    def __str__(self) -> str:
        return f"Generation {self.generation} of {self.district_id}"


class Before(OfDistrict):
    """How a record was before the last sync that was applied: what its undoing restores. A record that the sync created
    has none.
    """

    district = models.ForeignKey(
        District, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    pk = models.CompositePrimaryKey("district_id", "kind", "key")
    kind = models.CharField(max_length=30)
    key = models.BigIntegerField()
    sync_id = models.BigIntegerField()
    record = models.JSONField()

    PERSONAL: ClassVar = ("record",)
    NOT_PERSONAL: ClassVar = ("district", "kind", "key", "sync_id")

    def __str__(self) -> str:
        return f"{self.kind} {self.key} of {self.district_id} before {self.sync_id}"


class Credential(OfDistrict):
    """How a person of a self-serve district signs in to what the publisher offers: a salted hash of the password."""

    pk = models.CompositePrimaryKey("district_id", "key")
    key = models.BigIntegerField()
    password = models.CharField(max_length=250)
    changed_at = models.DateTimeField(default=timezone.now)

    PERSONAL: ClassVar = ("password",)
    NOT_PERSONAL: ClassVar = ("district", "key", "changed_at")

    def __str__(self) -> str:
        return f"Credential of {self.key} of {self.district_id}"


class AddressInUse(OfDistrict):
    """An e-mail of a person of a self-serve district, in lower case: unique on the whole server.

    PostgreSQL keeps it so across all districts, while each sees its own rows only: whoever finds an address taken
    learns nothing else.
    """

    address = models.TextField(unique=True)
    key = models.BigIntegerField()

    PERSONAL: ClassVar = ("address",)
    NOT_PERSONAL: ClassVar = ("district", "key")

    class Meta:
        indexes = [Index("district", "key", name="address_by_person")]
        constraints = [
            models.CheckConstraint(condition=Q(address=Lower("address")), name="address_is_in_lower_case"),
        ]

    def __str__(self) -> str:
        return f"Address of {self.key} of {self.district_id}"
