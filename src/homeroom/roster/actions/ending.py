"""Enrollments that end with a person or a class, and return with it.

Those that somebody removed do not return; so each remembers with what it ended.
"""

from __future__ import annotations

from django.db.models import QuerySet

from homeroom.roster.belonging import keys_of
from homeroom.roster.models import ENDED_WITH, Class, Enrollment, Origin, Person


def end_with(enrollments: QuerySet[Enrollment], what: str) -> int:
    """Of the enrollments made here, those that were active end; how many they are."""
    ours = list(enrollments.exclude(origin=Origin.SYNC).filter(is_active=True))
    for one in ours:
        one.is_active, one.metadata = False, {**one.metadata, ENDED_WITH: what}
        one.save(update_fields=["is_active", "metadata"])
    return len(ours)


def return_with(enrollments: QuerySet[Enrollment], what: str) -> int:
    """Those that ended with it are active again, unless the other side is archived: then they wait for that one."""
    ours = list(enrollments.exclude(origin=Origin.SYNC).filter(is_active=False, **{f"metadata__{ENDED_WITH}": what}))
    waiting = _archived(ours, other := "class" if what == "person" else "person")
    for one in ours:
        waits = (one.class_sourced_id if other == "class" else one.user_sourced_id) in waiting
        kept = {name: value for name, value in one.metadata.items() if name != ENDED_WITH}
        one.is_active, one.metadata = not waits, {**kept, ENDED_WITH: other} if waits else kept
        one.save(update_fields=["is_active", "metadata"])
    return len(ours)


def _archived(enrollments: list[Enrollment], what: str) -> set[str]:
    """The source ids of the classes or people of the enrollments that are archived."""
    if what == "class":
        classes = Class.objects.filter(key__in=keys_of({str(one.class_sourced_id) for one in enrollments}))
        return set(classes.filter(is_active=False).values_list("source_id", flat=True))
    people = Person.objects.filter(key__in=keys_of({str(one.user_sourced_id) for one in enrollments}))
    return set(people.filter(is_active=False).values_list("source_id", flat=True))
