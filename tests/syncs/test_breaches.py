"""Why a sync is held, in as many lines as a person reads."""

from __future__ import annotations

from homeroom.syncs import breaches

NAMES = {"s1": "Oak", "s2": "Elm", "s3": "Ash", "s4": "Birch"}


def emptied(school: str, table: str = "classes") -> str:
    return f"The school {school} would be left without any {table}."


def test_one_school_is_told_by_its_name() -> None:
    assert breaches.in_words([emptied("s1")], NAMES) == ["The school Oak would be left without any classes."]


def test_school_without_a_name_keeps_its_source_id() -> None:
    assert breaches.in_words([emptied("s9")], NAMES) == [emptied("s9")]


def test_many_schools_are_one_line_for_each_kind_of_record() -> None:
    told = [*map(emptied, NAMES), emptied("s1", "enrollments")]

    assert breaches.in_words(told, NAMES) == [
        "4 schools would be left without any classes: Oak, Elm, Ash and 1 more.",
        "The school Oak would be left without any enrollments.",
    ]


def test_that_all_go_is_said_once() -> None:
    told = ["All 4,225 users would be deactivated.", "4,225 of 4,225 users (100 %) would be deactivated."]

    assert breaches.in_words(told, {}) == ["All 4,225 users would be deactivated."]


def test_share_of_all_is_said_where_others_come_in_their_place() -> None:
    told = ["4,225 of 4,225 users (100 %) would be deactivated."]

    assert breaches.in_words(told, {}) == told


def test_kinds_are_called_as_on_the_pages() -> None:
    told = ["21 of 21 orgs (100 %) would be deactivated.", "All 2 academicSessions would be deactivated."]

    assert breaches.in_words(told, {}) == [
        "21 of 21 organizations (100 %) would be deactivated.",
        "All 2 academic sessions would be deactivated.",
    ]


def test_other_reasons_stay_as_they_are() -> None:
    assert breaches.in_words(["Something else."], {}) == ["Something else."]
