"""Made-up rosters for the laws: valid ones, of both versions, whole or as changes, with this or that table and column.

A roster is built, not guessed: a few numbers decide how many schools, people and classes there are, one number per
table which of its optional cells are filled, and the declaration of each column what stands in them. ``damages`` then
breaks it.
"""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field

from hypothesis import strategies as st

from homeroom.engine.oneroster import tables_of
from homeroom.engine.tables import Column, Table, Type

Row = dict[str, str]
EXTRA_ROLES = "metadata.gm.additionalroles"
#: Tables that come together or not at all, beside those that every roster has.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "demographics": ("demographics",),
    "profiles": ("userProfiles",),
    "resources": ("resources", "classResources", "courseResources", "userResources"),
    "gradebook": (
        *("categories", "lineItems", "results", "scoreScales", "lineItemScoreScales", "resultScoreScales"),
        *("lineItemLearningObjectiveIds", "resultLearningObjectiveIds"),
    ),
}
ALWAYS = ("orgs", "academicSessions", "courses", "users", "roles", "classes", "enrollments")
NAMES = ("Ana", "Müller, jr.", 'Bo "Bob" Li', "王芳", "O'Neil", "  Zoë", "=1+1")


@dataclass
class Sheet:
    """One file on its way. rows: column to text, empty cells left out; bytes are a line as it is to stand in the
    file.
    """

    table: Table
    columns: list[str]
    rows: list[Row | bytes]
    mode: str = "bulk"

    @property
    def records(self) -> list[Row]:
        return [row for row in self.rows if isinstance(row, dict)]


@dataclass(repr=False)
class Made:
    """A whole made-up delivery. look: byte order mark, line end, whether every cell is quoted."""

    version: str
    sheets: dict[str, Sheet]
    look: tuple[bool, str, bool] = (False, "\n", False)
    file_order: list[str] = field(default_factory=list)

    @property
    def files(self) -> dict[str, bytes]:
        """By name the bytes of each file, the manifest among them."""
        mark, line_end, quoted = self.look
        files = {"manifest.csv": self.manifest}
        for sheet in self.sheets.values():
            header = _line(sheet.columns, line_end, quoted=quoted)
            rows = [
                _line([row.get(name, "") for name in sheet.columns], line_end, quoted=quoted)
                if isinstance(row, dict) else row + line_end.encode()
                for row in sheet.rows
            ]  # fmt: skip
            files[sheet.table.file_name] = b"\xef\xbb\xbf" * mark + header + b"".join(rows)
        return files

    @property
    def manifest(self) -> bytes:
        modes = {name: self.sheets[name].mode if name in self.sheets else "absent" for name in tables_of(self.version)}
        rows = [("propertyName", "value"), ("manifest.version", "1.0"), ("oneroster.version", self.version)]
        rows += [(f"file.{name}", mode) for name, mode in modes.items()]
        return "".join(f"{name},{value}\r\n" for name, value in rows).encode()

    def __repr__(self) -> str:
        lines = []
        for sheet in self.sheets.values():
            lines.append(f"  {sheet.table.name} ({sheet.mode}): {','.join(sheet.columns)}")
            lines += [f"    {str(row)[:300]}" for row in sheet.rows]
        return "\n".join(lines)[:14_000]  # hypothesis takes longer texts for a mistake

    def copy(self) -> "Made":
        return deepcopy(self)


def _line(cells: Sequence[str], line_end: str, *, quoted: bool) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator=line_end, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL).writerow(cells)
    return text.getvalue().encode()


@dataclass(frozen=True)
class Plan:
    """The few numbers a roster is built from. fill: per table, which of its optional cells are filled."""

    version: str
    schools: int
    teachers: int
    students: int
    parents: int
    classes: int
    groups: frozenset[str]
    fill: Mapping[str, int]
    extra_roles: bool
    old_layout: bool


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    version = draw(st.sampled_from(["1.1", "1.2"]))
    few = st.integers(1, 3)
    return Plan(
        version,
        schools=draw(few),
        teachers=draw(few),
        students=draw(st.integers(0, 4)),
        parents=draw(st.integers(0, 2)),
        classes=draw(few),
        groups=draw(st.frozensets(st.sampled_from([*GROUPS, "demographics", "profiles"]), max_size=1)),
        fill=dict(zip(tables_of(version), draw(st.lists(st.integers(0, 7), min_size=22, max_size=22)), strict=False)),
        extra_roles=draw(st.booleans()),
        old_layout=draw(st.booleans()),
    )


@st.composite
def valid_rosters(draw: st.DrawFn, plan: Plan | None = None) -> Made:
    """A complete delivery (bulk) in which everything is as it should be."""
    look = draw(st.tuples(st.booleans(), st.sampled_from(["\n", "\r\n"]), st.booleans()))
    return build(plan or draw(plans()), look)


