"""What a publisher can change: consequences, requirements, words. The rules themselves are told elsewhere."""

from __future__ import annotations

from tests.spec.example import BOTH, Example, notes, refuses, stops

TAKEN = "is used already by the user in row 2; give each user a username of their own."

_TWINS = {
    "users": """
        sourcedId | username
        ana       | ana.lee
        anna      | ana.lee
        anne      | anne.lee
    """
}
EXAMPLES = (
    Example(
        "username-repeated",
        "A publisher who only wants to know of it has it noted",
        _TWINS,
        (notes("users.csv", 3, "username", f"username “ana.lee” {TAKEN}"),),
        settings={"consequences": {"username-repeated": "notes"}},
        accepted={"users": "ana anna anne tess tom ben cleo"},
    ),
    Example(
        "username-repeated",
        "A publisher may not care at all",
        _TWINS,
        settings={"consequences": {"username-repeated": "off"}},
        versions=BOTH,
    ),
    Example(
        "username-repeated",
        "A publisher for whom it is a sign of worse stops the sync for it",
        _TWINS,
        (stops("users.csv", 3, "username", f"username “ana.lee” {TAKEN}"),),
        settings={"consequences": {"username-repeated": "stops the sync"}},
    ),
    Example(
        "grade-unknown",
        "A publisher who needs the grade refuses the row for a wrong one",
        {
            "users": """
                sourcedId | grades
                ana       | Fifth
                ben       | 5
                cleo      |
            """
        },
        (
            refuses("users.csv", 2, "grades", "grades is “Fifth”; each grade must be one of: 05, 06."),
            refuses(
                "users.csv",
                3,
                "grades",
                "grades is “5”; each grade must be one of: 05, 06. Excel drops leading zeros: write 05,"
                " and format the column as text.",
            ),
        ),
        settings={"grades": ("05", "06"), "consequences": {"grade-unknown": "refuses the row"}},
    ),
    Example(
        "token-unknown",
        "A publisher who takes no faulty value refuses the row also in columns that may be empty",
        {
            "demographics": """
                sourcedId | asian | birthDate
                ana       | yes   | 2015-04-22
                ben       |       | 4/22/2015
                cleo      | false |
            """
        },
        (
            refuses("demographics.csv", 2, "asian", "asian is “yes”; it must be one of: true, false."),
            refuses(
                "demographics.csv",
                3,
                "birthDate",
                "birthDate is “4/22/2015”; write a date as year-month-day, such as 2026-08-15. Write 2015-04-22.",
                rule="date-form",
            ),
        ),
        settings={"optional_faults": "refuses the row"},
        accepted={"demographics": "cleo"},
    ),
    Example(
        "token-unknown",
        "A publisher’s own words count only in the column that they are given for",
        {
            "classes": """
                sourcedId | classType
                math-1    | club
            """,
            "enrollments": """
                sourcedId | role
                math-ana  | club
            """,
        },
        (
            refuses(
                "enrollments.csv",
                2,
                "role",
                "role is “club”; it must be one of: administrator, proctor, student, teacher.",
            ),
        ),
        settings={"tokens": {"classes.classType": ("club",)}},
    ),
    Example(
        "class-without-teacher",
        "A publisher who needs no teachers takes classes without one",
        {
            "classes": """
                sourcedId
                chess-1
            """,
            "enrollments": "sourcedId",
        },
        settings={"primary_teacher": False},
        accepted={"classes": "chess-1 math-1 drama-1"},
    ),
    Example(
        "school-not-onboarded",
        "A publisher who onboards no schools takes them all",
        {"orgs": "sourcedId"},
        onboarded=("north",),
        settings={"onboarding": False},
        accepted={"orgs": "lantern north south"},
    ),
    Example(
        "additional-role-unknown",
        "A publisher without a column for further roles does not look at it",
        {
            "users": """
                sourcedId | metadata.gm.additionalroles
                ana       | boss
            """
        },
        settings={"additional_roles_column": ""},
    ),
    Example(
        "reference-not-found",
        "A publisher may ask that sets of changes hold all that they point at",
        {
            "courses": """
                sourcedId | orgSourcedId
                physics   | north
                latin     | east
            """,
            "orgs": """
                sourcedId | parentSourcedId
                east      |
            """,
        },
        (
            refuses(
                "courses.csv", 2, "orgSourcedId", "orgSourcedId not found in our system", rule="reference-not-found"
            ),
        ),
        deltas=("courses", "orgs"),
        settings={"self_contained_deltas": True},
    ),
)
