"""Which format is this delivery in? Told by the header rows of its files, not by their names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from homeroom.engine.delivery import Delivery
from homeroom.engine.formats import oneroster_csv, oneroster_json, selfserve
from homeroom.engine.formats.csv_text import Unreadable, open_csv
from homeroom.engine.formats.opened import Opened
from homeroom.engine.oneroster import TABLES
from homeroom.engine.snapshot import Remark, Snapshot

#: Those of CSV files, told by their header rows. Asked in this order; the first that recognises a file arranges all.
CSV_FORMATS = (selfserve, oneroster_csv)
#: All there are. Pages of a pull come first: they say themselves what they are, and no other format opens them.
FORMATS = (oneroster_json, *CSV_FORMATS)


def read(delivery: Delivery) -> Snapshot:
    """The snapshot of a delivery: its tables opened and named, with remarks on whatever was odd about files and
    headers.

    Looks at the beginning of each file only; the rows are read when they are judged. Never raises for what was
    delivered: a file that cannot be read, or a delivery that is no roster, is a remark whose rule stops the sync.
    """
    if oneroster_json.recognises(delivery):
        return oneroster_json.arrange(delivery)
    # Names are told by the format, which knows what they should be.
    odd = [
        Remark(o.rule, file=o.place, value=o.place, detail=o.detail) for o in delivery.oddities if o.rule != "file-name"
    ]
    opened: list[Opened] = []
    for file in delivery.files:
        text = open_csv(file.path)
        if isinstance(text, Unreadable):
            rule = "manifest-unreadable" if file.name.lower() == "manifest.csv" else text.rule
            detail = _sentence(text) if rule == "manifest-unreadable" else text.detail
            odd.append(Remark(rule, file=file.name, table=_named(file.name), value=file.name, detail=detail))
        else:
            opened.append(Opened(file, text))
    for format in CSV_FORMATS:
        if format.recognises(opened):
            snapshot = format.arrange(delivery, opened)
            remarks = (*odd, *_not_told(snapshot.remarks, odd))
            return Snapshot(snapshot.format, snapshot.version, snapshot.parts, remarks, delivery.origin)
    unreadable = any(r.rule.startswith(("file-", "manifest-")) for r in odd)
    unknown = () if unreadable else (Remark("delivery-unknown", value=delivery.origin),)
    return Snapshot(oneroster_csv.NAME, "1.1", {}, (*odd, *unknown), delivery.origin)


def _sentence(text: Unreadable) -> str:
    return f"its cells are separated by {text.detail}" if text.rule == "file-delimiter" else f"it is {text.detail}"


def _named(file_name: str) -> str | None:
    """The table that a file is called after; who cannot be read can still be told by the name."""
    return next((table.name for table in TABLES if table.file_name.lower() == file_name.lower()), None)


def _not_told(remarks: Sequence[Remark], odd: Sequence[Remark]) -> Iterator[Remark]:
    """The remarks without those that only follow from files that cannot be read: such a file is not missing."""
    unread = {remark.table for remark in odd if remark.table is not None}
    is_manifest_unread = any(remark.rule == "manifest-unreadable" for remark in odd)
    for remark in remarks:
        if not (remark.rule == "manifest-file-missing" and remark.table in unread) and not (
            remark.rule == "manifest-missing" and is_manifest_unread
        ):
            yield remark
