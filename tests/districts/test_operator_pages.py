"""From a new district to one whose people can start: what operators do."""

from __future__ import annotations

from datetime import UTC, datetime

from homeroom.districts import scope
from homeroom.districts.models import District, School
from tests.people import Cast, set_method, signed_in

NEW = {"name": "Meadow", "slug": "meadow", "time_zone": "America/Denver", "method": "self-serve"}
SCHOOLS = "/operator/districts/ferndale/schools/"


def is_onboarded(cast: Cast, school: School) -> bool:
    with scope.within(cast.ferndale.pk):
        return School.objects.get(pk=school.pk).is_onboarded


def test_new_district_says_what_it_needs_next(cast: Cast) -> None:
    page = signed_in(cast.operator).post("/operator/districts/new/", NEW, follow=True)

    assert [step.name for step in page.context["steps"]] == [
        "Set the school year",
        "Add its schools",
        "Invite a District Administrator",
    ]


def test_district_that_lacks_nothing_has_no_next_steps(cast: Cast) -> None:
    assert signed_in(cast.operator).get("/operator/districts/ferndale/").context["steps"] == []


def test_a_district_is_there_since_the_day_that_it_was_in_its_own_time_zone(cast: Cast) -> None:
    District.objects.filter(pk=cast.ferndale.pk).update(created_at=datetime(2026, 11, 3, 3, 0, tzinfo=UTC))

    assert "Nov 2, 2026" in signed_in(cast.operator).get("/operator/districts/").text


def test_address_that_is_taken_is_said(cast: Cast) -> None:
    page = signed_in(cast.operator).post("/operator/districts/new/", NEW | {"slug": "ferndale"})

    assert b"already" in page.content
    assert not District.objects.filter(name="Meadow").exists()


def test_address_of_a_page_of_the_server_is_not_for_a_district(cast: Cast) -> None:
    page = signed_in(cast.operator).post("/operator/districts/new/", NEW | {"slug": "new"})

    assert b"Choose another address" in page.content


def test_districts_are_found_by_name_and_method(cast: Cast) -> None:
    browser = signed_in(cast.operator)

    assert [row.name for row in browser.get("/operator/districts/?q=lake").context["districts"]] == ["Lakeside"]
    assert list(browser.get("/operator/districts/?method=classlink").context["districts"]) == []


def test_schools_that_came_wait_to_be_onboarded(cast: Cast) -> None:
    page = signed_in(cast.operator).get(SCHOOLS)

    assert [school.name for school in page.context["schools"]] == ["Birch High"]


def test_ticked_schools_are_onboarded(cast: Cast) -> None:
    signed_in(cast.operator).post(SCHOOLS, {"do": "onboard", "schools": [cast.birch.pk]})

    assert is_onboarded(cast, cast.birch)


def test_whoever_onboards_is_told_when_the_records_come(cast: Cast) -> None:
    page = signed_in(cast.operator).post(SCHOOLS, {"do": "onboard", "schools": [cast.birch.pk]}, follow=True)

    assert "Onboarded: Birch High." in page.text
    assert "To have them now, upload the last roster again." in page.text


def test_no_tick_is_said(cast: Cast) -> None:
    page = signed_in(cast.operator).post(SCHOOLS, {"do": "onboard"})

    assert b"Tick at least one school" in page.content


def test_school_of_another_district_cannot_be_ticked(cast: Cast) -> None:
    page = signed_in(cast.operator).post(SCHOOLS, {"do": "onboard", "schools": [cast.lakeside_school.pk]})

    assert page.status_code == 200
    assert page.context["ticked"].errors


def test_onboarding_is_ended(cast: Cast) -> None:
    signed_in(cast.operator).post(f"{SCHOOLS}{cast.oak.pk}/end/")

    assert not is_onboarded(cast, cast.oak)


def test_ending_the_onboarding_is_asked_first(cast: Cast) -> None:
    operator = signed_in(cast.operator)
    address = f"{SCHOOLS}{cast.oak.pk}/end/"

    listed = operator.get(SCHOOLS + "?show=onboarded")
    asked = operator.get(address)

    assert f'href="{address}"' in listed.text
    assert f'action="{address}"' not in listed.text
    assert "End the onboarding of Oak Elementary?" in asked.text
    assert is_onboarded(cast, cast.oak)


