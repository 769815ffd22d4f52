"""What does this publisher ask for, beyond or instead of the letter of the standard?

A profile is a TOML file that a publisher can copy and change; two come with Homeroom, ``publisher`` and ``standard``.
Imports nothing but the standard library and the templates, whose columns a publisher may name.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from importlib.resources import files
from typing import Any

from homeroom.engine.tables import Table
from homeroom.engine.templates import STAFF_ID, STUDENT_ID, fault_of_id_name, templates

SHIPPED = ("publisher", "standard")
#: Common Education Data Standards, grade levels, as product.md 3.4 lists them, and 13.
GRADES = ("IT", "PR", "PK", "TK", "KG", *(f"{year:02}" for year in range(1, 14)), "PS", "UG", "Other")
SUBJECTS = ("English Language Arts", "History", "Mathematics", "Science", "Other")
ADDITIONAL_ROLES = ("district_admin", "school_admin", "teacher")
CONSEQUENCES = ("stops the sync", "refuses the row", "clears the value", "notes", "off")


class ProfileError(ValueError):
    """The profile cannot be used; the text says where and what would be right."""


@dataclass(frozen=True)
class Profile:
    """The requirements of one publisher.

    optional_faults: what happens to a faulty cell in a column that need not be filled. consequences: by rule id,
    instead of the rule's own. tokens: by "table.column", accepted beside the standard's. self_contained_deltas: a delta
    must hold all that it points at. additional_roles_column: "" if there is none. max_rows, max_bytes: of one
    self-serve upload. student_id_column, staff_id_column: what the templates call the source ids.
    """

    name: str
    product: str = "Homeroom"
    optional_faults: str = "clears the value"
    staff_email: bool = True
    primary_teacher: bool = True
    onboarding: bool = True
    grade_vocabulary: bool = True
    self_contained_deltas: bool = False
    grades: tuple[str, ...] = GRADES
    class_grades: tuple[str, ...] = ()
    subjects: tuple[str, ...] = SUBJECTS
    additional_roles_column: str = ""
    additional_roles: tuple[str, ...] = ADDITIONAL_ROLES
    max_rows: int = 1_000
    max_bytes: int = 2_000_000
    student_id_column: str = STUDENT_ID
    staff_id_column: str = STAFF_ID
    tokens: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    consequences: Mapping[str, str] = field(default_factory=dict)

    @property
    def templates(self) -> Mapping[str, Table]:
        """The upload templates by name, as this publisher has them."""
        return templates(student_id=self.student_id_column, staff_id=self.staff_id_column)

    def tokens_for(self, table: str, column: str) -> tuple[str, ...]:
        return self.tokens.get(f"{table}.{column}", ())


#: Section and key of the TOML file, the field it fills, and the type it must have.
_KEYS: Mapping[tuple[str, str], tuple[str, type]] = {
    ("", "name"): ("name", str),
    ("", "product"): ("product", str),
    ("", "optional_faults"): ("optional_faults", str),
    ("requirements", "staff_email"): ("staff_email", bool),
    ("requirements", "primary_teacher"): ("primary_teacher", bool),
    ("requirements", "onboarding"): ("onboarding", bool),
    ("requirements", "grade_vocabulary"): ("grade_vocabulary", bool),
    ("requirements", "self_contained_deltas"): ("self_contained_deltas", bool),
    ("requirements", "additional_roles_column"): ("additional_roles_column", str),
    ("vocabularies", "grades"): ("grades", tuple),
    ("vocabularies", "class_grades"): ("class_grades", tuple),
    ("vocabularies", "subjects"): ("subjects", tuple),
    ("vocabularies", "additional_roles"): ("additional_roles", tuple),
    ("self_serve", "max_rows"): ("max_rows", int),
    ("self_serve", "max_bytes"): ("max_bytes", int),
    ("self_serve", "student_id_column"): ("student_id_column", str),
    ("self_serve", "staff_id_column"): ("staff_id_column", str),
}
_SECTIONS = ("requirements", "vocabularies", "self_serve", "tokens", "consequences")
_WORDS = {str: "a text in quotes", bool: "true or false", int: "a whole number", tuple: "a list of texts"}


def shipped(name: str) -> Profile:
    """The profile of that name that comes with Homeroom: ``publisher`` or ``standard``."""
    return parse(files("homeroom.engine").joinpath(f"profiles/{name}.toml").read_text(encoding="utf-8"))


def parse(text: str, *, rules: frozenset[str] | None = None, places: frozenset[str] | None = None) -> Profile:
    """The profile that a TOML text describes.

    rules: the rule ids that exist, places: the "table.column" names that have a vocabulary; given, an unknown one is
    refused. Raises ProfileError for text that is not TOML, unknown keys, wrong types and unknown names, with the place
    and the remedy.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(f"The profile is not valid TOML: {error}.") from None
    settings = dict(_settings(raw))
    if "name" not in settings:
        raise ProfileError('The profile has no name. Begin it with a line such as: name = "our-publisher"')
    tokens = {place: _typed(f"tokens.{place}", value, tuple) for place, value in raw.get("tokens", {}).items()}
    consequences = {
        rule: _consequence(f"consequences.{rule}", value) for rule, value in raw.get("consequences", {}).items()
    }
    _known("tokens", tokens, places)
    _known("consequences", consequences, rules)
    if "optional_faults" in settings:
        _consequence("optional_faults", settings["optional_faults"])
    for template, key in (("students", "student_id_column"), ("staff", "staff_id_column")):
        if key in settings and (fault := fault_of_id_name(template, settings[key])):
            raise ProfileError(f"In the profile, 'self_serve.{key}' {fault}.")
    return Profile(**settings, tokens=tokens, consequences=consequences)


