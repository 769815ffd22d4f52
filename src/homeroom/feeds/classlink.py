"""The district chosen from those that share with the publisher at ClassLink, instead of an address and a token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from homeroom.districts.forms import ActionForm, Filters, a_search
from homeroom.feeds.connections import addresses_allowed, partner
from homeroom.feeds.forms import demographics_field, page_size_field
from homeroom.feeds.models import Authentication, Feed, Version
from homeroom.sources import SourceError
from homeroom.sources.oneroster_rest import Application, list_applications

#: More are not shown at once: whoever looks for one of hundreds searches.
MOST_SHOWN = 50
NO_KEY = (
    "This server has no partner key of ClassLink's. Whoever runs it sets HOMEROOM_CLASSLINK_PARTNER_KEY to the API key "
    "of your partner account; until then, enter the base URL and the district's token."
)


class DistrictSearch(Filters):
    q = a_search("District, application or tenant id")


@dataclass(frozen=True)
class Listing:
    """What ClassLink's list says. found: the usable ones that fit the search, by name. unusable: those that fit and
    cannot be chosen. problem: why there is no list, as a sentence; empty if there is one.
    """

    found: Sequence[Application] = ()
    unusable: Sequence[Application] = ()
    problem: str = ""

    @property
    def shown(self) -> Sequence[Application]:
        return self.found[:MOST_SHOWN]

    @property
    def more(self) -> int:
        return max(0, len(self.found) - MOST_SHOWN)


def listing(search: str) -> Listing:
    """search: letters of the district's or the application's name, or its tenant id; empty: all."""
    publisher = partner()
    if publisher is None:
        return Listing(problem=NO_KEY)
    try:
        every = list_applications(publisher, allowed=addresses_allowed())
    except SourceError as error:
        return Listing(problem=str(error))
    wanted = search.strip().casefold()
    fitting = [one for one in every if wanted in f"{one.tenant} {one.name} {one.tenant_id}".casefold()]
    return Listing(
        [one for one in fitting if one.is_usable], [one for one in fitting if not one.is_usable][:MOST_SHOWN]
    )


class ChoiceForm(ActionForm):
    """One of the applications that are shown."""

    application = forms.ChoiceField(
        label="District", widget=forms.RadioSelect, error_messages={"required": "Choose the district."}
    )
    page_size = page_size_field()
    wants_demographics = demographics_field()

    def __init__(self, data: Any, *, listed: Listing, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        self._found = {one.id: one for one in listed.found}
        shown = listed.shown if data is None else listed.found
        self.fields["application"].choices = [(one.id, _called(one)) for one in shown]  # type: ignore[attr-defined]

    @property
    def connection(self) -> dict[str, Any]:
        publisher, said = partner(), self.cleaned_data
        assert publisher is not None  # otherwise there was nothing to choose from
        return {
            "base_url": self._found[said["application"]].base_url(publisher.proxy),
            "version": Version.V1_1,
            "authentication": Authentication.CLASSLINK,
            "token_url": "",
            "page_size": said["page_size"],
            "wants_demographics": said["wants_demographics"],
        }

    @staticmethod
    def of(feed: Feed | None, listed: Listing) -> dict[str, Any]:
        if feed is None:
            return {}
        publisher = partner()
        own = [one.id for one in listed.found if publisher and one.base_url(publisher.proxy) == feed.base_url]
        chosen = own[0] if own else None
        return {"application": chosen, "page_size": feed.page_size, "wants_demographics": feed.wants_demographics}


def _called(one: Application) -> str:
    return f"{one.tenant or 'Without a name'} ({one.name}, tenant {one.tenant_id})"