def test_of_a_school_that_is_not_onboarded_it_is_not_asked(cast: Cast) -> None:
    page = signed_in(cast.operator).get(f"{SCHOOLS}{cast.birch.pk}/end/", follow=True)

    assert "Birch High is not onboarded." in page.text
    assert "End the onboarding" not in page.text


def test_ending_it_twice_is_said(cast: Cast) -> None:
    page = signed_in(cast.operator).post(f"{SCHOOLS}{cast.birch.pk}/end/", follow=True)

    assert b"is not onboarded" in page.content


def test_school_added_by_hand_is_onboarded(cast: Cast) -> None:
    page = signed_in(cast.operator).post(SCHOOLS, {"do": "add", "name": "Ash Primary", "source_id": "ash"}, follow=True)

    assert b"Added Ash Primary" in page.content


def test_method_is_changed(cast: Cast) -> None:
    signed_in(cast.operator).post("/operator/districts/ferndale/method/", {"method": "classlink"})

    cast.ferndale.refresh_from_db()
    assert cast.ferndale.method == "classlink"


def test_limits_are_written_in_percent(cast: Cast) -> None:
    said = {"removed_percent": "5", "removed_at_least": "10", "updated_percent": "40"}

    signed_in(cast.operator).post("/operator/districts/ferndale/limits/", said)

    cast.ferndale.refresh_from_db()
    assert cast.ferndale.limits == {"removed_share": 0.05, "removed_at_least": 10, "updated_share_of_users": 0.4}


def test_closed_district_is_open_to_operators_only_until_reopened(cast: Cast) -> None:
    operator, admin = signed_in(cast.operator), signed_in(cast.district_admin)

    operator.post("/operator/districts/ferndale/close/")
    assert admin.get("/d/ferndale/").status_code == 404
    assert operator.get("/d/ferndale/").status_code == 200

    operator.post("/operator/districts/ferndale/reopen/")
    assert admin.get("/d/ferndale/").status_code == 200


def test_closing_and_opening_again_are_said(cast: Cast) -> None:
    operator = signed_in(cast.operator)

    assert "Ferndale is closed." in operator.post("/operator/districts/ferndale/close/", follow=True).text
    assert "Ferndale is open again." in operator.post("/operator/districts/ferndale/reopen/", follow=True).text


def test_limits_are_told_as_a_sentence(cast: Cast) -> None:
    page = signed_in(cast.operator).get("/operator/districts/ferndale/")

    assert "or a school empty." in page.text


def test_list_of_one_counts_one(cast: Cast) -> None:
    operator = signed_in(cast.operator)

    assert "1 school<" in operator.get(SCHOOLS).text
    assert "2 schools<" in operator.get(SCHOOLS + "?show=onboarded").text


def test_change_of_the_method_says_that_the_drop_box_is_emptied(cast: Cast) -> None:
    browser, page, said = signed_in(cast.operator), "/operator/districts/ferndale/method/", "What lies in the drop box"

    assert said in browser.get(page).text
    District.objects.filter(pk=cast.ferndale.pk).update(method="classlink")
    assert said not in browser.get(page).text


def test_operator_of_a_self_serve_district_is_told_of_nothing_that_comes(cast: Cast) -> None:
    set_method(by=cast.operator, district=cast.ferndale, method="self-serve")
    browser = signed_in(cast.operator)

    set_up = browser.get("/operator/districts/ferndale/").text
    schools = browser.get(SCHOOLS).text

    assert "<p>3 schools.</p>" in set_up
    assert ">Add schools</a>" in set_up
    assert all(name in schools for name in ("Oak Elementary", "Elm Middle", "Birch High"))
    for page in (set_up, schools):
        for foreign in ("nboard", "came", "left out"):
            assert foreign not in page


def test_school_added_to_a_self_serve_district_is_simply_added(cast: Cast) -> None:
    set_method(by=cast.operator, district=cast.ferndale, method="self-serve")

    page = signed_in(cast.operator).post(SCHOOLS, {"do": "add", "name": "Ash Primary"}, follow=True)

    assert "Added Ash Primary." in page.text
    assert "nboard" not in page.text


def test_self_serve_district_that_is_opened_again_is_promised_no_syncs(cast: Cast) -> None:
    browser, promise = signed_in(cast.operator), "and its syncs start"
    browser.post("/operator/districts/ferndale/close/")

    assert promise in browser.get("/operator/districts/ferndale/").text
    District.objects.filter(pk=cast.ferndale.pk).update(method="self-serve")
    assert promise not in browser.get("/operator/districts/ferndale/").text
