"""The engine at work on made-up files: shorthands for the laws, and what it says in plain Python."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings

from homeroom import engine
from homeroom.engine.profile import Profile, shipped
from tests.properties.damages import Case
from tests.properties.reference import JUDGED
from tests.properties.reference_people import COUNTS
from tests.properties.reference_reading import Count, Finding, Records

PUBLISHER = shipped("publisher")

#: How many of the profile's examples a law gets: each is a whole delivery, and takes the engine a tenth of a second.
MANY = settings(max_examples=settings().max_examples // 2)
SOME = settings(max_examples=settings().max_examples // 4)
FEW = settings(max_examples=settings().max_examples // 8)


@dataclass(frozen=True)
class Desk:
    """A folder for one example: files are laid out in it, the engine is lent it to work in."""

    folder: Path

    def deliver(self, files: Mapping[str, bytes], *, order: list[str] | None = None) -> engine.Delivery:
        place = self.folder / f"delivery-{len(list(self.folder.iterdir()))}"
        place.mkdir()
        delivered = []
        for name in order or sorted(files):
            path = place / name
            path.write_bytes(files[name])
            delivered.append(engine.File(name, path, len(files[name])))
        return engine.Delivery(tuple(delivered), "roster.zip")

    def trust(self, files: Mapping[str, bytes], profile: Profile) -> engine.Roster:
        return engine.trust(engine.read(self.deliver(files)), profile=profile, work=self.folder)

    def judge(
        self, case: Case, *, known: engine.Roster | None = None, order: list[str] | None = None
    ) -> engine.Checked:
        snapshot = engine.read(self.deliver(case.files, order=order))
        return engine.validate(snapshot, profile=case.profile, work=self.folder, onboarded=case.onboarded, known=known)


@contextmanager
def desk() -> Iterator[Desk]:
    with TemporaryDirectory(prefix="homeroom-laws-") as folder:
        yield Desk(Path(folder))


def findings(checked: engine.Checked) -> Counter[Finding]:
    """All findings about single rows; those about headers and packages are not compared."""
    rows = checked.findings.rows.collect().iter_rows(named=True)
    return Counter(
        Finding(*(row[name] for name in Finding._fields))
        for row in rows
        if row["rule"] in JUDGED and not _is_count(row)
    )


def counts(checked: engine.Checked) -> set[Count]:
    """All findings about many records at once."""
    rows = checked.findings.rows.collect().iter_rows(named=True)
    return {Count(row["table"], row["field"], row["rule"], row["count"]) for row in rows if _is_count(row)}


def _is_count(row: Mapping[str, object]) -> bool:
    a_note_for_all = row["rule"] == "bulk-columns-filled" and row["consequence"] != "refuses the row"
    return row["rule"] in COUNTS or row["rule"] == "reference-not-checked" or a_note_for_all


def standings(checked: engine.Checked) -> dict[tuple[str, int], str]:
    """By table and line, how each row stands."""
    stands = {}
    for name, page in checked.pages.items():
        lines = page.line_of(page.frame.with_row_index("row")["row"]).to_list()
        for line, refused, silent in zip(lines, page.refused.to_list(), page.silent.to_list(), strict=True):
            stands[name, line] = "left out" if silent else "refused" if refused else "accepted"
        stands |= {(name, line): "refused" for line in page.measured.bad_rows["line"].to_list()}
    return stands


def accepted(checked: engine.Checked) -> Records:
    return {name: _by_id(checked.accepted(name).rows.collect().iter_rows(named=True)) for name in checked.pages}


def records(roster: engine.Roster) -> Records:
    """The text of a roster, by table and source id."""
    return {name: _by_id(table.rows.collect().iter_rows(named=True)) for name, table in roster.tables.items()}


def _by_id(rows: Iterator[dict[str, object]]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        record = {
            name: str(value) for name, value in row.items() if value is not None and name not in ("key", "content")
        }
        assert record["sourcedId"] not in found, f"{record['sourcedId']} is there twice"
        found[record["sourcedId"]] = record
    return found
