"""Which records claim an identifier that another one has."""

from __future__ import annotations

from tests.spec.example import BOTH, Example, refuses

NOT_FOUND = "reference-not-found"

EXAMPLES = (
    Example(
        "sourcedid-repeated",
        "Of several rows with the same source id the first stands and each later one is refused; capitals count",
        {
            "orgs": """
                sourcedId | name
                east      | East
                East      | East Annex
                east      | East Side
                east      | East
            """
        },
        (
            refuses("orgs.csv", 4, "sourcedId", "sourcedId “east” is used already in row 2; give each record its own."),
            refuses("orgs.csv", 5, "sourcedId", "sourcedId “east” is used already in row 2; give each record its own."),
        ),
        versions=BOTH,
        accepted={"orgs": "east East lantern north south"},
    ),
    Example(
        "sourcedid-repeated",
        "The first stands even if it is refused for another fault, so that nobody takes its place",
        {
            "orgs": """
                sourcedId | name
                east      |
                east      | East
            """
        },
        (
            refuses("orgs.csv", 2, "name", "name is empty; every organization needs one.", rule="value-missing"),
            refuses("orgs.csv", 3, "sourcedId", "sourcedId “east” is used already in row 2; give each record its own."),
        ),
        versions=BOTH,
        accepted={"orgs": "lantern north south"},
    ),
    Example(
        "sourcedid-repeated",
        "The same id in another table is another record; rows without an id repeat nothing",
        {
            "courses": """
                sourcedId | title
                north     | Compass
                          | Painting
                          | Pottery
            """
        },
        (
            refuses("courses.csv", 3, "sourcedId", "sourcedId is empty; every course needs one.", rule="value-missing"),
            refuses("courses.csv", 4, "sourcedId", "sourcedId is empty; every course needs one.", rule="value-missing"),
        ),
    ),
    Example(
        "username-repeated",
        "Of several users with the same username the first stands; capitals do not count",
        {
            "users": """
                sourcedId | username
                ana       | ana.lee
                anna      | Ana.Lee
                anne      | ana-lee
            """
        },
        (
            refuses(
                "users.csv",
                3,
                "username",
                "username “Ana.Lee” is used already by the user in row 2; give each user a username of their own.",
            ),
        ),
        finds_in_1_2=(
            refuses("roles.csv", 3, "userSourcedId", "userSourcedId not found in our system", rule=NOT_FOUND),
        ),
        versions=BOTH,
    ),
    Example(
        "username-repeated",
        "A user who leaves makes room for another one with the same username",
        {
            "users": """
                sourcedId | status      | username
                ana       | tobedeleted | ana.lee
                ana-2     | active      | ana.lee
                ana-3     | active      | ana.lee
            """
        },
        (
            refuses(
                "users.csv",
                4,
                "username",
                "username “ana.lee” is used already by the user in row 3; give each user a username of their own.",
            ),
        ),
        deltas=("users",),
        known={},
    ),
    Example(
        "username-repeated",
        "The standard allows it",
        {
            "users": """
                sourcedId | username
                ana       | ana.lee
                anna      | ana.lee
            """
        },
        profile="standard",
    ),
    Example(
        "master-identifier-repeated",
        "A master identifier belongs to one user; having none is nothing that is shared",
        {
            "users": """
                sourcedId | userMasterIdentifier
                ana       | 7001
                ben       | 7001
                cleo      |
                dora      |
                emil      | 7002
            """
        },
        (
            refuses(
                "users.csv",
                3,
                "userMasterIdentifier",
                "userMasterIdentifier “7001” is used already by the user in row 2; it must belong to one user.",
            ),
            refuses("roles.csv", 3, "userSourcedId", "userSourcedId not found in our system", rule=NOT_FOUND),
        ),
        versions=("1.2",),
    ),
    Example(
        "enrollment-repeated",
        "A person is in a class once in the same role, whatever the enrollments are called",
        {
            "enrollments": """
                sourcedId  | userSourcedId | classSourcedId | role    | primary
                math-ana   | ana           | math-1         | student |
                math-ana-2 | ana           | math-1         | student |
                math-tess  | tess          | math-1         | teacher | true
                proctoring | tess          | math-1         | proctor |
                drama-ana  | ana           | drama-1        | student |
            """
        },
        (
            refuses(
                "enrollments.csv",
                3,
                "userSourcedId",
                "This person is enrolled in this class in this role already, in row 2; remove one of the two rows.",
            ),
        ),
        versions=BOTH,
    ),
    Example(
        "enrollment-repeated",
        "Two stays whose dates lie apart are two enrollments; the last day of a stay is the first one after it",
        {
            "enrollments": """
                sourcedId | userSourcedId | classSourcedId | beginDate  | endDate
                math-ana  | ana           | math-1         | 2026-08-15 | 2026-10-01
                again     | ana           | math-1         | 2026-10-01 | 2026-12-01
                math-ben  | ben           | math-1         | 2026-08-15 | 2026-10-01
                meets     | ben           | math-1         | 2026-09-30 | 2026-12-01
                open      | ben           | math-1         |            |
            """
        },
        (
            refuses(
                "enrollments.csv",
                5,
                "userSourcedId",
                "This person is enrolled in this class in this role already, in row 4; remove one of the two rows.",
            ),
            refuses(
                "enrollments.csv",
                6,
                "userSourcedId",
                "This person is enrolled in this class in this role already, in row 4; remove one of the two rows.",
            ),
        ),
    ),
    Example(
        "enrollment-repeated",
        "A stay is compared with each one before it, not only with the first",
        {
            "enrollments": """
                sourcedId | userSourcedId | classSourcedId | beginDate  | endDate
                math-ana  | ana           | math-1         | 2026-08-15 | 2026-10-01
                back      | ana           | math-1         | 2026-11-01 | 2026-12-01
                twice     | ana           | math-1         | 2026-11-15 | 2026-12-15
                later     | ana           | math-1         | 2027-01-10 |
            """
        },
        (
            refuses(
                "enrollments.csv",
                4,
                "userSourcedId",
                "This person is enrolled in this class in this role already, in row 3; remove one of the two rows.",
            ),
        ),
    ),
    Example(
        "enrollment-repeated",
        "An enrollment that is refused for another fault, or that ends, does not count",
        {
            "enrollments": """
                sourcedId | status      | userSourcedId | classSourcedId | role
                wrong     | active      | ana           | math-1         | pupil
                math-ana  | tobedeleted | ana           | math-1         | student
                math-ana2 | active      | ana           | math-1         | student
            """
        },
        (
            refuses(
                "enrollments.csv",
                2,
                "role",
                "role is “pupil”; it must be one of: administrator, proctor, student, teacher.",
                rule="token-unknown",
            ),
        ),
        deltas=("enrollments",),
        known={},
        accepted={"enrollments": "math-ana2"},
    ),
    Example(
        "enrollment-repeated",
        "The standard allows it",
        {
            "enrollments": """
                sourcedId | userSourcedId | classSourcedId
                math-ana  | ana           | math-1
                math-ana2 | ana           | math-1
            """
        },
        profile="standard",
    ),
    Example(
        "primary-role-repeated",
        "A user has one primary role in an organization, and may have another one elsewhere",
        {
            "roles": """
                sourcedId  | userSourcedId | roleType  | role      | orgSourcedId
                teaches    | tess          | primary   | teacher   | north
                leads      | tess          | primary   | principal | north
                helps      | tess          | secondary | aide      | north
                teaches-s  | tess          | primary   | teacher   | south
            """
        },
        (
            refuses(
                "roles.csv",
                3,
                "roleType",
                "This user has a primary role in this organization already, in row 2; make one of the two secondary.",
            ),
        ),
        versions=("1.2",),
    ),
    Example(
        "primary-role-repeated",
        "A role that ends makes room for another one",
        {
            "roles": """
                sourcedId  | status      | userSourcedId | roleType  | role      | orgSourcedId
                tess-north | tobedeleted | tess          | primary   | teacher   | north
                leads      | active      | tess          | primary   | principal | north
            """
        },
        deltas=("roles",),
        known={},
        versions=("1.2",),
    ),
)
