from hypothesis import given, settings, HealthCheck

from tests.properties import reference
from tests.properties.damages import Case, cases
from tests.properties.reference_reading import trust
from tests.properties.runs import accepted, counts, desk, findings, records, standings
from homeroom import engine

@given(cases())
def test_engine_reads_as_the_reference(case: Case) -> None:
    with desk() as at:
        known = at.trust(case.known.files, case.profile) if case.known else None
        plainly = reference.judge(case.files, case.made.version, profile=case.profile, onboarded=case.onboarded,
                                  known=trust(case.known.files, case.made.version) if case.known else None)
        checked = at.judge(case, known=known)
        assert checked.stopped == plainly.stopped
        if checked.stopped: return
        assert standings(checked) == plainly.standings()
        got, want = findings(checked), plainly.findings()
        assert (got - want, want - got) == ({}, {})
        assert counts(checked) == plainly.counts
        assert accepted(checked) == plainly.accepted()
