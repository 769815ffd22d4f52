"""Small syncs of the small district of ``tests.spec.district``: a roster as it was, a delivery, what follows."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from homeroom import engine
from homeroom.engine.profile import shipped
from tests.spec import district

Given = Mapping[str, str]
PUBLISHER = shipped("publisher")


@dataclass(frozen=True)
class Sync:
    """One sync, from the roster before to the report."""

    before: engine.Roster
    checked: engine.Checked
    proposed: engine.Roster
    changes: engine.Changes
    verdict: engine.Verdict
    report: engine.Report

    def ids(self, table: str) -> list[str]:
        """The source ids of one table of the proposed roster."""
        return ids(self.proposed, table)


@dataclass
class Office:
    """A folder, in which files are laid out and the engine works."""

    folder: Path
    deliveries: int = 0

    def roster(self, given: Given, *, version: str = "1.1", whole: tuple[str, ...] = ()) -> engine.Roster:
        """The roster of the district with what is given in it; whole: tables that hold nothing but what is given."""
        snapshot = engine.read(self.deliver(district.delivery(given, version=version, whole=whole)))
        return engine.trust(snapshot, profile=PUBLISHER, work=self.folder)

    def sync(
        self,
        before: engine.Roster,
        given: Given,
        *,
        version: str = "1.1",
        whole: tuple[str, ...] = (),
        deltas: tuple[str, ...] = (),
        onboarded: frozenset[str] | None = None,
    ) -> Sync:
        snapshot = engine.read(self.deliver(district.delivery(given, version=version, whole=whole, deltas=deltas)))
        checked = engine.validate(snapshot, profile=PUBLISHER, work=self.folder, onboarded=onboarded, known=before)
        proposed = engine.propose(before, checked)
        changes = engine.diff(before, proposed)
        verdict = engine.guard(changes, before)
        return Sync(before, checked, proposed, changes, verdict, engine.summarise(checked, changes, verdict))

    def deliver(self, files: Mapping[str, bytes]) -> engine.Delivery:
        self.deliveries += 1
        folder = self.folder / f"delivery-{self.deliveries}"
        folder.mkdir()
        for name, content in files.items():
            (folder / name).write_bytes(content)
        return engine.Delivery(
            tuple(engine.File(name, folder / name, len(content)) for name, content in files.items()), "roster.zip"
        )


def ids(roster: engine.Roster, table: str) -> list[str]:
    return sorted(roster.tables[table].rows.collect()["sourcedId"])


def record(roster: engine.Roster, table: str, id: str) -> dict[str, str]:
    """The filled cells of one record."""
    rows = roster.tables[table].rows.collect().filter(sourcedId=id).drop("key").to_dicts()
    assert len(rows) == 1
    return {name: value for name, value in rows[0].items() if value is not None}
