"""How failures spread: one wrong record costs others, and what was accepted before stays (product.md 4.3)."""

from __future__ import annotations

from tests.spec.example import BOTH, Example, Found, notes, refuses

SHORT = "The row has fewer cells than the header; a comma may be missing or its end was cut off"

NO_NAME = "name is empty; every organization needs one."
NO_FAMILY_NAME = "familyName is empty; every user needs one."
NO_TEACHER = "primary teacher is required"
NOT_ONBOARDED = "school is not onboarded in Homeroom, school and all associated records will not be synced"


def not_found(file: str, line: int, column: str) -> Found:
    return refuses(file, line, column, f"{column} not found in our system", rule="reference-not-found")


def missing(file: str, line: int, column: str, message: str) -> Found:
    return refuses(file, line, column, message, rule="value-missing")


_ONBOARDING = (
    Example(
        "school-not-onboarded",
        "A school that is not onboarded is one line; what belongs only to it is left out without a word",
        {"enrollments": "sourcedId"},
        (refuses("orgs.csv", 4, "school", NOT_ONBOARDED),),
        onboarded=("north",),
        versions=BOTH,
        accepted={
            "orgs": "lantern north",
            "courses": "math drama",
            "users": "tess ana ben",
            "classes": "math-1",
            "enrollments": "math-tess math-ana math-ben",
        },
        left_out={"orgs": 0, "courses": 0, "users": 2, "classes": 1, "enrollments": 2},
    ),
    Example(
        "school-not-onboarded",
        "Without a list every school is onboarded; in a list only schools count, and ids that are none are ignored",
        {"enrollments": "sourcedId"},
        onboarded=("north", "south", "tess", "nowhere"),
        versions=BOTH,
        accepted={"orgs": "lantern north south"},
        left_out={"orgs": 0, "users": 0, "classes": 0, "enrollments": 0},
    ),
    Example(
        "school-not-onboarded",
        "Districts, departments and the like need no onboarding; a department of a school goes with its school",
        {
            "orgs": """
                sourcedId | type       | parentSourcedId
                state     | state      |
                office    | department | lantern
                music     | department | south
            """
        },
        (refuses("orgs.csv", 7, "school", NOT_ONBOARDED),),
        onboarded=("north",),
        versions=BOTH,
        accepted={"orgs": "state office lantern north"},
        left_out={"orgs": 1},
    ),
    Example(
        "school-not-onboarded",
        "In 1.2 an organization of an extended type is a school and needs to be onboarded",
        {
            "orgs": """
                sourcedId | type
                charter   | ext:charter
                camp      | ext:camp
            """
        },
        (refuses("orgs.csv", 2, "school", NOT_ONBOARDED),),
        onboarded=("north", "south", "camp"),
        versions=("1.2",),
    ),
    Example(
        "school-not-onboarded",
        "The message names the publisher’s product",
        {"orgs": "sourcedId"},
        (
            refuses(
                "orgs.csv",
                4,
                "school",
                "school is not onboarded in Beacon, school and all associated records will not be synced",
            ),
        ),
        onboarded=("north",),
        settings={"product": "Beacon"},
    ),
    Example(
        "school-not-onboarded",
        "Who belongs to another school as well stays, and so do the records there",
        {
            "users": """
                sourcedId | role    | orgSourcedIds
                tom       | teacher | south,north
                cleo      | student | north,south
                dora      | student | south
            """,
            "enrollments": """
                sourcedId | userSourcedId | classSourcedId
                math-cleo | cleo          | math-1
                math-dora | dora          | math-1
            """,
        },
        (refuses("orgs.csv", 4, "school", NOT_ONBOARDED),),
        onboarded=("north",),
        versions=BOTH,
        accepted={"users": "tom cleo tess ana ben", "enrollments": "math-cleo math-tess math-ana math-ben"},
        left_out={"users": 1, "classes": 1, "enrollments": 3},
    ),
    Example(
        "school-not-onboarded",
        "Demographics and roles go with the user; a pupil keeps the place though a guardian is left out",
        {
            "users": """
                sourcedId | role   | orgSourcedIds | agentSourcedIds
                pia       | parent | south         |
                ana       | student | north        | pia
            """,
            "demographics": """
                sourcedId
                ana
                cleo
            """,
        },
        (refuses("orgs.csv", 4, "school", NOT_ONBOARDED),),
        onboarded=("north",),
        versions=BOTH,
        accepted={"users": "ana tess ben", "demographics": "ana"},
        left_out={"users": 3, "demographics": 1},
    ),
    Example(
        "class-without-teacher",
        "A class whose only teacher belongs to a school that is not onboarded has no teacher",
        {
            "enrollments": """
                sourcedId | classSourcedId | userSourcedId | role
                math-tess | math-1         | tom           | teacher
            """
        },
        (
            refuses("orgs.csv", 4, "school", NOT_ONBOARDED, rule="school-not-onboarded"),
            refuses("classes.csv", 2, "subject", NO_TEACHER),
            not_found("enrollments.csv", 3, "classSourcedId"),
            not_found("enrollments.csv", 4, "classSourcedId"),
        ),
        onboarded=("north",),
        left_out={"enrollments": 3},
    ),
    Example(
        "school-not-onboarded",
        "A school that loses its onboarding leaves the roster as it was",
        {"enrollments": "sourcedId"},
        (refuses("orgs.csv", 4, "school", NOT_ONBOARDED),),
        onboarded=("north",),
        known={},
        versions=BOTH,
        roster={
            "orgs": "lantern north south",
            "users": "tess tom ana ben cleo",
            "classes": "math-1 drama-1",
            "enrollments": "math-tess math-ana math-ben drama-tom drama-cleo",
        },
    ),
    Example(
        "school-not-onboarded",
        "What a set of changes says of a school that lost its onboarding is left out, though the school is not in it",
        {
            "users": """
                sourcedId | role    | orgSourcedIds | familyName
                cleo      | student | south         | Changed
                dora      | student | north,south   | New
            """,
            "classes": """
                sourcedId | schoolSourcedId | title
                drama-1   | south           | Changed
                math-1    | north           | Changed
            """,
            "enrollments": """
                sourcedId | classSourcedId | schoolSourcedId | userSourcedId
                e1        | drama-1        | south           | ana
                e2        | math-1         | north           | dora
            """,
        },
        onboarded=("north",),
        deltas=("users", "classes", "enrollments"),
        known={},
        versions=BOTH,
        accepted={"users": "dora", "classes": "math-1", "enrollments": "e2"},
        left_out={"users": 1, "classes": 1, "enrollments": 1},
    ),
    Example(
        "school-not-onboarded",
        "The standard knows no onboarding",
        {"orgs": "sourcedId"},
        onboarded=("north",),
        profile="standard",
    ),
)
_SCHOOLS = (
    Example(
        "reference-not-found",
        "A school that is refused for a fault of its own makes what belongs to it fail, and each has its line",
        {
            "orgs": """
                sourcedId | name
                south     |
            """,
            "users": """
                sourcedId | role    | orgSourcedIds
                tom       | teacher | south
                cleo      | student | south
                dora      | student | north
            """,
            "enrollments": "sourcedId",
        },
        (
            missing("orgs.csv", 2, "name", NO_NAME),
            not_found("users.csv", 2, "orgSourcedIds"),
            not_found("users.csv", 3, "orgSourcedIds"),
            not_found("classes.csv", 3, "schoolSourcedId"),
            *(
                not_found("enrollments.csv", line, column)
                for line in (5, 6)
                for column in ("classSourcedId", "schoolSourcedId", "userSourcedId")
            ),
        ),
        accepted={"users": "dora tess ana ben", "classes": "math-1", "enrollments": "math-tess math-ana math-ben"},
        left_out={"users": 0, "classes": 0, "enrollments": 0},
    ),
    Example(
        "reference-not-found",
        "A course or a session that is refused takes its classes along",
        {
            "academicSessions": """
                sourcedId | endDate
                fall      | never
            """,
            "courses": """
                sourcedId | title
                math      |
            """,
            "classes": "sourcedId",
        },
        (
            refuses(
                "academicSessions.csv",
                2,
                "endDate",
                "endDate is “never”; write a date as year-month-day, such as 2026-08-15.",
                rule="date-form",
            ),
            missing("courses.csv", 2, "title", "title is empty; every course needs one."),
            not_found("classes.csv", 2, "courseSourcedId"),
            not_found("classes.csv", 3, "termSourcedIds"),
        ),
    ),
)
_PEOPLE = (
    Example(
        "reference-not-found",
        "A user who is refused cannot be enrolled",
        {
            "users": """
                sourcedId | familyName
                ana       |
            """,
            "enrollments": """
                sourcedId | userSourcedId
                math-ana  | ana
                math-ben  | ben
            """,
        },
        (missing("users.csv", 2, "familyName", NO_FAMILY_NAME), not_found("enrollments.csv", 2, "userSourcedId")),
        finds_in_1_2=(not_found("roles.csv", 2, "userSourcedId"),),
        versions=BOTH,
        accepted={"enrollments": "math-ben math-tess drama-tom drama-cleo"},
    ),
    Example(
        "reference-not-found",
        "A row that cannot be read tells whom it was about, if its first cell is beyond doubt",
        {
            "orgs.csv": "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\n"
            "lantern,,,Lantern,district,,\n"
            "north,,,North,school\n"
            "south,,,South,school,,lantern\n",
            "courses": """
                sourcedId | orgSourcedId
                math      | north
                drama     | south
            """,
        },
        (
            refuses(
                "orgs.csv",
                3,
                "row",
                f"{SHORT}: “north,,,North,school”",
                rule="row-too-short",
            ),
            not_found("courses.csv", 2, "orgSourcedId"),
        ),
    ),
    Example(
        "class-without-teacher",
        "A teacher who is refused takes the class along, and the class its enrollments",
        {
            "users": """
                sourcedId | role    | email
                tess      | teacher |
            """,
            "enrollments": "sourcedId",
        },
        (
            refuses(
                "users.csv",
                2,
                "email",
                "email is required for users with “teacher” or “administrator” roles",
                rule="staff-email-missing",
            ),
            refuses("classes.csv", 2, "subject", NO_TEACHER),
            not_found("enrollments.csv", 2, "userSourcedId"),
            not_found("enrollments.csv", 3, "classSourcedId"),
            not_found("enrollments.csv", 4, "classSourcedId"),
        ),
        finds_in_1_2=(not_found("roles.csv", 2, "userSourcedId"),),
        versions=BOTH,
        accepted={"classes": "drama-1", "enrollments": "drama-tom drama-cleo"},
    ),
    Example(
        "class-without-teacher",
        "A class whose teacher’s enrollment is faulty in itself is refused; that enrollment says only what is wrong"
        " with it",
        {
            "enrollments": """
                sourcedId | classSourcedId | userSourcedId | role    | schoolSourcedId
                math-tess | math-1         | tess          | teecher | north
                math-ana  | math-1         | ana           | student | north
            """
        },
        (
            refuses(
                "enrollments.csv",
                2,
                "role",
                "role is “teecher”; it must be one of: administrator, proctor, student, teacher. Did you mean"
                " “teacher”?",
                rule="token-unknown",
            ),
            refuses("classes.csv", 2, "subject", NO_TEACHER),
            not_found("enrollments.csv", 3, "classSourcedId"),
            not_found("enrollments.csv", 4, "classSourcedId"),
        ),
    ),
    Example(
        "class-without-teacher",
        "Another teacher saves the class",
        {
            "users": """
                sourcedId | role    | email
                tess      | teacher |
                tim       | teacher | tim@lantern.example
            """,
            "enrollments": """
                sourcedId | classSourcedId | userSourcedId | role    | primary
                math-tim  | math-1         | tim           | teacher | false
            """,
        },
        (
            refuses(
                "users.csv",
                2,
                "email",
                "email is required for users with “teacher” or “administrator” roles",
                rule="staff-email-missing",
            ),
            not_found("enrollments.csv", 3, "userSourcedId"),
        ),
        finds_in_1_2=(not_found("roles.csv", 2, "userSourcedId"),),
        versions=BOTH,
        accepted={"classes": "math-1 drama-1", "enrollments": "math-tim math-ana math-ben drama-tom drama-cleo"},
    ),
    Example(
        "class-without-teacher",
        "A class that is refused for a fault of its own says nothing of teachers",
        {
            "classes": """
                sourcedId | title
                chess-1   |
            """,
            "enrollments": "sourcedId",
        },
        (missing("classes.csv", 2, "title", "title is empty; every class needs one."),),
    ),
    Example(
        "enrollment-role-differs",
        "An enrollment that is refused is not noted besides",
        {
            "enrollments": """
                sourcedId | userSourcedId | role    | classSourcedId | beginDate
                e1        | tess          | student | math-9         | 1999-01-01
            """
        },
        (not_found("enrollments.csv", 2, "classSourcedId"),),
    ),
)
_KEPT = (
    Example(
        "reference-not-found",
        "A refused record that was accepted before stays as it was, and so do those that depend on it",
        {
            "users": """
                sourcedId | familyName
                ana       |
            """,
            "enrollments": "sourcedId",
        },
        (missing("users.csv", 2, "familyName", NO_FAMILY_NAME), not_found("enrollments.csv", 3, "userSourcedId")),
        finds_in_1_2=(not_found("roles.csv", 2, "userSourcedId"),),
        known={},
        versions=BOTH,
        roster={
            "users": "tess tom ana ben cleo",
            "enrollments": "math-tess math-ana math-ben drama-tom drama-cleo",
        },
    ),
    Example(
        "deactivation-suspended",
        "Nothing is removed while a row does not tell whose it is: it may be the one that is missing",
        {
            "users": """
                sourcedId | username
                tess      | tess.day
                ana       | ana.lee
                "ben "    | ben.moss
            """
        },
        (
            refuses(
                "users.csv",
                4,
                "sourcedId",
                "sourcedId is “ben ”, with a space before or after it; remove the space.",
                rule="id-padded",
            ),
            notes(
                "users.csv",
                None,
                "sourcedId",
                "Rows whose source id cannot be read: 1. So no record that is missing from this file is deactivated.",
            ),
        ),
        whole=("users",),
        known={},
        roster={"users": "tess tom ana ben cleo"},
    ),
    Example(
        "deactivation-suspended",
        "A record that is missing from a complete file is deactivated, and its enrollments end with it; a refused"
        " one stays",
        {
            "users": """
                sourcedId | familyName
                tess      | Day
                ana       | Lee
                ben       |
            """
        },
        (missing("users.csv", 4, "familyName", NO_FAMILY_NAME),),
        whole=("users",),
        known={},
        roster={"users": "tess ana ben", "enrollments": "math-tess math-ana math-ben"},
    ),
    Example(
        "deactivation-suspended",
        "A set of changes ends those that it says are to be ended, and nobody else",
        {
            "users": """
                sourcedId | status
                cleo      | tobedeleted
                ana       | active
            """
        },
        deltas=("users",),
        known={},
        versions=BOTH,
        roster={"users": "tess tom ana ben", "enrollments": "math-tess math-ana math-ben drama-tom"},
    ),
    Example(
        "deactivation-suspended",
        "A table that does not come says nothing of its records",
        {"orgs": "sourcedId"},
        known={},
        roster={"orgs": "lantern north south", "users": "tess tom ana ben cleo"},
    ),
    Example(
        "deactivation-suspended",
        "A record that comes back is there again",
        {"users": "sourcedId"},
        known={
            "users": """
                sourcedId | familyName
                zoe       | Ash
            """
        },
        roster={"users": "tess tom ana ben cleo"},
    ),
)

EXAMPLES = (*_ONBOARDING, *_SCHOOLS, *_PEOPLE, *_KEPT)
