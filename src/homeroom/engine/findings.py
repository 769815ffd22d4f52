"""What is wrong, where, and what to do: findings, one row per broken rule, and the words in which they are told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from string import Formatter

import polars as pl

from homeroom.engine.profile import Profile
from homeroom.engine.rule import Consequence, Rule
from homeroom.engine.rules import RULES_BY_ID
from homeroom.engine.rules.counts import Tally
from homeroom.engine.snapshot import Remark

#: Columns of a findings frame. file: as delivered. line: as a spreadsheet shows it (header = 1), null for a whole file.
#: field: the column, null where the finding is about none. value: what stands there, null where nothing does and for
#: passwords. count: of how many records the finding speaks. cause: the finding at the root, as table/field/rule; its
#: own where nothing else brought it about. place: the position of the column in its table, for the order of reports.
SCHEMA = {
    "file": pl.String,
    "line": pl.UInt32,
    "table": pl.String,
    "sourcedId": pl.String,
    "field": pl.String,
    "rule": pl.String,
    "consequence": pl.String,
    "message": pl.String,
    "value": pl.String,
    "count": pl.UInt32,
    "cause": pl.String,
    "place": pl.UInt16,
}
PUBLIC = ("file", "line", "table", "sourcedId", "field", "rule", "consequence", "message")
WHOLE_ROW = "row"

_SHOWN_LENGTH = 80
_SPILL_BYTES = 64_000_000
_FRAMES_WEIGHED = 100
#: Characters that nobody can see, and how they are written in a message.
_NAMED = {chr(code): f"[U+{code:04X}]" for code in (*range(0x20), *range(0x7F, 0xA0), 0x200B, 0xFEFF)}
_WRITTEN_OUT = str.maketrans(_NAMED)


#: The cause of a finding that nothing else brought about; see ``Cause`` in ``report``.
OWN_CAUSE = pl.concat_str(pl.col("table", "field").fill_null(""), "rule", separator="/")


@dataclass(frozen=True)
class Findings:
    """All findings of one judgement. rows: see ``SCHEMA``; ordered by table as judged, line, place."""

    rows: pl.LazyFrame

    def errors(self) -> pl.LazyFrame:
        """Only those that refuse a row or stop the sync."""
        return self.rows.filter(pl.col("consequence").is_in([c.value for c in Consequence if c.is_error]))


@dataclass
class Gathering:
    """Findings on their way, in the order in which they are added; what would fill the memory waits in a file.

    stops: one of them stops the sync.
    """

    work: Path
    profile: Profile
    stops: bool = False
    _files: list[pl.LazyFrame] = field(default_factory=list)
    _frames: list[pl.DataFrame] = field(default_factory=list)

    def add(self, frame: pl.DataFrame) -> None:
        if frame.is_empty():
            return
        self.stops = self.stops or bool((frame["consequence"] == Consequence.STOPS.value).any())
        frame = frame.select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())
        # Text cut out of a file keeps the file's whole buffer alive; appending nothing makes a copy of its own.
        self._frames.append(frame.with_columns(pl.col(pl.String) + ""))
        if sum(waiting.estimated_size() for waiting in self._frames[-_FRAMES_WEIGHED:]) > _SPILL_BYTES:
            self._spill()
        elif len(self._frames) >= _FRAMES_WEIGHED:
            self._frames = [pl.concat(self._frames)]

    def add_remarks(self, remarks: Sequence[Remark]) -> bool:
        """Adds what is to be said of whole files; true if the sync stops here."""
        self.add(of_remarks(remarks, self.profile))
        return self.stops

    def done(self) -> Findings:
        waiting = [pl.concat(self._frames).lazy()] if self._frames else []
        return Findings(pl.concat([*self._files, *waiting]) if self._files or waiting else pl.LazyFrame(schema=SCHEMA))

    def _spill(self) -> None:
        path = self.work / f"findings-{len(self._files)}.parquet"
        pl.concat(self._frames).write_parquet(path, row_group_size=50_000)
        self._files.append(pl.scan_parquet(path))
        self._frames = []


def shown(value: pl.Expr) -> pl.Expr:
    """A value for a message: in quotes, shortened, with characters that cannot be seen written out."""
    plain = value.str.replace_many(list(_NAMED), list(_NAMED.values()))
    short = pl.when(plain.str.len_chars() > _SHOWN_LENGTH).then(plain.str.head(_SHOWN_LENGTH) + "…").otherwise(plain)
    return pl.when(value.is_null()).then(pl.lit("empty")).otherwise(pl.format("“{}”", short))


def message(rule: Rule, constants: Mapping[str, str], *, value: pl.Expr, detail: pl.Expr) -> pl.Expr:
    """The rule's message with the value shown and everything else filled in; never null."""
    pieces = []
    for literal, name, _, _ in Formatter().parse(rule.message):
        pieces.append(pl.lit(literal))
        if name == "value":
            pieces.append(shown(value))
        elif name == "detail":
            pieces.append(detail.fill_null(""))
        elif name is not None:
            pieces.append(pl.lit(constants.get(name, "")))
    return pl.concat_str(pieces)


def of_remarks(remarks: Sequence[Remark], profile: Profile) -> pl.DataFrame:
    """The findings about whole files, in the order of the remarks; rules that the profile switches off say nothing."""
    rows = []
    for remark in remarks:
        rule = RULES_BY_ID[remark.rule]
        consequence = rule.consequence_for(None, profile)
        if consequence is Consequence.OFF:
            continue
        texts = {
            "column": remark.column or "",
            "value": remark.value,
            "detail": remark.detail,
            "expected": remark.expected,
        }
        constants = {name: text.translate(_WRITTEN_OUT) for name, text in texts.items()}
        rows.append(
            {
                "file": remark.file,
                "line": remark.line,
                "table": remark.table,
                "field": remark.column and constants["column"],
                "rule": rule.id,
                "consequence": consequence.value,
                "message": rule.message.format_map({**constants, "product": profile.product}),
                "count": 1,
                "cause": f"{remark.table or ''}/{constants['column']}/{rule.id}",
                "place": 0,
            }
        )
    return pl.DataFrame(rows, schema=SCHEMA)


def of_tally(tally: Tally) -> pl.DataFrame:
    """One finding that speaks of many records at once."""
    page = tally.page
    remark = Remark(
        tally.rule.id,
        file=page.part.file,
        table=page.name,
        column=tally.column,
        line=tally.line,
        detail=f"{tally.count:,}" if tally.detail is None else tally.detail,
    )
    return of_remarks([remark], page.setting.profile).with_columns(count=pl.lit(tally.count, dtype=pl.UInt32))
