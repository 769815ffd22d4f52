"""Teachers, administrators and students, and what they need."""

from __future__ import annotations

from tests.spec.example import BOTH, Example, notes, refuses

NEEDED = "email is required for users with “teacher” or “administrator” roles"
AN_ADDRESS = "a teacher or administrator needs one e-mail address, such as ana.lopez@district.example."
ADDITIONAL = "each additional role must be one of: district_admin, school_admin, teacher."
ON_STUDENT = "but this user is a student; a student cannot have another role."

_EMAIL = (
    Example(
        "staff-email-missing",
        "Teachers and administrators need an e-mail; nobody else does",
        {
            "users": """
                sourcedId | role          | email
                dora      | teacher       |
                emil      | administrator |
                finn      | teacher       | "  "
                gwen      | teacher       | gwen@lantern.example
                ana       | student       |
                hugo      | aide          |
                ida       | parent        |
                jan       | proctor       |
                kai       | guardian      |
                lea       | relative      |
            """
        },
        (
            refuses("users.csv", 2, "email", NEEDED),
            refuses("users.csv", 3, "email", NEEDED),
            refuses("users.csv", 4, "email", NEEDED),
        ),
    ),
    Example(
        "staff-email-missing",
        "In 1.2 the roles of roles.csv count, wherever they are held and whichever is the primary one",
        {
            "users": """
                sourcedId | email
                dora      |
                emil      |
                finn      |
                gwen      |
                hugo      |
                ida       |
                jan       |
            """,
            "roles": """
                sourcedId | userSourcedId | roleType  | role                  | orgSourcedId
                r1        | dora          | primary   | principal             | north
                r2        | emil          | primary   | districtAdministrator | lantern
                r3        | finn          | primary   | siteAdministrator     | north
                r4        | gwen          | primary   | systemAdministrator   | lantern
                r5        | hugo          | primary   | aide                  | north
                r6        | hugo          | secondary | teacher               | south
                r7        | ida           | primary   | counselor             | north
                r8        | jan           | primary   | ext:nurse             | north
            """,
        },
        tuple(refuses("users.csv", line, "email", NEEDED) for line in range(2, 7))
        + tuple(
            refuses(
                "roles.csv", line, "userSourcedId", "userSourcedId not found in our system", rule="reference-not-found"
            )
            for line in range(2, 8)
        ),
        versions=("1.2",),
    ),
    Example(
        "staff-email-missing",
        "An additional role makes staff of somebody, too",
        {
            "users": """
                sourcedId | role | email | metadata.gm.additionalroles
                dora      | aide |       | teacher
                emil      | aide |       |
            """
        },
        (refuses("users.csv", 2, "email", NEEDED),),
    ),
    Example(
        "staff-email-missing",
        "Whoever is to be deactivated needs none any more",
        {
            "users": """
                sourcedId | status      | role    | email
                tess      | tobedeleted | teacher |
                tom       | active      | teacher |
            """
        },
        (refuses("users.csv", 3, "email", NEEDED),),
        deltas=("users",),
        known={},
    ),
    Example(
        "staff-email-missing",
        "The standard asks for no e-mail, nor need a publisher",
        {
            "users": """
                sourcedId | role    | email
                dora      | teacher |
            """
        },
        versions=BOTH,
        settings={"staff_email": False},
    ),
    Example(
        "staff-email-form",
        "A teacher’s or an administrator’s e-mail is a usable one, or the user is refused",
        {
            "users": """
                sourcedId | role          | email
                dora      | teacher       | dora.lantern.example
                emil      | administrator | emil@x.example, e@x.example
                gwen      | teacher       | gwen@lantern.example
            """
        },
        (
            refuses("users.csv", 2, "email", f"email is “dora.lantern.example”; {AN_ADDRESS}"),
            refuses("users.csv", 3, "email", f"email is “emil@x.example, e@x.example”; {AN_ADDRESS}"),
        ),
    ),
)
_ADDITIONAL = (
    Example(
        "additional-role-unknown",
        "Additional roles are the publisher’s own words, several of them with commas between",
        {
            "users": """
                sourcedId | role    | metadata.gm.additionalroles
                dora      | teacher | school_admin
                emil      | teacher | "school_admin, district_admin"
                finn      | teacher | boss
                gwen      | teacher | school_admin,Teacher
                hugo      | aide    | teacher
                ida       | parent  |
            """
        },
        (
            refuses(
                "users.csv", 4, "metadata.gm.additionalroles", f"metadata.gm.additionalroles is “boss”; {ADDITIONAL}"
            ),
            refuses(
                "users.csv",
                5,
                "metadata.gm.additionalroles",
                f"metadata.gm.additionalroles is “school_admin,Teacher”; {ADDITIONAL}",
            ),
        ),
    ),
    Example(
        "additional-role-unknown",
        "The publisher names the column and the words; another extra column is nobody’s business",
        {
            "users": """
                sourcedId | role    | metadata.our.roles | metadata.gm.additionalroles
                dora      | teacher | coach              | boss
                emil      | teacher | school_admin       |
            """
        },
        (
            refuses(
                "users.csv",
                3,
                "metadata.our.roles",
                "metadata.our.roles is “school_admin”; each additional role must be one of: coach.",
            ),
        ),
        settings={"additional_roles_column": "metadata.our.roles", "additional_roles": ("coach",)},
    ),
    Example(
        "additional-role-on-student",
        "A student holds exactly one role",
        {
            "users": """
                sourcedId | role    | metadata.gm.additionalroles
                ana       | student | teacher
                ben       | student |
                tess      | teacher | school_admin
            """
        },
        (
            refuses(
                "users.csv", 2, "metadata.gm.additionalroles", f"metadata.gm.additionalroles is “teacher”, {ON_STUDENT}"
            ),
        ),
        finds_in_1_2=(
            refuses(
                "roles.csv", 2, "userSourcedId", "userSourcedId not found in our system", rule="reference-not-found"
            ),
        ),
        versions=BOTH,
    ),
)
_PLACES = (
    Example(
        "profile-of-another-user",
        "A role names a profile of its own user",
        {
            "userProfiles": """
                sourcedId | userSourcedId
                lms-ana   | ana
                lms-ben   | ben
            """,
            "roles": """
                sourcedId | userSourcedId | userProfileSourcedId
                r1        | ana           | lms-ben
                r2        | ben           | lms-ben
                r3        | ana           |
            """,
        },
        (
            refuses(
                "roles.csv",
                2,
                "userProfileSourcedId",
                "userProfileSourcedId is “lms-ben”, which is a profile of another user; name one of this user's own.",
            ),
        ),
        versions=("1.2",),
    ),
    Example(
        "primary-org-without-role",
        "A user has a role in the organization that is called the primary one",
        {
            "users": """
                sourcedId | orgSourcedIds | primaryOrgSourcedId
                ana       | north         | south
                ben       | north,south   | south
                cleo      | south         |
            """
        },
        (
            notes(
                "users.csv", 2, "primaryOrgSourcedId", "primaryOrgSourcedId is “south”, but the user has no role there."
            ),
        ),
        versions=("1.2",),
    ),
    Example(
        "primary-org-without-role",
        "By the letter of the standard the user is refused",
        {
            "users": """
                sourcedId | orgSourcedIds | primaryOrgSourcedId
                ana       | north         | south
                ben       | north,south   | south
            """
        },
        (
            refuses(
                "users.csv", 2, "primaryOrgSourcedId", "primaryOrgSourcedId is “south”, but the user has no role there."
            ),
            refuses(
                "roles.csv", 2, "userSourcedId", "userSourcedId not found in our system", rule="reference-not-found"
            ),
        ),
        versions=("1.2",),
        profile="standard",
    ),
)

EXAMPLES = (*_EMAIL, *_ADDITIONAL, *_PLACES)
