"""What does a complete pull of a OneRoster REST provider look like on disk?

One file for each page, as received, gzipped; and ``pull.json``, which is written last and says which pages there are
and how many records each must hold. Where it is missing, the pull was not finished, and the pages are no delivery.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

PULL = "pull.json"
BULK, DELTA = "bulk", "delta"
#: What 1.0 called a record that is no longer there counts as well.
ENDED = frozenset({"tobedeleted", "inactive"})
_FORMAT = "homeroom-oneroster-rest-1"
_MOST_LEVELS = 6


@dataclass(frozen=True)
class Page:
    """One kept page. skip: so many records at its beginning were on the page before already, asked for once more to
    see that nothing had moved.
    """

    file: str
    records: int
    skip: int = 0


@dataclass(frozen=True)
class Collection:
    """All pages of one collection, in order.

    records: how many there are, those skipped not counted; ended: so many of them are marked as deleted by the source.
    metadata: the names under ``metadata`` that occur, nested ones joined by dots; sorted.
    """

    pages: tuple[Page, ...]
    records: int
    ended: int
    metadata: tuple[str, ...]


@dataclass(frozen=True)
class Pull:
    """What ``pull.json`` says. version: "1.1" or "1.2"; mode: "bulk" or "delta", the same for all collections."""

    version: str
    mode: str
    origin: str
    collections: Mapping[str, Collection]

    def as_json(self) -> str:
        return json.dumps({"format": _FORMAT, **asdict(self)}, indent=1)


def read_pull(text: str) -> Pull:
    """The pull that a ``pull.json`` describes. Raises ValueError if the text is none of ours."""
    try:
        told = json.loads(text)
        if told["format"] != _FORMAT:
            raise ValueError(f"its format is not {_FORMAT}")
        collections = {
            name: Collection(
                tuple(Page(**page) for page in one["pages"]), one["records"], one["ended"], tuple(one["metadata"])
            )
            for name, one in told["collections"].items()
        }
        return Pull(told["version"], told["mode"], told["origin"], collections)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{PULL} is incomplete") from error


class NoRecordsError(ValueError):
    """A page holds no list of records; the text says what it holds instead, without any of its values."""


def records_in(document: object, collection: str) -> list[dict[str, Any]]:
    """The records on a page that was parsed.

    Under the collection's own name; where that is missing, the only list of objects there is, or the page itself. A
    single object counts as a list of one. Raises NoRecordsError for anything else, above all for an error that came
    with status 200: it must never pass for "there are none".
    """
    found = document
    if isinstance(document, dict):
        lists = [value for value in document.values() if isinstance(value, list) and _are_objects(value) and value]
        if collection in document:
            found = document[collection]
        elif is_error(document) or len(lists) != 1:
            raise NoRecordsError(f"there is no list called “{collection}” in it")
        else:
            found = lists[0]
    if isinstance(found, dict):
        found = [found]
    if not isinstance(found, list):
        raise NoRecordsError(f"“{collection}” is not a list")
    if not _are_objects(found):
        raise NoRecordsError(f"“{collection}” holds something that is no record")
    return found


def _are_objects(values: Sequence[object]) -> bool:
    return set(map(type, values)) <= {dict}


def is_error(document: Mapping[str, Any]) -> bool:
    """Whether an answer without records says that something failed, in any of the shapes that providers use."""
    lower = {name.lower() for name in document}
    return bool(lower & {"imsx_codemajor", "codemajor", "imsx_statusinfo", "statusinfoset", "errors", "error"})


def read_page(path: Path, collection: str, page: Page) -> list[dict[str, Any]]:
    """The records of a kept page, without those to be skipped. Raises ValueError if it is not what was kept."""
    with gzip.open(path) as file:
        records = records_in(json.loads(file.read()), collection)
    if len(records) != page.records:
        raise ValueError(f"{page.file} holds {len(records)} records instead of {page.records}")
    return records[page.skip :]


def metadata_of(record: Mapping[str, Any]) -> dict[str, Any]:
    """The metadata of a record by name; objects inside are taken apart, so that gm: {role: …} is gm.role."""
    metadata = record.get("metadata")
    flat: dict[str, Any] = {}
    if metadata and isinstance(metadata, dict):
        _flatten(metadata, "", _MOST_LEVELS, flat)
    return flat


def _flatten(values: Mapping[str, Any], before: str, levels: int, into: dict[str, Any]) -> None:
    for name, value in values.items():
        if isinstance(value, dict) and levels:
            _flatten(value, f"{before}{name}.", levels - 1, into)
        elif name:
            into[f"{before}{name}"] = value
