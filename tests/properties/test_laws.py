"""Laws of the engine: true of every delivery, whatever is in it and whatever was there before."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from hypothesis import assume, given
from hypothesis import strategies as st

from homeroom import engine
from homeroom.engine.oneroster import tables_of
from homeroom.engine.snapshot import NOT_CONTENT
from tests.properties import runs
from tests.properties.damages import Case, cases
from tests.properties.reference_reading import Records, Row, Sheet, read
from tests.properties.rosters import Made
from tests.properties.runs import FEW, SOME, Desk, desk

ERRORS = ("stops the sync", "refuses the row")
#: Findings on a source id that is readable.
OF_OTHERS = ("sourcedid-repeated", "reference-not-found")
known_cases = cases(known=True)


@SOME
@given(cases())
def test_a_row_is_refused_exactly_if_it_has_an_error(case: Case) -> None:
    with desk() as at:
        checked = at.judge(case)
        standings, findings = runs.standings(checked), runs.findings(checked)
        errors = {(found.table, found.line) for found in findings if found.consequence in ERRORS}
        refused = {place for place, standing in standings.items() if standing == "refused"}
        left_out = {place for place, standing in standings.items() if standing == "left out"}
        assert refused == errors
        assert left_out.isdisjoint((found.table, found.line) for found in findings)


@FEW
@given(cases())
def test_a_report_counts_every_row_once(case: Case) -> None:
    with desk() as at:
        checked = at.judge(case)
        report = engine.summarise(checked)
        standings = runs.standings(checked)
        for table in report.tables:
            counts = Counter(standing for (name, _), standing in standings.items() if name == table.table)
            assert (table.accepted, table.refused, table.left_out) == (
                counts["accepted"],
                counts["refused"],
                counts["left out"],
            )
            assert table.rows == counts.total()
        refused = any(standing == "refused" for standing in standings.values())
        expected = engine.Status.WITH_ERRORS if refused else engine.Status.COMPLETED
        assert report.status == (engine.Status.FAILED if checked.stopped else expected)


# Comparing two rosters


@SOME
@given(known_cases)
def test_the_difference_leads_there_and_its_inverse_leads_back(case: Case) -> None:
    with desk() as at:
        a, b = _two_rosters(at, case)
        changes = engine.diff(a, b)
        there = engine.apply(changes, a)
        assert _filled(runs.records(there)) == _filled(runs.records(b))
        assert engine.diff(there, b).is_empty
        back = engine.apply(changes.inverse, there)
        assert _filled(runs.records(back)) == _filled(runs.records(a))
        assert engine.diff(back, a).is_empty


@SOME
@given(known_cases)
def test_the_difference_names_every_record_and_every_cell(case: Case) -> None:
    with desk() as at:
        a, b = _two_rosters(at, case)
        before, after = runs.records(a), runs.records(b)
        for name, change in engine.diff(a, b).tables.items():
            old, new = before.get(name, {}), after.get(name, {})
            both = old.keys() & new.keys()
            differing = {id for id in both if old[id] != new[id]}
            assert (len(change.created), len(change.removed)) == (
                len(new.keys() - old.keys()),
                len(old.keys() - new.keys()),
            )
            assert (len(change.updated), change.unchanged) == (len(differing), len(both - differing))
            cells = {
                (id, column, old[id].get(column), new[id].get(column))
                for id in differing
                for column in old[id].keys() | new[id].keys()
                if old[id].get(column) != new[id].get(column)
            }
            assert set(change.columns_that_differ().iter_rows()) == cells


@FEW
@given(known_cases)
def test_a_roster_does_not_differ_from_itself(case: Case) -> None:
    with desk() as at:
        once, again = at.trust(case.files, case.profile), at.trust(case.files, case.profile)
        assert engine.diff(once, once).is_empty
        assert engine.diff(once, again).is_empty


def _two_rosters(at: Desk, case: Case) -> tuple[engine.Roster, engine.Roster]:
    assert case.known is not None
    return at.trust(case.known.files, case.profile), at.trust(case.files, case.profile)


def _filled(records: Records) -> Records:
    """A table without records and a table that is not there are the same."""
    return {name: table for name, table in records.items() if table}


# What stays


@SOME
@given(known_cases)
def test_what_a_delivery_does_not_clearly_end_stays(case: Case) -> None:
    with desk() as at:
        sync = _sync(at, case)
        _a_refused_row_is_never_a_removal(sync)
        _nobody_vanishes_where_a_row_does_not_tell_whose_it_is(sync)
        _a_table_that_is_not_delivered_stays(sync)


@dataclass(frozen=True)
class Sync:
    """One delivery: what was there before, what is there after, and how each row stands. sheets: the plain reading of
    the files.
    """

    case: Case
    before: Records
    after: Records
    checked: engine.Checked
    standings: dict[tuple[str, int], str]
    sheets: dict[str, Sheet]

    def accepted(self, table: str) -> list[Row]:
        rows = self.sheets[table].rows if table in self.sheets else []
        return [row for row in rows if self.standings.get((table, row.line)) == "accepted"]

    def ended(self, owners: str) -> set[str | None]:
        """The users or classes that this delivery ends, also those that it says are ended and that were not there."""
        gone: set[str | None] = {*self.before.get(owners, {}).keys() - self.after.get(owners, {}).keys()}
        return gone | {row.id for row in self.accepted(owners) if row.ends}

    def ended_with_its_owner(self, table: str, id: str) -> bool:
        """Whether the user or class that a record cannot be without was ended."""
        record = self.before[table][id]
        links = [c for c in tables_of(self.case.made.version)[table].references if c.required and not c.is_list]
        owned = [c for c in links if c.reference and c.reference.table in ("users", "classes")]
        return any(record.get(c.name) in self.ended(c.reference.table) for c in owned if c.reference)


def _sync(at: Desk, case: Case) -> Sync:
    assert case.known is not None
    known = at.trust(case.known.files, case.profile)
    checked = at.judge(case, known=known)
    after = runs.records(engine.propose(known, checked))
    return Sync(case, runs.records(known), after, checked, runs.standings(checked), read(case.files, case.made.version))


def _a_refused_row_is_never_a_removal(sync: Sync) -> None:
    """A record that was there, and whose row is refused, left out or not to be read, is still there: unless its own
    user or class ended, or another row, an accepted one, says that the record ends.
    """
    for name, sheet in sync.sheets.items():
        accepted = {row.id for row in sync.accepted(name)}
        for row in sheet.rows:
            if (
                row.id in sync.before.get(name, {})
                and row.id not in accepted
                and not sync.ended_with_its_owner(name, str(row.id))
            ):
                assert row.id in sync.after[name], (name, row.line)


def _nobody_vanishes_where_a_row_does_not_tell_whose_it_is(sync: Sync) -> None:
    """Where a source id is empty, cannot be read or is faulty, only what an accepted row of a delta ends is ended."""
    faulty = {
        (f.table, f.line)
        for f in runs.findings(sync.checked)
        if f.field == "sourcedId" and f.consequence in ERRORS and f.rule not in OF_OTHERS
    }
    for name, sheet in sync.sheets.items():
        if any(row.id is None or (name, row.line) in faulty for row in sheet.rows):
            ended = {row.id for row in sync.accepted(name) if row.ends}
            for id in sync.before.get(name, {}).keys() - ended:
                assert id in sync.after[name] or sync.ended_with_its_owner(name, id), (name, id)


def _a_table_that_is_not_delivered_stays(sync: Sync) -> None:
    for name in sync.before.keys() - sync.sheets.keys():
        for id, record in sync.before[name].items():
            assert sync.after[name].get(id) == record or sync.ended_with_its_owner(name, id), (name, id)


@FEW
@given(known_cases)
def test_the_same_delivery_twice_changes_nothing_the_second_time(case: Case) -> None:
    assert case.known is not None
    with desk() as at:
        known = at.trust(case.known.files, case.profile)
        once = engine.propose(known, at.judge(case, known=known))
        twice = engine.propose(once, at.judge(case, known=once))
        assert engine.diff(once, twice).is_empty
        assert _filled(runs.records(once)) == _filled(runs.records(twice))


# What does not matter


@FEW
@given(cases(known=True, quotes=False), st.integers(0, 10_000))
def test_the_order_of_rows_and_files_does_not_matter(case: Case, seed: int) -> None:
    """But for the lines that are named, and for which of several rows stands that claim the same: their order is
    kept.
    """
    assert case.known is not None
    chance = Random(seed)
    shuffled = case.in_other_order(_shuffle(case.made.copy(), chance))
    names = sorted(case.files)
    chance.shuffle(names)
    with desk() as at:
        known = at.trust(case.known.files, case.profile)
        one, other = at.judge(case, known=known), at.judge(shuffled, known=known, order=names)
        assert _without_lines(one) == _without_lines(other)
        proposals = [engine.propose(known, checked) for checked in (one, other)]
        assert runs.records(proposals[0]) == runs.records(proposals[1])
        digests = [engine.diff(known, proposed).digest() for proposed in proposals]
        assert digests[0] == digests[1]


def _shuffle(made: Made, chance: Random) -> Made:
    """The same rows in another order: neighbours change places again and again, unless they claim something in
    common.
    """
    for sheet in made.sheets.values():
        for _ in range(4 * len(sheet.rows) ** 2 if len(sheet.rows) > 1 else 0):
            place = chance.randrange(len(sheet.rows) - 1)
            one, other = sheet.rows[place : place + 2]
            if not (isinstance(one, dict) and isinstance(other, dict)) or _claims(one).isdisjoint(_claims(other)):
                sheet.rows[place : place + 2] = [other, one]
    return made


def _claims(row: dict[str, str]) -> set[tuple[str | None, ...]]:
    """What a row says is its own, and may be claimed only once."""
    single = {(name, row[name].lower()) for name in ("sourcedId", "username", "userMasterIdentifier") if row.get(name)}
    seat = ("seat", row.get("classSourcedId"), row.get("userSourcedId"), row.get("role"))
    role = ("role", row.get("userSourcedId"), row.get("orgSourcedId"))
    return {*single, *(claim for claim in (seat, role) if claim[1] is not None)}


def _without_lines(checked: engine.Checked) -> Counter[tuple[object, ...]]:
    columns = ("file", "table", "sourcedId", "field", "rule", "consequence", "count")
    return Counter(checked.findings.rows.select(columns).collect().iter_rows())


@FEW
@given(
    known_cases,
    st.integers(0, 30),
    st.integers(0, 11),
    st.integers(0, 29),
    st.sampled_from(["x", "=1+1", "a\x1fb", "é"]),
)
def test_the_digest_differs_when_a_value_differs(case: Case, table: int, place: int, column: int, text: str) -> None:
    assert case.known is not None
    other = case.made.copy()
    sheets = [sheet for sheet in other.sheets.values() if sheet.records]
    assume(sheets)
    sheet = sheets[table % len(sheets)]
    contents = [name for name in sheet.columns if name not in NOT_CONTENT and name != "sourcedId"]
    row, name = sheet.records[place % len(sheet.records)], contents[column % len(contents)]
    row[name] = row.get(name, "") + text
    with desk() as at:
        before, one, two = (at.trust(made.files, case.profile) for made in (case.known, case.made, other))
        differ = runs.records(one) != runs.records(two)
        assert (engine.diff(before, one).digest() != engine.diff(before, two).digest()) == differ


# The guard

LIMITS = st.builds(
    engine.Limits,
    removed_share=st.sampled_from([0.0, 0.1, 0.5]),
    removed_at_least=st.sampled_from([0, 1, 3, 20]),
    updated_share_of_users=st.sampled_from([0.0, 0.5, 0.9]),
)


@SOME
@given(known_cases, LIMITS)
def test_the_guard_lists_every_limit_that_would_be_broken(case: Case, limits: engine.Limits) -> None:
    assert case.known is not None
    with desk() as at:
        a, b = at.trust(case.known.files, case.profile), at.trust(case.files, case.profile)
        verdict = engine.guard(engine.diff(a, b), a, limits)
        found = {(breach.limit, breach.table, breach.count, breach.of, breach.school) for breach in verdict.breaches}
        assert found == set(_breaches(runs.records(a), runs.records(b), limits))
        assert len(found) == len(verdict.breaches)
        assert verdict.passes == (not found)
        assert all(verdict.sentences)
        assert verdict.passes == (not verdict.sentences)


def _breaches(
    before: Records, after: Records, limits: engine.Limits
) -> Iterator[tuple[str, str, int, int, str | None]]:
    """Product.md 4.5: too many deactivated of a kind, too many users changed, a kind or a school left empty."""
    for name, old in before.items():
        new = after.get(name, {})
        gone = len(old.keys() - new.keys())
        changed = sum(old[id] != new[id] for id in old.keys() & new.keys())
        if old and not new:
            yield "empty kind", name, gone, len(old), None
        if gone > limits.removed_at_least and gone > limits.removed_share * len(old):
            yield "removed", name, gone, len(old), None
        if name == "users" and changed > limits.updated_share_of_users * len(old):
            yield "updated", name, changed, len(old), None
        had = Counter(record["schoolSourcedId"] for record in old.values() if "schoolSourcedId" in record)
        has = {record.get("schoolSourcedId") for record in new.values()}
        for school in had.keys() - has:
            if name in after and school in before.get("orgs", {}):
                yield "empty school", name, had[school], had[school], school
