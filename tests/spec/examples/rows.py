"""Can each row be read? One that cannot is refused on its line, and the rows around it are read."""

from __future__ import annotations

from tests.spec.example import BOTH, Example, notes, refuses

SHORT = "The row has fewer cells than the header; a comma may be missing or its end was cut off"
LONG = "The row has more cells than the header; put a cell that contains a comma into quotes"
NOT_UTF8 = "The row holds characters that are not UTF-8 text; export the file as UTF-8"
QUOTE = (
    "The row has a quote that does not close, or that stands inside a cell; "
    "remove it, or double it and quote the whole cell"
)
NUL = "The row holds a NUL character, which is not text; export the file again"
RETURN = "The row holds a carriage return in its middle; remove the line break from the cell"

HEADER = "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\n"
NORTH, SOUTH = "north,,,North,school,,\n", "south,,,South,school,,\n"
AROUND = {"orgs": "north south"}

EXAMPLES = (
    Example(
        "row-too-short",
        "A row with fewer cells than the header is refused, and the rows around it are read",
        {"orgs.csv": HEADER + NORTH + "east,,,East,school\n" + SOUTH},
        (refuses("orgs.csv", 3, "row", f"{SHORT}: “east,,,East,school”"),),
        versions=BOTH,
        accepted=AROUND,
    ),
    Example(
        "row-too-short",
        "Blank lines are no rows, but they are counted",
        {"orgs.csv": HEADER + NORTH + "\n\n   \n" + SOUTH + "east,school\n\n"},
        (refuses("orgs.csv", 7, "row", f"{SHORT}: “east,school”"),),
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
        (refuses("orgs.csv", 3, "row", f"{LONG}: “east,,,East, Upper School,school,,”"),),
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
                f"{NOT_UTF8}: “east,,,\ufffdcole Est,school,,”",
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
                f'{QUOTE}: “east,,,"East,school,,”',
            ),
            refuses(
                "orgs.csv",
                4,
                "row",
                f'{QUOTE}: “west,,,The "West" School,school,,”',
            ),
        ),
        versions=BOTH,
        accepted=AROUND,
    ),
    Example(
        "row-nul",
        "A NUL character refuses its row",
        {"orgs.csv": HEADER + NORTH + "east,,,Ea\x00st,school,,\n" + SOUTH},
        (refuses("orgs.csv", 3, "row", f"{NUL}: “east,,,Ea\u2400st,school,,”"),),
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
                f"{RETURN}: “east,,,East\u240dSchool,school,,”",
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
                f"{SHORT}: “east,,,East,school”",
                rule="row-too-short",
            ),
        ),
        versions=BOTH,
        accepted=AROUND,
    ),
)
