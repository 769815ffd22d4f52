"""What does manifest.csv say: which version, and of each table whether it is absent, complete or a set of changes?

Source: OneRoster CSV binding 1.1 and 1.2, manifest.csv. What real exports get wrong is read around, and noted.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field

from homeroom.engine.delivery import File
from homeroom.engine.oneroster import VERSIONS, tables_of
from homeroom.engine.snapshot import Remark

MODES = ("absent", "bulk", "delta")
_MAX_BYTES = 1_000_000
_PROPERTIES = ("manifest.version", "oneroster.version", "source.systemName", "source.systemCode")
_SEEN_AS_VERSION = {"1.1": "1.1", "1.1.1": "1.1", "1.2": "1.2", "1.2.0": "1.2", "1.2.1": "1.2"}


@dataclass(frozen=True)
class Manifest:
    """version: "1.1", "1.2", or null where the manifest does not say so in a way that can be used. modes: by table
    name.
    """

    version: str | None = None
    modes: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()


def is_manifest(header: tuple[str, ...]) -> bool:
    """Whether a header row is a manifest's, also a misspelt or a transposed one."""
    names = {name.strip().lower() for name in header}
    return "propertyname" in names or {"manifest.version", "oneroster.version"} <= names


def read_manifest(file: File) -> Manifest:
    """The manifest in this file; what cannot be used is a remark, never an error."""
    if file.size_bytes > _MAX_BYTES:
        return Manifest(remarks=(_unreadable(file, "it is larger than a manifest can be"),))
    try:
        rows = list(csv.reader(file.path.read_text(encoding="utf-8-sig").splitlines()))
    except (UnicodeDecodeError, csv.Error):
        return Manifest(remarks=(_unreadable(file, "it is not CSV text in UTF-8"),))
    rows = [row for row in rows if any(row)]
    if not rows or not is_manifest(tuple(rows[0])):
        return Manifest(remarks=(_unreadable(file, "its header row is not propertyName,value"),))
    reading = _Reading(file.name)
    properties = reading.properties(rows)
    version = reading.version(properties)
    modes = reading.modes(properties)
    reading.compare_names(properties, version)
    return Manifest(version, modes, tuple(reading.remarks))


def _unreadable(file: File, why: str) -> Remark:
    return Remark("manifest-unreadable", file=file.name, value=file.name, detail=why)


@dataclass
class _Reading:
    """One manifest on its way, with what was noticed so far."""

    file: str
    remarks: list[Remark] = field(default_factory=list)

    def _note(self, detail: str) -> None:
        self.remarks.append(Remark("manifest-property", file=self.file, detail=detail))

    def _wrong_mode(self, value: str, place: str) -> None:
        self.remarks.append(Remark("manifest-value", file=self.file, value=f"“{value[:60]}”", detail=place))

    def properties(self, rows: list[list[str]]) -> dict[str, str]:
        """The properties by name; of one that stands twice, the last."""
        header = [cell.strip() for cell in rows[0]]
        if "propertyname" not in {cell.lower() for cell in header}:
            self._note("its properties stand side by side instead of one below the other")
            pairs = list(zip(header, rows[1] if len(rows) > 1 else [], strict=False))
        else:
            if header != ["propertyName", "value"]:
                self._note("its header row is not propertyName,value")
            pairs = [(row[0].strip(), row[1].strip()) for row in rows[1:] if len(row) > 1]
        found: dict[str, str] = {}
        for given, value in pairs:
            name = given.rstrip("*")  # a footnote mark of the standard's own table, copied by some exporters
            if name != given:
                self._note(f"{given[:60]} was read as {name[:60]}")
            if found.get(name, value) != value and name.startswith("file."):
                self._wrong_mode(value, f"{name[:60]}, beside “{found[name][:60]}”")
            elif found.get(name, value) != value:
                self._note(f"{name[:60]} stands twice, with different values")
            found[name] = value
        return found

    def version(self, properties: Mapping[str, str]) -> str | None:
        stated = properties.get("manifest.version", "missing")
        if stated != "1.0":
            self._note(f"manifest.version is {stated[:60]} and must be 1.0")
        stated = properties.get("oneroster.version", "missing")
        if stated not in VERSIONS:
            self._note(f"oneroster.version is {stated[:60]} and must be 1.1 or 1.2")
        return _SEEN_AS_VERSION.get(stated)

    def modes(self, properties: Mapping[str, str]) -> dict[str, str]:
        modes = {}
        for table in tables_of("1.2"):
            name = f"file.{table}"
            stated = properties.get(name)
            if stated is None:
                continue
            mode = stated.lower()
            if mode not in MODES:
                self._wrong_mode(stated, name)
            elif mode != stated:
                self._note(f"{name} is {stated} and must be written {mode}")
            modes[table] = mode
        return modes

    def compare_names(self, properties: Mapping[str, str], version: str | None) -> None:
        """Note the properties that are missing and those that the standard does not know."""
        announced = [f"file.{table}" for table in tables_of(version or "1.2")]
        for name in announced:
            if name not in properties:
                self._note(f"the row {name} is missing; the file counts as complete if it is there")
        known = {*_PROPERTIES, *(f"file.{table}" for table in tables_of("1.2"))}
        for name in properties:
            if name not in known:
                self._note(f"{name[:60]} is no property of the standard and was passed over")
