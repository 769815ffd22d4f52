"""Where people land, and which icons they find there."""

from __future__ import annotations

from django.test import Client

from homeroom.districts import actions, scope
from homeroom.districts.models import Role, SchoolYear
from tests.people import Cast, an_account, set_method, signed_in


def names_of_tiles(browser: Client, address: str = "/d/ferndale/") -> list[str]:
    return [tile.name for tile in browser.get(address).context["tiles"]]


def test_whoever_has_one_district_lands_in_it(cast: Cast) -> None:
    assert signed_in(cast.oak_admin).get("/").headers["Location"] == "/d/ferndale/"


def test_operator_lands_on_the_list_of_districts(cast: Cast) -> None:
    assert signed_in(cast.operator).get("/").headers["Location"] == "/operator/districts/"


def test_whoever_has_two_districts_chooses(cast: Cast) -> None:
    invited = actions.invite(
        by=cast.outsider, district=cast.lakeside, email=cast.district_admin.email, role=Role.DISTRICT_ADMIN
    )
    actions.accept_invitation(by=cast.district_admin, district=cast.lakeside, token=invited.token)

    page = signed_in(cast.district_admin).get("/")

    assert [district.name for district in page.context["districts"]] == ["Ferndale", "Lakeside"]


def test_whoever_has_no_district_is_told_what_to_do(db: None) -> None:
    page = signed_in(an_account("nora@nowhere.example")).get("/")

    assert b"Ask your district" in page.content


def test_whoever_has_only_a_closed_district_is_told_so(cast: Cast) -> None:
    signed_in(cast.operator).post("/operator/districts/ferndale/close/")

    assert "or the district is closed" in signed_in(cast.district_admin).get("/").text


def test_missing_school_year_is_said_with_what_it_stops(cast: Cast) -> None:
    with scope.within(cast.ferndale.pk):
        SchoolYear.objects.all().delete()

    assert "so no sync can succeed" in signed_in(cast.district_admin).get("/d/ferndale/").text


def test_district_administrator_finds_schools_notices_people_audit_and_settings(cast: Cast) -> None:
    found = names_of_tiles(signed_in(cast.district_admin))

    assert [name for name in found if name != "Sync Reports"] == ["Schools", "Notices", "People", "Audit", "Settings"]


def test_administrator_of_several_schools_finds_schools_and_people(cast: Cast) -> None:
    assert names_of_tiles(signed_in(cast.oak_and_elm_admin)) == ["Schools", "People"]


def test_administrator_of_one_school_finds_the_school_itself_in_place_of_a_list(cast: Cast) -> None:
    found = names_of_tiles(signed_in(cast.oak_admin))

    assert "Schools" not in found
    assert found[-1] == "People"


def test_sync_reports_are_no_icon_where_rostering_is_by_hand(cast: Cast) -> None:
    set_method(by=cast.operator, district=cast.ferndale, method="self-serve")

    assert "Sync Reports" not in names_of_tiles(signed_in(cast.district_admin))


def test_schools_can_be_searched_by_name_and_source_id(cast: Cast) -> None:
    browser = signed_in(cast.district_admin)

    assert b"Elm Middle" not in browser.get("/d/ferndale/schools/?q=OAK").content
    assert b"Birch High" not in browser.get("/d/ferndale/schools/?status=onboarded").content


def test_school_shows_only_colleagues_of_that_school(cast: Cast) -> None:
    page = signed_in(cast.district_admin).get(f"/d/ferndale/schools/{cast.elm.pk}/")

    assert [member.user.name for member in page.context["members"]] == ["Toni Two"]


def test_page_beyond_the_last_one_shows_the_last(cast: Cast) -> None:
    assert b"Oak Elementary" in signed_in(cast.district_admin).get("/d/ferndale/schools/?page=99").content


def test_tiles_speak_of_adding_only_to_whoever_may_add(cast: Cast) -> None:
    synced = [tile.about for tile in signed_in(cast.oak_admin).get("/d/ferndale/").context["tiles"][:3]]
    set_method(by=cast.operator, district=cast.ferndale, method="self-serve")
    by_hand = [tile.about for tile in signed_in(cast.oak_admin).get("/d/ferndale/").context["tiles"][:3]]

    assert synced == ["See students", "See staff", "See classes"]
    assert by_hand == ["See and add students", "See and add staff", "See and add classes"]


def test_school_administrator_uploads_files_only_where_rostering_is_by_hand(cast: Cast) -> None:
    address = f"/d/ferndale/schools/{cast.birch.pk}/"
    uploads = "uploads its files"

    assert uploads not in signed_in(cast.district_admin).get(address).text
    set_method(by=cast.operator, district=cast.ferndale, method="self-serve")
    assert uploads in signed_in(cast.district_admin).get(address).text


def test_nothing_waits_for_onboarding_where_rostering_is_by_hand(cast: Cast) -> None:
    set_method(by=cast.operator, district=cast.ferndale, method="self-serve")
    browser = signed_in(cast.district_admin)

    (schools, *_) = browser.get("/d/ferndale/").context["tiles"]
    assert (schools.name, schools.about) == ("Schools", "3 schools")
    for page in ("schools/", f"schools/{cast.birch.pk}/"):
        assert "nboard" not in browser.get(f"/d/ferndale/{page}").text
