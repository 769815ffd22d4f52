"""Packages and files: can they be read at all, and which table is which?"""

from __future__ import annotations

from tests.spec.example import BOTH, Example, notes, stops

ORGS = "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\n"
NORTH, SOUTH = "north,,,North,school,,\n", "south,,,South,school,,\n"
SESSIONS = "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear\n"
CATEGORIES = "sourcedId,status,dateLastModified,title\n"
ORGS_ARE_BULK = """
    propertyName | value
    file.orgs    | bulk
"""

_PACKAGES = (
    Example(
        "package-junk",
        "What is no roster file is passed over",
        {"orgs": "sourcedId"},
        (
            notes("__MACOSX/._orgs.csv", None, None, "__MACOSX/._orgs.csv is not a roster file and was passed over."),
            notes("read me.txt", None, None, "read me.txt is not a roster file and was passed over."),
        ),
        junk=("__MACOSX/._orgs.csv", "read me.txt"),
        accepted={"orgs": "lantern north south"},
    ),
    Example(
        "package-junk",
        "By the letter of the standard nothing else may be in a package",
        {"orgs": "sourcedId"},
        (stops("read me.txt", None, None, "read me.txt is not a roster file and was passed over."),),
        junk=("read me.txt",),
        profile="standard",
    ),
    Example(
        "package-junk",
        "A package with roster files at its top and nothing else is as it should be",
        {"orgs": "sourcedId"},
        folder="./",
        profile="standard",
    ),
    Example(
        "package-folder",
        "One folder around the files is opened",
        {"orgs": "sourcedId"},
        (notes("roster/", None, None, "The files lie in the folder “roster/”. Zip the files, not their folder."),),
        folder="roster/",
        accepted={"orgs": "lantern north south"},
    ),
    Example(
        "package-folder",
        "By the letter of the standard the files lie at the top",
        {"orgs": "sourcedId"},
        (stops("roster/", None, None, "The files lie in the folder “roster/”. Zip the files, not their folder."),),
        folder="roster/",
        profile="standard",
    ),
    Example(
        "package-folder",
        "Loose files are no package and have no folder",
        {"orgs": "sourcedId"},
        profile="standard",
    ),
    Example(
        "package-backslash",
        "A backslash between folder and file is read as a slash",
        {"orgs": "sourcedId"},
        (
            notes(
                "roster\\",
                None,
                None,
                "The files lie in the folder “roster\\”. Zip the files, not their folder.",
                rule="package-folder",
            ),
            notes("roster\\orgs.csv", None, None, "“roster\\orgs.csv” has a “\\” where zip archives have a “/”."),
        ),
        folder="roster\\",
        accepted={"orgs": "lantern north south"},
    ),
    Example(
        "package-backslash",
        "A slash is right",
        {"orgs": "sourcedId"},
        (
            notes(
                "roster/",
                None,
                None,
                "The files lie in the folder “roster/”. Zip the files, not their folder.",
                rule="package-folder",
            ),
        ),
        folder="roster/",
    ),
    Example(
        "file-name",
        "A file is known by its header row, whatever it is called, and the right name is told",
        {"schools.csv": ORGS + NORTH, "Orgs.csv": SESSIONS + "year,,,Year,schoolYear,2026-08-01,2027-07-01,,2027\n"},
        (
            notes(
                "schools.csv",
                None,
                None,
                "schools.csv holds orgs and was read as such; the standard asks for the name orgs.csv.",
            ),
            notes(
                "Orgs.csv",
                None,
                None,
                "Orgs.csv holds academicSessions and was read as such; the standard asks for the name"
                " academicSessions.csv.",
            ),
            notes(
                None,
                None,
                None,
                "There is no manifest.csv; the tables were told by their header rows and read as complete files.",
                rule="manifest-missing",
            ),
        ),
        alone=True,
        versions=BOTH,
        accepted={"orgs": "north", "academicSessions": "year"},
    ),
    Example(
        "file-name",
        "Capitals count, also where the name is right but for them",
        {"Orgs.CSV": ORGS + NORTH, "manifest": ORGS_ARE_BULK},
        (
            notes(
                "Orgs.CSV",
                None,
                None,
                "Orgs.CSV holds orgs and was read as such; the standard asks for the name orgs.csv.",
            ),
        ),
        folder="./",
        accepted={"orgs": "north"},
    ),
    Example(
        "file-name",
        "By the letter of the standard the name must be right",
        {"Orgs.csv": ORGS + NORTH, "manifest": ORGS_ARE_BULK},
        (
            stops(
                "Orgs.csv",
                None,
                None,
                "Orgs.csv holds orgs and was read as such; the standard asks for the name orgs.csv.",
            ),
        ),
        profile="standard",
    ),
    Example(
        "file-name", "The right name is not remarked on", {"orgs.csv": ORGS + NORTH}, profile="standard", versions=BOTH
    ),
)
_FILES = (
    Example(
        "file-not-csv",
        "A file that is something else stops the sync and is named for what it is, once",
        {"orgs.csv": b"%PDF-1.7 and more", "courses": "sourcedId"},
        (stops("orgs.csv", None, None, "orgs.csv is not a CSV file but a PDF."),),
        versions=BOTH,
    ),
    Example(
        "file-not-csv",
        "A web page, a spreadsheet and the like are recognised by their first bytes",
        {
            "orgs.csv": b"<!DOCTYPE html><html>",
            "courses.csv": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more",
            "users.csv": b'{"users": []}',
        },
        (
            stops("orgs.csv", None, None, "orgs.csv is not a CSV file but a web page (HTML)."),
            stops("courses.csv", None, None, "courses.csv is not a CSV file but an old Excel workbook (.xls)."),
            stops("users.csv", None, None, "users.csv is not a CSV file but JSON."),
        ),
        alone=True,
    ),
    Example(
        "file-not-csv", "CSV text is read, with a byte order mark or without one", {"orgs.csv": "\ufeff" + ORGS + NORTH}
    ),
    Example(
        "file-encoding",
        "Text in UTF-16 stops the sync",
        {"orgs.csv": (ORGS + NORTH).encode("utf-16"), "courses": "sourcedId"},
        (stops("orgs.csv", None, None, "orgs.csv is UTF-16 text; it must be UTF-8 text."),),
        versions=BOTH,
    ),
    Example(
        "file-encoding",
        "A header row that is not UTF-8 stops the sync",
        {"orgs.csv": ("Schlüssel," + ORGS + NORTH).encode("windows-1252")},
        (
            stops(
                "orgs.csv",
                None,
                None,
                "orgs.csv is text that is not UTF-8, perhaps Windows-1252; it must be UTF-8 text.",
            ),
        ),
    ),
    Example(
        "file-encoding", "UTF-8 text of any language is fine", {"orgs.csv": ORGS + "north,,,École du Nord,school,,\n"}
    ),
    Example(
        "file-delimiter",
        "Cells separated by semicolons or tabs stop the sync",
        {"orgs.csv": (ORGS + NORTH).replace(",", ";"), "courses.csv": "sourcedId\tstatus\ttitle\n"},
        (
            stops("orgs.csv", None, None, "The cells of orgs.csv are separated by semicolons, not by commas."),
            stops("courses.csv", None, None, "The cells of courses.csv are separated by tabs, not by commas."),
        ),
        alone=True,
    ),
    Example(
        "file-delimiter",
        "A semicolon inside a cell is a letter like others",
        {"orgs.csv": ORGS + "north,,,North; Lower School,school,,\n"},
    ),
    Example(
        "file-empty",
        "A file without even a header row stops the sync",
        {"orgs.csv": "", "courses.csv": "\n \n"},
        (
            stops("orgs.csv", None, None, "orgs.csv is empty: not even a header row is in it."),
            stops("courses.csv", None, None, "courses.csv is empty: not even a header row is in it."),
        ),
        alone=True,
    ),
    Example(
        "file-empty", "Blank lines before the header row are counted and passed over", {"orgs.csv": "\n" + ORGS + NORTH}
    ),
    Example(
        "file-unknown",
        "A file whose header row fits no table is passed over",
        {"orgs": "sourcedId", "lunches.csv": "day,dish\nMonday,Soup\n"},
        (notes("lunches.csv", None, None, "lunches.csv was passed over: its header row fits no table that we know."),),
        accepted={"orgs": "lantern north south"},
    ),
    Example(
        "file-unknown",
        "By the letter of the standard such a file does not belong into the delivery",
        {"orgs": "sourcedId", "lunches.csv": "day,dish\nMonday,Soup\n"},
        (stops("lunches.csv", None, None, "lunches.csv was passed over: its header row fits no table that we know."),),
        profile="standard",
    ),
    Example(
        "file-unknown",
        "A few columns that are missing or foreign do not make a file unknown",
        {"orgs.csv": "sourcedId,name,type,Phone\nnorth,North,school,555\n"},
        (
            notes(
                "orgs.csv",
                1,
                "status",
                "The column status is missing; its cells count as empty.",
                rule="column-missing",
            ),
            notes(
                "orgs.csv",
                1,
                "dateLastModified",
                "The column dateLastModified is missing; its cells count as empty.",
                rule="column-missing",
            ),
            notes(
                "orgs.csv",
                1,
                "identifier",
                "The column identifier is missing; its cells count as empty.",
                rule="column-missing",
            ),
            notes(
                "orgs.csv",
                1,
                "parentSourcedId",
                "The column parentSourcedId is missing; its cells count as empty.",
                rule="column-missing",
            ),
            notes(
                "orgs.csv",
                1,
                None,
                "The column “Phone” was passed over; the standard does not know it.",
                rule="column-unknown",
            ),
        ),
        accepted={"orgs": "north"},
    ),
    Example(
        "file-twice",
        "Two files of the same table stop the sync: which one counts cannot be told",
        {"orgs.csv": ORGS + NORTH, "schools.csv": ORGS + SOUTH},
        (
            stops(
                "schools.csv",
                None,
                None,
                "orgs.csv and schools.csv both hold the same table, and it cannot be told which one counts.",
            ),
        ),
        versions=BOTH,
    ),
    Example(
        "file-twice",
        "Two files that look alike but for one column are two tables",
        {
            "classResources": """
                sourcedId | classSourcedId | resourceSourcedId
                cr-1      | math-1         | r1
            """,
            "courseResources": """
                sourcedId | courseSourcedId | resourceSourcedId
                cr-1      | math            | r1
            """,
            "resources": """
                sourcedId
                r1
            """,
        },
        accepted={"classResources": "cr-1", "courseResources": "cr-1"},
    ),
    Example(
        "file-missing",
        "A complete file needs the tables that its rows point at",
        {"courses": "sourcedId"},
        (stops(None, None, None, "orgs.csv is missing: courses.csv cannot be checked without it."),),
        without=("orgs",),
        versions=BOTH,
    ),
    Example(
        "file-missing",
        "In 1.2 users need their roles",
        {"users": "sourcedId"},
        (stops(None, None, None, "roles.csv is missing: users.csv cannot be checked without it."),),
        without=("roles",),
        versions=("1.2",),
    ),
    Example(
        "file-missing",
        "What was accepted before need not come again",
        {"courses": "sourcedId"},
        without=("orgs",),
        known={},
        accepted={"courses": "math drama"},
    ),
    Example(
        "file-missing",
        "A set of changes need not be complete",
        {
            "courses": """
                sourcedId
                physics
            """
        },
        deltas=("courses",),
        accepted={"courses": "physics"},
    ),
    Example(
        "file-without-rows",
        "A file without records is noted",
        {"orgs": "sourcedId", "categories.csv": CATEGORIES},
        (notes("categories.csv", None, None, "categories.csv has a header row and no records."),),
        accepted={"orgs": "lantern north south"},
    ),
    Example(
        "file-without-rows",
        "By the letter of the standard it is left out and marked as absent",
        {"orgs": "sourcedId", "categories.csv": CATEGORIES},
        (stops("categories.csv", None, None, "categories.csv has a header row and no records."),),
        profile="standard",
    ),
    Example(
        "file-without-rows",
        "One record is enough",
        {
            "categories": """
                sourcedId
                tests
            """
        },
        profile="standard",
        versions=BOTH,
    ),
    Example(
        "delivery-without-records",
        "A delivery in which no file has a record stops the sync: it would end everything there is",
        {"orgs.csv": ORGS, "academicSessions.csv": SESSIONS},
        (
            notes("orgs.csv", None, None, "orgs.csv has a header row and no records.", rule="file-without-rows"),
            notes(
                "academicSessions.csv",
                None,
                None,
                "academicSessions.csv has a header row and no records.",
                rule="file-without-rows",
            ),
            stops(None, None, None, "None of the files holds a record: the export has probably failed."),
        ),
        versions=BOTH,
    ),
    Example(
        "delivery-without-records",
        "A manifest by itself says that nothing has changed",
        {"manifest": "propertyName"},
        versions=BOTH,
    ),
    Example(
        "delivery-unknown",
        "A delivery without any roster file stops the sync",
        {"lunches.csv": "day,dish\nMonday,Soup\n"},
        (stops(None, None, None, "No file of delivered is a roster file that we know."),),
        alone=True,
    ),
    Example(
        "delivery-unknown",
        "A template whose header row was written anew is not recognised, and it is told what would be",
        {"student-upload.csv": "Student,Given,Family,Grade,Login\nS1,Ana,Lee,05,ana.lee\n"},
        (stops(None, None, None, "No file of delivered is a roster file that we know."),),
        alone=True,
    ),
    Example(
        "delivery-unknown",
        "One roster file among others is enough",
        {"orgs": "sourcedId", "lunches.csv": "day,dish\nMonday,Soup\n"},
        (
            notes(
                "lunches.csv",
                None,
                None,
                "lunches.csv was passed over: its header row fits no table that we know.",
                rule="file-unknown",
            ),
        ),
    ),
    Example(
        "delivery-mixed",
        "A template comes by itself",
        {
            "class-upload.csv": "className,primaryTeacher,grade,subject\nAlgebra,tess@lantern.example,05,\n",
            "orgs.csv": ORGS + NORTH,
        },
        (
            stops(
                None, None, None, "class-upload.csv is an upload template and cannot be read together with other files."
            ),
        ),
        alone=True,
    ),
    Example("delivery-mixed", "By itself it is read", {"class-upload": "className | subject\nAlgebra | Science"}),
)

EXAMPLES = (*_PACKAGES, *_FILES)
