"""The app as Django knows it."""

from django.apps import AppConfig


class SyncsConfig(AppConfig):
    name = "homeroom.syncs"

    def ready(self) -> None:
        from homeroom.districts.views.manage import HOW_IT_STANDS  # noqa: PLC0415  (no model is there before)
        from homeroom.syncs.shown import last_in_words  # noqa: PLC0415

        HOW_IT_STANDS["sync-reports"] = last_in_words
