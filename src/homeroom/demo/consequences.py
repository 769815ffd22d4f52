"""What becomes of the files when the cases are in them: which cells change, and which rows are refused because of that?

A plain reading of how failures spread, independent of the engine: the tests compare the two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from homeroom.demo.cases import Count
from homeroom.demo.chance import guid
from homeroom.demo.defects import Edit, Kind, Known
from homeroom.demo.outline import Frames, Seat
from homeroom.demo.wording import Wording


@dataclass(frozen=True)
class Reference:
    """A column that names records of another table: under ``number`` in the outline, under ``field`` in the file."""

    table: str
    field: str
    number: str
    target: str


#: In the order in which records are judged. Agents are guardians, who have no agents: one step among people is enough.
_BEFORE_CLASSES = (
    Reference("courses", "orgSourcedId", "org", "orgs"),
    Reference("users", "primaryOrgSourcedId", "org", "orgs"),
    Reference("users", "orgSourcedIds", "org", "orgs"),
    Reference("users", "agentSourcedIds", "agent", "users"),
    Reference("demographics", "sourcedId", "ix", "users"),
    Reference("userProfiles", "userSourcedId", "ix", "users"),
    Reference("roles", "userSourcedId", "ix", "users"),
    Reference("roles", "orgSourcedId", "org", "orgs"),
    Reference("roles", "userProfileSourcedId", "profile", "userProfiles"),
    Reference("classes", "courseSourcedId", "course", "courses"),
    Reference("classes", "schoolSourcedId", "school", "orgs"),
    Reference("classes", "termSourcedIds", "session", "academicSessions"),
)
_AFTER_CLASSES = (
    Reference("enrollments", "schoolSourcedId", "school", "orgs"),
    Reference("enrollments", "userSourcedId", "user", "users"),
)
_CLASS = Reference("enrollments", "classSourcedId", "class", "classes")


@dataclass(frozen=True)
class Change:
    """What one edit does to one table: ``rows`` has for each changed row its place, ``_case`` and ``_other``."""

    kind: Kind
    edit: Edit
    rows: pl.DataFrame

    @property
    def is_fault(self) -> bool:
        return self.edit is self.kind.edit or self.kind.blames_all


def marked(frames: Frames, wording: Wording) -> Frames:
    """By table, the rows that belong to a case, with their place ``row`` (the first is 0) and ``sourcedId``."""
    schools = frames["classes"].sort("ix")["school"]
    found = {
        table: frame.with_row_index("row")
        .filter(pl.col("case").is_not_null())
        .with_columns(sourcedId=wording.source_id(table))
        for table, frame in frames.items()
    }
    found["enrollments"] = found["enrollments"].with_columns(school=pl.lit(schools).gather(pl.col("class")))
    return found


def changes(rows: Frames, cases: pl.DataFrame, counted: Sequence[Count], wording: Wording) -> list[Change]:
    """Every change that the cases make, in the order of the kinds."""
    kinds = cases.select("case", "kind").partition_by("kind", as_dict=True, include_key=False)
    return [
        Change(counted[number].kind, edit, _changed(rows, edit, of_kind, wording))
        for (number,), of_kind in kinds.items()
        for edit in (counted[number].kind.edit, *counted[number].kind.also)
    ]


def _changed(rows: Frames, edit: Edit, of_kind: pl.DataFrame, wording: Wording) -> pl.DataFrame:
    changed = _with_part(rows, edit.table, edit.part).join(of_kind, on="case", how="inner", maintain_order="left")
    if isinstance(edit.other, Known):
        return changed.with_columns(_first=0).select("row", _case="case", _other=_known(edit.other, wording))
    others = _with_part(rows, *edit.other).select("case", _other="sourcedId")
    return changed.join(others, on="case", how="left", maintain_order="left").select(
        "row", _case="case", _other="_other"
    )


def _with_part(rows: Frames, table: str, part: int) -> pl.DataFrame:
    # A person's second role has the person's part: it is known by its rank.
    if table == "roles":
        return rows[table].filter(pl.col("rank") == 2)
    return rows[table].filter(pl.col("part") == part)


def _known(other: Known, wording: Wording) -> pl.Expr:
    match other:
        case Known.NOBODY:
            return guid(wording.seed, "nobody", "case")
        case Known.DISTRICT:
            return pl.lit(wording.ids["orgs"][0])
        case Known.SEMESTER:
            return pl.lit(wording.ids["academicSessions"][1])
        case Known.PROFILE:
            return guid(wording.seed, "userProfiles", "_first")


def faults(changed: Sequence[Change]) -> pl.DataFrame:
    """The rows that are wrong themselves: table, row, rule, field, kind ("fault")."""
    return pl.concat(
        [
            change.rows.select(
                "row",
                table=pl.lit(change.edit.table),
                rule=pl.lit(change.kind.rule),
                field=pl.lit(change.kind.field),
                kind=pl.lit("fault"),
            )
            for change in changed
            if change.is_fault
        ]
    )


def follows(rows: Frames, changed: Sequence[Change], header_of: Callable[[str], Sequence[str]]) -> pl.DataFrame:
    """The rows that are refused because another is: table, row, rule, field, sourcedId, kind ("follows").

    One row per reference that leads to a refused record; rows that are wrong themselves follow from nothing.
    """
    wrong = _wrong_rows(changed, rows)
    gone = {table: frame.filter(pl.col("row").is_in(wrong[table].implode())) for table, frame in rows.items()}
    here = [each for each in _BEFORE_CLASSES if each.table in rows and each.field in header_of(each.table)]
    found = [_broken(reference, rows, wrong, gone) for reference in here]
    already_gone = gone["classes"]["ix"]
    found.append(_without_teacher(rows, wrong, gone))
    found.extend(_broken(reference, rows, wrong, gone) for reference in _AFTER_CLASSES)
    # The enrollment whose refusal cost the class its teacher does not complain that the class is gone.
    to_blame = gone["enrollments"].filter(
        pl.col("seat") != int(Seat.STUDENT), ~pl.col("class").is_in(already_gone.implode())
    )
    wrong["enrollments"] = pl.concat([wrong["enrollments"], to_blame["row"]])
    found.append(_broken(_CLASS, rows, wrong, gone))
    return pl.concat(found).with_columns(kind=pl.lit("follows"))


def _wrong_rows(changed: Sequence[Change], tables: Iterable[str]) -> dict[str, pl.Series]:
    """By table, the rows that are refused for their own fault."""
    refused = [change for change in changed if change.is_fault and change.kind.refuses]
    nothing = pl.Series(dtype=pl.UInt32)
    return {
        table: pl.concat([nothing, *(change.rows["row"] for change in refused if change.edit.table == table)])
        for table in tables
    }


def _broken(reference: Reference, rows: Frames, wrong: Mapping[str, pl.Series], gone: Frames) -> pl.DataFrame:
    """The rows whose reference leads to a record that is gone; from now on they are gone too."""
    lost = gone[reference.target]["ix"]
    broken = rows[reference.table].filter(
        pl.col(reference.number).is_in(lost.implode()), ~pl.col("row").is_in(wrong[reference.table].implode())
    )
    gone[reference.table] = pl.concat([gone[reference.table], broken])
    return _said(broken, reference.table, "reference-not-found", reference.field)


def _without_teacher(rows: Frames, wrong: Mapping[str, pl.Series], gone: Frames) -> pl.DataFrame:
    """The classes that stand, but all of whose teachers are gone; from now on they are gone too."""
    teaching = rows["enrollments"].filter(
        pl.col("seat") != int(Seat.STUDENT),
        ~pl.col("row").is_in(wrong["enrollments"].implode()),
        ~pl.col("user").is_in(gone["users"]["ix"].implode()),
    )
    left_alone = rows["classes"].filter(
        ~pl.col("ix").is_in(gone["classes"]["ix"].implode()),
        ~pl.col("ix").is_in(teaching["class"].implode()),
    )
    gone["classes"] = pl.concat([gone["classes"], left_alone])
    return _said(left_alone, "classes", "class-without-teacher", "subject")


def _said(rows: pl.DataFrame, table: str, rule: str, field: str) -> pl.DataFrame:
    return rows.select("row", "sourcedId", table=pl.lit(table), rule=pl.lit(rule), field=pl.lit(field))
