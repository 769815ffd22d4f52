"""How does a district that is to be measured come about?

Run with the district's name and the folder to write into.
"""

from __future__ import annotations

import csv
import json
import os
import sys
import zipfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from unittest import mock

from homeroom.demo import cases, district
from homeroom.demo.outline import Size
from tests.benches.districts import DISTRICTS, Damage, Made
from tests.benches.expectations import expectations

_FEW = 2
_count = cases.counts


def main(name: str, folder: Path) -> None:
    asked = DISTRICTS[name]
    files = Made(folder)
    with mock.patch.object(cases, "counts", _count_with_few_damaged if asked.damage is Damage.FEW else _count):
        made = district.make(
            folder,
            users=asked.users,
            enrollments_per_user=asked.enrollments_per_user,
            defects_per_kind=_FEW if asked.share else 0,
            share=asked.share,
        )
    made.labels.write_csv(files.labels)
    files.onboarded.write_text("".join(f"{school}\n" for school in made.onboarded), encoding="utf-8")
    files.expectations.write_text(json.dumps(expectations(files.roster)), encoding="utf-8")
    _take_out_damaged_rows(files)
    if asked.is_packed:
        _pack(files)


def _count_with_few_damaged(
    size: Size, *, version: str, mode: str, per_kind: int, share: float
) -> Sequence[cases.Count]:
    """As the generator counts, except that rows which cannot be read do not grow with the share."""
    counted = _count(size, version=version, mode=mode, per_kind=per_kind, share=share)
    return tuple(replace(count, cases=per_kind) if count.kind.is_raw else count for count in counted)


def _take_out_damaged_rows(files: Made) -> None:
    """Writes the copy that every tool can read, and labels with its lines."""
    with files.labels.open(encoding="utf-8", newline="") as file:
        labels = list(csv.DictReader(file))
    damaged: defaultdict[str, list[int]] = defaultdict(list)
    breaks: defaultdict[str, list[int]] = defaultdict(list)
    for label in labels:
        if label["field"] == "row":
            damaged[label["file"]].append(int(label["line"]))
        elif label["rule"] == "cell-line-break":
            breaks[label["file"]].append(int(label["line"]))
    files.readable.mkdir()
    for path in files.roster.glob("*.csv"):
        if path.name in damaged:
            gone = {line + sum(above < line for above in breaks[path.name]) for line in damaged[path.name]}
            _copy_without(gone, path, files.readable / path.name)
        else:
            os.link(path, files.readable / path.name)
    kept = [label for label in labels if label["field"] != "row"]
    for label in kept:
        line = int(label["line"])
        label["line"] = str(line - sum(above < line for above in damaged[label["file"]]))
    with files.readable_labels.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, district.LABELS.keys())
        writer.writeheader()
        writer.writerows(kept)


def _copy_without(lines: set[int], path: Path, copy: Path) -> None:
    """The first line is 1. A bare CR ends no line."""
    with path.open("rb") as source, copy.open("wb") as target:
        target.writelines(line for number, line in enumerate(source, start=1) if number not in lines)


def _pack(files: Made) -> None:
    with zipfile.ZipFile(files.zip, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(files.roster.glob("*.csv")):
            archive.write(path, path.name)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
