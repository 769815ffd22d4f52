"""Why a sync is held, as people read it: the guard's sentences with schools by name, and one line where it has many."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from homeroom.districts.actions.schools import some_of

_SCHOOL = re.compile(r"The school (.+) would be left without any (\w+)\.")
_WHOLE = re.compile(r"([\d,]+) of \1 (\w+) \(100 %\) would be deactivated\.")
_TABLE = re.compile(r"(?<=\d )(orgs|academicSessions)\b")
_LABELS = {"orgs": "organizations", "academicSessions": "academic sessions"}


def schools_in(sentences: Sequence[str]) -> set[str]:
    """The source ids of the schools that would be left empty."""
    return {found[1] for sentence in sentences if (found := _SCHOOL.fullmatch(sentence))}


def in_words(sentences: Sequence[str], names: Mapping[str, str]) -> list[str]:
    """The sentences, each said once. names: of schools, by source id; one without a name keeps its source id."""
    emptied: dict[str, list[str]] = {}
    told: dict[str, str] = {}
    for sentence in sentences:
        if found := _SCHOOL.fullmatch(sentence):
            of_kind = emptied.setdefault(found[2], [])
            of_kind.append(names.get(found[1], found[1]))
            told[found[2]] = _without(found[2], of_kind)
        elif not _is_said(sentence, sentences):
            told[sentence] = _TABLE.sub(lambda kind: _LABELS[kind[1]], sentence)
    return list(told.values())


def _without(table: str, schools: Sequence[str]) -> str:
    if len(schools) == 1:
        return f"The school {schools[0]} would be left without any {table}."
    return f"{len(schools):,} schools would be left without any {table}: {some_of(schools)}."


def _is_said(sentence: str, sentences: Sequence[str]) -> bool:
    """Whether another sentence says that all of them go."""
    found = _WHOLE.fullmatch(sentence)
    return found is not None and f"All {found[1]} {found[2]} would be deactivated." in sentences
