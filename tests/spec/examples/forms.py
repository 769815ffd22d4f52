"""What may stand in a cell: texts, lists, dates, years, numbers, e-mails."""

from __future__ import annotations

from tests.spec.example import BOTH, Example, clears, notes, refuses

LONG = "x" * 256
UNSEEN = "which holds a character that cannot be seen; type the text again."
A_DATE = "write a date as year-month-day, such as 2026-08-15."
A_TIME = "write date and time in UTC, such as 2026-08-15T06:30:00.000Z."
A_YEAR = "write the year in which the school year ends, such as 2027."
A_NUMBER = "write a plain number, such as 87.5 or 100."
A_WHOLE_NUMBER = "write a whole number, such as 25."
AN_ADDRESS = "write one e-mail address, such as ana.lopez@district.example."

_TEXTS = (
    Example(
        "control-characters",
        "A character that cannot be seen refuses the row in a required column and is cleared elsewhere",
        {
            "users": """
                sourcedId | givenName    | middleName
                ana       | A\u200bna    |
                ben       | Ben          | \ufeffLee
                cleo      | Cleo         | Mae\u0007
                dora      | Do\u0009ra   | Ann
                emil      | Emil         | Ray\u0085Joe
            """
        },
        (
            refuses("users.csv", 2, "givenName", f"givenName is “A[U+200B]na”, {UNSEEN}"),
            clears("users.csv", 3, "middleName", f"middleName is “[U+FEFF]Lee”, {UNSEEN}"),
            clears("users.csv", 4, "middleName", f"middleName is “Mae[U+0007]”, {UNSEEN}"),
            refuses("users.csv", 5, "givenName", f"givenName is “Do[U+0009]ra”, {UNSEEN}"),
            clears("users.csv", 6, "middleName", f"middleName is “Ray[U+0085]Joe”, {UNSEEN}"),
        ),
        accepted={"users": "ben cleo emil tess tom"},
    ),
    Example(
        "control-characters",
        "Joiners, direction marks, accents and other scripts are part of real names",
        {
            "users": """
                sourcedId | givenName        | familyName
                ana       | می\u200cخواهم    | Nuñez-O’Brien
                ben       | क्\u200dष        | 山田
                cleo      | \u200fشاد\u200e  | Zoë\u00a0Rue
            """
        },
        versions=BOTH,
    ),
    Example(
        "control-characters",
        "A password is never shown, not even to say what is wrong with it",
        {
            "users": """
                sourcedId | password
                ana       | very\u200bsecret
                ben       | very secret
            """
        },
        (clears("users.csv", 2, "password", f"password is “•••”, {UNSEEN}"),),
    ),
    Example(
        "cell-line-break",
        "A line break inside quotes is taken as part of the cell, and noted; the rows after it keep the numbers"
        " that a spreadsheet gives them",
        {
            "courses": """
                sourcedId | title           | orgSourcedId
                physics   | Physics\\nHonors | lantern
                latin     | Latin           | nowhere
            """
        },
        (
            notes(
                "courses.csv",
                2,
                "title",
                "title is “Physics[U+000A]Honors”, which holds a line break; the standard forbids it.",
            ),
            refuses(
                "courses.csv", 3, "orgSourcedId", "orgSourcedId not found in our system", rule="reference-not-found"
            ),
        ),
        accepted={"courses": "physics math drama"},
    ),
    Example(
        "cell-line-break",
        "By the letter of the standard the row is refused",
        {
            "courses": """
                sourcedId | title
                physics   | Physics\\nHonors
                latin     | Latin
            """
        },
        (
            refuses(
                "courses.csv",
                2,
                "title",
                "title is “Physics[U+000A]Honors”, which holds a line break; the standard forbids it.",
            ),
        ),
        profile="standard",
    ),
    Example(
        "text-too-long",
        "A text of more than 255 characters is noted, and characters are counted, not bytes",
        {
            "courses": f"""
                sourcedId | title
                physics   | {LONG}
                latin     | {LONG[1:]}
                french    | {"é" * 255}
            """
        },
        (notes("courses.csv", 2, "title", "title has more than 255 characters; other systems may cut it."),),
        versions=BOTH,
        accepted={"courses": "physics latin french math drama"},
    ),
)
_LISTS = (
    Example(
        "list-item-empty",
        "An empty item in a list refuses the row where the column is required, and clears the list elsewhere",
        {
            "classes": """
                sourcedId | termSourcedIds | periods
                math-1    | fall,          | 1,2
                drama-1   | fall,spring    | 1,,2
                chess-1   | fall           | ,1
                chess-2   | fall           | "1, "
                chess-3   | fall           | 1
            """
        },
        (
            refuses(
                "classes.csv",
                2,
                "termSourcedIds",
                "termSourcedIds is “fall,”, a list with an empty item; remove the comma that stands too much.",
            ),
            clears(
                "classes.csv",
                3,
                "periods",
                "periods is “1,,2”, a list with an empty item; remove the comma that stands too much.",
            ),
            clears(
                "classes.csv",
                4,
                "periods",
                "periods is “,1”, a list with an empty item; remove the comma that stands too much.",
            ),
            clears(
                "classes.csv",
                5,
                "periods",
                "periods is “1, ”, a list with an empty item; remove the comma that stands too much.",
            ),
        ),
        versions=BOTH,
    ),
    Example(
        "list-item-form",
        "Each of a user’s other identifiers is written {type:identifier}",
        {
            "users": """
                sourcedId | userIds
                ana       | LDAP:ana.lee
                ben       | {LDAP:ben.moss},LTI:7
                cleo      | {LDAP:cleo.rue},{LTI:8}
                dora      |
            """
        },
        (
            clears(
                "users.csv",
                2,
                "userIds",
                "userIds is “LDAP:ana.lee”; write each item as {type:identifier}, such as {LDAP:12345}.",
            ),
            clears(
                "users.csv",
                3,
                "userIds",
                "userIds is “{LDAP:ben.moss},LTI:7”; write each item as {type:identifier}, such as {LDAP:12345}.",
            ),
        ),
        versions=BOTH,
    ),
    Example(
        "list-item-form",
        "The values of a score scale are required, so that a fault refuses the row",
        {
            "scoreScales": """
                sourcedId | scoreScaleValue
                s1        | A=90,B=80
                s2        | {A:90},{B:80}
            """
        },
        (
            refuses(
                "scoreScales.csv",
                2,
                "scoreScaleValue",
                "scoreScaleValue is “A=90,B=80”; write each item as {type:identifier}, such as {LDAP:12345}.",
            ),
        ),
        versions=("1.2",),
    ),
    Example(
        "list-lengths-differ",
        "Subjects and their codes go item by item, so that there must be as many of the one as of the other, or none",
        {
            "courses": """
                sourcedId | subjects      | subjectCodes
                math      | Algebra,Logic | 01
                drama     | Drama,Speech  | 51,52
                physics   | Physics       |
                latin     |               | 61
            """
        },
        (
            clears(
                "courses.csv",
                2,
                "subjectCodes",
                "subjectCodes is “01” and has not as many items as subjects; the two lists go item by item.",
            ),
        ),
        versions=BOTH,
    ),
)
_DATES = (
    Example(
        "date-form",
        "A required date that is no day of the calendar, written year-month-day, refuses the row",
        {
            "academicSessions": """
                sourcedId | startDate  | endDate
                s1        | 8/15/2026  | 2027-06-11
                s2        | 03/04/2026 | 2027-06-11
                s3        | 2026-08-15 | 2027-02-29
                s4        | 2026-8-15  | 2027-06-11
                s5        | 2026-08-15 | 2027-06-11T00:00:00Z
                s6        | 2024-02-29 | 2024-12-31
            """
        },
        (
            refuses("academicSessions.csv", 2, "startDate", f"startDate is “8/15/2026”; {A_DATE} Write 2026-08-15."),
            refuses("academicSessions.csv", 3, "startDate", f"startDate is “03/04/2026”; {A_DATE}"),
            refuses("academicSessions.csv", 4, "endDate", f"endDate is “2027-02-29”; {A_DATE}"),
            refuses("academicSessions.csv", 5, "startDate", f"startDate is “2026-8-15”; {A_DATE}"),
            refuses("academicSessions.csv", 6, "endDate", f"endDate is “2027-06-11T00:00:00Z”; {A_DATE}"),
        ),
        versions=BOTH,
        accepted={"academicSessions": "s6 year fall spring"},
    ),
    Example(
        "date-form",
        "A date that may be left out is cleared, and the record is taken without it",
        {
            "demographics": """
                sourcedId | birthDate
                ana       | 04/22/2015
                ben       | 2015-04-22
                cleo      |
            """,
            "enrollments": """
                sourcedId | beginDate  | endDate
                math-ana  | 46000      | 2027-01-01
                math-ben  | 2026-08-01 | never
            """,
        },
        (
            clears("demographics.csv", 2, "birthDate", f"birthDate is “04/22/2015”; {A_DATE} Write 2015-04-22."),
            clears("enrollments.csv", 2, "beginDate", f"beginDate is “46000”; {A_DATE}"),
            clears("enrollments.csv", 3, "endDate", f"endDate is “never”; {A_DATE}"),
        ),
        accepted={"demographics": "ana ben cleo", "enrollments": "math-ana math-ben math-tess drama-tom drama-cleo"},
    ),
    Example(
        "datetime-form",
        "In a set of changes the time of the change is in UTC, with up to six decimals",
        {
            "orgs": """
                sourcedId | dateLastModified
                o1        | 2026-09-01
                o2        | 2026-09-01 06:30:00Z
                o3        | 2026-09-01T06:30:00
                o4        | 2026-09-01T06:30:00+02:00
                o5        | 2026-13-01T06:30:00Z
                o6        | 2026-02-30T06:30:00Z
                o7        | 2026-09-01T25:00:00Z
                o8        | 2026-09-01T06:30:00.000Z
                o9        | 2026-09-01T06:30:00Z
                o10       | 2026-09-01T06:30:00.123456+00:00
            """
        },
        (
            refuses("orgs.csv", 2, "dateLastModified", f"dateLastModified is “2026-09-01”; {A_TIME}"),
            refuses("orgs.csv", 3, "dateLastModified", f"dateLastModified is “2026-09-01 06:30:00Z”; {A_TIME}"),
            refuses("orgs.csv", 4, "dateLastModified", f"dateLastModified is “2026-09-01T06:30:00”; {A_TIME}"),
            refuses("orgs.csv", 5, "dateLastModified", f"dateLastModified is “2026-09-01T06:30:00+02:00”; {A_TIME}"),
            refuses("orgs.csv", 6, "dateLastModified", f"dateLastModified is “2026-13-01T06:30:00Z”; {A_TIME}"),
            refuses("orgs.csv", 7, "dateLastModified", f"dateLastModified is “2026-02-30T06:30:00Z”; {A_TIME}"),
            refuses("orgs.csv", 8, "dateLastModified", f"dateLastModified is “2026-09-01T25:00:00Z”; {A_TIME}"),
        ),
        versions=BOTH,
        deltas=("orgs",),
    ),
    Example(
        "year-form",
        "A school year is the year in which it ends, in four digits",
        {
            "academicSessions": """
                sourcedId | schoolYear
                s1        | 27
                s2        | 2026/27
                s3        | 2026-2028
                s4        | 2027
            """
        },
        (
            refuses("academicSessions.csv", 2, "schoolYear", f"schoolYear is “27”; {A_YEAR}"),
            refuses("academicSessions.csv", 3, "schoolYear", f"schoolYear is “2026/27”; {A_YEAR}"),
            refuses("academicSessions.csv", 4, "schoolYear", f"schoolYear is “2026-2028”; {A_YEAR}"),
        ),
        versions=BOTH,
    ),
    Example(
        "year-span",
        "A span of two years is read as the one in which it ends, and noted",
        {
            "academicSessions": """
                sourcedId | schoolYear
                s1        | 2026-2027
                s2        | 2027
            """
        },
        (
            notes(
                "academicSessions.csv",
                2,
                "schoolYear",
                "schoolYear is “2026-2027” and was read as the year in which it ends; the standard asks for that"
                " year alone.",
            ),
        ),
        versions=BOTH,
        accepted={"academicSessions": "s1 s2 year fall spring"},
    ),
    Example(
        "year-span",
        "By the letter of the standard the row is refused",
        {
            "academicSessions": """
                sourcedId | schoolYear
                s1        | 2026-2027
                s2        | 2027
            """
        },
        (
            refuses(
                "academicSessions.csv",
                2,
                "schoolYear",
                "schoolYear is “2026-2027” and was read as the year in which it ends; the standard asks for that"
                " year alone.",
            ),
        ),
        profile="standard",
    ),
)
_NUMBERS = (
    Example(
        "number-form",
        "A required number is written in digits, with one decimal point at most",
        {
            "results": """
                sourcedId | score
                r1        | 90%
                r2        | 1,5
                r3        | A-
                r4        | 87.5
                r5        | -3
            """,
            "lineItems": """
                sourcedId | gradingPeriodSourcedId
                test-1    | q1
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
            refuses("results.csv", 2, "score", f"score is “90%”; {A_NUMBER}"),
            refuses("results.csv", 3, "score", f"score is “1,5”; {A_NUMBER}"),
            refuses("results.csv", 4, "score", f"score is “A-”; {A_NUMBER}"),
        ),
    ),
    Example(
        "number-form",
        "A number that may be left out is cleared; a weight is a whole number",
        {
            "categories": """
                sourcedId | weight
                tests     | 12.5
                homework  | 25 %
                projects  | 25
            """
        },
        (
            clears("categories.csv", 2, "weight", f"weight is “12.5”; {A_WHOLE_NUMBER}"),
            clears("categories.csv", 3, "weight", f"weight is “25 %”; {A_WHOLE_NUMBER}"),
        ),
        versions=("1.2",),
        accepted={"categories": "tests homework projects"},
    ),
)
_EMAILS = (
    Example(
        "email-form",
        "An e-mail that is none is cleared, unless it is a teacher’s or an administrator’s",
        {
            "users": """
                sourcedId | role    | email
                ana       | student | ana.lee
                ben       | student | ben@lantern
                cleo      | student | cleo@x.example;c@x.example
                dora      | parent  | dora lee@x.example
                emil      | parent  | émil@x.example
                finn      | aide    | finn@@x.example
                gwen      | student | g-w_e+n.9@sub.lantern.example
                hugo      | student |
            """
        },
        (
            clears("users.csv", 2, "email", f"email is “ana.lee”; {AN_ADDRESS}"),
            clears("users.csv", 3, "email", f"email is “ben@lantern”; {AN_ADDRESS}"),
            clears("users.csv", 4, "email", f"email is “cleo@x.example;c@x.example”; {AN_ADDRESS}"),
            clears("users.csv", 5, "email", f"email is “dora lee@x.example”; {AN_ADDRESS}"),
            clears("users.csv", 6, "email", f"email is “émil@x.example”; {AN_ADDRESS}"),
            clears("users.csv", 7, "email", f"email is “finn@@x.example”; {AN_ADDRESS}"),
        ),
        versions=BOTH,
        accepted={"users": "ana ben cleo dora emil finn gwen hugo tess tom"},
    ),
    Example(
        "email-form",
        "The standard says nothing of the form of an e-mail",
        {
            "users": """
                sourcedId | email
                ana       | ana.lee
            """
        },
        versions=BOTH,
        profile="standard",
    ),
)

EXAMPLES = (*_TEXTS, *_LISTS, *_DATES, *_NUMBERS, *_EMAILS)
