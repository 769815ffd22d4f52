"""What would the roster be, if what was accepted were applied?

What was refused, left out, or could not be read says nothing about a record, so what we have stays (product.md 4.3).
"""

from __future__ import annotations

import polars as pl

from homeroom.engine.ledger import NO_IDS, Page
from homeroom.engine.roster import Records, Roster
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
    if not all("content" in page.frame.columns for page in checked.pages.values()):
        raise ValueError("validate must know the current roster (known=...) for a roster to be proposed")
    tables = dict(current.tables)
    for name, page in checked.pages.items():
        accepted = checked.accepted(name)
        stays = _stays(current.tables.get(name), page)
        tables[name] = accepted if stays is None else accepted.beside(stays)
    return _ended_with_their_owners(current, Roster(tables), checked)


def _stays(current: Records | None, page: Page) -> Records | None:
    """Of the records we have, those that this delivery neither replaces nor ends."""
    if current is None:
        return None
    said = page.key.filter(page.accepted).drop_nulls()
    if page.setting.mode == "delta" or page.nameless:
        return current.but(said)
    silent = pl.concat([page.key.filter(~page.accepted), page.unreadable["key"]]).drop_nulls().unique()
    return current.only(silent.filter(~silent.is_in(said.implode())))


def _ended_with_their_owners(current: Roster, proposed: Roster, checked: Checked) -> Roster:
    tables = dict(proposed.tables)
    ended = {owner: _ended(owner, current, proposed, checked) for owner in _OWNERS}
    for name, records in proposed.tables.items():
        for column in records.table.references:
            reference = column.reference
            assert reference is not None
            index, owners = tables[name].index, ended.get(reference.table, NO_IDS)
            if column.is_list or not column.required or not len(owners) or column.name not in index.columns:
                continue
            gone = index.filter(pl.col(column.name).is_in(owners.implode()))["key"]
            if len(gone):
                tables[name] = tables[name].but(gone)
    return Roster(tables)


def _ended(table: str, current: Roster, proposed: Roster, checked: Checked) -> pl.Series:
    """The records that this delivery ends, also those that it says are ended and that we never had."""
    page, before, after = checked.pages.get(table), current.tables.get(table), proposed.tables.get(table)
    ended = [] if page is None else [page.key.filter(page.accepted & page.frame["deleted"]).drop_nulls()]
    if before is not None and after is not None:
        ended.append(before.index["key"].filter(~before.index["key"].is_in(after.index["key"].implode())))
    return pl.concat(ended) if ended else NO_IDS
