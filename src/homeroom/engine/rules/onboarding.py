"""Which schools has the publisher not onboarded, and what falls away with them?

A school that is not onboarded is one line in the orgs report; what belongs only to it is left out in silence, and
counted. Left out is not vanished: what was accepted earlier stays as it was.
"""

from __future__ import annotations

import polars as pl

from homeroom.engine.ledger import Ledger, Page, rows_where
from homeroom.engine.rule import Consequence, Rule
from homeroom.engine.rules.references import EXTENDED, kind_codes
from homeroom.engine.tables import Column

SCHOOL = Rule(
    id="school-not-onboarded",
    consequence=Consequence.REFUSES,
    says="A school is onboarded by the publisher before its records are taken.",
    message="school is not onboarded in {product}, school and all associated records will not be synced",
    remedy="Ask the publisher to onboard the school, or leave it out of the delivery.",
    source="product.md 4.3",
    table="orgs",
    column="school",
)


def is_school(type_: str) -> bool:
    """Whether an organization of this type is a school. The types beginning with ext: are of 1.2, and 1.1 refuses them."""
    return type_ == "school" or type_.startswith("ext:")


def schools(page: Page) -> pl.Series:
    """True for the rows of orgs with which a school comes: it was accepted and stays, or is merely not onboarded. One
    that was refused for a fault of its own is none: not even its name could be trusted.
    """
    taken = page.accepted & ~page.frame["deleted"]
    if page.not_onboarded is not None:
        taken |= page.not_onboarded
    return taken & page.frame.select(_of_school(page.setting.table["type"])).to_series()


def judge_onboarding(page: Page, onboarded: pl.Series | None) -> None:
    """Refuse the schools whose identifier is not among ``onboarded`` (hashes; null: every school is), and take what
    belongs to them out in silence. Only organizations of type school, in 1.2 also of an ext: type, need to be
    onboarded.
    """
    if onboarded is None or not page.setting.profile.onboarding:
        return
    outside = page.frame.select(_is_outside(page.setting.table["type"], onboarded)).to_series()
    page.not_onboarded = outside & ~page.refused & ~page.frame["deleted"]
    rows = rows_where(page.not_onboarded)
    page.blame(rows, SCHOOL, "school")
    page.leave_out(rows["row"])


def _is_outside(kind: Column, onboarded: pl.Series) -> pl.Expr:
    return _of_school(kind) & ~pl.col("key").is_in(onboarded.implode()) & pl.col("key").is_not_null()


def _of_school(kind: Column) -> pl.Expr:
    """``is_school`` by the number under which the first pass keeps a type."""
    codes = [code for token, code in kind_codes(kind.tokens).items() if is_school(token)]
    return pl.col("kind").is_in([*codes, *([EXTENDED] if kind.extensible else [])])


def leave_out_lost_schools(ledger: Ledger, onboarded: pl.Series | None) -> None:
    """Take the schools that were accepted before and are not onboarded any more out of what may be found, so that what a
    delivery without them says of their records is left out, too.
    """
    known, page = ledger.known.get("orgs"), next(iter(ledger.pages.values()), None)
    if onboarded is None or known is None or page is None or not page.setting.profile.onboarding:
        return
    outside = known.select(_is_outside(page.part.tables["orgs"]["type"], onboarded)).to_series()
    ledger.lost = known["key"].filter(outside)
    ledger.known = ledger.known.with_other(orgs=known.filter(~outside))


def leave_out_users(page: Page, ledger: Ledger) -> None:
    """In 1.2 a user belongs to the organizations of their roles: leave out those who have roles only where nothing is
    taken.
    """
    if "roles" not in page.part.tables:
        return
    columns = ("userSourcedId", "orgSourcedId")
    said = [frame.select(columns) for frame in ledger.said("roles") if set(columns) <= set(frame.columns)]
    if not said:
        return
    roles = pl.concat(said)
    outside = roles["orgSourcedId"].is_in(ledger.left_out("orgs").implode())
    elsewhere = roles["userSourcedId"].filter(~outside.fill_null(False))
    only_there = roles.filter(outside)["userSourcedId"]
    only_there = only_there.filter(~only_there.is_in(elsewhere.implode()))
    page.leave_out(rows_where(page.key.is_in(only_there.implode()))["row"])


RULES = (SCHOOL,)
