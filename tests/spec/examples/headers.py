"""Which column is which?"""

from __future__ import annotations

from tests.spec.example import BOTH, Example, notes, stops

HEADER = "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId"
EMPTY = "its cells count as empty."
COURSES = (
    "sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes"
)

EXAMPLES = (
    Example(
        "required-column-missing",
        "Without a required column nothing can be taken; a header that may be the one is named",
        {"orgs.csv": "sourcedId,status,dateLastModified,orgName,identifier,parentSourcedId\nnorth,,,North,,\n"},
        (
            stops("orgs.csv", 1, "name", "The column name is missing. Is it the one with the header “orgName”?"),
            stops("orgs.csv", 1, "type", "The column type is missing."),
            notes(
                "orgs.csv",
                1,
                None,
                "The column “orgName” was passed over; the standard does not know it. Did you mean “name”?",
                rule="column-unknown",
            ),
        ),
        versions=BOTH,
    ),
    Example(
        "required-column-missing",
        "A set of changes needs status and dateLastModified, too",
        {"orgs.csv": "sourcedId,name,type,identifier,parentSourcedId\nnorth,North,school,,\n"},
        (
            stops("orgs.csv", 1, "status", "The column status is missing."),
            stops("orgs.csv", 1, "dateLastModified", "The column dateLastModified is missing."),
        ),
        deltas=("orgs",),
        versions=BOTH,
    ),
    Example(
        "required-column-missing",
        "All columns in their places are as it should be",
        {"orgs.csv": f"{HEADER}\nnorth,,,North,school,,\n"},
        profile="standard",
        versions=BOTH,
    ),
    Example(
        "column-missing",
        "An optional column that is left out counts as empty",
        {"orgs.csv": "sourcedId,status,dateLastModified,name,type\nnorth,,,North,school\n"},
        (
            notes("orgs.csv", 1, "identifier", f"The column identifier is missing; {EMPTY}"),
            notes("orgs.csv", 1, "parentSourcedId", f"The column parentSourcedId is missing; {EMPTY}"),
        ),
        versions=BOTH,
        accepted={"orgs": "north"},
    ),
    Example(
        "column-missing",
        "By the letter of the standard every column must be there",
        {"orgs.csv": "sourcedId,status,dateLastModified,name,type,identifier\nnorth,,,North,school,\n"},
        (stops("orgs.csv", 1, "parentSourcedId", f"The column parentSourcedId is missing; {EMPTY}"),),
        profile="standard",
        versions=BOTH,
    ),
    Example(
        "column-missing",
        "An empty column is there",
        {"orgs.csv": f"{HEADER}\nnorth,,,North,school,,\n"},
    ),
    Example(
        "column-misspelt",
        "A header with other capitals, with spaces or another number is read as meant",
        {
            "courses.csv": COURSES.replace("sourcedId", "SourcedID", 1)
            .replace("title", " title")
            .replace("subjectCodes", "subjectCode")
            + "\nart,,,,Art,,,north,,\n"
        },
        (
            notes("courses.csv", 1, "sourcedId", "The header “SourcedID” was read as sourcedId."),
            notes("courses.csv", 1, "title", "The header “ title” was read as title."),
            notes("courses.csv", 1, "subjectCodes", "The header “subjectCode” was read as subjectCodes."),
        ),
        versions=BOTH,
        accepted={"courses": "art"},
    ),
    Example(
        "column-misspelt",
        "By the letter of the standard capitals count",
        {"orgs.csv": f"{HEADER.replace('name', 'Name')}\nnorth,,,North,school,,\n"},
        (stops("orgs.csv", 1, "name", "The header “Name” was read as name."),),
        profile="standard",
    ),
    Example(
        "column-misspelt",
        "A header spelt right keeps its column; one like it beside it is another column",
        {"orgs.csv": f"{HEADER},Name\nnorth,,,North,school,,,Polaris\n"},
        (
            notes(
                "orgs.csv",
                1,
                None,
                "The column “Name” was passed over; the standard does not know it.",
                rule="column-unknown",
            ),
        ),
        accepted={"orgs": "north"},
    ),
    Example(
        "column-moved",
        "Columns in another order are found all the same; the first that is out of place is named",
        {
            "orgs.csv": "sourcedId,name,type,status,dateLastModified,parentSourcedId,identifier\n"
            "north,North,school,,,,17\n"
        },
        (notes("orgs.csv", 1, "name", "The column name stands elsewhere than in the standard."),),
        versions=BOTH,
        accepted={"orgs": "north"},
    ),
    Example(
        "column-moved",
        "Columns of metadata stand to the right of all others",
        {"orgs.csv": f"metadata.color,{HEADER}\nblue,north,,,North,school,,\n"},
        (notes("orgs.csv", 1, "metadata.color", "The column metadata.color stands elsewhere than in the standard."),),
    ),
    Example(
        "column-moved",
        "By the letter of the standard the order counts",
        {
            "orgs.csv": "name,sourcedId,status,dateLastModified,type,identifier,parentSourcedId\n"
            "North,north,,,school,,\n"
        },
        (stops("orgs.csv", 1, "name", "The column name stands elsewhere than in the standard."),),
        profile="standard",
        versions=BOTH,
    ),
    Example(
        "column-moved",
        "A column that is left out moves none of the others",
        {"orgs.csv": "sourcedId,status,dateLastModified,name,type,parentSourcedId\nnorth,,,North,school,\n"},
        (notes("orgs.csv", 1, "identifier", f"The column identifier is missing; {EMPTY}", rule="column-missing"),),
    ),
    Example(
        "column-unknown",
        "A further column is passed over unless its header begins with metadata. and goes on",
        {"orgs.csv": f"{HEADER},color,metadata.,,metadata.color\nnorth,,,North,school,,,blue,1,2,blue\n"},
        (
            notes("orgs.csv", 1, None, "The column “color” was passed over; the standard does not know it."),
            notes("orgs.csv", 1, None, "The column “metadata.” was passed over; the standard does not know it."),
            notes(
                "orgs.csv",
                1,
                None,
                "The column number 10, which has no header, was passed over; the standard does not know it.",
            ),
        ),
        versions=BOTH,
        accepted={"orgs": "north"},
    ),
    Example(
        "column-unknown",
        "A header that is nearly one that is missing says so",
        {
            "orgs.csv": "sourcedId,status,dateLastModified,name,type,identifyer,parentSourcedId\n"
            "north,,,North,school,,\n"
        },
        (
            notes(
                "orgs.csv",
                1,
                None,
                "The column “identifyer” was passed over; the standard does not know it. Did you mean “identifier”?",
            ),
            notes("orgs.csv", 1, "identifier", f"The column identifier is missing; {EMPTY}", rule="column-missing"),
        ),
        versions=BOTH,
    ),
    Example(
        "column-unknown",
        "By the letter of the standard there is no other column",
        {"orgs.csv": f"{HEADER},color\nnorth,,,North,school,,,blue\n"},
        (stops("orgs.csv", 1, None, "The column “color” was passed over; the standard does not know it."),),
        profile="standard",
    ),
    Example(
        "column-unknown",
        "A column that only the first layout of users.csv in 1.2 has is known there",
        {
            "users": """
                sourcedId | resourceSourcedIds
                ana       | r1
            """,
            "resources": """
                sourcedId
                r1
            """,
        },
        profile="standard",
        versions=("1.2",),
    ),
    Example(
        "column-twice",
        "A header that stands twice stops the sync",
        {"orgs.csv": f"{HEADER},name\nnorth,,,North,school,,,Polaris\n"},
        (stops("orgs.csv", 1, "name", "The column name stands twice, and it cannot be told which one counts."),),
        versions=BOTH,
    ),
    Example(
        "column-twice",
        "Two columns of metadata have names of their own",
        {"orgs.csv": f"{HEADER},metadata.color,metadata.colour\nnorth,,,North,school,,,blue,blue\n"},
        profile="standard",
        versions=BOTH,
    ),
)
