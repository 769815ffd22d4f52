"""The engine against the slow, obvious reading of the same files."""

from hypothesis import given

from homeroom import engine
from homeroom.engine.rules import RULES, classes, counts, files, keys, onboarding, people, references, values
from tests.properties import reference, runs
from tests.properties.damages import Case, cases
from tests.properties.reference_reading import Judgement, Records, trust
from tests.properties.rosters import Made, valid_rosters
from tests.properties.runs import MANY, SOME, Desk, desk


def _plainly(case: Case) -> tuple[Judgement, Records]:
    known = trust(case.known.files, case.made.version) if case.known else None
    judged = reference.judge(case.files, case.made.version, profile=case.profile, onboarded=case.onboarded, known=known)
    return judged, known or {}


def _known(at: Desk, case: Case) -> engine.Roster | None:
    return at.trust(case.known.files, case.profile) if case.known else None


@MANY
@given(cases())
def test_engine_judges_every_row_as_the_reference_does(case: Case) -> None:
    plainly, _ = _plainly(case)
    with desk() as at:
        checked = at.judge(case, known=_known(at, case))
        assert checked.stopped == plainly.stopped
        found, expected = runs.findings(checked), plainly.findings()
        assert (found - expected, expected - found) == ({}, {}), "findings of the engine alone, of the reference alone"
        assert runs.counts(checked) == plainly.counts
        if not checked.stopped:
            assert runs.standings(checked) == plainly.standings()
            assert runs.accepted(checked) == plainly.accepted()


@SOME
@given(cases(known=True))
def test_engine_proposes_the_roster_that_the_reference_proposes(case: Case) -> None:
    plainly, before = _plainly(case)
    with desk() as at:
        known = at.trust(case.known.files, case.profile) if case.known else engine.Roster()
        proposed = runs.records(engine.propose(known, at.judge(case, known=known)))
        expected = reference.propose(before, plainly)
        assert {t: r for t, r in proposed.items() if r} == {t: r for t, r in expected.items() if r}


@given(valid_rosters())
def test_nothing_is_refused_or_cleared_in_a_valid_roster(made: Made) -> None:
    plainly = reference.judge(made.files, made.version, profile=runs.PUBLISHER)
    assert {finding.consequence for finding in plainly.findings()} <= {"notes"}


def test_reference_judges_every_rule_that_is_about_rows() -> None:
    of_rows = {rule.id for rule in files.RULES if rule.id.startswith("row-")} | {"bulk-columns-filled"}
    for module in (keys, references, people, classes, onboarding, counts):
        of_rows |= {rule.id for rule in module.RULES}
    of_rows |= {rule.id for rule in values.VALUES}
    assert of_rows <= {rule.id for rule in RULES}
    assert of_rows == set(reference.JUDGED)
