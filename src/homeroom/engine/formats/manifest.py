"""What does manifest.csv say: which version, and of each table whether it is absent, complete or a set of changes?

Source: OneRoster CSV binding 1.1 and 1.2, manifest.csv. What real exports get wrong is read around, and noted.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from homeroom.engine.delivery import File
from homeroom.engine.oneroster import VERSIONS, tables_of
from homeroom.engine.snapshot import Remark

MODES = ("absent", "bulk", "delta")
_MAX_BYTES = 1_000_000
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

    def remark(rule: str, detail: str, value: str = file.name) -> Remark:
        return Remark(rule, file=file.name, value=value, detail=detail)

    if file.size_bytes > _MAX_BYTES:
        return Manifest(remarks=(remark("manifest-unreadable", "it is larger than a manifest can be"),))
    try:
        rows = list(csv.reader(file.path.read_text(encoding="utf-8-sig").splitlines()))
    except (UnicodeDecodeError, csv.Error):
        return Manifest(remarks=(remark("manifest-unreadable", "it is not CSV text in UTF-8"),))
    remarks: list[Remark] = []
    properties = dict(_properties([row for row in rows if any(row)], remarks, remark))
    version = _version(properties, remarks, remark)
    modes = dict(_modes(properties, remarks, remark))
    known = {"manifest.version", "oneroster.version", "source.systemName", "source.systemCode"}
    announced = {f"file.{name}" for name in tables_of(version or "1.2")}
    for name in sorted(announced - set(properties)):
        remarks.append(
            remark("manifest-property", f"the row {name} is missing; the file counts as complete if it is there")
        )
    for name in sorted(set(properties) - known - {f"file.{name}" for name in tables_of("1.2")}):
        remarks.append(remark("manifest-property", f"{name[:60]} is no property of the standard and was passed over"))
    return Manifest(version, modes, tuple(remarks))


def _properties(rows: list[list[str]], remarks: list[Remark], remark) -> Iterator[tuple[str, str]]:  # type: ignore[no-untyped-def]
    header = [cell.strip() for cell in rows[0]]
    if "propertyname" not in {cell.lower() for cell in header}:
        remarks.append(remark("manifest-property", "its properties stand side by side instead of one below the other"))
        pairs = list(zip(header, rows[1] if len(rows) > 1 else [], strict=False))
    else:
        if header != ["propertyName", "value"]:
            remarks.append(remark("manifest-property", "its header row is not propertyName,value"))
        pairs = [(row[0].strip(), row[1].strip()) for row in rows[1:] if len(row) > 1]
    seen: dict[str, str] = {}
    for given, value in pairs:
        name = given.rstrip("*")
        if name != given:
            remarks.append(remark("manifest-property", f"{given[:60]} was read as {name[:60]}"))
        if seen.setdefault(name, value) != value:
            rule = "manifest-value" if name.startswith("file.") else "manifest-property"
            remarks.append(remark(rule, f"{name[:60]}, beside “{seen[name][:60]}”", value=f"“{value[:60]}”"))
        yield name, value


def _version(properties: Mapping[str, str], remarks: list[Remark], remark) -> str | None:  # type: ignore[no-untyped-def]
    if properties.get("manifest.version") != "1.0":
        stated = properties.get("manifest.version", "missing")
        remarks.append(remark("manifest-property", f"manifest.version is {stated[:60]} and must be 1.0"))
    stated = properties.get("oneroster.version", "missing")
    if stated not in VERSIONS:
        remarks.append(remark("manifest-property", f"oneroster.version is {stated[:60]} and must be 1.1 or 1.2"))
    return _SEEN_AS_VERSION.get(stated)


def _modes(properties: Mapping[str, str], remarks: list[Remark], remark) -> Iterator[tuple[str, str]]:  # type: ignore[no-untyped-def]
    for name, table in ((f"file.{table}", table) for table in tables_of("1.2")):
        stated = properties.get(name)
        if stated is None:
            continue
        mode = stated.lower()
        if mode not in MODES:
            remarks.append(remark("manifest-value", name, value=f"“{stated[:60]}”"))
        elif mode != stated:
            remarks.append(remark("manifest-property", f"{name} is {stated} and must be written {mode}"))
        yield table, mode
