"""What manifest.csv says of the delivery."""

from __future__ import annotations

from tests.spec.example import BOTH, Example, notes, refuses, stops

ORGS = "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\nnorth,,,North,school,,\n"
ROWS_1_1 = "".join(
    f"file.{name},{'bulk' if name == 'orgs' else 'absent'}\n"
    for name in (
        *("academicSessions", "categories", "classes", "classResources", "courses", "courseResources", "demographics"),
        *("enrollments", "lineItems", "orgs", "resources", "results", "users"),
    )
)
MISSING = "There is no manifest.csv; the tables were told by their header rows and read as complete files."
FILLED = "in a complete (bulk) file both must be empty, and every row counts as active."

EXAMPLES = (
    Example(
        "manifest-missing",
        "Without a manifest the files are read as complete ones",
        {"orgs": "sourcedId"},
        (notes(None, None, None, MISSING),),
        without=("manifest",),
        versions=BOTH,
        accepted={"orgs": "lantern north south"},
    ),
    Example(
        "manifest-missing",
        "By the letter of the standard there must be one",
        {"orgs": "sourcedId"},
        (stops(None, None, None, MISSING),),
        without=("manifest",),
        profile="standard",
        versions=BOTH,
    ),
    Example(
        "manifest-missing", "With a manifest all is well", {"orgs": "sourcedId"}, profile="standard", versions=BOTH
    ),
    Example(
        "manifest-unreadable",
        "A manifest that cannot be read stops the sync: what is complete and what is a change cannot be told",
        {
            "orgs": "sourcedId",
            "manifest.csv": b"propertyName,value\nmanifest.version,1.0\nsource.systemName,Sch\xfcler\n",
        },
        (stops("manifest.csv", None, None, "manifest.csv cannot be read: it is not CSV text in UTF-8."),),
        versions=BOTH,
    ),
    Example(
        "manifest-unreadable",
        "A manifest that is something else is named for what it is",
        {"orgs": "sourcedId", "manifest.csv": b"%PDF-1.7 and more"},
        (stops("manifest.csv", None, None, "manifest.csv cannot be read: it is a PDF."),),
        versions=BOTH,
    ),
    Example(
        "manifest-unreadable",
        "A byte order mark, blank lines and other line ends do no harm",
        {
            "orgs": "sourcedId",
            "manifest.csv": (
                "\ufeffpropertyName,value\n\nmanifest.version,1.0\noneroster.version,1.1\n" + ROWS_1_1
            ).replace("\n", "\r\n"),
        },
        accepted={"orgs": "lantern north south"},
    ),
    Example(
        "manifest-value",
        "A table is absent, bulk or delta; anything else stops the sync",
        {
            "orgs": "sourcedId",
            "manifest": """
                propertyName | value
                file.orgs    | full
            """,
        },
        (
            stops(
                "manifest.csv",
                None,
                None,
                "“full” stands for file.orgs in the manifest; it must be absent, bulk or delta.",
            ),
        ),
        versions=BOTH,
    ),
    Example(
        "manifest-value",
        "A table that is said to come in two ways stops the sync",
        {
            "orgs": "sourcedId",
            "manifest.csv": "propertyName,value\nmanifest.version,1.0\noneroster.version,1.1\nfile.orgs,delta\n"
            + ROWS_1_1,
        },
        (
            stops(
                "manifest.csv",
                None,
                None,
                "“bulk” stands for file.orgs, beside “delta” in the manifest; it must be absent, bulk or delta.",
            ),
        ),
    ),
    Example(
        "manifest-value",
        "Each table comes in its own way, so that some may be complete and others hold changes only",
        {
            "users": """
                sourcedId
                dora
            """,
            "courses": "sourcedId",
        },
        deltas=("users",),
        known={},
        accepted={"users": "dora", "courses": "math drama"},
        roster={"users": "tess tom ana ben cleo dora", "courses": "math drama"},
    ),
    Example(
        "manifest-file-missing",
        "A file that the manifest announces must be there",
        {
            "orgs": "sourcedId",
            "manifest": """
                propertyName    | value
                file.categories | bulk
                file.courses    | delta
            """,
        },
        (
            stops(
                None, None, None, "The manifest announces categories.csv as bulk, but the file is not in the delivery."
            ),
            stops(
                None, None, None, "The manifest announces courses.csv as delta, but the file is not in the delivery."
            ),
        ),
        versions=BOTH,
    ),
    Example(
        "manifest-file-missing",
        "A file that is announced and missing is told once, though others need it",
        {
            "courses": "sourcedId",
            "manifest": """
                propertyName | value
                file.orgs    | bulk
            """,
        },
        (stops(None, None, None, "The manifest announces orgs.csv as bulk, but the file is not in the delivery."),),
        without=("orgs",),
        versions=BOTH,
    ),
    Example(
        "manifest-file-missing",
        "A file that is called absent need not be there",
        {
            "orgs": "sourcedId",
            "manifest": """
                propertyName    | value
                file.categories | absent
            """,
        },
        versions=BOTH,
    ),
    Example(
        "manifest-file-marked-absent",
        "A file that the manifest calls absent is passed over",
        {
            "orgs": "sourcedId",
            "categories": """
                sourcedId
                tests
            """,
            "manifest": """
                propertyName    | value
                file.categories | absent
            """,
        },
        (
            notes(
                "categories.csv",
                None,
                None,
                "The manifest calls categories.csv absent, but the file is there; it was passed over.",
            ),
        ),
        versions=BOTH,
        accepted={"orgs": "lantern north south"},
    ),
    Example(
        "manifest-file-marked-absent",
        "By the letter of the standard manifest and files must agree",
        {
            "orgs": "sourcedId",
            "categories": """
                sourcedId
                tests
            """,
            "manifest": """
                propertyName    | value
                file.categories | absent
            """,
        },
        (
            stops(
                "categories.csv",
                None,
                None,
                "The manifest calls categories.csv absent, but the file is there; it was passed over.",
            ),
        ),
        profile="standard",
    ),
    Example(
        "manifest-file-marked-absent",
        "A file that the manifest calls bulk is read",
        {
            "categories": """
                sourcedId
                tests
            """,
            "manifest": """
                propertyName    | value
                file.categories | bulk
            """,
        },
        versions=BOTH,
        accepted={"categories": "tests"},
    ),
    Example(
        "manifest-property",
        "What Excel makes of the versions is read as meant",
        {
            "orgs": "sourcedId",
            "manifest": """
                propertyName      | value
                manifest.version  | 1
                oneroster.version | 1.1.1
            """,
        },
        (
            notes("manifest.csv", None, None, "manifest.csv: manifest.version is 1 and must be 1.0."),
            notes("manifest.csv", None, None, "manifest.csv: oneroster.version is 1.1.1 and must be 1.1 or 1.2."),
        ),
        accepted={"orgs": "lantern north south"},
    ),
    Example(
        "manifest-property",
        "The corrected binding calls itself 1.2.1 in some files",
        {
            "orgs": "sourcedId",
            "manifest": """
                propertyName      | value
                oneroster.version | 1.2.1
            """,
        },
        (notes("manifest.csv", None, None, "manifest.csv: oneroster.version is 1.2.1 and must be 1.1 or 1.2."),),
        versions=("1.2",),
    ),
    Example(
        "manifest-property",
        "Properties that are missing, foreign or misspelt are told one by one",
        {
            "orgs": "sourcedId",
            "manifest": """
                propertyName      | value
                file.orgs*        | bulk
                file.systemName   | Lantern SIS
                file.courses      | Absent
            """,
        },
        (
            notes("manifest.csv", None, None, "manifest.csv: file.orgs* was read as file.orgs."),
            notes(
                "manifest.csv",
                None,
                None,
                "manifest.csv: file.systemName is no property of the standard and was passed over.",
            ),
            notes("manifest.csv", None, None, "manifest.csv: file.courses is Absent and must be written absent."),
            notes(
                "manifest.csv",
                None,
                None,
                "manifest.csv: the row file.users is missing; the file counts as complete if it is there.",
            ),
        ),
        without=("file.orgs", "file.users"),
        versions=BOTH,
        accepted={"orgs": "lantern north south"},
    ),
    Example(
        "manifest-property",
        "A header row with other words, or properties side by side, can be understood all the same",
        {
            "orgs": "sourcedId",
            "manifest.csv": "propertyName,propertyValue\nmanifest.version,1.0\noneroster.version,1.1\n" + ROWS_1_1,
        },
        (notes("manifest.csv", None, None, "manifest.csv: its header row is not propertyName,value."),),
    ),
    Example(
        "manifest-property",
        "Columns that speak for another version than the manifest prevail",
        {
            "users": "sourcedId",
            "manifest": """
                propertyName      | value
                oneroster.version | 1.2
            """,
        },
        (
            notes(
                "manifest.csv",
                None,
                None,
                "manifest.csv: oneroster.version is 1.2, but the columns of the files are those of 1.1.",
            ),
            *(
                notes(
                    "manifest.csv",
                    None,
                    None,
                    f"manifest.csv: the row file.{name} is missing; the file counts as complete if it is there.",
                )
                for name in (
                    *(
                        "lineItemLearningObjectiveIds",
                        "lineItemScoreScales",
                        "resultLearningObjectiveIds",
                        "resultScoreScales",
                    ),
                    *("roles", "scoreScales", "userProfiles", "userResources"),
                )
            ),
        ),
        accepted={"users": "tess tom ana ben cleo"},
    ),
    Example(
        "manifest-property",
        "By the letter of the standard the manifest must be right",
        {
            "orgs": "sourcedId",
            "manifest": """
                propertyName     | value
                manifest.version | 1
            """,
        },
        (stops("manifest.csv", None, None, "manifest.csv: manifest.version is 1 and must be 1.0."),),
        profile="standard",
        versions=BOTH,
    ),
    Example(
        "manifest-property",
        "The name and code of the source system are the standard’s, too",
        {
            "orgs": "sourcedId",
            "manifest": """
                propertyName      | value
                source.systemName | Lantern SIS
                source.systemCode | lantern-7
            """,
        },
        profile="standard",
        versions=BOTH,
    ),
    Example(
        "bulk-columns-filled",
        "In a complete file status and dateLastModified are passed over, and counted in one note",
        {
            "orgs": """
                sourcedId | status      | dateLastModified
                north     | active      | 2026-09-01T06:30:00.000Z
                south     | tobedeleted |
                lantern   |             |
            """
        },
        (
            notes(
                "orgs.csv",
                2,
                "status",
                f"status or dateLastModified is filled in (rows: 2); {FILLED}",
            ),
        ),
        versions=BOTH,
        accepted={"orgs": "lantern north south"},
    ),
    Example(
        "bulk-columns-filled",
        "By the letter of the standard each such row is refused",
        {
            "categories": """
                sourcedId | status | dateLastModified
                tests     | active | 2026-09-01T06:30:00.000Z
                homework  |        | yesterday
                projects  |        |
            """
        },
        (
            refuses("categories.csv", 2, "status", f"status or dateLastModified is filled in; {FILLED}"),
            refuses("categories.csv", 3, "status", f"status or dateLastModified is filled in; {FILLED}"),
        ),
        profile="standard",
        versions=BOTH,
        accepted={"categories": "projects"},
    ),
)