def build(plan: Plan, look: tuple[bool, str, bool] = (False, "\n", False)) -> Made:
    tables = tables_of(plan.version)
    wanted = {*ALWAYS, *(name for group in plan.groups for name in GROUPS[group])}
    made = Made(plan.version, {}, look)
    for name, table in tables.items():
        if name in wanted:
            rows = list(_ROWS[name](plan, made))
            columns = [c.name for c in table.columns if c.layout is None or plan.old_layout]
            _fill(plan, made, table, columns, rows)
            if name == "users" and plan.extra_roles:
                columns.append(EXTRA_ROLES)
            made.sheets[name] = Sheet(table, columns, list(rows))
    return made


# The rows of each table: what makes them valid. Everything else is filled in by ``_fill``.


def _orgs(plan: Plan, made: Made) -> list[Row]:
    charter = {"type": "ext:charter"} if plan.version == "1.2" else {}
    schools = [{"sourcedId": f"o{n}", "type": "school", "parentSourcedId": "o0"} for n in range(1, plan.schools + 1)]
    office = {"sourcedId": "o9", "type": "department", "parentSourcedId": "o1"}
    return [
        {"sourcedId": "o0", "type": "district", "parentSourcedId": ""},
        *schools[:1],
        *({**s, **charter} for s in schools[1:]),
        office,
    ]


def _sessions(plan: Plan, made: Made) -> list[Row]:
    days = (
        ("2026-08-01", "2027-07-01"),
        ("2026-08-15", "2027-01-15"),
        ("2027-01-15", "2027-06-15"),
        ("2026-09-01", "2026-10-15"),
    )
    kinds = (("schoolYear", ""), ("term", "a0"), ("semester", "a0"), ("gradingPeriod", "a1"))
    return [
        {"sourcedId": f"a{n}", "type": kind, "parentSourcedId": parent, "startDate": begin, "endDate": end}
        for n, ((kind, parent), (begin, end)) in enumerate(zip(kinds, days, strict=True))
    ]


def _courses(plan: Plan, made: Made) -> list[Row]:
    return [
        {"sourcedId": f"c{n}", "schoolYearSourcedId": "a0" * (n % 2), "orgSourcedId": f"o{n % 2}"}
        for n in range(plan.classes)
    ]


def people(plan: Plan) -> list[tuple[str, str, str]]:
    """Of each person the source id, the role, and the school."""
    principal = "administrator" if plan.version == "1.1" else "principal"
    counts = {"teacher": plan.teachers, "student": plan.students, "parent": plan.parents, principal: plan.parents % 2}
    letters = {"teacher": "t", "student": "s", "parent": "g", principal: "p"}
    return [
        (f"{letters[role]}{n}", role, f"o{n % plan.schools + 1}")
        for role, count in counts.items()
        for n in range(count)
    ]


def _users(plan: Plan, made: Made) -> list[Row]:
    rows = []
    parents = [id for id, role, _ in people(plan) if role == "parent"]
    for number, (id, role, school) in enumerate(people(plan)):
        row = {
            "sourcedId": id,
            "username": f"user.{number}",
            "role": role,
            "orgSourcedIds": school,
            "primaryOrgSourcedId": school,
        }
        row |= {
            "userMasterIdentifier": f"m{number}" * (number % 2),
            "agentSourcedIds": ",".join(parents) if role == "student" else "",
        }
        if role in ("teacher", "administrator", "principal"):
            row |= {
                "email": f"{id}@district.example",
                EXTRA_ROLES: ("", "teacher, school_admin", "district_admin")[number % 3],
            }
        if number % 3 == 2:
            row["orgSourcedIds"] += ",o1"
        rows.append(row)
    return rows


def _profiles(plan: Plan, made: Made) -> list[Row]:
    return [{"sourcedId": f"x{id}", "userSourcedId": id} for id, _, _ in people(plan)[::2]]


def _roles(plan: Plan, made: Made) -> list[Row]:
    rows = []
    own = (
        {str(row["userSourcedId"]): str(row["sourcedId"]) for row in made.sheets["userProfiles"].records}
        if "userProfiles" in made.sheets
        else {}
    )
    for id, role, school in people(plan):
        rows.append({"sourcedId": f"r{id}", "userSourcedId": id, "roleType": "primary", "role": role, "orgSourcedId": school,
                     "userProfileSourcedId": own.get(id, "")})  # fmt: skip
        if role == "teacher":
            rows.append({"sourcedId": f"r2{id}", "userSourcedId": id, "roleType": "secondary", "role": "parent", "orgSourcedId": "o1",
                         "userProfileSourcedId": ""})  # fmt: skip
    return rows


def _demographics(plan: Plan, made: Made) -> list[Row]:
    return [{"sourcedId": id} for id, role, _ in people(plan) if role == "student"]


