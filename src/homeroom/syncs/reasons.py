"""Why a sync failed, in sentences of ours: which of them may leave the district's pages?

Most reasons name files, headers or the delivery as they arrived, and a file may be called after a pupil. A reason goes
out where all that it names are the standard's own files and columns.
"""

from __future__ import annotations

import re

from homeroom.engine.oneroster import TABLES
from homeroom.engine.rules import RULES_BY_ID

DIED = (
    "The server stopped working on this sync three times. Nothing was changed. "
    "Please tell the support contact; somebody must look at the server before it is tried once more."
)
OUR_MISTAKE = (
    "Something went wrong in the server itself, not in the delivery. Nothing was changed. Please tell the support "
    "contact the number of this sync."
)
NO_SCHOOL_YEAR = "There is no current school year. Add a school year that contains today in the district's settings."
NO_SCHOOL_YEAR_TO_SEND_IN = f"{NO_SCHOOL_YEAR[:-1]}, then send the roster again."
IS_TEMPLATE = (
    "This is a template for self-serve districts, not a OneRoster delivery. Send the zip that your student information "
    "system exports as OneRoster CSV. If your schools are to fill in templates instead, ask the publisher to change "
    "the district's rostering method to Self-serve."
)
_NAME_NOTHING = frozenset({DIED, OUR_MISTAKE, NO_SCHOOL_YEAR, NO_SCHOOL_YEAR_TO_SEND_IN, IS_TEMPLATE})

_FILE = "(?:" + "|".join(re.escape(table.file_name) for table in TABLES) + "|manifest\\.csv)"
_FILES = f"{_FILE}(?:, {_FILE})*"
_COLUMN = "(?:" + "|".join(sorted({column.name for table in TABLES for column in table.columns})) + ")"
_WORDS = r"(?:(?!\.csv)[^“”])+"
#: For each rule whose message may name nothing else: what stands in it for detail.
_DETAILS = {
    "file-not-csv": _WORDS,
    "file-encoding": _WORDS,
    "file-delimiter": _WORDS,
    "file-empty": "",
    "file-twice": _FILE,
    "file-missing": _FILES,
    "delivery-without-records": "",
    "manifest-file-missing": "bulk|delta",
    "required-column-missing": "",
    "column-twice": "",
}


def _pattern(rule: str, detail: str) -> str:
    said = re.escape(RULES_BY_ID[rule].message)
    for name, may_be in (("value", _FILE), ("column", _COLUMN), ("detail", f"(?:{detail})")):
        said = said.replace(re.escape(f"{{{name}}}"), may_be)
    return said


_OURS = re.compile("|".join(_pattern(rule, detail) for rule, detail in _DETAILS.items()))
_GUESS = re.compile(r" Is it the one with the header “.*”\?$", re.DOTALL)


def of_judgement(reason: str) -> str:
    """One of a report's reasons, without the header that it guesses at; empty if it names what was delivered."""
    said = _GUESS.sub("", reason)
    return said if _OURS.fullmatch(said) else ""


def of_opening(reason: str, *, origin: str) -> str:
    """Why a delivery was not opened, without its name; empty if it names what is in it. origin: its name."""
    if reason in _NAME_NOTHING:
        return reason
    said = reason.removeprefix(f"{origin} ")
    is_about_the_whole = said != reason and origin not in said and "“" not in said
    return f"The delivery {said}" if is_about_the_whole else ""
