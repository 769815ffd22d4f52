"""What can happen to a valid roster: years go by, and exports break it. Strategies for whole cases of the laws."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from homeroom.engine.profile import Profile, shipped
from tests.properties.nasty_texts import NASTY, NEARLY, TELLING
from tests.properties.rosters import ALWAYS, Made, Row, Sheet, plans, valid_rosters

#: Lines that are no rows. The first cell of some of them still tells whose they are.
BROKEN_LINES = (
    b"",
    b"",
    b"t0,only,three",
    b"only",
    b"t0" + b"," * 40,
    b's0,"never closed,,,',
    b's0,"a"b,,,,',
    b"e0t0,\xff\xfe,,",
    b"k0,\x00,,",
    b"a,b\rc",
)
KINDS = (
    *(
        "cell",
        "nearly",
        "nearly",
        "nearly",
        "nearly",
        "nearly",
        "own text",
        "own text",
        "copy a cell",
        "copy a cell",
        "point elsewhere",
        "point elsewhere",
    ),
    *(
        "drop a row",
        "repeat a row",
        "twins",
        "circle",
        "drop a column",
        "move a column",
        "drop a table",
        "empty a column",
        "broken line",
        "status",
    ),
)
CONSEQUENCES = ("refuses the row", "notes", "off")


@dataclass(frozen=True)
class Damage:
    """One thing that goes wrong. The numbers choose table, row, column and text, whatever is there."""

    kind: str
    table: int
    row: int
    column: int
    text: int


@dataclass(frozen=True)
class Case:
    """A delivery, and under what it is judged. known: the files of the roster as accepted before."""

    made: Made
    profile: Profile
    onboarded: frozenset[str] | None = None
    known: Made | None = None

    @property
    def files(self) -> Mapping[str, bytes]:
        return self.made.files

    def in_other_order(self, made: Made) -> "Case":
        return replace(self, made=made)

    def __repr__(self) -> str:
        own = self.profile.name == "own"
        lines = [
            f"{self.made.version}, onboarded {self.onboarded and sorted(self.onboarded)}, profile {self.profile if own else self.profile.name}"
        ]
        lines += ["delivered:", repr(self.made)]
        lines += ["known:", repr(self.known)] if self.known else []
        return "\n".join(lines)


damages = st.builds(
    Damage,
    kind=st.sampled_from(KINDS),
    table=st.integers(0, 30),
    row=st.integers(0, 11),
    column=st.integers(0, 29),
    text=st.integers(0, 59),
)


def damage(made: Made, done: Damage) -> None:
    """Do it, in place. Where it cannot be done, nothing happens."""
    # Every other time one of the tables that matter most.
    names = list(made.sheets) if done.table % 2 else [name for name in ALWAYS if name in made.sheets]
    name = names[done.table // 2 % len(names)]
    sheet = made.sheets[name]
    if done.kind == "drop a table":
        if len(made.sheets) > 1 and (name not in ALWAYS or done.row == 11):
            del made.sheets[name]
        return
    if done.kind == "broken line":
        sheet.rows.insert(done.row % (len(sheet.rows) + 1), BROKEN_LINES[done.text % len(BROKEN_LINES)])
    elif done.kind in ("drop a column", "move a column", "empty a column"):
        _damage_column(sheet, done)
    elif sheet.records:
        _damage_row(made, sheet, done)


def _damage_column(sheet: Sheet, done: Damage) -> None:
    optional = [
        c
        for c in sheet.columns
        if c not in sheet.table
        or not (sheet.table[c].required or (sheet.table[c].delta_only and sheet.mode == "delta"))
    ]
    if not optional:
        return
    column = optional[done.column % len(optional)]
    if done.kind == "empty a column":
        for row in sheet.records:
            row.pop(column, None)
        return
    sheet.columns.remove(column)
    if done.kind == "move a column":
        sheet.columns.append(column)


def _damage_row(made: Made, sheet: Sheet, done: Damage) -> None:
    rows = sheet.records
    row, other = rows[done.row % len(rows)], rows[done.text % len(rows)]
    column = sheet.columns[done.column % len(sheet.columns)]
    links = [c.name for c in sheet.table.references if c.name in sheet.columns]
    if done.kind in ("cell", "nearly"):
        of_type = NEARLY.get(sheet.table[column].type, NASTY) if column in sheet.table else NASTY
        texts = NASTY if done.kind == "cell" else TELLING.get(column, of_type)
        row[column] = texts[done.text % len(texts)]
    elif done.kind == "own text":
        row[column] = _spoilt(row.get(column, ""), done.text)
    elif done.kind == "copy a cell":
        row[column] = other.get(column, "")
    elif done.kind == "point elsewhere" and links:
        link = links[done.column % len(links)]
        target = [r["sourcedId"] for s in made.sheets.values() for r in s.records if r.get("sourcedId")]
        row[link] = (*target, "nobody", _spoilt(row.get(link, ""), done.row))[done.text * 7 % (len(target) + 2)]
    elif done.kind == "drop a row":
        sheet.rows.remove(row)
    elif done.kind in ("repeat a row", "twins"):
        again = dict(row) if done.kind == "repeat a row" else {**row, "sourcedId": f"{row.get('sourcedId', '')}.again"}
        sheet.rows.insert(done.column % (len(sheet.rows) + 1), again)
    elif done.kind == "circle" and "parentSourcedId" in sheet.columns:
        row["parentSourcedId"] = other.get("sourcedId", "")
        other.setdefault("parentSourcedId", row.get("sourcedId", ""))
    elif done.kind == "status":
        row["status"] = ("tobedeleted", "tobedeleted", "active", "inactive", "")[done.text % 5]


def _spoilt(text: str, how: int) -> str:
    """The text as a careless hand or program leaves it."""
    ways = (
        text + " ",
        " " + text,
        text.upper(),
        text + "\u200b",
        text * 60,
        text + ",",
        "," + text,
        f"{text},{text}",
        f"{text}, {text}",
        text[:-1],
        text + "\n",
    )
    return ways[how % len(ways)]


# Years go by


def _earlier(draw: st.DrawFn, made: Made) -> Made:
    """The roster as it was before: some records are not there yet, others read differently, others have left since."""
    known = made.copy()
    for number, place, what in draw(
        st.lists(st.tuples(st.integers(0, 30), st.integers(0, 11), st.integers(0, 3)), max_size=6)
    ):
        sheet = list(known.sheets.values())[number % len(known.sheets)]
        if what == 0 and sheet.records:
            sheet.rows.remove(sheet.records[place % len(sheet.records)])
        elif what == 1 and sheet.records:
            _read_differently(sheet, sheet.records[place % len(sheet.records)], place)
        elif what >= 2:
            # Enrollments come and go; a person, a class or a school rarely does, and takes much along.
            now = made.sheets["enrollments" if place % 3 else sheet.table.name]
            if now.records:
                now.rows.remove(now.records[place % len(now.records)])
    if draw(st.integers(0, 5)) == 0:
        del known.sheets[draw(st.sampled_from(sorted(known.sheets)))]
    return known


def _read_differently(sheet: Sheet, row: Row, place: int) -> None:
    columns = [
        c.name
        for c in sheet.table.columns
        if c.name in sheet.columns and c.type == "String" and not c.reference and c.name != "username"
    ]
    if columns:
        row[columns[place % len(columns)]] = f"earlier {place}"


def _as_changes(draw: st.DrawFn, made: Made) -> None:
    """Send some tables as changes (delta): fewer rows, some of which end their record."""
    which = draw(st.sampled_from(["none", "none", "all", "all", "some"]))
    for place, sheet in enumerate(list(made.sheets.values())):
        if which == "none" or (which == "some" and (place + len(made.sheets)) % 2):
            continue
        sheet.mode = "delta"
        keep = draw(st.integers(0, 15))
        rows = [row for n, row in enumerate(sheet.records) if keep >> (n % 4) & 1 == 0]
        if not rows and which == "all":
            del made.sheets[sheet.table.name]
        sheet.rows = list(rows)
        for row in rows:
            row.update(status="active", dateLastModified="2026-08-15T06:30:00.000Z")


@st.composite
def profiles(draw: st.DrawFn) -> Profile:
    """Mostly the default; sometimes the letter of the standard; sometimes a publisher's own mixture."""
    name = draw(st.sampled_from(["publisher"] * 5 + ["standard", "own", "own"]))
    if name != "own":
        return shipped(name)
    settings = {
        key: draw(st.booleans())
        for key in ("staff_email", "primary_teacher", "grade_vocabulary", "self_contained_deltas")
    }
    return replace(
        shipped("publisher"),
        name="own",
        optional_faults=draw(st.sampled_from(["clears the value", "refuses the row", "notes", "off"])),
        consequences=draw(st.dictionaries(st.sampled_from(OVERRIDDEN), st.sampled_from(CONSEQUENCES), max_size=3)),
        tokens={"enrollments.role": ("aide", "principal"), "classes.classType": ("x",)},
        **settings,  # type: ignore[arg-type]
    )


