"""What would the roster be, if what was accepted were applied?

What was refused, left out, or could not be read says nothing about a record, so what we have stays (product.md 4.3).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import reduce

import polars as pl

from homeroom.engine.hashes import not_among
from homeroom.engine.ledger import NO_IDS, Page
from homeroom.engine.roster import Records, Roster
from homeroom.engine.tables import Column
from homeroom.engine.validate import Checked

#: A record that belongs to one of these ends with it.
_OWNERS = ("users", "classes")


def propose(current: Roster, checked: Checked) -> Roster:
    """The roster as it would be. A table that was not delivered stays as it is; of one that came complete (bulk),
    records that are missing end, unless a row whose source id could not be read might be theirs; of a delta, only the
    rows that say so end records. Records that belong to an ended user or class end with it. A delivery that was stopped
    changes nothing. Raises ValueError if the delivery was judged without a roster to compare with.
    """
    if checked.stopped:
        return current
    comes = {name: checked.accepted(name) for name in checked.pages}
    if not all(records.knows("content") for records in comes.values()):
        raise ValueError("validate must know the current roster (known=...) for a roster to be proposed")
    # Apart as long as possible: one of the two sides is large, and seldom has anything to lose.
    sides = {name: [records] for name, records in current.tables.items()}
    for name, page in checked.pages.items():
        stays = _stays(current.tables.get(name), page, comes[name])
        sides[name] = [comes[name], *([] if stays is None else [stays])]
    ended = {owner: _ended(owner, current, sides.get(owner), checked) for owner in _OWNERS}
    return Roster({name: reduce(Records.beside, _but_of(ended, records)) for name, records in sides.items()})


def _stays(current: Records | None, page: Page, comes: Records) -> Records | None:
    """Of the records we have, those that this delivery neither replaces nor ends."""
    if current is None:
        return None
    if page.setting.mode == "delta":
        return current.but(page.key.filter(page.accepted).drop_nulls())
    if page.nameless:
        return current.only(not_among(current.keys, comes.keys))
    silent = pl.concat([page.key.filter(~page.accepted), page.unreadable["key"]]).drop_nulls().unique()
    said = page.key.filter(page.accepted & page.key.is_in(silent.implode()))
    return current.only(silent.filter(~silent.is_in(said.implode())))


def _but_of(ended: Mapping[str, pl.Series], sides: Iterable[Records]) -> Iterator[Records]:
    """The records without those that belong to a user or class that ends."""
    for records in sides:
        gone = [gone for column in records.table.references if len(gone := _of(ended, records, column))]
        yield records.but(pl.concat(gone)) if gone else records


def _of(ended: Mapping[str, pl.Series], records: Records, column: Column) -> pl.Series:
    """The records that belong to an ended one by this column."""
    assert column.reference is not None
    owners = ended.get(column.reference.table, NO_IDS)
    if column.is_list or not column.required or not len(owners) or not records.knows(column.name):
        return NO_IDS
    gone = records.index.filter(pl.col(column.name).is_in(owners.implode()))
    return gone.select("key").collect(engine="streaming")["key"]


def _ended(table: str, current: Roster, after: Iterable[Records] | None, checked: Checked) -> pl.Series:
    """The records that this delivery ends, also those that it says are ended and that we never had."""
    page, before = checked.pages.get(table), current.tables.get(table)
    ended = [] if page is None else [page.key.filter(page.accepted & page.frame["deleted"]).drop_nulls()]
    if before is not None and after is not None:
        there, had = pl.concat([records.keys for records in after]), before.keys
        ended.append(not_among(had, there))
    return pl.concat(ended) if ended else NO_IDS
