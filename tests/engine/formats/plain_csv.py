"""A CSV file read byte by byte, slowly and plainly: what `csv_text` must find, too."""

from dataclasses import dataclass, field


@dataclass
class Plain:
    """`rows`: line and cells (empty is None). `bad`: line, rule, first cell. `with_breaks`: numbers of rows."""

    rows: list[tuple[int, tuple[str | None, ...]]] = field(default_factory=list)
    bad: list[tuple[int, str, str | None]] = field(default_factory=list)
    with_breaks: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Sizes:
    longest_line: int = 4 << 20
    longest_row_lines: int = 50
    longest_row_bytes: int = 64 << 10
    telling_cells: int = 4


def read_plainly(body: bytes, *, cells: int, first_line: int, sizes: Sizes) -> Plain:
    plain = Plain()
    lines = body.split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    number, at = first_line, 0
    while at < len(lines):
        taken = _taken_lines(lines, at, cells, sizes)
        record = b"\n".join(lines[at : at + taken])
        rule = _rule(record, cells, sizes, one_line=taken == 1)
        if rule == "":
            values = cells_of(record.rstrip(b"\r"))
            assert values is not None
            if taken > 1:
                plain.with_breaks.append(len(plain.rows))
            plain.rows.append((number, tuple(value.decode() or None for value in values)))
        elif rule != "blank":
            plain.bad.append((number, rule, _first_cell(record)))
        number, at = number + 1, at + taken
    return plain


def _taken_lines(lines: list[bytes], at: int, cells: int, sizes: Sizes) -> int:
    """How many lines the row that begins here has: more than one only if all of it is as it should be."""
    if not _is_odd(lines[at], sizes):
        return 1
    for after in range(at + 1, len(lines)):
        if _is_odd(lines[after], sizes):
            record = b"\n".join(lines[at : after + 1])
            between = lines[at + 1 : after]
            fits = after - at + 1 <= sizes.longest_row_lines and len(record) <= sizes.longest_row_bytes
            swallows = cells >= sizes.telling_cells and any(_is_whole(line, cells, sizes) for line in between)
            return after - at + 1 if fits and not swallows and _has_cells(record.rstrip(b"\r"), cells) else 1
    return 1


def _is_odd(line: bytes, sizes: Sizes) -> bool:
    return line.count(b'"') % 2 == 1 and len(line) <= sizes.longest_line


def _is_whole(line: bytes, cells: int, sizes: Sizes) -> bool:
    return len(line) <= sizes.longest_line and _has_cells(line.rstrip(b"\r"), cells)


def _has_cells(record: bytes, cells: int) -> bool:
    found = cells_of(record)
    return found is not None and len(found) == cells


def _rule(record: bytes, cells: int, sizes: Sizes, *, one_line: bool) -> str:
    """What is wrong with a record: nothing, "blank", or a rule."""
    if one_line and len(record) > sizes.longest_line:
        return "row-too-long"
    if record.rstrip(b"\r") == b"" or (cells > 1 and record.strip(b" \t\r") == b""):
        return "blank"
    if b"\x00" in record:
        return "row-nul"
    try:
        record.decode()
    except UnicodeDecodeError:
        return "row-not-utf8"
    found = cells_of(record.rstrip(b"\r"))
    if found is None:
        return "row-quote" if cells_of(record.rstrip(b"\r"), returns=True) is None else "row-carriage-return"
    if len(found) < cells:
        return "row-too-short"
    return "row-too-long" if len(found) > cells else ""


def cells_of(record: bytes, *, returns: bool = False) -> list[bytes] | None:
    """The cells of a record; None if a quotation mark (or a carriage return, unless `returns`) stands where it may
    not.
    """
    cells, state, cell = [], "start", bytearray()
    for code in record:
        char = bytes([code])
        if state == "quoted":
            if char == b'"':
                state = "after a mark"
            else:
                cell += char
        elif char == b",":
            cells.append(bytes(cell))
            state, cell = "start", bytearray()
        elif char == b'"' and state == "start":
            state = "quoted"
        elif char == b'"' and state == "after a mark":
            cell += char
            state = "quoted"
        elif state == "after a mark" or char in b'"\n' or (char == b"\r" and not returns):
            return None
        else:
            cell += char
            state = "plain"
    return None if state == "quoted" else [*cells, bytes(cell)]


def _first_cell(record: bytes) -> str | None:
    """The first cell of a damaged record, if a comma follows it and nothing in it is damaged."""
    text = record.decode(errors="replace")
    if text.startswith('"'):
        cell, _, rest = text[1:].partition('"')
        certain = rest.startswith(",")
    else:
        cell, comma, _ = text.partition(",")
        certain = comma == "," and '"' not in cell
    damaged = any(ord(char) < 32 or 127 <= ord(char) < 160 or char == "\ufffd" for char in cell)
    return cell if cell and certain and not damaged else None
