"""What may stand in a cell? The rules that follow from a column's declaration alone.

The order of ``VALUES`` is the order of precedence: of the rules that one cell breaks, the first speaks, so that a cell
gives one finding.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher, get_close_matches

import polars as pl

from homeroom.engine.rule import Cell, Consequence, Rule
from homeroom.engine.rules.forms import FORMS
from homeroom.engine.tables import EXTENSION_TOKEN, ID_CHARACTERS, ID_MAX_LENGTH, TEXT_MAX_LENGTH, Type

_EMPTY_ITEM = r"(?:^|,)\s*(?:,|$)"
_EXCEL_NUMBER = r"^[0-9](?:\.[0-9]+)?E\+[0-9]{2,}$"
#: C0 without the line break, DEL, C1, zero-width space, byte order mark. Joiners and direction marks are part of real
#: names.
CONTROL = r"[\x00-\x09\x0B-\x0C\x0E-\x1F\x7F-\x9F\u{200B}\u{FEFF}]|\r(?:[^\n]|$)"

#: Text that a person reads, so that characters nobody can see in it are a fault of its own.
_READ_BY_PEOPLE = frozenset({Type.TEXT, Type.TEXTS, Type.EMAIL, Type.GRADES, Type.NAME})
_ANY_TEXT = frozenset(
    {Type.PASSWORD, Type.USERNAME, Type.STAFF_USERNAME, Type.ADDRESS, Type.ALPHANUMERIC_ID, Type.TEACHER_EMAIL}
)
_LISTS_OF_WORDS = frozenset({Type.TEXTS, Type.TOKENS, Type.GRADES, Type.REFERENCES})
#: Text columns in which numbers commonly stand, and in which Excel shortens them.
_NUMBERS_AS_TEXT = frozenset(
    {"identifier", "username", "userMasterIdentifier", "sms", "phone", "classCode", "courseCode"}
)
_DISTINCT_VALUES_TO_GUESS_FOR = 1_000


def _required(cell: Cell) -> bool:
    return cell.column.required or (cell.column.delta_only and cell.setting.mode == "delta")


def _missing(cell: Cell) -> pl.Expr | None:
    if not _required(cell):
        return None
    return cell.value.is_null() | ~cell.value.str.contains(r"\S")


def _missing_screen(cell: Cell) -> pl.Expr | None:
    """A cell of nothing but spaces breaks the rules of every type but text, too."""
    if not _required(cell):
        return None
    return _missing(cell) if cell.column.type in _READ_BY_PEOPLE | _ANY_TEXT else cell.value.is_null()


def _never(_: Cell) -> pl.Expr | None:
    """For rules whose cells all break another, later rule of the same column."""
    return None


def _excel_screen(cell: Cell) -> pl.Expr | None:
    return None if cell.column.is_key else _excel_number(cell)


def _expected_missing(cell: Cell) -> str:
    return " It tells whether the record is active or tobedeleted." if cell.name == "status" else ""


def _padded(cell: Cell) -> pl.Expr | None:
    if not cell.column.is_key:
        return None
    return cell.value.str.contains(r"^\s|\s$|\s,|,\s" if cell.column.is_list else r"^\s|\s$")


def _excel_number(cell: Cell) -> pl.Expr | None:
    return cell.value.str.contains(_EXCEL_NUMBER) if cell.column.is_key or cell.name in _NUMBERS_AS_TEXT else None


def _control(cell: Cell) -> pl.Expr | None:
    return cell.value.str.contains(CONTROL) if cell.column.type in _READ_BY_PEOPLE else None


def _line_break(cell: Cell) -> pl.Expr | None:
    return cell.value.str.contains("\n", literal=True) if cell.column.type in _READ_BY_PEOPLE else None


def _id_characters(cell: Cell) -> pl.Expr | None:
    if not cell.column.is_key:
        return None
    return ~cell.value.str.contains(f"^[{',' if cell.column.is_list else ''}{ID_CHARACTERS}]+$")


def _id_too_long(cell: Cell) -> pl.Expr | None:
    if not cell.column.is_key:
        return None
    if cell.column.is_list:
        return cell.value.str.contains(f"[^,]{{{ID_MAX_LENGTH + 1}}}")
    return cell.value.str.len_bytes() > ID_MAX_LENGTH


def _list_item_empty(cell: Cell) -> pl.Expr | None:
    return cell.value.str.contains(_EMPTY_ITEM) if cell.column.type in _LISTS_OF_WORDS else None


def vocabulary(cell: Cell) -> tuple[str, ...]:
    """The tokens that may stand in the cell: the standard's, then those the publisher adds."""
    setting, column = cell.setting, cell.column
    own = setting.profile.subjects if column.type is Type.CHOICE and not column.tokens else column.tokens
    return own + setting.profile.tokens_for(setting.table.name, column.name)


