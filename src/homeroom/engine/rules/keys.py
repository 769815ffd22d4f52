"""Which records claim an identifier that another one has? Of those that share one, the first in the file stands."""

from __future__ import annotations

import polars as pl

from homeroom.engine.hashes import hashed
from homeroom.engine.ledger import Page
from homeroom.engine.rule import Consequence, Rule
from homeroom.engine.rules.references import EXTENDED

SOURCED_ID = Rule(
    id="sourcedid-repeated",
    consequence=Consequence.REFUSES,
    says="A source id stands only once in a file; of several rows with the same, the first stands.",
    message="{column} {value} is used already in row {detail}; give each record its own.",
    remedy="Export each record once. If these are different people or classes, give each its own source id.",
    source="OneRoster CSV 1.2, sourcedId is unique in its table; product.md 4.2",
)
USERNAME = Rule(
    id="username-repeated",
    consequence=Consequence.REFUSES,
    says="A username belongs to one user; of several users with the same, the first stands. Capitals do not count.",
    message="username {value} is used already by the user in row {detail}; give each user a username of their own.",
    remedy="Give each user a username of their own in the source system. If it is one person twice, export the person once.",
    source="product.md 3.4: unique in the district",
    table="users",
    column="username",
)
MASTER_IDENTIFIER = Rule(
    id="master-identifier-repeated",
    consequence=Consequence.REFUSES,
    says="A userMasterIdentifier belongs to one user.",
    message="userMasterIdentifier {value} is used already by the user in row {detail}; it must belong to one user.",
    remedy="Give each user their own master identifier, or leave it empty.",
    source="OneRoster CSV 1.2, users.userMasterIdentifier; checked by meibo",
    table="users",
    column="userMasterIdentifier",
)
ENROLLMENT = Rule(
    id="enrollment-repeated",
    consequence=Consequence.REFUSES,
    says="A person is enrolled in a class once in the same role; two enrollments whose dates do not meet are two stays.",
    message="This person is enrolled in this class in this role already, in row {detail}; remove one of the two rows.",
    remedy="Export each enrollment once. A pupil who left and came back needs dates that do not overlap.",
    source="product.md 4.3 (one person, one class, one role)",
    table="enrollments",
    column="userSourcedId",
)
PRIMARY_ROLE = Rule(
    id="primary-role-repeated",
    consequence=Consequence.REFUSES,
    says="A user has at most one primary role in one organization.",
    message="This user has a primary role in this organization already, in row {detail}; make one of the two secondary.",
    remedy="Mark one role per user and organization as primary and the others as secondary.",
    source="OneRoster CSV 1.2, roles.roleType",
    table="roles",
    column="roleType",
)

NAMELESS = Rule(
    id="deactivation-suspended",
    consequence=Consequence.NOTES,
    says="Every row tells whose it is, so that a record that is missing can be told from one that is misspelt.",
    message="Rows whose source id cannot be read: {detail}. So no record that is missing from this file is deactivated.",
    remedy="Mend the source ids of these rows; the next complete delivery deactivates what is really gone.",
    source="product.md, promise 2 (a typo never removes a pupil)",
)

#: The fact that holds the hash of what must be unique, and the rule for it. The first row stands, whatever else is
#: wrong with it.
_UNIQUE = {
    "users": (("login", USERNAME, "username"), ("master", MASTER_IDENTIFIER, "userMasterIdentifier")),
    "roles": (("primary_of", PRIMARY_ROLE, "roleType"),),
}
_MULTIPLIER = 0x9E3779B97F4A7C15
#: How many stays of one person in one class, apart from each other, are compared with all the others.
_MOST_STAYS = 100


def together(*hashes: pl.Expr) -> pl.Expr:
    """One hash of several, in this order; null if one of them is."""
    whole = hashes[0]
    for one in hashes[1:]:
        whole = (whole * pl.lit(_MULTIPLIER, dtype=pl.UInt64)).xor(one)
    return whole


_SEAT = together(pl.col("classSourcedId"), pl.col("userSourcedId"), pl.col("kind").cast(pl.UInt64))


