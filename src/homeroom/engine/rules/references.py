"""Which rows point at records that are not there?

A reference finds what was accepted in this delivery; where the delivery says nothing about a table (it is absent, or a
delta) also what was accepted before (product.md 4.3). What cannot be looked up at all is unknown, not broken.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from homeroom.engine.ledger import NO_IDS, Ledger, Page, rows_where
from homeroom.engine.rule import Consequence, Rule
from homeroom.engine.tables import Column, Reference, Table

NOT_FOUND = Rule(
    id="reference-not-found",
    consequence=Consequence.REFUSES,
    says="Every record that a row points at is there and was accepted.",
    message="{column} not found in our system",
    remedy="Include the record that is missing in the delivery; if it was refused, mend that one first.",
    source="product.md 4.3; OneRoster CSV 1.2, references",
)
NOT_CHECKED = Rule(
    id="reference-not-checked",
    consequence=Consequence.NOTES,
    says="What a set of changes (delta) points at and does not hold can be looked up in the roster as accepted before.",
    message="Rows whose {column} names a record that is not in this delivery: {detail}. Whether it is in the roster was not checked.",
    remedy="Nothing needs to be done. When you check by hand, --known can name the roster as accepted before.",
    source="product.md 4.3; OneRoster CSV 1.2, delta processing",
)
LOST_ZEROS = Rule(
    id="reference-lost-zeros",
    consequence=Consequence.NOTES,
    says="A reference has the leading zeros of the identifier that it means.",
    message="Rows whose {column} would be found with leading zeros in front: {detail}. Excel drops leading zeros.",
    remedy="Export the file again and do not open it in Excel, or format the column as text before you paste.",
    source="product.md 3.4 (damage that Excel does)",
)
KIND = Rule(
    id="reference-kind",
    consequence=Consequence.REFUSES,
    says="A row points at the right kind of record: a class at a school, a course at a school year, a result at a student.",
    message="{column} is {value}, which is {detail}; it must name {expected}.",
    remedy="Point at a record of the right kind, or correct the type of the record that is pointed at.",
    source="OneRoster CSV 1.2, reference tables; organizations of an ext: type count as schools",
)
ORG_CYCLE = Rule(
    id="org-cycle",
    consequence=Consequence.REFUSES,
    says="No organization is its own parent, by whatever detour.",
    message="parentSourcedId is {value}, and following the parents from there leads back to this organization; correct one of them.",
    remedy="Correct parentSourcedId of one organization in the circle.",
    source="OneRoster CSV 1.2, orgs.parentSourcedId (a tree)",
    table="orgs",
    column="parentSourcedId",
)
SESSION_CYCLE = Rule(
    id="session-cycle",
    consequence=Consequence.REFUSES,
    says="No academic session is its own parent, by whatever detour.",
    message="parentSourcedId is {value}, and following the parents from there leads back to this session; correct one of them.",
    remedy="Correct parentSourcedId of one session in the circle.",
    source="OneRoster CSV 1.2, academicSessions.parentSourcedId (a tree)",
    table="academicSessions",
    column="parentSourcedId",
)

#: ``ext:`` types, in the numbering of ``kind``.
EXTENDED = 255


def kind_codes(tokens: tuple[str, ...]) -> dict[str, int]:
    """The number under which the first pass keeps each token; 0 is for none or unknown, 255 for an extension."""
    return {token: number for number, token in enumerate(tokens, start=1)}


def of_right_kind(ledger: Ledger, reference: Reference) -> pl.Series:
    """The identifiers of the records that may be pointed at."""
    found = ledger.found(reference.table)["key"]
    if not reference.kinds:
        return found
    kinds = _kinds(ledger, reference.table)
    right = kinds.filter(pl.col("kind").is_in(list(right_codes(ledger, reference))))["key"]
    # Whoever has no role at all in 1.2 may be anybody: unknown is not broken.
    unknown = ~found.is_in(kinds["key"].implode())
    return found.filter(found.is_in(right.implode()) | unknown)


def _kinds(ledger: Ledger, table: str) -> pl.DataFrame:
    """The kind of each record that may be found: ``key``, ``kind``. In 1.2 a user has the roles of roles.csv, any
    number of them.
    """
    if table != "users" or "role" in _tables(ledger)["users"]:
        return ledger.found(table, "kind")
    if not ledger.resolves("roles"):
        return pl.DataFrame(schema={"key": pl.UInt64, "kind": pl.UInt8})
    roles = ledger.found("roles", "userSourcedId", "kind").select(key="userSourcedId", kind="kind")
    return roles.filter(pl.col("key").is_in(ledger.found("users")["key"].implode()))


def _tables(ledger: Ledger) -> Mapping[str, Table]:
    """The declarations of all tables of the version that is delivered."""
    return next(iter(ledger.pages.values())).part.tables


def right_codes(ledger: Ledger, reference: Reference) -> frozenset[int]:
    column = _kind_column(ledger, reference.table)
    codes = kind_codes(column.tokens)
    extended = {EXTENDED} if column.extensible and reference.table != "users" else set()
    return frozenset({codes[kind] for kind in reference.kinds if kind in codes} | extended)


def _kind_column(ledger: Ledger, table: str) -> Column:
    tables = _tables(ledger)
    if table == "users":
        return tables["users"]["role"] if "role" in tables["users"] else tables["roles"]["role"]
    return tables[table]["type"]


def judge_references(
    page: Page, ledger: Ledger, columns: tuple[Column, ...] | None = None, *, but: pl.Series | None = None
) -> None:
    """Refuse or leave out the rows whose references do not resolve.

    columns: only these (all of the table's otherwise). but: rows of which nothing more is to be said. A table that
    points at itself is judged until nothing changes, because a record that is refused takes those that point at it
    along.
    """
    if columns is None:
        columns = tuple(page.setting.table.references)
    columns = tuple(
        c for c in columns if c.name in page.setting.present and c.reference and ledger.resolves(c.reference.table)
    )
    for column in columns:
        _judge_column(page, ledger, column, but)
    circular = tuple(c for c in columns if c.reference and c.reference.table == page.name)
    before = -1
    while circular and before != (before := page.refused.arg_true().len() + page.left_out.arg_true().len()):
        for column in circular:
            _judge_column(page, ledger, column, but)


def _judge_column(page: Page, ledger: Ledger, column: Column, but: pl.Series | None) -> None:
    assert column.reference is not None
    judge = _missing_items if column.is_list else _missing_targets
    missing = judge(page, ledger, column, column.reference)
    if but is not None:
        missing = missing.filter(~pl.col("row").is_in(but.implode()))
    _blame(page, ledger, column, column.reference, missing)


def _told(page: Page, column: Column) -> pl.Series:
    """The rows of which this column's fault is already written down."""
    about_target = [rule.id for rule in (NOT_FOUND, KIND, ORG_CYCLE, SESSION_CYCLE)]
    rows = [
        f.filter((pl.col("column") == column.name) & pl.col("rule").is_in(about_target))["row"] for f in page.faults
    ]
    return pl.concat(rows) if rows else pl.Series("row", [], dtype=pl.UInt32)


def _missing_targets(page: Page, ledger: Ledger, column: Column, reference: Reference) -> pl.DataFrame:
    """The rows whose one target is not to be found: ``row``, ``target``; those that belong to what is left out are left
    out.
    """
    target = page.frame[column.name]
    missing = rows_where(~target.is_in(of_right_kind(ledger, reference).implode()) & target.is_not_null())
    missing = missing.with_columns(target=target.gather(missing["row"]))
    left_out = pl.col("target").is_in(ledger.left_out(reference.table).implode())
    if reference.belongs:
        page.leave_out(missing.filter(left_out)["row"])
        missing = missing.filter(~left_out)
    elif not column.required:
        missing = missing.filter(~left_out)
    return missing


def _missing_items(page: Page, ledger: Ledger, column: Column, reference: Reference) -> pl.DataFrame:
    """The same for a list, with the first item that is not to be found; a row belongs to what is left out if all its
    items are.
    """
    edges = page.edges[column.name]
    bad = edges.filter(~edges["target"].is_in(of_right_kind(ledger, reference).implode()))
    if bad.is_empty():
        return bad
    silent = pl.col("target").is_in(ledger.left_out(reference.table).implode())
    if reference.belongs:
        outside = bad.filter(silent).group_by("row").agg(outside=pl.len())
        items = edges.filter(pl.col("row").is_in(outside["row"].implode())).group_by("row").agg(items=pl.len())
        page.leave_out(outside.join(items, on="row").filter(pl.col("outside") == pl.col("items"))["row"])
    # Of several, one that was refused in this delivery: that it is not there is certain.
    refused = ledger.refused(reference.table) if reference.table in ledger.pages else NO_IDS
    bad = bad.filter(~silent).sort(pl.col("target").is_in(refused.implode()), descending=True, maintain_order=True)
    return bad.unique("row", keep="first", maintain_order=True).sort("row")


def _blame(page: Page, ledger: Ledger, column: Column, reference: Reference, missing: pl.DataFrame) -> None:
    missing = missing.filter(~pl.col("row").is_in(_told(page, column).implode()))
    if missing.is_empty():
        return
    wrong_kind = missing.clear()
    if reference.kinds:
        there = _kinds(ledger, reference.table)
        wrong_kind = missing.join(there, left_on="target", right_on="key", how="inner", maintain_order="left").unique(
            "row"
        )
        tokens = kind_codes(_kind_column(ledger, reference.table).tokens)
        names = {code: f"{'an' if token[0] in 'aeiou' else 'a'} {token}" for token, code in tokens.items()}
        wrong_kind = wrong_kind.select(
            "row",
            "target",
            detail=pl.col("kind")
            .cast(pl.Int64)
            .replace_strict(names, default="of another kind", return_dtype=pl.String),
        )
        missing = missing.filter(~pl.col("row").is_in(wrong_kind["row"].implode()))
    page.blame(wrong_kind, KIND, column.name)
    if _may_be_elsewhere(ledger, reference.table, page):
        refused = ledger.refused(reference.table)
        unsure = missing.filter(~pl.col("target").is_in(refused.implode()))
        page.unchecked[column.name] = len(unsure)
        missing = missing.filter(pl.col("target").is_in(refused.implode()))
    page.blame(missing, NOT_FOUND, column.name, target_table=reference.table)


def _may_be_elsewhere(ledger: Ledger, table: str, page: Page) -> bool:
    """Whether a record that a delta does not hold may be in a roster that we were not shown: unknown is not broken."""
    target = ledger.pages.get(table)
    partial = target is not None and target.setting.mode == "delta"
    return partial and not ledger.roster_given and not page.setting.profile.self_contained_deltas


def judge_cycles(page: Page) -> None:
    """Refuse the organizations and sessions whose parents lead back to themselves.

    Everybody looks at their parent, then at their parent's parent, then four up, eight up: after as many doublings as
    the number of rows has binary digits, whoever still sees somebody sees a member of a circle, and every member is
    seen.
    """
    links = (
        page.frame.select("key", parent=pl.col("parentSourcedId"))
        .with_row_index("row")
        .filter(~page.refused)
        .drop_nulls()
    )
    links = links.unique("key", keep="first", maintain_order=True)
    up = links.select("key", ahead="parent")
    for _ in range(len(up).bit_length()):
        up = up.join(up, left_on="ahead", right_on="key", how="inner").select("key", ahead="ahead_right")
    circular = links.filter(pl.col("key").is_in(up["ahead"].implode()))
    page.blame(circular, ORG_CYCLE if page.name == "orgs" else SESSION_CYCLE, "parentSourcedId")


RULES = (NOT_FOUND, NOT_CHECKED, LOST_ZEROS, KIND, ORG_CYCLE, SESSION_CYCLE)
