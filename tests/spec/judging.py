"""What does the engine make of an example? Its files are written, read and judged as those of anybody."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from homeroom import engine
from homeroom.engine.profile import Profile, shipped
from homeroom.engine.rules import counts
from homeroom.engine.validate import Checked
from homeroom.sources.local import collect
from tests.spec import district
from tests.spec.example import Example, Found

_COUNTS = {rule.id: "off" for rule in counts.RULES}


@dataclass(frozen=True)
class Outcome:
    """findings: in the order of the engine. checked: the judgement itself. files: what was delivered, by name. before:
    the roster as accepted before, empty if there was none. given: the names under which the example gives its tables
    and whole files.
    """

    findings: list[Found]
    checked: Checked
    files: Mapping[str, bytes]
    before: engine.Roster
    given: Collection[str]

    def told_of(self) -> list[tuple[str, int, str | None]]:
        """The file, line and source id of each finding about a row of a text table."""
        rows = self.checked.findings.rows.select("file", "line", "sourcedId").unique().collect().rows()
        return [row for row in rows if row[0] in self._written() and (row[1] or 0) > 1 and row[2] is not None]

    def written(self) -> list[tuple[str, int, str | None]]:
        """The file, line and first cell, which is the source id, of each row that a text table became."""
        return [
            (name, line, row[0] or None)
            for name, text in self._written().items()
            for line, row in enumerate(csv.reader(io.StringIO(text, newline="")), start=1)
        ]

    def _written(self) -> Mapping[str, str]:
        return {name: self.files[name].decode() for name in self.files if name not in self.given}

    def accepted(self, table: str) -> set[str]:
        return set(self.checked.accepted(table).rows.collect()["sourcedId"])

    def proposed(self, table: str) -> set[str]:
        return set(engine.propose(self.before, self.checked).tables[table].rows.collect()["sourcedId"])

    def left_out(self, table: str) -> int:
        return next(one.left_out for one in engine.summarise(self.checked).tables if one.table == table)


def profile_of(example: Example) -> Profile:
    """The example's profile. The counts over whole tables are off where the example is not about one of them."""
    profile = shipped(example.profile)
    changed = replace(profile, **example.settings)  # type: ignore[arg-type]
    if example.rule in _COUNTS:
        return changed
    return replace(changed, consequences=_COUNTS | dict(changed.consequences))


def judge(example: Example, version: str, folder: Path) -> Outcome:
    """The outcome of an example in one version. folder: an empty one, for the files and for the engine's work."""
    profile, work = profile_of(example), folder / "work"
    work.mkdir(parents=True)
    files = district.delivery(
        example.given,
        version=version,
        deltas=example.deltas,
        whole=example.whole,
        without=example.without,
        alone=example.alone,
    )
    delivered = (
        _zipped(example, files, folder) if example.folder or example.junk else _laid_out(files, folder / "delivered")
    )
    before = None if example.known is None else known(example.known, version, profile, folder / "known")
    checked = engine.validate(
        engine.read(delivered),
        profile=profile,
        onboarded=None if example.onboarded is None else frozenset(example.onboarded),
        known=before,
        work=work,
    )
    rows = checked.findings.rows.select("file", "line", "field", "message", "consequence", "rule").collect()
    return Outcome([Found(*row) for row in rows.iter_rows()], checked, files, before or engine.Roster(), example.given)


def known(given: Mapping[str, str], version: str, profile: Profile, folder: Path) -> engine.Roster:
    """The roster as accepted before: the whole district, with what is given in it."""
    whole = {"enrollments": "sourcedId"} | dict(given)
    files = district.delivery(whole, version=version)
    snapshot = engine.read(_laid_out(files, folder / "delivered"))
    return engine.trust(snapshot, profile=profile, work=_made(folder / "work"))


def _laid_out(files: Mapping[str, bytes], folder: Path) -> engine.Delivery:
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return engine.Delivery(
        tuple(engine.File(name, folder / name, len(content)) for name, content in files.items()), folder.name
    )


def _zipped(example: Example, files: Mapping[str, bytes], folder: Path) -> engine.Delivery:
    path = folder / "roster.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(example.folder + name, content)
        for name in example.junk:
            archive.writestr(name, b"made-up")
    return collect([path], work=_made(folder / "unpacked"))


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder
