"""What there is to wonder about in a whole table: one note each, with a count."""

from __future__ import annotations

from tests.spec.example import BOTH, Example, notes

_NOTHING_TO_COUNT = tuple(
    Example(rule, title, dict.fromkeys(tables, "sourcedId"), versions=versions)
    for rule, title, tables, versions in (
        ("students-without-grade", "With a grade for every student there is nothing to say", ("users",), BOTH),
        ("teachers-without-class", "With a class for every teacher there is nothing to say", ("enrollments",), BOTH),
        ("teachers-without-class", "Without enrollments there is nothing to tell it by", ("users",), BOTH),
        ("users-without-role", "With a role for every user there is nothing to say", ("users",), ("1.2",)),
        ("classes-without-students", "With students in every class there is nothing to say", ("enrollments",), BOTH),
        ("courses-without-class", "With a class of every course there is nothing to say", ("classes",), BOTH),
        ("schools-without-class", "With classes in every school there is nothing to say", ("classes",), BOTH),
    )
)
EXAMPLES = (
    *_NOTHING_TO_COUNT,
    Example(
        "students-without-grade",
        "Students without a grade are counted; nobody else needs one",
        {
            "users": """
                sourcedId | role    | grades
                ana       | student |
                ben       | student |
                cleo      | student | 06
                tess      | teacher |
            """
        },
        (notes("users.csv", None, "grades", "Students without a grade: 2."),),
        versions=BOTH,
    ),
    Example(
        "students-without-enrollment",
        "Students whom no enrollment names as such are counted",
        {
            "users": """
                sourcedId | role    | email
                dora      | student |
                emil      | student |
                hugo      | aide    |
            """,
            "enrollments": """
                sourcedId | userSourcedId | role
                e1        | emil          | proctor
            """,
        },
        (
            notes("users.csv", None, "sourcedId", "Students without any enrollment: 2."),
            notes(
                "enrollments.csv",
                2,
                "role",
                "role is “proctor”, but the user is a student or a family member.",
                rule="enrollment-role-differs",
            ),
        ),
        versions=BOTH,
    ),
    Example(
        "students-without-enrollment",
        "Of a set of changes nothing is counted: it says nothing of the rest",
        {
            "users": """
                sourcedId | role
                dora      | student
            """,
            "enrollments": """
                sourcedId | userSourcedId
                e1        | ana
            """,
        },
        deltas=("users", "enrollments"),
        known={},
    ),
    Example(
        "teachers-without-class",
        "Teachers whom no enrollment names as such are counted",
        {
            "users": """
                sourcedId | role    | email
                tim       | teacher | tim@lantern.example
                tess      | teacher | tess@lantern.example
            """,
            "enrollments": "sourcedId",
        },
        (notes("users.csv", None, "sourcedId", "Teachers without any class: 1."),),
    ),
    Example(
        "users-without-role",
        "In 1.2 users without any role in roles.csv are counted",
        {
            "users": """
                sourcedId | orgSourcedIds
                dora      |
                emil      | north
            """,
        },
        (notes("users.csv", None, "sourcedId", "Users without any role: 1."),),
        versions=("1.2",),
    ),
    Example(
        "classes-without-students",
        "Classes in which nobody is enrolled as a student are counted",
        {
            "classes": """
                sourcedId
                chess-1
                math-1
            """,
            "enrollments": """
                sourcedId  | classSourcedId | userSourcedId | role    | primary
                chess-tess | chess-1        | tess          | teacher | true
            """,
        },
        (notes("classes.csv", None, "sourcedId", "Classes without any student: 1."),),
    ),
    Example(
        "courses-without-class",
        "Courses that no class belongs to are counted",
        {
            "courses": """
                sourcedId
                physics
                latin
                math
            """,
            "classes": "sourcedId",
        },
        (notes("courses.csv", None, "sourcedId", "Courses without any class: 2."),),
    ),
    Example(
        "schools-without-class",
        "Schools without any class are counted; a district has none",
        {
            "orgs": """
                sourcedId | type
                east      | school
                office    | department
            """,
            "classes": "sourcedId",
        },
        (notes("orgs.csv", None, "sourcedId", "Schools without any class: 1."),),
    ),
    Example(
        "column-suddenly-empty",
        "A column that has no value any more, and had some in the records accepted before, is noted",
        {
            "orgs": """
                sourcedId | identifier | parentSourcedId
                lantern   |            |
                north     |            |
                south     |            | lantern
            """
        },
        (
            notes(
                "orgs.csv",
                None,
                "identifier",
                "identifier is empty in every row, and 2 of the records accepted before have a value.",
            ),
        ),
        known={
            "orgs": """
                sourcedId | identifier | parentSourcedId
                lantern   |            |
                north     | 17         | lantern
                south     | 18         | lantern
            """
        },
        versions=BOTH,
    ),
    Example(
        "column-suddenly-empty",
        "A set of changes says nothing of the columns of the others",
        {
            "orgs": """
                sourcedId | identifier
                north     |
            """
        },
        known={
            "orgs": """
                sourcedId | identifier
                north     | 17
            """
        },
        deltas=("orgs",),
    ),
)
