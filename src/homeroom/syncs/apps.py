"""The app as Django knows it."""

from django.apps import AppConfig


class SyncsConfig(AppConfig):
    name = "homeroom.syncs"

    def ready(self) -> None:
        # No model is there before.
        from homeroom.districts.actions.districts import METHOD_CHANGES  # noqa: PLC0415
        from homeroom.districts.views.manage import HOW_IT_STANDS  # noqa: PLC0415
        from homeroom.roster.beside import BANNERS, SYNCS  # noqa: PLC0415
        from homeroom.syncs.claims import let_no_sync_begin  # noqa: PLC0415
        from homeroom.syncs.shown import last_in_words  # noqa: PLC0415
        from homeroom.syncs.uploads.views.banners import banners  # noqa: PLC0415
        from homeroom.syncs.uploads.views.mentions import mention  # noqa: PLC0415

        METHOD_CHANGES.insert(0, let_no_sync_begin)  # before records change their owner
        HOW_IT_STANDS["sync-reports"] = last_in_words
        BANNERS.append(banners)
        SYNCS.append(mention)
