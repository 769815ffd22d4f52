"""What notices say, whatever the counts; and what they never say, whatever was delivered."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import cast

from hypothesis import given
from hypothesis import strategies as st

from homeroom import engine
from homeroom.engine.oneroster import tables_of
from homeroom.notices.messages import MOST_TOLD, Place, Publisher, Standing, Told, digest, letter, payload
from homeroom.notices.models import Occasion
from homeroom.syncs.models import State, Sync
from homeroom.syncs.telling import harmless_reason
from tests.properties.damages import Case, cases
from tests.properties.runs import SOME, desk

AT = datetime(2026, 11, 22, 8, 5, tzinfo=UTC)
FERNDALE = Place("Ferndale", "ferndale", "America/Chicago", "https://h.example/d/ferndale/notices/")
PUBLISHER = Publisher("Homeroom", "Help desk", "mailto:help@publisher.example")
LONG_ENOUGH = 6


def a_failure(**said: object) -> Told:
    return Told(**{"occasion": Occasion.FAILED, "at": AT, "href": "https://h.example/7/", "sync_id": 7, **said})  # type: ignore[arg-type]


def test_a_letter_says_what_when_why_and_where() -> None:
    written = letter([a_failure(reason="orgs, page 1: no answer.")], FERNDALE, PUBLISHER)

    assert written.subject == "Ferndale: a sync failed"
    assert written.text == (
        "Ferndale\n\n"
        "A sync failed (sync 7), November 22, 2026, 02:05 America/Chicago.\n"
        "orgs, page 1: no answer.\n"
        "Nothing was changed: the roster is as it was before.\n"
        "https://h.example/7/\n\n"
        "You get this because you look after Ferndale in Homeroom. To choose what you hear of:\n"
        "https://h.example/d/ferndale/notices/\n\n"
        "Questions? Help desk mailto:help@publisher.example\n"
    )


def test_a_letter_begins_with_how_it_stands_now() -> None:
    told = [a_failure(at=AT), a_failure(at=AT + timedelta(hours=1), occasion=Occasion.WELL, sync_id=8)]
    once_more = [*told, a_failure(at=AT + timedelta(hours=2), sync_id=9)]

    well, failed = letter(told, FERNDALE, PUBLISHER), letter(once_more, FERNDALE, PUBLISHER)

    assert well.subject == "Ferndale: the roster is up to date again (and 1 earlier notice)"
    assert well.text.index("(sync 8)") < well.text.index("(sync 7)")
    assert failed.subject == "Ferndale: a sync failed (and 2 earlier notices)"
    assert failed.text.index("(sync 9)") < failed.text.index("(sync 8)") < failed.text.index("(sync 7)")


def test_the_end_of_a_failure_claims_no_more_than_was_taken() -> None:
    counts = {"orgs": {"refused": 1}, "users": {"refused": 0, "left_out": 2_489}}
    text = letter([a_failure(occasion=Occasion.WELL, counts=counts)], FERNDALE, PUBLISHER).text

    assert text.split("\n\n")[1].split("\n")[:2] == [
        "The roster is up to date again (sync 7), November 22, 2026, 02:05 America/Chicago.",
        "1 record was refused. 2,489 records were left out: they belong to schools that are not onboarded.",
    ]
    assert "well" not in text


def test_the_end_of_a_failure_says_so_where_nothing_was_refused() -> None:
    (_, by_a_sync, _, _) = letter([a_failure(occasion=Occasion.WELL)], FERNDALE, PUBLISHER).text.split("\n\n")
    (_, without, _, _) = letter([a_failure(occasion=Occasion.WELL, sync_id=None)], FERNDALE, PUBLISHER).text.split(
        "\n\n"
    )

    assert "No record was refused." in by_a_sync
    assert "A later night got in, and nothing new had come." in without


def test_a_letter_with_very_much_to_say_ends() -> None:
    told = [a_failure(sync_id=number, at=AT + timedelta(minutes=number)) for number in range(100)]
    text = letter(told, FERNDALE, PUBLISHER).text

    assert text.count("A sync failed") == MOST_TOLD
    assert "And 80 before these" in text
    assert "(sync 99)" in text


def test_a_digest_counts_and_names_districts() -> None:
    standings = [
        Standing("Oak", Occasion.HELD, AT, "https://h.example/1/", "12 classes would go."),
        Standing("Elm", Occasion.FAILED, AT, "https://h.example/2/"),
        Standing("Ash", Occasion.NOTHING_CAME, AT, "https://h.example/3/"),
        Standing("Ash", Occasion.FAILED, AT, "https://h.example/4/"),
    ]
    written = digest(standings, Publisher("Homeroom"))

    assert written.subject == "Homeroom: districts: 2 failed, 1 held for review, 1 without a delivery"
    assert written.text.split("\n\n") == [
        "Ash: a sync failed, since 2026-11-22 08:05 UTC.\nhttps://h.example/4/",
        "Elm: a sync failed, since 2026-11-22 08:05 UTC.\nhttps://h.example/2/",
        "Oak: a sync is held for review, since 2026-11-22 08:05 UTC.\n12 classes would go.\nhttps://h.example/1/",
        "Ash: no delivery came, since 2026-11-22 08:05 UTC.\nhttps://h.example/3/\n",
    ]


def without_sync_if_none_came(told: Told) -> Told:
    return replace(told, sync_id=None) if told.occasion == Occasion.NOTHING_CAME else told


a_told = st.builds(
    Told,
    occasion=st.sampled_from(Occasion),
    at=st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    href=st.just("https://h.example/"),
    sync_id=st.none() | st.integers(1),
    reason=st.text(),
    counts=st.dictionaries(
        st.sampled_from(["users", "classes"]), st.dictionaries(st.just("refused"), st.integers(0, 10**9))
    ),
    new_errors=st.none() | st.integers(0, 10**6),
)


@given(st.lists(a_told.map(without_sync_if_none_came), min_size=1, max_size=5))
def test_whatever_there_is_to_tell_has_one_line_as_its_subject_and_a_payload_that_is_json(told: list[Told]) -> None:
    assert len(letter(told, FERNDALE, PUBLISHER).subject.splitlines()) == 1
    for one in told:
        sent = payload(one, FERNDALE, number=1)
        assert json.loads(json.dumps(sent))["occasion"] == one.occasion.value


@SOME
@given(cases(known=True))
def test_no_cell_of_a_person_stands_in_what_is_told(case: Case) -> None:
    """Whatever damage, and whether the sync fails, is held or has errors."""
    assert case.known is not None
    with desk() as at:
        known = at.trust(case.known.files, case.profile)
        checked = at.judge(case, known=known)
        changes = engine.diff(known, engine.propose(known, checked))
        report = engine.summarise(checked, None, engine.guard(changes, known))
        told = [reason_of(State.FAILED, report), reason_of(State.HELD, report)]
        text = letter([a_failure(reason=reason) for reason in told], FERNDALE, PUBLISHER).text

        assert [cell for cell in cells_of_people(case) if cell in text] == []


def test_well_again_says_how_the_sync_completed() -> None:
    well, refused = a_failure(occasion=Occasion.WELL), {"users": {"refused": 1}}

    assert payload(well, FERNDALE, number=1)["sync"]["status"] == "Completed"
    with_errors = a_failure(occasion=Occasion.WELL, counts=refused)
    assert payload(with_errors, FERNDALE, number=1)["sync"]["status"] == "Completed with Errors"


def reason_of(state: State, report: engine.Report) -> str:
    sync = SimpleNamespace(
        state=state,
        is_collected=False,
        report=report.as_json(),
        reason=" ".join(report.breaches if state == State.HELD else report.reasons),
    )
    return harmless_reason(cast(Sync, sync))


def cells_of_people(case: Case) -> set[str]:
    """What was delivered about people, where it is long enough to be told from other words."""
    tables = tables_of(case.made.version)
    found = set()
    for name in ("users", "demographics", "userProfiles"):
        if name not in case.made.sheets:
            continue
        personal = {column.name for column in tables[name].columns if column.personal} | {"sourcedId"}
        for row in case.made.sheets[name].records:
            found |= {cell for column, cell in row.items() if column in personal and len(cell) >= LONG_ENOUGH}
    return found
