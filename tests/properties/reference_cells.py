"""The slow reading of one cell and of one row: which rules does it break by itself?

Plain Python, one small function per rule; nothing is taken from the engine but the declaration of the column.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from homeroom.engine.profile import Profile
from homeroom.engine.tables import Column, Type

#: What Unicode calls white space, written out because Python's own idea of it has four control characters more.
SPACES = "\t\n\x0b\x0c\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
LETTERS_AND_DIGITS = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
IN_IDENTIFIERS = LETTERS_AND_DIGITS | frozenset("./@_-")
IN_EXTENSIONS = LETTERS_AND_DIGITS | frozenset("._-")
READ_BY_PEOPLE = (Type.TEXT, Type.TEXTS, Type.EMAIL, Type.GRADES)
NUMBERS_AS_TEXT = ("identifier", "username", "userMasterIdentifier", "sms", "phone", "classCode", "courseCode")
HEX = frozenset("0123456789abcdefABCDEF")

Cells = Mapping[str, str | None]


@dataclass(frozen=True)
class Place:
    """Where a cell stands. cells: the whole row."""

    table: str
    column: Column
    cells: Cells
    mode: str
    profile: Profile

    @property
    def must_be_filled(self) -> bool:
        return self.column.required or (self.column.delta_only and self.mode == "delta")


def is_blank(text: str) -> bool:
    return text.strip(SPACES) == ""


def is_day(text: str | None) -> bool:
    """A day of the calendar, written 2026-08-15; a year before 1000 is a slip."""
    if text is None or not re.fullmatch("[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}", text):
        return False
    year, month, day = int(text[:4]), int(text[5:7]), int(text[8:])
    return 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]


def is_email(text: str) -> bool:
    name, at, domain = text.partition("@")
    labels = domain.split(".")
    return (
        at == "@"
        and name != ""
        and all(char in LETTERS_AND_DIGITS or char in "+_.-" for char in name)
        and len(labels) >= 2
        and all(label and all(char in LETTERS_AND_DIGITS or char == "-" for char in label) for label in labels)
    )


def is_year_span(text: str) -> bool:
    return bool(re.fullmatch("[0-9]{4}-[0-9]{4}", text)) and int(text[5:]) == int(text[:4]) + 1


def is_extension(text: str) -> bool:
    return text.startswith("ext:") and len(text) > 4 and all(char in IN_EXTENSIONS for char in text[4:])


def is_urn(text: str) -> bool:
    parts = text[9:].split("-")
    return (
        text[:9].lower() == "urn:uuid:"
        and [len(part) for part in parts] == [8, 4, 4, 4, 12]
        and all(char in HEX for part in parts for char in part)
    )


def items(text: str) -> list[str]:
    return text.split(",")


def words(place: Place) -> tuple[str, ...]:
    return place.column.tokens + place.profile.tokens_for(place.table, place.column.name)


def _is_word(text: str, place: Place) -> bool:
    return text in words(place) or (place.column.extensible and is_extension(text))


def _value_missing(text: str | None, place: Place) -> bool:
    return place.must_be_filled and (text is None or is_blank(text))


def _excel_number(text: str, place: Place) -> bool:
    looks_like_one = re.fullmatch(r"[0-9](\.[0-9]+)?E\+[0-9][0-9]+", text)
    return looks_like_one is not None and (place.column.is_key or place.column.name in NUMBERS_AS_TEXT)


def _id_padded(text: str, place: Place) -> bool:
    if not place.column.is_key:
        return False
    ids = items(text) if place.column.is_list else [text]
    return any(one[:1] in SPACES or one[-1:] in SPACES for one in ids if one)


def _id_characters(text: str, place: Place) -> bool:
    allowed = IN_IDENTIFIERS | {","} if place.column.is_list else IN_IDENTIFIERS
    return place.column.is_key and any(char not in allowed for char in text)


def _id_too_long(text: str, place: Place) -> bool:
    if not place.column.is_key:
        return False
    return any(len(one) > 255 for one in items(text)) if place.column.is_list else len(text.encode()) > 255


def _control_characters(text: str, place: Place) -> bool:
    if place.column.type not in READ_BY_PEOPLE:
        return False
    rest = text.replace("\r\n", "\n")
    return any((ord(char) < 32 and char != "\n") or 127 <= ord(char) < 160 or char in "\u200b\ufeff" for char in rest)


def _list_item_empty(text: str, place: Place) -> bool:
    return place.column.is_list and any(is_blank(item) for item in items(text))


def _token_unknown(text: str, place: Place) -> bool:
    if place.column.type is Type.TOKENS:
        return not all(_is_word(item, place) for item in items(text))
    return place.column.type in (Type.TOKEN, Type.BOOLEAN) and not _is_word(text, place)


def _grade_unknown(text: str, place: Place) -> bool:
    asked = place.column.type is Type.GRADES and place.profile.grade_vocabulary
    return asked and any(item not in place.profile.grades for item in items(text))


def _date_form(text: str, place: Place) -> bool:
    return place.column.type is Type.DATE and not is_day(text)


def _datetime_form(text: str, place: Place) -> bool:
    day, t, time = text[:10], text[10:11], text[11:]
    clock = re.fullmatch(r"([0-9]{2}):([0-9]{2}):([0-9]{2})(\.[0-9]{1,6})?(Z|\+00:00)", time)
    fits = clock is not None and int(clock[1]) < 24 and int(clock[2]) < 60 and int(clock[3]) <= 60
    return place.column.type is Type.DATETIME and not (is_day(day) and t == "T" and fits)


def _year_form(text: str, place: Place) -> bool:
    return place.column.type is Type.YEAR and not re.fullmatch("[0-9]{4}", text) and not is_year_span(text)


def _year_span(text: str, place: Place) -> bool:
    return place.column.type is Type.YEAR and is_year_span(text)


def _number_form(text: str, place: Place) -> bool:
    if place.column.type is Type.INTEGER:
        return not re.fullmatch("[+-]?[0-9]+", text)
    return place.column.type is Type.NUMBER and not re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", text)


def _list_item_form(text: str, place: Place) -> bool:
    pair = r"\{[^:{}]+:[^{}]+\}"
    return place.column.item_form is not None and not re.fullmatch(f"{pair}(,{pair})*", text)


def _list_lengths_differ(text: str, place: Place) -> bool:
    """Told of subjectCodes, the second of the pair. A list with an empty item has no length that could be told."""
    other = place.cells.get(place.column.same_length_as or "")
    if place.column.name != "subjectCodes" or other is None or any(is_blank(item) for item in items(other)):
        return False
    return len(items(text)) != len(items(other))


def _email_form(text: str, place: Place) -> bool:
    return place.column.type is Type.EMAIL and not is_email(text)


def _cell_line_break(text: str, place: Place) -> bool:
    return place.column.type in READ_BY_PEOPLE and "\n" in text


def _text_too_long(text: str, place: Place) -> bool:
    return place.column.type in (Type.TEXT, Type.EMAIL) and len(text) > 255


#: By rule: whether a filled cell breaks it.
FILLED: Mapping[str, Callable[[str, Place], bool]] = {
    "excel-number": _excel_number,
    "id-padded": _id_padded,
    "control-characters": _control_characters,
    "id-characters": _id_characters,
    "id-too-long": _id_too_long,
    "list-item-empty": _list_item_empty,
    "token-unknown": _token_unknown,
    "grade-unknown": _grade_unknown,
    "date-form": _date_form,
    "datetime-form": _datetime_form,
    "year-form": _year_form,
    "year-span": _year_span,
    "number-form": _number_form,
    "list-item-form": _list_item_form,
    "list-lengths-differ": _list_lengths_differ,
    "email-form": _email_form,
    "cell-line-break": _cell_line_break,
    "text-too-long": _text_too_long,
}


def _ends_before(begin: str | None, end: str | None) -> bool:
    return begin is not None and end is not None and is_day(begin) and is_day(end) and end < begin


def _session_ends(cells: Cells, table: str) -> bool:
    return table == "academicSessions" and _ends_before(cells.get("startDate"), cells.get("endDate"))


def _enrollment_ends(cells: Cells, table: str) -> bool:
    return table == "enrollments" and _ends_before(cells.get("beginDate"), cells.get("endDate"))


def _role_ends(cells: Cells, table: str) -> bool:
    return table == "roles" and _ends_before(cells.get("beginDate"), cells.get("endDate"))


def _primary_not_teacher(cells: Cells, table: str) -> bool:
    """A role that is no word of the standard's may have been meant as teacher; in 1.1 ``ext:`` ones are refused
    anyway.
    """
    role = cells.get("role") or ""
    another = role in ("administrator", "proctor", "student") or is_extension(role)
    return table == "enrollments" and cells.get("primary") == "true" and another


def _objective_form(cells: Cells, table: str) -> bool:
    objective = cells.get("learningObjectiveId")
    return cells.get("source") == "case" and objective is not None and not is_urn(objective)


#: By rule: the column that it speaks of, and whether a row breaks it.
ROWS: Mapping[str, tuple[str, Callable[[Cells, str], bool]]] = {
    "primary-not-teacher": ("primary", _primary_not_teacher),
    "session-ends-before-begin": ("endDate", _session_ends),
    "enrollment-ends-before-begin": ("endDate", _enrollment_ends),
    "role-ends-before-begin": ("endDate", _role_ends),
    "learning-objective-form": ("learningObjectiveId", _objective_form),
}
BY_THEMSELVES = frozenset({"value-missing", *FILLED, *ROWS})


def broken(place: Place) -> list[str]:
    """The rules that a cell breaks by itself, in no particular order."""
    text = place.cells.get(place.column.name)
    found = ["value-missing"] if _value_missing(text, place) else []
    if text is not None:
        found += [rule for rule, breaks in FILLED.items() if breaks(text, place)]
    found += [
        rule
        for rule, (column, breaks) in ROWS.items()
        if column == place.column.name and breaks(place.cells, place.table)
    ]
    return found