def repeats(hashes: pl.Series) -> pl.DataFrame:
    """The rows whose hash another row has: ``row``, ``first`` (the first row that has it; itself for that one)."""
    shared = _shared(hashes)
    candidates = (
        pl.DataFrame({"hash": hashes}).with_row_index("row")
        if len(shared)
        else pl.DataFrame({"hash": hashes[:0], "row": []})
    )
    return (
        candidates.filter(pl.col("hash").is_in(shared.implode()))
        .with_columns(first=pl.col("row").min().over("hash"))
        .select(pl.col("row").cast(pl.UInt32), pl.col("first").cast(pl.UInt32))
    )


def _shared(hashes: pl.Series) -> pl.Series:
    """The hashes that are there more than once, each once. Sorted, they are neighbours."""
    ordered = hashes.drop_nulls().sort()
    return ordered.filter(ordered == ordered.shift()).unique()


def later_rows(page: Page, hashes: pl.Series) -> pl.DataFrame:
    """The rows whose hash an earlier row has: ``row``, ``first``, and the line of the first as ``detail``."""
    found = repeats(hashes).filter(pl.col("row") != pl.col("first")).sort("row")
    return found.select("row", "first", detail=page.line_of(found["first"]).cast(pl.String))


def judge_keys(page: Page) -> None:
    """Refuse the rows that repeat a source id, a username, a primary role."""
    page.blame(later_rows(page, page.key), SOURCED_ID, page.setting.table.key)
    for fact, rule, column in _UNIQUE.get(page.name, ()):
        if fact in page.frame.columns:
            # A row that ends its record makes room: a user may come back under another source id.
            claimed = page.frame.select(pl.when(~pl.col("deleted")).then(fact)).to_series()
            page.blame(later_rows(page, claimed), rule, column)


def shared_seats(page: Page) -> pl.Series:
    """The seats (hashes of class, user and role) of more than one enrollment, whatever else is wrong with them."""
    return _shared(page.frame.select(_SEAT).to_series())


def judge_enrollments(page: Page, shared: pl.Series) -> None:
    """Refuse the enrollments of the same person in the same class and role, unless their dates lie apart.

    In each round the first stands, and those that overlap with it are refused; the next round is about the others. Rows
    that are refused already, or that end an enrollment, do not count. shared: what ``shared_seats`` says.
    """
    if shared.is_empty():
        return
    waiting = _waiting(page, shared)
    apart = (pl.col("begin") >= pl.col("end_first")) | (pl.col("begin_first") >= pl.col("end"))
    for _ in range(_MOST_STAYS):
        if waiting.is_empty():
            return
        first = waiting.unique("seat", keep="first", maintain_order=True)
        first = first.select("seat", first="row", begin_first="begin", end_first="end")
        pairs = waiting.join(first, on="seat", maintain_order="left").filter(pl.col("row") != pl.col("first"))
        pairs = pairs.with_columns(apart=apart.fill_null(False))
        again = pairs.filter(~pl.col("apart"))
        page.blame(
            again.select("row", detail=page.line_of(again["first"]).cast(pl.String)), ENROLLMENT, "userSourcedId"
        )
        waiting = pairs.filter("apart").select(waiting.columns)


def _waiting(page: Page, shared: pl.Series) -> pl.DataFrame:
    """The enrollments that count and have one of these seats: ``row``, ``begin``, ``end``, ``seat``."""
    counts = ~(page.refused | page.left_out | page.frame["deleted"])
    seats = page.frame.lazy().select("begin", "end", "kind", seat=_SEAT).with_row_index("row")
    waiting = seats.filter(counts & pl.col("seat").is_in(shared.implode())).collect()
    unnamed = waiting.filter(pl.col("kind").is_in([0, EXTENDED]))
    if len(unnamed):
        # The roles that are not the standard's share a number: which of them it is, only the text tells.
        roles = page.measured.scan(unnamed["row"]).select("row", role=hashed("role")).collect(engine="streaming")
        named = waiting.join(roles, on="row", how="left", maintain_order="left")
        waiting = named.with_columns(seat=pl.coalesce(together(pl.col("seat"), pl.col("role")), pl.col("seat")))
    return waiting.select("row", "begin", "end", "seat")


RULES = (NAMELESS, SOURCED_ID, USERNAME, MASTER_IDENTIFIER, ENROLLMENT, PRIMARY_ROLE)
