"""The upload templates for students, staff and classes (product.md 3.3 and 3.4)."""

from __future__ import annotations

from tests.spec.example import Example, refuses, stops

LONG = "The row has more cells than the header; put a cell that contains a comma into quotes"

STUDENT_GRADES = "IT, PR, PK, TK, KG, 01, 02, 03, 04, 05, 06, 07, 08, 09, 10, 11, 12, PS, UG, Other"
STUDENTS, STAFF, CLASSES = "student-upload.csv", "staff-upload.csv", "class-upload.csv"
STUDENT_HEADER = "studentId,firstName,middleName,lastName,email,grade,username,password\n"
ANA, BEN = "S1,Ana,,Lee,,05,ana.lee,secret-word-1\n", "S2,Ben,,Moss,,05,ben.moss,secret-word-1\n"
AN_ADDRESS = "write one e-mail address, such as ana.lopez@school.example."
WEAK = "password must have at least 8 characters, with at least one lower-case letter and one digit."
EXCEL_ZERO = "Excel drops leading zeros: write 01, and format the column as text."
EXCEL_DATE = "Excel may have turned a grade into a date: format the column as text, then type the grade again."

_FILES = (
    Example(
        "upload-column-missing",
        "A column that was removed is named, and so is the one it may have become",
        {
            STUDENTS: "studentId,firstName,lastName,email,Grade,username,password\n"
            "S1,Ana,Lee,,05,ana.lee,secret-word-1\n"
        },
        (
            stops(STUDENTS, 1, "middleName", "The column middleName is missing."),
            stops(STUDENTS, 1, "grade", "The column grade is missing. Is it the one with the header “Grade”?"),
            stops(
                STUDENTS,
                1,
                "Grade",
                "The column “Grade” is not in the template. Did you mean “grade”?",
                rule="upload-column-unknown",
            ),
        ),
        alone=True,
    ),
    Example(
        "upload-column-missing",
        "The publisher may call the ID otherwise; a file from before is told so",
        {STUDENTS: STUDENT_HEADER + ANA},
        (
            stops(
                STUDENTS,
                1,
                "localId",
                "The column localId is missing. Is it the one with the header “studentId”?",
            ),
            stops(
                STUDENTS,
                1,
                "studentId",
                "The column “studentId” is not in the template. Did you mean “localId”?",
                rule="upload-column-unknown",
            ),
        ),
        settings={"student_id_column": "localId"},
        alone=True,
    ),
    Example(
        "upload-column-missing",
        "The order of the columns does not matter, nor does the name of the file, nor a byte order mark",
        {
            "My students (1).csv": "\ufeffpassword,username,grade,email,lastName,middleName,firstName,studentId\n"
            "secret-word-1,ana.lee,05,,Lee,,Ana,S1\n"
        },
        alone=True,
    ),
    Example(
        "upload-column-unknown",
        "A column that was added is named",
        {
            "class-upload": """
                className | Room
                Algebra   | 12
            """
        },
        (stops(CLASSES, 1, "Room", "The column “Room” is not in the template."),),
    ),
    Example(
        "upload-column-unknown",
        "Our own file to correct may carry its two columns",
        {
            "class-upload": """
                className | Original Row | Problems
                Algebra   | 7            | grade: write 05
            """
        },
    ),
    Example(
        "upload-row-not-filled-in",
        "A row of a file to correct that nobody filled in is no blank line, even with a password",
        {
            STUDENTS: STUDENT_HEADER.replace("\n", ",Original Row,Problems\n")
            + ",,,,,,,,3,The row has fewer cells than the header; a comma may be missing or its end was cut off\n"
            + ",,,,,,,secret-word-1,5,\n"
            + ",,,,,,,,,The row has more cells than the header; put a cell that contains a comma into quotes\n"
            + ",,,,,,,,,\n"
            + ANA.replace("\n", ",2,\n")
        },
        (
            refuses(STUDENTS, 2, "row", "Nothing is filled in for row 3 of the file that this one corrects."),
            refuses(STUDENTS, 3, "row", "Nothing is filled in for row 5 of the file that this one corrects."),
            refuses(STUDENTS, 4, "row", "Nothing is filled in for a row of the file that this one corrects."),
        ),
        alone=True,
    ),
    Example(
        "column-twice",
        "A column that stands twice in a template is named",
        {
            STUDENTS: "studentId,studentId,firstName,middleName,lastName,email,grade,username,password\n"
            "S1,S1,Ana,,Lee,,05,ana.lee,secret-word-1\n"
        },
        (
            stops(
                STUDENTS, 1, "studentId", "The column studentId stands twice, and it cannot be told which one counts."
            ),
        ),
        alone=True,
    ),
    Example(
        "upload-too-large",
        "A file of more bytes than the publisher allows is not looked at",
        {STUDENTS: STUDENT_HEADER + ANA + BEN},
        (stops(STUDENTS, None, None, "student-upload.csv has 148 bytes; an upload may have 147."),),
        settings={"max_bytes": 147},
        alone=True,
    ),
    Example(
        "upload-too-large",
        "A file of as many bytes as the publisher allows is fine",
        {STUDENTS: STUDENT_HEADER + ANA + BEN},
        settings={"max_bytes": 148},
        alone=True,
    ),
    Example(
        "upload-too-many-rows",
        "A file of more rows than the publisher allows is not looked at",
        {STUDENTS: STUDENT_HEADER + ANA + BEN},
        (stops(STUDENTS, None, None, "student-upload.csv has 2 rows; an upload may have 1."),),
        settings={"max_rows": 1},
        alone=True,
    ),
    Example(
        "upload-too-many-rows",
        "Blank lines are ignored, also those that Excel leaves behind as commas",
        {STUDENTS: STUDENT_HEADER + "\n" + ANA + ",,,,,,,\n" + BEN + ",,,,,,,\n\n"},
        settings={"max_rows": 2},
        alone=True,
    ),
    Example(
        "upload-without-rows",
        "A header row alone, be it with blank lines, brings nothing",
        {STUDENTS: STUDENT_HEADER + "\n,,,,,,,\n"},
        (stops(STUDENTS, None, None, "student-upload.csv has a header row and nothing below it."),),
        alone=True,
    ),
    Example(
        "upload-without-rows",
        "One row is enough",
        {STUDENTS: STUDENT_HEADER + ANA},
        alone=True,
    ),
    Example(
        "upload-not-utf8",
        "A file in Excel’s older encoding is recognised, with the first row that shows it",
        {STUDENTS: (STUDENT_HEADER + ANA + BEN.replace("Ben", "Bén")).encode("windows-1252")},
        (
            stops(
                STUDENTS,
                None,
                None,
                "student-upload.csv is not UTF-8 text; it looks like Excel's older CSV (Windows-1252), first in row 3.",
            ),
        ),
        alone=True,
    ),
    Example(
        "upload-not-utf8",
        "Letters of all languages are fine in UTF-8",
        {STUDENTS: STUDENT_HEADER + ANA + BEN.replace("Ben", "Bén 山田")},
        alone=True,
    ),
)
_CELLS = (
    Example(
        "value-missing",
        "What a template requires must be there",
        {
            "student-upload": """
                studentId | firstName | lastName | email | grade | username | password
                          |           |          |       |       |          |
                S2        | Ben       | Moss     |       | 05    | ben.moss | secret-word-1
                          | Cleo      |          |       |       |          |
            """
        },
        tuple(
            refuses(STUDENTS, 4, column, f"{column} is empty; every student needs one.")
            for column in ("studentId", "lastName", "grade", "username", "password")
        ),
    ),
    Example(
        "value-missing",
        "Staff need an e-mail and a role, classes a name and a teacher",
        {
            "staff-upload": """
                staffId | email | role
                T1      |       |
            """
        },
        (
            refuses(STAFF, 2, "email", "email is empty; every staff user needs one."),
            refuses(STAFF, 2, "role", "role is empty; every staff user needs one."),
        ),
    ),
    Example(
        "value-missing",
        "A class needs a name and a teacher, and neither grade nor subject",
        {
            "class-upload": """
                className | primaryTeacher       | grade | subject
                          |                      | 05    |
                Algebra   | tess@lantern.example |       |
            """
        },
        (
            refuses(CLASSES, 2, "className", "className is empty; every class needs one."),
            refuses(CLASSES, 2, "primaryTeacher", "primaryTeacher is empty; every class needs one."),
        ),
    ),
    Example(
        "upload-id-characters",
        "An ID has letters and digits only, and what Excel makes of a long number is recognised",
        {
            "student-upload": """
                studentId
                S-1
                1.23E+11
                S 2
                0017
                S3
            """
        },
        (
            refuses(STUDENTS, 2, "studentId", "studentId is “S-1”; it may have only letters A-Z and digits."),
            refuses(
                STUDENTS,
                3,
                "studentId",
                "studentId is “1.23E+11”; it may have only letters A-Z and digits."
                " Excel has shortened a long number: format the column as text, then type the number again.",
            ),
            refuses(STUDENTS, 4, "studentId", "studentId is “S 2”; it may have only letters A-Z and digits."),
        ),
    ),
    Example(
        "upload-text-length",
        "A name has at most 250 characters",
        {
            "student-upload": f"""
                firstName   | middleName  | lastName
                {"a" * 251} | {"b" * 251} | {"c" * 251}
                {"a" * 250} | {"é" * 250} | {"c" * 250}
            """
        },
        tuple(
            refuses(STUDENTS, 2, column, f"{column} must have at most 250 characters.")
            for column in ("firstName", "middleName", "lastName")
        ),
    ),
    Example(
        "upload-text-length",
        "The name of a class has at most 200 characters, the address of its teacher 300",
        {
            "class-upload": f"""
                className   | primaryTeacher
                {"a" * 201} | tess@lantern.example
                {"b" * 200} | tess@lantern.example
                Algebra     | {"t" * 297}@x.example
                Geometry    | {"t" * 290}@x.example
            """
        },
        (
            refuses(CLASSES, 2, "className", "className must have at most 200 characters."),
            refuses(CLASSES, 4, "primaryTeacher", "primaryTeacher must have at most 300 characters."),
        ),
    ),
    Example(
        "upload-email-form",
        "An e-mail in an upload has the form name@domain, of letters, digits and - _ + . @",
        {
            "student-upload": """
                email
                ana.lee
                b@en@lantern.example
                c!leo@lantern.example
                d-o_r+a.1@sub.lantern.example
                " "
            """
        },
        (
            refuses(STUDENTS, 2, "email", f"email is “ana.lee”; {AN_ADDRESS}"),
            refuses(STUDENTS, 3, "email", f"email is “b@en@lantern.example”; {AN_ADDRESS}"),
            refuses(STUDENTS, 4, "email", f"email is “c!leo@lantern.example”; {AN_ADDRESS}"),
            refuses(STUDENTS, 6, "email", f"email is “ ”; {AN_ADDRESS}"),
        ),
    ),
    Example(
        "upload-email-form",
        "The teacher of a class is named by e-mail",
        {
            "class-upload": """
                className | primaryTeacher
                Algebra   | Tess Day
                Geometry  | tess@lantern.example
            """
        },
        (refuses(CLASSES, 2, "primaryTeacher", f"primaryTeacher is “Tess Day”; {AN_ADDRESS}"),),
    ),
    Example(
        "upload-grade-unknown",
        "A student’s grade is one of the list, and Excel’s damage is recognised",
        {
            "student-upload": """
                grade
                1
                Grade 1
                3-Apr
                13
                01
                Other
            """
        },
        (
            refuses(
                STUDENTS,
                2,
                "grade",
                f"grade is “1”; it must be one of: {STUDENT_GRADES}. {EXCEL_ZERO}",
            ),
            refuses(STUDENTS, 3, "grade", f"grade is “Grade 1”; it must be one of: {STUDENT_GRADES}."),
            refuses(STUDENTS, 4, "grade", f"grade is “3-Apr”; it must be one of: {STUDENT_GRADES}. {EXCEL_DATE}"),
            refuses(STUDENTS, 5, "grade", f"grade is “13”; it must be one of: {STUDENT_GRADES}."),
        ),
    ),
    Example(
        "upload-grade-unknown",
        "A class may have the grade 13, or none; a faulty one refuses the class",
        {
            "class-upload": """
                className | grade
                Algebra   | 13
                Geometry  |
                Logic     | 14
            """
        },
        (refuses(CLASSES, 4, "grade", f"grade is “14”; it must be one of: {STUDENT_GRADES}, 13."),),
    ),
    Example(
        "token-unknown",
        "A staff user is a teacher or a school administrator",
        {
            "staff-upload": """
                role
                Teacher
                school_admin
            """
        },
        (
            refuses(
                STAFF, 2, "role", "role is “Teacher”; it must be one of: teacher, school_admin. Did you mean “teacher”?"
            ),
        ),
    ),
    Example(
        "token-unknown",
        "A class has one of the publisher’s subjects, or none",
        {
            "class-upload": """
                className | subject
                Algebra   | Maths
                Geometry  | Mathematics
                Logic     |
            """
        },
        (
            refuses(
                CLASSES,
                2,
                "subject",
                "subject is “Maths”; it must be one of: English Language Arts, History, Mathematics, Science, Other."
                " Did you mean “Mathematics”?",
            ),
        ),
    ),
    Example(
        "username-length",
        "A username has 5 to 100 characters",
        {
            "student-upload": f"""
                username
                anal
                analee
                {"u" * 100}
                {"u" * 101}
                anale
            """
        },
        (
            refuses(STUDENTS, 2, "username", "username is “anal”; it must have 5 to 100 characters."),
            refuses(STUDENTS, 5, "username", f"username is “{'u' * 80}…”; it must have 5 to 100 characters."),
        ),
    ),
    Example(
        "username-is-email",
        "A student’s username may hold an @, but be no e-mail address",
        {
            "student-upload": """
                username
                ana@lantern.example
                ana@lantern
            """
        },
        (
            refuses(
                STUDENTS,
                2,
                "username",
                "username is “ana@lantern.example”, an e-mail address; choose a username that is not one.",
            ),
        ),
    ),
    Example(
        "username-characters",
        "A student’s username has letters, digits and - _ + . @",
        {
            "student-upload": """
                username
                ana lee
                añalee
                a-n_a+l.ee@9
            """
        },
        (
            refuses(
                STUDENTS, 2, "username", "username is “ana lee”; it may have only letters A-Z, digits and - _ + . @"
            ),
            refuses(
                STUDENTS, 3, "username", "username is “añalee”; it may have only letters A-Z, digits and - _ + . @"
            ),
        ),
    ),
    Example(
        "username-characters",
        "A staff user’s username has no @",
        {
            "staff-upload": """
                username
                tess@day
                tess.day
            """
        },
        (
            refuses(
                STAFF, 2, "username", "username is “tess@day”; it may have only letters A-Z, digits and - _ + . (no @)"
            ),
        ),
    ),
    Example(
        "password-weak",
        "A password has at least 8 characters, a lower-case letter and a digit; it is never shown",
        {
            "student-upload": """
                password
                short-1
                NO-LOWER-CASE-1
                no-digit-here
                longer-1
            """
        },
        tuple(refuses(STUDENTS, line, "password", WEAK) for line in (2, 3, 4)),
    ),
    Example(
        "row-too-long",
        "Of a broken row in a file with passwords no more is shown than its first cell",
        {STUDENTS: STUDENT_HEADER + "S1,Lee, Ana,,Lee,,05,ana.lee,secret-word-1\n" + BEN},
        (refuses(STUDENTS, 2, "row", f"{LONG}: “S1,•••”"),),
        alone=True,
    ),
)
_UNIQUE = (
    Example(
        "upload-id-repeated",
        "Of several rows with the same ID the first stands, and is told only once though all else is the same, too",
        {
            "student-upload": """
                studentId | username | email
                S1        | ana.lee  | ana@lantern.example
                S1        | ana.lee  | ana@lantern.example
                s1        | anna.lee |
            """
        },
        (
            refuses(
                STUDENTS,
                3,
                "studentId",
                "studentId “S1” is used already in row 2; each person needs an ID of their own.",
            ),
        ),
    ),
    Example(
        "upload-email-repeated",
        "Of several rows with the same e-mail the first stands; capitals do not count",
        {
            "staff-upload": """
                staffId | email
                T1      | tess@lantern.example
                T2      | Tess@Lantern.Example
                T3      | tom@lantern.example
            """
        },
        (
            refuses(
                STAFF,
                3,
                "email",
                "email “Tess@Lantern.Example” is used already in row 2; each person needs an address of their own.",
            ),
        ),
    ),
    Example(
        "upload-email-repeated",
        "Having no e-mail is nothing that is shared",
        {
            "student-upload": """
                studentId | email
                S1        |
                S2        |
            """
        },
    ),
    Example(
        "upload-username-repeated",
        "Of several rows with the same username the first stands, even if it is refused for another fault",
        {
            "student-upload": """
                studentId | username | grade
                S1        | ana.lee  | 99
                S2        | Ana.Lee  | 05
                S3        | ana.l    | 05
            """
        },
        (
            refuses(
                STUDENTS,
                2,
                "grade",
                f"grade is “99”; it must be one of: {STUDENT_GRADES}.",
                rule="upload-grade-unknown",
            ),
            refuses(
                STUDENTS,
                3,
                "username",
                "username “Ana.Lee” is used already in row 2; each person needs a username of their own.",
            ),
        ),
    ),
    Example(
        "upload-class-repeated",
        "A class of the same name and teacher stands once; another teacher’s is another class",
        {
            "class-upload": """
                className | primaryTeacher
                Algebra   | tess@lantern.example
                Algebra   | Tess@lantern.example
                Algebra   | tom@lantern.example
            """
        },
        (
            refuses(
                CLASSES,
                3,
                "className",
                "The class “Algebra” with this teacher stands already in row 2; remove one of the two rows, or name"
                " it otherwise.",
            ),
        ),
    ),
    Example(
        "upload-id-taken",
        "An upload creates and never changes: who is there already is one fault, on the ID",
        {
            "student-upload": """
                studentId | username | email
                ana       | ana.lee  |
                S1        | sam.lee  |
            """
        },
        (
            refuses(
                STUDENTS,
                2,
                "studentId",
                "studentId “ana” is already in use; an upload creates people and does not change them.",
            ),
        ),
        known={},
    ),
    Example(
        "upload-username-taken",
        "A username of somebody in the district is taken; capitals do not count",
        {
            "student-upload": """
                studentId | username
                S1        | Ana.Lee
                S2        | sam.lee
            """
        },
        (refuses(STUDENTS, 2, "username", "username “Ana.Lee” is already in use; choose another one."),),
        known={},
    ),
    Example(
        "upload-email-taken",
        "An e-mail that is in use is said to be so, and not by whom",
        {
            "student-upload": """
                studentId | email
                S1        | Tess@lantern.example
                S2        | sam@lantern.example
            """
        },
        (refuses(STUDENTS, 2, "email", "email is already in use"),),
        known={},
    ),
    Example(
        "upload-teacher-unknown",
        "A class has a teacher of this school; capitals do not count",
        {
            "class-upload": """
                className | primaryTeacher
                Pottery   | Tess@lantern.example
                Weaving   | sam@lantern.example
            """
        },
        (
            refuses(
                CLASSES,
                3,
                "primaryTeacher",
                "primaryTeacher “sam@lantern.example” is not the e-mail of a teacher of this school.",
            ),
        ),
        known={},
    ),
    Example(
        "upload-class-taken",
        "A class of the same name and teacher is not made twice",
        {
            "class-upload": """
                className | primaryTeacher
                Math 1    | tess@lantern.example
                Pottery   | tess@lantern.example
            """
        },
        (
            refuses(
                CLASSES,
                2,
                "className",
                "A class “Math 1” with this teacher is already there in this school year; an upload does not make it "
                "twice.",
            ),
        ),
        known={},
    ),
)

EXAMPLES = (*_FILES, *_CELLS, *_UNIQUE)