def _classes(plan: Plan, made: Made) -> list[Row]:
    return [
        {
            "sourcedId": f"k{n}",
            "courseSourcedId": f"c{n}",
            "schoolSourcedId": f"o{n % plan.schools + 1}",
            "termSourcedIds": ("a1", "a1,a2")[n % 2],
        }
        for n in range(plan.classes)
    ]


def _enrollments(plan: Plan, made: Made) -> list[Row]:
    rows = []
    everybody = [(id, role) for id, role, _ in people(plan) if role in ("teacher", "student")]
    for n in range(plan.classes):
        for place, (id, role) in enumerate(everybody):
            if role == "student" or place == n % plan.teachers or plan.fill["enrollments"] == 7:
                primary = "true" if place == n % plan.teachers else "false"
                rows.append(
                    {"sourcedId": f"e{n}{id}", "classSourcedId": f"k{n}", "schoolSourcedId": f"o{n % plan.schools + 1}", "userSourcedId": id,
                     "role": role, "primary": primary, "beginDate": "2026-09-01", "endDate": "2026-12-01"}
                )  # fmt: skip
    return rows


def _line_items(plan: Plan, made: Made) -> list[Row]:
    return [
        {"sourcedId": f"l{n}", "gradingPeriodSourcedId": "a3", "academicSessionSourcedId": f"a{n % 2 + 1}"}
        for n in range(2)
    ]


def _results(plan: Plan, made: Made) -> list[Row]:
    return [{"sourcedId": f"t{id}", "studentSourcedId": id} for id, role, _ in people(plan) if role == "student"]


def _two(prefix: str) -> Callable[[Plan, Made], list[Row]]:
    return lambda plan, made: [{"sourcedId": f"{prefix}{n}"} for n in range(2)]


def _objectives(prefix: str) -> Callable[[Plan, Made], list[Row]]:
    urn = "urn:uuid:123e4567-e89b-12d3-a456-42661417400"
    return lambda plan, made: [
        {"sourcedId": f"{prefix}0", "source": "case", "learningObjectiveId": f"{urn}0"},
        {"sourcedId": f"{prefix}1", "source": "unknown", "learningObjectiveId": "reads"},
    ]


_ROWS: Mapping[str, Callable[[Plan, Made], list[Row]]] = {
    "orgs": _orgs,
    "academicSessions": _sessions,
    "courses": _courses,
    "resources": _two("s"),
    "users": _users,
    "userProfiles": _profiles,
    "roles": _roles,
    "demographics": _demographics,
    "classes": _classes,
    "enrollments": _enrollments,
    "classResources": _two("cr"),
    "courseResources": _two("or"),
    "userResources": _two("ur"),
    "categories": _two("g"),
    "lineItems": _line_items,
    "results": _results,
    "scoreScales": _two("ss"),
    "lineItemScoreScales": _two("ls"),
    "resultScoreScales": lambda plan, made: _two("rs")(plan, made) if plan.students else [],
    "lineItemLearningObjectiveIds": _objectives("lo"),
    "resultLearningObjectiveIds": lambda plan, made: _objectives("ro")(plan, made) if plan.students else [],
}


def _fill(plan: Plan, made: Made, table: Table, columns: Sequence[str], rows: list[Row]) -> None:
    """Fill in whatever the rows do not say themselves; of the optional cells those that the plan's number asks for."""
    for number, row in enumerate(rows):
        for place, name in enumerate(columns):
            column = table[name]
            wanted = column.required or plan.fill[table.name] >> ((number + place) % 3) & 1
            if name not in row and wanted and not column.delta_only:
                row[name] = _value(column, number, table, made)
        for name in [name for name, text in row.items() if not text]:
            del row[name]


def _value(column: Column, number: int, table: Table, made: Made) -> str:
    """Something valid for a cell of this column, told by its declaration."""
    if column.reference is not None:
        target = made.sheets.get(column.reference.table)
        ids = [str(row["sourcedId"]) for row in target.records if _fits(column, row)] if target else []
        return ids[number % len(ids)] if ids else ""
    by_type = {
        Type.TEXT: NAMES[number % len(NAMES)],
        Type.TEXTS: "{LDAP:a b},{LTI:2}" if column.item_form else "one,two",
        Type.TOKENS: ",".join(column.tokens[:2]),
        Type.NUMBER: ("87.5", "-1", "100")[number % 3],
        Type.INTEGER: "10",
        Type.DATE: "2026-09-15",
        Type.YEAR: ("2027", "2027", "2027", "2026-2027")[number % 4],
        Type.GRADES: ("KG", "01,02", "Other")[number % 3],
        Type.EMAIL: f"somebody.{table.name}{number}@district.example",
    }
    return (
        column.tokens[number % len(column.tokens)]
        if column.type in (Type.TOKEN, Type.BOOLEAN)
        else by_type[column.type]
    )


def _fits(column: Column, target: Row) -> bool:
    """Whether the record is of the kind that the column asks for."""
    kinds = column.reference.kinds if column.reference else ()
    return not kinds or target.get("type", target.get("role")) in kinds
