"""Who belongs to a school, and as what? Questions about thousands of records among a million.

Under row-level security PostgreSQL looks up by comparisons of whole values only: an operator that looks into a list
could tell of rows that are not to be seen, and would have it read every row. So a school's people are found by the
lists in which the school stands. A district has some hundreds of different ones, found by skipping through the index.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl
from django.db.models import Q, QuerySet

from homeroom.districts.models import District, School
from homeroom.engine.hashes import hashed
from homeroom.roster import words
from homeroom.roster.models import Class, Person, PersonRole
from homeroom.roster.store.columns import signed
from homeroom.roster.store.copying import asked
from homeroom.roster.store.finding import synced_that_name

STUDENT = "student"
#: Those who neither learn nor work at a school.
FAMILY = ("guardian", "parent", "relative")
_LISTS = """
    with recursive list (orgs) as (
        (
            select org_sourced_ids from roster_person
            where district_id = %(district)s and org_sourced_ids is not null order by org_sourced_ids limit 1
        )
        union all
        select (
            select p.org_sourced_ids from roster_person p
            where p.district_id = %(district)s and p.org_sourced_ids > list.orgs order by p.org_sourced_ids limit 1
        )
        from list where list.orgs is not null
    )
    select array(select orgs from list where string_to_array(orgs, ',') @> array[%(school)s])
"""


def students_of(school: School) -> QuerySet[Person]:
    """The students of a school, active or not."""
    return _with_roles(school, Q(role=STUDENT))


def staff_of(school: School, role: str = "") -> QuerySet[Person]:
    """Who works at a school, active or not; as this, if a role is named."""
    return _with_roles(school, Q(role=role) if role else ~Q(role__in=(STUDENT, *FAMILY)))


def classes_of(school: School) -> QuerySet[Class]:
    """The classes of a school, of all school years, active or not."""
    return Class.objects.filter(school_sourced_id=school.source_id)


def roles_at(school: School, people: Iterable[Person]) -> dict[int, list[str]]:
    """By key, as what these people are at the school, in OneRoster's words."""
    people = list(people)
    found = {person.key: [person.role] if person.role else [] for person in people}
    named = _named_roles(school)
    names = {person.source_id: person.key for person in people}
    for name, role in named.filter(user_sourced_id__in=names).values_list("user_sourced_id", "role"):
        if role not in found[names[str(name)]]:
            found[names[str(name)]].append(str(role))
    return found


def staff_roles_at(school: School) -> set[str]:
    """As what people work at the school, in OneRoster's words."""
    own = staff_of(school).order_by().values_list("role", flat=True).distinct()
    named = _named_roles(school).values_list("role", flat=True).distinct()
    return {str(role) for role in (*own, *named) if role} - {STUDENT, *FAMILY}


def grades_of(records: QuerySet[Person] | QuerySet[Class]) -> set[str]:
    """The grades that stand in these records."""
    lists = records.order_by().values_list("grades", flat=True).distinct()
    return {grade for listed in lists for grade in words.items(listed)}


def orgs_of(district: District, person: Person) -> set[str]:
    """The source ids of the schools, and of orgs of other types, to which a person belongs."""
    named = synced_that_name(
        PersonRole.objects.all(),
        district=district,
        kind="roles",
        column="userSourcedId",
        source_ids=[person.source_id],
    )
    return {*(person.org_sourced_ids or "").split(","), *(str(role.org_sourced_id) for role in named)}


def keys_of(source_ids: Iterable[str]) -> list[int]:
    """The keys of the records with these source ids, as the database holds them."""
    names = pl.DataFrame({"name": list(source_ids)}, schema={"name": pl.String})
    return names.select(signed(hashed("name"))).to_series().to_list()


def _with_roles(school: School, roles: Q) -> QuerySet[Person]:
    """OneRoster 1.1 and our own templates name the schools and the one role of a person with the person; OneRoster 1.2
    in records of their own.
    """
    lists = asked(_LISTS, {"district": school.district_id, "school": school.source_id})
    by_list = Q(org_sourced_ids__in=lists, role__isnull=False) & roles
    names = {str(name) for name in _named_roles(school).filter(roles).values_list("user_sourced_id", flat=True)}
    return Person.objects.filter(by_list | Q(key__in=keys_of(names)) if names else by_list)


def _named_roles(school: School) -> QuerySet[PersonRole]:
    return PersonRole.objects.filter(org_sourced_id=school.source_id, is_active=True, role__isnull=False)
