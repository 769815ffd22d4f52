"""*Test connection*: what there is, how long a page takes, what is unusual, or why not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from homeroom.demo.provider import Manners, Provider
from homeroom.demo.provider_faults import Fault, Kind
from homeroom.sources.oneroster_rest import COLLECTIONS, Bearer, Tried
from homeroom.sources.oneroster_rest import test_connection as tried
from tests.sources.oneroster_rest.pulling import PAGE, USERS, connected, district


def users_of(found: tuple[Tried, ...]) -> Tried:
    return next(one for one in found if one.collection == "users")


def test_connection_that_works_says_what_there_is() -> None:
    with connected(Provider(district()), page_size=100) as connection:
        found = tried(connection)

    assert [one.collection for one in found] == list(COLLECTIONS)
    assert [one.records for one in found] == [1, 1, 1, 1, USERS, 1]
    assert {(one.quirks, one.problem) for one in found} == {((), None)}
    assert 0 < users_of(found).seconds < 5
    assert users_of(found).page_records == USERS


@pytest.mark.parametrize(
    ("manners", "records", "quirks"),
    [
        (Manners(most_records=7), USERS, ("It gives 7 records a page where 10 are asked for.",)),
        (Manners(totals=False), None, ("It does not say how many records there are (no X-Total-Count).",)),
        (Manners(links=None), USERS, ("It sends no links from page to page.",)),
        (
            Manners(sorts=None),
            USERS,
            ("It turns other requests down and is asked for 10 records a page and no order.",),
        ),
        (
            Manners(rounds_offsets=True),
            USERS,
            ("It begins pages at whole multiples of their size only: everything is read twice.",),
        ),
        (Manners(links="opaque"), USERS, ("Its pages can only be reached by links.",)),
    ],
)
def test_quirks_are_told(manners: Manners, records: int | None, quirks: tuple[str, ...]) -> None:
    with connected(Provider(district(), manners=manners)) as connection:
        one = users_of(tried(connection))

    assert (one.records, one.quirks, one.problem) == (records, quirks, None)


def test_order_and_links_that_are_not_what_was_asked_for_are_told() -> None:
    users = list(reversed(district()["users"]))
    provider = Provider(
        district() | {"users": users},
        manners=Manners(sorts=False),
        faults=[Fault(Kind.FOREIGN_LINK, "users", page, None) for page in (0, 1)],
    )

    with connected(provider) as connection:
        assert users_of(tried(connection)).quirks == (
            "It does not put records into the order of their source ids.",
            "Its links lead to elsewhere.example, which is not asked.",
        )


def test_what_stands_in_the_way_of_one_collection_is_said_of_it() -> None:
    provider = Provider(district(), faults=[Fault(Kind.HTML, "users", 0, None)])

    with connected(provider) as connection:
        found = tried(connection)

    assert [one.collection for one in found if one.problem is not None] == ["users"]
    assert "“users”, page 1 (from record 1): instead of records came a web page (HTML)" in str(users_of(found).problem)


def test_what_stands_in_the_way_of_all_is_said_once() -> None:
    with connected(Provider(district())) as connection:
        (one,) = tried(replace(connection, authentication=Bearer("guessed")))

    assert "does not accept the credentials" in str(one.problem)


def test_collection_without_records_has_none() -> None:
    with connected(Provider(district(0))) as connection:
        assert users_of(tried(connection)).records == 0


def test_no_more_than_two_pages_are_asked_for() -> None:
    provider = Provider(district())

    with connected(provider) as connection:
        tried(connection)

    asked = [query["offset"] for collection, query in provider.asked if collection == "users"]
    assert asked == ["0", str(PAGE - 1)]