def _settings(raw: Mapping[str, Any]) -> list[tuple[str, Any]]:
    found = []
    for section, key, value in _entries(raw):
        if (section, key) not in _KEYS:
            place = f"{section}.{key}" if section else key
            raise ProfileError(f"The profile has {place!r}, which is not a setting{_instead(section, key)}")
        name, kind = _KEYS[section, key]
        found.append((name, _typed(f"{section}.{key}".lstrip("."), value, kind)))
    return found


def _instead(section: str, key: str) -> str:
    """The end of the sentence: where the setting belongs, or what may have been meant."""
    homes = [home for home, name in _KEYS if name == key]
    if homes:
        return f" there; it belongs {f'under [{homes[0]}]' if homes[0] else 'at the top of the file'}."
    return f".{_guess(key, [*(name for _, name in _KEYS), *([] if section else _SECTIONS)])}"


def _entries(raw: Mapping[str, Any]) -> list[tuple[str, str, Any]]:
    entries: list[tuple[str, str, Any]] = []
    for key, value in raw.items():
        if key in _SECTIONS and not isinstance(value, dict):
            raise ProfileError(f"In the profile, {key!r} must be a section: write [{key}] on a line of its own.")
        if key in ("tokens", "consequences"):
            continue
        if key in _SECTIONS:
            entries.extend((key, inner, content) for inner, content in value.items())
        else:
            entries.append(("", key, value))
    return entries


def _typed(place: str, value: object, kind: type) -> Any:
    if kind is tuple and isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    if kind is not tuple and isinstance(value, kind) and not (kind is int and isinstance(value, bool)):
        return value
    raise ProfileError(f"In the profile, {place!r} must be {_WORDS[kind]}.")


def _consequence(place: str, value: object) -> str:
    if value not in CONSEQUENCES:
        raise ProfileError(f"In the profile, {place!r} must be one of: {', '.join(CONSEQUENCES)}.")
    return str(value)


def _known(section: str, given: Mapping[str, object], known: frozenset[str] | None) -> None:
    for name in given:
        if known is not None and name not in known:
            raise ProfileError(
                f"The profile names {name!r} under [{section}], which does not exist.{_guess(name, known)}"
            )


def _guess(word: str, known: Any) -> str:
    close = get_close_matches(word, list(known), n=1)
    return f" Did you mean {close[0]!r}?" if close else ""
