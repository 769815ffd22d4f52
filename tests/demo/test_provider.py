"""The made-up provider: a district's CSV files as a OneRoster service sends them, to those who may ask."""

from __future__ import annotations

import http.client
import json
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from homeroom import engine
from homeroom.demo import district
from homeroom.demo.provider import Manners, Provider, serving
from homeroom.demo.provider_access import TOKEN
from homeroom.demo.provider_records import COLLECTIONS, records_of
from homeroom.engine.profile import shipped
from homeroom.sources.local import collect as collect_files
from homeroom.sources.oneroster_rest import Bearer, Connection, collect

PUBLISHER = shipped("publisher")
#: They come out of users, and have ids of their own there.
WITHOUT_ROLES = {*COLLECTIONS}


def roster(delivery: engine.Delivery, work: Path) -> engine.Roster:
    work.mkdir()
    found = engine.trust(engine.read(delivery), profile=PUBLISHER, work=work)
    return engine.Roster({name: records for name, records in found.tables.items() if name in WITHOUT_ROLES})


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_pull_of_the_provider_is_the_district_that_was_made(version: str, tmp_path: Path) -> None:
    made = district.make(tmp_path, users=120, version=version)
    provider = Provider(records_of(made.roster, version=version), version=version, manners=Manners(most_records=50))

    with serving(provider) as address:
        connection = Connection(
            f"{address}{provider.base}", version, Bearer(TOKEN), allows_loopback=True, wants_demographics=True
        )
        pulled = collect(connection, tmp_path / "pages")

    as_files = collect_files([made.roster], work=tmp_path / "unpacked")
    assert engine.diff(roster(as_files, tmp_path / "a"), roster(pulled, tmp_path / "b")).is_empty


def test_pull_of_the_provider_is_accepted_without_a_finding(tmp_path: Path) -> None:
    made = district.make(tmp_path, users=120, version="1.2")
    provider = Provider(records_of(made.roster, version="1.2"), version="1.2")

    with serving(provider) as address:
        connection = Connection(f"{address}{provider.base}", "1.2", Bearer(TOKEN), allows_loopback=True)
        pulled = collect(connection, tmp_path / "pages")

    checked = engine.validate(engine.read(pulled), profile=PUBLISHER, work=tmp_path)
    assert checked.findings.rows.collect().rows() == []
    assert len(checked.accepted("roles")) >= len(checked.accepted("users")) > 0


ORGS = [{"sourcedId": id, "status": "active", "dateLastModified": f"2026-0{id}-01"} for id in "321"]


def asked(provider: Provider, query: str, *, path: str | None = None, token: str = TOKEN) -> tuple[int, dict, object]:
    """Status, headers and body of the answer to a GET."""
    with serving(provider) as address:
        connection = http.client.HTTPConnection(urlsplit(address).netloc)
        target = f"{path or provider.base + '/orgs'}?{quote(query, safe='=&')}"
        connection.request("GET", target, headers={"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
    return answer.status, dict(answer.getheaders()), json.loads(body)


def ids(body: object) -> list[str]:
    assert isinstance(body, dict)
    return [record["sourcedId"] for record in body["orgs"]]


def test_page_holds_what_was_asked_for_and_says_how_it_goes_on() -> None:
    status, headers, body = asked(Provider({"orgs": ORGS}), "limit=2&offset=0")

    assert (status, ids(body), headers["X-Total-Count"]) == (200, ["1", "2"], "3")
    assert headers["Link"].endswith('/ims/oneroster/v1p1/orgs?limit=2&offset=2>; rel="next"')


def test_last_page_does_not_go_on() -> None:
    _, headers, body = asked(Provider({"orgs": ORGS}), "limit=2&offset=2")

    assert ids(body) == ["3"]
    assert "Link" not in headers


def test_filter_lets_through_what_changed_later() -> None:
    _, headers, body = asked(Provider({"orgs": ORGS}), "filter=dateLastModified>'2026-02-01'")

    assert (ids(body), headers["X-Total-Count"]) == (["3"], "1")


@pytest.mark.parametrize(
    ("manners", "query", "status"),
    [(Manners(sorts=None), "sort=sourcedId", 400), (Manners(refuses_larger=True, most_records=2), "limit=3", 400),
     (Manners(sorts=None), "", 200), (Manners(refuses_larger=True, most_records=3), "limit=3", 200)],
)  # fmt: skip
def test_requests_can_be_turned_down(manners: Manners, query: str, status: int) -> None:
    assert asked(Provider({"orgs": ORGS}, manners=manners), query)[0] == status


@pytest.mark.parametrize(
    ("path", "token", "status"),
    [("/ims/oneroster/v1p1/schools", TOKEN, 404), ("/orgs", TOKEN, 404), ("/ims/oneroster/v1p1/orgs", "guessed", 401)],
)
def test_errors_are_told_as_the_standard_has_them(path: str, token: str, status: int) -> None:
    answered, _, body = asked(Provider({"orgs": ORGS}), "", path=path, token=token)

    assert answered == status
    assert isinstance(body, dict)
    assert body["imsx_codeMajor"] == "failure"