#: Rules whose consequence a publisher might change.
OVERRIDDEN = (
    *(
        "excel-number",
        "id-padded",
        "id-characters",
        "id-too-long",
        "control-characters",
        "list-item-empty",
        "token-unknown",
    ),
    *("grade-unknown", "date-form", "year-span", "cell-line-break", "email-form", "text-too-long", "username-repeated"),
    *(
        "enrollment-repeated",
        "reference-not-found",
        "reference-kind",
        "staff-email-missing",
        "class-without-teacher",
        "class-teacher-unmarked",
    ),
    *(
        "enrollment-role-differs",
        "org-cycle",
        "primary-org-without-role",
        "primary-not-teacher",
        "session-ends-before-begin",
    ),
)


@st.composite
def cases(draw: st.DrawFn, *, known: bool | None = None, quotes: bool = True) -> Case:
    """A roster, sent whole or as changes, after up to six damages.

    known: whether an earlier roster is there (null: either). quotes: lines may have one quotation mark too many, so
    that what they are depends on the lines after them.
    """
    made = draw(valid_rosters(draw(plans())))
    schools = sorted(
        row["sourcedId"] for row in made.sheets["orgs"].records if row["type"] not in ("district", "department")
    )
    has_known = draw(st.booleans()) if known is None else known
    before = _earlier(draw, made) if has_known else None
    _as_changes(draw, made)
    least = draw(st.integers(0, 6))
    for done in draw(st.lists(damages, min_size=least, max_size=6)):
        if made.sheets:
            damage(made, done)
    for sheet in made.sheets.values():
        sheet.rows = [row for row in sheet.rows if quotes or isinstance(row, dict) or b'"' not in row]
    onboarded = draw(st.none() | st.frozensets(st.sampled_from([*schools, "o0", "elsewhere"])))
    return Case(made, draw(profiles()), onboarded, before)
