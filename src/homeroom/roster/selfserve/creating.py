"""What becomes of the rows that were accepted: people, classes and enrollments of a school."""

from __future__ import annotations

from uuid import uuid4

import polars as pl

from homeroom import engine
from homeroom.engine.hashes import hashed
from homeroom.roster.models import Origin
from homeroom.roster.selfserve.taken import Place
from homeroom.roster.store.adding import add
from homeroom.roster.store.columns import signed
from homeroom.roster.store.copying import cursor, statement

#: By column of the people's templates, OneRoster's.
_OF_PERSON = {
    "firstName": "givenName",
    "middleName": "middleName",
    "lastName": "familyName",
    "email": "email",
    "username": "username",
}
#: What a staff user's role of the template is in OneRoster.
ROLES = {"teacher": "teacher", "school_admin": "administrator"}


def accepted_rows(checked: engine.Checked) -> pl.DataFrame:
    """The accepted rows of a template: its columns as text without passwords, the ID as ``sourcedId``; and ``line``."""
    (page,) = checked.pages.values()
    rows = page.accepted.arg_true().cast(pl.UInt32)
    present = [name for name in page.setting.table.names if page.setting.has(name) and name != "password"]
    text = page.measured.scan(rows).select("row", *present).rename({page.setting.table.key: "sourcedId"}, strict=False)
    return text.collect().with_columns(line=page.line_of(rows)).drop("row")


def create_people(
    rows: pl.DataFrame, passwords: pl.DataFrame, place: Place, *, origin: Origin, sync_id: int | None
) -> None:
    """Students or staff users of a school, with their credentials. In the transaction that reserved their e-mails.

    rows: as ``accepted_rows``, of one template. passwords: ``line`` and ``password``, hashed, of each of them.
    """
    is_student = "role" not in rows.columns
    role = pl.lit("student") if is_student else pl.col("role").replace_strict(ROLES)
    people = rows.select(
        sourcedId="sourcedId",
        role=role,
        grades=pl.col("grade") if is_student else pl.lit(None, dtype=pl.String),
        orgSourcedIds=pl.lit(place.school.source_id),
        enabledUser=pl.lit("true"),
        **{theirs: pl.col(ours) for ours, theirs in _OF_PERSON.items()},
    )
    add("users", people, district=place.district, origin=origin, sync_id=sync_id)
    keyed = rows.select("line", key=signed(hashed("sourcedId")))
    keep_passwords(keyed.join(passwords, on="line").select("key", "password"), place)


def keep_passwords(passwords: pl.DataFrame, place: Place) -> None:
    """passwords: ``key`` of the person, signed, and ``password``, hashed. They replace those from before."""
    with cursor() as sql:
        sql.execute(
            statement(
                "insert into roster_credential (district_id, key, password, changed_at)"
                " select %s, *, now() from unnest(%s::bigint[], %s::text[])"
                " on conflict (district_id, key) do update set password = excluded.password, changed_at = now()"
            ),
            [place.district.pk, passwords["key"].to_list(), passwords["password"].to_list()],
        )


def create_classes(rows: pl.DataFrame, place: Place, *, origin: Origin, sync_id: int | None) -> None:
    """Classes of a school year, each with its primary teacher. rows: as ``accepted_rows``."""
    assert place.school_year is not None
    source_ids = pl.Series("sourcedId", [str(uuid4()) for _ in range(len(rows))], dtype=pl.String)
    teachers = _source_ids_of(rows["primaryTeacher"].str.to_lowercase(), place)
    classes = rows.with_columns(source_ids, address=pl.col("primaryTeacher").str.to_lowercase()).join(
        teachers, on="address", maintain_order="left"
    )
    add(
        "classes",
        classes.select(
            "sourcedId",
            title="className",
            grades="grade",
            subjects="subject",
            classType=pl.lit("scheduled"),
            schoolSourcedId=pl.lit(place.school.source_id),
            school_year_id=pl.lit(place.school_year.pk),
        ),
        district=place.district,
        origin=origin,
        sync_id=sync_id,
    )
    add(
        "enrollments",
        classes.select(
            sourcedId=pl.concat_str("sourcedId", "teacher", separator="/"),
            classSourcedId="sourcedId",
            schoolSourcedId=pl.lit(place.school.source_id),
            userSourcedId="teacher",
            role=pl.lit("teacher"),
            primary=pl.lit("true"),
        ),
        district=place.district,
        origin=origin,
        sync_id=sync_id,
    )


def _source_ids_of(emails: pl.Series, place: Place) -> pl.DataFrame:
    """``address`` and source id, as ``teacher``, of the people with these e-mails, which are in lower case."""
    with cursor() as sql:
        found = sql.execute(
            statement(
                "select a.address, p.source_id from roster_addressinuse a join roster_person p using (district_id, key)"
                " where district_id = %s and a.address = any(%s)"
            ),
            [place.district.pk, emails.unique().to_list()],
        ).fetchall()
    return pl.DataFrame(found, schema={"address": pl.String, "teacher": pl.String}, orient="row")
