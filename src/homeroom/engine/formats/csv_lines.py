"""Which lines of a piece of a CSV file are rows, and what is wrong with the others?

A row is one line, or several if a line break stands inside quotation marks: then the first and the last of them have
an odd number of marks and those between an even one. A line with an odd number is therefore tried together with those
up to the next such line. Only if they make a whole row of exactly the header's cells are they taken for one; otherwise
the first line is bad by itself, and the search goes on with the line after it. So one mark too many never costs more
than its own line.

Everything here is vectorised over the lines of a piece, whatever is in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from homeroom.engine.formats.csv_body import FAILURES, LONGEST_LINE, ROW, START

LONGEST_ROW_LINES = 50
LONGEST_ROW_BYTES = 64 << 10  # of a row of several lines
SHOWN_CHARACTERS = 200

# A line of a longer text looks like a whole row of so many cells hardly ever by chance.
TELLING_CELLS = 4
_MOST_COUNTED_CELLS = 1000  # a pattern that counts more grows too large

_CELL = r'(?:[^",\r\n]*|"(?:[^"]|"")*")'
_CELL_OR_RETURN = r'(?:[^",\n]*|"(?:[^"]|"")*")'
_UNDAMAGED = r"\x00-\x1f\x7f-\x9f\x{FFFD}"
_FIRST_CELL = rf'^(?:"([^"{_UNDAMAGED}]+)"|([^",{_UNDAMAGED}]+)),'
_CONTROLS = {chr(code): chr(0x2400 + code) for code in range(32)} | {"\x7f": "\u2421"}
_OTHER_CONTROLS = "[\x80-\x9f]"

BAD_ROWS = {"line": pl.UInt32, "rule": pl.String, "text": pl.String, "first_cell": pl.String}
SKIPPED = {ROW: pl.UInt32, "lines": pl.UInt32}
WITH_BREAKS = {ROW: pl.UInt32, "bytes": pl.UInt32}
_OF_SEVERAL_LINES = {
    "number": pl.UInt32,
    "last": pl.UInt32,
    "bytes": pl.UInt32,
    "text": pl.String,
    "sound": pl.Boolean,
    "nul": pl.Boolean,
}


@dataclass(frozen=True)
class Judged:
    """What is in the first `settled_bytes` bytes of a piece; the rest can only be judged with what follows it.

    `lines` lines as a spreadsheet counts them, with good rows at the bytes `starts`, both numbered from 0 here.
    `skipped`: the lines that are no rows, as the number of good rows before them and how many there are. `bad`: one row
    per bad row (BAD_ROWS). `with_breaks`: the good rows with a line break in a cell, and how many bytes each has.
    `text`: the good rows, a line each, in parts that may be views of the piece; null if that is just what it says.
    """

    settled_bytes: int
    lines: int
    skipped: pl.DataFrame
    bad: pl.DataFrame
    with_breaks: pl.DataFrame
    starts: pl.Series
    text: Sequence[bytes | memoryview] | None

    @property
    def rows(self) -> int:
        return len(self.starts)


def judge(piece: bytes, *, cells: int, last: bool, bytes_beyond: int) -> Judged:
    """The rows of a piece of whole lines.

    `last`: nothing follows. `bytes_beyond`: so many bytes of the line after the piece are known to exist.
    """
    lines = _lines(piece, cells)
    several = _rows_of_several_lines(lines, cells)
    if not last:
        lines = _without_unsettled(lines, several, bytes_beyond)
    units = _units(lines, several)
    units = _with_blank(units, cells).with_columns(
        good=pl.col("sound") & pl.col("complete") & ~pl.col("blank") & ~pl.col("nul")
    )
    rows_before = pl.col("good").cum_sum().cast(pl.UInt32)
    good = units.filter("good")
    other = units.select("good", row=rows_before).filter(~pl.col("good"))
    bad = units.filter(~pl.col("good") & ~pl.col("blank"))
    # A line end of several carriage returns would leave all but one in the last cell, and the very last may lack its
    # end.
    odd_ends = b"\r" in piece and (b"\r\r\n" in piece or piece.endswith(b"\r"))
    as_it_is = good.height == units.height and not odd_ends
    settled_bytes = int(lines["size"].sum()) + lines.height if not last else len(piece)
    return Judged(
        settled_bytes=settled_bytes,
        lines=units.height,
        skipped=other.group_by("row", maintain_order=True).agg(lines=pl.len().cast(pl.UInt32)),
        bad=bad.select("line", rule=_rule(cells), **_shown()),
        with_breaks=good.with_row_index(ROW).filter(pl.col("bytes").is_not_null()).select(WITH_BREAKS.keys()),
        starts=good["start"].alias(START),
        text=None if as_it_is else _mended(good) if odd_ends else list(_good_parts(piece, units, settled_bytes)),
    )


def _mended(good: pl.DataFrame) -> list[bytes]:
    """The text of good rows, whatever their line ends are."""
    return [good["text"].str.join("\n").item().encode(), b"\n"] if good.height else []


def _good_parts(piece: bytes, units: pl.DataFrame, end: int) -> Iterator[bytes | memoryview]:
    """The text of the good rows as it stands in the piece up to this byte: each run of them is one part."""
    runs = units.filter((pl.col("good") != pl.col("good").shift()).fill_null(True)).select("good", "start")
    ends = [*runs["start"][1:], end]
    for is_good, run_start, run_end in zip(runs["good"], runs["start"], ends, strict=True):
        if is_good:
            yield memoryview(piece)[run_start:run_end]
            if run_end == len(piece) and not piece.endswith(b"\n"):
                yield b"\n"


def is_row(text: pl.Expr, cells: int) -> pl.Expr:
    """Whether a text is a row of so many cells by the grammar of RFC 4180, with no carriage return outside quotation
    marks.
    """
    if cells <= _MOST_COUNTED_CELLS:
        return text.str.contains(f"^{_CELL}(?:,{_CELL}){{{cells - 1}}}$")
    return text.str.contains(f"^{_CELL}(?:,{_CELL})*$") & (_commas_outside_quotes(text) == cells - 1)


def bad_row(*, line: int, rule: str, beginning: bytes) -> pl.DataFrame:
    """One row of BAD_ROWS, about a line of which only the beginning was kept."""
    text = pl.Series("text", [beginning.decode(errors="replace")])
    return text.to_frame().select(line=pl.lit(line, pl.UInt32), rule=pl.lit(rule), **_shown())


def _lines(piece: bytes, cells: int) -> pl.DataFrame:
    """One row per line: `number`, `raw` (what is not UTF-8 replaced), `size` in bytes, `sound` (UTF-8), `nul`, `line`
    (raw without carriage returns at its end), `start` (its first byte), `complete` (a whole row by itself), `odd` (in
    quotation marks).
    """
    try:
        raw = _split(piece)
        size, sound = raw.str.len_bytes(), pl.repeat(value=True, n=raw.len(), eager=True)
    except FAILURES:
        raw = _split(piece.decode(errors="replace").encode())
        size = pl.Series([len(line) for line in piece.removesuffix(b"\n").split(b"\n")], dtype=pl.UInt32)
        # The replacement character may have been delivered, too: that is not what is looked for.
        without = piece.replace(b"\xef\xbf\xbd", b"???").decode(errors="replace").encode()
        sound = ~_split(without).str.contains("\ufffd")
    line = raw.str.strip_chars_end("\r") if b"\r" in piece else raw
    none = pl.repeat(value=False, n=raw.len(), eager=True, dtype=pl.Boolean)
    # The grammar is only asked where commas alone do not tell: it takes ten times as long.
    doubtful = line.str.contains('["\r]').arg_true()
    told = line.gather(doubtful).alias("line").to_frame()
    complete = line.str.count_matches(",", literal=True) == cells - 1
    complete = complete.scatter(doubtful, told.select(is_row(pl.col("line"), cells)).to_series())
    marks = told["line"].str.count_matches('"', literal=True)
    lines = pl.DataFrame(
        {
            "raw": raw,
            "size": size,
            "sound": sound,
            "line": line,
            "nul": raw.str.contains("\x00", literal=True) if b"\x00" in piece else none,
            "complete": complete,
            "odd": none.clone().scatter(doubtful, marks % 2 == 1),
        }
    )
    fits = pl.col("size") <= LONGEST_LINE
    return lines.with_row_index("number").with_columns(
        start=((pl.col("size") + 1).cum_sum() - pl.col("size") - 1).cast(pl.UInt32),
        complete=pl.col("complete") & fits,
        odd=pl.col("odd") & fits,
    )


def _split(text: bytes) -> pl.Series:
    """The lines of a text, with or without a line end after the last. Raises one of FAILURES if it is not UTF-8."""
    lines = pl.Series([text], dtype=pl.Binary).cast(pl.String).str.split("\n").explode()
    return lines.head(-1) if text.endswith(b"\n") else lines


def _rows_of_several_lines(lines: pl.DataFrame, cells: int) -> pl.DataFrame:
    """The rows that go over several lines: `number` of the first and `last` line, `text`, `bytes`, `sound`, `nul`."""
    if not lines["odd"].any():
        return pl.DataFrame(schema=_OF_SEVERAL_LINES)
    end = (pl.col("size") + 1).cum_sum()
    tried = (
        lines.select("number", "odd", end=end, start=end - pl.col("size") - 1)
        .filter("odd")
        .with_row_index("order")
        .with_columns(last=pl.col("number").shift(-1), last_end=pl.col("end").shift(-1))
        .filter(
            pl.col("last") - pl.col("number") < LONGEST_ROW_LINES,
            (pl.col("last_end") - 1 - pl.col("start")).is_between(cells + 2, LONGEST_ROW_BYTES),
        )
    )
    between = (pl.col("line_number") > pl.col("number")) & (pl.col("line_number") < pl.col("last"))
    whole = (
        tried.with_columns(line_number=pl.int_ranges("number", pl.col("last") + 1, dtype=pl.UInt32))
        .explode("line_number")
        .join(
            lines.select("raw", "sound", "nul", "complete", line_number="number"),
            on="line_number",
            maintain_order="left",
        )
        .group_by("order", "number", "last", maintain_order=True)
        .agg(
            bytes=(pl.col("last_end") - 1 - pl.col("start")).first().cast(pl.UInt32),
            text=pl.col("raw").str.join("\n").str.strip_chars_end("\r"),
            sound=pl.col("sound").all(),
            nul=pl.col("nul").any(),
            swallows=(pl.col("complete") & between).any() & (cells >= TELLING_CELLS),
        )
        .filter(is_row(pl.col("text"), cells) & ~pl.col("swallows"))
    )
    # Of rows that overlap, the first one that is begun stands, so in an unbroken run of them every second.
    order = pl.col("order").cast(pl.Int64)
    run_start = pl.when(order.diff().fill_null(0) != 1).then(order).forward_fill()
    return whole.filter((order - run_start) % 2 == 0).drop("order", "swallows")


def _without_unsettled(lines: pl.DataFrame, several: pl.DataFrame, bytes_beyond: int) -> pl.DataFrame:
    """The lines up to one that may yet turn out to begin a row of several lines, when more has been read."""
    first = lines.filter("odd")["number"].max()
    if first is None or first == several["last"].max():
        return lines
    waiting = lines.filter(pl.col("number") >= first)
    size_bytes = waiting["size"].sum() + waiting.height
    if waiting.height < LONGEST_ROW_LINES and size_bytes + bytes_beyond <= LONGEST_ROW_BYTES:
        return lines.filter(pl.col("number") < first)
    return lines


def _units(lines: pl.DataFrame, several: pl.DataFrame) -> pl.DataFrame:
    """One row per line as a spreadsheet shows it: `line` from 0, `text`, `size` of its first line, `sound`, `nul`,
    `complete` (a whole row), `start` (its first byte), `bytes` (all of them, if it is made of several lines).
    """
    joined = lines.join(several, on="number", how="left", maintain_order="left", suffix="_joined")
    inside = pl.col("last").is_null() & (pl.col("number") <= pl.col("last").forward_fill()).fill_null(False)
    several_lines = pl.col("last").is_not_null()
    return (
        joined.filter(~inside)
        .select(
            "size",
            text=pl.coalesce("text", "line"),
            sound=pl.coalesce("sound_joined", "sound"),
            nul=pl.coalesce("nul_joined", "nul"),
            complete=pl.col("complete") | several_lines,
            start="start",
            bytes="bytes",
        )
        .with_row_index("line")
    )


def _with_blank(units: pl.DataFrame, cells: int) -> pl.DataFrame:
    """The lines, and `blank`: those with nothing in them; white space alone is nothing, too, unless the table has a
    single column to hold it. A whole row of several cells has a comma at the least.
    """
    asked = (~units["complete"]).arg_true() if cells > 1 else pl.int_range(units.height, eager=True)
    text = units["text"].gather(asked)
    nothing = (text if cells == 1 else text.str.strip_chars(" \t\r")) == ""
    blank = pl.repeat(value=False, n=units.height, eager=True, dtype=pl.Boolean).scatter(asked, nothing)
    return units.with_columns(blank=blank & (units["size"] <= LONGEST_LINE))


def _rule(cells: int) -> pl.Expr:
    """What is wrong with a bad row: the damage that explains most comes first."""
    text = pl.col("text")
    well_quoted = text.str.contains(f"^{_CELL}(?:,{_CELL})*$")
    well_quoted_but_for_returns = text.str.contains(f"^{_CELL_OR_RETURN}(?:,{_CELL_OR_RETURN})*$")
    return (
        pl.when(pl.col("size") > LONGEST_LINE)
        .then(pl.lit("row-too-long"))
        .when("nul")
        .then(pl.lit("row-nul"))
        .when(~pl.col("sound"))
        .then(pl.lit("row-not-utf8"))
        .when(~well_quoted_but_for_returns)
        .then(pl.lit("row-quote"))
        .when(~well_quoted)
        .then(pl.lit("row-carriage-return"))
        .when(_commas_outside_quotes(text) < cells - 1)
        .then(pl.lit("row-too-short"))
        .otherwise(pl.lit("row-too-long"))
    )


def _commas_outside_quotes(text: pl.Expr) -> pl.Expr:
    return text.str.replace_all('"[^"]*"', "").str.count_matches(",", literal=True)


def _shown() -> dict[str, pl.Expr]:
    """The beginning of a bad row for a person to see, and its first cell where that is beyond doubt: a comma follows
    it and nothing in it is damaged.
    """
    text = pl.col("text")
    first = text.str.extract(_FIRST_CELL, 1).fill_null(text.str.extract(_FIRST_CELL, 2))
    shown = text.str.slice(0, SHOWN_CHARACTERS).str.replace_all(_OTHER_CONTROLS, "\ufffd").str.replace_many(_CONTROLS)
    return {"text": shown, "first_cell": first}
