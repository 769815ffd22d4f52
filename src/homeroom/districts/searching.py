"""What somebody looks for, in all the ways in which rosters write it."""

from __future__ import annotations

import re
import unicodedata

from django.db.models import Q

_APOSTROPHES = ("'", "’")
_ANY_APOSTROPHE = re.compile("['’‘ʼ´`]")
#: Each is one more condition on every row, and only to write a query of thousands takes a minute.
_MOST_WORDS = 10
_BETWEEN_WORDS = re.compile(r"[\s,]+")


def words_of(search: str) -> list[str]:
    """The first words of a search. A comma parts them, too: names are copied from lists, where "Lopez, Ana" stands."""
    return [word for word in _BETWEEN_WORDS.split(search) if word][:_MOST_WORDS]


def spellings(text: str) -> list[str]:
    """The same text with either apostrophe, and its accents as parts of their letters or beside them.

    Each is looked for, rather than one in columns that were made alike: that would cost each row more than the letters
    it has, and for most words there is only one.
    """
    marked = [text, *(_ANY_APOSTROPHE.sub(mark, text) for mark in _APOSTROPHES)]
    written = (unicodedata.normalize(form, each) for each in marked for form in ("NFC", "NFD"))
    return list(dict.fromkeys(written))


def stands_in(columns: tuple[str, ...], text: str) -> Q:
    """That the text stands in one of the columns, in whatever spelling."""
    told = ((f"{column}__icontains", spelling) for spelling in spellings(text) for column in columns)
    return Q(*told, _connector=Q.OR)
