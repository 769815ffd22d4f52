"""What does one answer hold: which records, how many there are in all, and where does it go on?"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

from homeroom.engine.formats.rest_pages import NoRecordsError, records_in
from homeroom.sources import SettingsError, SourceError
from homeroom.sources.oneroster_rest.wire import Answer, PassingError

_LINK = re.compile(r'<([^>]*)>\s*;[^,<]*?rel\s*=\s*"?([A-Za-z]+)"?')
_PASSWORD = re.compile(rb'(?<!\\)("password"\s*:\s*)(?:"(?:[^"\\]|\\.)+"|-?\d[-+.\deE]*)')
_REFUSALS = {
    401: "the provider does not accept the credentials{reason}. Check key and secret, and whether they still hold.",
    403: "the credentials do not give access to it{reason}. Have the provider grant access to “{collection}”.",
    404: "there is nothing at this address{reason}. Check the base URL, which ends as in /ims/oneroster/v1p1.",
}
_OK = 200
_SOURCED_ID = itemgetter("sourcedId")


class UnwillingError(SourceError):
    """The provider turned the request itself down: with other parameters it may answer."""


class AbsentError(SettingsError):
    """A collection that is not given to us."""


@dataclass(frozen=True)
class Arrived:
    """One page. total: what X-Total-Count says; next_url: what Link says, made absolute; revision: of the data as a
    whole, at ClassLink. Null where nothing is said.
    """

    records: list[dict[str, Any]] = field(repr=False)
    body: bytes = field(repr=False)
    url: str
    seconds: float
    total: int | None
    next_url: str | None
    revision: str | None

    @cached_property
    def ids(self) -> list[str]:
        """What tells the records apart: the source id, or all of a record that has none."""
        with suppress(KeyError):
            ids = list(map(_SOURCED_ID, self.records))
            if set(map(type, ids)) <= {str} and all(ids):
                return ids
        return [_id(record) for record in self.records]

    @property
    def next_has_offset(self) -> bool:
        """Whether the way on is told as an offset, which we reckon ourselves."""
        names = parse_qs(urlsplit(self.next_url or "").query)
        return any(name.lower() == "offset" for name in names)


def _id(record: Mapping[str, Any]) -> str:
    id = record.get("sourcedId")
    return id if isinstance(id, str) and id else json.dumps(record, sort_keys=True)


def understood(answer: Answer, url: str, collection: str) -> Arrived:
    """The page in this answer.

    Raises PassingError for what is no page at all (a next try may bring one), UnwillingError, or SettingsError.
    """
    if answer.status in _REFUSALS:
        sentence = _REFUSALS[answer.status].format(reason=answer.reason, collection=collection)
        raise (SettingsError if answer.status == 401 else AbsentError)(sentence)
    if answer.status != _OK:
        raise UnwillingError(f"the provider turns the request down with status {answer.status}{answer.reason}.")
    try:
        records = records_in(json.loads(answer.body), collection)
    except NoRecordsError as error:
        raise PassingError(f"status 200 came, but {error}{answer.reason}.") from error
    except (ValueError, RecursionError) as error:
        broken = "JSON that ends in the middle or is damaged" if answer.kind == "JSON" else answer.kind
        raise PassingError(f"instead of records came {broken}.") from error
    counted = _number(answer.headers.get("x-count"))
    if counted is not None and counted != len(records):
        raise PassingError(f"{len(records):,} records came on a page that says it holds {counted:,}.")
    return Arrived(
        records,
        answer.body,
        url,
        answer.seconds,
        _number(answer.headers.get("x-total-count")),
        _next(answer.headers.get("link", ""), url),
        answer.headers.get("x-perm-rev"),
    )


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.strip().isdecimal() else None


def _next(link: str, url: str) -> str | None:
    found = [target for target, rel in _LINK.findall(link) if rel.lower() == "next"]
    return urljoin(url, found[0]) if found else None


def is_same_origin(one: str, other: str) -> bool:
    first, second = urlsplit(one), urlsplit(other)
    return (first.scheme, first.netloc.lower()) == (second.scheme, second.netloc.lower())


def without_passwords(body: bytes) -> bytes:
    """The page byte for byte, but for the values of passwords: nobody here may have them, on no disk."""
    return _PASSWORD.sub(rb'\1""', body)
