"""Teachers of classes, dates and roles in classes and sessions."""

from __future__ import annotations

from tests.spec.example import BOTH, Example, clears, notes, refuses

NO_TEACHER = "primary teacher is required"
TERMS = "outside the sessions of the class, which run from"

_TEACHERS = (
    Example(
        "class-without-teacher",
        "A class that nobody teaches is refused, and its enrollments with it",
        {
            "classes": """
                sourcedId
                chess-1
                math-1
            """,
            "enrollments": """
                sourcedId | classSourcedId | userSourcedId | role
                chess-ana | chess-1        | ana           | student
            """,
        },
        (
            refuses("classes.csv", 2, "subject", NO_TEACHER),
            refuses(
                "enrollments.csv",
                2,
                "classSourcedId",
                "classSourcedId not found in our system",
                rule="reference-not-found",
            ),
        ),
        versions=BOTH,
        accepted={"classes": "math-1 drama-1", "enrollments": "math-tess math-ana math-ben drama-tom drama-cleo"},
    ),
    Example(
        "class-without-teacher",
        "The only teacher counts, marked as primary or not; a proctor or an administrator is no teacher",
        {
            "enrollments": """
                sourcedId | classSourcedId | userSourcedId | role          | primary
                math-tess | math-1         | tess          | teacher       |
                drama-tom | drama-1        | tom           | administrator |
                drama-t2  | drama-1        | tess          | proctor       |
            """
        },
        (
            refuses("classes.csv", 3, "subject", NO_TEACHER),
            refuses(
                "enrollments.csv",
                3,
                "classSourcedId",
                "classSourcedId not found in our system",
                rule="reference-not-found",
            ),
            refuses(
                "enrollments.csv",
                4,
                "classSourcedId",
                "classSourcedId not found in our system",
                rule="reference-not-found",
            ),
            refuses(
                "enrollments.csv",
                7,
                "classSourcedId",
                "classSourcedId not found in our system",
                rule="reference-not-found",
            ),
        ),
        accepted={"classes": "math-1", "enrollments": "math-tess math-ana math-ben"},
    ),
    Example(
        "class-without-teacher",
        "Where enrollments are neither delivered nor known the question stays open",
        {
            "classes": """
                sourcedId
                chess-1
            """
        },
    ),
    Example(
        "class-without-teacher",
        "A set of changes to enrollments says nothing of the teachers who stay",
        {
            "classes": """
                sourcedId
                math-1
                chess-1
            """,
            "enrollments": """
                sourcedId | classSourcedId | userSourcedId | role
                e1        | math-1         | cleo          | student
            """,
        },
        (refuses("classes.csv", 3, "subject", NO_TEACHER),),
        deltas=("enrollments",),
        known={},
        accepted={"classes": "math-1 drama-1", "enrollments": "e1"},
    ),
    Example(
        "class-without-teacher",
        "A set of changes that takes the last teacher away leaves the class without one",
        {
            "classes": """
                sourcedId
                math-1
                drama-1
            """,
            "enrollments": """
                sourcedId | status      | classSourcedId | userSourcedId | role
                math-tess | tobedeleted | math-1         | tess          | teacher
                drama-t   | active      | drama-1        | tess          | teacher
            """,
        },
        (
            refuses("classes.csv", 2, "subject", NO_TEACHER),
            refuses(
                "enrollments.csv",
                2,
                "classSourcedId",
                "classSourcedId not found in our system",
                rule="reference-not-found",
            ),
        ),
        deltas=("classes", "enrollments"),
        known={},
    ),
    Example(
        "class-without-teacher",
        "A publisher need not ask for teachers, and the standard does not",
        {
            "enrollments": """
                sourcedId | role
                math-tess | student
            """
        },
        (
            notes(
                "enrollments.csv",
                2,
                "role",
                "role is “student”, but the user is not a student.",
                rule="enrollment-role-differs",
            ),
            notes(
                "enrollments.csv",
                2,
                "primary",
                "primary is “true”, but the role is not teacher; the mark counts for nothing.",
                rule="primary-not-teacher",
            ),
        ),
        profile="standard",
    ),
    Example(
        "class-teacher-unmarked",
        "Of several teachers none of whom is marked the first by source id counts, and the class is taken",
        {
            "enrollments": """
                sourcedId | classSourcedId | userSourcedId | role    | primary
                math-tess | math-1         | tess          | teacher | false
                math-tom  | math-1         | tom           | teacher |
                drama-t   | drama-1        | tess          | teacher | false
            """
        },
        (
            notes(
                "classes.csv",
                2,
                "subject",
                "This class has 2 teachers and none is marked as primary; the first by source id counts.",
            ),
        ),
        versions=BOTH,
        accepted={"classes": "math-1 drama-1"},
    ),
    Example(
        "class-teacher-unmarked",
        "One of several teachers who is marked is the primary one",
        {
            "enrollments": """
                sourcedId | classSourcedId | userSourcedId | role    | primary
                math-tess | math-1         | tess          | teacher | true
                math-tom  | math-1         | tom           | teacher | false
            """
        },
    ),
    Example(
        "class-teachers-marked",
        "Of several primary teachers the first by source id counts, and the class is taken",
        {
            "enrollments": """
                sourcedId | classSourcedId | userSourcedId | role    | primary
                math-tess | math-1         | tess          | teacher | true
                math-tom  | math-1         | tom           | teacher | true
                drama-t   | drama-1        | tess          | teacher | false
            """
        },
        (
            notes(
                "classes.csv",
                2,
                "subject",
                "This class has 2 teachers marked as primary; the first by source id counts.",
            ),
        ),
        versions=BOTH,
        accepted={"classes": "math-1 drama-1"},
    ),
    Example(
        "class-teachers-marked",
        "A teacher whose enrollment is refused does not count",
        {
            "enrollments": """
                sourcedId | classSourcedId | userSourcedId | role    | primary
                math-tess | math-1         | tess          | teacher | true
                math-tim  | math-1         | tim           | teacher | true
            """
        },
        (
            refuses(
                "enrollments.csv",
                3,
                "userSourcedId",
                "userSourcedId not found in our system",
                rule="reference-not-found",
            ),
        ),
    ),
    Example(
        "primary-not-teacher",
        "Marked as primary without being the teacher is noted, and counts for nothing",
        {
            "enrollments": """
                sourcedId | role    | primary
                math-ana  | student | true
                math-ben  | student | false
                math-tess | teacher | true
            """
        },
        (
            notes(
                "enrollments.csv",
                2,
                "primary",
                "primary is “true”, but the role is not teacher; the mark counts for nothing.",
            ),
        ),
        versions=BOTH,
        accepted={"enrollments": "math-ana math-ben math-tess drama-tom drama-cleo"},
    ),
)
_DATES = (
    Example(
        "session-ends-before-begin",
        "A session that ends before it begins is refused; a day that is none is told by itself",
        {
            "academicSessions": """
                sourcedId | startDate  | endDate
                s1        | 2027-01-01 | 2026-08-01
                s2        | 2026-08-01 | 2026-08-01
                s3        | 2026-08-01 | 2027-01-01
                s4        | 2027-13-01 | 2026-08-01
            """
        },
        (
            refuses(
                "academicSessions.csv",
                2,
                "endDate",
                "endDate is “2026-08-01”, before startDate 2027-01-01; correct one of the two.",
            ),
            refuses(
                "academicSessions.csv",
                5,
                "startDate",
                "startDate is “2027-13-01”; write a date as year-month-day, such as 2026-08-15.",
                rule="date-form",
            ),
        ),
        versions=BOTH,
    ),
    Example(
        "enrollment-ends-before-begin",
        "An enrollment that ends before it begins is noted; a day that is none is cleared, and nothing is made of it",
        {
            "enrollments": """
                sourcedId | beginDate  | endDate
                math-ana  | 2026-12-01 | 2026-09-01
                math-ben  | 2026-09-01 | 2026-12-01
                math-tess | 2026-12-01 |
                drama-tom | 2026-13-01 | 2026-09-01
            """
        },
        (
            notes(
                "enrollments.csv",
                2,
                "endDate",
                "endDate is “2026-09-01”, before beginDate 2026-12-01; correct one of the two.",
            ),
            clears(
                "enrollments.csv",
                5,
                "beginDate",
                "beginDate is “2026-13-01”; write a date as year-month-day, such as 2026-08-15.",
                rule="date-form",
            ),
        ),
        versions=BOTH,
    ),
    Example(
        "role-ends-before-begin",
        "A role that ends before it begins is noted",
        {
            "roles": """
                sourcedId | beginDate  | endDate
                r1        | 2026-12-01 | 2026-09-01
                r2        | 2026-09-01 | 2026-12-01
                r3        |            | 2026-09-01
            """
        },
        (
            notes(
                "roles.csv",
                2,
                "endDate",
                "endDate is “2026-09-01”, before beginDate 2026-12-01; correct one of the two.",
            ),
        ),
        versions=("1.2",),
    ),
    Example(
        "enrollment-outside-sessions",
        "An enrollment that begins or ends outside the sessions of its class is noted; all its sessions count together",
        {
            "enrollments": """
                sourcedId  | classSourcedId | beginDate  | endDate
                math-ana   | math-1         | 2026-07-15 | 2026-12-01
                math-ben   | math-1         | 2026-09-01 | 2027-07-02
                math-tess  | math-1         | 2027-07-01 |
                drama-tom  | drama-1        | 2026-08-01 | 2027-07-01
                drama-cleo | drama-1        |            |
            """
        },
        (
            notes("enrollments.csv", 2, "beginDate", f"beginDate is “2026-07-15”, {TERMS} 2026-08-01 to 2027-07-01."),
            notes("enrollments.csv", 3, "endDate", f"endDate is “2027-07-02”, {TERMS} 2026-08-01 to 2027-07-01."),
            notes("enrollments.csv", 4, "beginDate", f"beginDate is “2027-07-01”, {TERMS} 2026-08-01 to 2027-07-01."),
        ),
        versions=BOTH,
        accepted={"enrollments": "math-ana math-ben math-tess drama-tom drama-cleo"},
    ),
    Example(
        "learning-objective-form",
        "A learning objective of a CASE server is named by a UUID URN; others are named as they like",
        {
            "lineItemLearningObjectiveIds": """
                sourcedId | source  | learningObjectiveId
                o1        | case    | 0a7b5c1e-8d6f-4a2b-9c3d-5e6f7a8b9c0d
                o2        | case    | urn:uuid:0a7b5c1e-8d6f-4a2b-9c3d-5e6f7a8b9c0d
                o3        | unknown | fractions
            """,
            "lineItems": """
                sourcedId | academicSessionSourcedId
                test-1    | fall
            """,
            "categories": """
                sourcedId
                tests
            """,
        },
        (
            refuses(
                "lineItemLearningObjectiveIds.csv",
                2,
                "learningObjectiveId",
                "learningObjectiveId is “0a7b5c1e-8d6f-4a2b-9c3d-5e6f7a8b9c0d”; with source case it must be written"
                " urn:uuid: and then the UUID.",
            ),
        ),
        versions=("1.2",),
    ),
)
_ROLES = (
    Example(
        "enrollment-role-differs",
        "Who is enrolled as a student is a student, and students and their families are enrolled as nothing else;"
        " it is only noted",
        {
            "users": """
                sourcedId | role    | email
                tess      | teacher | tess@lantern.example
                pia       | parent  |
                aida      | aide    |
            """,
            "enrollments": """
                sourcedId | classSourcedId | userSourcedId | role
                e1        | drama-1        | tess          | student
                e2        | drama-1        | ana           | teacher
                e3        | drama-1        | pia           | proctor
                e4        | drama-1        | aida          | teacher
                e5        | drama-1        | ben           | student
            """,
        },
        (
            notes("enrollments.csv", 2, "role", "role is “student”, but the user is not a student."),
            notes("enrollments.csv", 3, "role", "role is “teacher”, but the user is a student or a family member."),
            notes("enrollments.csv", 4, "role", "role is “proctor”, but the user is a student or a family member."),
        ),
        versions=BOTH,
    ),
)

EXAMPLES = (*_TEACHERS, *_DATES, *_ROLES)
