"""Which tables and columns does OneRoster have, and what may stand in each cell?

The one declaration that everything else reads: the file format (headers and their order), the generic rules (required,
type, tokens, references), the reference pages, and the names that a REST provider uses. Versions 1.1 and 1.2 are
declared together; a column or token that only one of them knows says so. Imports nothing but the standard library.

Source: OneRoster CSV binding 1.1 and 1.2 (users.csv in both layouts, 1.2.0 and 1.2.1).
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from homeroom.engine.tables import Column, Reference, Table, Type

VERSIONS = ("1.1", "1.2")


def _text(name: str, required: bool = False, **more: object) -> Column:
    return Column(name, Type.TEXT, required, **more)  # type: ignore[arg-type]


def _personal(name: str, required: bool = False, **more: object) -> Column:
    return Column(name, Type.TEXT, required, personal=True, **more)  # type: ignore[arg-type]


def _token(name: str, required: bool, *tokens: str, **more: object) -> Column:
    return Column(name, Type.TOKEN, required, tokens, **more)  # type: ignore[arg-type]


def _boolean(name: str, required: bool = False, **more: object) -> Column:
    return Column(name, Type.BOOLEAN, required, ("true", "false"), **more)  # type: ignore[arg-type]


def _ref(name: str, required: bool, table: str, *kinds: str, belongs: bool = True, **more: object) -> Column:
    return Column(name, Type.REFERENCE, required, reference=Reference(table, kinds, belongs), **more)  # type: ignore[arg-type]


def _refs(name: str, required: bool, table: str, *, belongs: bool, **more: object) -> Column:
    return Column(name, Type.REFERENCES, required, reference=Reference(table, (), belongs), **more)  # type: ignore[arg-type]


def _date(name: str, required: bool = False, **more: object) -> Column:
    return Column(name, Type.DATE, required, **more)  # type: ignore[arg-type]


def _number(name: str, required: bool = False, **more: object) -> Column:
    return Column(name, Type.NUMBER, required, **more)  # type: ignore[arg-type]


def _list(name: str, **more: object) -> Column:
    return Column(name, Type.TEXTS, **more)  # type: ignore[arg-type]


def _differs(version: str, **changes: object) -> tuple[tuple[str, tuple[tuple[str, object], ...]], ...]:
    return ((version, tuple(changes.items())),)


def _table(name: str, *columns: Column, **more: object) -> Table:
    """A OneRoster table: the three columns that all of them begin with, then its own."""
    common = (
        Column("sourcedId", Type.ID, required=True),
        Column("status", Type.TOKEN, tokens=("active", "tobedeleted"), delta_only=True),
        Column("dateLastModified", Type.DATETIME, delta_only=True),
    )
    if columns[0].name == "sourcedId":
        common, columns = (columns[0], *common[1:]), columns[1:]
    return Table(name, common + columns, **more)  # type: ignore[arg-type]


_USER_ROLES = ("administrator", "aide", "guardian", "parent", "proctor", "relative", "student", "teacher")
_LISTED_PAIR = r"^\{[^:{}]+:[^{}]+\}$"
_SUBJECTS = (_list("subjects", same_length_as="subjectCodes"), _list("subjectCodes", same_length_as="subjects"))

#: In the order in which they are judged: a table comes after those it points at (product.md 4.3).
TABLES: tuple[Table, ...] = (
    _table(
        "orgs",
        _text("name", True),
        _token("type", True, "department", "school", "district", "local", "state", "national", extensible=True),
        _text("identifier"),
        _ref("parentSourcedId", False, "orgs"),
        singular="organization",
        plural="organizations",
    ),
    _table(
        "academicSessions",
        _text("title", True),
        _token("type", True, "gradingPeriod", "semester", "schoolYear", "term", extensible=True),
        _date("startDate", True),
        _date("endDate", True),
        _ref("parentSourcedId", False, "academicSessions"),
        Column("schoolYear", Type.YEAR, required=True),
        singular="academic session",
        plural="academic sessions",
    ),
    _table(
        "courses",
        _ref("schoolYearSourcedId", False, "academicSessions", "schoolYear"),
        _text("title", True),
        _text("courseCode"),
        Column("grades", Type.GRADES),
        _ref("orgSourcedId", True, "orgs"),
        *_SUBJECTS,
        singular="course",
    ),
    _table(
        "resources",
        _text("vendorResourceId", True),
        _text("title"),
        Column("roles", Type.TOKENS, tokens=_USER_ROLES, extensible=True),
        _token("importance", False, "primary", "secondary"),
        _text("vendorId"),
        _text("applicationId"),
        domain="resources",
        singular="resource",
    ),
    _table(
        "users",
        _boolean("enabledUser", True),
        _refs("orgSourcedIds", True, "orgs", belongs=True, only="1.1"),
        _token("role", True, *_USER_ROLES, only="1.1"),
        _personal("username", True),
        Column("userIds", Type.TEXTS, item_form=_LISTED_PAIR, personal=True),
        _personal("givenName", True),
        _personal("familyName", True),
        _personal("middleName"),
        _personal("identifier"),
        Column("email", Type.EMAIL, personal=True),
        _personal("sms"),
        _personal("phone"),
        _refs("agentSourcedIds", False, "users", belongs=False),
        Column("grades", Type.GRADES),
        Column("password", Type.TEXT, personal=True),
        _personal("userMasterIdentifier", only="1.2"),
        _refs("resourceSourcedIds", False, "resources", belongs=False, only="1.2", layout="1.2.0", rest="resources"),
        _personal("preferredGivenName", only="1.2", rest="preferredFirstName"),
        _personal("preferredMiddleName", only="1.2"),
        _personal("preferredFamilyName", only="1.2", rest="preferredLastName"),
        _ref("primaryOrgSourcedId", False, "orgs", belongs=False, only="1.2"),
        _personal("pronouns", only="1.2"),
        singular="user",
        accompanied_by=("roles",),
    ),
    _table(
        "userProfiles",
        Column("sourcedId", Type.ID, required=True, rest="profileId"),
        _ref("userSourcedId", True, "users"),
        _text("profileType", True),
        _text("vendorId", True),
        _text("applicationId"),
        _text("description"),
        _text("credentialType", True, rest="credentials[].type"),
        _personal("username", True, rest="credentials[].username"),
        _personal("password", rest="credentials[].password"),
        only="1.2",
        singular="user profile",
        plural="user profiles",
    ),
    _table(
        "roles",
        _ref("userSourcedId", True, "users"),
        _token("roleType", True, "primary", "secondary"),
        _token(
            "role",
            True,
            *("aide", "counselor", "districtAdministrator", "guardian", "parent", "principal", "proctor", "relative"),
            *("siteAdministrator", "student", "systemAdministrator", "teacher"),
            extensible=True,
        ),
        _date("beginDate"),
        _date("endDate"),
        _ref("orgSourcedId", True, "orgs"),
        _ref("userProfileSourcedId", False, "userProfiles", belongs=False),
        only="1.2",
        singular="role",
    ),
    _table(
        "demographics",
        Column("sourcedId", Type.ID, required=True, reference=Reference("users")),
        _date("birthDate", personal=True),
        _token(
            "sex",
            False,
            "male",
            "female",
            personal=True,
            extensible=True,
            by_version=_differs("1.2", tokens=("male", "female", "unspecified", "other")),
        ),
        _boolean("americanIndianOrAlaskaNative", personal=True),
        _boolean("asian", personal=True),
        _boolean("blackOrAfricanAmerican", personal=True),
        _boolean("nativeHawaiianOrOtherPacificIslander", personal=True),
        _boolean("white", personal=True),
        _boolean("demographicRaceTwoOrMoreRaces", personal=True),
        _boolean("hispanicOrLatinoEthnicity", personal=True),
        _personal("countryOfBirthCode"),
        _personal("stateOfBirthAbbreviation"),
        _personal("cityOfBirth"),
        _personal("publicSchoolResidenceStatus"),
        singular="demographics record",
    ),
    _table(
        "classes",
        _text("title", True),
        Column("grades", Type.GRADES),
        _ref("courseSourcedId", True, "courses", belongs=False),
        _text("classCode"),
        _token("classType", True, "homeroom", "scheduled", extensible=True),
        _text("location"),
        _ref("schoolSourcedId", True, "orgs", "school"),
        _refs("termSourcedIds", True, "academicSessions", belongs=False),
        *_SUBJECTS,
        _list("periods"),
        singular="class",
    ),
    _table(
        "enrollments",
        _ref("classSourcedId", True, "classes"),
        _ref("schoolSourcedId", True, "orgs", "school"),
        _ref("userSourcedId", True, "users"),
        _token("role", True, "administrator", "proctor", "student", "teacher", extensible=True),
        _boolean("primary"),
        _date("beginDate"),
        _date("endDate"),
        singular="enrollment",
    ),
    _table(
        "classResources",
        _text("title"),
        _ref("classSourcedId", True, "classes"),
        _ref("resourceSourcedId", True, "resources"),
        domain="resources",
        singular="class resource",
        plural="class resources",
    ),
    _table(
        "courseResources",
        _text("title"),
        _ref("courseSourcedId", True, "courses"),
        _ref("resourceSourcedId", True, "resources"),
        domain="resources",
        aliases=("courseResourses",),
        singular="course resource",
        plural="course resources",
    ),
    _table(
        "userResources",
        _ref("userSourcedId", True, "users"),
        _ref("orgSourcedId", False, "orgs"),
        _ref("classSourcedId", False, "classes"),
        _ref("resourceSourcedId", True, "resources"),
        domain="resources",
        only="1.2",
        singular="user resource",
        plural="user resources",
    ),
    _table(
        "categories",
        _text("title", True),
        Column("weight", Type.INTEGER, only="1.2"),
        domain="gradebook",
        singular="category",
    ),
    _table(
        "lineItems",
        _text("title", True),
        _text("description"),
        _date("assignDate", True),
        _date("dueDate", True),
        _ref("classSourcedId", True, "classes"),
        _ref("categorySourcedId", True, "categories"),
        _ref("gradingPeriodSourcedId", True, "academicSessions", "gradingPeriod", only="1.1"),
        _ref("academicSessionSourcedId", True, "academicSessions", "gradingPeriod", "semester", "term", only="1.2"),
        _number("resultValueMin", True, by_version=_differs("1.2", required=False)),
        _number("resultValueMax", True, by_version=_differs("1.2", required=False)),
        _ref("schoolSourcedId", True, "orgs", "school", only="1.2"),
        domain="gradebook",
        singular="line item",
        plural="line items",
    ),
    _table(
        "results",
        _ref("lineItemSourcedId", True, "lineItems"),
        _ref("studentSourcedId", True, "users", "student"),
        _token(
            "scoreStatus",
            True,
            "exempt",
            "fully graded",
            "not submitted",
            "partially graded",
            "submitted",
            extensible=True,
        ),
        _number("score", True, personal=True, by_version=_differs("1.2", required=False)),
        _date("scoreDate", True),
        _personal("comment"),
        _personal("textScore", only="1.2"),
        _ref("classSourcedId", False, "classes", only="1.2"),
        *(_boolean(name, only="1.2") for name in ("inProgress", "incomplete", "late", "missing")),
        domain="gradebook",
        singular="result",
    ),
    _table(
        "scoreScales",
        _text("title", True),
        _text("type", True),
        _ref("orgSourcedId", True, "orgs"),
        _ref("courseSourcedId", True, "courses"),
        _ref("classSourcedId", True, "classes"),
        Column("scoreScaleValue", Type.TEXTS, required=True, item_form=_LISTED_PAIR),
        domain="gradebook",
        only="1.2",
        singular="score scale",
        plural="score scales",
    ),
    _table(
        "lineItemScoreScales",
        _text("title"),
        _ref("lineItemSourcedId", True, "lineItems"),
        _ref("scoreScaleSourcedId", True, "scoreScales"),
        domain="gradebook",
        only="1.2",
        singular="line item score scale",
        plural="line item score scales",
    ),
    _table(
        "resultScoreScales",
        _text("title"),
        _ref("resultSourcedId", True, "results"),
        _ref("scoreScaleSourcedId", True, "scoreScales"),
        domain="gradebook",
        only="1.2",
        singular="result score scale",
        plural="result score scales",
    ),
    _table(
        "lineItemLearningObjectiveIds",
        _ref("lineItemSourcedId", True, "lineItems"),
        _token("source", True, "case", "unknown", extensible=True),
        _text("learningObjectiveId", True),
        domain="gradebook",
        only="1.2",
        singular="line item learning objective",
        plural="line item learning objectives",
    ),
    _table(
        "resultLearningObjectiveIds",
        _ref("resultSourcedId", True, "results"),
        _token("source", True, "case", "unknown", extensible=True),
        _text("learningObjectiveId", True),
        _number("score", personal=True),
        _personal("textScore"),
        domain="gradebook",
        only="1.2",
        singular="result learning objective",
        plural="result learning objectives",
    ),
)


def _for_version(column: Column, version: str) -> Column:
    changes = dict(dict(column.by_version).get(version, ()))
    if version == "1.1":
        changes["extensible"] = False  # the vocabularies of 1.1 are closed (1EdTech FAQ)
    return replace(column, **changes)  # type: ignore[arg-type]


@cache
def tables_of(version: str) -> dict[str, Table]:
    """The tables of one version ("1.1" or "1.2") by name, in the order in which they are judged.

    users of 1.2 is in the layout of 1.2.1; the one column that 1.2.0 has besides carries ``layout``.
    """
    tables = (table for table in TABLES if table.only in (None, version))
    return {
        table.name: replace(
            table,
            columns=tuple(_for_version(column, version) for column in table.columns if column.only in (None, version)),
            accompanied_by=tuple(name for name in table.accompanied_by if version == "1.2" or name != "roles"),
        )
        for table in tables
    }
