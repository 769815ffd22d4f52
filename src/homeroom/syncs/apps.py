"""The app as Django knows it."""

from django.apps import AppConfig


class SyncsConfig(AppConfig):
    name = "homeroom.syncs"

    def ready(self) -> None:
        # No model is there before.
        from homeroom.districts.actions.methods import METHOD_JOBS  # noqa: PLC0415
        from homeroom.districts.views.manage import HOW_IT_STANDS  # noqa: PLC0415
        from homeroom.roster.beside import BANNERS, SYNCS  # noqa: PLC0415
        from homeroom.syncs.shown import last_in_words  # noqa: PLC0415
        from homeroom.syncs.tasks import enqueue_change_of_method  # noqa: PLC0415
        from homeroom.syncs.uploads.views.banners import banners  # noqa: PLC0415
        from homeroom.syncs.uploads.views.mentions import mention  # noqa: PLC0415

        METHOD_JOBS.append(enqueue_change_of_method)
        HOW_IT_STANDS["sync-reports"] = last_in_words
        BANNERS.append(banners)
        SYNCS.append(mention)
