"""docs/reference/rules.md: every rule, and the examples that are its tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from homeroom.engine.first_pass import local_rules
from homeroom.engine.oneroster import VERSIONS, tables_of
from homeroom.engine.profile import SHIPPED, Profile, shipped
from homeroom.engine.rule import Consequence, Rule, Setting
from homeroom.engine.rules import (
    RULES,
    classes,
    corrected,
    counts,
    files,
    keys,
    onboarding,
    people,
    references,
    selfserve,
    values,
)
from homeroom.engine.tables import Column, Table
from homeroom.engine.templates import TEMPLATES
from tests.spec.district import UPLOADS, rows_of
from tests.spec.example import Example, Found, file_of
from tests.spec.examples import EXAMPLES
from tests.spec.markdown import block, cell, code, prose, table

_INTRODUCTION = """\
# Rules

<!-- Written by `make docs` from the rules and their tests. Changes by hand are lost. -->

Everything that Homeroom looks at, in the order in which it is told. Each rule comes with examples: what somebody sends,
and all that is found in it. The examples are the tests of the rule, so they cannot be wrong. The tables and columns
themselves stand on [a page of their own](tables.md).

- **What happens** has four grades: it *stops the sync*, *refuses the row*, *clears the value*, or only *notes*. The
  first two are errors. Where the [profiles](../how-to/write-a-profile.md) `publisher` and `standard` differ, both are
  told.
- **Rows** are numbered as a spreadsheet does it: the header is row 1.
- The tables of the examples show the columns that matter; the others have usual values. The rest of a small district
  follows in the same file, below the rows that are shown: an organization `lantern` with two schools, `north` and
  `south`; a school `year` with the sessions `fall` and `spring`; the courses `math` and `drama`; the teachers `tess`
  (north) and `tom` (south); the students `ana` and `ben` (north) and `cleo` (south); the classes `math-1` (north) and
  `drama-1` (south), each with its teacher and its students.
- The words in braces are filled in: `{column}`, `{value}` (what stands there; never a password), `{expected}` (what
  would be right), `{detail}`.
