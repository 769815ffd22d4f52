"""How do I get a made-up district, as OneRoster CSV files, of any size and with mistakes whose place is known?

    python -m homeroom.demo.district FOLDER --users 2000 --seed 1 --version 1.1

writes FOLDER/roster (the files), FOLDER/labels.csv (what is wrong with them, row by row) and FOLDER/onboarded.txt (the
schools that the operator is to have onboarded). The same arguments write the same bytes.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from homeroom.demo import cases, consequences, files
from homeroom.demo.outline import Frames, Org, Size, draw_district, records_about
from homeroom.demo.wording import HEADERS, Wording, wording

VERSIONS = ("1.1", "1.2")
MODES = ("bulk", "delta")
LABELS = {
    "file": pl.String,
    "line": pl.UInt32,
    "rule": pl.String,
    "field": pl.String,
    "sourcedId": pl.String,
    "kind": pl.String,
}
# The header is line 1.
_FIRST_LINE = 2
_FEWEST_USERS = 50


@dataclass(frozen=True)
class Made:
    """What was written, and what should be found in it.

    roster: the folder with the CSV files. onboarded: ids of the schools to be named as onboarded.
    labels: one row per finding to be expected about a record, in the order of files and lines: ``file``, ``line`` (as a
    spreadsheet shows it: the header is 1), ``rule``, ``field`` ("row" where the row cannot be read), ``sourcedId`` (as
    written), ``kind`` ("fault" for a row that is wrong, "follows" for one that is refused because another was). In
    a delta, what follows holds where the roster has none of these records yet.
    """

    roster: Path
    labels: pl.DataFrame
    onboarded: list[str]


def make(
    folder: Path,
    *,
    users: int = 500,
    enrollments_per_user: int = 8,
    version: str = "1.1",
    seed: int = 1,
    defects_per_kind: int = 0,
    share: float = 0,
    mode: str = "bulk",
) -> Made:
    """A district with about that many users, written to ``folder``/roster in place of the CSV files that were there.

    defects_per_kind: how many rows are broken in each way that the version and mode allow; share: break at least this
    part (0 to 1) of the rows of each large table. With either, the last school is labelled and not in ``onboarded``.
    Raises ValueError for a version or mode that does not exist, fewer than 50 users, and more defects than fit.
    """
    if version not in VERSIONS or mode not in MODES:
        raise ValueError(f"there is no OneRoster {version} {mode}: use {' or '.join(VERSIONS)}, {' or '.join(MODES)}")
    if users < _FEWEST_USERS:
        raise ValueError(f"a district needs at least {_FEWEST_USERS} users")
    asked = Size(users, users * enrollments_per_user)
    counted = cases.counts(asked, version=version, mode=mode, per_kind=defects_per_kind, share=share)
    ordinary = max(users // 2, users - cases.people(counted))
    frames = draw_district(Size(ordinary, asked.enrollments), seed)
    placed = cases.cases(counted, frames, seed)
    if not placed.is_empty():
        frames = cases.scatter(frames, cases.settings(placed, frames, seed))
        frames["enrollments"] = cases.mark_enrollments(frames, placed, seed)
    frames |= {table: frame for table, frame in records_about(frames["users"]).items() if table in HEADERS[version]}
    words = wording(frames, seed=seed, version=version, mode=mode, has_additional_roles=not placed.is_empty())
    roster = folder / "roster"
    roster.mkdir(parents=True, exist_ok=True)
    for old in roster.glob("*.csv"):
        old.unlink()
    return _written(roster, frames, placed, counted, words)


def _written(
    roster: Path, frames: Frames, placed: pl.DataFrame, counted: Sequence[cases.Count], words: Wording
) -> Made:
    schools = frames["orgs"].filter(pl.col("kind") == int(Org.SCHOOL)).select("ix", sourcedId=words.source_id("orgs"))
    if placed.is_empty():
        files.write(roster, frames, [], words)
        return Made(roster, pl.DataFrame(schema=LABELS), schools["sourcedId"].to_list())
    rows = consequences.marked(frames, words)
    changed = consequences.changes(rows, placed, counted, words)
    written = files.write(roster, frames, changed, words)
    left_out = _not_onboarded(frames["orgs"], words)
    follow = pl.concat([consequences.follows(rows, changed, words.header), left_out], how="diagonal")
    onboarded = schools.filter(~pl.col("sourcedId").is_in(left_out["sourcedId"].implode()))["sourcedId"].to_list()
    return Made(roster, _labels(consequences.faults(changed), follow, written), onboarded)


def _labels(wrong: pl.DataFrame, follow: pl.DataFrame, written: pl.DataFrame) -> pl.DataFrame:
    return (
        pl.concat([wrong.join(written, on=["table", "row"], how="left"), follow], how="diagonal")
        .with_columns(file=pl.col("table") + ".csv", line=pl.col("row") + _FIRST_LINE)
        .select(LABELS.keys())
        .sort("file", "line", "field")
    )


def _not_onboarded(orgs: pl.DataFrame, words: Wording) -> pl.DataFrame:
    """The one label of the school that is left out, and with it, without a word, all that belongs only to it."""
    last = cases.ordinary_schools(orgs)["ix"][-1]
    return (
        orgs.with_row_index("row")
        .filter(pl.col("ix") == last)
        .select(
            "row",
            table=pl.lit("orgs"),
            rule=pl.lit("school-not-onboarded"),
            field=pl.lit("school"),
            sourcedId=words.source_id("orgs"),
            kind=pl.lit("fault"),
        )
    )


def main(arguments: Sequence[str] | None = None) -> None:
    asked = _parser().parse_args(arguments)
    made = make(
        asked.folder,
        users=asked.users,
        enrollments_per_user=asked.enrollments_per_user,
        version=asked.version,
        seed=asked.seed,
        defects_per_kind=asked.defects_per_kind,
        share=asked.share,
        mode=asked.mode,
    )
    made.labels.write_csv(asked.folder / "labels.csv")
    (asked.folder / "onboarded.txt").write_text("".join(f"{school}\n" for school in made.onboarded), encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m homeroom.demo.district",
        description="Make a school district that does not exist, as OneRoster CSV, with mistakes whose place is known.",
    )
    parser.add_argument("folder", type=Path, help="where to write roster/, labels.csv and onboarded.txt")
    parser.add_argument("--users", type=int, default=2000, help="about so many people (default 2000)")
    parser.add_argument("--enrollments-per-user", type=int, default=8, help="about so many per person (default 8)")
    parser.add_argument("--version", choices=VERSIONS, default="1.1", help="of OneRoster (default 1.1)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same district (default 1)")
    parser.add_argument(
        "--share", type=float, default=0, help="break at least this part of the rows (0 to 1, default 0)"
    )
    defects = parser.add_mutually_exclusive_group()
    defects.add_argument("--defects-per-kind", type=int, default=2, help="mistakes of each kind (default 2)")
    defects.add_argument("--clean", dest="defects_per_kind", action="store_const", const=0, help="no mistakes")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--bulk", dest="mode", action="store_const", const="bulk", help="a complete set (default)")
    mode.add_argument("--delta", dest="mode", action="store_const", const="delta", help="status and times filled in")
    parser.set_defaults(mode="bulk")
    return parser


if __name__ == "__main__":
    main()
