"""What may stand in a cell: values that must be there, identifiers, words of a vocabulary, grades."""

from __future__ import annotations

from tests.spec.example import BOTH, Example, clears, notes, refuses

GRADES = "IT, PR, PK, TK, KG, 01, 02, 03, 04, 05, 06, 07, 08, 09, 10, 11, 12, 13, PS, UG, Other"
ROLES = "administrator, aide, guardian, parent, proctor, relative, student, teacher"
ORG_TYPES = "department, school, district, local, state, national"
CHARACTERS = "an identifier may hold only letters A-Z, digits and . - _ / @"
EXCEL_ZERO = "Excel drops leading zeros: write 05, and format the column as text."
LONG = "x" * 256

_MISSING = (
    Example(
        "value-missing",
        "A required column without a value refuses the row; a column that may be empty does not",
        {
            "orgs": """
                sourcedId | name  | type   | identifier
                east      |       | school | 17
                west      | "  "  | school | 18
                hill      | Hill  |        | 19
                north     | North | school |
            """
        },
        (
            refuses("orgs.csv", 2, "name", "name is empty; every organization needs one."),
            refuses("orgs.csv", 3, "name", "name is empty; every organization needs one."),
            refuses("orgs.csv", 4, "type", "type is empty; every organization needs one."),
        ),
        versions=BOTH,
        accepted={"orgs": "north lantern south"},
    ),
    Example(
        "value-missing",
        "A record without a source id is refused",
        {
            "academicSessions": """
                sourcedId | title
                          | Winter
                winter    | Winter
            """
        },
        (refuses("academicSessions.csv", 2, "sourcedId", "sourcedId is empty; every academic session needs one."),),
    ),
    Example(
        "value-missing",
        "An enrollment needs its class, its school, its user and a role, and says of each that it is missing",
        {
            "enrollments": """
                sourcedId | classSourcedId | schoolSourcedId | userSourcedId | role
                e1        |                |                 |               |
                math-ana  | math-1         | north           | ana           | student
            """
        },
        (
            refuses("enrollments.csv", 2, "classSourcedId", "classSourcedId is empty; every enrollment needs one."),
            refuses("enrollments.csv", 2, "schoolSourcedId", "schoolSourcedId is empty; every enrollment needs one."),
            refuses("enrollments.csv", 2, "userSourcedId", "userSourcedId is empty; every enrollment needs one."),
            refuses("enrollments.csv", 2, "role", "role is empty; every enrollment needs one."),
        ),
    ),
    Example(
        "value-missing",
        "In a set of changes every row says what happens to the record, and when it changed",
        {
            "orgs": """
                sourcedId | status      | dateLastModified
                north     |             | 2026-09-01T06:30:00.000Z
                south     | tobedeleted |
                lantern   | active      | 2026-09-01T06:30:00.000Z
            """
        },
        (
            refuses(
                "orgs.csv",
                2,
                "status",
                "status is empty; every organization needs one. It tells whether the record is active or tobedeleted.",
            ),
            refuses("orgs.csv", 3, "dateLastModified", "dateLastModified is empty; every organization needs one."),
        ),
        versions=BOTH,
        deltas=("orgs",),
    ),
)
_IDENTIFIERS = (
    Example(
        "id-padded",
        "A space before or after an identifier is seen, also in a list; a space between words of a text is none of"
        " its business",
        {
            "users": """
                sourcedId | orgSourcedIds  | familyName
                "ana "    | north          | Lee
                " ben"    | north          | Moss
                cleo      | "north, south" | Rue
                dora      | north,south    | van der Berg
            """
        },
        (
            refuses(
                "users.csv", 2, "sourcedId", "sourcedId is “ana ”, with a space before or after it; remove the space."
            ),
            refuses(
                "users.csv", 3, "sourcedId", "sourcedId is “ ben”, with a space before or after it; remove the space."
            ),
            refuses(
                "users.csv",
                4,
                "orgSourcedIds",
                "orgSourcedIds is “north, south”, with a space before or after it; remove the space.",
            ),
        ),
    ),
    Example(
        "id-characters",
        "An identifier with other characters is refused, also letters with accents and digits of other scripts",
        {
            "orgs": """
                sourcedId    | parentSourcedId
                east#1       | lantern
                east 2       | lantern
                École        | lantern
                ３           | lantern
                A-z_0.9/b@c  | lantern
            """
        },
        (
            refuses("orgs.csv", 2, "sourcedId", f"sourcedId is “east#1”; {CHARACTERS}"),
            refuses("orgs.csv", 3, "sourcedId", f"sourcedId is “east 2”; {CHARACTERS}"),
            refuses("orgs.csv", 4, "sourcedId", f"sourcedId is “École”; {CHARACTERS}"),
            refuses("orgs.csv", 5, "sourcedId", f"sourcedId is “３”; {CHARACTERS}"),
        ),
        versions=BOTH,
    ),
    Example(
        "id-characters",
        "A reference that cannot be an identifier says so, and not that it was not found",
        {
            "orgs": """
                sourcedId | parentSourcedId
                east      | lantern:1
                west      | lantern
            """
        },
        (refuses("orgs.csv", 2, "parentSourcedId", f"parentSourcedId is “lantern:1”; {CHARACTERS}"),),
        versions=BOTH,
    ),
    Example(
        "id-too-long",
        "An identifier of 256 characters is too long, one of 255 is not",
        {
            "orgs": f"""
                sourcedId  | name
                {LONG}     | East
                {LONG[1:]} | West
            """
        },
        (refuses("orgs.csv", 2, "sourcedId", "sourcedId has more than 255 characters; shorten it."),),
        versions=BOTH,
    ),
    Example(
        "id-too-long",
        "In a list of identifiers each has a length of its own",
        {
            "orgs": f"""
                sourcedId
                {LONG[:200]}
                {LONG[:199]}
            """,
            "users": f"""
                sourcedId | orgSourcedIds
                dora      | {LONG[:200]},{LONG[:199]}
                emil      | north,{LONG}
            """,
        },
        (refuses("users.csv", 3, "orgSourcedIds", "orgSourcedIds has more than 255 characters; shorten it."),),
    ),
    Example(
        "excel-number",
        "A long number that Excel has shortened is refused as an identifier, and noted where it is a text",
        {
            "users": """
                sourcedId     | identifier
                1.23E+11      | 17
                dora          | 9.00012E+14
                emil          | 900012000000000
                123000000000  | E+11
            """
        },
        (
            refuses(
                "users.csv",
                2,
                "sourcedId",
                "sourcedId is “1.23E+11”: Excel has shortened a long number, and its last digits are lost; write"
                " out all of them.",
            ),
            notes(
                "users.csv",
                3,
                "identifier",
                "identifier is “9.00012E+14”: Excel has shortened a long number, and its last digits are lost;"
                " write out all of them.",
            ),
        ),
        accepted={"users": "dora emil 123000000000 tess tom ana ben cleo"},
    ),
    Example(
        "excel-number",
        "A name is no number, whatever it looks like",
        {
            "courses": """
                sourcedId | title
                physics   | 1.5E+10
            """
        },
        versions=BOTH,
    ),
)
_VOCABULARIES = (
    Example(
        "token-unknown",
        "A word that is not in the vocabulary is refused in a required column, with the word it resembles",
        {
            "users": """
                sourcedId | role       | enabledUser
                dora      | Teacher    | true
                emil      | teecher    | true
                finn      | x          | true
                gwen      | student    | TRUE
                hugo      | student    | false
            """
        },
        (
            refuses("users.csv", 2, "role", f"role is “Teacher”; it must be one of: {ROLES}. Did you mean “teacher”?"),
            refuses("users.csv", 3, "role", f"role is “teecher”; it must be one of: {ROLES}. Did you mean “teacher”?"),
            refuses("users.csv", 4, "role", f"role is “x”; it must be one of: {ROLES}."),
            refuses(
                "users.csv",
                5,
                "enabledUser",
                "enabledUser is “TRUE”; it must be one of: true, false. Did you mean “true”?",
            ),
        ),
    ),
    Example(
        "token-unknown",
        "In a column that may be empty the word is cleared, and the record is taken without it",
        {
            "enrollments": """
                sourcedId | primary
                math-tess | 1
                math-ana  | false
                math-ben  |
            """
        },
        (clears("enrollments.csv", 2, "primary", "primary is “1”; it must be one of: true, false."),),
        versions=BOTH,
        accepted={"enrollments": "math-tess math-ana math-ben drama-tom drama-cleo"},
    ),
    Example(
        "token-unknown",
        "In a list each word is looked at",
        {
            "resources": """
                sourcedId | roles
                r1        | student,teacher
                r2        | student,pupil
            """
        },
        (clears("resources.csv", 3, "roles", f"roles is “student,pupil”; it must be one of: {ROLES}."),),
    ),
    Example(
        "token-unknown",
        "A status that is neither active nor tobedeleted refuses the row: it cannot be told what is to happen",
        {
            "orgs": """
                sourcedId | status
                north     | inactive
                south     | active
            """
        },
        (
            refuses(
                "orgs.csv",
                2,
                "status",
                "status is “inactive”; it must be one of: active, tobedeleted. Did you mean “active”?",
            ),
        ),
        deltas=("orgs",),
        known={},
    ),
    Example(
        "token-unknown",
        "In 1.1 the vocabularies are closed",
        {
            "orgs": """
                sourcedId | type
                east      | ext:charter
                west      | school
            """
        },
        (refuses("orgs.csv", 2, "type", f"type is “ext:charter”; it must be one of: {ORG_TYPES}."),),
    ),
    Example(
        "token-unknown",
        "In 1.2 a vocabulary may be extended by words that begin with ext: and go on",
        {
            "orgs": """
                sourcedId | type
                east      | ext:
                west      | ext:charter
            """
        },
        (refuses("orgs.csv", 2, "type", f"type is “ext:”; it must be one of: {ORG_TYPES}."),),
        versions=("1.2",),
    ),
    Example(
        "token-unknown",
        "A publisher can accept further words",
        {
            "users": """
                sourcedId | role
                dora      | staff
                emil      | boss
            """
        },
        (refuses("users.csv", 3, "role", f"role is “boss”; it must be one of: {ROLES}, staff."),),
        settings={"tokens": {"users.role": ("staff",)}},
    ),
    Example(
        "grade-unknown",
        "A grade that is not in the list is cleared, and what Excel made of a grade is recognised",
        {
            "users": """
                sourcedId | grades
                ana       | 5
                ben       | Fifth
                cleo      | kg
                dora      | 5-Apr
                emil      | 4/5/2026
                finn      | 05
                gwen      | Other
                hugo      |
            """
        },
        (
            clears(
                "users.csv",
                2,
                "grades",
                f"grades is “5”; each grade must be one of: {GRADES}. {EXCEL_ZERO}",
            ),
            clears("users.csv", 3, "grades", f"grades is “Fifth”; each grade must be one of: {GRADES}."),
            clears(
                "users.csv", 4, "grades", f"grades is “kg”; each grade must be one of: {GRADES}. Did you mean “KG”?"
            ),
            clears(
                "users.csv",
                5,
                "grades",
                f"grades is “5-Apr”; each grade must be one of: {GRADES}. Excel may have turned a grade into a date:"
                " format the column as text, then type the grade again.",
            ),
            clears(
                "users.csv",
                6,
                "grades",
                f"grades is “4/5/2026”; each grade must be one of: {GRADES}. Excel may have turned a grade into a date:"
                " format the column as text, then type the grade again.",
            ),
        ),
        versions=BOTH,
        accepted={"users": "ana ben cleo dora emil finn gwen hugo tess tom"},
    ),
    Example(
        "grade-unknown",
        "Courses and classes may have several grades, each of the list",
        {
            "courses": """
                sourcedId | grades
                math      | 05,06
                drama     | 05,6
            """,
            "classes": """
                sourcedId | grades
                math-1    | KG,01,Other
                drama-1   | K
            """,
        },
        (
            clears(
                "courses.csv", 3, "grades", f"grades is “05,6”; each grade must be one of: {GRADES}. Did you mean “06”?"
            ),
            clears(
                "classes.csv", 3, "grades", f"grades is “K”; each grade must be one of: {GRADES}. Did you mean “KG”?"
            ),
        ),
    ),
    Example(
        "grade-unknown",
        "A publisher can have another list of grades",
        {
            "users": """
                sourcedId | grades
                ana       | 5
                ben       | 05
                cleo      |
            """
        },
        (clears("users.csv", 3, "grades", "grades is “05”; each grade must be one of: 4, 5, 6. Did you mean “5”?"),),
        settings={"grades": ("4", "5", "6")},
    ),
    Example(
        "grade-unknown",
        "The standard knows no list of grades",
        {
            "users": """
                sourcedId | grades
                ana       | Fifth
            """
        },
        profile="standard",
    ),
)

EXAMPLES = (*_MISSING, *_IDENTIFIERS, *_VOCABULARIES)
