"""How is one collection walked through, from its first record to its last, so that none is missed or comes twice?

**By overlap.** Every page but the first begins with the last record of the page before: it is asked for once more. Is
it there, then nothing before it has come or gone meanwhile, the page is not one that was sent before, and offsets mean
to the provider what they mean to us. Is it not there, the walk is not continued: it begins anew, and after a few times
the pull fails. The last page holds this one record and nothing else, which shows that the end is the end.

**Data that changes midway** is thereby harmless or noticed. In the order of source ids, a record that comes or goes
before the place reached moves the pages, which is noticed (or one comes and one goes, and the rest is where it was).
One that comes or goes behind it is read as it then is. What was read and changes afterwards comes with the next pull.

**Where there is no such order**, all of it is read a second time, and must be the same. So it is with providers that
know no offsets but round ones, and with those whose pages can only be reached by links; these must also say how many
records there are, since nothing else could show that a page came short.

How many records X-Total-Count announces is believed in one direction: fewer than that are too few. More are taken,
since the end was seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import quote, urlencode

from homeroom.sources import RefusedError, SourceError, TryAgainLaterError
from homeroom.sources.oneroster_rest.asking import Asker
from homeroom.sources.oneroster_rest.connection import Connection
from homeroom.sources.oneroster_rest.page import Arrived, UnwillingError, is_same_origin, understood
from homeroom.sources.oneroster_rest.wire import PassingError

#: Smaller pages are not tried when something on the way is overtaxed.
_SMALLEST_PAGE = 100
#: What is tried with a provider that turns the first request down.
_SMALLER_PAGES = (1_000, 100)
_ATTEMPTS_WHILE_SHRINKING = 2
#: No district has as many records of one kind.
_MOST_RECORDS = 50_000_000
#: Otherwise the record that is asked for once more would be all that comes.
_FEWEST_A_PAGE = 2


def _by_character(ids: Sequence[str]) -> list[str]:
    return list(ids)


def _whatever_the_case(ids: Sequence[str]) -> list[str]:
    return list(map(str.lower, ids))


def _by_number(ids: Sequence[str]) -> list[str] | list[tuple[int, str]]:
    lengths = list(map(len, ids))
    return list(ids) if len(set(lengths)) == 1 else list(zip(lengths, ids, strict=True))


#: What providers take for the order of source ids: of each, the keys by which it sorts.
Order = Callable[[Sequence[str]], list[Any]]
_ORDERS: tuple[Order, ...] = (_by_character, _whatever_the_case, _by_number)


class MovedError(TryAgainLaterError):
    """The records were not where they had been: from the beginning, the walk may succeed."""


@dataclass
class Manner:
    """How a provider wants to be asked for one collection; learnt on the way. quirks: sentences for a person."""

    limit: int
    sorts: bool
    overlaps: bool = True
    quirks: dict[str, None] = field(default_factory=dict)

    @classmethod
    def of(cls, connection: Connection) -> Self:
        return cls(max(connection.page_size, _FEWEST_A_PAGE), connection.sorts)

    def note(self, quirk: str) -> None:
        self.quirks[quirk] = None


@dataclass(frozen=True)
class Step:
    """A page on the way. skip: so many records at its beginning are known from the page before."""

    page: Arrived
    skip: int


@dataclass
class Walk:
    """One way through a collection. Once it is through: ``records``, their ``digest`` (of all source ids, in whatever
    order), and whether it is proven that there are no others.
    """

    asker: Asker
    connection: Connection
    collection: str
    manner: Manner
    since: str | None = None
    records: int = 0
    digest: int = 0
    _number: int = 0
    _offset: int = 0
    _total: int | None = None
    _last: str | None = None
    _orders: tuple[Order, ...] = _ORDERS
    _by_links: bool = False
    _seen: set[int] = field(default_factory=set)

    @property
    def is_proven(self) -> bool:
        return self.manner.overlaps and not self._by_links and bool(self._orders)

    @property
    def total(self) -> int | None:
        """How many records there are in all, as far as the provider says."""
        return self._total

    def steps(self) -> Iterator[Step]:
        """Page by page, from the first. Raises SourceError, with collection and page in its sentence."""
        try:
            yield from self._steps()
        except UnwillingError as error:
            raise RefusedError(self._placed(error)) from error
        except PassingError as error:
            raise TryAgainLaterError(f"{self._placed(error)} If it stays so, show this to the provider.") from error
        except SourceError as error:
            raise type(error)(self._placed(error)) from error

    def _placed(self, error: SourceError) -> str:
        return f"“{self.collection}”, page {self._number} (from record {self._offset + 1:,}): {error}"

    def _steps(self) -> Iterator[Step]:
        page = self._first()
        self._by_links = page.next_url is not None and not page.next_has_offset
        if page.records:
            yield self._taken(page, 0)
        yield from self._linked(page) if self._by_links else self._counted(page)

    def _taken(self, page: Arrived, skip: int) -> Step:
        """The page as a step, counted in."""
        ids = page.ids[skip:]
        if self._by_links or not self.manner.overlaps:
            self._refuse_known(ids)
        row = ids if self._last is None else [self._last, *ids]
        self._orders = tuple(order for order in self._orders if (keys := order(row)) == sorted(keys))
        self._last = ids[-1]
        self.records += len(ids)
        self.digest = (self.digest + sum(map(hash, ids))) % (1 << 64)
        self._total = page.total
        if self.records > _MOST_RECORDS:
            raise RefusedError(f"there is no end after {_MOST_RECORDS:,} records. The provider must mend its paging.")
        return Step(page, skip)

    def _refuse_known(self, ids: Sequence[str]) -> None:
        hashes = set(map(hash, ids))
        if not self._seen.isdisjoint(hashes):
            raise MovedError(
                "records came that had come before. Either the data changes all the time, or the provider must mend "
                "its paging: the same order on every page, and each record on one page only."
            )
        self._seen |= hashes

    # The first page

    def _first(self) -> Arrived:
        """The first page, asked for in a way that the provider accepts."""
        self._number, manner = 1, self.manner
        limits = [manner.limit, *(limit for limit in _SMALLER_PAGES if limit < manner.limit)]
        ways = [(sorts, limit) for sorts in dict.fromkeys((manner.sorts, False)) for limit in limits]
        refusal: SourceError | None = None
        for sorts, limit in ways:
            if isinstance(refusal, PassingError) and sorts:
                continue  # some fail, instead of saying that they do not sort
            manner.sorts, manner.limit = sorts, limit
            try:
                page = self._ask(0)
            except UnwillingError as error:
                refusal = refusal or error
            except PassingError as error:
                if refusal is not None or not sorts or error.is_slow or error.after_seconds is not None:
                    raise refusal or error from error
                refusal = error
            else:
                if refusal is not None:
                    how = f"{limit:,} records a page" + ("" if sorts else " and no order")
                    manner.note(f"It turns other requests down and is asked for {how}.")
                return page
        assert refusal is not None
        raise refusal

    def _ask(self, offset: int) -> Arrived:
        """The page at an offset. Fewer records are asked for at a time where they seem to be too many."""
        self._offset = offset
        while True:
            shrinks = self.manner.limit > _SMALLEST_PAGE
            try:
                return self._got(self._url(offset, self.manner.limit), _ATTEMPTS_WHILE_SHRINKING if shrinks else None)
            except PassingError as error:
                if not (error.is_slow and shrinks):
                    raise
                self.manner.limit = max(_SMALLEST_PAGE, self.manner.limit // 2)
                self.manner.note(f"It fails with large pages and is asked for {self.manner.limit:,} records at a time.")

    def _got(self, url: str, most_attempts: int | None = None) -> Arrived:
        page = self.asker.get(url, lambda answer: understood(answer, url, self.collection), most_attempts=most_attempts)
        if page.total is None:
            self.manner.note("It does not say how many records there are (no X-Total-Count).")
        return page

    def _url(self, offset: int, limit: int) -> str:
        query: dict[str, str | int] = {"limit": limit, "offset": offset}
        if self.manner.sorts:
            query |= {"sort": "sourcedId", "orderBy": "asc"}
        if self.since is not None:
            query["filter"] = f"dateLastModified>'{self.since}'"
        return f"{self.connection.base_url.rstrip('/')}/{self.collection}?{urlencode(query, quote_via=quote)}"

    # By offset

    def _counted(self, first: Arrived) -> Iterator[Step]:
        """The pages after the first, which are found by how many records came before them."""
        page, first_ids = first, first.ids
        while page.records:
            self._number += 1
            came = len(page.records)
            found = self._overlapping() if self.manner.overlaps else self._ask(self.records)
            if found is None:
                if self.records != len(first_ids):
                    raise _moved()
                found = self._after_first(first_ids)
            page, skip = found, self._known(found)
            if len(page.records) <= skip:
                break
            if came < self.manner.limit:
                self.manner.note(f"It gives {came:,} records a page where {self.manner.limit:,} are asked for.")
            yield self._taken(page, skip)
        self._end(page, known=first_ids)

    def _overlapping(self) -> Arrived | None:
        """The page that begins with the last record that is known; null if there is none to be had."""
        found = None
        for _ in range(2):  # something on the way may have sent an old answer, or an empty one
            page = self._ask(self.records - 1)
            if page.records and page.ids[0] == self._last:
                found = page
                if len(page.records) > 1 or page.total is None or self.records >= page.total:
                    break
        return found

    def _known(self, page: Arrived) -> int:
        """How many records at the beginning of a page are known: it may begin before the place that was asked for."""
        ids = page.ids
        return ids.index(self._last) + 1 if self._last in ids[: 1 if self.manner.overlaps else None] else 0

    def _after_first(self, first_ids: Sequence[str]) -> Arrived:
        """The second page of a provider that does not begin a page where it is asked to."""
        page = self._ask(self.records)
        self.manner.overlaps = False
        if page.ids != first_ids:
            self.manner.note("It begins pages at whole multiples of their size only: everything is read twice.")
            self._refuse_known(first_ids)
            return page
        if self.records == page.total or self.records > self.manner.limit:
            self.manner.note("It gives all records at once, whatever it is asked for.")
            self._by_links = True  # all that there are to follow: none
            return Arrived([], b"", page.url, page.seconds, page.total, None, page.revision)
        raise RefusedError(
            f"the same {self.records:,} records come whichever are asked for, so that it cannot be seen whether there "
            "are more. The provider must observe “offset”, or send X-Total-Count."
        )

    def _end(self, page: Arrived, known: Sequence[str]) -> None:
        """Raises MovedError if this cannot be the end."""
        self._total = page.total if page.total is not None else self._total
        self._compare_with_total()
        if page.next_url is not None:
            self.manner.note("It links to a next page where there is none.")
        if self._by_links or (self.records == self._total and self.connection.trusts_totals):
            return
        # Nothing but what came says that this is the end: so that a hole is not taken for it, look behind it.
        beyond = [0, *(1 << power for power in range(self.manner.limit.bit_length() + 1))]
        for distance in beyond:
            self._offset = self.records + distance
            found = self._got(self._url(self._offset, _FEWEST_A_PAGE))
            if found.records and not set(found.ids) <= {self._last, *known}:
                raise MovedError(
                    f"the records seem to end after {self.records:,}, but further on there are more. The provider must "
                    "mend its paging: a page may only be empty behind the last record."
                )

    def _compare_with_total(self) -> None:
        if self._total is None:
            return
        if self.records > self._total:
            self.manner.note(f"It counts {self._total:,} records where there are {self.records:,}.")
        if self.records < self._total:
            self.manner.note(f"It gives {self.records:,} records where it counts {self._total:,}.")
            if self.connection.trusts_totals:
                raise MovedError(
                    f"the provider says that there are {self._total:,} records, but gives {self.records:,} and no "
                    "more. Have the provider look into it: either the count is wrong, or records are missing."
                )

    # By links

    def _linked(self, page: Arrived) -> Iterator[Step]:
        """The pages after the first, where each names the next and offsets mean nothing."""
        self.manner.note("Its pages can only be reached by links.")
        visited = {page.url}
        while page.next_url is not None:
            self._number, self._offset = self._number + 1, self.records
            if not is_same_origin(page.next_url, self.connection.base_url):
                raise RefusedError(
                    "its link to the next page leads to another machine, which gets no credentials from us. The "
                    "provider must mend its links."
                )
            if page.next_url in visited:
                raise RefusedError("its links go in a circle. The provider must mend them.")
            visited.add(page.next_url)
            page = self._got(page.next_url)
            if page.records:
                yield self._taken(page, 0)
        self._compare_with_total()
        if self._total is None and self.connection.trusts_totals:
            raise RefusedError(
                "it cannot be seen whether all records have come. The provider must either observe “offset”, or say "
                "how many there are (X-Total-Count)."
            )


def _moved() -> MovedError:
    return MovedError(
        "the last record of the page before is not where it was. Either the data changes all the time, or the provider "
        "must mend its paging: the same order on every page, and each page at its offset."
    )