def _token_unknown(cell: Cell) -> pl.Expr | None:
    tokens = vocabulary(cell)
    if not tokens:
        return None
    if cell.column.type is Type.TOKENS:
        either = "|".join(map(re.escape, tokens)) + (
            f"|{EXTENSION_TOKEN.strip('^$')}" if cell.column.extensible else ""
        )
        return ~cell.value.str.contains(f"^(?:{either})(?:,(?:{either}))*$")
    if cell.column.extensible:
        return ~(cell.value.is_in(tokens) | cell.value.str.contains(EXTENSION_TOKEN))
    return ~cell.value.is_in(tokens)


def grades(cell: Cell) -> tuple[str, ...]:
    """The grades that may stand in the cell."""
    return cell.setting.profile.grades


def _grade_unknown(cell: Cell) -> pl.Expr | None:
    profile = cell.setting.profile
    if cell.column.type is not Type.GRADES or not (profile.grade_vocabulary and profile.grades):
        return None
    either = "|".join(map(re.escape, grades(cell)))
    return ~cell.value.str.contains(f"^(?:{either})(?:,(?:{either}))*$")


def _list_lengths_differ(cell: Cell) -> pl.Expr | None:
    other = cell.column.same_length_as
    names = cell.setting.table.names
    # One finding for the pair, on the second of the two columns.
    if other is None or not cell.setting.has(other) or names.index(cell.name) < names.index(other):
        return None
    differ = cell.value.str.count_matches(",", literal=True) != pl.col(other).str.count_matches(",", literal=True)
    # How many items a list with an empty one has is not known.
    return differ & ~pl.col(other).str.contains(_EMPTY_ITEM)


def _text_too_long(cell: Cell) -> pl.Expr | None:
    if cell.column.type not in (Type.TEXT, Type.EMAIL):
        return None
    return (cell.value.str.len_bytes() > TEXT_MAX_LENGTH) & (cell.value.str.len_chars() > TEXT_MAX_LENGTH)


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(words)


def did_you_mean(values: pl.Series, words: tuple[str, ...]) -> pl.Series:
    """For each value a question naming the word it resembles, or an empty text. Case counts for nothing in the
    likeness.
    """
    distinct = values.drop_nulls().unique()
    if len(distinct) > _DISTINCT_VALUES_TO_GUESS_FOR:
        return pl.Series(values.name, [""], pl.String).new_from_index(0, len(values))
    by_lower = {word.lower(): word for word in words}
    guesses = {}
    for value in distinct:
        unknown = [item for item in value.split(",") if item not in words]
        close = _nearest(unknown[0].strip().lower()[:60], tuple(by_lower)) if unknown else None
        guesses[value] = f" Did you mean “{by_lower[close]}”?" if close else ""
    return values.replace_strict(guesses, default="", return_dtype=pl.String)


def _nearest(text: str, words: tuple[str, ...]) -> str | None:
    """The word that the text resembles most, if any; among equals one that begins as it does: K is KG rather than
    TK.
    """
    close = get_close_matches(text, words, n=5)
    return max(close, key=lambda word: (SequenceMatcher(None, word, text).ratio(), word[0] == text[0]), default=None)


def _token_hint(values: pl.Series, cell: Cell) -> pl.Series:
    return did_you_mean(values, vocabulary(cell))


def grade_hint(values: pl.Series, words: tuple[str, ...]) -> pl.Series:
    """What Excel made of a grade: 1 for 01, a date for 3-4; otherwise the nearest word."""
    padded = values.str.zfill(2)
    lost_zero = values.str.contains(r"^[1-9]$") & padded.is_in(words)
    a_date = values.str.contains(
        r"^[0-9]{1,4}[-/][0-9]{1,2}[-/][0-9]{1,4}$|^[0-9]{1,2}-[A-Z][a-z]{2}$|^[A-Z][a-z]{2}-[0-9]{2}$"
    )
    frame = pl.select(padded=padded, zero=lost_zero, date=a_date, guess=did_you_mean(values, words))
    return frame.select(
        pl.when("zero")
        .then(pl.format(" Excel drops leading zeros: write {}, and format the column as text.", "padded"))
        .when("date")
        .then(
            pl.lit(" Excel may have turned a grade into a date: format the column as text, then type the grade again.")
        )
        .otherwise("guess")
    ).to_series()


