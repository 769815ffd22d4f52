"""What of an upload is there already? Asked of the database for what stands in the file, and of nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from homeroom.accounts.models import User
from homeroom.districts.models import District, School, SchoolYear
from homeroom.engine.hashes import hashed
from homeroom.engine.rules.selfserve import Taken, class_of
from homeroom.roster.selfserve import addresses
from homeroom.roster.store.columns import signed
from homeroom.roster.store.copying import cursor, statement


@dataclass(frozen=True)
class Place:
    """Where an upload or a form brings its records. school_year: of classes; null for people."""

    district: District
    school: School
    school_year: SchoolYear | None = None


class Asking:
    """What the engine asks of one upload, as ``engine.rules.selfserve.AskTaken``, inside the transaction that will
    create its records: every e-mail that nobody had is reserved while it is asked for, until ``keep`` says which stay.
    """

    def __init__(self, place: Place) -> None:
        self._district, self._school, self._school_year = place.district, place.school, place.school_year
        self._reserved = pl.Series("address", [], dtype=pl.String)

    def __call__(self, rows: pl.DataFrame) -> Taken:
        if "className" in rows.columns:
            return Taken(teachers=self._teachers(rows), classes=self._classes(rows))
        return Taken(
            ids=self._ids(rows["sourcedId"]), usernames=self._usernames(rows["username"]), emails=self._emails(rows)
        )

    def keep(self, emails: pl.Series) -> None:
        """Of the reserved e-mails only these, of the accepted rows, stay so; in whatever letters."""
        kept = emails.str.to_lowercase().drop_nulls()
        addresses.release(self._district, self._reserved.filter(~self._reserved.is_in(kept.implode())))

    def _ids(self, ids: pl.Series) -> pl.Series:
        keys = _hashes(ids.drop_nulls().unique())
        found = self._all("select key from roster_person where district_id = %s and key = any(%s)", _signed(keys))
        return _unsigned([key for (key,) in found])

    def _usernames(self, usernames: pl.Series) -> pl.Series:
        query = "select login from roster_person where district_id = %s and origin <> 'sync' and login = any(%s)"
        found = self._all(query, usernames.str.to_lowercase().drop_nulls().unique().to_list())
        return _hashes(pl.Series([login for (login,) in found], dtype=pl.String))

    def _teachers(self, rows: pl.DataFrame) -> pl.Series:
        query = (
            "select a.address from roster_addressinuse a join roster_person p using (district_id, key)"
            " where district_id = %s and a.address = any(%s) and p.is_active and p.role = 'teacher'"
            " and string_to_array(p.org_sourced_ids, ',') @> array[%s]"
        )
        given = rows["primaryTeacher"].str.to_lowercase().drop_nulls().unique().to_list()
        found = self._all(query, given, self._school.source_id)
        return _hashes(pl.Series([address for (address,) in found], dtype=pl.String))

    def _classes(self, rows: pl.DataFrame) -> pl.Series:
        assert self._school_year is not None
        query = (
            "select c.title, e.user_sourced_id from roster_class c"
            " join roster_enrollment e on e.district_id = c.district_id and e.class_sourced_id = c.source_id"
            " where c.district_id = %s and c.title = any(%s) and c.school_sourced_id = %s and c.school_year_id = %s"
            " and e.origin <> 'sync' and e.is_active and e.role = 'teacher' and e.primary = 'true'"
        )
        titles = rows["className"].drop_nulls().unique().to_list()
        found = self._all(query, titles, self._school.source_id, self._school_year.pk)
        classes = pl.DataFrame(found, schema={"title": pl.String, "teacher": pl.String}, orient="row")
        classes = classes.with_columns(key=hashed("teacher"))
        of_teachers = self._all(
            "select key, email from roster_person where district_id = %s and key = any(%s)", _signed(classes["key"])
        )
        teachers = pl.DataFrame(of_teachers, schema={"key": pl.Int64, "email": pl.String}, orient="row")
        teachers = teachers.with_columns(pl.col("key").reinterpret(signed=False))
        return classes.join(teachers, on="key").select(class_of("title", "email")).to_series()

    def _emails(self, rows: pl.DataFrame) -> pl.Series:
        wanted = rows.select(key=hashed("sourcedId").fill_null(0), address=pl.col("email").str.to_lowercase())
        self._reserved = ours = addresses.reserve(self._district, wanted)
        given = wanted["address"].drop_nulls().unique()
        accounts = User.objects.filter(email__in=given.to_list()).values_list("email", flat=True)
        elsewhere = given.filter(~given.is_in(ours.implode()))
        return _hashes(pl.concat([elsewhere, pl.Series("address", list(accounts), dtype=pl.String)]))

    def _all(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with cursor() as sql:
            return sql.execute(statement(query), [self._district.pk, *values]).fetchall()


def _hashes(texts: pl.Series) -> pl.Series:
    return texts.to_frame("text").select(hashed("text")).to_series()


def _signed(keys: pl.Series) -> list[int]:
    return keys.to_frame("key").select(signed("key")).to_series().to_list()


def _unsigned(keys: list[int]) -> pl.Series:
    return pl.Series("key", keys, dtype=pl.Int64).reinterpret(signed=False)
