"""The app as Django knows it."""

from django.apps import AppConfig


class FeedsConfig(AppConfig):
    name = "homeroom.feeds"

    def ready(self) -> None:
        # No model is there before.
        from homeroom.districts.actions.methods import METHOD_CHANGES  # noqa: PLC0415
        from homeroom.districts.views.operator import FURTHER_STEPS  # noqa: PLC0415
        from homeroom.feeds.actions import plan_by_method  # noqa: PLC0415
        from homeroom.feeds.drop_boxes import leave_box  # noqa: PLC0415
        from homeroom.feeds.missing import source_to_connect  # noqa: PLC0415

        METHOD_CHANGES.extend([leave_box, plan_by_method])
        FURTHER_STEPS.append(source_to_connect)