_REQUIRED_FIX = "Fill in the column in the source system and send the roster again."
VALUES: tuple[Rule, ...] = (
    Rule(
        id="value-missing",
        consequence=Consequence.REFUSES,
        says="A required column has a value in every row.",
        message="{column} is empty; every {record} needs one.{expected}",
        remedy=_REQUIRED_FIX,
        source="OneRoster CSV 1.1 and 1.2, Required column of each table; status and dateLastModified in delta files",
        cell=_missing,
        screen=_missing_screen,
        expected=_expected_missing,
    ),
    Rule(
        id="excel-number",
        consequence=Consequence.REFUSES,
        in_text=Consequence.NOTES,
        says="An identifier is not a number that Excel has shortened; in other texts it is only noted.",
        message="{column} is {value}: Excel has shortened a long number, and its last digits are lost; write out all of them.",
        remedy="Export the file again and do not open it in Excel, or format the column as text before you paste.",
        source="product.md 3.4 (damage that Excel does)",
        cell=_excel_number,
        screen=_excel_screen,
    ),
    Rule(
        id="id-padded",
        consequence=Consequence.REFUSES,
        says="An identifier has no spaces before or after it.",
        message="{column} is {value}, with a space before or after it; remove the space.",
        remedy="Remove the spaces around the identifiers in the source system.",
        source="OneRoster CSV 1.2, GUID",
        cell=_padded,
        screen=_never,
    ),
    Rule(
        id="control-characters",
        consequence=Consequence.REFUSES,
        in_optional=Consequence.CLEARS,
        says="A text has no control characters and no invisible ones; joiners and direction marks of real names are fine.",
        message="{column} is {value}, which holds a character that cannot be seen; type the text again.",
        remedy="Delete the text in the source system and type it again instead of pasting it.",
        source="product.md 3.4; Unicode C0, C1, U+200B, U+FEFF",
        cell=_control,
    ),
    Rule(
        id="id-characters",
        consequence=Consequence.REFUSES,
        says="An identifier consists of letters A-Z, digits and . - _ / @ only.",
        message="{column} is {value}; an identifier may hold only letters A-Z, digits and . - _ / @",
        remedy="Have the source system export identifiers without other characters.",
        source="OneRoster CSV 1.2, GUID",
        cell=_id_characters,
    ),
    Rule(
        id="id-too-long",
        consequence=Consequence.REFUSES,
        says="An identifier has at most 255 characters.",
        message="{column} has more than 255 characters; shorten it.",
        remedy="Have the source system export shorter identifiers.",
        source="OneRoster CSV 1.2, GUID",
        cell=_id_too_long,
    ),
    Rule(
        id="list-item-empty",
        consequence=Consequence.REFUSES,
        in_optional=Consequence.CLEARS,
        says="A list has no empty items.",
        message="{column} is {value}, a list with an empty item; remove the comma that stands too much.",
        remedy="Remove the commas at the beginning, at the end, or next to each other.",
        source="OneRoster CSV 1.2, List of Strings",
        cell=_list_item_empty,
    ),
    Rule(
        id="token-unknown",
        consequence=Consequence.REFUSES,
        in_optional=Consequence.CLEARS,
        says="A column with a fixed vocabulary holds one of its words, in exactly that spelling.",
        message="{column} is {value}; it must be one of: {expected}.{detail}",
        remedy="Map the values in the source system's export to the words of the list; small and capital letters count.",
        source="OneRoster CSV 1.1 and 1.2, enumerations; tokens beginning with ext: where 1.2 allows them",
        cell=_token_unknown,
        expected=lambda cell: _listed(vocabulary(cell)),
        hint=_token_hint,
    ),
    Rule(
        id="grade-unknown",
        consequence=Consequence.CLEARS,
        says="A grade is one of the vocabulary's.",
        message="{column} is {value}; each grade must be one of: {expected}.{detail}",
        remedy="Map the grades in the source system's export to the list.",
        source="Common Education Data Standards, grade levels; product.md 4.3",
        cell=_grade_unknown,
        expected=lambda cell: _listed(grades(cell)),
        hint=lambda values, cell: grade_hint(values, grades(cell)),
    ),
    *FORMS,
    Rule(
        id="list-lengths-differ",
        consequence=Consequence.REFUSES,
        in_optional=Consequence.CLEARS,
        says="Two lists whose items belong together have equally many items.",
        message="{column} is {value} and has not as many items as {expected}; the two lists go item by item.",
        remedy="Give each subject its code, in the same order, or leave one of the two columns empty.",
        source="OneRoster CSV 1.2, subjects and subjectCodes",
        cell=_list_lengths_differ,
        expected=lambda cell: str(cell.column.same_length_as),
    ),
    Rule(
        id="cell-line-break",
        consequence=Consequence.NOTES,
        says="A cell has no line break.",
        message="{column} is {value}, which holds a line break; the standard forbids it.",
        remedy="Nothing is lost. Better remove the line break in the source system.",
        source="OneRoster CSV 1.2, section on syntax (stricter than RFC 4180)",
        cell=_line_break,
    ),
    Rule(
        id="text-too-long",
        consequence=Consequence.NOTES,
        says="A text has at most 255 characters.",
        message="{column} has more than 255 characters; other systems may cut it.",
        remedy="Nothing is lost here. Shorten the text if other systems read it too.",
        source="OneRoster CSV 1.2, String",
        cell=_text_too_long,
    ),
)
