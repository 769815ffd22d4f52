"""The second pass: the text of the rows that matter is fetched, and each broken rule becomes a finding with its
words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby

import polars as pl

from homeroom.engine.findings import WHOLE_ROW, Gathering, message
from homeroom.engine.ledger import FAULTS, Page
from homeroom.engine.rule import Consequence, LocalRule, Rule
from homeroom.engine.rules import RULES_BY_ID
from homeroom.engine.rules.references import NOT_FOUND

_SECRET = "password"
_HIDDEN = "•••"

Causes = Mapping[str, pl.DataFrame]


def explain(page: Page, causes: Causes, findings: Gathering) -> pl.DataFrame:
    """Adds the findings about the rows of one table; returns why each refused record was refused.

    causes: the same for the tables judged before: ``key``, ``cause``. One row per refused record that has an
    identifier.
    """
    faults = pl.concat(page.faults) if page.faults else pl.DataFrame(schema=FAULTS)
    faults = faults.filter(~page.silent.gather(faults["row"])) if len(faults) else faults
    wanted = (page.refused | page.flagged) & ~page.silent
    rows = pl.concat([wanted.arg_true().cast(pl.UInt32), faults["row"]]).unique().sort().alias("row")
    reasons = [_unreadable(page, findings)]
    if len(rows):
        for batch in _begun_ahead(page.measured.fetch(rows)):
            told = _tell(page, batch, faults.filter(pl.col("row").is_in(batch["row"].implode())), causes)
            findings.add(told.drop("row", "inherited"))
            reasons.append(_reasons(page, told))
    return pl.concat(reasons).unique("key", keep="first", maintain_order=True)


def _begun_ahead(batches: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """One after the other; the next one is made while one is looked at."""
    with ThreadPoolExecutor(1) as beside:
        coming = beside.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = beside.submit(next, batches, None)
            yield batch


def _tell(page: Page, batch: pl.DataFrame, faults: pl.DataFrame, causes: Causes) -> pl.DataFrame:
    told = [*_told_by_themselves(page, batch, faults), *_told_by_faults(page, batch, faults, causes)]
    if not told:
        return pl.DataFrame(schema=_TOLD)
    everything = pl.concat(told)
    # Of two findings on one cell, the graver speaks; of two equally grave, the one that the cell tells by itself.
    everything = everything.with_columns(
        best=pl.col("gravity").min().over("row", "field"), first=pl.col("local").max().over("row", "field", "gravity")
    )
    kept = everything.filter((pl.col("gravity") == pl.col("best")) & (pl.col("local") == pl.col("first")))
    kept = kept.with_columns(
        line=page.line_of(kept["row"]), count=pl.lit(1), file=pl.lit(page.part.file), table=pl.lit(page.name)
    )
    return kept.sort("row", "place", "rule").drop("gravity", "local", "best", "first")


_TOLD = {
    "row": pl.UInt32,
    "sourcedId": pl.String,
    "field": pl.String,
    "rule": pl.String,
    "consequence": pl.String,
    "message": pl.String,
    "value": pl.String,
    "cause": pl.String,
    "place": pl.UInt16,
    "inherited": pl.Boolean,
    "line": pl.UInt32,
    "count": pl.UInt32,
    "file": pl.String,
    "table": pl.String,
}
_GRAVITY = {consequence.value: grade for grade, consequence in enumerate(Consequence)}


def _told_by_themselves(page: Page, batch: pl.DataFrame, faults: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """The findings of cell and row rules: per cell that of the gravest rule that is broken, of equals the first."""
    by_column = groupby(enumerate(page.local), key=lambda pair: pair[1].cell.name)
    gravest = {name: sorted(group, key=lambda pair: _GRAVITY[pair[1].consequence.value]) for name, group in by_column}
    if not gravest:
        return
    lost = _lost(faults)
    # All columns are asked at once: to ask one after the other would take longer than the answers.
    numbered = {
        name: pl.coalesce(pl.when(_broken(one, lost)).then(pl.lit(number, pl.UInt16)) for number, one in group)
        for name, group in gravest.items()
    }
    hits = batch.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias(" place"), **numbered)
    hits = hits.unpivot(index=" place", value_name="number").drop_nulls("number")
    for (number,), places in sorted(hits.partition_by("number", as_dict=True).items()):
        one = page.local[number]
        yield _worded(page, batch[places[" place"]], one, one.cell.name)


def _lost(faults: pl.DataFrame) -> dict[str, pl.Expr]:
    """By column, the rows whose reference in it leads nowhere."""
    by_column = faults.filter(pl.col("rule") == NOT_FOUND.id).partition_by("column", as_dict=True)
    return {name: pl.col("row").is_in(lost["row"].implode()) for (name,), lost in by_column.items()}


def _broken(one: LocalRule, lost: Mapping[str, pl.Expr]) -> pl.Expr:
    """Where the rule is broken. The text of a reference is only looked at where it leads nowhere."""
    return one.broken & lost.get(one.cell.name, pl.lit(False)) if one.waits else one.broken


def _worded(page: Page, rows: pl.DataFrame, one: LocalRule, name: str) -> pl.DataFrame:
    rule, cell = one.rule, one.cell
    detail = pl.lit("")
    if rule.hint is not None:
        rows = rows.with_columns(rule.hint(rows[name], cell).fill_null("").alias(" detail"))
        detail = pl.col(" detail")
    elif rule.beside is not None:
        detail = pl.col(rule.beside)
    constants = _constants(page, name) | ({"expected": rule.expected(cell)} if rule.expected else {})
    return _finding(page, rows, rule, name, one.consequence, constants, detail=detail, local=True)


def _constants(page: Page, column: str) -> dict[str, str]:
    profile, table = page.setting.profile, page.setting.table
    expected = ", ".join(profile.additional_roles)
    if column in table and (reference := table[column].reference) is not None:
        expected = " or ".join(f"a {kind}" for kind in reference.kinds)
    return {"column": column, "record": table.singular, "product": profile.product, "expected": expected}


def _finding(
    page: Page,
    rows: pl.DataFrame,
    rule: Rule,
    field: str,
    consequence: Consequence,
    constants: Mapping[str, str],
    *,
    detail: pl.Expr,
    local: bool,
    cause: pl.Expr | None = None,
) -> pl.DataFrame:
    table = page.setting.table
    value = pl.col(field) if field in rows.columns and field != _SECRET else pl.lit(None, dtype=pl.String)
    in_words = pl.lit(_HIDDEN) if field == _SECRET else value
    own_cause = f"{page.name}/{field}/{rule.id}"
    place = table.names.index(field) if field in table else len(table.names)
    return rows.select(
        "row",
        (pl.col(table.key) if table.key in rows.columns else pl.lit(None, dtype=pl.String)).alias("sourcedId"),
        pl.lit(field).alias("field"),
        pl.lit(rule.id).alias("rule"),
        pl.lit(consequence.value).alias("consequence"),
        message(rule, constants, value=in_words, detail=detail).alias("message"),
        value.alias("value"),
        (pl.lit(own_cause) if cause is None else pl.coalesce(cause, pl.lit(own_cause))).alias("cause"),
        pl.lit(place, dtype=pl.UInt16).alias("place"),
        (pl.lit(False) if cause is None else cause.is_not_null()).alias("inherited"),
        pl.lit(_GRAVITY[consequence.value], dtype=pl.UInt8).alias("gravity"),
        pl.lit(local).alias("local"),
    )


def _told_by_faults(page: Page, batch: pl.DataFrame, faults: pl.DataFrame, causes: Causes) -> Iterator[pl.DataFrame]:
    """The findings of rules that look across rows and tables."""
    for (rule_id, column, target_table), group in faults.group_by(
        "rule", "column", "target_table", maintain_order=True
    ):
        rule = RULES_BY_ID[str(rule_id)]
        because = causes.get(str(target_table))
        told = group.unique("row", keep="first", maintain_order=True)
        if because is not None and len(because):
            told = told.join(
                because.select(target="key", cause="cause"), on="target", how="left", maintain_order="left"
            )
        else:
            told = told.with_columns(cause=pl.lit(None, dtype=pl.String))
        rows = batch.join(
            told.select("row", pl.col("detail").alias(" detail"), pl.col("cause").alias(" cause")), on="row"
        )
        yield _finding(
            page,
            rows,
            rule,
            str(column),
            rule.consequence_for(None, page.setting.profile),
            _constants(page, str(column)),
            detail=pl.col(" detail"),
            local=False,
            cause=pl.col(" cause"),
        )


def _reasons(page: Page, told: pl.DataFrame) -> pl.DataFrame:
    """Why each record was refused: the first error that is its own, else the first that it inherits."""
    errors = told.filter(pl.col("consequence") == Consequence.REFUSES.value).sort(
        "row", "inherited", "place", maintain_order=True
    )
    errors = errors.unique("row", keep="first", maintain_order=True)
    return errors.select(key=page.key.gather(errors["row"]), cause="cause").filter(pl.col("key").is_not_null())


def _unreadable(page: Page, findings: Gathering) -> pl.DataFrame:
    """Adds the findings of the rows that could not be read; the record is named where the row still tells its
    identifier.
    """
    bad = page.measured.bad_rows
    text = pl.col("text")
    if hides := any(column.name == _SECRET for column in page.setting.table.columns):
        # Where in a broken row the password stands cannot be told: no more of it is shown than the first cell.
        text = pl.concat_str(_text_of_key(page), pl.lit("," + _HIDDEN)).fill_null(_HIDDEN)
    for (rule_id,), rows in bad.group_by("rule", maintain_order=True):
        rule = RULES_BY_ID[str(rule_id)]
        findings.add(
            rows.select(
                "line",
                file=pl.lit(page.part.file),
                table=pl.lit(page.name),
                sourcedId=_text_of_key(page),
                field=pl.lit(WHOLE_ROW),
                rule=pl.lit(rule.id),
                consequence=pl.lit(rule.consequence_for(None, page.setting.profile).value),
                message=message(rule, {}, value=text, detail=pl.lit("")),
                value=pl.lit(None) if hides else text,
                count=pl.lit(1),
                cause=pl.lit(f"{page.name}/{WHOLE_ROW}/{rule.id}"),
                place=pl.lit(0),
            )
        )
    cause = pl.concat_str(pl.lit(f"{page.name}/{WHOLE_ROW}/"), pl.col("rule"))
    return page.unreadable.select("key", cause=cause).filter(pl.col("key").is_not_null())


def _text_of_key(page: Page) -> pl.Expr:
    """Of a row that could not be read, the source id, if it is the first cell and beyond doubt."""
    return pl.col("first_cell") if page.part.columns[0] == page.setting.table.key else pl.lit(None, dtype=pl.String)
