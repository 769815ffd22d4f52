"""OneRoster CSV 1.1 and 1.2, bulk and delta: which file is which table, and how is it to be taken?

Files are told by their header rows, not by their names. What the standard forbids but a careful reader can still
understand is read and noted; what would be guesswork stops the sync.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from homeroom.engine.delivery import Delivery
from homeroom.engine.formats.headers import fit, likeness, match_columns, recognise
from homeroom.engine.formats.manifest import Manifest, is_manifest, read_manifest
from homeroom.engine.formats.opened import Opened
from homeroom.engine.oneroster import VERSIONS, tables_of
from homeroom.engine.snapshot import Part, Remark, Snapshot
from homeroom.engine.tables import Table

NAME = "oneroster"


def recognises(opened: Sequence[Opened]) -> bool:
    """Whether one of the files is a manifest or a table of the standard."""
    return any(_is_manifest(one) or _table(one, "1.1") or _table(one, "1.2") for one in opened)


def _is_manifest(one: Opened) -> bool:
    """By its header row; a file of that name counts too unless it is a table: to take changes for the whole would end
    records by the thousand.
    """
    if is_manifest(one.text.header):
        return True
    return one.file.name.lower() == "manifest.csv" and not any(_table(one, version) for version in VERSIONS)


def _table(one: Opened, version: str) -> Table | None:
    return recognise(one.text.header, tables_of(version).values(), file_name=one.file.name)


def arrange(delivery: Delivery, opened: Sequence[Opened]) -> Snapshot:
    """The snapshot of these files. Remarks about files come in the order of the files, those about the manifest
    first.
    """
    manifests = [one for one in opened if _is_manifest(one)]
    data = [one for one in opened if one not in manifests]
    if len(manifests) > 1:
        twice = Remark(
            "file-twice", file=manifests[1].file.name, value=manifests[0].file.name, detail=manifests[1].file.name
        )
        return Snapshot(NAME, "1.1", {}, (twice,), delivery.origin)
    manifest = read_manifest(manifests[0].file) if manifests else Manifest(remarks=(Remark("manifest-missing"),))
    version = _version(data, manifest)
    remarks = list(manifest.remarks)
    if manifest.version not in (None, version):
        text = f"oneroster.version is {manifest.version}, but the columns of the files are those of {version}"
        remarks.append(Remark("manifest-property", file=manifests[0].file.name, detail=text))
    parts, about_files = _parts(data, version, manifest)
    remarks += about_files
    remarks += _announced(parts, manifest, {r.table for r in about_files if r.rule == "manifest-file-marked-absent"})
    ordered = {name: parts[name] for name in tables_of(version) if name in parts}
    return Snapshot(NAME, version, ordered, tuple(remarks), delivery.origin)


def _version(data: Sequence[Opened], manifest: Manifest) -> str:
    """The version that the headers speak for; the manifest's where they leave it open."""
    fits = {
        version: sum(fit(one.text.header, table) for one in data if (table := _table(one, version)) is not None)
        for version in VERSIONS
    }
    if fits["1.1"] != fits["1.2"]:
        return max(fits, key=lambda version: fits[version])
    return manifest.version or "1.1"


def _parts(data: Sequence[Opened], version: str, manifest: Manifest) -> tuple[dict[str, Part], list[Remark]]:
    parts: dict[str, Part] = {}
    remarks: list[Remark] = []
    tables = tables_of(version)
    for one in data:
        name = one.file.name
        table = _table(one, version)
        if table is None:
            remarks.append(Remark("file-unknown", file=name, value=name, detail=_nearest(one, tables)))
            continue
        if manifest.modes.get(table.name) == "absent":
            remarks.append(Remark("manifest-file-marked-absent", file=name, table=table.name, value=name))
            continue
        if table.name in parts:
            remarks.append(Remark("file-twice", file=name, table=table.name, value=parts[table.name].file, detail=name))
            continue
        if name != table.file_name:
            remarks.append(
                Remark(
                    "file-name", file=name, table=table.name, value=name, detail=table.name, expected=table.file_name
                )
            )
        mode = "delta" if manifest.modes.get(table.name) == "delta" else "bulk"
        columns = match_columns(one.text.header, table, file_name=name, delta=mode == "delta")
        remarks += columns.remarks
        parts[table.name] = Part(
            columns.table,
            tables,
            name,
            mode,
            replace(one.text, columns=columns.names),
            columns.names,
            one.file.size_bytes,
        )
    return parts, remarks


def _nearest(one: Opened, tables: Mapping[str, Table]) -> str:
    best = max(tables.values(), key=lambda table: likeness(one.text.header, table))
    return f" It resembles {best.file_name} most." if likeness(one.text.header, best) > 0 else ""


def _announced(parts: Mapping[str, Part], manifest: Manifest, passed_over: set[str | None]) -> list[Remark]:
    return [
        Remark("manifest-file-missing", table=table, value=f"{table}.csv", detail=mode)
        for table, mode in manifest.modes.items()
        if mode in ("bulk", "delta") and table not in parts and table not in passed_over
    ]
