"""Whatever goes wrong, at whichever page: exactly the provider's data, or an error. Never less, never twice.

Each fault of the made-up provider is tried at each page of a pull (the last being the one that shows that there are no
more), once and always. Of the providers of five kinds each meets each fault, and each page, once and always; with
HYPOTHESIS_PROFILE=deep all of them meet everything.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from homeroom.demo.provider import Manners, Provider
from homeroom.demo.provider_access import Access
from homeroom.demo.provider_faults import Fault, Kind
from homeroom.sources import SourceError
from homeroom.sources.oneroster_rest import collect
from tests.sources.oneroster_rest.pulling import PAGE, USERS, connected, district, left_in, pulled

PAGES = range(USERS // PAGE + 2)
PROVIDERS = {
    "tells everything": Manners(slow_seconds=0.3, revision="1"),
    "tells nothing": Manners(slow_seconds=0.3, totals=False, links=None),
    "does not sort": Manners(slow_seconds=0.3, sorts=False),
    "rounds offsets": Manners(slow_seconds=0.3, totals=False, rounds_offsets=True),
    "gives links only": Manners(slow_seconds=0.3, links="opaque"),
}
CHANGES = {Kind.RECORD_GONE, Kind.RECORD_NEW}
#: Nobody who asks once more could tell them from a provider that works.
PASSING = [
    Kind.BUSY, Kind.FAILING, Kind.GATEWAY, Kind.SLOW, Kind.HTML, Kind.TRUNCATED, Kind.CUT_OFF, Kind.ERROR_IN_200,
    Kind.TOKEN_EXPIRED, Kind.SHORT, Kind.OTHER_REVISION, Kind.RECORD_GONE, Kind.RECORD_NEW, Kind.FOREIGN_LINK,
    Kind.LOOPING_LINK, Kind.TOTAL_TOO_HIGH, Kind.TOTAL_TOO_LOW, Kind.REPEATED,
]  # fmt: skip


TIMES = {"once": 1, "always": None}


def crossed(kinds: Iterable[Kind]) -> list[Any]:
    """Kind, page, times and manners of each test."""
    everything = os.environ.get("HYPOTHESIS_PROFILE") == "deep"
    return [
        pytest.param(kind, page, TIMES[times], manners, id=f"{kind}-{page}-{times}-{manners}")
        for number, kind in enumerate(kinds)
        for place, (page, times) in enumerate(product(PAGES, TIMES))
        for turn, manners in enumerate(PROVIDERS)
        if everything or turn == (number + place) % len(PROVIDERS)
    ]


def provider_with(kind: Kind, page: int, times: int | None, manners: str) -> Provider:
    behaviour = PROVIDERS[manners]
    return Provider(
        district(),
        access=Access("oauth2"),
        manners=Manners(**vars(behaviour) | {"most_records": PAGE}),
        faults=[Fault(kind, "users", page, times)],
    )


def ids_behind(provider: Provider) -> set[str]:
    return {id for id, _ in provider.written("users")}


@pytest.mark.parametrize(("kind", "page", "times", "manners"), crossed(kind for kind in Kind if kind not in CHANGES))
def test_pull_brings_exactly_the_data_or_an_error(
    kind: Kind, page: int, times: int | None, manners: str, tmp_path: Path
) -> None:
    provider = provider_with(kind, page, times, manners)

    with connected(provider, timeout_seconds=0.15) as connection:
        try:
            brought = pulled(collect(connection, tmp_path))
        except SourceError:
            assert left_in(tmp_path) == []
        else:
            assert brought == district()


@pytest.mark.parametrize(("kind", "page", "times", "manners"), crossed(sorted(CHANGES)))
def test_records_that_stay_are_never_lost_when_others_come_and_go(
    kind: Kind, page: int, times: int | None, manners: str, tmp_path: Path
) -> None:
    provider = provider_with(kind, page, times, manners)
    before = ids_behind(provider)

    with connected(provider, timeout_seconds=5) as connection:
        try:
            brought = [record["sourcedId"] for record in pulled(collect(connection, tmp_path))["users"]]
        except SourceError:
            assert left_in(tmp_path) == []
        else:
            after = ids_behind(provider)
            assert len(brought) == len(set(brought))
            assert before & after <= set(brought) <= before | after


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("kind", PASSING)
def test_what_passes_by_itself_does_not_fail_the_pull(kind: Kind, page: int, tmp_path: Path) -> None:
    provider = provider_with(kind, page, 1, "tells everything")

    with connected(provider, timeout_seconds=0.15) as connection:
        brought = [record["sourcedId"] for record in pulled(collect(connection, tmp_path))["users"]]

    assert ids_behind(provider) <= set(brought)


@pytest.mark.parametrize(
    "kind",
    [Kind.BUSY, Kind.FAILING, Kind.HTML, Kind.TRUNCATED, Kind.CUT_OFF, Kind.EMPTY, Kind.REPEATED, Kind.ERROR_IN_200],
)
def test_what_stays_fails_the_pull_and_names_collection_page_and_remedy(kind: Kind, tmp_path: Path) -> None:
    provider = provider_with(kind, 1, None, "tells everything")

    with connected(provider) as connection, pytest.raises(SourceError) as told:
        collect(connection, tmp_path)

    assert "“users”, page 2 (from record 1" in str(told.value)
    assert "provider" in str(told.value)
    assert "user-0" not in str(told.value)
