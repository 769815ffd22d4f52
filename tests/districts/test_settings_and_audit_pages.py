"""What a district sets for itself, and what it can read of what was done."""

from __future__ import annotations

from homeroom.districts import scope
from homeroom.districts.models import SchoolYear
from tests.people import Cast, signed_in

SETTINGS = "/d/ferndale/settings/"


def test_school_year_is_added(cast: Cast) -> None:
    said = {"name": "2040–41", "first_day": "2040-08-20", "last_day": "2041-06-01"}

    page = signed_in(cast.district_admin).post(SETTINGS + "school-years/new/", said, follow=True)

    assert "2040–41" in page.text


def test_school_year_that_overlaps_is_refused_with_the_reason(cast: Cast) -> None:
    said = {"name": "Again", "first_day": "2020-08-20", "last_day": "2060-06-01"}

    page = signed_in(cast.district_admin).post(SETTINGS + "school-years/new/", said)

    assert "It overlaps This year" in page.text


def test_school_year_is_changed(cast: Cast) -> None:
    with scope.within(cast.ferndale.pk):
        year = SchoolYear.objects.get()
    said = {"name": "Renamed", "first_day": str(year.first_day), "last_day": str(year.last_day)}

    page = signed_in(cast.district_admin).post(f"{SETTINGS}school-years/{year.pk}/", said, follow=True)

    assert "Renamed" in page.text


def test_time_zone_is_changed_and_counts_at_once(cast: Cast) -> None:
    signed_in(cast.district_admin).post(SETTINGS + "time-zone/", {"time_zone": "Pacific/Honolulu"})

    assert "Times are those of Pacific/Honolulu" in signed_in(cast.district_admin).get("/d/ferndale/audit/").text


def test_time_zone_that_does_not_exist_is_refused(cast: Cast) -> None:
    signed_in(cast.district_admin).post(SETTINGS + "time-zone/", {"time_zone": "Mars/Olympus"})

    cast.ferndale.refresh_from_db()
    assert cast.ferndale.time_zone == "America/Chicago"


def test_limits_are_read_only_for_the_district(cast: Cast) -> None:
    page = signed_in(cast.district_admin).get(SETTINGS)

    assert "more than 10 % of the active records" in page.text
    assert "/operator/" not in page.text


def test_audit_shows_who_did_what_newest_first(cast: Cast) -> None:
    signed_in(cast.district_admin).post(SETTINGS + "time-zone/", {"time_zone": "America/Denver"})

    newest = signed_in(cast.district_admin).get("/d/ferndale/audit/").context["events"][0]

    assert newest.actor_name == "Dana District"
    assert newest.sentence == "changed the time zone of: Ferndale"


def test_audit_is_filtered_by_what_was_done_and_by_day(cast: Cast) -> None:
    browser = signed_in(cast.district_admin)

    events = browser.get("/d/ferndale/audit/?what=school.added").context["events"]
    assert {event.what for event in events} == {"school.added"}

    assert list(browser.get("/d/ferndale/audit/?until=2001-01-01").context["events"]) == []
    assert list(browser.get("/d/ferndale/audit/?since=9999-12-31").context["events"]) == []
    assert list(browser.get("/d/ferndale/audit/?since=nonsense").context["events"]) != []


def test_audit_holds_nothing_of_another_district(cast: Cast) -> None:
    assert "Lakeside" not in signed_in(cast.district_admin).get("/d/ferndale/audit/").text
