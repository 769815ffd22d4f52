"""How does a district's delivery look one night later?

Run with the folder it came in, the share of records that differ, and the folder to write into.

Of each table that holds people or their classes, three fifths of the share are changed, one fifth is gone, and as many
are new.
"""

from __future__ import annotations

import shutil
import sys
import zipfile
from pathlib import Path

import polars as pl

#: What changes in a record of each of these tables.
_CHANGED = {"users": "phone", "classes": "location", "enrollments": "endDate", "demographics": "cityOfBirth"}
_NEW_VALUE = {"phone": "+1 555 0100", "location": "Annex 7", "endDate": "2027-05-28", "cityOfBirth": "Duluth"}


def main(before: Path, share: float, after: Path) -> None:
    roster = after / "roster"
    roster.mkdir(parents=True)
    for path in before.glob("*.csv"):
        if path.stem in _CHANGED:
            _later(path, share, roster / path.name)
        else:
            shutil.copy(path, roster / path.name)
    pack(roster, after / "roster.zip")


def pack(roster: Path, to: Path) -> None:
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path in sorted(roster.glob("*.csv")):
            archive.write(path, path.name)


def _later(path: Path, share: float, to: Path) -> None:
    table, column = pl.scan_csv(path, infer_schema=False).with_row_index("row"), _CHANGED[path.stem]
    every = round(5 / share)  # of so many records, five differ: three changed, one gone, one new
    place = pl.col("row") % every
    changed = pl.when(place.is_in([2, 3, 4])).then(pl.lit(_NEW_VALUE[column])).otherwise(column).alias(column)
    stays = table.filter(place != 1).with_columns(changed)
    if path.stem == "enrollments":  # only these can be new without others that point at them
        new = table.filter(place == 1).with_columns((pl.lit("new-") + pl.col("sourcedId")).alias("sourcedId"))
        stays = pl.concat([stays, new])
    stays.drop("row").sink_csv(to, line_terminator="\r\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]), Path(sys.argv[3]))
