"""However a provider pages: exactly its records, each once; or a sentence that says what it must mend."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from homeroom.demo.provider import Manners, Provider, Reply
from homeroom.demo.provider_faults import Fault, Kind
from homeroom.sources import RefusedError, SettingsError, SourceError, TryAgainLaterError
from homeroom.sources.oneroster_rest import collect
from tests.sources.oneroster_rest.pulling import PAGE, USERS, connected, district, left_in, pulled, record

EVERY_PAGE = range(USERS // PAGE + 2)
MANNERS = {
    "as the standard says": Manners(),
    "gives fewer than asked for": Manners(most_records=7),
    "one page holds all": Manners(most_records=1_000),
    "no count": Manners(totals=False),
    "no links": Manners(links=None),
    "neither": Manners(totals=False, links=None),
    "does not sort": Manners(sorts=False),
    "does not sort, no count": Manners(sorts=False, totals=False),
    "turns sorting down": Manners(sorts=None),
    "turns sorting down, no count": Manners(sorts=None, totals=False),
    "turns large pages down": Manners(most_records=100, refuses_larger=True),
    "begins pages at multiples": Manners(rounds_offsets=True),
    "begins pages at multiples, no count": Manners(most_records=7, rounds_offsets=True, totals=False),
    "links only": Manners(links="opaque"),
    "links only, gives fewer": Manners(most_records=7, links="opaque"),
    "everything at once, whatever is asked": Manners(ignores_offsets=True, ignores_limits=True, links=None),
    "overtaxed by large pages": Manners(overtaxed_above=300),
    "tells revisions": Manners(revision="7"),
}


@pytest.mark.parametrize("page_size", [2, PAGE, 1_000])
@pytest.mark.parametrize("users", [0, 1, PAGE, PAGE + 1, USERS])
@pytest.mark.parametrize("manners", MANNERS)
def test_every_record_comes_once_and_in_order(manners: str, users: int, page_size: int, tmp_path: Path) -> None:
    provider = Provider(district(users), manners=MANNERS[manners])

    with connected(provider, page_size=page_size) as connection:
        brought = pulled(collect(connection, tmp_path))

    assert brought == district(users)


def test_order_of_the_numbers_in_ids_counts_as_an_order(tmp_path: Path) -> None:
    users = [record(str(number)) for number in range(1, 21)]
    provider = Provider(district(users=0) | {"users": users}, manners=Manners(sorts=False, totals=False))

    with connected(provider) as connection:
        assert pulled(collect(connection, tmp_path))["users"] == users

    assert [query["offset"] for collection, query in provider.asked if collection == "users"][:3] == ["0", "9", "18"]


def test_without_an_order_everything_is_read_twice(tmp_path: Path) -> None:
    users = [record(id) for id in ("c", "a", "b")]
    provider = Provider(district(users=0) | {"users": users}, manners=Manners(sorts=False))

    with connected(provider) as connection:
        assert pulled(collect(connection, tmp_path))["users"] == users

    assert [query["offset"] for collection, query in provider.asked if collection == "users"] == ["0", "2", "0", "2"]


def test_records_that_share_a_source_id_are_the_districts_business(tmp_path: Path) -> None:
    users = [record(id, place=place) for place, id in enumerate("aabbbbccccdd")]
    provider = Provider(district(users=0) | {"users": users}, manners=Manners(most_records=3))

    with connected(provider) as connection:
        assert pulled(collect(connection, tmp_path))["users"] == users


def test_record_without_a_source_id_is_brought_like_any_other(tmp_path: Path) -> None:
    users = [record(""), record("", givenName="Ana"), record("a"), record("b")]
    provider = Provider(district(users=0) | {"users": users}, manners=Manners(most_records=2, sorts=False))

    with connected(provider) as connection:
        assert pulled(collect(connection, tmp_path))["users"] == users


def test_largest_page_is_asked_for_in_the_same_order_each_time(tmp_path: Path) -> None:
    provider = Provider(district(), manners=Manners(most_records=PAGE))

    with connected(provider, page_size=10_000) as connection:
        collect(connection, tmp_path)

    asked = [query for collection, query in provider.asked if collection == "users"]
    assert [query.pop("offset") for query in asked] == ["0", "9", "18", "24"]
    assert asked == [{"limit": "10000", "sort": "sourcedId", "orderBy": "asc"}] * 4


def test_page_that_is_too_much_is_halved(tmp_path: Path) -> None:
    provider = Provider(district(), manners=Manners(overtaxed_above=300))

    with connected(provider, page_size=1_000) as connection:
        collect(connection, tmp_path)

    limits = [query["limit"] for collection, query in provider.asked if collection == "users"]
    assert list(dict.fromkeys(limits)) == ["1000", "500", "250"]


def test_only_what_changed_is_asked_for_and_comes_as_a_delta(tmp_path: Path) -> None:
    old, new = record("a"), record("b") | {"dateLastModified": "2026-09-02T06:00:00.000Z"}
    provider = Provider(district(users=0) | {"users": [old, new]})

    with connected(provider) as connection:
        delivery = collect(connection, tmp_path, since=datetime(2026, 9, 1, tzinfo=UTC))

    assert {name: len(found) for name, found in pulled(delivery).items() if found} == {"users": 1}
    assert {query["filter"] for _, query in provider.asked} == {"dateLastModified>'2026-09-01T00:00:00.000Z'"}
    assert '"mode": "delta"' in (tmp_path / "pull.json").read_text()


def always(kind: Kind) -> list[Fault]:
    return [Fault(kind, "users", page, None) for page in EVERY_PAGE]


def test_fewer_records_than_the_provider_counts_are_too_few(tmp_path: Path) -> None:
    provider = Provider(district(), faults=always(Kind.TOTAL_TOO_HIGH))

    with connected(provider) as connection, pytest.raises(TryAgainLaterError) as told:
        collect(connection, tmp_path)

    assert "“users”, page 4" in str(told.value)
    assert "says that there are 32 records, but gives 25 and no more" in str(told.value)
    assert left_in(tmp_path) == []


def test_provider_that_is_known_to_count_wrongly_is_read_to_the_end(tmp_path: Path) -> None:
    provider = Provider(district(), faults=always(Kind.TOTAL_TOO_HIGH))

    with connected(provider, trusts_totals=False) as connection:
        assert pulled(collect(connection, tmp_path)) == district()


def test_more_records_than_the_provider_counts_are_taken(tmp_path: Path) -> None:
    provider = Provider(district(), faults=always(Kind.TOTAL_TOO_LOW))

    with connected(provider) as connection:
        assert pulled(collect(connection, tmp_path)) == district()


def test_hole_in_the_middle_is_not_taken_for_the_end(tmp_path: Path) -> None:
    provider = Provider(
        district(),
        manners=Manners(most_records=PAGE, totals=False, links=None, rounds_offsets=True),
        faults=[Fault(Kind.EMPTY, "users", 1, None)],
    )

    with connected(provider) as connection, pytest.raises(SourceError, match="seem to end after 10, but further on"):
        collect(connection, tmp_path)


@pytest.mark.parametrize("totals", [True, False])
def test_same_page_whatever_is_asked_for_is_refused(totals: bool, tmp_path: Path) -> None:
    manners = Manners(most_records=PAGE, totals=totals, ignores_offsets=True, links=None)

    with (
        connected(Provider(district(), manners=manners), page_size=100) as connection,
        pytest.raises(RefusedError, match=r"“users”, page 2 .* The provider must observe “offset”"),
    ):
        collect(connection, tmp_path)


def test_links_alone_do_not_show_that_all_has_come(tmp_path: Path) -> None:
    manners = Manners(most_records=PAGE, totals=False, links="opaque")

    with (
        connected(Provider(district(), manners=manners)) as connection,
        pytest.raises(RefusedError, match="say how many there are"),
    ):
        collect(connection, tmp_path)


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [(Kind.FOREIGN_LINK, "leads to another machine"), (Kind.LOOPING_LINK, "its links go in a circle")],
)
def test_links_that_are_all_there_is_must_lead_on(kind: Kind, sentence: str, tmp_path: Path) -> None:
    manners = Manners(most_records=PAGE, links="opaque")
    provider = Provider(district(), manners=manners, faults=[Fault(kind, "users", 1, None)])

    with connected(provider) as connection, pytest.raises(RefusedError, match=sentence):
        collect(connection, tmp_path)


def test_data_that_never_rests_fails_the_pull(tmp_path: Path) -> None:
    provider = Provider(
        district(),
        manners=Manners(most_records=PAGE, revision="1"),
        faults=[Fault(Kind.OTHER_REVISION, "users", 1, None)],
    )

    with connected(provider) as connection, pytest.raises(TryAgainLaterError, match="changed again and again"):
        collect(connection, tmp_path)

    assert left_in(tmp_path) == []


def test_collection_that_is_not_given_fails_the_pull(tmp_path: Path) -> None:
    records = district()
    del records["courses"]

    with connected(Provider(records)) as connection, pytest.raises(SettingsError) as told:
        collect(connection, tmp_path)

    assert str(told.value) == (
        "“courses”, page 1 (from record 1): there is nothing at this address (there is no such collection). Check the "
        "base URL, which ends as in /ims/oneroster/v1p1."
    )


@pytest.mark.parametrize("is_given", [True, False])
def test_demographics_come_where_they_are_given(is_given: bool, tmp_path: Path) -> None:
    own = {"demographics": [record("user-000")]} if is_given else {}

    with connected(Provider(district() | own), wants_demographics=True) as connection:
        assert pulled(collect(connection, tmp_path)) == district() | own


class Failing(Provider):
    """Has an accident whenever it is asked for an order, and says no more than that."""

    def answer(self, path: str, query: Mapping[str, str], url: str) -> Reply:
        return Reply(500, b"") if "sort" in query else super().answer(path, query, url)


def test_provider_that_fails_when_it_should_sort_is_asked_without(tmp_path: Path) -> None:
    with connected(Failing(district())) as connection:
        assert pulled(collect(connection, tmp_path)) == district()


class Refusing(Provider):
    """Turns everything down."""

    def answer(self, path: str, query: Mapping[str, str], url: str) -> Reply:
        return Reply(422, b'{"imsx_codeMajor": "failure", "imsx_description": "not in this month"}')


def test_provider_that_turns_everything_down_is_quoted(tmp_path: Path) -> None:
    with connected(Refusing(district())) as connection, pytest.raises(RefusedError) as told:
        collect(connection, tmp_path)

    assert "page 1 (from record 1): the provider turns the request down with status 422 (not in this month)." in str(
        told.value
    )
