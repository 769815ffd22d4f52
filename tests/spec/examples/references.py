"""Which rows point at records that are not there, or at records of another kind."""

from __future__ import annotations

from tests.spec.example import BOTH, Example, Found, notes, refuses


def not_found(file: str, line: int, column: str) -> Found:
    return refuses(file, line, column, f"{column} not found in our system", rule="reference-not-found")


ORG_CIRCLE = "and following the parents from there leads back to this organization; correct one of them."
SESSION_CIRCLE = "and following the parents from there leads back to this session; correct one of them."

_FOUND = (
    Example(
        "reference-not-found",
        "An organization’s parent must be there; an organization at the top has none",
        {
            "orgs": """
                sourcedId | parentSourcedId
                east      | northeast
                west      | lantern
                state     |
            """
        },
        (not_found("orgs.csv", 2, "parentSourcedId"),),
        versions=BOTH,
    ),
    Example(
        "reference-not-found",
        "Capitals count in identifiers",
        {
            "courses": """
                sourcedId | orgSourcedId | schoolYearSourcedId
                physics   | North        | year
                latin     | north        | Year
                french    | north        | year
            """
        },
        (not_found("courses.csv", 2, "orgSourcedId"), not_found("courses.csv", 3, "schoolYearSourcedId")),
    ),
    Example(
        "reference-not-found",
        "A class names its course, its school and its sessions; each that is missing is told",
        {
            "classes": """
                sourcedId | courseSourcedId | schoolSourcedId | termSourcedIds
                math-1    | math            | north           | fall,winter
                drama-1   | opera           | east            | winter
                chess-1   | math            | north           | spring,fall
            """
        },
        (
            not_found("classes.csv", 2, "termSourcedIds"),
            not_found("classes.csv", 3, "courseSourcedId"),
            not_found("classes.csv", 3, "schoolSourcedId"),
            not_found("classes.csv", 3, "termSourcedIds"),
        ),
        accepted={"classes": "chess-1"},
    ),
    Example(
        "reference-not-found",
        "A user names organizations and the people who look after them",
        {
            "users": """
                sourcedId | orgSourcedIds | agentSourcedIds
                ana       | north,east    |
                ben       | north         | paul,pia
                cleo      | south,north   | paul
                paul      | lantern       |
            """
        },
        (not_found("users.csv", 2, "orgSourcedIds"), not_found("users.csv", 3, "agentSourcedIds")),
        accepted={"users": "cleo paul tess tom"},
    ),
    Example(
        "reference-not-found",
        "In 1.2 a role names its user, its organization and the user’s profile",
        {
            "roles": """
                sourcedId | userSourcedId | orgSourcedId | userProfileSourcedId
                r1        | anna          | north        |
                r2        | ana           | east         |
                r3        | ana           | north        | lms-9
                r4        | ana           | north        | lms-1
            """,
            "userProfiles": """
                sourcedId | userSourcedId
                lms-1     | ana
            """,
        },
        (
            not_found("roles.csv", 2, "userSourcedId"),
            not_found("roles.csv", 3, "orgSourcedId"),
            not_found("roles.csv", 4, "userProfileSourcedId"),
        ),
        versions=("1.2",),
    ),
    Example(
        "reference-not-found",
        "Demographics are about the user of the same source id",
        {
            "demographics": """
                sourcedId | birthDate
                ana       | 2015-04-22
                anna      | 2015-04-22
            """
        },
        (not_found("demographics.csv", 3, "sourcedId"),),
    ),
    Example(
        "reference-not-found",
        "An enrollment names its class, its school and its user",
        {
            "enrollments": """
                sourcedId | classSourcedId | schoolSourcedId | userSourcedId
                e1        | math-9         | north           | ana
                e2        | drama-1        | east            | ana
                e3        | drama-1        | south           | anna
                e4        | drama-1        | south           | ana
            """
        },
        (
            not_found("enrollments.csv", 2, "classSourcedId"),
            not_found("enrollments.csv", 3, "schoolSourcedId"),
            not_found("enrollments.csv", 4, "userSourcedId"),
        ),
        accepted={"enrollments": "e4 math-tess math-ana math-ben drama-tom drama-cleo"},
    ),
    Example(
        "reference-not-found",
        "A complete file does not look into the roster as accepted before, where its own delivery has the table",
        {
            "enrollments": """
                sourcedId | userSourcedId | classSourcedId
                e1        | zoe           | drama-1
            """
        },
        (not_found("enrollments.csv", 2, "userSourcedId"),),
        known={
            "users": """
                sourcedId | role
                zoe       | student
            """
        },
    ),
    Example(
        "reference-not-found",
        "A table that is absent from the delivery is looked up in the roster as accepted before",
        {
            "enrollments": """
                sourcedId | userSourcedId | classSourcedId
                e1        | zoe           | drama-1
                e2        | zora          | drama-1
            """
        },
        (not_found("enrollments.csv", 3, "userSourcedId"),),
        known={
            "users": """
                sourcedId | role
                zoe       | student
            """
        },
        without=("users", "roles"),
        accepted={"enrollments": "e1 math-tess math-ana math-ben drama-tom drama-cleo"},
    ),
    Example(
        "reference-not-found",
        "A set of changes points at what it holds, and at what was accepted before",
        {
            "users": """
                sourcedId | orgSourcedIds
                dora      | north
            """,
            "enrollments": """
                sourcedId | userSourcedId | classSourcedId
                e1        | dora          | drama-1
                e2        | ana           | drama-1
                e3        | zora          | drama-1
            """,
        },
        (not_found("enrollments.csv", 4, "userSourcedId"),),
        deltas=("users", "enrollments"),
        known={},
        accepted={"enrollments": "e1 e2"},
    ),
    Example(
        "reference-not-found",
        "A record that a set of changes ends is still there for what ends with it",
        {
            "users": """
                sourcedId | status
                ana       | tobedeleted
            """,
            "enrollments": """
                sourcedId | status      | userSourcedId | classSourcedId
                math-ana  | tobedeleted | ana           | math-1
                math-anna | tobedeleted | anna          | math-1
            """,
        },
        (not_found("enrollments.csv", 3, "userSourcedId"),),
        deltas=("users", "enrollments"),
        known={},
        accepted={"enrollments": "", "users": ""},
    ),
    Example(
        "reference-not-found",
        "By the letter of the standard a set of changes holds all that it points at",
        {
            "orgs": """
                sourcedId | parentSourcedId
                east      | lantern
                west      | east
            """
        },
        (not_found("orgs.csv", 2, "parentSourcedId"), not_found("orgs.csv", 3, "parentSourcedId")),
        deltas=("orgs",),
        profile="standard",
    ),
    Example(
        "reference-not-checked",
        "Without a roster to look into, what a set of changes points at is neither found nor missing: it is counted",
        {
            "users": """
                sourcedId | orgSourcedIds | agentSourcedIds
                dora      | north         | paul
                emil      | north         | dora
                finn      | north         | paul,dora
            """,
        },
        (
            notes(
                "users.csv",
                None,
                "agentSourcedIds",
                "Rows whose agentSourcedIds names a record that is not in this delivery: 2. Whether it is in the"
                " roster was not checked.",
            ),
        ),
        deltas=("users",),
        accepted={"users": "dora emil finn"},
    ),
    Example(
        "reference-not-checked",
        "What the set of changes itself refuses is missing all the same",
        {
            "users": """
                sourcedId | givenName | agentSourcedIds
                paul      |           |
                dora      | Dora      | paul
            """,
        },
        (
            refuses("users.csv", 2, "givenName", "givenName is empty; every user needs one.", rule="value-missing"),
            not_found("users.csv", 3, "agentSourcedIds"),
        ),
        deltas=("users",),
    ),
    Example(
        "reference-not-checked",
        "With the roster as accepted before everything can be looked up",
        {
            "users": """
                sourcedId | agentSourcedIds
                dora      | tess
            """,
        },
        deltas=("users",),
        known={},
    ),
    Example(
        "reference-lost-zeros",
        "References that would be found with leading zeros in front are counted besides, as what Excel does",
        {
            "orgs": """
                sourcedId
                0017
                018
            """,
            "courses": """
                sourcedId | orgSourcedId
                physics   | 17
                latin     | 0017
                french    | 18
                chess     | 19
            """,
        },
        (
            not_found("courses.csv", 2, "orgSourcedId"),
            not_found("courses.csv", 4, "orgSourcedId"),
            not_found("courses.csv", 5, "orgSourcedId"),
            notes(
                "courses.csv",
                None,
                "orgSourcedId",
                "Rows whose orgSourcedId would be found with leading zeros in front: 2. Excel drops leading zeros.",
            ),
        ),
        versions=BOTH,
    ),
    Example(
        "reference-lost-zeros",
        "A reference that is not found with zeros either is only not found",
        {
            "courses": """
                sourcedId | orgSourcedId
                physics   | 17
            """,
        },
        (not_found("courses.csv", 2, "orgSourcedId"),),
    ),
)
_KINDS = (
    Example(
        "reference-kind",
        "The school of a class is a school",
        {
            "classes": """
                sourcedId | schoolSourcedId
                math-1    | lantern
                drama-1   | south
            """
        },
        (
            refuses(
                "classes.csv",
                2,
                "schoolSourcedId",
                "schoolSourcedId is “lantern”, which is a district; it must name a school.",
            ),
        ),
        versions=BOTH,
    ),
    Example(
        "reference-kind",
        "In 1.2 an organization of an extended type counts as a school",
        {
            "orgs": """
                sourcedId | type
                charter   | ext:charter
            """,
            "classes": """
                sourcedId | schoolSourcedId
                math-1    | charter
                drama-1   | lantern
            """,
        },
        (
            refuses(
                "classes.csv",
                3,
                "schoolSourcedId",
                "schoolSourcedId is “lantern”, which is a district; it must name a school.",
            ),
        ),
        versions=("1.2",),
    ),
    Example(
        "reference-kind",
        "The school year of a course is a school year; a class may take place in sessions of any kind",
        {
            "courses": """
                sourcedId | schoolYearSourcedId
                math      | fall
                drama     | year
            """,
            "classes": """
                sourcedId | courseSourcedId | termSourcedIds
                drama-1   | drama           | year,fall
                math-1    | drama           | spring
            """,
        },
        (
            refuses(
                "courses.csv",
                2,
                "schoolYearSourcedId",
                "schoolYearSourcedId is “fall”, which is a semester; it must name a schoolYear.",
            ),
        ),
    ),
    Example(
        "reference-kind",
        "A result belongs to a student, in 1.1 by the user’s role and in 1.2 by roles.csv",
        {
            "results": """
                sourcedId | studentSourcedId | lineItemSourcedId
                r1        | tess             | test-1
                r2        | ana              | test-1
                r3        | anna             | test-1
            """,
            "lineItems": """
                sourcedId | academicSessionSourcedId
                test-1    | fall
            """,
            "categories": """
                sourcedId
                tests
            """,
            "academicSessions": """
                sourcedId | type
                q1        | gradingPeriod
            """,
        },
        (
            refuses(
                "results.csv",
                2,
                "studentSourcedId",
                "studentSourcedId is “tess”, which is a teacher; it must name a student.",
            ),
            not_found("results.csv", 4, "studentSourcedId"),
        ),
    ),
    Example(
        "reference-kind",
        "The grading period of a line item is one",
        {
            "lineItems": """
                sourcedId | gradingPeriodSourcedId
                test-1    | q1
                test-2    | fall
            """,
            "categories": """
                sourcedId
                tests
            """,
            "academicSessions": """
                sourcedId | type
                q1        | gradingPeriod
            """,
        },
        (
            refuses(
                "lineItems.csv",
                3,
                "gradingPeriodSourcedId",
                "gradingPeriodSourcedId is “fall”, which is a semester; it must name a gradingPeriod.",
            ),
        ),
    ),
    Example(
        "reference-kind",
        "In 1.2 a line item may lie in any session but a whole school year",
        {
            "lineItems": """
                sourcedId | academicSessionSourcedId
                test-1    | fall
                test-2    | year
            """,
            "categories": """
                sourcedId
                tests
            """,
        },
        (
            refuses(
                "lineItems.csv",
                3,
                "academicSessionSourcedId",
                "academicSessionSourcedId is “year”, which is a schoolYear; it must name a gradingPeriod or a"
                " semester or a term.",
            ),
        ),
        versions=("1.2",),
    ),
)
_CIRCLES = (
    Example(
        "org-cycle",
        "Organizations that are their own parents, by whatever detour, are refused, and what hangs on them is not"
        " found",
        {
            "orgs": """
                sourcedId | parentSourcedId
                self      | self
                east      | west
                west      | hill
                hill      | east
                annex     | hill
                north     | lantern
            """
        },
        (
            refuses("orgs.csv", 2, "parentSourcedId", f"parentSourcedId is “self”, {ORG_CIRCLE}"),
            refuses("orgs.csv", 3, "parentSourcedId", f"parentSourcedId is “west”, {ORG_CIRCLE}"),
            refuses("orgs.csv", 4, "parentSourcedId", f"parentSourcedId is “hill”, {ORG_CIRCLE}"),
            refuses("orgs.csv", 5, "parentSourcedId", f"parentSourcedId is “east”, {ORG_CIRCLE}"),
            not_found("orgs.csv", 6, "parentSourcedId"),
        ),
        versions=BOTH,
        accepted={"orgs": "lantern north south"},
    ),
    Example(
        "session-cycle",
        "Sessions that are their own parents, by whatever detour, are refused, and what hangs on them is not found",
        {
            "academicSessions": """
                sourcedId | parentSourcedId
                q1        | q2
                q2        | q1
                week-1    | q1
                q3        | spring
            """
        },
        (
            refuses("academicSessions.csv", 2, "parentSourcedId", f"parentSourcedId is “q2”, {SESSION_CIRCLE}"),
            refuses("academicSessions.csv", 3, "parentSourcedId", f"parentSourcedId is “q1”, {SESSION_CIRCLE}"),
            not_found("academicSessions.csv", 4, "parentSourcedId"),
        ),
        versions=BOTH,
    ),
)

EXAMPLES = (*_FOUND, *_KINDS, *_CIRCLES)
