"""The first pass: every row of a table is read once, and about fifty bytes of it are kept (see ``ledger``).

What makes it cheap: a reference that resolves needs no further look at its characters, because the identifier it equals
was looked at where it is defined. So the text rules of references are judged only where there is nothing to resolve
against; of the rows that do not resolve, the text is fetched in the second pass, and the same rules then say what is
wrong with it.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from homeroom.engine.formats.csv_questions import Asked
from homeroom.engine.hashes import hashed
from homeroom.engine.ledger import CLEARED, FILLED, ZEROS, Page, any_of
from homeroom.engine.profile import Profile
from homeroom.engine.rule import Cell, Consequence, LocalRule, Rule, Setting
from homeroom.engine.rules import people, selfserve
from homeroom.engine.rules.forms import is_date
from homeroom.engine.rules.keys import together
from homeroom.engine.rules.references import EXTENDED, NOT_FOUND, kind_codes
from homeroom.engine.snapshot import Part
from homeroom.engine.tables import METADATA_PREFIX, Column, Type

#: Stands between the values in a record's hash: text cannot hold it, because a row with a NUL character is refused.
_BETWEEN = "\x00"
#: In which rows a line break stands is known from reading them.
_LINE_BREAK = "cell-line-break"
#: Before a column's name: the hashes of the items of a list.
ITEMS = "items "


def local_rules(setting: Setting, rules: Sequence[Rule]) -> Iterator[LocalRule]:
    """The cell and row rules that apply to a table, column by column, each column's in the order of precedence."""
    # A screen relies on what follows from other rules: not where the profile says something else of one of them.
    as_meant = setting.profile.consequences.keys().isdisjoint(rule.id for rule in rules)
    for column in columns_to_judge(setting):
        cell = Cell(column, setting)
        for rule in rules:
            test = rule.cell(cell) if rule.cell is not None else _row_test(rule, setting, column)
            consequence = rule.consequence_for(column, setting.profile)
            if test is not None and consequence is not Consequence.OFF:
                screen = rule.screen(cell) if rule.screen is not None and as_meant else test
                if screen is None:
                    screen = pl.lit(False)
                yield LocalRule(rule, cell, test.fill_null(False), screen, consequence)


def _row_test(rule: Rule, setting: Setting, column: Column) -> pl.Expr | None:
    if rule.row is None or rule.column != column.name or rule.table not in (None, setting.table.name):
        return None
    return rule.row(setting)


def columns_to_judge(setting: Setting) -> Iterator[Column]:
    """The columns of the table that are there, in its order, then the metadata columns (always text)."""
    bulk_only_passed_over = setting.mode == "bulk"
    for column in setting.table.columns:
        if column.name in setting.present and not (column.delta_only and bulk_only_passed_over):
            yield column
    for name in sorted(setting.present):
        if name.startswith(METADATA_PREFIX):
            yield Column(name, Type.TEXT, personal=True)


def _certified(local: LocalRule, resolvable: frozenset[str]) -> bool:
    """Whether this text rule of a reference can wait: a cell that breaks it does not resolve, and is refused for
    that.
    """
    reference = local.cell.column.reference
    return (
        reference is not None
        and local.cell.column.type is not Type.ID
        and reference.table in resolvable
        and local.rule.id != "value-missing"
        and NOT_FOUND.consequence_for(None, local.cell.setting.profile).is_error
    )


def content_hash(part: Part, cleared: Container[str] = ()) -> pl.Expr:
    """One hash of all that makes up the record, so that equal records have equal hashes in every delivery.

    A column that is not there counts as empty, so that leaving an empty column out changes nothing. cleared: as
    ``kept_value`` has it. The school year is hashed as it is kept. Columns that not every file of the version
    has go in under their name, if they have a value.
    """
    everywhere, named = [], []
    for name in part.content:
        value = kept_value(part, name, cleared) if name in part.present else pl.lit(None, dtype=pl.String)
        if name in part.table and part.table[name].layout is None:
            everywhere.append(value.fill_null(""))
        else:
            named.append(pl.concat_str(pl.lit(f"{_BETWEEN}{name}{_BETWEEN}"), value).fill_null(""))
    return hashed(pl.concat_str(pl.concat_str(everywhere, separator=_BETWEEN), *named))


def kept_value(part: Part, name: str, cleared: Container[str]) -> pl.Expr:
    """A cell as the roster keeps it: cleared where a rule says so; a span of years as the year in which it ends.

    cleared: the columns of which a value is taken out somewhere; where, stands beside them (``Page.clearings``).
    """
    value = pl.col(name)
    if name in part.table and part.table[name].type is Type.YEAR:
        value = pl.when(value.str.len_chars() == len("2026-2027")).then(value.str.slice(5)).otherwise(value)
    return pl.when(~pl.col(CLEARED + name)).then(value) if name in cleared else value


