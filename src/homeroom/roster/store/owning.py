"""A district's synced records become its own: from then on people here keep them, as if they had made them by hand."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import connection

from homeroom.districts.models import District, SchoolYear
from homeroom.engine.rules.people import ADMINISTRATORS, NEVER_STAFF
from homeroom.roster.models import ENDED_WITH, Before, Origin, RosterState
from homeroom.roster.store.copying import cursor, statement

#: Usernames are one person's each among those whom a district keeps by itself; of synced people several may have the
#: same. The others keep theirs beside the record, so that nothing is lost.
_SHARED = """
    update roster_person p set metadata = jsonb_build_object('username', p.username) || p.metadata, username = null
    from (
        select key, origin, row_number() over (
            partition by login order by origin = 'sync', not is_active, source_id
        ) as place
        from roster_person where district_id = %(district)s and username is not null
    ) as named
    where p.district_id = %(district)s and p.key = named.key and named.place > 1 and named.origin = 'sync'
"""
#: An address that somebody else has, here or elsewhere, stays in the record and reserves nothing.
_ADDRESSES = """
    insert into roster_addressinuse (district_id, key, address)
    select distinct on (lower(email)) district_id, key, lower(email) from roster_person
    where district_id = %(district)s and origin = 'sync' and email <> ''
    order by lower(email), not is_active, source_id
    on conflict (address) do nothing
"""
#: What ended with a class or a person by a sync returns with it, as if it had been archived here. One that ended by
#: itself does not, and neither does what had ended before.
_ENDED_WITH = """
    update roster_enrollment e set metadata = e.metadata || jsonb_build_object(%(ended_with)s::text, '{what}')
    from {table} t
    where e.district_id = %(district)s and t.district_id = %(district)s and t.source_id = e.{column}
        and e.origin = 'sync' and not e.is_active and not t.is_active
        and e.last_sync_id is not distinct from t.last_sync_id and e.metadata ->> %(ended_with)s is null
"""
_ENDED = (
    _ENDED_WITH.format(what="class", table="roster_class", column="class_sourced_id"),
    _ENDED_WITH.format(what="person", table="roster_person", column="user_sourced_id"),
)
#: One of each class, as the pages have shown it (``enrolled``): if nobody is marked, or several are, the first teacher
#: by source id. One who is gone and can return is it only if no other is there.
_PRIMARY = """
    update roster_enrollment e set "primary" = first.is_it::text
    from (
        select key, coalesce("primary", '') = 'true' as was_it, stays and row_number() over (
            partition by class_sourced_id
            order by not is_active, not stays, "primary" is distinct from 'true', source_id
        ) = 1 as is_it
        from (
            select *, is_active or metadata ->> %(ended_with)s is not null as stays from roster_enrollment
            where district_id = %(district)s and role = 'teacher'
        ) as teacher
    ) as first
    where e.district_id = %(district)s and e.key = first.key and first.is_it <> first.was_it
"""
#: In OneRoster 1.2 a person has any number of roles, in records of their own; by hand one, at any number of schools. A
#: student is nothing else, and who works at a school is not their own children's parent there. Only a teacher has
#: classes, so that role is kept before all others; then the primary one. Who vanished has the roles of then.
_ROLES = """
    with held as (
        select p.key, r.role, r.org_sourced_id, r.role_type, r.source_id,
            case when r.role = 'student' then 0 when r.role = any(%(never_staff)s) then 2 else 1 end as kind
        from roster_personrole r
        join roster_person p on p.district_id = r.district_id and p.source_id = r.user_sourced_id
        where r.district_id = %(district)s and r.role is not null and (r.is_active or not p.is_active)
            and p.origin = 'sync' and p.role is null
    ),
    kept as (
        select distinct on (key) key, kind,
            case when role = any(%(administrators)s) then 'administrator' else role end as role
        from held order by key, kind, role <> 'teacher', role_type is distinct from 'primary', source_id
    ),
    placed as (
        select key, kind, string_agg(distinct org_sourced_id, ',' order by org_sourced_id) as orgs
        from held group by key, kind
    )
    update roster_person p set role = kept.role, org_sourced_ids = placed.orgs
    from kept join placed using (key, kind)
    where p.district_id = %(district)s and p.key = kept.key
"""
_ENDED_ROLES = "update roster_personrole set is_active = false where district_id = %(district)s and is_active"
_YEARS = "update roster_class set school_year_id = %(year)s where district_id = %(district)s and school_year_id is null"
_OWN = "update {table} set origin = %(origin)s where district_id = %(district)s and origin = 'sync'"
_TABLES = {"people": "roster_person", "classes": "roster_class", "enrollments": "roster_enrollment"}


def own(district: District) -> dict[str, int]:
    """All people, classes and enrollments of the district are its own now; how many became so, and how many people
    gave up a username that another one has. Inside the caller's transaction and scope.

    Of several roles of OneRoster 1.2 each person keeps one. What syncs compare with is forgotten: should
    the district be synced again, the first sync finds nothing before it.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("Records change their owner inside a transaction.")
    year = SchoolYear.current(district, district.today())
    values: dict[str, Any] = {"district": district.pk, "origin": Origin.HAND.value, "year": year.pk if year else None}
    values |= {"never_staff": list(NEVER_STAFF), "administrators": list(ADMINISTRATORS)}
    values |= {"ended_with": ENDED_WITH}
    # Until autovacuum has been there PostgreSQL takes new tables for small ones, and would look through all classes for
    # each of their enrollments: minutes for 90,000. All rows are read anyway.
    _done("set local enable_nestloop = off", {})
    shared = _done(_SHARED, values)
    for query in (_ROLES, _ENDED_ROLES, _ADDRESSES, *_ENDED, _PRIMARY, _YEARS):
        _done(query, values)
    owned = {name: _done(_OWN.format(table=table), values) for name, table in _TABLES.items()}
    _forget(district)
    return owned | {"shared_usernames": shared}


def _forget(district: District) -> None:
    """One generation more, so that a sync which was compared with the one before is not applied."""
    Before.objects.filter(district=district).delete()
    state = RosterState.objects.filter(district=district).first()
    if state is not None:
        state.generation += 1
        state.stamp, state.sync_id, state.columns = uuid.uuid4(), None, {}
        state.before_version, state.before_columns = "", {}
        state.save()


def _done(query: str, values: dict[str, Any]) -> int:
    """How many rows a statement changed."""
    with cursor() as sql:
        return sql.execute(statement(query), values).rowcount
