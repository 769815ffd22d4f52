"""What a person with a spreadsheet does about an error. The general rules, which deliveries of a district's own system
have in common with uploads, speak of that system instead.
"""

from __future__ import annotations

AS_CSV = "In your spreadsheet program choose File > Save As > CSV UTF-8 (comma delimited), and upload that file."
TEMPLATE = "Download the template, copy your rows into it, and upload that file."
_REMEDIES = {
    "file-not-csv": AS_CSV,
    "file-encoding": AS_CSV,
    "file-delimiter": AS_CSV,
    "file-empty": TEMPLATE,
    "value-missing": "Fill in the cell in your file.",
    "token-unknown": "Write one of the words of the list in your file, in the same letters.",
    "control-characters": "Delete the text in your file and type it again instead of pasting it.",
    "excel-number": "Format the column as text in your spreadsheet program, and type the value again.",
    "row-too-short": "Look at this row in your file: a comma or a cell may be missing.",
    "row-too-long": "Look at this row in your file: put a cell that contains a comma into quotes.",
    "row-not-utf8": AS_CSV,
    "row-quote": "Remove the quotation mark, or have your spreadsheet program save the file as CSV UTF-8.",
    "row-nul": "Type this row again in your file: it may have been damaged.",
    "row-carriage-return": "Remove the line break from the cell in your file.",
}


def remedy_of(rule: str, otherwise: str) -> str:
    """What to do where this rule, by its id, is broken. otherwise: what the rule itself says."""
    return _REMEDIES.get(rule, otherwise)
