r"""A small valid district, and examples set into it: text tables in, the files of a delivery out.

A text table gives the columns that matter, cells between vertical bars; a cell in double quotes is taken as it stands,
spaces included, and ``\n`` in a cell is a line break. Its rows come first in the file, so that its first row is line 2.
A row with the source id of somebody in the district takes the place of that record and keeps all that it does not
mention; other rows are new, and get a usual value in every column that is required. The rest of the district follows in
the same file, and the tables that it points at come along. A text table called manifest gives the properties of
manifest.csv that differ. In version 1.2 the columns ``role`` and ``orgSourcedIds`` of users become rows of roles.csv.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from homeroom.engine.oneroster import tables_of
from homeroom.engine.templates import TEMPLATES

Row = dict[str, str]
Tables = dict[str, list[Row]]

UPLOADS = {"student-upload": "students", "staff-upload": "staff", "class-upload": "classes"}

_DISTRICT = {
    "orgs": """
        sourcedId | name     | type     | parentSourcedId
        lantern   | Lantern  | district |
        north     | North    | school   | lantern
        south     | South    | school   | lantern
    """,
    "academicSessions": """
        sourcedId | title       | type       | startDate  | endDate    | parentSourcedId | schoolYear
        year      | School year | schoolYear | 2026-08-01 | 2027-07-01 |                 | 2027
        fall      | Fall        | semester   | 2026-08-01 | 2027-01-01 | year            | 2027
        spring    | Spring      | semester   | 2027-01-01 | 2027-07-01 | year            | 2027
    """,
    "courses": """
        sourcedId | title | schoolYearSourcedId | orgSourcedId
        math      | Math  | year                | lantern
        drama     | Drama | year                | lantern
    """,
    "users": """
        sourcedId | role    | orgSourcedIds | username | givenName | familyName | email                | grades
        tess      | teacher | north         | tess.day | Tess      | Day        | tess@lantern.example |
        tom       | teacher | south         | tom.fox  | Tom       | Fox        | tom@lantern.example  |
        ana       | student | north         | ana.lee  | Ana       | Lee        |                      | 05
        ben       | student | north         | ben.moss | Ben       | Moss       |                      | 05
        cleo      | student | south         | cleo.rue | Cleo      | Rue        |                      | 06
    """,
    "classes": """
        sourcedId | title   | courseSourcedId | schoolSourcedId | termSourcedIds
        math-1    | Math 1  | math            | north           | year
        drama-1   | Drama 1 | drama           | south           | fall,spring
    """,
    "enrollments": """
        sourcedId  | classSourcedId | schoolSourcedId | userSourcedId | role    | primary
        math-tess  | math-1         | north           | tess          | teacher | true
        math-ana   | math-1         | north           | ana           | student |
        math-ben   | math-1         | north           | ben           | student |
        drama-tom  | drama-1        | south           | tom           | teacher | true
        drama-cleo | drama-1        | south           | cleo          | student |
    """,
}

#: What a new row has in the columns that it does not mention; ``{line}`` is the line on which it stands.
_USUAL: Mapping[str, Row] = {
    table: dict(cell.split("=", 1) for cell in filter(None, cells.split("; ")))
    for table, cells in {
        "orgs": "name=Organization {line}; type=school",
        "academicSessions": "title=Session {line}; type=term; startDate=2026-08-01; endDate=2027-07-01; "
        "schoolYear=2027",
        "courses": "title=Course {line}; orgSourcedId=lantern",
        "users": "enabledUser=true; orgSourcedIds=north; role=student; username=login-{line}; givenName=Given; "
        "familyName=Family; email=login-{line}@lantern.example; grades=05",
        "roles": "userSourcedId=ana; roleType=secondary; role=student; orgSourcedId=north",
        "userProfiles": "userSourcedId=ana; profileType=LMS; vendorId=lms.example; credentialType=username; "
        "username=ana",
        "demographics": "",
        "classes": "title=Class {line}; courseSourcedId=math; classType=scheduled; schoolSourcedId=north; "
        "termSourcedIds=year",
        "enrollments": "classSourcedId=math-1; schoolSourcedId=north; userSourcedId=ana; role=student",
        "categories": "title=Category {line}",
        "lineItems": "title=Line item {line}; assignDate=2026-09-01; dueDate=2026-09-08; classSourcedId=math-1; "
        "categorySourcedId=tests; gradingPeriodSourcedId=q1; academicSessionSourcedId=fall; resultValueMin=0; "
        "resultValueMax=100; schoolSourcedId=north",
        "results": "lineItemSourcedId=test-1; studentSourcedId=ana; scoreStatus=submitted; score=90; "
        "scoreDate=2026-09-09",
        "lineItemLearningObjectiveIds": "lineItemSourcedId=test-1; source=unknown; learningObjectiveId=fractions",
        "scoreScales": "title=Scale; type=letters; orgSourcedId=north; courseSourcedId=math; classSourcedId=math-1; "
        "scoreScaleValue={A:90}",
        "resources": "vendorResourceId=resource-{line}",
        "classResources": "classSourcedId=math-1",
        "courseResources": "courseSourcedId=math",
        "students": "studentId=S{line}; firstName=First; lastName=Last; grade=05; username=pupil{line}; "
        "password=secret-word-1",
        "staff": "staffId=T{line}; firstName=First; lastName=Last; email=staff{line}@lantern.example; role=teacher; "
        "username=staff{line}; password=secret-word-1",
        "upload": "className=Class {line}; primaryTeacher=tess@lantern.example",
    }.items()
}

#: The tables that come along: those that required columns point at, and what has to accompany them.
_ALONG: Mapping[str, tuple[str, ...]] = {
    "academicSessions": (),
    "orgs": (),
    "courses": ("orgs", "academicSessions"),
    "users": ("orgs", "roles"),
    "roles": ("users",),
    "userProfiles": ("users",),
    "demographics": ("users",),
    "classes": ("courses", "academicSessions", "orgs"),
    "enrollments": ("classes", "users"),
    "categories": (),
    "lineItems": ("classes", "categories", "academicSessions"),
    "results": ("lineItems", "users"),
    "lineItemLearningObjectiveIds": ("lineItems",),
    "scoreScales": ("classes",),
    "resources": (),
    "classResources": ("classes", "resources"),
    "courseResources": ("courses", "resources"),
}
_DELTA = {"status": "active", "dateLastModified": "2026-09-01T06:30:00.000Z"}
_USERS_1_2_ROLES = {"administrator": "districtAdministrator"}


def rows_of(text: str) -> list[Row]:
    """The rows of a text table, by column."""
    header, *rows = [line for line in text.split("\n") if line.strip()]
    names = [cell.strip(" ") for cell in header.split("|")]
    return [dict(zip(names, map(_cell, row.split("|")), strict=True)) for row in rows]


def _cell(text: str) -> str:
    text = text.strip(" ")
    if len(text) > 1 and text.startswith('"') and text.endswith('"'):
        text = text[1:-1]
    return text.replace("\\n", "\n")


def delivery(
    given: Mapping[str, str | bytes],
    *,
    version: str,
    deltas: Sequence[str] = (),
    whole: Sequence[str] = (),
    without: Sequence[str] = (),
    alone: bool = False,
) -> dict[str, bytes]:
    """The files of a delivery, by name."""
    files = {
        name: content.encode() if isinstance(content, str) else content
        for name, content in given.items()
        if "." in name
    }
    uploads = [name for name in given if name in UPLOADS]
    files |= {f"{name}.csv": _upload(name, str(given[name])) for name in uploads}
    if uploads or alone:
        return files
    changes = {row["propertyName"]: row["value"] for row in rows_of(str(given.get("manifest", "propertyName")))}
    tables = _tables(
        {name: rows_of(str(text)) for name, text in given.items() if "." not in name and name != "manifest"},
        version,
        deltas,
        whole,
        files,
    )
    for name, rows in tables.items():
        if name not in without:
            files.setdefault(f"{name}.csv", _as_csv(_header(name, rows, version), rows))
    if "manifest" not in without:
        modes = {name: "delta" if name in deltas else "bulk" for name in tables if name not in without}
        files.setdefault("manifest.csv", manifest(version, modes, changes, without=without))
    return files


def manifest(
    version: str, modes: Mapping[str, str], changes: Mapping[str, str], *, without: Sequence[str] = ()
) -> bytes:
    """A manifest. modes: of the tables that are not absent. changes: other values, by property. without: properties
    that are left out.
    """
    properties = {"manifest.version": "1.0", "oneroster.version": version}
    properties |= {f"file.{name}": modes.get(name, "absent") for name in sorted(tables_of(version))} | dict(changes)
    rows = [{"propertyName": name, "value": value} for name, value in properties.items() if name not in without]
    return _as_csv(["propertyName", "value"], rows)


def _tables(given: Tables, version: str, deltas: Sequence[str], whole: Sequence[str], files: Iterable[str]) -> Tables:
    """The rows of every table that is delivered: those given, then the rest of the district."""
    wanted = [*given, *(file.removesuffix(".csv") for file in files)]
    bulk = _with_all_they_need([name for name in wanted if name not in deltas and name in _ALONG], version)
    district = {name: rows_of(text) for name, text in _DISTRICT.items()}
    tables: Tables = {}
    for name in dict.fromkeys((*wanted, *bulk)):
        if name in _USUAL and (name in tables_of(version)):
            rows = _filled(name, given.get(name, []), district.get(name, []), delta=name in deltas)
            tables[name] = rows[: len(given.get(name, []))] if name in (*deltas, *whole) else rows
    if version == "1.2" and "users" in tables:
        _give_roles(tables, delta="users" in deltas)
    return tables


def _with_all_they_need(names: Iterable[str], version: str) -> list[str]:
    waiting, found = list(names), dict[str, None]()
    while waiting:
        name = waiting.pop()
        if name not in found and name in tables_of(version):
            found[name] = None
            waiting += _ALONG[name]
    return list(found)


def _filled(name: str, given: list[Row], rest: list[Row], *, delta: bool) -> list[Row]:
    """The given rows with all that they do not mention, and then those of the rest that none of them replaces."""
    there = {row["sourcedId"]: row for row in rest}
    rows = []
    for line, row in enumerate(given, start=2):
        usual = {column: text.replace("{line}", str(line)) for column, text in _USUAL[name].items()}
        known = there.get(row.get("sourcedId", ""), {})
        rows.append({"sourcedId": f"{name}-{line}"} | usual | (_DELTA if delta else {}) | known | row)
    replaced = {row["sourcedId"] for row in rows}
    return rows + [_USUAL[name] | row for row in rest if row["sourcedId"] not in replaced]


def _give_roles(tables: Tables, *, delta: bool) -> None:
    """Move what 1.1 says of a user's role and schools to roles.csv, unless the example says it there itself."""
    stated = {row["userSourcedId"] for row in tables.get("roles", [])}
    roles = [*tables.get("roles", [])]
    for user in tables["users"]:
        role, orgs = user.pop("role"), user.pop("orgSourcedIds")
        if user["sourcedId"] in stated or ("roles" not in tables):
            continue
        for place, org in enumerate(filter(None, orgs.split(","))):
            roles.append(
                {"sourcedId": f"{user['sourcedId']}-{org}", "userSourcedId": user["sourcedId"], "orgSourcedId": org}
                | {"roleType": "secondary" if place else "primary", "role": _USERS_1_2_ROLES.get(role, role)}
                | (_DELTA if delta else {})
            )
    if roles:
        tables["roles"] = roles


def _header(name: str, rows: list[Row], version: str) -> list[str]:
    table = tables_of(version)[name]
    mentioned = dict.fromkeys(column for row in rows for column in row)
    declared = [column.name for column in table.columns if column.layout is None or column.name in mentioned]
    foreign = {
        column
        for other in tables_of("1.1" if version == "1.2" else "1.2").get(name, table).columns
        for column in [other.name]
    }
    return declared + [
        column
        for column in mentioned
        if column not in declared and column not in foreign and column not in _USUAL[name]
    ]


def _upload(name: str, text: str) -> bytes:
    template = TEMPLATES[UPLOADS[name]]
    usual = _USUAL["upload" if name == "class-upload" else template.name]
    rows = rows_of(text)
    filled = [
        {column: cell.replace("{line}", str(line)) for column, cell in usual.items()} | row
        for line, row in enumerate(rows, start=2)
    ]
    more = [column for column in rows[0] if column not in template.names]
    return _as_csv([*template.names, *more], filled)


def _as_csv(header: Sequence[str], rows: Iterable[Row]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, header, restval="", extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
