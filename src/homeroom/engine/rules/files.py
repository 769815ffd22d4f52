"""Can the delivery be read at all, and are its files and columns those of the standard?

These rules are judged while reading (``formats``) and, for whole tables, before anything else (``validate``).
"""

from __future__ import annotations

from homeroom.engine.rule import Consequence, Rule

_PACKAGE = "OneRoster CSV 1.2, section on the package"
_MANIFEST = "OneRoster CSV 1.2, manifest.csv"
_SYNTAX = "RFC 4180; OneRoster CSV 1.2, section on syntax"
_HEADERS = "OneRoster CSV 1.2, header rows"
_STOPS, _REFUSES, _NOTES = Consequence.STOPS, Consequence.REFUSES, Consequence.NOTES
_SAVE_AS = "In Excel choose File > Save As > CSV UTF-8 (comma delimited), and send that file."


def _rule(id: str, consequence: Consequence, says: str, message: str, remedy: str, source: str) -> Rule:
    return Rule(id=id, consequence=consequence, says=says, message=message, remedy=remedy, source=source)


RULES: tuple[Rule, ...] = (
    _rule(
        "package-junk",
        _NOTES,
        "A package holds roster files and nothing else.",
        "{value} is not a roster file and was passed over.",
        "Nothing is lost. Better leave such files out of the package.",
        _PACKAGE,
    ),
    _rule(
        "package-folder",
        _NOTES,
        "The files of a package lie at its top, in no folder.",
        "{detail}",
        "Nothing is lost. Better zip the files themselves, not the folder that holds them.",
        _PACKAGE,
    ),
    _rule(
        "package-backslash",
        _NOTES,
        "Names inside a package use no backslash.",
        "{detail}",
        "Nothing is lost. Better make the package with another program.",
        _PACKAGE,
    ),
    _rule(
        "file-name",
        _NOTES,
        "A file is named as its table, in the same capitals, and ends in .csv.",
        "{value} holds {detail} and was read as such; the standard asks for the name {expected}.",
        "Nothing is lost. Better name the file as the standard does.",
        _PACKAGE,
    ),
    _rule("file-not-csv", _STOPS, "A file is CSV text.", "{value} is not a CSV file but {detail}.", _SAVE_AS, _SYNTAX),
    _rule(
        "file-encoding",
        _STOPS,
        "A file is UTF-8 text.",
        "{value} is {detail}; it must be UTF-8 text.",
        _SAVE_AS,
        _SYNTAX,
    ),
    _rule(
        "file-delimiter",
        _STOPS,
        "Cells are separated by commas.",
        "The cells of {value} are separated by {detail}, not by commas.",
        "Export the file with commas. Excel uses other separators in some countries; choose CSV UTF-8 (comma delimited).",
        _SYNTAX,
    ),
    _rule(
        "file-empty",
        _STOPS,
        "A file begins with a header row.",
        "{value} is empty: not even a header row is in it.",
        "Export the file again; the export may have been interrupted.",
        _HEADERS,
    ),
    _rule(
        "file-unknown",
        _NOTES,
        "Every file is one of the standard's tables.",
        "{value} was passed over: its header row fits no table that we know.{detail}",
        "If it is a roster file, compare its header row with the reference; otherwise leave it out.",
        _PACKAGE,
    ),
    _rule(
        "file-twice",
        _STOPS,
        "Each table comes in one file.",
        "{value} and {detail} both hold the same table, and it cannot be told which one counts.",
        "Send one of the two.",
        _PACKAGE,
    ),
    _rule(
        "file-missing",
        _STOPS,
        "A complete delivery holds every table that its rows point at.",
        "{value} is missing: {detail} cannot be checked without it.",
        "Add the file to the delivery. When you check by hand, --known can name the roster as accepted before.",
        "OneRoster CSV 1.2, Appendix A; product.md 5",
    ),
    _rule(
        "file-without-rows",
        _NOTES,
        "A file that is sent has at least one record.",
        "{value} has a header row and no records.",
        "If there is nothing to send, mark the file as absent in the manifest and leave it out.",
        _PACKAGE,
    ),
    _rule(
        "delivery-without-records",
        _STOPS,
        "A delivery holds at least one record.",
        "None of the files holds a record: the export has probably failed.",
        "Run the export again and look into the files before you send them.",
        "product.md 5",
    ),
    _rule(
        "delivery-unknown",
        _STOPS,
        "A delivery holds a roster.",
        "No file of {value} is a roster file that we know.{detail}",
        "Send a OneRoster CSV package, or one of the upload templates with its header row unchanged.",
        "product.md 3.3; OneRoster CSV",
    ),
    _rule(
        "delivery-mixed",
        _STOPS,
        "A delivery is either a OneRoster package or one upload template.",
        "{value} is an upload template and cannot be read together with other files.",
        "Send the template by itself.",
        "product.md 3.3",
    ),
    _rule(
        "manifest-missing",
        _NOTES,
        "A package has a manifest.csv.",
        "There is no manifest.csv; the tables were told by their header rows and read as complete files.",
        "Nothing is lost. Better include the manifest, which tells what is complete and what is a change.",
        _MANIFEST,
    ),
    _rule(
        "manifest-unreadable",
        _STOPS,
        "The manifest can be read.",
        "{value} cannot be read: {detail}.",
        "Export the package again; the manifest must be CSV text with the columns propertyName and value.",
        _MANIFEST,
    ),
    _rule(
        "manifest-value",
        _STOPS,
        "The manifest says of each file whether it is absent, bulk or delta.",
        "{value} stands for {detail} in the manifest; it must be absent, bulk or delta.",
        "Correct the manifest: bulk for a complete file, delta for changes only, absent for a file that is not sent.",
        _MANIFEST,
    ),
    _rule(
        "manifest-file-missing",
        _STOPS,
        "A file that the manifest announces is there.",
        "The manifest announces {value} as {detail}, but the file is not in the delivery.",
        "Add the file, or mark it as absent in the manifest.",
        _MANIFEST,
    ),
    _rule(
        "manifest-file-marked-absent",
        _NOTES,
        "A file that the manifest calls absent is not there.",
        "The manifest calls {value} absent, but the file is there; it was passed over.",
        "If the file counts, mark it as bulk or delta in the manifest; otherwise leave it out.",
        _MANIFEST,
    ),
    _rule(
        "manifest-property",
        _NOTES,
        "The manifest has the standard's properties, each with a value of the standard's.",
        "manifest.csv: {detail}.",
        "Nothing is lost. Better correct the manifest.",
        _MANIFEST,
    ),
    _rule(
        "required-column-missing",
        _STOPS,
        "A required column is there.",
        "The column {column} is missing.{detail}",
        "Add the column to the export; its header must be spelt exactly so.",
        _HEADERS,
    ),
    _rule(
        "column-missing",
        _NOTES,
        "Every column of the standard is there, also those that may be empty.",
        "The column {column} is missing; its cells count as empty.",
        "Nothing else is lost. Better send every column of the standard, empty if need be.",
        _HEADERS,
    ),
    _rule(
        "column-misspelt",
        _NOTES,
        "A header is spelt as in the standard, in the same capitals.",
        "The header {value} was read as {column}.",
        "Nothing is lost. Better spell the header as the standard does.",
        _HEADERS,
    ),
    _rule(
        "column-moved",
        _NOTES,
        "The columns stand in the order of the standard, metadata columns to the right of all others.",
        "The column {column} stands elsewhere than in the standard.",
        "Nothing is lost. Better send the columns in the order of the standard.",
        _HEADERS,
    ),
    _rule(
        "column-unknown",
        _NOTES,
        "Further columns begin with metadata.",
        "The column {value} was passed over; the standard does not know it.{detail}",
        "If it matters, rename it to begin with metadata. ; otherwise leave it out.",
        _HEADERS,
    ),
    _rule(
        "column-twice",
        _STOPS,
        "A header stands once.",
        "The column {column} stands twice, and it cannot be told which one counts.",
        "Remove one of the two columns.",
        _HEADERS,
    ),
    _rule(
        "bulk-columns-filled",
        _NOTES,
        "status and dateLastModified are empty in a complete (bulk) file.",
        "status or dateLastModified is filled in{detail}; in a complete (bulk) file both must be empty, and every row counts as active.",
        "Nothing is lost. Better leave both columns empty in bulk files; a record is ended by leaving it out.",
        "OneRoster CSV 1.2, bulk processing",
    ),
    _rule(
        "row-too-short",
        _REFUSES,
        "A row has as many cells as the header.",
        "The row has fewer cells than the header; a comma may be missing or its end was cut off: {value}",
        "Export the file again. A comma may be missing, or the row was cut off.",
        _SYNTAX,
    ),
    _rule(
        "row-too-long",
        _REFUSES,
        "A row has as many cells as the header.",
        "The row has more cells than the header; put a cell that contains a comma into quotes: {value}",
        "Put a cell that contains a comma into quotes.",
        _SYNTAX,
    ),
    _rule(
        "row-not-utf8",
        _REFUSES,
        "A row is UTF-8 text.",
        "The row holds characters that are not UTF-8 text; export the file as UTF-8: {value}",
        "Export the file as UTF-8. " + _SAVE_AS,
        _SYNTAX,
    ),
    _rule(
        "row-quote",
        _REFUSES,
        "A quote encloses a whole cell; inside it is doubled.",
        "The row has a quote that does not close, or that stands inside a cell; remove it, or double it and quote the whole cell: {value}",
        "Enclose the whole cell in quotes and double the quotes inside it, or remove them.",
        _SYNTAX,
    ),
    _rule(
        "row-nul",
        _REFUSES,
        "A row holds text only.",
        "The row holds a NUL character, which is not text; export the file again: {value}",
        "Export the file again; it may have been damaged on its way.",
        _SYNTAX,
    ),
    _rule(
        "row-carriage-return",
        _REFUSES,
        "A row ends with CR LF or LF and holds no other CR.",
        "The row holds a carriage return in its middle; remove the line break from the cell: {value}",
        "Remove the line break from the cell, or end all rows in the same way.",
        _SYNTAX,
    ),
)
#: Also judged by row, where a profile refuses such rows.
#: What says already that a table is not to be had: nothing more needs to be said of its absence.
SAID_TO_BE_MISSING = frozenset(
    {"file-not-csv", "file-encoding", "file-delimiter", "file-empty", "manifest-file-missing"}
)
BULK_FILLED = next(rule for rule in RULES if rule.id == "bulk-columns-filled")
