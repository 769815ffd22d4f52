"""What an operator fills in about a district's source: where it is, who asks, and when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms

from homeroom.districts.forms import ActionForm
from homeroom.districts.models import District, Method
from homeroom.feeds.actions import CONNECTION, MOST_PAGE_SIZE, TIMETABLE
from homeroom.feeds.credentials import Credentials
from homeroom.feeds.models import REST, Authentication, Feed, Version

#: A break is written as its first and its last day.
_TO = " to "
_MOST_DAYS = 400
_TOO_MANY_DAYS = f"These are more than {_MOST_DAYS} days. Leave out those that are over, or pause the nightly sync."
_PROXY = "https://oneroster-proxy.apis.classlink.com/APPLICATION-ID/ims/oneroster/v1p1"


def page_size_field() -> forms.IntegerField:
    return forms.IntegerField(
        label="Records on a page",
        min_value=1,
        max_value=MOST_PAGE_SIZE,
        initial=10_000,
        help_text="Asked for at a time. A provider that gives fewer is taken at that.",
    )


def demographics_field() -> forms.BooleanField:
    return forms.BooleanField(
        label="Demographics, too",
        required=False,
        help_text="Birth dates and the like. Only if your product needs them, and the district has agreed.",
    )


class CredentialsForm(ActionForm):
    """A key and its secret, or a token alone. The secret is never written back into the page."""

    key = forms.CharField(
        label="Key, or client id",
        required=False,
        max_length=1_000,
        help_text="Leave it empty for a bearer token.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    secret = forms.CharField(
        label="Secret, or token",
        required=False,
        max_length=10_000,
        help_text="It is stored encrypted, and not shown again.",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    @property
    def credentials(self) -> Credentials | None:
        """What was filled in; null if nothing was."""
        key, secret = self.cleaned_data["key"], self.cleaned_data["secret"]
        return Credentials(key, secret) if key or secret else None


class ReplaceForm(CredentialsForm):
    """Credentials in place of those that are stored."""

    untested = forms.BooleanField(
        label="Do not try them first",
        required=False,
        help_text="For when the provider is down, and the stored ones are revoked already.",
    )


class ConnectionForm(CredentialsForm):
    """The connection to a provider, with credentials, which may be left empty where some are stored."""

    base_url = forms.CharField(
        label="Base URL",
        max_length=500,
        help_text=f"Up to the version, as in {_PROXY}. It is used exactly as it stands here, percent signs included.",
        error_messages={"required": "Enter the base URL."},
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
    )
    version = forms.ChoiceField(label="Version", choices=Version.choices, widget=forms.RadioSelect)
    authentication = forms.ChoiceField(
        label="Authentication",
        choices=[(way, way.label) for way in REST],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how Homeroom shows who asks."},
    )
    token_url = forms.CharField(
        label="Token URL",
        required=False,
        max_length=500,
        help_text="For OAuth 2 only.",
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
    )
    scopes = forms.CharField(
        label="Scopes",
        required=False,
        max_length=500,
        help_text="For OAuth 2 only, with spaces between them. Empty: those of the standard.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    page_size = page_size_field()
    wants_demographics = demographics_field()
    field_order = (
        "base_url", "version", "authentication", "key", "secret", "token_url", "scopes", "page_size",
        "wants_demographics",
    )  # fmt: skip

    @property
    def connection(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in CONNECTION}

    @staticmethod
    def of(feed: Feed | None, district: District) -> dict[str, Any]:
        if feed is not None:
            return {name: getattr(feed, name) for name in CONNECTION}
        by_token = district.method == Method.CLASSLINK
        return {
            "version": Version.V1_1,
            "authentication": Authentication.BEARER if by_token else "",
        }


class DaysField(forms.CharField):
    """Days, one on each line, or the first and the last of a break: 2026-12-21 to 2027-01-01. As a sorted list."""

    widget = forms.Textarea(attrs={"rows": 4})

    def clean(self, value: Any) -> list[str]:
        days: set[date] = set()
        for line in super().clean(value).splitlines():
            if line.strip():
                days |= self._days(line.strip().lower())
        if len(days) > _MOST_DAYS:
            raise forms.ValidationError(_TOO_MANY_DAYS)
        return [day.isoformat() for day in sorted(days)]

    @staticmethod
    def _days(line: str) -> set[date]:
        try:
            first, last = (date.fromisoformat(day.strip()) for day in (line.split(_TO) * 2)[:2])
        except ValueError:
            raise forms.ValidationError(
                f"“{line[:40]}” is no day. Write 2026-12-24, or 2026-12-21{_TO}2027-01-01."
            ) from None
        if last < first:
            raise forms.ValidationError(f"“{line[:40]}”: the last day is before the first. Write the first day first.")
        if (last - first).days >= _MOST_DAYS:
            raise forms.ValidationError(_TOO_MANY_DAYS)
        return {first + timedelta(days=days) for days in range((last - first).days + 1)}


def in_lines(days: list[str]) -> list[str]:
    """The days as one writes them: those that follow one another as a break."""
    lines: list[tuple[date, date]] = []
    for day in map(date.fromisoformat, sorted(days)):
        if lines and day - lines[-1][1] == timedelta(days=1):
            lines[-1] = (lines[-1][0], day)
        else:
            lines.append((day, day))
    return [f"{first}" if first == last else f"{first}{_TO}{last}" for first, last in lines]


class NightsForm(ActionForm):
    """When a district's roster is collected."""

    night = forms.TimeField(
        label="Begins after",
        help_text="At the district's clock. Districts begin spread over the hour after it.",
        error_messages={"required": "Choose a time.", "invalid": "Write the time as 02:00."},
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    no_syncs_on = DaysField(
        label="Days without a sync",
        required=False,
        help_text="One on each line: 2026-12-24, or a break: 2026-12-21 to 2027-01-01.",
    )

    @staticmethod
    def of(feed: Feed) -> dict[str, Any]:
        values = {name: getattr(feed, name) for name in TIMETABLE}
        return values | {"no_syncs_on": "\n".join(in_lines(feed.no_syncs_on))}


class TimetableForm(NightsForm):
    """The nights of a provider, and what it is asked for."""

    tells_changes = forms.BooleanField(
        label="Ask for changes only",
        required=False,
        help_text="Faster, and right only if the provider honours dateLastModified. If in doubt, leave it off.",
    )
    complete_every_days = forms.IntegerField(
        label="… and for everything again after so many days",
        min_value=1,
        max_value=365,
        help_text="Only then it is noticed that a record has gone.",
    )
