"""Can each row be read? One that cannot is refused on its line, and the rows around it are read."""

from __future__ import annotations

from tests.spec.example import BOTH, Example, notes, refuses

HEADER = "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\n"
NORTH, SOUTH = "north,,,North,school,,\n", "south,,,South,school,,\n"
AROUND = {"orgs": "north south"}

EXAMPLES = (
    Example(
        "row-too-short",
        "A row with fewer cells than the header is refused, and the rows around it are read",
        {"orgs.csv": HEADER + NORTH + "east,,,East,school\n" + SOUTH},
        (refuses("orgs.csv", 3, "row", "The row has fewer cells than the header: “east,,,East,school”"),),
        versions=BOTH,
        accepted=AROUND,
    ),
    Example(
        "row-too-short",
        "Blank lines are no rows, but they are counted",
        {"orgs.csv": HEADER + NORTH + "\n\n   \n" + SOUTH + "east,school\n\n"},
        (refuses("orgs.csv", 7, "row", "The row has fewer cells than the header: “east,school”"),),
        accepted=AROUND,
    ),
    Example(
        "row-too-short",
        "The last row needs no line end",
        {"orgs.csv": (HEADER + NORTH + SOUTH).rstrip("\n")},
        versions=BOTH,
        accepted=AROUND,
    ),
    Example(
        "row-too-long",
        "A row with more cells than the header is refused; a comma inside quotes is part of the cell",
        {
            "orgs.csv": HEADER
            + NORTH
            + "east,,,East, Upper School,school,,\n"
            + 'south,,,"South, Upper School",school,,\n'
        },
        (
            refuses(
                "orgs.csv", 3, "row", "The row has more cells than the header: “east,,,East, Upper School,school,,”"
            ),
        ),
        versions=BOTH,
        accepted=AROUND,
    ),
    Example(
        "row-not-utf8",
        "A row in another encoding is refused, and rows in UTF-8 are read",
        {
            "orgs.csv": (HEADER + NORTH).encode()
            + "east,,,École Est,school,,\n".encode("windows-1252")
            + "south,,,École Sud,school,,\n".encode()
        },
        (
            refuses(
                "orgs.csv",
                3,
                "row",
                "The row holds characters that are not UTF-8 text: “east,,,\ufffdcole Est,school,,”",
            ),
        ),
        versions=BOTH,
        accepted=AROUND,
    ),
    Example(
        "row-quote",
        "A quote that does not close, or that stands inside a cell, refuses its row only",
        {
            "orgs.csv": HEADER
            + NORTH
            + 'east,,,"East,school,,\n'
            + 'west,,,The "West" School,school,,\n'
            + 'south,,,"The ""South"" School",school,,\n'
        },
        (
            refuses(
                "orgs.csv",
                3,
                "row",
                'The row has a quote that does not close, or that stands inside a cell: “east,,,"East,school,,”',
            ),
            refuses(
                "orgs.csv",
                4,
                "row",
                'The row has a quote that does not close, or that stands inside a cell: “west,,,The "West"'
                " School,school,,”",
            ),
        ),
        versions=BOTH,
        accepted=AROUND,
    ),
    Example(
        "row-nul",
        "A NUL character refuses its row",
        {"orgs.csv": HEADER + NORTH + "east,,,Ea\x00st,school,,\n" + SOUTH},
        (
            refuses(
                "orgs.csv", 3, "row", "The row holds a NUL character, which is not text: “east,,,Ea\u2400st,school,,”"
            ),
        ),
        versions=BOTH,
        accepted=AROUND,
    ),
    Example(
        "row-carriage-return",
        "A carriage return in the middle of a row refuses it; at the end of a row it is part of the line end",
        {"orgs.csv": HEADER + "north,,,North,school,,\r\n" + "east,,,East\rSchool,school,,\n" + SOUTH},
        (
            refuses(
                "orgs.csv",
                3,
                "row",
                "The row holds a carriage return in its middle: “east,,,East\u240dSchool,school,,”",
            ),
        ),
        versions=BOTH,
        accepted=AROUND,
    ),
    Example(
        "row-carriage-return",
        "A file whose rows all end in a carriage return alone is read",
        {"orgs.csv": (HEADER + NORTH + SOUTH).replace("\n", "\r")},
        versions=BOTH,
        accepted=AROUND,
    ),
    Example(
        "cell-line-break",
        "Line breaks inside quotes do not count as lines",
        {"orgs.csv": HEADER + 'north,,,"North\nSchool",school,,\n' + SOUTH + "east,,,East,school\n"},
        (
            notes(
                "orgs.csv",
                2,
                "name",
                "name is “North[U+000A]School”, which holds a line break; the standard forbids it.",
            ),
            refuses(
                "orgs.csv",
                4,
                "row",
                "The row has fewer cells than the header: “east,,,East,school”",
                rule="row-too-short",
            ),
        ),
        versions=BOTH,
        accepted=AROUND,
    ),
)
