"""What people fill in about syncs: files to send, and what of a list they want to see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet, TextChoices

from homeroom.districts.forms import ActionForm, Filters, a_day, a_search
from homeroom.districts.models import SchoolYear
from homeroom.roster.models import KINDS
from homeroom.syncs.shown import label_of
from homeroom.syncs.standing import STANDINGS


class ManyFilesInput(forms.FileInput):
    allow_multiple_selected = True


class ManyFiles(forms.FileField):
    """One file or several, as a list."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        given: Sequence[Any] = data or [None]
        return [super(ManyFiles, self).clean(file, initial) for file in given]


class SentForm(ActionForm):
    """A form with files. whole: its last field; a request that was cut off ends before it."""

    whole = forms.CharField(
        widget=forms.HiddenInput,
        initial="yes",
        error_messages={"required": "The upload was cut off on its way. Nothing of it was kept. Send it once more."},
    )

    def __init__(self, *arguments: Any, refusal: str = "", **named: Any) -> None:
        """refusal: why the files were not even taken in."""
        super().__init__(*arguments, **named)
        self._refusal = refusal

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        cut_off = self.errors.get("whole")
        if self._refusal or cut_off:
            self.errors.clear()
            raise forms.ValidationError(self._refusal or list(cut_off or ()))
        return said


class UploadForm(SentForm):
    """A roster to send."""

    roster = ManyFiles(
        label="The roster’s zip, or its CSV files",
        allow_empty_file=True,
        help_text="One zip, or all CSV files of one delivery, chosen together.",
        error_messages={"required": "Choose the zip of the roster, or its CSV files."},
        widget=ManyFilesInput(
            attrs={"accept": ".zip,.csv", "data-errormessage": "Only a zip or CSV files can be sent."}
        ),
    )
    field_order = ("roster", "whole")


class SelfServeForm(SentForm):
    """A CSV file of students, staff or classes. confirm: also if the very same file was uploaded before."""

    file = forms.FileField(
        allow_empty_file=True,
        error_messages={
            "required": "No file is selected yet. Select your CSV file first.",
            "invalid": "No file is selected yet. Select your CSV file first.",
        },
    )
    confirm = forms.BooleanField(required=False)
    school_year: forms.ModelChoiceField[SchoolYear] = forms.ModelChoiceField(
        queryset=None,
        empty_label="Choose",
        help_text="A class stays in its school year: it cannot be moved to another one later.",
        error_messages={
            "required": "Choose the School Year to which these classes belong.",
            "invalid_choice": "This School Year is no longer there. Choose another one.",
        },
    )

    def __init__(self, *arguments: Any, years: QuerySet[SchoolYear] | None, **named: Any) -> None:
        """years: among which one is chosen; null where none is."""
        super().__init__(*arguments, **named)
        if years is None:
            del self.fields["school_year"]
        else:
            self.fields["school_year"].queryset = years  # type: ignore[attr-defined]

    @property
    def sentences(self) -> list[str]:
        """All that is to be mended before the file is looked at."""
        return [str(sentence) for about in self.errors.values() for sentence in about]


class Quick(TextChoices):
    """Days that are often asked for."""

    WEEK = "7", "Last 7 days"
    MONTH = "30", "Last 30 days"
    YEAR = "365", "Last 12 months"
    EVER = "all", "All"


class SyncFilters(Filters):
    """Of which days one wants to see the syncs; without any, of the last thirty."""

    since = a_day(label="From", required=False)
    until = a_day(label="To", required=False)
    days = forms.ChoiceField(required=False, choices=Quick.choices, widget=forms.HiddenInput)

    @property
    def quick(self) -> Quick | None:
        """The quick choice that is in force; None where days are given."""
        chosen = self.chosen
        if "since" in chosen or "until" in chosen:
            return None
        return Quick(chosen.get("days", Quick.MONTH.value))


class ChangeFilters(Filters):
    q = a_search("Source id or name")
    table = forms.ChoiceField(
        label="Kind of record", required=False, choices=[("", "All"), *((kind, label_of(kind)) for kind in KINDS)]
    )
    change = forms.ChoiceField(
        label="Kind of change",
        required=False,
        choices=[("", "All"), ("created", "Created"), ("updated", "Updated"), ("deactivated", "Deactivated")],
    )


class ErrorFilters(Filters):
    q = a_search("Source id or words of the message")
    standing = forms.ChoiceField(label="Standing", required=False, choices=[("", "All"), *STANDINGS.items()])
    table = forms.ChoiceField(
        label="Kind of record", required=False, choices=[("", "All"), *((kind, label_of(kind)) for kind in KINDS)]
    )


class DigestForm(ActionForm):
    """The approval of exactly those changes that were shown."""

    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)