def index(
    part: Part, rules: Sequence[Rule], profile: Profile, *, resolvable: frozenset[str], compare: bool, work: Path
) -> Page:
    """The page of one table.

    resolvable: tables to which references can be looked up. compare: also keep a hash of each record's content, as
    ``content``, for telling what changed, and which columns are filled (``FILLED`` before their names). Rows that
    cannot be read are in ``page.measured.bad_rows`` and have no entry here.
    """
    setting = Setting(part.table, part.present, part.mode, profile)
    local = tuple(replace(one, waits=_certified(one, resolvable)) for one in local_rules(setting, rules))
    judged_now = [one for one in local if not one.waits]
    kept = dict(_kept(setting, part.columns))
    if part.table.name in {
        c.reference.table for table in part.tables.values() for c in table.references if c.reference
    }:
        key = pl.col(part.table.key) if setting.has(part.table.key) else pl.lit(None, dtype=pl.String)
        kept[ZEROS] = key.str.contains("^0+[1-9][0-9]*$").fill_null(False)
    marks = {
        "refused": [one.screen for one in judged_now if one.consequence.is_error],
        "flagged": [one.screen for one in judged_now if not one.consequence.is_error and one.rule.id != _LINE_BREAK],
        "clears": [one.broken if one.waits else one.screen for one in local if one.consequence is Consequence.CLEARS],
    }
    # Not of identifiers: most are asked for nothing but their hash, which takes no longer than to find one.
    by_value = [column.name for column in columns_to_judge(setting) if not column.is_key]
    if compare:
        kept["content"] = content_hash(part)
        kept |= {FILLED + name: pl.col(name).is_not_null() for name in part.content if name in part.present}
    lists = [column.name for column in part.table.references if column.is_list and column.name in part.present]
    # Items are hashed where they stand: to read the lists out of the file once more would take half as long again.
    kept |= {ITEMS + name: pl.col(name).str.split(",").list.eval(hashed(pl.element())) for name in lists}
    asked = Asked([expr.alias(name) for name, expr in kept.items()], marks, by_value)
    measured = part.text.measure(asked, work=work)
    frame = measured.frame
    items = {name: frame.select("row", target=ITEMS + name).drop_nulls("target").explode("target") for name in lists}
    page = Page(
        setting=setting,
        part=part,
        measured=measured.without_answers(),
        local=local,
        frame=frame.drop("row", *marks, *(ITEMS + name for name in lists)),
        edges=items,
        refused=frame["refused"],
        flagged=frame["flagged"].scatter(measured.rows_with_breaks, True),
        clears=frame["clears"],
        left_out=pl.repeat(False, len(frame), eager=True, dtype=pl.Boolean).alias("left_out"),
    )
    if compare and page.cleared:
        page.frame = page.frame.with_columns(_contents(page))
    return page


def _contents(page: Page) -> pl.Series:
    """The content of each row, made anew where a value is taken out: in few rows, as a rule."""
    rows = pl.concat(page.cleared.values()).unique().sort()
    again = page.measured.scan(rows, beside=pl.DataFrame(page.clearings(rows)))
    told = again.select("row", content=content_hash(page.part, page.cleared)).collect(engine="streaming")
    return page.frame["content"].clone().scatter(told["row"], told["content"])


def _kept(setting: Setting, columns: Sequence[str]) -> Iterator[tuple[str, pl.Expr]]:
    table = setting.table
    yield "key", hashed(table.key) if setting.has(table.key) else pl.lit(None, dtype=pl.UInt64)
    ends = setting.mode == "delta" and setting.has("status")
    yield "deleted", (pl.col("status") == "tobedeleted").fill_null(False) if ends else pl.lit(False)
    if setting.mode == "bulk":
        filled = [pl.col(name).is_not_null() for name in ("status", "dateLastModified") if setting.has(name)]
        yield "filled", any_of(filled)
    for column in table.references:
        if setting.has(column.name) and not column.is_list:
            yield column.name, hashed(column.name)
    yield from _facts(setting, columns)


def _facts(setting: Setting, columns: Sequence[str]) -> Iterator[tuple[str, pl.Expr]]:
    table = setting.table
    if table.domain == "self-serve":
        yield from selfserve.facts(setting, columns).items()
        return
    kind = {"users": "role", "roles": "role", "enrollments": "role", "orgs": "type", "academicSessions": "type"}.get(
        table.name
    )
    if kind is not None and setting.has(kind):
        yield "kind", _code(table[kind])
    elif kind is not None and kind in table:
        yield "kind", pl.lit(0, dtype=pl.UInt8)
    if table.name == "users":
        yield from people.facts(setting).items()
    if table.name == "roles" and setting.has("roleType", "userSourcedId", "orgSourcedId"):
        pair = together(hashed("userSourcedId"), hashed("orgSourcedId"))
        yield "primary_of", pl.when(pl.col("roleType") == "primary").then(pair)
    if table.name == "enrollments":
        yield "primary", (pl.col("primary") == "true").fill_null(False) if setting.has("primary") else pl.lit(False)
    for begin, name in (("startDate", "begin"), ("beginDate", "begin"), ("endDate", "end")):
        if begin in table and table.name in ("academicSessions", "enrollments"):
            yield (
                name,
                pl.when(is_date(begin)).then(pl.col(begin).str.to_date("%Y-%m-%d", strict=False))
                if setting.has(begin)
                else pl.lit(None, dtype=pl.Date),
            )


def _code(column: Column) -> pl.Expr:
    """The number of a token: see ``kind_codes``. A chain of comparisons, because a look-up table holds up the streaming
    engine.
    """
    text, code = pl.col(column.name), pl.lit(0, dtype=pl.UInt8)
    if column.extensible:
        code = pl.when(text.str.starts_with("ext:")).then(pl.lit(EXTENDED, dtype=pl.UInt8)).otherwise(code)
    for token, number in kind_codes(column.tokens).items():
        code = pl.when(text == token).then(pl.lit(number, dtype=pl.UInt8)).otherwise(code)
    return code