"""


def _beginning(*beginnings: str) -> tuple[Rule, ...]:
    return tuple(rule for rule in files.RULES if rule.id.startswith(beginnings))


_SECTIONS: Sequence[tuple[str, tuple[Rule, ...]]] = (
    ("Packages and files", _beginning("package-", "file-", "delivery-")),
    ("The manifest", _beginning("manifest-")),
    ("Header rows", _beginning("column-", "required-column-", "bulk-columns-")),
    ("Rows", _beginning("row-")),
    ("Cells", values.VALUES),
    ("Records that must be unique", keys.RULES),
    ("References", references.RULES),
    ("People", people.RULES),
    ("Classes, sessions and dates", classes.RULES),
    ("Onboarding", onboarding.RULES),
    ("Upload templates", (*selfserve.RULES, *corrected.RULES)),
    ("Whole tables", counts.RULES),
)
#: Rules that are asked only if the profile says so, with the setting that does.
_ASKED_BY: Mapping[str, str] = {
    "staff-email-missing": "staff_email",
    "staff-email-form": "staff_email",
    "additional-role-unknown": "additional_roles_column",
    "additional-role-on-student": "additional_roles_column",
    "class-without-teacher": "primary_teacher",
    "class-teacher-unmarked": "primary_teacher",
    "class-teachers-marked": "primary_teacher",
    "school-not-onboarded": "onboarding",
    "grade-unknown": "grade_vocabulary",
}
_NOT_ASKED = "is not asked"

Where = tuple[str, str, str]
"""Version ("1.1", "1.2" or "" for a template), table, column."""


def lines() -> Iterator[str]:
    """The page, line by line."""
    yield from _INTRODUCTION.splitlines()
    applied = {profile: _applications(shipped(profile)) for profile in SHIPPED}
    assert sorted(rule.id for _, rules in _SECTIONS for rule in rules) == sorted(rule.id for rule in RULES)
    for title, rules in _SECTIONS:
        yield from ("", f"## {title}")
        for rule in rules:
            yield from _rule(rule, {name: found.get(rule.id, {}) for name, found in applied.items()})


def _applications(profile: Profile) -> dict[str, dict[Where, tuple[Column, Consequence]]]:
    """By rule, where its cells or rows are judged under a profile, and what happens there."""
    found: dict[str, dict[Where, tuple[Column, Consequence]]] = {}
    tables = [(version, one) for version in VERSIONS for one in tables_of(version).values()]
    for version, one in [*tables, *(("", template) for template in TEMPLATES.values())]:
        for mode in ("bulk", "delta"):
            setting = Setting(one, frozenset(one.names), mode, profile)
            for local in local_rules(setting, RULES):
                place = (version, _titled(one), local.cell.name)
                found.setdefault(local.rule.id, {})[place] = (local.cell.column, local.consequence)
    return found


def _titled(one: Table) -> str:
    return f"template {one.name}" if one.domain == "self-serve" else one.name


def _rule(rule: Rule, applied: Mapping[str, dict[Where, tuple[Column, Consequence]]]) -> Iterator[str]:
    yield from ("", f"### {code(rule.id)}", "", prose(rule.says), "")
    facts = [("what happens", _consequences(rule, applied))]
    if where := _where(rule, next((found for found in applied.values() if found), {})):
        facts.append(("where", where))
    facts += [
        ("message", code(rule.message.replace("{{", "{").replace("}}", "}"))),
        ("what to do", prose(rule.remedy)),
        ("source", prose(rule.source)),
    ]
    yield from table(("", ""), facts)
    for example in EXAMPLES:
        if example.rule == rule.id:
            yield from _example(example)


def _consequences(rule: Rule, applied: Mapping[str, dict[Where, tuple[Column, Consequence]]]) -> str:
    said = {name: _consequence(rule, shipped(name), applied[name]) for name in SHIPPED}
    if len(set(said.values())) == 1:
        return said["publisher"]
    return f"{said['publisher']}; profile `standard`: {said['standard']}"


def _consequence(rule: Rule, profile: Profile, applied: dict[Where, tuple[Column, Consequence]]) -> str:
    if rule.id in _ASKED_BY and not getattr(profile, _ASKED_BY[rule.id]):
        return _NOT_ASKED
    if rule.cell is None and rule.row is None:
        return _said(rule.consequence_for(None, profile))
    by_kind: dict[str, set[Consequence]] = {}
    for column, consequence in applied.values():
        by_kind.setdefault(_kind(column), set()).add(consequence)
    by_consequence: dict[Consequence, list[str]] = {}
    for kind, consequences in sorted(by_kind.items(), key=lambda pair: _KINDS.index(pair[0])):
        for consequence in sorted(consequences):
            by_consequence.setdefault(consequence, []).append(kind)
    if len(by_consequence) < 2:
        return _said(next(iter(by_consequence), Consequence.OFF))
    return "; ".join(f"{_said(consequence)} in {' and '.join(kinds)}" for consequence, kinds in by_consequence.items())


_KINDS = ("identifiers", "required columns", "columns that may be empty")


def _kind(column: Column) -> str:
    return _KINDS[0] if column.is_key else _KINDS[1] if column.is_needed else _KINDS[2]


def _said(consequence: Consequence) -> str:
    return _NOT_ASKED if consequence is Consequence.OFF else consequence.value


def _where(rule: Rule, applied: dict[Where, tuple[Column, Consequence]]) -> str:
    if not applied:
        place = f"{rule.table}.{rule.column}" if rule.table and rule.column in _names(rule.table) else rule.table
        return code(place) if place else ""
    columns: dict[str, dict[str, set[str]]] = {}
    for (version, table_name, column), (declared, _) in applied.items():
        shown = f"{code(column)} (in changes)" if declared.delta_only else code(column)
        columns.setdefault(table_name, {}).setdefault(shown, set()).add(version)
    return "; ".join(_columns(name, found) for name, found in columns.items())


def _names(table_name: str) -> set[str]:
    tables = [tables_of(version)[table_name] for version in VERSIONS if table_name in tables_of(version)]
    return {name for one in tables for name in one.names}


def _columns(table_name: str, columns: Mapping[str, set[str]]) -> str:
    """A table with its columns; a version that is the only one to know one of them is told."""
    here = {version for version in VERSIONS if table_name in tables_of(version)}
    table_is_new = len(here) == 1
    told = []
    for column, versions in columns.items():
        only = f" ({next(iter(versions))})" if len(versions) == 1 and "" not in versions and not table_is_new else ""
        told.append(column + only)
    title = f"{table_name} ({next(iter(here))})" if table_is_new else table_name
    return f"{title}: {', '.join(told)}"


def _example(example: Example) -> Iterator[str]:
    yield from ("", f"**{prose(example.title)}.**")
    if circumstances := _circumstances(example):
        yield from ("", f"*{'; '.join(circumstances)}*")
    for name, before in (example.known or {}).items():
        yield from _given(name, before, label=f"{name} as accepted before")
    for name, content in example.given.items():
        yield from _given(name, content, label=file_of(name))
    yield ""
    if example.finds or example.finds_in_1_2:
        yield from _found(example)
    else:
        yield "Nothing is found."
    yield from _outcome(example)


def _circumstances(example: Example) -> list[str]:
    is_upload = any(name in UPLOADS or "upload" in name for name in example.given)
    told = [] if is_upload else [f"OneRoster {' and '.join(example.versions)}"]
    told += [f"profile `{example.profile}`"] if example.profile != "publisher" else []
    told += [f"with `{name} = {_toml(value)}`" for name, value in example.settings.items()]
    told += [f"{', '.join(example.deltas)}: changes only"] if example.deltas else []
    told += [f"without {', '.join(example.without)}"] if example.without else []
    told += [f"zipped in the folder {code(example.folder)}" if example.folder != "./" else "zipped"] * bool(
        example.folder
    )
    told += [f"zipped, with {', '.join(map(code, example.junk))} besides"] if example.junk else []
    told += [f"onboarded: {', '.join(example.onboarded)}"] if example.onboarded is not None else []
    told += ["the district was accepted before"] if example.known is not None else []
    return told


def _toml(value: object) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f'"{key}" = {_toml(inner)}' for key, inner in value.items()) + " }"
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value).lower()


def _given(name: str, content: str | bytes, *, label: str) -> Iterator[str]:
    if "." in name:
        yield from ("", f"{code(label)}:", "", *block(content))
        return
    rows = rows_of(str(content))
    if rows:
        yield from ("", f"{code(label)}:" if "." in label else f"{prose(label)}:", "")
        header = ["row", *map(prose, rows[0])]
        yield from table(header, [[str(line), *map(cell, row.values())] for line, row in enumerate(rows, start=2)])
    else:
        yield from ("", f"{code(label)} as it is in the district.")


def _found(example: Example) -> Iterator[str]:
    every = [*example.finds, *example.finds_in_1_2]
    header = ("found in", "row", "column", "what happens", "message")
    yield from table(
        header, [_finding(example, one, is_new=number >= len(example.finds)) for number, one in enumerate(every)]
    )


def _finding(example: Example, one: Found, *, is_new: bool) -> Sequence[str]:
    notes = [f"`{one.rule}`"] if one.rule not in ("", example.rule) else []
    notes += ["in 1.2"] if is_new and len(example.versions) > 1 else []
    return (
        code(one.file or ""),
        str(one.line or ""),
        code(one.field or ""),
        one.consequence,
        prose(one.message) + (f" ({', '.join(notes)})" if notes else ""),
    )


def _outcome(example: Example) -> Iterator[str]:
    told = [f"{name} {ids.replace(' ', ', ') or 'none'}" for name, ids in example.accepted.items()]
    if told:
        yield from ("", f"Accepted: {prose('; '.join(told))}.")
    if any(example.left_out.values()):
        counted = ", ".join(f"{name} {count}" for name, count in example.left_out.items() if count)
        yield from ("", f"Left out: {prose(counted)}.")
    told = [f"{name} {ids.replace(' ', ', ')}" for name, ids in example.roster.items()]
    if told:
        yield from ("", f"In the roster afterwards: {prose('; '.join(told))}.")
