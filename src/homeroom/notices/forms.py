"""What people can fill in about notices."""

from __future__ import annotations

from typing import Any

from django import forms

from homeroom.districts.forms import ActionForm
from homeroom.notices.actions import MOST_DAYS
from homeroom.notices.models import ADDRESS_LENGTH, Errors, Occasion, Webhook, Wish


class WishForm(ActionForm):
    """Of what one wants e-mails."""

    failed = forms.BooleanField(label="A sync failed, and when the roster is up to date again", required=False)
    held = forms.BooleanField(label="A sync is held for review", required=False)
    nothing_came = forms.BooleanField(label="No delivery came though one was expected", required=False)
    with_errors = forms.ChoiceField(
        label="A sync completed with errors",
        widget=forms.RadioSelect,
        choices=Errors.choices,
        error_messages={"required": "Choose one of the answers."},
    )

    @staticmethod
    def of(wish: Wish) -> dict[str, Any]:
        return {name: getattr(wish, name) for name in ("failed", "held", "nothing_came", "with_errors")}


class WebhookForm(ActionForm):
    """Where another system is told, and of what."""

    url = forms.CharField(
        label="Address",
        max_length=ADDRESS_LENGTH,
        help_text="Where the other system takes notices, such as https://example.org/homeroom. "
        "The audit shows its host only.",
        error_messages={"required": "Write the address."},
    )
    occasions = forms.MultipleChoiceField(
        label="It is told when",
        widget=forms.CheckboxSelectMultiple,
        choices=Occasion.choices,
        error_messages={"required": "Tick at least one."},
    )

    @staticmethod
    def of(webhook: Webhook) -> dict[str, Any]:
        return {"url": webhook.url, "occasions": webhook.occasions}


class ExpectationForm(ActionForm):
    every_days = forms.IntegerField(
        label="Days",
        min_value=1,
        max_value=MOST_DAYS,
        required=False,
        help_text="1 if a roster is uploaded every day, 7 if every week. Leave it empty if none is expected.",
    )
